"""A real worker on the test's own database and broker."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from django.conf import settings
from django.db import connection

from innovation.celery import app

ROOT = Path(__file__).resolve().parent.parent.parent


def until(condition, seconds=40):
    """Wait until ``condition()`` is true; fail with what it last said."""
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        found = condition()
        if found:
            return found
        time.sleep(0.05)
    raise AssertionError(f"not within {seconds} s: {condition()!r}")


class Worker:
    """One worker process with one child. ``kill`` is kill -9 of the whole group, ``stop`` the polite way."""

    def __init__(self, environ):
        self.process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "innovation", "worker", "-c", "1", "-l", "WARNING", "-n", "t@%h"],
            cwd=ROOT, env=environ, start_new_session=True,
        )  # fmt: skip

    def kill(self):
        os.killpg(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self):
        if self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(15)
            except subprocess.TimeoutExpired:
                self.kill()


@pytest.fixture
def worker_environ():
    """The environment of a worker that shares the test's database, queue and settings."""
    base, __, __ = os.environ["DATABASE_URL"].rpartition("/")
    url = f"{base}/{connection.settings_dict['NAME']}"
    drop = {"PYTEST_XDIST_WORKER", "PYTEST_CURRENT_TEST"}
    environ = {name: value for name, value in os.environ.items() if name not in drop}
    return environ | {"DATABASE_URL": url, "DJANGO_SETTINGS_MODULE": "tests.settings", "REDIS_URL": settings.REDIS_URL}


@pytest.fixture
def start_worker(worker_environ):
    """Start workers; all are gone when the test ends. The queue is empty before and after."""
    app.control.purge()
    started = []

    def start():
        started.append(Worker(worker_environ))
        return started[-1]

    yield start
    for worker in started:
        worker.stop()
    app.control.purge()


@pytest.fixture
def dead_broker(monkeypatch):
    """Point the sender at an address where nobody listens; calling the fixture's value brings the broker back."""
    # A producer keeps its connection; the pool must be made anew to notice.
    url = app.conf.broker_write_url
    app.conf.broker_write_url = "redis://127.0.0.1:1/0"
    app.amqp._producer_pool = None
    app._pool = None

    def back():
        app.conf.broker_write_url = url
        app.amqp._producer_pool = None
        app._pool = None

    yield back
    back()
