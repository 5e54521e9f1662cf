"""What the applicant of a case was granted before, and which of it runs at the same time."""

import datetime
from typing import Any

from django.db.models import QuerySet

from innovation.calls.choices import AwardState
from innovation.calls.models import Application, EarlierAward
from innovation.calls.queries.screening import latest_submission
from innovation.calls.rules.exact import day


def earlier_awards(user: Any) -> QuerySet[EarlierAward]:
    """All that ``user`` may see, with the organisation."""
    return EarlierAward.objects.visible_to(user).select_related("organisation")


def awards_of(case: Application) -> list[tuple[EarlierAward, bool]]:
    """The awards of the applicant, newest first, each with whether its time overlaps that of the case."""
    if case.organisation_id is None:
        return []
    rows = list(EarlierAward.objects.filter(organisation=case.organisation_id))
    start, end = _time_of(case) if rows else (None, None)
    return [(one, bool(start or end) and one.runs_between(start, end)) for one in rows]


def unfinished_of(organisation_id: int, leader: str) -> int:
    """How many earlier awards of this organisation still run under this leader."""
    return EarlierAward.objects.filter(
        organisation=organisation_id, leader=leader, state=AwardState.RUNNING
    ).count()  # fmt: skip


def _time_of(case: Application) -> tuple[datetime.date | None, datetime.date | None]:
    """From when to when the project of a case runs, as far as its answers say (``starts_on``, ``ends_on``)."""
    submission = latest_submission(case)
    answers = submission.answers if submission else {}
    return day(answers.get("starts_on")), day(answers.get("ends_on"))
