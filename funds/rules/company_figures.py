"""Growth and intensity of a company, from its quarterly figures. Shares are exact; a missing figure gives None."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction


@dataclass(frozen=True, slots=True)
class Quarter:
    """The figures of one quarter; amounts in fen, None where not reported."""

    end: date
    revenue: int | None = None
    headcount: int | None = None
    rd_staff: int | None = None
    rd_spend: int | None = None
    patents: int | None = None
    tax: int | None = None


@dataclass(frozen=True, slots=True)
class Growth:
    """The latest quarter beside the same quarter of the year before, and the last four quarters summed.

    ``revenue``, ``headcount``: growth over the year (1/4 is + 25 %). ``revenue_year``: fen of four quarters without a
    gap. ``rd_intensity``: R&D spend ÷ revenue of the latest quarter; ``rd_share``: R&D staff ÷ headcount.
    """

    latest: Quarter
    revenue: Fraction | None
    headcount: Fraction | None
    revenue_year: int | None
    tax_year: int | None
    rd_intensity: Fraction | None
    rd_share: Fraction | None
    patents_added: int | None


def quarter_end(year: int, quarter: int) -> date:
    """The last day of quarter 1 to 4."""
    return date(year, quarter * 3, 31 if quarter in {1, 4} else 30)


def quarter_before(end: date, count: int = 1) -> date:
    """The end of the quarter ``count`` quarters before the one that ends on ``end``."""
    place = end.year * 4 + end.month // 3 - 1 - count
    return quarter_end(place // 4, place % 4 + 1)


def change(now: int | None, before: int | None) -> Fraction | None:
    """(now − before) ÷ before; None where either is missing or there was nothing to grow from."""
    return None if now is None or not before or before < 0 else Fraction(now - before, before)


def share_of(part: int | None, whole: int | None) -> Fraction | None:
    return None if part is None or not whole or whole < 0 else Fraction(part, whole)


def growth(quarters: Iterable[Quarter]) -> Growth | None:
    """Growth at the latest quarter; None without any."""
    by_end: Mapping[date, Quarter] = {quarter.end: quarter for quarter in quarters}
    if not by_end:
        return None
    latest = by_end[max(by_end)]
    before = by_end.get(quarter_before(latest.end, 4))
    year = [by_end.get(quarter_before(latest.end, back)) for back in range(4)]
    added = (
        None if before is None or latest.patents is None or before.patents is None else latest.patents - before.patents
    )
    return Growth(
        latest=latest,
        revenue=change(latest.revenue, before.revenue) if before else None,
        headcount=change(latest.headcount, before.headcount) if before else None,
        revenue_year=_summed([quarter.revenue if quarter else None for quarter in year]),
        tax_year=_summed([quarter.tax if quarter else None for quarter in year]),
        rd_intensity=share_of(latest.rd_spend, latest.revenue),
        rd_share=share_of(latest.rd_staff, latest.headcount),
        patents_added=added,
    )


def _summed(parts: list[int | None]) -> int | None:
    known = [part for part in parts if part is not None]
    return sum(known) if len(known) == len(parts) else None
