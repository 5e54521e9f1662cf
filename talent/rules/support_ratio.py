"""The ratio of supporting staff S to professional staff P, and its roll-up (domain 4.3, 4.4).

Working time comes in hundredths of full time (``…_centi``); every figure is an exact Fraction of full-time posts.
A floating point number before a ceiling would ask for one post too many (``ceil(100 * 0.55)`` is 56).
"""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from math import ceil

from talent.choices.ratio import BandFlag, RatioState

HUNDRED = 100
PER = 10
"""A ratio is told per ten professionals."""
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Band:
    """The ratio per ten professionals that is held to be right, both limits inside."""

    low: Fraction
    high: Fraction

    def flag(self, ratio_per_10: Fraction) -> BandFlag:
        """Where the exact ratio lies."""
        if ratio_per_10 < self.low:
            return BandFlag.BELOW
        return BandFlag.ABOVE if ratio_per_10 > self.high else BandFlag.WITHIN


@dataclass(frozen=True, slots=True)
class SupportRatio:
    """The answer for one unit; everything but ``status`` is None unless that is ``ok``.

    ``required``, ``gap`` and ``surplus`` are full-time posts, exact; the two ``…_posts`` are whole posts, rounded up;
    ``coverage`` is a share of what is required, None where nothing is.
    """

    status: RatioState
    required: Fraction | None = None
    required_posts: int | None = None
    gap: Fraction | None = None
    gap_posts: int | None = None
    surplus: Fraction | None = None
    coverage: Fraction | None = None
    ratio_per_10: Fraction | None = None
    band_flag: BandFlag | None = None


def support_ratio(
    p_fte_centi: int | None, s_fte_centi: int | None, *, target: Fraction, band: Band | None = None
) -> SupportRatio:
    """How many supporting posts a unit needs and has. ``target`` is S over P, 6/10 as a Fraction."""
    if p_fte_centi is None or s_fte_centi is None:
        return SupportRatio(RatioState.UNKNOWN)
    if p_fte_centi == 0:
        return SupportRatio(RatioState.NOT_APPLICABLE)
    required, held = _required(p_fte_centi, target), Fraction(s_fte_centi, HUNDRED)
    gap = max(ZERO, required - held)
    ratio = PER * Fraction(s_fte_centi, p_fte_centi)
    return SupportRatio(
        RatioState.OK,
        required=required,
        required_posts=ceil(required),
        gap=gap,
        gap_posts=ceil(gap),
        surplus=max(ZERO, held - required),
        coverage=held / required if required else None,
        ratio_per_10=ratio,
        band_flag=band.flag(ratio) if band else None,
    )


def _required(p_fte_centi: int, target: Fraction) -> Fraction:
    return Fraction(p_fte_centi, HUNDRED) * target


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """What a roll-up reads of one unit; None is not known."""

    p_fte_centi: int | None
    s_fte_centi: int | None

    @property
    def known(self) -> bool:
        return self.p_fte_centi is not None and self.s_fte_centi is not None


@dataclass(frozen=True, slots=True)
class UnitNeed:
    """What one known unit needs by itself; one without professionals needs nothing, and all its staff is surplus."""

    required_posts: int
    gap: Fraction
    gap_posts: int
    surplus: Fraction


@dataclass(frozen=True, slots=True)
class RollUp:
    """Many units as one, and the sum of each by itself. Units with an unknown side are counted and left out.

    ``units`` holds what each needs, in the order given, None where not known. ``sum_…`` adds the units, ``org_…`` and
    ``net_…`` treat them as one; ``sharing_saves_posts`` is what lies between. ``surplus`` is the working time above
    the need of its own unit: lent to others it fills gaps without anybody new. None where nothing is known or nobody
    is a professional; the two sums of working time stand as soon as one unit is known.
    """

    status: RatioState
    total: int
    unknown: int
    units: tuple[UnitNeed | None, ...]
    p_fte_centi: int | None = None
    s_fte_centi: int | None = None
    sum_required_posts: int | None = None
    org_required: Fraction | None = None
    org_required_posts: int | None = None
    sum_gap_posts: int | None = None
    net_gap_posts: int | None = None
    sharing_saves_posts: int | None = None
    surplus: Fraction | None = None
    ratio_per_10: Fraction | None = None


def need_of(unit: UnitFigures, target: Fraction) -> UnitNeed | None:
    """What one unit needs by itself, None where a side is not known."""
    if unit.p_fte_centi is None or unit.s_fte_centi is None:
        return None
    required, held = _required(unit.p_fte_centi, target), Fraction(unit.s_fte_centi, HUNDRED)
    gap = max(ZERO, required - held)
    return UnitNeed(ceil(required), gap, ceil(gap), max(ZERO, held - required))


def roll_up(units: Iterable[UnitFigures], *, target: Fraction) -> RollUp:
    """The ratio of an organisation or programme from its units (domain 4.4)."""
    given = list(units)
    needs = tuple(need_of(unit, target) for unit in given)
    known = [unit for unit in given if unit.known]
    found = RollUp(RatioState.UNKNOWN, len(given), len(given) - len(known), needs)
    if not known:
        return found
    p_fte_centi = sum(unit.p_fte_centi or 0 for unit in known)
    s_fte_centi = sum(unit.s_fte_centi or 0 for unit in known)
    found = replace(found, p_fte_centi=p_fte_centi, s_fte_centi=s_fte_centi)
    if p_fte_centi == 0:
        return replace(found, status=RatioState.NOT_APPLICABLE)
    each = [need for need in needs if need is not None]
    required, held = _required(p_fte_centi, target), Fraction(s_fte_centi, HUNDRED)
    sum_gap_posts = sum(need.gap_posts for need in each)
    net_gap_posts = ceil(max(ZERO, required - held))
    return replace(
        found,
        status=RatioState.PARTIAL if found.unknown else RatioState.OK,
        sum_required_posts=sum(need.required_posts for need in each),
        org_required=required,
        org_required_posts=ceil(required),
        sum_gap_posts=sum_gap_posts,
        net_gap_posts=net_gap_posts,
        sharing_saves_posts=sum_gap_posts - net_gap_posts,
        surplus=sum((need.surplus for need in each), ZERO),
        ratio_per_10=PER * Fraction(s_fte_centi, p_fte_centi),
    )
