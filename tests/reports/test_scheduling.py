"""Schedules: every owed period once, also after an outage, in the zone of Shanghai."""

import threading
from datetime import UTC, date, datetime, time, timedelta

import pytest
from django.core.exceptions import ValidationError
from django.db import connection, transaction

from innovation.core.models.calendar import WorkingDayException
from innovation.reports import actions
from innovation.reports.models import ReportRun, ReportSchedule
from innovation.reports.registry import DefaultSchedule
from tests.factories.reports import registered, sample_kind, schedule

JUNE = datetime(2026, 6, 15, tzinfo=UTC)
JULY_1 = datetime(2026, 7, 1, tzinfo=UTC)  # eight in the morning in Shanghai

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def no_other_schedule(request):
    if "transaction" not in str(request.node.get_closest_marker("django_db")):
        ReportSchedule.objects.all().delete()


def made():
    return list(ReportRun.objects.order_by("pk").values_list("period", "as_of", "known_at", "language"))


def test_nothing_is_made_before_it_is_due_and_once_after(sample):
    stored = schedule(JUNE)
    assert (stored.next_first, stored.next_due) == (date(2026, 6, 1), JULY_1)
    assert actions.make_due(JULY_1 - timedelta(seconds=1)) == []
    assert len(actions.make_due(JULY_1)) == 1
    assert actions.make_due(JULY_1 + timedelta(minutes=10)) == []
    assert made() == [("2026-06", date(2026, 6, 30), JULY_1, "en")]
    stored.refresh_from_db()
    assert (stored.next_first, stored.next_due) == (date(2026, 7, 1), datetime(2026, 8, 1, tzinfo=UTC))


def test_a_beat_that_was_away_makes_up_for_every_month_end_as_it_was_known_then(sample):
    schedule(JUNE, languages=["en", "zh-hans"])
    late = datetime(2026, 9, 1, 0, 0, 5, tzinfo=UTC)
    assert len(actions.make_due(late)) == 6
    assert made() == [
        (period, last, due, language)
        for period, last, due in [
            ("2026-06", date(2026, 6, 30), JULY_1),
            ("2026-07", date(2026, 7, 31), datetime(2026, 8, 1, tzinfo=UTC)),
            ("2026-08", date(2026, 8, 31), datetime(2026, 9, 1, tzinfo=UTC)),
        ]
        for language in ["en", "zh-hans"]
    ]


@pytest.mark.django_db(transaction=True)
def test_two_beats_at_once_make_each_report_once(sample):
    ReportSchedule.objects.all().delete()
    schedule(JUNE)
    schedule(JUNE, parameters={"fund": "B"})
    start, made_by, errors = threading.Barrier(3), [], []

    def beat():
        try:
            start.wait(10)
            made_by.append(actions.make_due(JULY_1))
        except Exception as error:
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=beat) for _ in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert not errors
    assert sorted(pk for part in made_by for pk in part) == sorted(ReportRun.objects.values_list("pk", flat=True))
    assert ReportRun.objects.count() == 2


def test_a_schedule_that_is_switched_off_makes_nothing(sample):
    schedule(JUNE, active=False)
    assert actions.make_due(JULY_1) == []


@pytest.mark.parametrize(
    ("every", "day", "rule", "due"),
    [
        ("week", 1, "calendar", datetime(2026, 6, 22, tzinfo=UTC)),
        ("month", 5, "working", datetime(2026, 7, 7, tzinfo=UTC)),
        ("quarter", 10, "calendar", datetime(2026, 7, 10, tzinfo=UTC)),
        ("year", 1, "calendar", datetime(2027, 1, 1, tzinfo=UTC)),
    ],
)
def test_when_a_new_schedule_is_due(sample, every, day, rule, due):
    assert schedule(JUNE, every=every, day=day, day_rule=rule).next_due == due


def test_a_published_holiday_moves_the_due_day(sample):
    stored = schedule(JUNE, day=1, day_rule="working")
    assert stored.next_due == JULY_1
    WorkingDayException.objects.create(date=date(2026, 7, 1), kind="off", holiday="x", source="x")
    assert actions.make_due(JULY_1) == []
    stored.refresh_from_db()
    assert stored.next_due == datetime(2026, 7, 2, tzinfo=UTC)
    assert len(actions.make_due(datetime(2026, 7, 2, tzinfo=UTC))) == 1


def test_a_schedule_switched_on_again_does_not_make_up_for_its_sleep(sample):
    stored = schedule(JUNE)
    stored.active = False
    actions.save_schedule(schedule=stored, now=JUNE)
    assert actions.make_due(datetime(2026, 12, 1, tzinfo=UTC)) == []
    stored.active = True
    actions.save_schedule(schedule=stored, now=datetime(2026, 12, 15, tzinfo=UTC))
    assert (stored.next_first, stored.next_due) == (date(2026, 12, 1), datetime(2027, 1, 1, tzinfo=UTC))


def test_an_edited_hour_moves_the_report_that_is_owed(sample):
    stored = schedule(JUNE)
    stored.at = time(9, 30)
    actions.save_schedule(schedule=stored, now=datetime(2026, 7, 1, 0, 30, tzinfo=UTC))
    assert (stored.next_first, stored.next_due) == (date(2026, 6, 1), datetime(2026, 7, 1, 1, 30, tzinfo=UTC))


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"parameters": {}}, "parameters"),
        ({"kind": "nothing"}, "kind"),
        ({"day": 0}, "day"),
        ({"day": 28}, "__all__"),
        ({"languages": []}, "languages"),
        ({"every": "never"}, "every"),
    ],
)
def test_a_wrong_schedule_is_refused_with_the_field(sample, change, field):
    with pytest.raises(ValidationError) as refused, transaction.atomic():
        schedule(JUNE, **change)
    assert field in refused.value.message_dict
    assert not ReportSchedule.objects.exists()


def test_the_same_schedule_twice_is_refused(sample):
    schedule(JUNE)
    with pytest.raises(ValidationError, match="such a schedule already"):
        schedule(JUNE, day=2)


def test_a_default_schedule_is_made_once_and_stays_as_staff_left_it():
    default = DefaultSchedule(day=3, parameters={"fund": "A"}, languages=("en",))
    with registered(sample_kind(default_schedule=default)):
        actions.ensure_default_schedules()
        stored = ReportSchedule.objects.get(kind="sample")
        assert (stored.day, stored.day_rule, stored.is_default, stored.active) == (3, "working", True, True)
        ReportSchedule.objects.filter(pk=stored.pk).update(active=False, day=9)
        actions.ensure_default_schedules()
        stored.refresh_from_db()
        assert (ReportSchedule.objects.filter(kind="sample").count(), stored.active, stored.day) == (1, False, 9)


def test_a_new_installation_makes_the_activity_report_every_month():
    actions.ensure_default_schedules()
    assert ReportSchedule.objects.filter(kind="activity", every="month", active=True).count() == 1
