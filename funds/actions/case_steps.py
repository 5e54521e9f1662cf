"""How every act in a case is done: lock the case, write the step into its chain, move the state, set the deadline."""

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.cases import CaseState
from funds.models import CaseProcedure, CaseStep, ExemptionCase
from funds.queries.case_records import Record, digests
from funds.rules.case_chain import GENESIS, StepLink, canonical, step_hash
from innovation.accounts.models import User
from innovation.core import history, transitions
from innovation.core.errors import RuleViolation
from innovation.core.models.calendar import calendar


def require(actor: User, permission: str) -> None:
    """Raises PermissionDenied unless ``actor`` holds ``permission``."""
    if not actor.has_perm(permission):
        raise PermissionDenied


def lock_case(case_id: int) -> ExemptionCase:
    """The case with its fund, locked until the transaction ends; every act takes this lock first."""
    cases = ExemptionCase.objects.select_related("fund__manager", "investment__company", "procedure", "event")
    return cases.select_for_update(of=("self",)).get(pk=case_id)


def expect(case: ExemptionCase, *states: CaseState) -> None:
    """Raises RuleViolation NOT_IN_THIS_STATE unless the case stands in one of ``states``."""
    if case.state not in states:
        raise RuleViolation(
            "NOT_IN_THIS_STATE",
            _("This is not possible while the case is in state “%(state)s”.") % {"state": case.names.staff},
            facts={"state": case.state},
        )


def deadline(procedure: CaseProcedure, state: CaseState, start: date) -> date | None:
    """The last day of a state that is entered on ``start``, in working days of China.

    None where the procedure names no term for the state, or the calendar of that year is not known yet.
    """
    days = procedure.deadlines.filter(state=state).values_list("working_days", flat=True).first()
    return calendar().due(start, days).due if days else None


def write_step(
    case: ExemptionCase,
    event: str,
    *,
    actor: User | None,
    at: datetime,
    to_state: CaseState | None = None,
    note: str = "",
    records: Iterable[Record] = (),
    facts: Mapping[str, Any] | None = None,
) -> CaseStep:
    """Append one step to the chain of a locked case.

    ``records`` are what the act added; their digests go into the step, so that the chain covers every word of the
    file. ``facts`` are further plain values, such as names as they are now.
    """
    last = CaseStep.objects.filter(case=case).order_by("-seq").first()
    label = history.label_of(actor) or str(history.current().get("actor_label", ""))
    link = StepLink(
        case_id=case.pk,
        seq=last.seq + 1 if last else 1,
        event=event,
        from_state=case.state if last else "",
        to_state=str(to_state or case.state),
        at=at,
        actor_id=actor.pk if actor else None,
        actor_label=label[:500],
        note=note,
        facts=canonical({"records": digests(records), **(facts or {})}),
    )
    before = bytes(last.hash) if last else GENESIS
    return CaseStep.objects.create(
        case=case, seq=link.seq, event=event, from_state=link.from_state, to_state=link.to_state, at=at, actor=actor,
        actor_label=link.actor_label, note=note, facts=link.facts, prev_hash=before,
        hash=step_hash(before, link.text()),
    )  # fmt: skip


def move(
    case: ExemptionCase,
    event: str,
    *,
    actor: User | None,
    at: datetime,
    note: str = "",
    records: Iterable[Record] = (),
    facts: Mapping[str, Any] | None = None,
    **fields: Any,
) -> ExemptionCase:
    """Move a locked case by ``event``: permission, step, ``fields`` of the case, deadline of the new state, state.

    Raises RuleViolation NO_SUCH_TRANSITION or NOT_PERMITTED; then nothing has changed.
    """
    arrow = transitions.find(case.transitions, case.state, event)
    if not transitions.may(arrow, case, actor):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."), facts={"event": event})
    state = CaseState(arrow.to)
    write_step(case, event, actor=actor, at=at, to_state=state, note=note, records=records, facts=facts)
    due = None if state is CaseState.ARCHIVED else deadline(case.procedure, state, timezone.localdate(at))
    changed = {"due_on": due} | fields
    for name, value in changed.items():
        setattr(case, name, value)
    case.save(update_fields=list(changed))
    transitions.apply(case, event, actor=actor, reason=note, facts={"step": event})
    return case


def refuse_twice(error: IntegrityError, code: str, message: Any) -> RuleViolation:
    """A constraint of the database met while two people did the same thing: the same words as the rule's."""
    return RuleViolation(code, message, facts={"constraint": str(error.__cause__).splitlines()[0]})
