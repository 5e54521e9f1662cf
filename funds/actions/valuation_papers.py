"""Prepare, submit, approve and return fair values; only an approved one counts, from the moment of approval."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.actions.ledger import lock_fund
from funds.actions.valuations import store_value
from funds.models import CatalogueItem, Investment, Threshold, ValuationPaper, ValuationRound
from funds.models.valuation_work import OPEN_STATES
from funds.queries.thresholds import thresholds
from funds.queries.valuation_work import entry_price, locked_round_of, quarter_end_of, value_before
from funds.rules import valuation_checks, valuation_methods
from funds.rules.valuation_checks import Paper
from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit

LAST_ROUND_DAYS = 365


@dataclass(frozen=True)
class Words:
    """What a person says about a value. ``now`` and ``entry``: inputs as typed, in ``unit``; ``sources`` of each."""

    method: str
    fair_value_fen: int | None
    unit: str = Unit.WAN
    now: Mapping[str, str] = field(default_factory=dict)
    entry: Mapping[str, str] = field(default_factory=dict)
    sources: Mapping[str, str] = field(default_factory=dict)
    level: str = ValuationPaper.Level.THREE
    standard: CatalogueItem | None = None
    adjustment_reason: str = ""
    correction_reason: str = ""
    document: str = ""


@transaction.atomic
def save_paper(
    *, investment_id: int, valid_at: date, words: Words, actor: User, paper_id: int | None = None
) -> ValuationPaper:
    """Save a draft, complete or not; what is still missing is told by ``objections``.

    A draft or a returned paper of somebody else becomes that of ``actor``. Raises RuleViolation FUTURE_VALUE_DATE,
    PAPER_EXISTS, PAPER_NOT_OPEN, NEGATIVE_VALUE, or what an input that cannot be read is refused with;
    PermissionDenied without ``funds.add_valuationpaper``.
    """
    _require(actor, "funds.add_valuationpaper")
    now = timezone.now()
    if valid_at > timezone.localdate(now):
        message = _("The value holds for %(day)s, which is still to come. Use today or an earlier day.")
        raise RuleViolation("FUTURE_VALUE_DATE", message % {"day": valid_at}, field="valid_at")
    if words.fair_value_fen is not None and words.fair_value_fen < 0:
        raise RuleViolation("NEGATIVE_VALUE", _("A fair value is zero or more."), field="fair_value")
    lock_fund(Investment.objects.get(pk=investment_id).fund_id)
    paper = _open_paper(investment_id, valid_at, paper_id)
    if paper.state == ValuationPaper.State.RETURNED:
        transitions.apply(paper, "revise", actor=actor)
    paper.method, paper.level, paper.standard = words.method, words.level, words.standard
    paper.fair_value_fen, paper.document = words.fair_value_fen, words.document
    paper.adjustment_reason, paper.correction_reason = words.adjustment_reason, words.correction_reason
    paper.inputs = _inputs(words)
    paper.prepared_by, paper.prepared_at = actor, now
    paper.decided_by = paper.decided_at = paper.submitted_at = None
    checks = checks_of(paper)
    paper.computed_fen, paper.calibrated_fen = valuation_checks.computed(checks), valuation_checks.calibrated(checks)
    if paper.fair_value_fen is None:
        paper.fair_value_fen = paper.computed_fen
    paper.entry_price_fen = checks.entry_price
    paper.save()
    return paper


def _open_paper(investment_id: int, valid_at: date, paper_id: int | None) -> ValuationPaper:
    if paper_id is None:
        taken = ValuationPaper.objects.filter(
            investment=investment_id, valid_at=valid_at, state__in=OPEN_STATES
        ).first()
        if taken:
            message = _("Somebody works on a value of this holding for that day already.")
            raise RuleViolation("PAPER_EXISTS", message, field="valid_at", facts={"paper": taken.pk})
        return ValuationPaper(investment_id=investment_id, valid_at=valid_at)
    paper = ValuationPaper.objects.select_for_update(of=("self",)).get(pk=paper_id)
    if paper.state not in {ValuationPaper.State.DRAFT, ValuationPaper.State.RETURNED}:
        raise RuleViolation("PAPER_NOT_OPEN", _("Only a draft or a returned value can be changed."))
    return paper


def _inputs(words: Words) -> dict[str, dict[str, str]]:
    unit = Unit.from_text(words.unit)
    now = _read(words.method, words.now, unit, "now")
    entry = _read(words.method, words.entry, unit, "entry")
    keys = [entry_.key for entry_ in valuation_methods.METHODS[words.method].inputs]
    sources = {key: str(words.sources.get(key) or "").strip()[:200] for key in keys}
    rows = {key: {"now": now.get(key, ""), "entry": entry.get(key, ""), "source": sources[key]} for key in keys}
    return {key: row for key, row in rows.items() if any(row.values())}


def _read(method: str, texts: Mapping[str, str], unit: Unit, column: str) -> dict[str, str]:
    try:
        return valuation_methods.read(method, texts, unit)
    except RuleViolation as refused:
        raise RuleViolation(
            refused.code, refused.message, field=f"{column}_{refused.field}", facts=refused.facts
        ) from None  # fmt: skip


def checks_of(paper: ValuationPaper) -> Paper:
    """The paper as the rule book reads it, with the price of entry, the value before and the figures in force."""
    keys = (Threshold.Key.CALIBRATION, Threshold.Key.LAST_ROUND_DAYS)
    rows = thresholds(keys, paper.valid_at, paper.investment.fund_id)
    tolerance, days = rows.get(Threshold.Key.CALIBRATION), rows.get(Threshold.Key.LAST_ROUND_DAYS)
    before = value_before(paper.investment_id, paper.valid_at)
    return Paper(
        method=paper.method,
        valid_at=paper.valid_at,
        fair_value=paper.fair_value_fen,
        now=paper.stored("now"),
        entry=paper.stored("entry"),
        sources=paper.stored("source"),
        entry_price=entry_price(paper.investment_id, paper.valid_at),
        tolerance=tolerance.value if tolerance else Fraction(0),
        adjustment_reason=paper.adjustment_reason,
        correction_reason=paper.correction_reason,
        in_locked_round=locked_round_of(paper.valid_at) is not None,
        last_round_days=int(days.value) if days else LAST_ROUND_DAYS,
        previous=before.fair_value_fen if before else None,
    )


@transaction.atomic
def submit_paper(*, paper_id: int, actor: User) -> ValuationPaper:
    """Send a draft to whoever approves. Raises RuleViolation with everything that stands against it."""
    _require(actor, "funds.add_valuationpaper")
    paper = _locked(paper_id)
    if paper.state == ValuationPaper.State.DRAFT:
        against = valuation_checks.problems(checks_of(paper))
        if against:
            raise transitions.TransitionRefused(against)
    return _moved(paper, "submit", actor, {"submitted_at": timezone.now(), "prepared_by": actor})


@transaction.atomic
def approve_paper(*, paper_id: int, actor: User, reason: str = "") -> ValuationPaper:
    """Approve a submitted value: from this moment it counts, and what stood for the same day is superseded.

    Checked again under the lock, since books and rounds may have moved. Raises RuleViolation FOUR_EYES,
    NO_SUCH_TRANSITION, or what now stands against it.
    """
    _require(actor, "funds.approve_valuation")
    paper = _locked(paper_id)
    _other_person(paper, actor)
    if paper.state == ValuationPaper.State.SUBMITTED:
        # The row of the round is locked too: its closing counts values, and must not pass by this one.
        list(ValuationRound.objects.select_for_update().filter(quarter_end=quarter_end_of(paper.valid_at)))
        against = valuation_checks.problems(checks_of(paper))
        if against:
            raise transitions.TransitionRefused(against)
    else:
        transitions.find(ValuationPaper.transitions, paper.state, "approve")
    now = timezone.now()
    for old in ValuationPaper.objects.filter(
        investment=paper.investment_id, valid_at=paper.valid_at, state=ValuationPaper.State.APPROVED
    ):
        transitions.apply(old, "supersede", actor=None, facts={"by": paper.pk})
    value = store_value(
        investment=paper.investment,
        valid_at=paper.valid_at,
        fair_value_fen=paper.fair_value_fen or 0,
        method=paper.method,
        document=paper.document,
        prepared_by=paper.prepared_by,
        approved_by=actor,
        recorded_at=now,
    )
    changes = {"valuation": value, "decided_by": actor, "decided_at": now, "decision_reason": reason}
    return _moved(paper, "approve", actor, changes, reason)


@transaction.atomic
def return_paper(*, paper_id: int, actor: User, reason: str) -> ValuationPaper:
    """Send a submitted value back to its author. Raises RuleViolation REASON_MISSING, FOUR_EYES, NO_SUCH_TRANSITION."""
    _require(actor, "funds.approve_valuation")
    paper = _locked(paper_id)
    _other_person(paper, actor)
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say what is to be mended."), field="reason")
    changes = {"decided_by": actor, "decided_at": timezone.now(), "decision_reason": reason}
    return _moved(paper, "return", actor, changes, reason)


def objections(paper: ValuationPaper) -> tuple[list[RuleViolation], list[RuleViolation]]:
    """What stands against submitting the paper as it is, and what whoever approves should look at."""
    checks = checks_of(paper)
    return valuation_checks.problems(checks), valuation_checks.warnings(checks)


def _moved(
    paper: ValuationPaper, event: str, actor: User, changes: Mapping[str, Any], reason: str = ""
) -> ValuationPaper:  # fmt: skip
    transitions.apply(paper, event, actor=actor, reason=reason, changes=changes)
    return ValuationPaper.objects.select_related("investment__company").get(pk=paper.pk)


def _locked(paper_id: int) -> ValuationPaper:
    """The paper under the lock of its fund, then its own: the order that every writer of values keeps."""
    fund_id = ValuationPaper.objects.values_list("investment__fund_id", flat=True).get(pk=paper_id)
    lock_fund(fund_id)
    return ValuationPaper.objects.select_for_update(of=("self",)).select_related("investment").get(pk=paper_id)


def _other_person(paper: ValuationPaper, actor: User) -> None:
    if paper.prepared_by_id == actor.pk:
        raise RuleViolation("FOUR_EYES", _("The approver is not the author."))


def _require(actor: User, permission: str) -> None:
    if not actor.has_perm(permission):
        raise PermissionDenied
