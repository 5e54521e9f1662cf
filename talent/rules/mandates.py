"""Rules of mandates: how long both sides have to answer, when they are reminded, and when an outcome is due."""

from datetime import date, timedelta

ANSWER_DAYS = 14
REMINDERS = (7, 3, 1)
"""Days before the last day on which who has not answered is reminded."""


def answer_by(day: date) -> date:
    """The last day to accept what was proposed on ``day``."""
    return day + timedelta(days=ANSWER_DAYS)
