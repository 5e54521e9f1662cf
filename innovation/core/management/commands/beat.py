"""Run the schedule: one beat at a time, however many are started, and the next takes over when one dies.

Two beats would send every task twice. So each waits for an advisory lock that PostgreSQL gives to one connection and
takes back when that connection ends, and only the holder runs ``celery beat``, as a child that ends with it.
"""

import signal
import sys
import time
from argparse import ArgumentParser
from types import FrameType

import psycopg
from django.conf import settings
from django.core.management.base import BaseCommand

from innovation.local.processes import Child, spawn

LOCK = 0x494E4E4F  # any number, the same for all beats of one database
PAUSE = 1.0


class Stopped(Exception):
    """Somebody asked this process to end."""


class Command(BaseCommand):
    help = "Run the schedule unless another beat does; take over when that one ends."
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--loglevel", default="INFO")

    def handle(self, *, loglevel: str, **options: object) -> None:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, _stop)
        try:
            while True:
                try:
                    with _connect() as connection:
                        self._wait_for_turn(connection)
                        self._run(connection, loglevel)
                except psycopg.Error as error:
                    self.stderr.write(f"beat: the database does not answer ({type(error).__name__}), trying again")
                    time.sleep(PAUSE)
        except Stopped:
            self.stdout.write("beat: stopped")

    def _wait_for_turn(self, connection: psycopg.Connection) -> None:
        waiting = False
        while not connection.execute("SELECT pg_try_advisory_lock(%s)", [LOCK]).fetchone()[0]:
            if not waiting:
                self.stdout.write("beat: another one runs, waiting")
            waiting = True
            time.sleep(PAUSE)
        self.stdout.write("beat: running")

    def _run(self, connection: psycopg.Connection, loglevel: str) -> None:
        """Keep ``celery beat`` running while the lock's connection lives; end it before the lock can be another's."""
        child = _start_beat(loglevel)
        try:
            while child.process.poll() is None:
                connection.execute("SELECT 1")
                time.sleep(PAUSE)
        finally:
            child.stop(patience=5)
        self.stderr.write(f"beat: celery beat ended with code {child.process.returncode}, starting again")
        time.sleep(PAUSE)


def _start_beat(loglevel: str) -> Child:
    command = [sys.executable, "-m", "celery", "-A", "innovation", "beat", "--loglevel", loglevel, "--pidfile="]
    return spawn("celery beat", command, cwd=settings.BASE_DIR)


def _connect() -> psycopg.Connection:
    """A connection of our own: it must live as long as the lock, and die soon after the network does."""
    database = settings.DATABASES["default"]
    return psycopg.connect(
        dbname=database["NAME"], user=database["USER"], password=database["PASSWORD"], host=database["HOST"],
        port=database["PORT"], application_name="innovation beat", autocommit=True, connect_timeout=5,
        options="-c statement_timeout=5000", keepalives_idle=2, keepalives_interval=2, keepalives_count=2,
        tcp_user_timeout=6000,
    )  # fmt: skip


def _stop(number: int, frame: FrameType | None) -> None:
    raise Stopped
