"""Landing agreements: record projects and duties, what was reached, and claim back for what was missed."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models import ClawBack, DutyActual, Investment, LandedDuty, LandedProject, ProofFile
from funds.rules import landing
from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS, accept

KEEPS = "funds.add_landedproject"
DECIDES = "funds.decide_clawback"


@transaction.atomic
def record_project(
    *, investment: Investment, name: str, place: str, agreement: str, signed_on: date, actor: User
) -> LandedProject:  # fmt: skip
    """Record an agreement. Raises RuleViolation DAY_IN_FUTURE, AGREEMENT_EXISTS."""
    _require(actor, KEEPS)
    _past(signed_on, "signed_on")
    Investment.objects.select_for_update(of=("self",)).get(pk=investment.pk)
    if LandedProject.objects.filter(investment=investment, agreement=agreement).exists():
        message = _("This agreement is recorded for this holding already.")
        raise RuleViolation("AGREEMENT_EXISTS", message, field="agreement")
    return LandedProject.objects.create(
        investment=investment, name=name, place=place, agreement=agreement, signed_on=signed_on, created_by=actor
    )


@transaction.atomic
def add_duty(
    *, project_id: int, kind: str, target: int, due_on: date, actor: User, stake_fen: int = 0
) -> LandedDuty:  # fmt: skip
    """Add a dated duty; ``target`` in fen, or heads for jobs. Raises DUTY_TARGET, DUTY_DUE, DUTY_EXISTS."""
    _require(actor, KEEPS)
    project = LandedProject.objects.select_for_update(of=("self",)).get(pk=project_id)
    if target <= 0 or stake_fen < 0:
        message = _("A duty has a target above zero, and what is owed back is zero or more.")
        raise RuleViolation("DUTY_TARGET", message, field="target")
    if due_on <= project.signed_on:
        raise RuleViolation("DUTY_DUE", _("A duty is due after the agreement was signed."), field="due_on")
    if project.duties.filter(kind=kind, due_on=due_on).exists():
        raise RuleViolation("DUTY_EXISTS", _("This duty is recorded for that day already."), field="due_on")
    return LandedDuty.objects.create(project=project, kind=kind, target=target, due_on=due_on, stake_fen=stake_fen)


@transaction.atomic
def record_actual(
    *, duty_id: int, valid_at: date, value: int, document: str, actor: User, upload: Any = None
) -> DutyActual:  # fmt: skip
    """Record what was reached in all by a day, with its evidence; a file is kept by its hash.

    Raises RuleViolation DAY_IN_FUTURE, ACTUAL_NEGATIVE, EVIDENCE_MISSING, FILE_*.
    """
    _require(actor, KEEPS)
    duty = LandedDuty.objects.select_for_update(of=("self",)).get(pk=duty_id)
    _past(valid_at, "valid_at")
    if value < 0:
        raise RuleViolation("ACTUAL_NEGATIVE", _("What was reached is zero or more."), field="value")
    if not document.strip():
        raise RuleViolation("EVIDENCE_MISSING", _("Name the evidence."), field="document")
    actual = DutyActual.objects.create(
        duty=duty, valid_at=valid_at, value=value, document=document.strip(), recorded_by=actor
    )
    if upload is not None:
        accepted = accept(upload, kinds=DOCUMENTS)
        with accepted.content as content:
            ProofFile.objects.create(
                actual=actual, file=File(content, name=accepted.stored_name), name=accepted.name,
                kind=str(accepted.kind), size=accepted.size, sha256=accepted.sha256, added_by=actor,
            )  # fmt: skip
    return actual


@transaction.atomic
def propose_claw_back(*, duty_id: int, actor: User) -> ClawBack:
    """Compute and propose what is owed back for a duty that was missed on its due day.

    Raises RuleViolation DUTY_RUNNING, NOTHING_OWED, CLAWBACK_EXISTS.
    """
    _require(actor, KEEPS)
    duty = LandedDuty.objects.select_for_update(of=("self",)).get(pk=duty_id)
    if duty.due_on >= timezone.localdate():
        raise RuleViolation("DUTY_RUNNING", _("This duty is not due yet."))
    if ClawBack.objects.filter(duty=duty).exists():
        raise RuleViolation("CLAWBACK_EXISTS", _("A claw-back of this duty is under way or settled."))
    actuals = [actual.as_rule() for actual in duty.actuals.all()]
    amount, missing = landing.claw_back(duty.as_rule(), actuals), landing.shortfall(duty.as_rule(), actuals)
    if not amount:
        raise RuleViolation("NOTHING_OWED", _("Nothing is owed back for this duty."))
    return ClawBack.objects.create(
        duty=duty, amount_fen=amount, shortfall_num=missing.numerator, shortfall_den=missing.denominator,
        proposed_by=actor,
    )  # fmt: skip


@transaction.atomic
def demand_claw_back(*, claw_back_id: int, reason: str, actor: User) -> ClawBack:
    """Demand what was proposed. Raises RuleViolation FOUR_EYES, NO_SUCH_TRANSITION."""
    row = _to_decide(claw_back_id, actor)
    return _moved(row, "demand", actor, reason, decided_by=actor, decided_at=timezone.now(), reason=reason)


@transaction.atomic
def waive_claw_back(*, claw_back_id: int, reason: str, actor: User) -> ClawBack:
    """Waive it with a reason. Raises RuleViolation REASON_MISSING, FOUR_EYES, NO_SUCH_TRANSITION."""
    row = _to_decide(claw_back_id, actor)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Give the reason."), field="reason")
    return _moved(row, "waive", actor, reason, decided_by=actor, decided_at=timezone.now(), reason=reason)


@transaction.atomic
def pay_claw_back(*, claw_back_id: int, paid_on: date, actor: User) -> ClawBack:
    """Record that it was paid back. Raises RuleViolation DAY_IN_FUTURE, NO_SUCH_TRANSITION."""
    row = _to_decide(claw_back_id, actor)
    _past(paid_on, "paid_on")
    return _moved(row, "pay", actor, "", paid_on=paid_on)


def _moved(row: ClawBack, event: str, actor: User, why: str, **changes: Any) -> ClawBack:
    transitions.apply(row, event, actor=actor, reason=why, changes=changes)
    return ClawBack.objects.select_related("duty__project").get(pk=row.pk)


def _to_decide(claw_back_id: int, actor: User) -> ClawBack:
    _require(actor, DECIDES)
    row = ClawBack.objects.select_for_update(of=("self",)).get(pk=claw_back_id)
    if row.proposed_by_id == actor.pk:
        raise RuleViolation("FOUR_EYES", _("Who proposed a claw-back does not decide it."))
    return row


def _past(day: date, name: str) -> None:
    if day > timezone.localdate():
        raise RuleViolation("DAY_IN_FUTURE", _("This day is still to come."), field=name)


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied
