"""Arithmetic of months, the same wherever terms and month ends are counted."""

from calendar import monthrange
from datetime import date, timedelta


def months_later(day: date, months: int) -> date:
    """The same day ``months`` later (earlier for a negative number), the month's last where it is shorter."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def month_end(day: date) -> date:
    """The last day of the month of ``day``."""
    return day.replace(day=monthrange(day.year, day.month)[1])


def month_end_before(day: date) -> date:
    """The last day of the month before ``day``."""
    return day.replace(day=1) - timedelta(days=1)
