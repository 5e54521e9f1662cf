"""Make this checkout runnable, then run a command in it: ``python3 bootstrap.py [--development] ARGUMENTS OF PYTHON``.

Runs on the bare Python of the machine, so it uses the standard library alone and says in plain words what is missing.
It makes ``.venv`` and installs the pinned packages, and does neither when nothing has changed since.
"""

from __future__ import annotations

import contextlib
import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import threading
import time
from pathlib import Path

BASE_DIR = Path(__file__).resolve().parent.parent.parent
VENV = BASE_DIR / ".venv"
OLDEST, NEWEST = 11, 14
LOCKS = {"product": ["requirements.txt"], "development": ["requirements.txt", "requirements/development.txt"]}
INSTALLER = "requirements/installer.txt"


class Missing(Exception):
    """Something the machine lacks; the text names it and the command that installs it."""


@contextlib.contextmanager
def step(label, *, ticking=False):
    """Print ``label``, then how long the block took; with ``ticking`` a dot every two seconds in between."""
    began, over = time.monotonic(), threading.Event()

    def tick():
        while not over.wait(2):
            print(".", end="", flush=True)

    print(f"  {label} ... ", end="", flush=True)
    if ticking:
        threading.Thread(target=tick, daemon=True).start()
    try:
        yield
    except BaseException:
        print("failed", flush=True)
        raise
    finally:
        over.set()
    print(f"{' ' if ticking else ''}{time.monotonic() - began:.1f} s", flush=True)


def main(arguments):
    os.environ.setdefault("INNOVATION_STARTED", str(time.time()))
    kind = "development" if arguments[:1] == ["--development"] else "product"
    arguments = arguments[1:] if kind == "development" else arguments
    try:
        prepare(kind)
    except Missing as error:
        print(f"\n{error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    python = str(VENV / "bin/python")
    if arguments:
        os.chdir(BASE_DIR)
        os.execv(python, [python, *arguments])  # noqa: S606 - the same process goes on, so signals reach it
    return 0


def prepare(kind):
    """Bring ``.venv`` up to date with the locks of ``kind``; another run that does the same is waited for."""
    lock_path = BASE_DIR / "var/bootstrap.lock"
    try:
        lock_path.parent.mkdir(mode=0o711, exist_ok=True)
        lock = os.open(lock_path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError as error:
        raise Missing(f"This folder must be yours to write to: {error}") from None
    fcntl.flock(lock, fcntl.LOCK_EX)
    try:
        if not has_working_venv():
            python = find_python()
            with step(f"Making the virtual environment ({python})"):
                make_venv(python)
        locks = LOCKS[kind]
        wanted = hash_of(locks)
        stamp = VENV / f".installed-{kind}"
        if not stamp.exists() or stamp.read_text() != wanted:
            with step("Installing the pinned packages", ticking=True):
                install(locks)
            stamp.write_text(wanted)
            if kind == "development":
                (VENV / ".installed-product").write_text(hash_of(LOCKS["product"]))
    finally:
        os.close(lock)


def hash_of(locks):
    return hashlib.sha256(b"".join((BASE_DIR / name).read_bytes() for name in locks)).hexdigest()


def has_working_venv():
    """Whether ``.venv`` has a Python that runs, is new enough and still lies where it was made."""
    python = VENV / "bin/python"
    check = f"import sys, encodings, pip; sys.exit(sys.version_info < (3, {OLDEST}))"
    return (
        python.exists() and subprocess.run([str(python), "-c", check], check=False, capture_output=True).returncode == 0
    )


def find_python():
    """The newest suitable Python of the machine, this one first. Raises Missing."""
    names = [sys.executable, *(f"python3.{minor}" for minor in range(NEWEST, OLDEST - 1, -1))]
    too_old = True
    for found in filter(None, map(shutil.which, filter(None, names))):
        check = f"import sys; sys.exit(not (3, {OLDEST}) <= sys.version_info[:2] <= (3, {NEWEST}))"
        if subprocess.run([found, "-c", check], check=False, capture_output=True).returncode:
            continue
        too_old = False
        if subprocess.run([found, "-c", "import ensurepip, venv"], check=False, capture_output=True).returncode == 0:
            return found
    if too_old:
        raise Missing(
            f"Python 3.{OLDEST} to 3.{NEWEST} is needed, this is {sys.version.split()[0]}. "
            "On Debian 12, Ubuntu 24.04 or newer:\n    sudo apt-get install -y python3 python3-venv"
        )
    raise Missing(
        "Python's venv module is missing. Install it, then run the same command again:\n"
        "    sudo apt-get install -y python3-venv"
    )


def make_venv(python):
    if VENV.is_symlink():
        VENV.unlink()
    run([python, "-m", "venv", "--clear", str(VENV)], "The virtual environment could not be made")


def install(locks):
    """Install ``locks`` by uv, which takes seconds, or by pip, which always works where Python does."""
    python, uv = str(VENV / "bin/python"), str(VENV / "bin/uv")
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--require-hashes", "--only-binary", ":all:"]
    files = [part for name in locks for part in ("-r", str(BASE_DIR / name))]
    environ = dict(os.environ)
    index = subprocess.run(
        [python, "-m", "pip", "config", "get", "global.index-url"], check=False, capture_output=True, text=True
    ).stdout.strip()
    if os.environ.get("PIP_INDEX_URL") or index:
        environ.setdefault("UV_DEFAULT_INDEX", os.environ.get("PIP_INDEX_URL") or index)
    if not os.access(Path.home(), os.W_OK):
        environ["UV_NO_CACHE"] = environ["PIP_NO_CACHE_DIR"] = "1"
    fast = [uv, "pip", "install", "--python", python, "--require-hashes", "--no-build", "--compile-bytecode", *files]
    for command in ([*pip, "-r", str(BASE_DIR / INSTALLER)], fast):
        if subprocess.run(command, check=False, capture_output=True, env=environ).returncode:
            break
    else:
        return
    run([*pip, *files], "The packages could not be installed", environ)


def run(command, complaint, environ=None):
    done = subprocess.run(
        command, check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environ
    )
    if done.returncode:
        raise Missing(f"{complaint}:\n{done.stdout[-3000:]}")


if __name__ == "__main__":
    if sys.version_info < (3, 8):  # noqa: UP036 - an older Python may well be the one that runs this
        sys.exit("Python 3.11 or newer is needed:\n    sudo apt-get install -y python3 python3-venv")
    sys.exit(main(sys.argv[1:]))
