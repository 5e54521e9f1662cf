"""Periods and due moments of scheduled reports. Pure: no database, no clock.

A report of a period is due after the period has ended, and is true as of its last day. A schedule remembers the
first day of the next period it owes, so a beat that slept over a month end finds every period it missed, once.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from innovation.reports.choices import DayRule, Every

ONE_DAY = timedelta(days=1)
# The longest wait after a period, so that a report is made before the next period of its kind ends.
MAX_DAYS = {
    (Every.WEEK, DayRule.CALENDAR): 6,
    (Every.WEEK, DayRule.WORKING): 4,
    (Every.MONTH, DayRule.CALENDAR): 27,
    (Every.MONTH, DayRule.WORKING): 15,
    (Every.QUARTER, DayRule.CALENDAR): 85,
    (Every.QUARTER, DayRule.WORKING): 50,
    (Every.YEAR, DayRule.CALENDAR): 360,
    (Every.YEAR, DayRule.WORKING): 200,
}


@dataclass(frozen=True)
class Period:
    """A week, month, quarter or year of the calendar; both days belong to it."""

    every: Every
    first: date
    last: date

    @property
    def code(self) -> str:
        """``2026-W05`` (ISO week), ``2026-01``, ``2026-Q1`` or ``2026``: unique over all lengths."""
        if self.every == Every.WEEK:
            return f"{self.first:%G-W%V}"
        if self.every == Every.MONTH:
            return f"{self.first:%Y-%m}"
        if self.every == Every.QUARTER:
            return f"{self.first.year}-Q{(self.first.month + 2) // 3}"
        return f"{self.first.year}"


def period_of(every: Every | str, day: date) -> Period:
    """The period of that length which holds ``day``."""
    every = Every(every)
    if every == Every.WEEK:
        first = day - timedelta(days=day.weekday())
        return Period(every, first, first + timedelta(days=6))
    months = {Every.MONTH: 1, Every.QUARTER: 3, Every.YEAR: 12}[every]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    ended = first.year * 12 + first.month - 1 + months
    return Period(every, first, date(ended // 12, ended % 12 + 1, 1) - ONE_DAY)


def next_period(period: Period) -> Period:
    """The one that begins the day after ``period`` ends."""
    return period_of(period.every, period.last + ONE_DAY)


def due_at(
    period: Period,
    *,
    day: int,
    day_rule: DayRule | str,
    at: time,
    zone: ZoneInfo,
    is_working_day: Callable[[date], bool],
) -> datetime:
    """The moment the report of ``period`` is due: the ``day``-th day (1 or more) after its end, at ``at`` o'clock."""
    due = period.last
    for _ in range(day):
        due += ONE_DAY
        while DayRule(day_rule) == DayRule.WORKING and not is_working_day(due):
            due += ONE_DAY
    return datetime.combine(due, at, tzinfo=zone)


def owed(first: Period, due_of: Callable[[Period], datetime], now: datetime) -> Iterator[Period]:
    """The periods from ``first`` on whose reports are due at or before ``now``, oldest first."""
    period = first
    while due_of(period) <= now:
        yield period
        period = next_period(period)


def first_to_make(every: Every | str, due_of: Callable[[Period], datetime], now: datetime) -> Period:
    """The period a schedule that begins at ``now`` makes first: the earliest that is still to come due.

    A new schedule looks ahead; reports of the past are asked for by hand.
    """
    period = period_of(every, now.date())
    earlier = period_of(every, period.first - ONE_DAY)
    return earlier if due_of(earlier) > now else period
