"""What the database itself refuses, whatever door a statement comes through."""

from datetime import UTC, date, datetime, time

import pytest
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from innovation.reports.models import ReportFile, ReportRun, ReportSchedule, Subscription
from tests.factories.accounts import UserFactory
from tests.factories.reports import ask, failed, finished, schedule
from tests.refusals import refused_sql

KNOWN = datetime(2026, 3, 5, 1, tzinfo=UTC)
HASH = "0" * 64

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "change",
    [
        "kind = 'other'", "parameters = '{}'", "period = '2026-03'", "as_of = '2026-01-01'", "language = 'zh-hans'",
        "known_at = now() - interval '1 day'", "asked_by = 'somebody'", "kind_version = '9'",
    ],
)  # fmt: skip
@pytest.mark.parametrize("state", ["queued", "failed", "done"])
def test_the_question_of_a_run_never_changes(sample, state, change):
    run = ask(known_at=KNOWN)
    run = {"queued": lambda run: run, "failed": failed, "done": finished}[state](run)
    refused_sql("stands_fast", f"UPDATE reports_reportrun SET {change} WHERE id = %s", run.pk)


@pytest.mark.parametrize(
    "change", ["state = 'queued'", "data_hash = repeat('1', 64)", "error = 'x'", "progress = 3", "attempts = 0"]
)
def test_a_finished_run_never_changes(sample, change):
    run = finished(ask(known_at=KNOWN))
    refused_sql("stands_fast", f"UPDATE reports_reportrun SET {change} WHERE id = %s", run.pk)


def test_people_are_told_of_a_finished_run_once(sample):
    run = finished(ask())
    assert ReportRun.objects.filter(pk=run.pk).update(notified_at=timezone.now()) == 1
    refused_sql("stands_fast", "UPDATE reports_reportrun SET notified_at = NULL WHERE id = %s", run.pk)
    refused_sql(
        "stands_fast", "UPDATE reports_reportrun SET notified_at = now() + interval '1 day' WHERE id = %s", run.pk
    )


def test_the_name_of_who_asked_stays_when_the_account_goes(sample):
    user = UserFactory(role="finance", name="Li Wei", email="li@example.org")
    run = finished(ask(user))
    with connection.cursor() as cursor:
        cursor.execute("UPDATE reports_reportrun SET created_by_id = NULL WHERE id = %s", [run.pk])
    run.refresh_from_db()
    assert (run.created_by, run.asked_by) == (None, "Li Wei <li@example.org>")
    refused_sql("stands_fast", "UPDATE reports_reportrun SET created_by_id = %s WHERE id = %s", user.pk, run.pk)


@pytest.mark.parametrize("state", ["queued", "failed", "done"])
def test_a_run_is_never_deleted(sample, state):
    run = {"queued": lambda run: run, "failed": failed, "done": finished}[state](ask())
    refused_sql("stands_fast", "DELETE FROM reports_reportrun WHERE id = %s", run.pk)
    refused_sql("stays", "TRUNCATE reports_reportrun CASCADE")


def test_a_file_never_changes_and_none_is_added_later(sample):
    run = finished(ask())
    file = run.files.get(format="csv")
    refused_sql("append_only", "UPDATE reports_reportfile SET content = 'x' WHERE id = %s", file.pk)
    refused_sql("append_only", "DELETE FROM reports_reportfile WHERE id = %s", file.pk)
    refused_sql("append_only_truncate", "TRUNCATE reports_reportfile")
    for other in (run, ask(parameters={"fund": "B"}), failed(ask(parameters={"fund": "C"}))):
        with pytest.raises(IntegrityError, match="being made"), transaction.atomic():
            ReportFile.objects.create(run=other, format="pdf", content=b"x", size=1, sha256=HASH)


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"format": "csv"}, "reports_file_once_a_format"),
        ({"format": "exe"}, "reports_file_format_known"),
        ({"size": 0}, "reports_file_size"),
        ({"size": 50 * 1024 * 1024 + 1}, "reports_file_size"),
        ({"sha256": "short"}, "reports_file_hash"),
    ],
)
def test_a_wrong_file_is_refused(sample, change, name):
    run = ask()
    ReportRun.objects.filter(pk=run.pk).update(state="running", attempts=1)
    ReportFile.objects.create(run=run, format="csv", content=b"x", size=1, sha256=HASH)
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ReportFile.objects.create(**{"run": run, "format": "pdf", "content": b"x", "size": 1, "sha256": HASH} | change)


def run_facts(**changes):
    facts = {
        "kind": "sample", "kind_version": "1", "parameters_hash": HASH, "as_of": date(2026, 3, 5), "known_at": KNOWN,
        "language": "en", "asked_by": "x", "period": "",
    }  # fmt: skip
    return facts | changes


@pytest.mark.parametrize(
    ("first", "second", "name"),
    [
        ({}, {}, "reports_run_once_a_question"),
        ({"period": "2026-02"}, {"period": "2026-02", "known_at": timezone.now()}, "reports_run_once_a_period"),
        (None, {"as_of": date(2026, 3, 6)}, "reports_run_known_after_as_of"),
        (None, {"parameters_hash": ""}, "reports_run_parameters_hash"),
        (None, {"state": "done"}, "reports_run_done_has_hashes"),
        (None, {"state": "odd"}, "reports_reportrun_state_known"),
    ],
)
def test_a_wrong_run_is_refused(first, second, name):
    if first is not None:
        ReportRun.objects.create(**run_facts(**first))
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ReportRun.objects.create(**run_facts(**second))


@pytest.mark.parametrize(
    ("change", "name"),
    [
        ({"day": 0}, "reports_schedule_day_within_period"),
        ({"day": 28}, "reports_schedule_day_within_period"),
        ({"every": "week", "day": 7}, "reports_schedule_day_within_period"),
        ({"every": "never"}, "reports_schedule_day_within_period"),
        ({"day_rule": "moon"}, "reports_schedule_day_within_period"),
        ({"languages": []}, "reports_schedule_has_language"),
        ({"parameters_hash": None}, "reports_schedule_once"),
    ],
)
def test_a_wrong_schedule_is_refused(sample, change, name):
    stored = schedule()
    facts = {
        "kind": "sample", "parameters_hash": HASH, "every": "month", "day": 1, "day_rule": "calendar", "at": time(8),
        "languages": ["en"], "next_first": date(2026, 1, 1), "next_due": KNOWN,
    } | change  # fmt: skip
    facts["parameters_hash"] = facts["parameters_hash"] or stored.parameters_hash
    with pytest.raises(IntegrityError, match=name), transaction.atomic():
        ReportSchedule.objects.create(**facts)


def test_a_person_subscribes_once(sample):
    stored, user = schedule(), UserFactory(role="finance")
    Subscription.objects.create(schedule=stored, user=user)
    with pytest.raises(IntegrityError, match="reports_subscription_once"), transaction.atomic():
        Subscription.objects.create(schedule=stored, user=user)


def test_schedules_and_subscriptions_have_a_history(sample):
    stored = schedule()
    stored.active = False
    stored.save()
    subscription = Subscription.objects.create(schedule=stored, user=UserFactory(role="finance"))
    subscription.delete()
    labels = list(stored.history.order_by("pgh_id").values_list("pgh_label", flat=True))
    assert labels == ["insert", "update"]
    gone = Subscription.pgh_event_model.objects.order_by("pgh_id").values_list("pgh_label", flat=True)
    assert list(gone)[-2:] == ["insert", "delete"]
