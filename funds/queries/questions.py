"""Targets, and the question that a target at a moment asks of the rule book."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date

from funds.choices.records import FundKind, InvestmentMode
from funds.choices.tolerance import MeasuredAt, ScopeLevel
from funds.models import Fund, FundGroup, Investment
from funds.queries.life import Life
from funds.queries.policies import PolicyBook
from funds.queries.sums import Moment
from funds.rules.caps import Subject
from funds.rules.figures import HoldingFigures, Money
from funds.rules.theta import Scope


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about: a fund, one stage or one project of a fund, a group, or one stage across a group."""

    level: ScopeLevel
    fund: Fund | None = None
    group: FundGroup | None = None
    stage: str = ""
    investment: Investment | None = None

    @classmethod
    def of_fund(cls, fund: Fund) -> "Target":
        return cls(ScopeLevel.FUND, fund=fund)

    @classmethod
    def of_stage(cls, fund: Fund, stage: str) -> "Target":
        return cls(ScopeLevel.STAGE_IN_FUND, fund=fund, stage=stage)

    @classmethod
    def of_project(cls, investment: Investment) -> "Target":
        return cls(ScopeLevel.PROJECT, fund=investment.fund, investment=investment)

    @classmethod
    def of_group(cls, group: FundGroup, stage: str = "") -> "Target":
        return cls(ScopeLevel.STAGE_IN_FUND if stage else ScopeLevel.FUND_GROUP, group=group, stage=stage)

    @property
    def is_capped(self) -> bool:
        """Whether a policy can speak of it: caps are set for projects, stages of a fund, funds and groups."""
        return self.group is None or not self.stage

    @property
    def scope(self) -> Scope:
        return Scope(
            self.level,
            frozenset({self.stage} if self.stage else ()),
            self.investment.pk if self.investment else None,
        )

    def chosen(self, holdings: Iterable[HoldingFigures]) -> list[HoldingFigures]:
        """The holdings of the target among those of its funds."""
        return [
            h
            for h in holdings
            if (not self.stage or h.stage == self.stage) and (self.investment is None or h.id == self.investment.pk)
        ]


@dataclass(frozen=True, slots=True)
class Occurring:
    """What a part of a target holds: a stage and mode with invested and remaining cost in fen."""

    stage: str
    mode: str | None
    cost: Money
    remaining: Money


ENDLESS = Life(None, None, None)
"""The life of several funds together."""


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked: the subject of rule selection, the scope of the rate, the moments of life that the date is.

    ``of_grants``: of grant money alone, which has no loss rate whatever policy is bound.
    """

    subject: Subject
    scope: Scope
    moments: frozenset[MeasuredAt]
    of_grants: bool = False

    @property
    def stage(self) -> str:
        return next(iter(self.scope.stages), "")


def question(
    target: Target, funds: Sequence[Fund], occurring: Sequence[Occurring], moment: Moment, book: PolicyBook
) -> Question:
    """The question about ``target`` given what occurs in it and in no other holding of its ``funds``.

    Which moment of life the date is follows from the fund's periods known then; a group has no life of its own.
    """
    stages, modes = _declared(target, funds)
    stages = stages or {o.stage for o in occurring if o.cost}
    modes = modes or {o.mode for o in occurring if o.cost and o.mode}
    categories = set.intersection(*(set(fund.categories) for fund in funds)) if funds else set()
    cost, remaining = sum(o.cost for o in occurring), sum(o.remaining for o in occurring)
    life = book.life(funds[0], moment) if len(funds) == 1 else ENDLESS
    moments = moments_of_life(moment.as_of, life, remaining=remaining, cost=cost)
    if target.level == ScopeLevel.PROJECT and cost and not remaining:
        moments |= {MeasuredAt.PROJECT_EXIT}
    subject = Subject(
        target.level, frozenset(categories), frozenset(stages), frozenset(InvestmentMode(mode) for mode in modes)
    )
    of_grants = bool(funds) and all(fund.kind == FundKind.GRANT for fund in funds)
    return Question(subject, target.scope, moments, of_grants)


def _declared(target: Target, funds: Sequence[Fund]) -> tuple[set[str], set[str]]:
    """Stages and modes that the records state, empty where they follow from the holdings."""
    if target.investment is not None:
        return {target.investment.stage}, {target.investment.mode}
    if target.stage:
        return {target.stage}, set()
    stages = {fund.stage for fund in funds}
    modes = {fund.mode for fund in funds}
    return (set() if "" in stages else stages), (set() if "" in modes else modes)


def moments_of_life(as_of: date, life: Life, *, remaining: Money, cost: Money) -> frozenset[MeasuredAt]:
    """Which of a rule's moments the date is for a fund: liquidation is the end of life with nothing left to sell.

    The exit period ends on its own day, the life with the last extension.
    """
    moments = {MeasuredAt.ANY_DATE}
    if (as_of.month, as_of.day) == (12, 31):
        moments.add(MeasuredAt.YEAR_END)
    if life.exiting_until is not None and as_of >= life.exiting_until:
        moments.add(MeasuredAt.END_OF_EXIT_PERIOD)
    if life.until is not None and as_of >= life.until:
        moments.add(MeasuredAt.END_OF_LIFE)
        if cost and not remaining:
            moments.add(MeasuredAt.LIQUIDATION)
    return frozenset(moments)
