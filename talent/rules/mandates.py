"""Rules of mandates: how long both sides have to answer, when they are reminded, and when an outcome is due."""

from datetime import date, timedelta

ANSWER_DAYS = 14
REMINDERS = (7, 3, 1)
"""Days before the last day on which who has not answered is reminded."""


def answer_by(day: date) -> date:
    """The last day to accept what was proposed on ``day``."""
    return day + timedelta(days=ANSWER_DAYS)


def reminder_due(last: date, today: date) -> int | None:
    """The reminder that is due: the smallest of ``REMINDERS`` that is reached; None before the first and after the end.

    A day on which the clock stood still is made up by the next run.
    """
    left = (last - today).days
    return min((days for days in REMINDERS if left <= days), default=None) if left >= 0 else None


def year_after(day: date) -> date:
    """Twelve months later; 29 February leads to 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
