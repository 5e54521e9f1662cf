"""The refusal that a case stands under, until when it can be appealed, and who had a part in it."""

from datetime import date
from typing import Any

from django.db.models import QuerySet
from django.utils import timezone

from innovation.calls.choices import APPEALABLE, AppealState, ApplicationState
from innovation.calls.models import Appeal, Application, BoardVote
from innovation.calls.queries.deadlines import due_after
from innovation.core import transitions
from innovation.core.models import TransitionRecord

APPEAL_DAYS = 15
"""Working days in which the applicant may appeal, where the call's deadlines do not say otherwise (key ``appeal``)."""
ANSWER_DAYS = 20
"""Working days in which an appeal is answered (key ``appeal_answer``)."""


def refusal_of(case: Application) -> TransitionRecord | None:
    """The step that refused the case; None while it does not stand refused."""
    if case.state not in APPEALABLE:
        return None
    return transitions.steps_of(case).filter(to_state=case.state).last()


def appeal_until(case: Application, step: TransitionRecord) -> date | None:
    """Last day for an appeal; None where the calendar of that year is not known yet: then it is still in time."""
    return due_after(case.call, "appeal", timezone.localdate(step.at), days=APPEAL_DAYS)


def answer_due(case: Application, day: date) -> date | None:
    return due_after(case.call, "appeal_answer", day, days=ANSWER_DAYS)


def can_appeal(case: Application, today: date | None = None) -> bool:
    """Whether the refusal is young enough and was not appealed before."""
    step = refusal_of(case)
    if step is None or Appeal.objects.filter(step=step).exists():
        return False
    until = appeal_until(case, step)
    return until is None or (today or timezone.localdate()) <= until


def took_part(case: Application, step: TransitionRecord) -> set[int]:
    """Everybody who checked, proposed, voted or decided on the way to the refusal."""
    people = {pk for pk in (step.actor_id, case.officer_id) if pk is not None}
    for decision in case.decisions.all():
        people |= {decision.proposed_by_id, decision.decided_by_id}
    votes = BoardVote.objects.filter(item__application=case).values_list("member__user", flat=True)
    return people | set(votes)


def goes_back(case: Application) -> bool:
    """Whether the process can take the refusal back; else an upheld appeal needs a remedy of its own."""
    return "revert" in case.transitions.get(ApplicationState(case.state), {})


def appeals(user: Any) -> QuerySet[Appeal]:
    """Appeals that ``user`` may see."""
    return Appeal.objects.visible_to(user).select_related(
        "application__call", "application__process", "step", "examined_by"
    )


def waiting(user: Any) -> QuerySet[Appeal]:
    return appeals(user).filter(state=AppealState.OPEN).order_by("due_on", "pk")
