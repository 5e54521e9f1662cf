"""Working days in China: Monday to Friday, except as the State Council's yearly notice says. Pure functions.

A year without a single row of the notice is unknown, not a year without holidays: every result that touches such a
year has the status ``calendar_missing`` and no date.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from enum import StrEnum
from zoneinfo import ZoneInfo

SHANGHAI = ZoneInfo("Asia/Shanghai")
_SATURDAY = 5
_DAY = timedelta(days=1)
LONGEST = 5000


class DayKind(StrEnum):
    OFF = "off"
    WORK = "work"


class Unit(StrEnum):
    """How a period is counted. Calendar days end on a working day (they roll forward, never back)."""

    WORKING_DAYS = "working_days"
    CALENDAR_DAYS = "calendar_days"


class Status(StrEnum):
    OK = "ok"
    CALENDAR_MISSING = "calendar_missing"


@dataclass(frozen=True)
class Due:
    """A last day, or None with the reason."""

    status: Status
    due: date | None

    def moment(self, closing: time | None = None) -> datetime | None:
        """The end of the last day in Shanghai: 24:00, that is 00:00 of the next day, or ``closing`` of that day."""
        if self.due is None:
            return None
        if closing is not None:
            return datetime.combine(self.due, closing, SHANGHAI)
        return datetime.combine(self.due + _DAY, time(0), SHANGHAI)


class _Missing(Exception):
    """A day was touched whose year has no rows."""


@dataclass(frozen=True)
class Calendar:
    """Exceptions of the week, and the years for which a notice is known."""

    exceptions: dict[date, DayKind]
    years: frozenset[int]

    @classmethod
    def of(cls, rows: Iterable[tuple[date, str]]) -> "Calendar":
        """From (day, ``off`` or ``work``) pairs. A year is known when any of its days has a row."""
        exceptions = {day: DayKind(kind) for day, kind in rows}
        return cls(exceptions, frozenset(day.year for day in exceptions))

    def is_known(self, day: date) -> bool:
        return day.year in self.years

    def is_working_day(self, day: date) -> bool | None:
        """Whether people work on ``day``; None when its year is unknown."""
        if not self.is_known(day):
            return None
        kind = self.exceptions.get(day)
        return day.weekday() < _SATURDAY if kind is None else kind is DayKind.WORK

    def _works(self, day: date) -> bool:
        works = self.is_working_day(day)
        if works is None:
            raise _Missing
        return works

    def due(self, start: date, n: int, unit: Unit | str = Unit.WORKING_DAYS) -> Due:
        """The last day of a period of ``n`` days that begins with an event on ``start``.

        The day of the event is not counted (Civil Code of China, article 201). ``n`` negative counts back. ``n`` 0 is
        the day itself or the next working day. A period in calendar days whose last day is not worked ends on the
        next working day (article 203). Raises ValueError beyond 5,000 days.
        """
        if abs(n) > LONGEST:
            raise ValueError(f"A period has at most {LONGEST} days")
        try:
            if Unit(unit) is Unit.CALENDAR_DAYS:
                return Due(Status.OK, self._roll(start + n * _DAY))
            return Due(Status.OK, self._roll(start) if n == 0 else self._count(start, n))
        except _Missing:
            return Due(Status.CALENDAR_MISSING, None)

    def _roll(self, day: date) -> date:
        while not self._works(day):
            day += _DAY
        return day

    def _count(self, start: date, n: int) -> date:
        step, left, day = (_DAY if n > 0 else -_DAY), abs(n), start
        while left:
            day += step
            left -= self._works(day)
        return day

    def between(self, start: date, end: date) -> int | None:
        """Working days after ``start`` up to and including ``end`` (negative when ``end`` is earlier).

        None when any day between lies in an unknown year. This is what a pause adds to a deadline.
        """
        if end < start:
            back = self.between(end, start)
            return None if back is None else -back
        days = [start + offset * _DAY for offset in range(1, (end - start).days + 1)]
        try:
            return sum(self._works(day) for day in days)
        except _Missing:
            return None

    def extend(self, due: date, paused_from: date, paused_to: date) -> Due:
        """Add the working days of a pause (clock stopped on ``paused_from``, running on ``paused_to``) to ``due``."""
        paused = self.between(paused_from, paused_to)
        return Due(Status.CALENDAR_MISSING, None) if paused is None else self.due(due, paused)
