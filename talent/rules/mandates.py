"""Rules of mandates: how long both sides have to answer, and when an outcome is due."""

from datetime import date, timedelta

ANSWER_DAYS = 14


def answer_by(day: date) -> date:
    """The last day to accept what was proposed on ``day``."""
    return day + timedelta(days=ANSWER_DAYS)


def year_after(day: date) -> date:
    """Twelve months later; 29 February leads to 28 February."""
    try:
        return day.replace(year=day.year + 1)
    except ValueError:
        return day.replace(year=day.year + 1, day=28)
