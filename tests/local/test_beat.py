"""The schedule's guard, with the real beat, database and broker."""

import os
import signal
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
import redis
from django.conf import settings
from django.db import connection
from django_celery_beat.models import IntervalSchedule, PeriodicTask

from innovation.local.processes import Child, spawn, wait_until
from innovation.local.servers import BASE_DIR

QUEUE = "ticks-of-a-test"


@pytest.fixture
def start_beat(transactional_db, tmp_path) -> Iterator[object]:
    """Starts guarded beats on the test's own database and queue."""
    every_second, _created = IntervalSchedule.objects.get_or_create(every=1, period=IntervalSchedule.SECONDS)
    PeriodicTask.objects.create(name="tick", task="tick", interval=every_second, queue=QUEUE)
    database = connection.settings_dict
    environ = os.environ | {
        "DJANGO_SETTINGS_MODULE": "innovation.settings",
        "DATABASE_URL": settings.DATABASE_URL.rpartition("/")[0] + f"/{database['NAME']}",
        "PYTHONUNBUFFERED": "1",
    }
    started: list[Child] = []

    def start(name: str) -> Child:
        child = spawn(
            name, [sys.executable, "-m", "innovation.local.beat"], log=tmp_path / name, environ=environ, cwd=BASE_DIR
        )
        started.append(child)
        return child

    yield start
    for child in started:
        child.stop(patience=5)
    redis.Redis.from_url(settings.REDIS_URL).flushdb()


def ticks() -> int:
    return redis.Redis.from_url(settings.REDIS_URL).llen(QUEUE)


def test_two_beats_tick_once_and_the_second_takes_over_from_a_killed_first(start_beat):
    first = start_beat("first")
    wait_until(lambda: "beat: running" in first.last_words(), child=first)
    second = start_beat("second")
    wait_until(lambda: "another one runs" in second.last_words(), child=second)
    wait_until(lambda: ticks() > 0, child=first, seconds=60)
    began, before = time.monotonic(), ticks()
    wait_until(lambda: ticks() >= before + 4, child=first, seconds=30)
    assert ticks() - before <= time.monotonic() - began + 1  # two beats would have sent twice as many
    assert "beat: running" not in second.last_words()

    child_of_first = children_of(first.process.pid)
    os.kill(first.process.pid, signal.SIGKILL)
    first.process.wait()
    killed, before = time.monotonic(), ticks()
    wait_until(lambda: "beat: running" in second.last_words(), child=second, seconds=10)
    wait_until(lambda: ticks() >= before + 3, child=second, seconds=60)
    assert ticks() - before <= time.monotonic() - killed + 1
    assert not any(Path(f"/proc/{pid}").exists() for pid in child_of_first)


def children_of(parent: int) -> list[int]:
    return [int(pid) for pid in Path(f"/proc/{parent}/task/{parent}/children").read_text().split()]
