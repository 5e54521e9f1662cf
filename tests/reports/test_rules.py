"""Periods and due moments, by table and by property."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from innovation.reports.choices import DayRule, Every
from innovation.reports.rules import MAX_DAYS, due_at, first_to_make, next_period, owed, period_of

SHANGHAI = ZoneInfo("Asia/Shanghai")
NATIONAL_HOLIDAY = {date(2026, 10, day) for day in range(1, 8)}


def is_working_day(day):
    return (day.weekday() < 5 or day == date(2026, 10, 10)) and day not in NATIONAL_HOLIDAY


def due(period, *, day=1, day_rule=DayRule.CALENDAR, at=time(8)):
    return due_at(period, day=day, day_rule=day_rule, at=at, zone=SHANGHAI, is_working_day=is_working_day)


@pytest.mark.parametrize(
    ("every", "day", "code", "first", "last"),
    [
        (Every.WEEK, date(2026, 1, 1), "2026-W01", date(2025, 12, 29), date(2026, 1, 4)),
        (Every.WEEK, date(2027, 1, 3), "2026-W53", date(2026, 12, 28), date(2027, 1, 3)),
        (Every.MONTH, date(2026, 12, 31), "2026-12", date(2026, 12, 1), date(2026, 12, 31)),
        (Every.MONTH, date(2028, 2, 3), "2028-02", date(2028, 2, 1), date(2028, 2, 29)),
        (Every.QUARTER, date(2026, 1, 1), "2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        (Every.QUARTER, date(2026, 11, 23), "2026-Q4", date(2026, 10, 1), date(2026, 12, 31)),
        (Every.YEAR, date(2026, 6, 30), "2026", date(2026, 1, 1), date(2026, 12, 31)),
    ],
)
def test_a_period_has_a_code_and_two_days(every, day, code, first, last):
    period = period_of(every, day)
    assert (period.code, period.first, period.last) == (code, first, last)


@given(st.sampled_from(Every), st.dates(date(2000, 1, 1), date(2100, 1, 1)))
def test_periods_hold_their_day_and_follow_each_other_without_gap(every, day):
    period = period_of(every, day)
    assert period.first <= day <= period.last
    following = next_period(period)
    assert following.first == period.last + timedelta(days=1)
    assert following.code != period.code


@pytest.mark.parametrize(
    ("day", "day_rule", "at", "expected"),
    [
        (1, DayRule.CALENDAR, time(8), "2026-10-01T00:00:00+00:00"),
        (5, DayRule.CALENDAR, time(8), "2026-10-05T00:00:00+00:00"),
        (1, DayRule.WORKING, time(8), "2026-10-08T00:00:00+00:00"),  # after the national holiday
        (3, DayRule.WORKING, time(8), "2026-10-10T00:00:00+00:00"),  # a Saturday on which people work
        (4, DayRule.WORKING, time(7, 59), "2026-10-11T23:59:00+00:00"),
        (1, DayRule.CALENDAR, time(0), "2026-09-30T16:00:00+00:00"),
    ],
)
def test_the_due_moment_of_september_2026(day, day_rule, at, expected):
    moment = due(period_of(Every.MONTH, date(2026, 9, 1)), day=day, day_rule=day_rule, at=at)
    assert moment.astimezone(UTC).isoformat() == expected


@pytest.mark.parametrize("month", range(1, 13))
def test_shanghai_has_no_summer_time_so_eight_is_always_midnight_utc(month):
    assert due(period_of(Every.MONTH, date(2026, month, 1))).astimezone(UTC).time() == time(0)


def test_a_beat_that_slept_over_three_month_ends_owes_three_reports():
    first = period_of(Every.MONTH, date(2026, 7, 1))
    now = datetime(2026, 10, 1, 8, tzinfo=SHANGHAI)
    assert [period.code for period in owed(first, due, now)] == ["2026-07", "2026-08", "2026-09"]
    assert [period.code for period in owed(first, due, now - timedelta(seconds=1))] == ["2026-07", "2026-08"]


@pytest.mark.parametrize(
    ("now", "code"),
    [
        (datetime(2026, 11, 1, 7, 59, tzinfo=SHANGHAI), "2026-10"),  # October is due in a minute
        (datetime(2026, 11, 1, 8, 0, tzinfo=SHANGHAI), "2026-11"),
        (datetime(2026, 11, 23, 12, tzinfo=SHANGHAI), "2026-11"),
    ],
)
def test_a_new_schedule_looks_ahead(now, code):
    assert first_to_make(Every.MONTH, due, now).code == code


@given(st.sampled_from(list(MAX_DAYS)), st.dates(date(2020, 1, 1), date(2040, 1, 1)))
def test_the_longest_wait_ends_before_the_next_period_does(rule, day):
    every, day_rule = rule
    period = period_of(every, day)
    moment = due(period, day=MAX_DAYS[rule], day_rule=day_rule, at=time(23, 59))
    assert moment.date() <= next_period(period).last + timedelta(days=7 if day_rule == DayRule.WORKING else 0)
