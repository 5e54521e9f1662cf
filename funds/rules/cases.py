"""The rule book of an exemption case (domain 3.3): what is asked, what stands against a step, what may be decided."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext_lazy as _

from funds.choices.cases import OUTCOMES_AFTER_HIT, AnswerResult, CaseGround, CaseOutcome, LossGrade, Regime
from funds.choices.ledger import EventKind
from innovation.core.errors import RuleViolation

FIRST, ON_APPEAL = 1, 2
"""Rounds of a panel: the first decision, and the one on the appeal."""

FEN_PER_YUAN = 100
GROUNDS = {
    EventKind.WRITE_OFF: CaseGround.WRITE_OFF,
    EventKind.EXIT_PARTIAL: CaseGround.EXIT_AT_LOSS,
    EventKind.EXIT_FULL: CaseGround.EXIT_AT_LOSS,
    EventKind.IMPAIRMENT: CaseGround.IMPAIRMENT,
}


# ── Opening ──────────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Loss:
    """A loss that opens a case: its ground and its amount in fen."""

    ground: CaseGround
    fen: int


def loss_of(*, kind: str, amount_fen: int, cost_relieved_fen: int, impairment_threshold_fen: int) -> Loss | None:
    """The loss in one ledger event; None where it opens no case.

    A write-off loses the cost that it relieves, an exit what its proceeds fall short of that cost, an impairment its
    amount once that reaches the threshold. Amounts in fen.
    """
    ground = GROUNDS.get(EventKind(kind))
    if ground is None:
        return None
    if ground is CaseGround.IMPAIRMENT:
        return Loss(ground, amount_fen) if amount_fen >= impairment_threshold_fen else None
    lost = cost_relieved_fen - amount_fen
    return Loss(ground, lost) if lost > 0 else None


# ── Loss grade ───────────────────────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class GradeBounds:
    """One grade of asset loss in yuan: from (inclusive) to below (exclusive); None is open."""

    code: LossGrade
    from_yuan: int
    below_yuan: int | None


def loss_grade(loss_fen: int, grades: Iterable[GradeBounds]) -> LossGrade:
    """The grade of a loss (order 46). Raises RuleViolation LOSS_GRADE_MISSING when no row covers the amount."""
    for grade in grades:
        above = loss_fen >= grade.from_yuan * FEN_PER_YUAN
        if above and (grade.below_yuan is None or loss_fen < grade.below_yuan * FEN_PER_YUAN):
            return grade.code
    raise RuleViolation("LOSS_GRADE_MISSING", _("No grade of asset loss covers this amount. Complete the catalogue."))


def has_grade_conflict(regimes: Collection[str], grade: LossGrade, *, tolerates_total_loss: bool) -> bool:
    """Whether order 46 and a local rule contradict each other.

    Order 46 exempts nobody from a major loss, while a local rule may tolerate the total loss of one project.
    """
    return Regime.SASAC_46 in regimes and grade is LossGrade.MAJOR and tolerates_total_loss


# ── Checklist and negative list ──────────────────────────────────────────────────────────────────
@dataclass(frozen=True, slots=True)
class Item:
    """A line of a catalogue; ``regimes`` empty speaks to everybody."""

    id: int
    code: str
    regimes: frozenset[str] = frozenset()


def items_for(regime: str, items: Iterable[Item]) -> list[Item]:
    """The lines that bind a person of ``regime``, in their order."""
    return [item for item in items if not item.regimes or regime in item.regimes]


def unanswered(
    persons: Mapping[int, str], items: Sequence[Item], answered: Collection[tuple[int, int]]
) -> list[tuple[int, int]]:
    """(person, item) pairs that still need an answer. ``persons``: id → regime."""
    return [
        (person, item.id)
        for person, regime in persons.items()
        for item in items_for(regime, items)
        if (person, item.id) not in answered
    ]


def answer_problem(result: str, reason: str, evidence: Collection[str]) -> RuleViolation | None:
    """What is wrong with an answer: "met" rests on evidence, anything else on a reason."""
    if result == AnswerResult.MET and not evidence:
        return RuleViolation("EVIDENCE_MISSING", _("“Met” needs the document that shows it."), field="evidence")
    if result != AnswerResult.MET and not reason.strip():
        return RuleViolation("REASON_MISSING", _("Say why this is not met or not shown."), field="reason")
    return None


# ── Decision ─────────────────────────────────────────────────────────────────────────────────────
def outcomes_left(*, has_hit: bool) -> frozenset[CaseOutcome]:
    """What a panel may still decide."""
    return OUTCOMES_AFTER_HIT if has_hit else frozenset(CaseOutcome)


def outcome_problem(outcome: str, *, has_hit: bool) -> RuleViolation | None:
    """A hit on the negative list leaves only NOT_EXEMPT and REFERRED."""
    if outcome in outcomes_left(has_hit=has_hit):
        return None
    return RuleViolation(
        "NEGATIVE_HIT",
        _("An item of the negative list was found: only “not exempt” or “referred” remain."),
        field="outcome",
    )


def decision_problems(votes: Sequence[str], *, quorum: int, outcome: str, has_hit: bool) -> list[RuleViolation]:
    """What stands against a decision: too few votes, no majority for it, an outcome that the negative list forbids.

    ``votes`` are the outcomes voted for by the members who are not recused. A majority is more than half of them.
    """
    problems = [outcome_problem(outcome, has_hit=has_hit)]
    if len(votes) < quorum:
        problems.append(
            RuleViolation(
                "QUORUM_MISSING",
                _("%(votes)s of at least %(quorum)s votes were cast.") % {"votes": len(votes), "quorum": quorum},
                facts={"votes": len(votes), "quorum": quorum},
            )
        )
    if Counter(votes)[outcome] * 2 <= len(votes):
        problems.append(
            RuleViolation("NO_MAJORITY", _("More than half of the votes must be for this outcome."), field="outcome")
        )
    return [problem for problem in problems if problem]


def recusal_reason(
    *, voted_in_decision: bool, is_judged: bool, acts_for_manager: bool, handles_case: bool, voted_before: bool
) -> str | Any:
    """Why a person must not sit on the panel; empty when nothing stands against it."""
    reasons = (
        (voted_in_decision, _("Voted in the investment decision")),
        (is_judged, _("Is one of the persons judged")),
        (acts_for_manager, _("Acts for the manager of the fund")),
        (handles_case, _("Handles this case")),
        (voted_before, _("Voted on the first decision")),
    )
    return next((reason for applies, reason in reasons if applies), "")


# ── Terms ────────────────────────────────────────────────────────────────────────────────────────
def appeal_problem(*, today: date, until: date | None, has_appealed: bool) -> RuleViolation | None:
    """An appeal is made once, and by its last day."""
    if has_appealed:
        return RuleViolation("APPEAL_ONCE", _("This case was appealed already; an appeal is possible once."))
    if until is not None and today > until:
        return RuleViolation(
            "APPEAL_LATE",
            _("The term of appeal ended on %(day)s.") % {"day": until},
            facts={"until": until.isoformat()},
        )
    return None


def archive_problem(*, today: date, until: date | None, has_appealed: bool) -> RuleViolation | None:
    """A case is archived once nothing can follow: the appeal is decided, or its term is over."""
    if has_appealed or (until is not None and today > until):
        return None
    return RuleViolation(
        "APPEAL_STILL_POSSIBLE",
        _("The manager may appeal until %(day)s. Archive the case after that day.") % {"day": until or "–"},
    )
