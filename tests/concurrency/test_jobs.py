"""Jobs on a real broker with a real worker: lost messages, dead workers, doubles, errors."""

import threading
from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from innovation.core import history, jobs
from innovation.core.errors import RuleViolation
from innovation.core.jobs import JobLost, JobState
from tests.concurrency.conftest import until
from tests.factories.accounts import UserFactory
from tests.toys.models import Errand
from tests.toys.tasks import do

pytestmark = pytest.mark.django_db(transaction=True)


def state(job):
    job.refresh_from_db()
    return job.state


def make(**fields):
    return Errand.objects.create(**fields)


def test_the_worker_does_what_was_committed_what_waited_for_the_broker_and_what_failed_once(start_worker, dead_broker):
    waited = make()
    jobs.enqueue(waited)
    assert (state(waited), waited.sent_at) == (JobState.QUEUED, None)
    assert jobs.resend_lost()["sent"] == 0
    dead_broker()
    assert jobs.resend_lost()["sent"] == 1
    assert jobs.resend_lost()["sent"] == 0
    start_worker()
    shaky = make(kind="shaky once")
    jobs.enqueue(shaky)
    with transaction.atomic():
        job = make()
        jobs.enqueue(job)
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        jobs.enqueue(make())
        raise ZeroDivisionError
    for each in (waited, shaky, job):
        until(lambda each=each: state(each) == JobState.DONE)
    assert (job.done, job.attempts, job.progress) == (1, 1, 100)
    assert (shaky.done, shaky.attempts) == (1, 2)
    assert Errand.objects.count() == 3


def test_a_worker_killed_at_work_is_replaced_and_the_work_is_done_once(start_worker):
    first = start_worker()
    job = make(kind="slow")
    jobs.enqueue(job)
    until(lambda: state(job) == JobState.RUNNING and job.progress == 30 and job.note == "asleep")
    first.kill()
    # The sweep would wait for the heartbeat to stop for 45 seconds; the test says that it did.
    assert jobs.resend_lost(timezone.now() + timedelta(seconds=60))["requeued"] == 1
    start_worker()
    until(lambda: state(job) == JobState.DONE)
    assert (job.done, job.attempts) == (1, 2)


def test_a_message_that_got_lost_is_sent_again_after_ten_minutes(start_worker):
    job = make(sent_at=timezone.now() - timedelta(minutes=9))
    assert jobs.resend_lost()["sent"] == 0
    Errand.objects.update(sent_at=timezone.now() - timedelta(minutes=11))
    assert jobs.resend_lost()["sent"] == 1
    assert state(job) == JobState.QUEUED


def test_a_doubled_message_does_the_work_once():
    job = make()
    results = in_threads(4, lambda: jobs.run(Errand, job.pk, do))
    assert sum(result is not None for result in results) == 1
    assert (state(job), job.done, job.attempts) == (JobState.DONE, 1, 1)


def in_threads(count, work):
    """What ``work()`` gave in each of ``count`` threads that start together; an exception counts as its answer."""
    start, results = threading.Barrier(count), [None] * count

    def one(place):
        start.wait()
        try:
            results[place] = work()
        except Exception as error:
            results[place] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=one, args=(place,)) for place in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def test_a_worker_that_comes_back_from_the_dead_writes_nothing():
    job = make()
    old = jobs.claim(Errand, job.pk)
    jobs.resend_lost(timezone.now() + timedelta(minutes=1))
    new = jobs.claim(Errand, job.pk)
    assert (old.attempts, new.attempts) == (1, 2)
    with pytest.raises(JobLost):
        jobs.report_progress(old, 50)
    with pytest.raises(JobLost), transaction.atomic():
        Errand.objects.filter(pk=job.pk).update(done=7)
        jobs.finish(old)
    jobs.fail(old, "too late")
    assert (state(job), job.done, job.error) == (JobState.RUNNING, 0, "")
    jobs.finish(new)
    assert state(job) == JobState.DONE


@pytest.mark.parametrize(
    ("kind", "error"),
    [("rule", "The rule says no."), ("bug", "ZeroDivisionError: a secret value")],
)
def test_a_refusal_and_a_bug_are_final_and_said_in_words(kind, error):
    job = make(kind=kind)
    jobs.run(Errand, job.pk, do)
    assert (state(job), job.error, job.attempts) == (JobState.FAILED, error, 1)
    assert job.finished_at


def test_a_named_error_is_tried_again_later_and_three_times_at_most(start_worker):
    job = make(kind="shaky")
    for attempt in (1, 2, 3):
        jobs.run(Errand, job.pk, do)
        assert (state(job), job.attempts) == ((JobState.QUEUED if attempt < 3 else JobState.FAILED), attempt)
        if attempt < 3:
            assert job.not_before > timezone.now()
            assert jobs.run(Errand, job.pk, do) is None
            Errand.objects.update(not_before=timezone.now())
    assert job.error == "ConnectionError: nobody there"


def test_three_dead_workers_end_the_job_with_a_reason():
    job = make()
    for __ in range(3):
        assert jobs.claim(Errand, job.pk)
        jobs.resend_lost(timezone.now() + timedelta(minutes=1))
    assert (state(job), job.error) == (JobState.FAILED, "The worker stopped during each of three attempts.")
    assert jobs.claim(Errand, job.pk) is None


def test_a_failed_job_is_tried_again_by_hand_and_no_other():
    job = make(state=JobState.FAILED, attempts=3, error="x")
    jobs.retry(job)
    assert (state(job), job.attempts) == (JobState.QUEUED, 0)
    with pytest.raises(RuleViolation, match="Only a failed job"):
        jobs.retry(job)


def test_progress_shows_while_the_work_is_still_uncommitted():
    job = jobs.claim(Errand, make().pk)
    seen = []

    def look():
        seen.append(Errand.objects.values_list("progress", "note").get(pk=job.pk))

    with transaction.atomic():
        Errand.objects.create(kind="other")
        jobs.report_progress(job, 140, "nearly")
        in_threads(1, look)
    assert seen == [(100, "nearly")]


def test_the_work_is_done_in_the_name_of_who_asked():
    person = UserFactory()
    job, seen = make(created_by=person), []
    jobs.run(Errand, job.pk, lambda job: seen.append(history.current()["actor"]))
    assert seen == [person.pk]


@pytest.mark.parametrize(
    ("assignment", "constraint"),
    [
        ("state = 'lost'", "toys_errand_state_known"),
        ("progress = 101", "toys_errand_progress_in_percent"),
        ("attempts = 4", "toys_errand_attempts_capped"),
    ],
)
def test_the_database_refuses_impossible_jobs(assignment, constraint):
    make()
    with pytest.raises(IntegrityError, match=constraint), connection.cursor() as cursor:
        cursor.execute(f"UPDATE toys_errand SET {assignment}")
