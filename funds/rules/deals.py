"""What a proposal needs at each step, and what stands against it. Warnings while saving, refusals on the decision."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _

from funds.choices.deals import DiligenceState
from funds.choices.records import FundClass, FundState
from innovation.core.errors import RuleViolation

INVESTING_STATES = frozenset({FundState.INVESTING, FundState.EXITING, FundState.EXTENDED})
"""States in which a fund may pay out: after the investment period for follow-ons only."""


@dataclass(frozen=True, slots=True)
class Limit:
    """One ceiling of a fund: an amount in fen, or a ``share`` of the money that ``basis`` names in ``Ask.bases``.

    ``whole_company`` True: on all that the fund puts into one company; False: on one ticket. ``source`` names where
    the limit stands, ``verified`` whether that text is verified.
    """

    source: str
    whole_company: bool
    amount_fen: int | None = None
    share: Fraction | None = None
    basis: str = ""
    verified: bool = True


@dataclass(frozen=True, slots=True)
class Ask:
    """A proposal beside the state of its fund, amounts in fen.

    ``committed`` is the fund's size, ``placed`` what it has invested and approved but not yet paid,
    ``in_company`` what of this concerns the same company. ``bases``: COMMITTED, PAID_IN and INVESTED_COST, this
    investment included in the last.
    """

    amount: int
    is_follow_on: bool
    fund_class: str
    fund_state: str
    committed: int
    placed: int = 0
    in_company: int = 0
    bases: Mapping[str, int] = field(default_factory=dict)
    limits: tuple[Limit, ...] = ()


def ask_problems(ask: Ask) -> list[RuleViolation]:
    """Everything that stands against paying the amount: fund, money left, ticket and concentration limits."""
    return [*_fund_problems(ask), *_money_problems(ask), *_limit_problems(ask)]


def _fund_problems(ask: Ask) -> Iterable[RuleViolation]:
    if ask.fund_class == FundClass.GRANT:
        yield RuleViolation("GRANT_FUND", _("A grant ledger pays grants; it takes no holdings."), field="fund")
    elif ask.fund_state not in INVESTING_STATES:
        yield RuleViolation(
            "FUND_NOT_INVESTING", _("This fund is not in a phase in which it invests."), field="fund",
            facts={"state": ask.fund_state},
        )  # fmt: skip
    elif ask.fund_state != FundState.INVESTING and not ask.is_follow_on:
        yield RuleViolation(
            "INVESTMENT_PERIOD_OVER",
            _("The investment period of this fund is over; only follow-on investments are possible."),
            field="fund",
        )


def _money_problems(ask: Ask) -> Iterable[RuleViolation]:
    left = ask.committed - ask.placed
    if ask.amount > left:
        yield RuleViolation(
            "ABOVE_COMMITTED",
            _("The fund has less money left than is asked for."),
            field="amount",
            facts={"left_fen": left, "asked_fen": ask.amount},
        )


def _limit_problems(ask: Ask) -> Iterable[RuleViolation]:
    for limit in ask.limits:
        measured = ask.in_company + ask.amount if limit.whole_company else ask.amount
        if not _is_above(measured, limit, ask):
            continue
        source = limit.source if limit.verified else _("%(source)s, unverified") % {"source": limit.source}
        message = (
            _("With this amount the fund would hold more in one company than allowed (%(source)s).")
            if limit.whole_company
            else _("The amount is above the largest ticket (%(source)s).")
        )
        yield RuleViolation(
            "ABOVE_CONCENTRATION" if limit.whole_company else "ABOVE_TICKET",
            message % {"source": source},
            field="amount",
            facts={"measured_fen": measured, "limit": str(limit.share or limit.amount_fen), "basis": limit.basis},
        )


def _is_above(measured: int, limit: Limit, ask: Ask) -> bool:
    """Compared by cross-multiplication; exactly at the limit is within it."""
    if limit.amount_fen is not None:
        return measured > limit.amount_fen
    if limit.share is None:
        return False
    return measured * limit.share.denominator > limit.share.numerator * ask.bases.get(limit.basis, 0)


# ── Guards of the steps ──────────────────────────────────────────────────────────────────────────
def may_begin_diligence(deal: Any, facts: Mapping[str, Any]) -> list[RuleViolation]:
    """A proposal says why before anybody is sent to look."""
    if deal.summary.strip():
        return []
    return [
        RuleViolation("SUMMARY_MISSING", _("Say why the fund should invest before due diligence."), field="summary")
    ]


def may_go_to_committee(deal: Any, facts: Mapping[str, Any]) -> list[RuleViolation]:
    """Every question is answered and none stands against the investment. ``facts["answers"]``: states of the items."""
    answers = list(facts.get("answers", ()))
    found = []
    if not answers:
        found.append(RuleViolation("DILIGENCE_EMPTY", _("There is no due diligence yet.")))
    if (count := answers.count(DiligenceState.OPEN)) > 0:
        found.append(
            RuleViolation(
                "DILIGENCE_OPEN",
                _("Questions of due diligence still open: %(count)s.") % {"count": count},
                facts={"open": count},
            )
        )
    if DiligenceState.BREACH in answers:
        found.append(RuleViolation("DILIGENCE_BREACH", _("A finding of due diligence stands against the investment.")))
    if not deal.risks.strip():
        found.append(RuleViolation("RISKS_MISSING", _("Name the main risks for the committee."), field="risks"))
    return found
