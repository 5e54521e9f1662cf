"""How much of its loss tolerance a fund, stage, project or group has used, as of a date and as known at a moment.

``evaluate`` gives one subject with its holdings, ``funds.queries.overview`` all funds at once. Both ask a constant
number of questions to the database, whatever the number of funds, holdings and events.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from functools import cached_property
from typing import Any

from funds.choices import MeasuredAt, ScopeLevel
from funds.models import Fund, FundGroup, Investment
from funds.queries.answers import Answer, GroupOf, HoldingsOf, Question, answer, moments_of_life, subject_of_fund
from funds.queries.holdings import Books, books_of
from funds.queries.policies import PolicyBook, load_policies
from funds.queries.sums import Moment
from funds.rules.figures import HoldingFigures
from funds.rules.loss import LossCount, Part, loss_count
from funds.rules.theta import Scope

ENGINE_VERSION = "1"
"""Raised whenever the same inputs would give another answer."""


@dataclass(frozen=True, slots=True)
class Target:
    """What is asked about: a fund, one stage or one project of a fund, or a group."""

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
    def of_group(cls, group: FundGroup) -> "Target":
        return cls(ScopeLevel.FUND_GROUP, group=group)

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


@dataclass(frozen=True)
class ToleranceView:
    """Everything that a page, report or API call says about one target at one moment.

    ``answers`` has one entry per document in force, the binding one first; without any document its only entry has
    status NO_RULE and shows the readings under the product's default. ``stage_answers`` are the caps that the same
    documents set for single stages of a fund. Money in fen, shares as fractions.
    """

    target: Target
    moment: Moment
    funds: tuple[Fund, ...]
    books: dict[int, Books]
    answers: tuple[Answer, ...]
    stage_answers: tuple[Answer, ...]
    definition_version: str
    engine_version: str = ENGINE_VERSION

    @property
    def main(self) -> Answer:
        """The answer to show first: the one nearest to its cap among those that test one."""
        tested = [a for a in self.answers if a.tolerance.utilisation is not None]
        return max(tested, key=lambda a: (a.binds, a.tolerance.utilisation), default=self.answers[0])

    @cached_property
    def holdings(self) -> tuple[HoldingFigures, ...]:
        """The holdings of the target, by fund and id."""
        return tuple(self.target.chosen(h for fund in self.funds for h in self.books[fund.pk].holdings))

    @property
    def parts(self) -> dict[int | str, Part]:
        """What each holding adds to the numerator of the main answer's reading (before the government's share)."""
        return {part.id: part for part in self.main.rate.parts}

    @property
    def total_losses(self) -> LossCount:
        """How many holdings lost their whole cost: the count beside the money."""
        return loss_count(self.holdings)

    @cached_property
    def inputs_hash(self) -> str:
        """SHA-256 over everything that the answers depend on; equal inputs give equal answers."""
        return hash_of_inputs(self.moment, self.funds, self.books, (*self.answers, *self.stage_answers))


def evaluate(target: Target, as_of: date, known_at: datetime) -> ToleranceView:
    """The loss tolerance of ``target`` as of a date, as known at a moment (aware).

    At most six statements: two for the figures, three for the policies, one for the members of a group.
    """
    moment = Moment(as_of, known_at)
    if target.group is not None:
        book = load_policies(group_ids=[target.group.pk])
        funds = members(target.group, as_of)
    else:
        funds = (target.fund,) if target.fund else ()
        book = load_policies(fund_ids=[fund.pk for fund in funds])
    return view_of(target, moment, funds, books_of(funds, moment), book)


def view_of(
    target: Target, moment: Moment, funds: Sequence[Fund], books: dict[int, Books], book: PolicyBook
) -> ToleranceView:
    """The view from figures and policies that are loaded already."""
    own = [HoldingsOf(books[fund.pk].fund, books[fund.pk].holdings) for fund in funds]
    figures = own[0] if target.group is None else GroupOf(own)
    held = [h for each in own for h in each.holdings]
    group_id = target.group.pk if target.group else None
    bound = book.bound(moment, fund_id=target.fund.pk if target.fund else None, group_id=group_id)
    question = _question(target, funds, held, moment)
    answers = [answer(question, figures, book, each, moment) for each in bound]
    stage_answers = []
    if target.level == ScopeLevel.FUND and target.fund is not None:
        for stage in sorted({h.stage for h in held if h.cost}):
            of_stage = _question(Target.of_stage(target.fund, stage), funds, held, moment)
            stage_answers += [
                found
                for each in bound
                if (found := answer(of_stage, figures, book, each, moment, readings=False)).rule is not None
            ]
    return ToleranceView(
        target=target,
        moment=moment,
        funds=tuple(funds),
        books=books,
        answers=tuple(answers) or (answer(question, figures, book, None, moment),),
        stage_answers=tuple(stage_answers),
        definition_version=book.definition(moment).version,
    )


def members(group: FundGroup, day: date) -> tuple[Fund, ...]:
    """The funds of a group on a day, by code."""
    return tuple(
        Fund.objects.filter(
            pk__in=group.members.filter(valid_from__lte=day).exclude(valid_to__lt=day).values("fund_id")
        ).order_by("code")
    )


def _question(target: Target, funds: Sequence[Fund], held: Sequence[HoldingFigures], moment: Moment) -> Question:
    chosen = target.chosen(held)
    invested = [h for h in chosen if h.cost]
    declares = target.level in {ScopeLevel.FUND, ScopeLevel.FUND_GROUP}
    stages = {fund.stage for fund in funds if fund.stage} if declares else set()
    modes = {fund.mode for fund in funds if fund.mode} if declares else set()
    if target.stage:
        stages = {target.stage}
    elif target.investment is not None:
        stages, modes = {target.investment.stage}, {target.investment.mode}
    elif not stages or not all(fund.stage for fund in funds):
        stages |= {h.stage for h in invested}
    if not modes or not all(fund.mode for fund in funds):
        modes |= {h.mode for h in invested if h.mode}
    categories = set.intersection(*(set(fund.categories) for fund in funds)) if funds else set()
    remaining, cost = sum(h.remaining for h in chosen), sum(h.cost for h in chosen)
    ends_on = funds[0].ends_on if len(funds) == 1 else None
    moments = moments_of_life(moment.as_of, ends_on, remaining=remaining, cost=cost)
    if target.level == ScopeLevel.PROJECT and cost and not remaining:
        moments |= {MeasuredAt.PROJECT_EXIT}
    subject = subject_of_fund(level=target.level, categories=categories, stages=stages, modes=modes)
    return Question(subject, target.scope, moments)


def hash_of_inputs(moment: Moment, funds: Sequence[Fund], books: dict[int, Books], answers: Iterable[Answer]) -> str:
    """SHA-256 of a canonical text of the two times, the funds' terms, their ledgers' heads and sums, and the rules."""
    content = {
        "engine": ENGINE_VERSION,
        "as_of": moment.as_of.isoformat(),
        "known_at": moment.known_at.isoformat(),
        "funds": [_fund_inputs(fund, books[fund.pk]) for fund in funds],
        "answers": [_answer_inputs(each) for each in answers],
    }
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def _fund_inputs(fund: Fund, books: Books) -> dict[str, Any]:
    totals = {f.name: str(getattr(books.fund, f.name)) for f in fields(books.fund)}
    return totals | {"id": fund.pk, "head": books.head, "sums": books.sums()}


def _answer_inputs(each: Answer) -> dict[str, Any]:
    rule = each.rule
    return {
        "document": each.document and [each.document.code, each.document.version, str(each.document.effective_from)],
        "rule": rule and [rule.pk, rule.code, str(rule.cap), str(rule.special_cap), rule.test, rule.status],
        "mixed": [[cap.stage, str(cap.cost), cap.cap_state, str(cap.cap)] for cap in each.mixed],
        "special": bool(each.terms and each.terms.special and each.terms.special.is_open),
        "theta": each.resolved.theta.as_data(),
        "scope": sorted(each.question.subject.stages),
        "measured": each.measured_at,
    }
