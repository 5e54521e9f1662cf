"""Year fractions in the five conventions of domain 4.9 (ISDA 2006 definitions, section 4.16). Exact fractions."""

from collections.abc import Sequence
from datetime import date
from fractions import Fraction
from itertools import pairwise

from funds.choices.figures import DayCount

LONG_MONTH = 31


def year_fraction(start: date, end: date, convention: DayCount) -> Fraction:
    """Years from ``start`` to ``end`` (not before it), exact. Raises ValueError where ``end`` lies before ``start``.

    ACT/365F and ACT/360 divide the days; ACT/ACT ISDA divides the days of each calendar year by its own length. The
    30/360 conventions count months of 30 days and leave the ends of February as they are.
    """
    if end < start:
        raise ValueError(f"{end} lies before {start}")
    match convention:
        case DayCount.ACT_365F:
            return Fraction((end - start).days, 365)
        case DayCount.ACT_360:
            return Fraction((end - start).days, 360)
        case DayCount.ACT_ACT_ISDA:
            return _by_calendar_year(start, end)
        case DayCount.THIRTY_360_ISDA:
            first = min(start.day, 30)
            # The end is cut only where the start is a 30th or 31st.
            last = 30 if end.day == LONG_MONTH and first == 30 else end.day  # noqa: PLR2004
            return _thirty(start, first, end, last)
        case DayCount.THIRTY_E_360:
            return _thirty(start, min(start.day, 30), end, min(end.day, 30))


def year_fractions(days: Sequence[date], convention: DayCount) -> list[Fraction]:
    """Years from the first of ``days`` (ascending) to each of them."""
    return [year_fraction(days[0], day, convention) for day in days]


def _by_calendar_year(start: date, end: date) -> Fraction:
    edges = [start, *(date(year, 1, 1) for year in range(start.year + 1, end.year + 1)), end]
    return sum((Fraction((b - a).days, _length(a.year)) for a, b in pairwise(edges)), Fraction(0))


def _length(year: int) -> int:
    return (date(year, 12, 31) - date(year, 1, 1)).days + 1


def _thirty(start: date, first: int, end: date, last: int) -> Fraction:
    days = 360 * (end.year - start.year) + 30 * (end.month - start.month) + last - first
    return Fraction(days, 360)
