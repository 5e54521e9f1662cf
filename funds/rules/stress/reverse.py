"""Reverse stress: what would have to happen for the cap to break (domain 4.6). Exact."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction

from funds.choices.tolerance import Basis, CapTest, Denominator, Netting
from funds.rules.figures import HoldingFigures, HoldingId, Money
from funds.rules.headroom import failure_delta
from funds.rules.loss import part_of
from funds.rules.stress.limits import Limit
from funds.rules.theta import Theta


class StressState(StrEnum):
    """Whether a breach can be reached from here."""

    BREACHED_NOW = "BREACHED_NOW"
    REACHABLE = "REACHABLE"
    NOT_REACHABLE = "NOT_REACHABLE"


@dataclass(frozen=True, slots=True)
class Curve:
    """What one holding adds to N when all fair values fall by the share m: ``fixed + max(0, slack + m · value)``.

    ``value`` is the fair value at m = 0, in fen. Without ``floored`` the loss is linear: gains are set off in full.
    """

    fixed: Money
    slack: Money
    value: Money
    floored: bool

    def at(self, markdown: Fraction) -> Fraction:
        loss = Fraction(self.slack) + markdown * Fraction(self.value)
        return self.fixed + (max(Fraction(0), loss) if self.floored else loss)

    @property
    def kink(self) -> Fraction | None:
        """The markdown in (0, 1) from which the holding adds to the loss; None where it does so from the start."""
        if not self.floored or self.slack >= 0 or self.value <= -self.slack:
            return None
        return Fraction(-self.slack) / Fraction(self.value)

    def times(self, share: Fraction) -> "Curve":
        return Curve(self.fixed * share, self.slack * share, self.value * share, self.floored)

    def plus(self, other: "Curve") -> "Curve":
        """Two shares of the same holding as one: both bend at the same markdown."""
        return Curve(self.fixed + other.fixed, self.slack + other.slack, self.value + other.value, self.floored)


@dataclass(frozen=True, slots=True)
class Position:
    """One holding under a reading: what it adds to N now, what its failure would add, and how a markdown moves it.

    ``base`` is what its failure adds to Den: only exited cost grows by a failure. ``curve`` is None under readings
    that do not count fair values. Fen.
    """

    id: HoldingId
    loss: Money
    delta: Money
    curve: Curve | None
    base: Money = 0

    def times(self, share: Fraction) -> "Position":
        """The same in a share of the money, for funds of a group that count the government's part."""
        curve = self.curve.times(share) if self.curve else None
        return Position(self.id, self.loss * share, self.delta * share, curve, self.base * share)

    def plus(self, other: "Position") -> "Position":
        """Two shares of the same holding, held through different interests, fail and fall together."""
        curve = self.curve.plus(other.curve) if self.curve and other.curve else None
        return Position(self.id, self.loss + other.loss, self.delta + other.delta, curve, self.base + other.base)

    def weight(self, limit: Limit) -> Fraction:
        """How much nearer its failure brings N to the target that Den sets: ΔN where Den stays."""
        return Fraction(self.delta) - limit.slope * self.base


@dataclass(frozen=True, slots=True)
class ReverseStress:
    """The answer. Money in fen of the whole fund (N, T), shares as fractions of 1.

    ``markdown_to_breach`` is m*, the largest uniform markdown that keeps the cap (the smallest that breaks it, when
    the cap itself is not allowed); None when already breached, not reachable, or ``values_count`` is false: then the
    reading ignores fair values. ``max_new_total_loss_investment`` is ΔI*, negative once breached, None when new money
    lost whole can never breach. ``failures`` lists (id, ΔN) of the positions whose failure adds to the loss, the
    largest first. ``k_min_ids``/``k_max_ids`` are in the order of failure; k is None when all failures together do
    not breach.
    """

    loss_now: Fraction
    target: Fraction
    headroom: Fraction
    utilisation: Fraction | None
    loss_if_all_fail: Fraction
    max_new_total_loss_investment: Fraction | None
    state: StressState
    markdown_to_breach: Fraction | None
    values_count: bool
    failures: tuple[tuple[HoldingId, Money], ...]
    k_min: int | None
    k_min_ids: tuple[HoldingId, ...]
    k_max: int | None
    k_max_ids: tuple[HoldingId, ...]


def position_of(holding: HoldingFigures, theta: Theta) -> Position:
    """A holding as stress sees it under θ."""
    return Position(
        id=holding.id,
        loss=part_of(holding, theta).contribution,
        delta=failure_delta(holding, theta),
        curve=curve_of(holding, theta),
        base=holding.remaining if theta.denominator == Denominator.EXITED_COST else 0,
    )


def curve_of(holding: HoldingFigures, theta: Theta) -> Curve | None:
    """How a markdown of the fair value moves the holding's part of N; None when θ ignores fair values."""
    h = holding
    if theta.basis == Basis.NAV_SHORTFALL:
        return Curve(0, h.cost - h.fx - h.proceeds - h.income - h.fair_value, h.fair_value, floored=False)
    if theta.basis != Basis.REALISED_PLUS_UNREALISED:
        return None
    gain = h.realised_gain + (h.income if theta.income else 0)
    gap = h.remaining - h.fair_value
    match theta.netting:
        case Netting.NONE:
            return Curve(h.realised_loss, gap, h.fair_value, floored=True)
        case Netting.WITHIN_PROJECT:
            return Curve(0, h.realised_loss - gain + gap, h.fair_value, floored=True)
        case Netting.REALISED_GAINS:
            return Curve(h.realised_loss - gain, gap, h.fair_value, floored=True)
        case _:
            return Curve(h.realised_loss - gain, gap, h.fair_value, floored=False)


def reverse_stress(
    positions: Sequence[Position], *, denominator: Money, limit: Limit, other_loss: Money = 0
) -> ReverseStress:
    """All answers of domain 4.6 for the positions in scope.

    ``denominator`` is Den and ``other_loss`` what belongs to no position (counted fees), in fen of the whole fund.
    """
    loss_now = Fraction(sum(p.loss for p in positions)) + other_loss
    target = limit.target(denominator)
    counted = max(Fraction(0), loss_now)
    failures = sorted((p for p in positions if p.weight(limit) > 0), key=lambda p: (-p.weight(limit), _by_id(p)))
    smallest_first = sorted(failures, key=lambda p: (p.weight(limit), _by_id(p)))
    all_fail = loss_now + sum(p.delta for p in failures)
    base_then = denominator + sum(p.base for p in failures)
    if limit.breached(loss_now, denominator):
        state = StressState.BREACHED_NOW
    elif limit.breached(all_fail, base_then):
        state = StressState.REACHABLE
    else:
        state = StressState.NOT_REACHABLE
    curves = [p.curve for p in positions if p.curve is not None]
    markdown = None
    if state == StressState.REACHABLE and curves:
        unmoved = loss_now - sum((curve.at(Fraction(0)) for curve in curves), Fraction(0))
        markdown = largest_markdown(curves, target - unmoved)
        if markdown is None and limit.test == CapTest.LT:
            # All values gone reach the target exactly, which this cap does not allow.
            markdown = Fraction(1)
    k_min = _failures_until_breach(failures, loss_now, denominator, limit, state)
    k_max = _failures_until_breach(smallest_first, loss_now, denominator, limit, state)
    return ReverseStress(
        loss_now=loss_now,
        target=target,
        headroom=target - counted,
        utilisation=counted / target if target else None,
        loss_if_all_fail=all_fail,
        max_new_total_loss_investment=largest_new_loss(loss_now, denominator, limit),
        state=state,
        markdown_to_breach=markdown,
        values_count=bool(curves),
        failures=tuple((p.id, p.delta) for p in failures),
        k_min=k_min,
        k_min_ids=tuple(p.id for p in failures[: k_min or 0]),
        k_max=k_max,
        k_max_ids=tuple(p.id for p in smallest_first[: k_max or 0]),
    )


def largest_markdown(curves: Iterable[Curve], target: Fraction) -> Fraction | None:
    """The largest m in [0, 1] with Σ loss(m) ≤ target, by walking the kinks of the convex curve; None when m = 1 fits.

    The caller has made sure that Σ loss(0) ≤ target. Exact.
    """
    curves = list(curves)
    loss, slope = Fraction(0), Fraction(0)
    joining: list[tuple[Fraction, Money]] = []
    for curve in curves:
        loss += curve.at(Fraction(0))
        kink = curve.kink
        if kink is not None:
            joining.append((kink, curve.value))
        elif not curve.floored or curve.slack >= 0:
            slope += curve.value
    reached = Fraction(0)
    for kink, value in [*sorted(joining), (Fraction(1), 0)]:
        ahead = loss + slope * (kink - reached)
        if ahead > target:
            return reached + (target - loss) / slope
        loss, slope, reached = ahead, slope + value, kink
    return None


def largest_new_loss(loss_now: Fraction, denominator: Money, limit: Limit) -> Fraction | None:
    """ΔI*, the largest new investment that may be lost whole without a breach, in fen (domain 4.6).

    ``(T − N) / (1 − κ)`` where the denominator grows with the money, ``T − N`` where it does not. None when the cap
    can take any amount (κ = 1).
    """
    room = limit.target(denominator) - loss_now
    if not limit.grows:
        return room
    return None if limit.slope >= 1 else room / (1 - limit.slope)


def _failures_until_breach(
    ordered: Sequence[Position], loss_now: Fraction, denominator: Money, limit: Limit, state: StressState
) -> int | None:
    if state == StressState.BREACHED_NOW:
        return 0
    if state == StressState.NOT_REACHABLE:
        return None
    loss, base = loss_now, denominator
    for count, position in enumerate(ordered, start=1):
        loss += position.delta
        base += position.base
        if limit.breached(loss, base):
            return count
    return None


def _by_id(position: Position) -> tuple[str, HoldingId]:
    # Ids of one portfolio are all numbers or all texts; the text form only settles ties between the two kinds.
    return str(type(position.id)), position.id
