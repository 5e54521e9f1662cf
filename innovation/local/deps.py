"""Compile ``requirements/*.in`` to lists with exact versions and hashes, for every supported Python and platform."""

import subprocess
import sys
from pathlib import Path

from innovation.local.bootstrap import step

BASE_DIR = Path(__file__).resolve().parent.parent.parent
LISTS = {
    "requirements.txt": "requirements/product.in",
    "requirements/development.txt": "requirements/development.in",
    "requirements/installer.txt": "requirements/installer.in",
}


def main() -> int:
    for target, source in LISTS.items():
        with step(target):
            subprocess.run(
                [
                    sys.executable, "-m", "uv", "pip", "compile", "--python-version", "3.11", "--universal",
                    "--generate-hashes", "--no-header", "--quiet", "--upgrade", "-o", target, source,
                ],
                check=True, cwd=BASE_DIR,
            )  # fmt: skip
    print("Look through the difference, then run `make test` and `make audit`.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
