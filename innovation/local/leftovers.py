"""What killed runs left: their processes on our data, their folders of temporary files."""

import contextlib
import os
import re
import shutil
import signal
import socket
import stat
import time
from pathlib import Path

from innovation.local.processes import CannotRun, clear_leftovers, take_lock, wait_until

RECORD = "children.json"
SETTLED = 600
"""Seconds after which a folder is no longer one that somebody is just making."""


def end_leftovers(home: Path) -> None:
    """Stop what a killed run left on the data in ``home``; nobody else may be on it when this returns."""
    clear_leftovers(home / RECORD)
    _drop_stale_pid(home / "pg")


def sweep(parent: Path, prefix: str) -> None:
    """Remove what test runs left that were killed: whoever lives holds the lock of its folder."""
    for folder in parent.glob(f"{prefix}*"):
        lock = take_lock(folder / "lock") if (folder / "lock").exists() else None
        if lock is not None:
            clear_leftovers(folder / RECORD, patience=2)
            shutil.rmtree(folder, ignore_errors=True)
            os.close(lock)


def sweep_short_folders(parent: Path) -> None:
    """Remove the socket folders of our user that killed runs left: nobody holds their lock or answers there.

    A folder without a lock may be one that is just being made, so it must have lain there for a while.
    """
    name = re.compile(rf"innovation-{os.getuid()}-[0-9a-f]{{12}}")
    for folder in parent.glob(f"innovation-{os.getuid()}-*"):
        if not name.fullmatch(folder.name):
            continue
        with contextlib.suppress(OSError):
            found = folder.lstat()
            if not stat.S_ISDIR(found.st_mode) or found.st_uid != os.getuid() or _answers_at(folder / "redis.sock"):
                continue
            if not (folder / "lock").exists():
                if time.time() - found.st_mtime > SETTLED:
                    remove_short_folder(folder)
            elif (lock := take_lock(folder / "lock")) is not None:
                remove_short_folder(folder)
                os.close(lock)


def remove_short_folder(folder: Path) -> None:
    """Take away what we put there, and the folder unless something else lies in it."""
    for name in ("redis.sock", "lock"):
        (folder / name).unlink(missing_ok=True)
    with contextlib.suppress(OSError):
        folder.rmdir()


def _answers_at(path: Path) -> bool:
    with socket.socket(socket.AF_UNIX) as probe:
        return probe.connect_ex(str(path)) == 0


def _drop_stale_pid(data: Path) -> None:
    """Forget a server that no longer runs, also when another program has got its number meanwhile.

    A server of ours that still runs is waited for and made to stop; two on one folder would destroy it.
    """
    lock = data / "postmaster.pid"
    try:
        pid = int(lock.read_text().split("\n", 1)[0])
    except (FileNotFoundError, ValueError):
        return

    def runs_here() -> bool:
        with contextlib.suppress(OSError):
            return str(data).encode() in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
        return False

    for number in (None, signal.SIGINT, signal.SIGQUIT):
        if number is not None:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        try:
            wait_until(lambda: not runs_here(), seconds=10)
            break
        except CannotRun:
            continue
    else:
        raise CannotRun(f"PostgreSQL (process {pid}) still uses {data} and does not stop")
    if Path(f"/proc/{pid}").exists():
        lock.unlink(missing_ok=True)
