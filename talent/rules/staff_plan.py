"""How a gap of supporting staff closes: intake of a training plan, projection by quarter, levers (domain 4.5).

All figures are exact Fractions of full-time posts; rates are shares. Nothing is rounded before it is shown.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from talent.choices.ratio import GrowthMode, Lever, PlanState

ZERO, ONE = Fraction(0), Fraction(1)


@dataclass(frozen=True, slots=True)
class Intake:
    """Trainees to take in and cohorts to hold for a gap; None where no number of trainees would do."""

    status: PlanState
    intake: int | None
    cohorts: int | None


def intake_for(gap_posts: int, *, pass_rate: Fraction, placement_rate: Fraction, cohort_size: int) -> Intake:
    """Trainees for ``gap_posts`` whole posts when only some pass, and only some of these are placed."""
    if gap_posts <= 0:
        return Intake(PlanState.NO_GAP, 0, 0)
    placed = pass_rate * placement_rate
    if placed == 0:
        return Intake(PlanState.UNREACHABLE, None, None)
    intake = ceil(gap_posts / placed)
    return Intake(PlanState.OK, intake, ceil(Fraction(intake, cohort_size)))


@dataclass(frozen=True, slots=True)
class Training:
    """Trainees per quarter, counted in the quarters whose output they are; ``last`` None has no end.

    After ``last`` come ``then`` trainees per quarter: zero stops, the steady need tapers.
    """

    trainees: Fraction = ZERO
    first: int = 1
    last: int | None = None
    then: Fraction = ZERO

    def in_quarter(self, quarter: int) -> Fraction:
        if quarter < self.first:
            return ZERO
        return self.trainees if self.last is None or quarter <= self.last else self.then


@dataclass(frozen=True, slots=True)
class FromQuarter:
    """An amount that counts from a quarter on."""

    amount: Fraction = ZERO
    first: int = 1

    def in_quarter(self, quarter: int) -> Fraction:
        return self.amount if quarter >= self.first else ZERO


@dataclass(frozen=True, slots=True)
class Projection:
    """What a projection reads.

    ``growth`` and ``attrition`` are shares per quarter; ``hires`` are posts per quarter; ``retained`` is taken off
    the attrition; ``idle`` are posts above the need of their own unit, which fill no gap until ``shared``, a share of
    them, is lent to other units. With all idle posts of a roll-up the gap of today is the sum of the units' gaps, with
    none it is the netted one.
    """

    p0: Fraction
    s0: Fraction
    target: Fraction
    growth: Fraction
    attrition: Fraction
    pass_rate: Fraction
    placement_rate: Fraction
    quarters: int
    mode: GrowthMode = GrowthMode.BASE
    training: Training = Training()
    hires: FromQuarter = FromQuarter()
    retained: FromQuarter = FromQuarter()
    idle: Fraction = ZERO
    shared: FromQuarter = FromQuarter()

    @property
    def placed(self) -> Fraction:
        """Posts filled per trainee."""
        return self.pass_rate * self.placement_rate

    @property
    def gap_today(self) -> Fraction:
        return self.p0 * self.target - self.s0 + self.idle


@dataclass(frozen=True, slots=True)
class Quarter:
    """One quarter of a projection; ``gap`` below zero is a surplus. The last five say what moved since the one before.

    ``trainees`` are the people in training whose output falls into the quarter.
    """

    number: int
    p: Fraction
    s: Fraction
    gap: Fraction
    trainees: Fraction
    trained: Fraction
    hired: Fraction
    left: Fraction
    shared: Fraction


def project(plan: Projection) -> list[Quarter]:
    """The quarters 1 to ``plan.quarters``: P grows first, then S loses and gains, then the gap is taken."""
    p, s, path = plan.p0, plan.s0, []
    for number in range(1, plan.quarters + 1):
        p = p + plan.p0 * plan.growth if plan.mode == GrowthMode.BASE else p * (1 + plan.growth)
        left = s * max(ZERO, plan.attrition - plan.retained.in_quarter(number))
        trainees = plan.training.in_quarter(number)
        trained, hired = trainees * plan.placed, plan.hires.in_quarter(number)
        s = s - left + trained + hired
        shared = plan.idle * plan.shared.in_quarter(number)
        gap = p * plan.target - s + plan.idle - shared
        path.append(Quarter(number, p, s, gap, trainees, trained, hired, left, shared))
    return path


def first_without_gap(path: list[Quarter]) -> int | None:
    """The first quarter whose gap is zero or less."""
    return next((quarter.number for quarter in path if quarter.gap <= 0), None)


def largest_gap(path: list[Quarter]) -> int | None:
    """The quarter with the largest gap, the first of equals."""
    return max(path, key=lambda quarter: (quarter.gap, -quarter.number)).number if path else None


@dataclass(frozen=True, slots=True)
class Steady:
    """What keeps the ratio once it is reached: posts per quarter for those who leave and for growth, and trainees.

    ``trainees`` is None where nobody passes or is placed.
    """

    leavers: Fraction
    growth: Fraction
    trainees: Fraction | None

    @property
    def posts(self) -> Fraction:
        return self.leavers + self.growth


def steady_need(plan: Projection, *, p: Fraction, s: Fraction) -> Steady:
    """Posts and trainees per quarter that hold the ratio at P and S; hires that go on are taken off."""
    grown = plan.p0 if plan.mode == GrowthMode.BASE else p
    leavers = s * max(ZERO, plan.attrition - plan.retained.amount)
    growth = grown * plan.growth * plan.target
    if not plan.placed:
        return Steady(leavers, growth, None)
    return Steady(leavers, growth, max(ZERO, leavers + growth - plan.hires.amount) / plan.placed)


def tapered(plan: Projection) -> Projection | None:
    """The plan whose intake falls to the steady need once the gap is closed; None where it never closes."""
    path = project(plan)
    closed = first_without_gap(path)
    if closed is None or not plan.training.trainees:
        return None
    at = path[closed - 1]
    need = steady_need(plan, p=at.p, s=at.s).trainees
    if need is None:
        return None
    return replace(plan, training=replace(plan.training, last=closed, then=min(need, plan.training.trainees)))


def stopped(plan: Projection) -> Projection | None:
    """The plan whose intake ends once the gap is closed; None where it never closes."""
    closed = first_without_gap(project(plan))
    if closed is None or not plan.training.trainees:
        return None
    return replace(plan, training=replace(plan.training, last=closed, then=ZERO))


@dataclass(frozen=True, slots=True)
class Spread:
    """How far each rate may lie from its base, up or down; shares."""

    growth: Fraction = ZERO
    attrition: Fraction = ZERO
    pass_rate: Fraction = ZERO
    placement_rate: Fraction = ZERO


def low_course(plan: Projection, spread: Spread) -> Projection:
    """All rates on the side that leaves fewer supporting staff: more growth and leavers, fewer pass and are placed."""
    return _moved(plan, spread, 1)


def high_course(plan: Projection, spread: Spread) -> Projection:
    """All rates on the side that leaves more supporting staff."""
    return _moved(plan, spread, -1)


def _moved(plan: Projection, spread: Spread, sign: int) -> Projection:
    return replace(
        plan,
        growth=plan.growth + sign * spread.growth,
        attrition=_share(plan.attrition + sign * spread.attrition),
        pass_rate=_share(plan.pass_rate - sign * spread.pass_rate),
        placement_rate=_share(plan.placement_rate - sign * spread.placement_rate),
    )


def _share(value: Fraction) -> Fraction:
    return min(ONE, max(ZERO, value))


def without(plan: Projection, lever: Lever) -> Projection:
    """The same plan with one lever left alone."""
    nothing: dict[Lever, Projection] = {
        Lever.HIRE: replace(plan, hires=FromQuarter()),
        Lever.TRAIN: replace(plan, training=Training()),
        Lever.SHARE: replace(plan, shared=FromQuarter()),
        Lever.RETAIN: replace(plan, retained=FromQuarter()),
    }
    return nothing[lever]


@dataclass(frozen=True, slots=True)
class Prices:
    """What a lever costs, in fen: a hire and a trainee once, a shared post and a kept post each quarter."""

    hire: int = 0
    trainee: int = 0
    shared_post: int = 0
    kept_post: int = 0


@dataclass(frozen=True, slots=True)
class LeverEffect:
    """One lever beside the others: what it takes off the gap of the last quarter, what it costs, when it first counts.

    ``posts`` is the gap without this lever less the gap with it, all others pulled; ``cost`` fen over the whole time,
    exact; ``first`` None when the lever is not pulled.
    """

    lever: Lever
    posts: Fraction
    cost: Fraction
    first: int | None

    @property
    def cost_per_post(self) -> Fraction | None:
        return self.cost / self.posts if self.posts > 0 else None


def lever_effects(plan: Projection, prices: Prices) -> list[LeverEffect]:
    """What each lever does and costs. Staff kept is staff that would have left at the full attrition."""
    path = project(plan)
    if not path:
        return []
    costs = _costs(plan, path, prices)
    firsts: Mapping[Lever, int | None] = {
        Lever.HIRE: plan.hires.first if plan.hires.amount else None,
        Lever.TRAIN: plan.training.first if plan.training.trainees else None,
        Lever.SHARE: plan.shared.first if plan.shared.amount else None,
        Lever.RETAIN: plan.retained.first if plan.retained.amount else None,
    }
    return [
        LeverEffect(lever, project(without(plan, lever))[-1].gap - path[-1].gap, costs[lever], firsts[lever])
        for lever in Lever
    ]


def _costs(plan: Projection, path: list[Quarter], prices: Prices) -> dict[Lever, Fraction]:
    starts = [plan.s0, *(quarter.s for quarter in path)]
    kept = sum(
        (
            start * min(plan.attrition, plan.retained.in_quarter(quarter.number))
            for start, quarter in zip(starts, path, strict=False)
        ),
        ZERO,
    )
    return {
        Lever.HIRE: prices.hire * sum((quarter.hired for quarter in path), ZERO),
        Lever.TRAIN: prices.trainee * sum((quarter.trainees for quarter in path), ZERO),
        Lever.SHARE: prices.shared_post * sum((quarter.shared for quarter in path), ZERO),
        Lever.RETAIN: prices.kept_post * kept,
    }


@dataclass(frozen=True, slots=True)
class Bridge:
    """From the gap today to the gap at the end, step by step: ``today + growth + left - trained - hired - shared``."""

    today: Fraction
    growth: Fraction
    left: Fraction
    trained: Fraction
    hired: Fraction
    shared: Fraction
    end: Fraction


def bridge(plan: Projection) -> Bridge:
    """What leads from the gap of today to that of the last quarter."""
    path = project(plan)
    last = path[-1]
    return Bridge(
        today=plan.gap_today,
        growth=(last.p - plan.p0) * plan.target,
        left=sum((quarter.left for quarter in path), ZERO),
        trained=sum((quarter.trained for quarter in path), ZERO),
        hired=sum((quarter.hired for quarter in path), ZERO),
        shared=last.shared,
        end=last.gap,
    )
