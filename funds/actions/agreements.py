"""Sign agreements, follow the conditions of their tranches, pay them by the ledger, note what is seen afterwards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import Sum
from django.utils import timezone
from django.utils.translation import gettext as _

from funds.actions.clean import refuse_invalid
from funds.actions.ledger import lock_fund
from funds.choices.deals import BUYING_SUBJECTS, DecisionOutcome, TrancheState
from funds.choices.ledger import INVESTING_KINDS
from funds.models import (
    Agreement,
    Deal,
    Decision,
    Investment,
    LedgerEvent,
    MonitoringNote,
    Tranche,
    TranchePayment,
)
from funds.queries.deals import standing_payments, unpaid
from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation


@dataclass(frozen=True, slots=True)
class Promise:
    """One tranche of an agreement; without ``condition`` it may be paid at once. Amount in fen."""

    amount_fen: int
    condition: str = ""
    due_on: date | None = None


@transaction.atomic
def sign_agreement(
    *,
    investment_id: int,
    number: str,
    signed_on: date,
    instrument: str,
    amount_fen: int,
    actor: User,
    promises: Sequence[Promise] = (),
    decision_id: int | None = None,
    supersedes_id: int | None = None,
    share: Fraction | None = None,
    **more: Any,
) -> Agreement:
    """Record a signed agreement with its tranches (none given: one of the whole amount, without condition).

    ``more`` are pre_money_fen, redeem_from, terms, paper_id. An amendment names what it replaces; unpaid tranches of
    that are given up. Raises RuleViolation DECISION_MISSING, DECISION_OF_OTHER, ABOVE_APPROVED,
    SIGNED_BEFORE_DECISION, SIGNED_IN_FUTURE, NUMBER_TAKEN, REPLACED_ALREADY, TRANCHES_ABOVE_AGREEMENT;
    PermissionDenied without ``funds.add_agreement``.
    """
    if not actor.has_perm("funds.add_agreement"):
        raise PermissionDenied
    investment = Investment.objects.get(pk=investment_id)
    lock_fund(investment.fund_id)
    now = timezone.now()
    _refuse_signing(investment, number, signed_on, timezone.localdate(now))
    before = _replaced(investment, supersedes_id)
    decision = _decision(investment, decision_id or (before.decision_id if before else None), signed_on)
    if decision:
        _check_approved(decision, amount_fen, before)
    promised = list(promises) or [Promise(amount_fen)]
    _check_promised(promised, amount_fen, _paid(before))
    agreement = Agreement(
        investment=investment,
        decision=decision,
        number=number,
        signed_on=signed_on,
        instrument=instrument,
        amount_fen=amount_fen,
        share_num=share.numerator if share else None,
        share_den=share.denominator if share else None,
        supersedes=before,
        recorded_at=now,
        recorded_by=actor,
        **more,
    )
    refuse_invalid(agreement, exclude=["investment", "decision", "supersedes", "recorded_by", "paper"])
    agreement.save()
    if before:
        _give_up_rest(before, actor)
    for place, promise in enumerate(promised, start=1):
        _promise(agreement, place, promise)
    return agreement


def _refuse_signing(investment: Investment, number: str, signed_on: date, today: date) -> None:
    if signed_on > today:
        raise RuleViolation("SIGNED_IN_FUTURE", _("The day of signing is still to come."), field="signed_on")
    if Agreement.objects.filter(investment=investment, number=number).exists():
        raise RuleViolation(
            "NUMBER_TAKEN", _("This holding has an agreement with this number already."), field="number"
        )


def _check_promised(promised: Sequence[Promise], amount_fen: int, paid_fen: int) -> None:
    """Tranches and what is paid already fit into the amount of the agreement."""
    if sum(promise.amount_fen for promise in promised) + paid_fen > amount_fen:
        raise RuleViolation(
            "TRANCHES_ABOVE_AGREEMENT",
            _("The tranches, with what is paid already, add up to more than the agreement promises."),
            field="tranches",
            facts={"paid_fen": paid_fen},
        )


def _replaced(investment: Investment, supersedes_id: int | None) -> Agreement | None:
    if supersedes_id is None:
        return None
    before = Agreement.objects.get(pk=supersedes_id, investment=investment)
    if Agreement.objects.filter(supersedes=before).exists():
        raise RuleViolation("REPLACED_ALREADY", _("This agreement was replaced already."), field="supersedes")
    return before


def _decision(investment: Investment, decision_id: int | None, signed_on: date) -> Decision | None:
    if decision_id is None:
        if Deal.objects.filter(investment=investment).exists():
            raise RuleViolation("DECISION_MISSING", _("Name the decision that approved it."), field="decision")
        return None
    decision = (
        Decision.objects.sealed()
        .filter(pk=decision_id, investment=investment, outcome=DecisionOutcome.APPROVED)
        .filter(subject__in=sorted(BUYING_SUBJECTS))
        .first()
    )
    if decision is None:
        raise RuleViolation(
            "DECISION_OF_OTHER", _("This decision approved no investment in this holding."), field="decision"
        )
    if signed_on < decision.met_on:
        raise RuleViolation(
            "SIGNED_BEFORE_DECISION",
            _("The committee met on %(day)s; an agreement before that is not covered.") % {"day": decision.met_on},
            field="signed_on",
            facts={"met_on": decision.met_on},
        )
    return decision


def _check_approved(decision: Decision, amount_fen: int, before: Agreement | None) -> None:
    standing = decision.agreements.filter(superseded_by=None)
    if before:
        standing = standing.exclude(pk=before.pk)
    signed = standing.aggregate(fen=Sum("amount_fen"))["fen"] or 0
    left = (decision.amount_fen or 0) - signed
    if amount_fen > left:
        raise RuleViolation(
            "ABOVE_APPROVED",
            _("The agreement promises more than the committee approved."),
            field="amount",
            facts={"left_fen": left},
        )


def _paid(agreement: Agreement | None) -> int:
    """Fen paid under an agreement and those that it replaced."""
    total = 0
    while agreement is not None:
        paid = standing_payments().filter(tranche__agreement=agreement)
        total += paid.aggregate(fen=Sum("tranche__amount_fen"))["fen"] or 0
        agreement = agreement.supersedes
    return total


def _promise(agreement: Agreement, number: int, promise: Promise) -> None:
    ready = not promise.condition.strip()
    tranche = Tranche(
        agreement=agreement,
        number=number,
        amount_fen=promise.amount_fen,
        condition=promise.condition.strip(),
        due_on=promise.due_on,
        state=TrancheState.READY if ready else TrancheState.PLANNED,
        met_on=agreement.signed_on if ready else None,
    )
    refuse_invalid(tranche, exclude=["agreement"])
    tranche.save()


def _give_up_rest(agreement: Agreement, actor: User) -> None:
    reason = _("Replaced by a later agreement")
    for tranche in unpaid(agreement.tranches.all()).exclude(state=TrancheState.CANCELLED):
        transitions.apply(tranche, "give_up", actor=actor, reason=reason)


@transaction.atomic
def meet_condition(*, tranche_id: int, met_on: date, actor: User, note: str, paper_id: int | None = None) -> Tranche:
    """Record that the condition of a tranche is met, with what shows it.

    Raises RuleViolation MET_IN_FUTURE, REASON_MISSING, NO_SUCH_TRANSITION, NOT_PERMITTED.
    """
    tranche = _locked(tranche_id)
    if met_on > timezone.localdate():
        raise RuleViolation("MET_IN_FUTURE", _("This day is still to come."), field="met_on")
    if not note.strip():
        raise RuleViolation("REASON_MISSING", _("Say what shows that the condition is met."), field="note")
    tranche.met_on, tranche.met_paper_id = met_on, paper_id
    tranche.save(update_fields=["met_on", "met_paper"])
    return transitions.apply(tranche, "meet", actor=actor, reason=note)


@transaction.atomic
def give_up_tranche(*, tranche_id: int, reason: str, actor: User) -> Tranche:
    """Record that a tranche is not paid any more. Raises RuleViolation TRANCHE_PAID, REASON_MISSING."""
    tranche = _locked(tranche_id)
    if standing_payments().filter(tranche=tranche).exists():
        raise RuleViolation("TRANCHE_PAID", _("This tranche is paid already."))
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the tranche is given up."), field="reason")
    return transitions.apply(tranche, "give_up", actor=actor, reason=reason)


def settle(event: LedgerEvent) -> TranchePayment | None:
    """Tie an entry that puts money into a holding to the tranche it pays; the caller holds the fund's lock.

    The first unpaid ready tranche of this amount is taken. A holding that came from a proposal is paid by tranches
    only: raises RuleViolation NO_TRANCHE_READY. Others may have none, and nothing is tied then.
    """
    if event.kind not in INVESTING_KINDS or event.investment_id is None:
        return None
    ready = Tranche.objects.filter(
        agreement__investment=event.investment_id, state=TrancheState.READY, amount_fen=event.amount_fen
    )
    tranche = unpaid(ready).order_by("agreement__signed_on", "agreement", "number").first()
    if tranche is not None:
        return TranchePayment.objects.create(tranche=tranche, event=event)
    if Deal.objects.filter(investment=event.investment_id).exists():
        raise RuleViolation(
            "NO_TRANCHE_READY",
            _("This holding came from a proposal: only a tranche that is ready can be paid, with its exact amount."),
            field="amount",
            facts={"amount_fen": event.amount_fen},
        )
    return None


@transaction.atomic
def note_holding(
    *,
    investment_id: int,
    kind: str,
    rating: str,
    text: str,
    actor: User,
    noted_on: date | None = None,
    next_on: date | None = None,
    paper_id: int | None = None,
) -> MonitoringNote:
    """Note what was seen of a holding. Raises PermissionDenied without ``funds.add_monitoringnote``; RuleViolation
    INVALID for a day to come, an empty text, or a next look that is not later."""
    if not actor.has_perm("funds.add_monitoringnote"):
        raise PermissionDenied
    note = MonitoringNote(
        investment=Investment.objects.get(pk=investment_id),
        kind=kind,
        rating=rating,
        text=text.strip(),
        noted_on=noted_on or timezone.localdate(),
        next_on=next_on,
        paper_id=paper_id,
        recorded_by=actor,
    )
    refuse_invalid(note, exclude=["recorded_by"])
    note.save()
    return note


def _locked(tranche_id: int) -> Tranche:
    fund_id = Tranche.objects.values_list("agreement__investment__fund_id", flat=True).get(pk=tranche_id)
    lock_fund(fund_id)
    return Tranche.objects.select_related("agreement").get(pk=tranche_id)
