"""What follows from each step of a case for those who applied: they are told, in the same transaction."""

from typing import Any

from innovation.calls.actions.applicant_mails import tell_step
from innovation.core.models import TransitionRecord


def step_taken(instance: TransitionRecord, created: bool, **_facts: Any) -> None:
    """Connected to the saving of every step, so that nobody who moves a case can forget the applicant."""
    if created:
        tell_step(instance)
