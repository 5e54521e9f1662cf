"""How long a public notice still runs."""

from datetime import date

from innovation.calls.models import Application, Notice
from innovation.core.models.calendar import calendar


def is_running(notice: Notice, day: date) -> bool:
    """Whether ``days_left`` is above zero; asks no calendar, so that a list of notices costs one query."""
    return notice.ended_at is None and (notice.ends_on is None or day <= notice.ends_on)


def days_left(notice: Notice, day: date) -> int:
    """Working days that the notice still runs on ``day``; its last day counts, because it ends at 24:00.

    1 where the calendar of the year is not known, so that nothing is signed too early.
    """
    if notice.ended_at is not None:
        return 0
    if notice.ends_on is None:
        return 1
    if day > notice.ends_on:
        return 0
    left = calendar().between(day, notice.ends_on)
    return 1 if left is None else left + 1


def notice_days_left(application: Application, day: date) -> int:
    """As ``days_left`` for the newest notice of a case; 0 for a case without notice."""
    notice = application.notices.order_by("-id").first()
    return 0 if notice is None else days_left(notice, day)
