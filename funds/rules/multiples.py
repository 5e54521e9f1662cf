"""Multiples of a fund after GIPS 2020 (domain 4.10)."""

from dataclasses import dataclass
from fractions import Fraction

from funds.rules.figures import Money


@dataclass(frozen=True, slots=True)
class Multiples:
    """Exact ratios; None where the denominator is zero. ``paid_in`` in fen."""

    paid_in: Money
    pic: Fraction | None
    dpi: Fraction | None
    rvpi: Fraction | None
    tvpi: Fraction | None


def multiples(
    *, commitment: Money, calls: Money, recalled_distributions: Money, distributions: Money, nav: Money
) -> Multiples:
    """PIC, DPI, RVPI, TVPI. All amounts in fen.

    ``paid_in = calls + recalled_distributions``; ``distributions`` are cumulative and gross, those later recalled
    included. Where a recall is booked as a call of its own, it is in ``calls`` and ``recalled_distributions`` is 0.
    """
    paid_in = calls + recalled_distributions
    dpi, rvpi = _ratio(distributions, paid_in), _ratio(nav, paid_in)
    return Multiples(
        paid_in=paid_in,
        pic=_ratio(paid_in, commitment),
        dpi=dpi,
        rvpi=rvpi,
        tvpi=None if dpi is None or rvpi is None else dpi + rvpi,
    )


def _ratio(numerator: Money, denominator: Money) -> Fraction | None:
    return Fraction(numerator) / Fraction(denominator) if denominator else None
