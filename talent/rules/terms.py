"""Terms of credentials: when one ends, when its renewal opens, by when it has to be filed; domain section 4.6."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from innovation.core.days import month_end, months_later

OPENS_DAYS_BEFORE = 365
REMINDERS = (365, 180, 90, 30, 7)
"""Days before the end on which a holder is reminded."""


def term_end(granted_on: date, term_months: int | None) -> date | None:
    """The last day of a credential: the end of the month of grant and term. None: it does not expire.

    It is in force until 24:00 of that day in the zone of the office: granted 2022-05-17 for 36 months, 2025-05-31.
    """
    return None if term_months is None else month_end(months_later(month_end(granted_on), term_months))


def renewal_opens(expires_on: date) -> date:
    """The first day on which a renewal may be filed."""
    return expires_on - timedelta(days=OPENS_DAYS_BEFORE)


def file_by(expires_on: date, rules: Mapping[str, Any]) -> date:
    """The last day for filing: the end, or so many months before it as the version's ``renewal`` says."""
    months = (rules.get("renewal") or {}).get("submit_at_least_months_before") or 0
    return months_later(expires_on, -months)


def reminder_due(last: date, today: date, reminders: Sequence[int] = REMINDERS) -> int | None:
    """The reminder that is due: the smallest of ``reminders`` that is reached; None before the first and after the end.

    Reminders do not drift: a day on which the clock stood still is made up by the next run.
    """
    left = (last - today).days
    return min((days for days in reminders if left <= days), default=None) if left >= 0 else None
