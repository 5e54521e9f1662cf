"""What one policy document answers about one subject, given its figures: rule, reading, status, headroom.

No database here: ``funds.queries.tolerance`` loads figures and policies, this module joins them by the rule book.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Protocol

from funds.choices.tolerance import CapState, MeasuredAt, ScopeLevel, SourceStatus, StatusReason, ToleranceStatus
from funds.models import PolicyDocument, ToleranceRule
from funds.queries.breaches import BreachRun, matching
from funds.queries.policies import Bound, PolicyBook, binding_moments, thresholds
from funds.queries.questions import Question
from funds.queries.sums import Moment
from funds.rules.caps import StageCap, Subject, mixed_cap, select_rule, stage_caps
from funds.rules.figures import FundFigures, HoldingFigures, Money
from funds.rules.headroom import largest_failure
from funds.rules.loss import LossRate, group_rate, loss_rate
from funds.rules.status import CapTerms, Tolerance, effective_cap, tolerance
from funds.rules.theta import DefaultTheta, Resolved, Scope, Theta, resolve, standard_readings
from innovation.core.errors import RuleViolation

LIFE_ENDS = frozenset({MeasuredAt.END_OF_EXIT_PERIOD, MeasuredAt.END_OF_LIFE, MeasuredAt.LIQUIDATION})
FINAL = LIFE_ENDS | {MeasuredAt.PROJECT_EXIT}
"""Moments of the final test, where the default basis is that of realised losses."""


class Figures(Protocol):
    """The sums of a fund or group that answers are made of."""

    def rate(self, theta: Theta) -> LossRate: ...

    def largest_delta(self, theta: Theta) -> Money | None: ...

    def cost_by_stage(self) -> Mapping[str, Money]: ...


@dataclass(frozen=True, slots=True)
class HoldingsOf:
    """Figures of one fund from all its holdings."""

    fund: FundFigures
    holdings: tuple[HoldingFigures, ...]

    def rate(self, theta: Theta) -> LossRate:
        return loss_rate(self.holdings, self.fund, theta)

    def largest_delta(self, theta: Theta) -> Money | None:
        failure = largest_failure(self.holdings, self.fund, theta)
        return failure.delta if failure else None

    def cost_by_stage(self) -> dict[str, Money]:
        costs: dict[str, Money] = {}
        for holding in self.holdings:
            costs[holding.stage] = costs.get(holding.stage, 0) + holding.cost
        return costs


@dataclass(frozen=True, slots=True)
class GroupOf:
    """Figures of a group: the sums of its funds (domain 4.2, scope FUND_GROUP)."""

    funds: Sequence[Figures]

    def rate(self, theta: Theta) -> LossRate:
        return group_rate([fund.rate(theta) for fund in self.funds])

    def largest_delta(self, theta: Theta) -> Money | None:
        deltas = [delta for fund in self.funds if (delta := fund.largest_delta(theta)) is not None]
        return max(deltas, default=None)

    def cost_by_stage(self) -> dict[str, Money]:
        costs: dict[str, Money] = {}
        for fund in self.funds:
            for stage, cost in fund.cost_by_stage().items():
                costs[stage] = costs.get(stage, 0) + cost
        return costs


@dataclass(frozen=True, slots=True)
class ReadingAnswer:
    """One definition of the loss rate and what it gives; ``policy`` marks the one that is tested."""

    theta: Theta
    rate: LossRate
    policy: bool


@dataclass(frozen=True, slots=True)
class Answer:
    """What one bound document says about a question.

    ``rule`` is None when no row applies or when ``mixed`` rows were weighted. ``resolved`` tells which fields of θ
    the text left open. Money in fen. ``indicative``: the day of effect is not known. ``unverified``: a row that was
    used (or its document) is at second hand. ``problem``: the policy's data contradict themselves; nothing is tested.
    ``breach`` is the finished simulation whose probability counts in the warning level; None where none speaks.
    """

    question: Question
    document: PolicyDocument | None
    binding_ids: tuple[int, ...]
    rule: ToleranceRule | None
    mixed: tuple[StageCap, ...]
    resolved: Resolved
    terms: CapTerms | None
    measured_at: MeasuredAt
    readings: tuple[ReadingAnswer, ...]
    tolerance: Tolerance
    largest_delta: Money | None
    indicative: bool
    unverified: bool
    problem: RuleViolation | None = None
    breach: BreachRun | None = None

    @property
    def rate(self) -> LossRate:
        """The reading that the policy uses."""
        return next(reading.rate for reading in self.readings if reading.policy)

    @property
    def binds(self) -> bool:
        """Whether the result binds: measured at a moment that the rule names, under a policy whose start is known."""
        return self.tolerance.binding and not self.indicative

    @property
    def headroom_points(self) -> Fraction | None:
        """Headroom as a share of the denominator (0.05 = five points)."""
        if self.tolerance.headroom is None or not self.rate.denominator:
            return None
        return self.tolerance.headroom / self.rate.denominator


def answer(
    question: Question,
    figures: Figures,
    book: PolicyBook,
    bound: Bound | None,
    moment: Moment,
    *,
    readings: bool = True,
) -> Answer:
    """Test the figures against one bound document; ``bound`` None gives the readings alone (status NO_RULE).

    ``readings`` False computes the policy's reading only. Grant money is not tested: NOT_APPLICABLE, whatever is bound.
    """
    bound = None if question.of_grants else bound
    default = book.default(moment)
    chosen = _chosen(question, figures, book, bound)
    rule, problem = chosen.rule, chosen.problem
    terms = book.terms(rule, bound, default, moment) if rule and bound else _weighted_terms(chosen.weighted, default)
    measured_at = _measured_at(question.moments, terms)
    resolved, unclear = _resolved(rule, default, _scope(question.scope, rule), terms, measured_at)
    problem = problem or unclear
    shown = _readings(resolved.theta, figures, everything=readings)
    rate = next(reading.rate for reading in shown if reading.policy)
    largest = figures.largest_delta(resolved.theta)
    breach = None
    if bound is not None and terms is not None and not problem:
        breach = matching(bound.runs, rule.pk if rule else None, resolved.theta, effective_cap(terms))
    return Answer(
        question=question,
        document=bound.document if bound else None,
        binding_ids=tuple(binding.pk for binding in bound.bindings) if bound else (),
        rule=rule,
        mixed=chosen.weighted,
        resolved=resolved,
        terms=terms,
        measured_at=measured_at,
        readings=shown,
        tolerance=_tested(
            question,
            rate,
            rule,
            terms=None if problem else terms,
            measured_at=measured_at,
            breach=breach,
            largest=largest,
        ),
        largest_delta=largest,
        indicative=bool(bound and bound.indicative),
        unverified=_unverified(rule, chosen.weighted, bound, book),
        problem=problem,
        breach=breach,
    )


def nearest(answers: Sequence[Answer]) -> Answer:
    """The answer to show first: of those that test a cap, a binding one before others, then the one most used."""
    tested = [(each.binds, used, each) for each in answers if (used := each.tolerance.utilisation) is not None]
    return max(tested, key=lambda entry: entry[:2])[2] if tested else answers[0]


@dataclass(frozen=True, slots=True)
class _Chosen:
    """What of a bound document speaks: one row, rows weighted by stage, or contradicting rows."""

    rule: ToleranceRule | None = None
    weighted: tuple[StageCap, ...] = ()
    problem: RuleViolation | None = None


def _chosen(question: Question, figures: Figures, book: PolicyBook, bound: Bound | None) -> _Chosen:
    if bound is None:
        return _Chosen()
    try:
        selected = select_rule(bound.law.rules, question.subject)
        if selected is not None:
            return _Chosen(rule=book.rules[int(selected.id)])
        if question.subject.level == ScopeLevel.FUND:
            return _Chosen(weighted=_weighted(bound, question.subject, figures))
    except RuleViolation as error:
        return _Chosen(problem=error)
    return _Chosen()


def _scope(scope: Scope, rule: ToleranceRule | None) -> Scope:
    """The scope in the mode that the rule names for the stages of a fund."""
    if rule is not None and rule.mode and scope.level == ScopeLevel.STAGE_IN_FUND:
        return Scope(scope.level, scope.stages, scope.holding, rule.mode)
    return scope


def _resolved(
    rule: ToleranceRule | None, default: DefaultTheta, scope: Scope, terms: CapTerms | None, measured_at: MeasuredAt
) -> tuple[Resolved, RuleViolation | None]:
    """θ of the rule, its open fields filled from the default; the default alone where the rule contradicts itself."""
    final = terms is not None and measured_at in terms.binding_at & FINAL
    try:
        return resolve(rule.theta if rule else None, default, scope=scope, final=final), None
    except RuleViolation as error:
        return resolve(None, default, scope=scope, final=final), error


def _tested(
    question: Question, rate: LossRate, rule: ToleranceRule | None, *,
    terms: CapTerms | None, measured_at: MeasuredAt, breach: BreachRun | None, largest: Money | None,
) -> Tolerance:  # fmt: skip
    """Status and headroom of ``rate`` under ``terms`` (None: nothing is tested)."""
    if question.of_grants:
        return Tolerance(ToleranceStatus.NOT_APPLICABLE, StatusReason.GRANT_MONEY)
    return tolerance(
        scope=question.subject.level,
        numerator_signed=rate.numerator_signed,
        denominator=rate.denominator,
        terms=terms,
        measured_at=measured_at,
        thresholds=thresholds(rule),
        p_breach=breach.probability if breach else None,
        largest_position_delta=largest,
    )


def _weighted(bound: Bound, subject: Subject, figures: Figures) -> tuple[StageCap, ...]:
    """Caps of the fund's stages, when the document caps stages and none of its rows fits the whole fund."""
    found = stage_caps(bound.law.rules, subject, figures.cost_by_stage())
    speaks = {CapState.LIMIT, CapState.NOT_LIMITED}
    return tuple(found) if any(cap.cap_state in speaks for cap in found) else ()


def _weighted_terms(weighted: tuple[StageCap, ...], default: DefaultTheta) -> CapTerms | None:
    """The terms of a weighted cap; None where no row speaks or nothing is invested yet."""
    cap = mixed_cap(weighted)
    if cap.cap_state == CapState.NO_DATA:
        return None
    return CapTerms(cap.cap_state, cap.cap, default.test, binding_at=binding_moments(None, default))


def _measured_at(moments: frozenset[MeasuredAt], terms: CapTerms | None) -> MeasuredAt:
    """The moment under which the date is measured: one that binds if there is one, then the most telling."""
    order = (
        MeasuredAt.LIQUIDATION, MeasuredAt.END_OF_LIFE, MeasuredAt.END_OF_EXIT_PERIOD, MeasuredAt.PROJECT_EXIT,
        MeasuredAt.YEAR_END, MeasuredAt.ANY_DATE,
    )  # fmt: skip
    ranked = [moment for moment in order if moment in moments]
    binding = terms.binding_at if terms else frozenset()
    return next((moment for moment in ranked if moment in binding), ranked[0])


def _readings(theta: Theta, figures: Figures, *, everything: bool) -> tuple[ReadingAnswer, ...]:
    if not everything:
        return (ReadingAnswer(theta, figures.rate(theta), policy=True),)
    return tuple(ReadingAnswer(r.theta, figures.rate(r.theta), r.policy) for r in standard_readings(theta))


def _unverified(
    rule: ToleranceRule | None, weighted: tuple[StageCap, ...], bound: Bound | None, book: PolicyBook
) -> bool:
    if bound is None or (rule is None and not weighted):
        return False
    used: Iterable[ToleranceRule] = [rule] if rule else [book.rules[int(r.id)] for r in bound.law.rules]
    statuses = {bound.document.status, *(row.status for row in used)}
    return SourceStatus.UNVERIFIED in statuses
