"""With a real broker and a real worker: killed workers, a dead broker, one report each time."""

import os
import subprocess
import sys
import time
from datetime import timedelta

import pytest
from django.db import connection
from django.utils import timezone

from innovation.celery import app
from innovation.core import jobs
from innovation.core.jobs import JobState
from innovation.reports.models import ReportFile, ReportRun
from tests.factories.reports import ask, registered, sample_kind

NOWHERE = "redis://127.0.0.1:1/0"

pytestmark = pytest.mark.django_db(transaction=True)


def until(condition, seconds=60):
    deadline = time.monotonic() + seconds
    while not (found := condition()):
        assert time.monotonic() < deadline, "waited too long"
        time.sleep(0.05)
    return found


def is_done(run):
    return ReportRun.objects.filter(pk=run.pk, state=JobState.DONE).exists()


@pytest.fixture
def start_worker(tmp_path):
    """Starts workers on the test's database and broker; what is left of them is ended."""
    app.control.purge()
    base = os.environ["DATABASE_URL"].rpartition("/")[0]
    environment = {key: value for key, value in os.environ.items() if key != "PYTEST_XDIST_WORKER"}
    environment["DATABASE_URL"] = f"{base}/{connection.settings_dict['NAME']}"
    command = [sys.executable, "-m", "celery", "-A", "tests.reports.celery_app", "worker", "-P", "solo",
               "--without-gossip", "--without-mingle", "--without-heartbeat", "-l", "warning"]  # fmt: skip
    started = []

    def start():
        with (tmp_path / f"worker{len(started)}.log").open("wb") as log:
            started.append(subprocess.Popen(command, env=environment, stdout=log, stderr=log))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.wait(10)
    app.control.purge()


@pytest.fixture
def broker_away():
    """The sender looks for the broker where nobody listens; calling the fixture's value brings it back."""
    address = app.conf.broker_write_url

    def move(url):
        app.conf.broker_write_url = url
        # A producer keeps its connection; only new pools notice.
        app.amqp._producer_pool = None
        app._pool = None

    move(NOWHERE)
    yield lambda: move(address)
    move(address)


def test_a_report_survives_an_absent_broker_and_a_killed_worker_and_is_made_once(start_worker, broker_away, tmp_path):
    mark = tmp_path / "begun"
    with registered(sample_kind()), registered(sample_kind(code="slow")):
        run = ask(kind="slow", parameters={"fund": str(mark)})
        run.refresh_from_db()
        assert (run.state, run.sent_at) == (JobState.QUEUED, None)
        assert jobs.resend_lost()["sent"] == 0
        broker_away()
        assert jobs.resend_lost()["sent"] == 1
        first = start_worker()
        until(mark.exists)
        assert ReportRun.objects.get(pk=run.pk).state == JobState.RUNNING
        first.kill()
        first.wait(10)
        # The sweep that runs by the clock, at the moment when the silence has lasted long enough.
        assert jobs.resend_lost(timezone.now() + timedelta(minutes=1))["requeued"] == 1
        start_worker()
        until(lambda: is_done(run))
    run.refresh_from_db()
    assert (run.attempts, mark.read_text()) == (2, "begun\nbegun\n")
    assert ReportFile.objects.filter(run=run).count() == 5
