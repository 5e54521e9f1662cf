"""Calendar arithmetic of patent law: months are added to the first day, never chained, and only periods roll."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from innovation.core.days import months_later

Works = Callable[[date], bool | None]
"""Whether people work on a day; None where nobody has said so yet."""


def add(start: date, years: int = 0, months: int = 0) -> date:
    """``start`` and whole years and months; a day that the month lacks becomes its last day."""
    return months_later(start, years * 12 + months)


@dataclass(frozen=True)
class Period:
    """The corresponding day, the last day on which one may still act, and whether the calendar was known."""

    nominal: date
    due: date
    rolled_by_calendar: bool


def roll(day: date, works: Works) -> Period:
    """``day``, or the next working day after it; a day of an unknown year stays, and that is said."""
    due = day
    while (open_day := works(due)) is False:
        due += timedelta(days=1)
    return Period(day, day, rolled_by_calendar=False) if open_day is None else Period(day, due, rolled_by_calendar=True)


def period(start: date, works: Works, *, years: int = 0, months: int = 0) -> Period:
    """A period from the day after ``start`` (Guidelines for Patent Examination, part V, chapter 7)."""
    return roll(add(start, years, months), works)
