"""One step for many cases: what would happen to each, then the same for real, case by case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.calls.actions import assigning, screening
from innovation.calls.models import Application
from innovation.core.errors import RuleViolation

Act = Callable[[int, User], object]
ACTS: dict[str, tuple[object, Act]] = {
    "take": (_("Take over"), lambda pk, who: screening.assign_officer(application_id=pk, officer_id=who.pk, actor=who)),
    "screen": (_("Compute the gates"), lambda pk, who: screening.screen(application_id=pk, actor=who)),
    "pass": (_("Let pass as eligible"), lambda pk, who: screening.check_pass(application_id=pk, actor=who)),
    "start": (_("Hand to reviewers"), lambda pk, who: assigning.start_review(application_id=pk, actor=who)),
}
MOST = 200


@dataclass(frozen=True)
class Line:
    """A case and what stands against the step; ``refusal`` None: it would be, or was, done."""

    case: Application
    refusal: RuleViolation | None


class _Undo(Exception):
    """Ends the rehearsal."""


def rehearse(*, act: str, cases: Sequence[Application], actor: User) -> list[Line]:
    """What ``act`` would do to each of ``cases``: done and undone, so that the same rules speak; no mail leaves."""
    lines: list[Line] = []
    try:
        with transaction.atomic():
            lines = [_one(act, case, actor) for case in cases[:MOST]]
            raise _Undo
    except _Undo:
        return lines


def perform(*, act: str, cases: Sequence[Application], actor: User) -> list[Line]:
    """Do ``act`` to each case that allows it, each in its own transaction; the others come back with the refusal."""
    return [_one(act, case, actor) for case in cases[:MOST]]


def _one(act: str, case: Application, actor: User) -> Line:
    _label, work = ACTS[act]
    try:
        with transaction.atomic():
            work(case.pk, actor)
    except RuleViolation as violation:
        return Line(case, violation)
    return Line(case, None)
