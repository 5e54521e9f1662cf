"""Run the schedule: one beat at a time, however many are started, and the next takes over when one dies.

Two beats would send every task twice. So each waits for an advisory lock that PostgreSQL gives to one connection and
takes back when that connection ends, and only the holder runs ``celery beat``, as a child that ends with it.
``manage.py beat`` and ``python -m innovation.local.beat`` do the same; the latter loads no Django while it waits.
"""

import os
import signal
import sys
import time
from pathlib import Path
from types import FrameType

import psycopg

from innovation.local.processes import Child, spawn

BASE_DIR = Path(__file__).resolve().parent.parent.parent
LOCK = 0x494E4E4F  # any number, the same for all beats of one database
PAUSE = 1.0


class Stopped(Exception):
    """Somebody asked this process to end."""


def run(database_url: str, loglevel: str = "INFO") -> None:
    """Guard the schedule of ``database_url`` until SIGINT or SIGTERM."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        while True:
            try:
                with _connect(database_url) as connection:
                    _wait_for_turn(connection)
                    _keep_running(connection, loglevel)
            except psycopg.Error as error:
                _tell(f"the database does not answer ({type(error).__name__}), trying again")
            time.sleep(PAUSE)
    except Stopped:
        _tell("stopped")


def _wait_for_turn(connection: psycopg.Connection) -> None:
    waiting = False
    while not connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]:
        if not waiting:
            _tell("another one runs, waiting")
        waiting = True
        time.sleep(PAUSE)
    _tell("running")


def _keep_running(connection: psycopg.Connection, loglevel: str) -> None:
    """Keep ``celery beat`` running while the lock's connection lives; end it before the lock can be another's."""
    child = _start(loglevel)
    try:
        while child.process.poll() is None:
            connection.execute("SELECT 1")
            time.sleep(PAUSE)
    finally:
        child.stop(patience=3)
    _tell(f"celery beat ended with code {child.process.returncode}, starting again")


def _start(loglevel: str) -> Child:
    command = [sys.executable, "-m", "celery", "-A", "innovation", "beat", "--loglevel", loglevel, "--pidfile="]
    return spawn("celery beat", command, cwd=BASE_DIR)


def _connect(database_url: str) -> psycopg.Connection:
    """A connection of our own: it must live as long as the lock, and die soon after the network does."""
    return psycopg.connect(
        database_url, application_name="innovation beat", autocommit=True, connect_timeout=5,
        options="-c statement_timeout=5000", keepalives_idle=2, keepalives_interval=2, keepalives_count=2,
        tcp_user_timeout=6000,
    )  # fmt: skip


def _tell(text: str) -> None:
    print(f"beat: {text}", flush=True)


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped


if __name__ == "__main__":
    run(os.environ["DATABASE_URL"])
