"""What the clock does for cases: titles expire, what nobody answered lapses; and the search for similar texts."""

from collections.abc import Callable
from typing import Any

import structlog
from celery import shared_task
from django.utils import timezone

from innovation.calls.actions.changing import lapse_change
from innovation.calls.actions.entitling import expire
from innovation.calls.actions.likeness import compare_with_others
from innovation.calls.actions.messages import send_lines
from innovation.calls.actions.screening import lapse_unanswered
from innovation.calls.choices import ChangeState
from innovation.calls.models import ChangeRequest, Entitlement, LikenessRun, MessageRun
from innovation.core import jobs
from innovation.core.errors import RuleViolation

log = structlog.get_logger(__name__)


@shared_task(name="innovation.calls.tasks.end_what_is_over", soft_time_limit=300, time_limit=330)
def end_what_is_over() -> dict[str, int]:
    """Daily, each record in a transaction of its own; what somebody ended a moment ago is left alone."""
    today, counts = timezone.localdate(), {"expired": 0, "lapsed": 0}
    for pk in Entitlement.objects.in_force().filter(valid_to__lt=today).values_list("pk", flat=True):
        counts["expired"] += _done(lambda pk=pk: expire(entitlement_id=pk))
    for pk in ChangeRequest.objects.filter(state=ChangeState.OPEN, due_on__lt=today).values_list("pk", flat=True):
        counts["lapsed"] += _done(lambda pk=pk: lapse_change(change_id=pk))
    return counts


def _done(work: Callable[[], Any]) -> bool:
    try:
        work()
    except RuleViolation as refused:
        log.info("left alone", code=refused.code)
        return False
    return True


@shared_task(ignore_result=True)
def find_likeness(pk: int) -> None:
    """Search for texts like those of the submission of run ``pk``."""
    jobs.run(LikenessRun, pk, compare_with_others)


@shared_task(ignore_result=True)
def send_messages(pk: int) -> None:
    """Hand the words of the confirmed message of run ``pk`` over to the mail."""
    jobs.run(MessageRun, pk, send_lines)


@shared_task(ignore_result=True)
def lapse_returned() -> int:
    """Every night: returned cases whose day has passed end as withdrawn; returns how many."""
    return lapse_unanswered(today=timezone.localdate())
