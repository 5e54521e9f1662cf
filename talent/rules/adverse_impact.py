"""Adverse impact: selection rates of bands against a reference band, with exact fractions.

A monitor and never a verdict. The four-fifths rule is borrowed from 29 CFR 1607.4(D); no Chinese threshold is known.
Rates and ratios are exact, so that 20 of 50 against 50 of 100 is four fifths and not below it. Only the interval is
a float, because a logarithm has no exact value.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from fractions import Fraction
from math import comb, exp, log, sqrt

FOUR_FIFTHS = Fraction(4, 5)
_Z = 1.95996
"""Half width of a 95 % interval in standard errors, to the places that the domain text gives."""


class Status(StrEnum):
    OK = "ok"
    INSUFFICIENT = "insufficient_data"
    NO_SELECTION = "no_selection"


@dataclass(frozen=True, slots=True)
class Band:
    """How many of ``n`` were selected."""

    band: str
    n: int
    selected: int

    @property
    def rate(self) -> Fraction | None:
        return Fraction(self.selected, self.n) if self.n else None


@dataclass(frozen=True, slots=True)
class BandImpact:
    """One band against the reference; None where there is no value. ``low`` and ``high`` bound the ratio to 95 %."""

    band: str
    n: int
    selected: int
    rate: Fraction | None
    ratio: Fraction | None = None
    below_four_fifths: bool | None = None
    low: float | None = None
    high: float | None = None
    fisher_p: Fraction | None = None
    one_swap_reverses: bool | None = None


@dataclass(frozen=True, slots=True)
class Impact:
    """The answer for one stage. ``reference`` is the name of the band that the others are measured against."""

    status: Status
    reference: str | None
    bands: tuple[BandImpact, ...]


def adverse_impact(bands: Sequence[Band], min_reference_n: int = 20) -> Impact:
    """Measure ``bands``, in the order declared before the results were known.

    The reference is the band of the highest rate among those with at least ``min_reference_n`` people (the first of
    equals): without that floor one person who was selected would make all others fail.
    """
    known = [band for band in bands if band.rate is not None and band.n >= min_reference_n]
    if not known:
        return Impact(Status.INSUFFICIENT, None, tuple(_rate_only(band) for band in bands))
    reference = max(known, key=lambda band: band.rate or Fraction(0))
    if not reference.selected:
        return Impact(Status.NO_SELECTION, None, tuple(_rate_only(band) for band in bands))
    measured = tuple(_against(band, reference) for band in bands)
    return Impact(Status.OK, reference.band, measured)


def _rate_only(band: Band) -> BandImpact:
    return BandImpact(band.band, band.n, band.selected, band.rate)


def _against(band: Band, reference: Band) -> BandImpact:
    rate, best = band.rate, reference.rate
    if rate is None or best is None:
        return _rate_only(band)
    ratio = rate / best
    below = ratio < FOUR_FIFTHS
    if band is reference:
        return BandImpact(band.band, band.n, band.selected, rate, ratio, below)
    low, high = _interval(band, reference, ratio)
    return BandImpact(
        band.band, band.n, band.selected, rate, ratio, below, low, high,
        fisher_two_sided(band.selected, band.n, reference.selected, reference.n),
        None if rate > best else _one_swap_reverses(band, reference),
    )  # fmt: skip


def _interval(band: Band, reference: Band, ratio: Fraction) -> tuple[float | None, float | None]:
    """The 95 % interval of the ratio by the logarithm (Katz); none where nobody was selected."""
    if not band.selected:
        return None, None
    variance = (
        Fraction(1, band.selected) - Fraction(1, band.n) + Fraction(1, reference.selected) - Fraction(1, reference.n)
    )
    middle, half = log(ratio), _Z * sqrt(variance)
    return exp(middle - half), exp(middle + half)


def _one_swap_reverses(band: Band, reference: Band) -> bool:
    """Whether one place given to this band instead of the reference would put it ahead."""
    if band.selected == band.n:
        return False
    return Fraction(band.selected + 1, band.n) > Fraction(reference.selected - 1, reference.n)


def fisher_two_sided(selected: int, n: int, other_selected: int, other_n: int) -> Fraction:
    """Fisher's exact test, two-sided: the share of all tables with the same sums that are no likelier than this one.

    Whole numbers throughout, so that tables of equal probability count as equal.
    """
    chosen = selected + other_selected

    def weight(count: int) -> int:
        return comb(n, count) * comb(other_n, chosen - count)

    observed = weight(selected)
    weights = (weight(count) for count in range(max(0, chosen - other_n), min(n, chosen) + 1))
    return Fraction(sum(one for one in weights if one <= observed), comb(n + other_n, chosen))
