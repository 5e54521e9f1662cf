"""Measure the product on throw-away servers: ``python -m benchmarks [prefix] [--scale 0.1]``."""

import argparse
import os

from innovation.local.servers import temporary


def main() -> None:
    """Start servers, make the tables, run what begins with the prefix, print and store the rows."""
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("only", nargs="?", default="", help="prefix of the rows, such as tolerance/")
    parser.add_argument("--scale", type=float, default=1.0, help="size of the synthetic city, 0.01 to 1")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    with temporary() as servers:
        os.environ |= {
            "DATABASE_URL": servers.database_url,
            "REDIS_URL": servers.redis_url,
            "INNOVATION_MODE": "test",
            "DJANGO_SETTINGS_MODULE": "tests.settings",
        }
        import django  # noqa: PLC0415 - the environment above must stand first

        django.setup()
        from benchmarks import (  # noqa: PLC0415
            calls_last_minute,
            calls_requests,
            funds_returns,
            funds_stress,
            talent_directory,
            talent_import,
            talent_matching,
            talent_ratio,
            tolerance,
        )
        from benchmarks.measure import write  # noqa: PLC0415
        from innovation.local.migrations import render_less  # noqa: PLC0415

        render_less()

        parts = {
            "tolerance/": [tolerance.rows],
            "funds/": [funds_returns.rows, funds_stress.rows],
            "calls/": [calls_requests.rows, calls_last_minute.rows],
            "talent/": [talent_ratio.rows, talent_directory.rows, talent_import.rows, talent_matching.rows],
        }
        wanted = [
            part
            for name, own in parts.items()
            for part in own
            if options.only.startswith(name) or name.startswith(options.only)
        ]
        write([row for part in wanted for row in part(options.only, scale=options.scale, rounds=options.rounds)])


if __name__ == "__main__":
    main()
