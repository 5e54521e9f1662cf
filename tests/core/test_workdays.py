"""Working days: the specification's examples, and properties that hold on every day."""

import csv
from datetime import date, timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import IntegrityError, connection
from hypothesis import given
from hypothesis import strategies as st

from innovation.core.calendar_file import SHIPPED, read
from innovation.core.models import WorkingDayException
from innovation.core.models.calendar import calendar as recorded
from innovation.core.workdays import Calendar, Status, Unit

with SHIPPED.open(encoding="utf-8", newline="") as _lines:
    CALENDAR = Calendar.of((row["date"], row["kind"]) for row in read(_lines))
DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))
SMALL = Calendar.of([(date(2025, 1, 1), "off")])


def test_the_shipped_file_has_all_108_exceptions_of_three_years():
    assert len(CALENDAR.exceptions) == 108
    assert CALENDAR.years == {2024, 2025, 2026}


@pytest.mark.parametrize(
    ("start", "n", "unit", "due"),
    [
        # 02-14 and 02-28 are worked Saturdays, 02-15 to 23 are off
        ("2026-02-11", 10, "working_days", "2026-03-03"),
        # Sunday 09-20 is worked
        ("2026-09-18", 5, "working_days", "2026-09-24"),
        # ends on 10-05, which rolls over the rest of the holiday
        ("2026-09-28", 7, "calendar_days", "2026-10-08"),
        # Sunday 01-04 is worked
        ("2025-12-31", 3, "working_days", "2026-01-06"),
        ("2026-10-08", -5, "working_days", "2026-09-23"),
        ("2026-06-19", 0, "working_days", "2026-06-22"),
        ("2026-06-18", 0, "working_days", "2026-06-18"),
        ("2024-02-07", 8, "working_days", "2024-02-23"),
        ("2026-03-09", 5, "working_days", "2026-03-16"),
        ("2026-03-09", 5, "calendar_days", "2026-03-16"),
        ("2026-03-09", 0, "calendar_days", "2026-03-09"),
    ],
)
def test_due_days_of_the_specification(start, n, unit, due):
    found = CALENDAR.due(date.fromisoformat(start), n, unit)
    assert (found.status, found.due) == (Status.OK, date.fromisoformat(due))


@pytest.mark.parametrize(
    ("start", "n", "unit"),
    [
        ("2026-12-29", 5, Unit.WORKING_DAYS),
        ("2024-01-02", -3, Unit.WORKING_DAYS),
        ("2026-12-28", 7, Unit.CALENDAR_DAYS),
        ("2027-03-01", 0, Unit.WORKING_DAYS),
    ],
)
def test_a_year_without_a_notice_gives_no_date(start, n, unit):
    found = CALENDAR.due(date.fromisoformat(start), n, unit)
    assert (found.status, found.due, found.moment()) == (Status.CALENDAR_MISSING, None, None)


def test_the_last_day_ends_at_midnight_in_shanghai_or_at_the_closing_hour():
    due = CALENDAR.due(date(2026, 3, 9), 5)
    assert due.moment().isoformat() == "2026-03-17T00:00:00+08:00"
    assert due.moment(due.moment().time().replace(hour=17)).isoformat() == "2026-03-16T17:00:00+08:00"


def test_a_pause_adds_its_working_days():
    # Stopped from Friday 02-13 to Tuesday 03-03: 14 (worked Saturday), 24 to 28 (28 worked), 03-02 and 03-03
    assert CALENDAR.between(date(2026, 2, 13), date(2026, 3, 3)) == 8
    assert CALENDAR.extend(date(2026, 3, 10), date(2026, 2, 13), date(2026, 3, 3)).due == date(2026, 3, 20)
    assert CALENDAR.extend(date(2026, 3, 10), date(2026, 12, 1), date(2027, 1, 5)).status is Status.CALENDAR_MISSING


def test_a_day_of_an_unknown_year_is_neither_worked_nor_off():
    assert SMALL.is_working_day(date(2025, 1, 1)) is False
    assert SMALL.is_working_day(date(2025, 1, 2)) is True
    assert SMALL.is_working_day(date(2030, 1, 2)) is None


def test_an_absurd_period_is_refused():
    with pytest.raises(ValueError, match="at most 5000"):
        CALENDAR.due(date(2026, 1, 5), 10**9)


@given(DAYS, st.integers(1, 60))
def test_counting_there_and_back_agree(start, n):
    found = CALENDAR.due(start, n)
    if found.due:
        assert CALENDAR.is_working_day(found.due)
        assert CALENDAR.between(start, found.due) == n
        back = CALENDAR.due(found.due + timedelta(days=1), -1)
        assert back.due == found.due or back.status is Status.CALENDAR_MISSING


@given(DAYS, st.integers(0, 40))
def test_a_longer_period_never_ends_earlier(start, n):
    one, other = CALENDAR.due(start, n), CALENDAR.due(start, n + 1)
    if one.due and other.due:
        # On a day off, the period of none and that of one day both end on the next working day.
        assert one.due < other.due or (n == 0 and not CALENDAR.is_working_day(start))


# ── The table ────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.django_db
def test_the_migration_put_the_notices_in(django_assert_num_queries):
    with django_assert_num_queries(1):
        assert recorded() == CALENDAR


@pytest.mark.django_db
def test_the_command_can_run_again_and_brings_the_table_in_line(tmp_path):
    out = StringIO()
    call_command("load_working_days", stdout=out)
    assert out.getvalue() == "0 days added or changed\n"
    WorkingDayException.objects.filter(date="2026-01-01").update(holiday="?")
    WorkingDayException.objects.filter(date="2026-01-02").delete()
    call_command("load_working_days", stdout=(out := StringIO()))
    assert out.getvalue() == "2 days added or changed\n"
    assert recorded() == CALENDAR


@pytest.mark.django_db
@pytest.mark.parametrize(
    "line",
    ["2027-13-01,off,元旦,X", "2027-01-01,free,元旦,X", "2027-01-01,off,元旦,", "2027-01-04,work,元旦,X", "2027"],
)
def test_a_wrong_line_is_named_and_nothing_is_loaded(tmp_path, line):
    file = tmp_path / "days.csv"
    file.write_text(f"date,kind,holiday,source\n2027-02-01,off,A,B\n{line}\n", encoding="utf-8")
    with pytest.raises(CommandError, match="Line 3"):
        call_command("load_working_days", file)
    assert not WorkingDayException.objects.filter(date__year=2027).exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        (("2027-01-01", "free", "X"), "core_workday_kind_known"),
        (("2027-01-01", "off", ""), "core_workday_has_source"),
        (("2027-01-04", "work", "X"), "core_workday_worked_is_weekend"),
        (("2026-01-01", "off", "X"), "date"),
    ],
)
def test_the_database_refuses_impossible_days(values, constraint):
    with pytest.raises(IntegrityError, match=constraint), connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO core_workingdayexception (date, kind, holiday, source) VALUES (%s, %s, '', %s)", values
        )


def test_every_shipped_row_names_its_notice():
    with SHIPPED.open(encoding="utf-8", newline="") as lines:
        assert {row["source"] for row in csv.DictReader(lines)} == {
            "国办发明电〔2023〕7号",
            "国办发明电〔2024〕12号",
            "国办发明电〔2025〕7号",
        }
