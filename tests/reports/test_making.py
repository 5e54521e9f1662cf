"""Making a run as the worker does: one snapshot, all files or none, every ending in the row."""

import json
from datetime import UTC, datetime

import psycopg
import pytest
from django.db import OperationalError, connection

from innovation.core.errors import RuleViolation
from innovation.core.jobs import JobState
from innovation.organisations.models import Organisation
from innovation.reports import actions, tasks
from innovation.reports.content import Count, Figure, ReportData, Section
from innovation.reports.models import ReportFile, ReportRun
from tests.factories.accounts import UserFactory
from tests.factories.reports import SampleParameters, ask, registered, sample_kind

KNOWN = datetime(2026, 3, 5, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db(transaction=True)


def with_builder(build):
    return registered(sample_kind(build=build))


def counted(number):
    return ReportData("Counted", (Section("S", figures=(Figure("Organisations", Count(number)),)),))


def test_a_run_ends_with_all_files_hashes_and_full_progress(sample):
    run = ask(known_at=KNOWN)
    tasks.make_report(run.pk)
    run.refresh_from_db()
    assert (run.state, run.progress, run.attempts, run.error) == (JobState.DONE, 100, 1, "")
    assert sorted(run.files.values_list("format", flat=True)) == ["csv", "html", "json", "pdf", "xlsx"]
    assert len(run.data_hash) == len(run.inputs_hash) == 64
    assert run.engine_version == "1.0.0"
    assert run.notified_at is not None


def test_a_message_that_comes_twice_makes_the_report_once(sample):
    run = ask(known_at=KNOWN)
    tasks.make_report(run.pk)
    before = list(ReportFile.objects.values_list("pk", "sha256"))
    tasks.make_report(run.pk)
    assert list(ReportFile.objects.values_list("pk", "sha256")) == before
    assert ReportRun.objects.get(pk=run.pk).attempts == 1


def test_the_same_question_asked_in_two_runs_has_the_same_hashes(sample):
    manual = ask(known_at=KNOWN)
    tasks.make_report(manual.pk)
    period = ReportRun.objects.create(
        kind="sample", kind_version="1", parameters=manual.parameters, parameters_hash=manual.parameters_hash,
        as_of=manual.as_of, known_at=KNOWN, language="en", asked_by="schedule", period="2026-03",
    )  # fmt: skip
    tasks.make_report(period.pk)
    first, second = ReportRun.objects.order_by("pk")
    assert (first.data_hash, first.inputs_hash) == (second.data_hash, second.inputs_hash)


def test_the_builder_sees_one_moment_and_cannot_write():
    seen = []

    def build(params, *, as_of, known_at, language):
        seen.append(Organisation.objects.count())
        with psycopg.connect(**connection.get_connection_params() | {"autocommit": True}) as other:
            other.execute("INSERT INTO reports_probe VALUES (1)")
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM reports_probe")
            seen.append(cursor.fetchone()[0])
            cursor.execute("SHOW transaction_read_only")
            seen.append(cursor.fetchone()[0])
            cursor.execute("SHOW transaction_isolation")
            seen.append(cursor.fetchone()[0])
        return counted(seen[1])

    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE reports_probe (n int)")
    try:
        with with_builder(build):
            run = ask()
            tasks.make_report(run.pk)
    finally:
        with connection.cursor() as cursor:
            cursor.execute("DROP TABLE reports_probe")
    assert seen == [0, 0, "on", "repeatable read"]
    run.refresh_from_db()
    assert run.state == JobState.DONE


def test_a_refused_question_is_final_and_says_why():
    def build(params, *, as_of, known_at, language):
        raise RuleViolation("NO_POLICY", "No policy is bound to this fund.")

    with with_builder(build):
        run = ask()
        tasks.make_report(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error, run.attempts) == (JobState.FAILED, "No policy is bound to this fund.", 1)
    assert not run.files.exists()


def test_a_mistake_in_the_builder_is_final_and_hides_private_values(caplog):
    with with_builder(lambda params, **times: 1 / 0):
        run = ask()
        tasks.make_report(run.pk)
    run.refresh_from_db()
    assert run.state == JobState.FAILED
    assert run.error == "ZeroDivisionError: division by zero"


def test_a_database_that_is_away_for_a_moment_is_tried_again_up_to_three_times():
    calls = []

    def build(params, *, as_of, known_at, language):
        calls.append(1)
        raise OperationalError("gone")

    with with_builder(build):
        run = ask()
        for expected in (JobState.QUEUED, JobState.QUEUED, JobState.FAILED):
            ReportRun.objects.filter(pk=run.pk).update(not_before=None)
            tasks.make_report(run.pk)
            run.refresh_from_db()
            assert run.state == expected
    assert (len(calls), run.attempts) == (3, 3)


def test_parameters_that_no_longer_hold_fail_with_the_reason():
    class Stricter(SampleParameters):
        def clean_fund(self):
            raise RuleViolation("GONE", "The fund is gone.") if self.data["fund"] == "A" else None

    with registered(sample_kind()):
        run = ask()
    with registered(sample_kind(parameters=Stricter)):
        tasks.make_report(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == (JobState.FAILED, "The fund is gone.")


def test_a_kind_that_is_gone_fails_with_the_reason():
    with registered(sample_kind()):
        run = ask()
    tasks.make_report(run.pk)
    run.refresh_from_db()
    assert (run.state, run.error) == (JobState.FAILED, "There is no such report.")
    assert str(run).startswith("sample ")


def test_the_history_names_who_asked_when_files_are_stored(sample):
    user = UserFactory(role="finance", name="Li Wei")
    run = ask(user, known_at=KNOWN)
    tasks.make_report(run.pk)
    stored = json.loads(bytes(run.files.get(format="json").content))
    assert "Li Wei" not in json.dumps(stored, ensure_ascii=False)
    run.refresh_from_db()
    assert run.asked_by.startswith("Li Wei")


def test_progress_is_seen_by_others_while_the_report_is_built():
    seen = []

    def build(params, *, as_of, known_at, language):
        with psycopg.connect(**connection.get_connection_params()) as other:
            seen.append(other.execute("SELECT state, progress, note FROM reports_reportrun").fetchone())
        return counted(1)

    with with_builder(build):
        tasks.make_report(ask().pk)
    assert seen == [("running", 5, "Collecting the figures")]


def test_two_tasks_of_the_same_run_are_made_by_one_worker(sample):
    run = ask()
    ReportRun.objects.filter(pk=run.pk).update(state=JobState.RUNNING, attempts=1)
    assert actions.make_run(run.pk) is None
    assert not run.files.exists()
