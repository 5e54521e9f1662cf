"""The title that an approved certification gives: from which day to which it holds."""

from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from innovation.accounts.models import User
from innovation.calls.models import Application

MONTHS_IN_YEAR = 12


def issue_certificate(application: Application, actor: User | None) -> dict[str, Any]:
    """What is kept on the application: the title in words, and its first and last day (both included).

    The months come from the process (``entitlement_months``); None is a title without an end.
    """
    starts = timezone.localdate()
    months = application.process.content.get("entitlement_months")
    ends = None if months is None else _months_later(starts, months) - timedelta(days=1)
    title = application.call.title
    return {
        "label": f"{title} · {starts} – {ends or ''}".rstrip(),
        "url": application.get_absolute_url(),
        "valid_from": starts.isoformat(),
        "valid_to": ends and ends.isoformat(),
    }


def _months_later(day: date, months: int) -> date:
    """The same day of a later month, its last day where it is shorter."""
    years, month = divmod(day.month - 1 + months, MONTHS_IN_YEAR)
    following = date(day.year + years + (month + 1) // MONTHS_IN_YEAR, (month + 1) % MONTHS_IN_YEAR + 1, 1)
    return date(day.year + years, month + 1, min(day.day, (following - timedelta(days=1)).day))
