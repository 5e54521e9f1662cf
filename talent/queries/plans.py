"""Staff plans: what was asked as stored values, and everything the rules answer about it."""

from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import date
from fractions import Fraction
from functools import cached_property
from typing import Any, Self

from django.utils.translation import gettext_lazy as _

from innovation.core.days import month_end, months_later
from innovation.core.errors import RuleViolation
from talent.choices.ratio import Course, GrowthMode
from talent.queries.ratio import Board
from talent.rules import staff_plan
from talent.rules.staff_plan import FromQuarter, Intake, Prices, Projection, Quarter, Spread, Training

MOST_QUARTERS = 40
LARGEST = 100_000
"""Posts or trainees a quarter; more is a slip of the keyboard."""
DEAREST_FEN = 10**13


@dataclass(frozen=True)
class Start:
    """Where a plan begins: the sums of a month end. ``surplus`` are posts above the need of their own laboratory."""

    p_fte_centi: int
    s_fte_centi: int
    target: Fraction
    surplus: Fraction
    sum_gap_posts: int
    net_gap_posts: int
    laboratories: int
    unknown: int

    @classmethod
    def of(cls, board: Board) -> Self | None:
        """The start from a board; None where nothing is known or nobody is a professional."""
        sums = board.sums
        if sums.p_fte_centi is None or sums.s_fte_centi is None or sums.surplus is None:
            return None
        return cls(
            sums.p_fte_centi,
            sums.s_fte_centi,
            board.definition.target,
            sums.surplus,
            sums.sum_gap_posts or 0,
            sums.net_gap_posts or 0,
            sums.total,
            sums.unknown,
        )

    def as_data(self) -> dict[str, Any]:
        return _as_data(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        return cls(**data | {name: Fraction(data[name]) for name in ("target", "surplus")})


@dataclass(frozen=True)
class PlanInputs:
    """Rates (shares), levers (a quarter) and prices (fen). A lever with amount 0 is left alone; quarters count from 1.

    ``trained_last`` None goes on to the end; after it come ``trainees_after`` a quarter. The ``…_spread`` say how far
    each rate may lie from its base.
    """

    growth: Fraction = Fraction(1, 100)
    mode: GrowthMode = GrowthMode.BASE
    attrition: Fraction = Fraction(1, 40)
    pass_rate: Fraction = Fraction(17, 20)
    placement_rate: Fraction = Fraction(9, 10)
    growth_spread: Fraction = Fraction(1, 200)
    attrition_spread: Fraction = Fraction(1, 100)
    pass_spread: Fraction = Fraction(1, 10)
    placement_spread: Fraction = Fraction(1, 10)
    quarters: int = 12
    cohort_size: int = 15
    hires: Fraction = Fraction(0)
    hires_first: int = 1
    trainees: Fraction = Fraction(0)
    trained_first: int = 3
    trained_last: int | None = None
    trainees_after: Fraction = Fraction(0)
    shared: Fraction = Fraction(0)
    shared_first: int = 2
    retained: Fraction = Fraction(0)
    retained_first: int = 2
    hire_fen: int = 2_000_000
    trainee_fen: int = 800_000
    shared_post_fen: int = 200_000
    kept_post_fen: int = 1_500_000

    def as_data(self) -> dict[str, Any]:
        return _as_data(self)

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Self:
        """The inputs as ``as_data`` wrote them. Raises RuleViolation PLAN_INPUTS when they are anything else."""
        try:
            given = {field.name: _read(field.name, data[field.name]) for field in fields(cls) if field.name in data}
            unknown = data.keys() - {field.name for field in fields(cls)}
        except (TypeError, ValueError, ZeroDivisionError, AttributeError) as error:
            raise RuleViolation("PLAN_INPUTS", _("These inputs of a plan cannot be read.")) from error
        if unknown:
            raise RuleViolation("PLAN_INPUTS", _("These inputs of a plan cannot be read."), facts={"unknown": unknown})
        return cls(**given)

    def check(self) -> Self:
        """Itself. Raises RuleViolation PLAN_RANGE naming the first input that lies outside what can be."""
        for names, most in ((SHARES, 1), (AMOUNTS, LARGEST), (FEN, DEAREST_FEN)):
            for name in names:
                _within(name, getattr(self, name), 0, most)
        _within("quarters", self.quarters, 1, MOST_QUARTERS)
        _within("cohort_size", self.cohort_size, 1, LARGEST)
        _within("growth", self.growth, -1, 1)
        for name in ("hires_first", "trained_first", "shared_first", "retained_first"):
            _within(name, getattr(self, name), 1, MOST_QUARTERS)
        if self.trained_last is not None:
            _within("trained_last", self.trained_last, 1, MOST_QUARTERS)
        return self

    @property
    def spread(self) -> Spread:
        return Spread(self.growth_spread, self.attrition_spread, self.pass_spread, self.placement_spread)

    @property
    def prices(self) -> Prices:
        return Prices(self.hire_fen, self.trainee_fen, self.shared_post_fen, self.kept_post_fen)


SHARES = (
    "attrition", "pass_rate", "placement_rate", "growth_spread", "attrition_spread", "pass_spread", "placement_spread",
    "shared", "retained",
)  # fmt: skip
AMOUNTS = ("hires", "trainees", "trainees_after")
FEN = ("hire_fen", "trainee_fen", "shared_post_fen", "kept_post_fen")


def _within(name: str, value: Any, least: int, most: int) -> None:
    if not least <= value <= most:
        message = _("This number lies between %(least)s and %(most)s.") % {"least": least, "most": f"{most:,}"}
        raise RuleViolation("PLAN_RANGE", message, field=name, facts={"value": str(value)})


def _as_data(record: Any) -> dict[str, Any]:
    """Fractions as ``"num/den"``, the rest as it is."""
    values = {field.name: getattr(record, field.name) for field in fields(record)}
    return {name: str(value) if isinstance(value, Fraction | str) else value for name, value in values.items()}


def _read(name: str, value: Any) -> Any:
    if name == "mode":
        return GrowthMode(value)
    if name in {*SHARES, *AMOUNTS, "growth"}:
        if isinstance(value, float):
            raise TypeError(name)
        return Fraction(value)
    if value is None and name == "trained_last":
        return None
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(name)
    return value


@dataclass(frozen=True)
class PlanAnswer:
    """Everything the rules say about a start and its inputs; ``month`` is the day from which quarters are counted."""

    start: Start
    inputs: PlanInputs
    month: date

    @cached_property
    def plan(self) -> Projection:
        given = self.inputs
        return Projection(
            p0=Fraction(self.start.p_fte_centi, 100),
            s0=Fraction(self.start.s_fte_centi, 100),
            target=self.start.target,
            growth=given.growth,
            attrition=given.attrition,
            pass_rate=given.pass_rate,
            placement_rate=given.placement_rate,
            quarters=given.quarters,
            mode=given.mode,
            training=Training(given.trainees, given.trained_first, given.trained_last, given.trainees_after),
            hires=FromQuarter(given.hires, given.hires_first),
            retained=FromQuarter(given.retained, given.retained_first),
            idle=self.start.surplus,
            shared=FromQuarter(given.shared, given.shared_first),
        )

    @cached_property
    def courses(self) -> dict[Course, list[Quarter]]:
        """The three courses, quarter by quarter."""
        spread = self.inputs.spread
        return {
            Course.LOW: staff_plan.project(staff_plan.low_course(self.plan, spread)),
            Course.BASE: staff_plan.project(self.plan),
            Course.HIGH: staff_plan.project(staff_plan.high_course(self.plan, spread)),
        }

    @cached_property
    def tapered(self) -> Projection | None:
        return staff_plan.tapered(replace(self.plan, training=replace(self.plan.training, last=None)))

    @cached_property
    def stopped(self) -> Projection | None:
        return staff_plan.stopped(replace(self.plan, training=replace(self.plan.training, last=None)))

    @cached_property
    def steady_on(self) -> Projection | None:
        """The plan whose intake never ends, beside which tapering and stopping are shown."""
        if not self.plan.training.trainees:
            return None
        return replace(self.plan, training=replace(self.plan.training, last=None))

    @property
    def steady(self) -> staff_plan.Steady:
        """What holds the ratio at the end of the base course."""
        last = self.courses[Course.BASE][-1]
        return staff_plan.steady_need(self.plan, p=last.p, s=max(last.s, last.p * self.plan.target))

    def intake(self, gap_posts: int) -> Intake:
        """Trainees and cohorts for a gap."""
        given = self.inputs
        return staff_plan.intake_for(
            gap_posts, pass_rate=given.pass_rate, placement_rate=given.placement_rate, cohort_size=given.cohort_size
        )

    @property
    def levers(self) -> list[staff_plan.LeverEffect]:
        return staff_plan.lever_effects(self.plan, self.inputs.prices)

    @property
    def bridge(self) -> staff_plan.Bridge:
        return staff_plan.bridge(self.plan)

    def day_of(self, quarter: int) -> date:
        """The last day of a quarter of the plan: three months a quarter from the month end on."""
        return month_end(months_later(self.month, 3 * quarter))
