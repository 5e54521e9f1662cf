"""Run a Django command on the demonstration's data: ``python -m innovation.local.command shell``.

Uses the servers of a running ``make demo``; otherwise starts them for as long as the command takes.
"""

import os
import signal
import subprocess
import sys
from collections.abc import Sequence

from innovation.local import servers
from innovation.local.demo import fresh_logs, secret_key
from innovation.local.processes import CannotRun, take_lock


def main(arguments: Sequence[str]) -> int:
    environ = dict(os.environ)
    command = [sys.executable, "manage.py", *arguments]
    if servers.attach(environ):
        return subprocess.run(command, check=False, env=environ, cwd=servers.BASE_DIR).returncode
    var = servers.var_folder()
    lock = take_lock(var / "demo.lock")
    if lock is None:
        print("The demonstration is just starting; try again when it is ready.", file=sys.stderr)
        return 1
    try:
        running = servers.start(servers.demo_home(), durable=True, logs=fresh_logs(var))
    except CannotRun as error:
        print(error, file=sys.stderr)
        return 1
    environ |= {
        "DATABASE_URL": running.database_url,
        "REDIS_URL": running.redis_url,
        "INNOVATION_MODE": "demo",
        "SECRET_KEY": secret_key(var),
    }
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C belongs to the command
    try:
        return subprocess.run(
            command, check=False, env=environ, cwd=servers.BASE_DIR, preexec_fn=_listen_again
        ).returncode
    finally:
        running.stop()
        os.close(lock)


def _listen_again() -> None:
    signal.signal(signal.SIGINT, signal.default_int_handler)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
