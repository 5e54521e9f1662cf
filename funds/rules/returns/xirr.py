"""Internal rate of return of dated flows: a status with every answer, and every root that has a meaning (domain 4.8).

f(x) = Σ aᵢ·e^(−x·tᵢ) = 0 with x = ln(1 + r) and tᵢ the year fraction from the first day on which money moved.
Contributions are negative, distributions positive; the caller appends the net asset value at the as-of day, also when
it is 0. The order of the rows is irrelevant. No number is given without its status, and none is taken from a library.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from itertools import pairwise
from math import expm1

import numpy as np

from funds.choices.figures import DayCount, IrrStatus
from funds.rules.figures import Money
from funds.rules.returns.day_count import year_fractions
from funds.rules.returns.roots import HIGHEST, LOWEST, Sums, only_root, roots_between

UNDER_A_YEAR = 365
"""Days between the first and the last flow from which on a rate is annualised (GIPS 2020)."""

Flow = tuple[date, Money]


@dataclass(frozen=True, slots=True)
class Irr:
    """An internal rate of return with its status.

    rate: the annual rate, only with OK. rates: every annual rate in the window, ascending; one with OK, several with
    MULTIPLE, else none. under_one_year: whether the flows span less than a year, so that the annual rate is not to be
    shown (GIPS 2020); None where that was not asked. period_return: the return over the whole span, only with OK and
    under one year.
    """

    status: IrrStatus
    rates: tuple[float, ...] = ()
    under_one_year: bool | None = None
    period_return: float | None = None

    @property
    def rate(self) -> float | None:
        return self.rates[0] if self.status == IrrStatus.OK else None

    @property
    def shown(self) -> float | None:
        """The number that may be shown: the annual rate, under one year the return over the period."""
        return self.period_return if self.under_one_year else self.rate


def xirr(flows: Iterable[Flow], day_count: DayCount = DayCount.ACT_365F) -> Irr:
    """The internal rate of return of ``flows`` (day, amount in one unit).

    Amounts of one day are netted exactly before anything becomes a float. The decisions are taken in the order of
    domain 4.8.
    """
    by_day: dict[date, Money] = defaultdict(int)
    for day, amount in flows:
        by_day[day] += amount
    if len(by_day) == 1:
        return Irr(IrrStatus.SINGLE_DATE)
    days = sorted(by_day)
    moved = [day for day in days if by_day[day]]
    if (refused := _one_way([by_day[day] for day in days])) is not None:
        return Irr(refused)
    short = (moved[-1] - moved[0]).days < UNDER_A_YEAR
    times = [float(years) for years in year_fractions(moved, day_count)]
    return solve(times, [by_day[day] for day in moved], under_one_year=short)


def _one_way(amounts: list[Money]) -> IrrStatus | None:
    """Why netted amounts, zeros included, have no rate: all was paid and nothing is left, or money moved one way."""
    gains, losses = any(a > 0 for a in amounts), any(a < 0 for a in amounts)
    if losses and not gains and amounts[-1] == 0:
        return IrrStatus.TOTAL_LOSS
    return None if gains and losses else IrrStatus.SAME_SIGN


def periodic_irr(amounts: Iterable[Money]) -> Irr:
    """The internal rate of return of flows one year apart: the first at 0, the next after one year, and so on."""
    given = list(amounts)
    if len(given) == 1:
        return Irr(IrrStatus.SINGLE_DATE)
    if (refused := _one_way(given)) is not None:
        return Irr(refused)
    moved = [(float(year), amount) for year, amount in enumerate(given) if amount]
    years, flows = [year for year, _ in moved], [amount for _, amount in moved]
    return solve(years, flows, under_one_year=years[-1] - years[0] < 1)


def solve(times: list[float], amounts: list[Money], *, under_one_year: bool) -> Irr:
    """The rates of netted flows that differ from zero, of both signs, at ascending times in years."""
    sums = Sums(np.array(times), np.array([float(amount) for amount in amounts]))
    if sum((a > 0) != (b > 0) for a, b in pairwise(amounts)) == 1:
        root = only_root(sums)
        if root is None:
            return Irr(IrrStatus.NOT_MEANINGFUL, under_one_year=under_one_year)
        roots = [root]
    else:
        roots = roots_between(sums, LOWEST, HIGHEST)
    if not roots:
        # Towards the left the last flow rules, towards the right the first: another sign at an end means that a root
        # lies beyond it.
        beyond = sums.sign(LOWEST) != _sign(amounts[-1]) or sums.sign(HIGHEST) != _sign(amounts[0])
        status = IrrStatus.NOT_MEANINGFUL if beyond else IrrStatus.NO_ROOT
        return Irr(status, under_one_year=under_one_year)
    return answer(roots, times[-1] - times[0], under_one_year=under_one_year)


def answer(roots: list[float], years: float, *, under_one_year: bool) -> Irr:
    """The answer for the roots x that were found, of flows that span ``years``."""
    rates = tuple(expm1(root) for root in roots)
    if len(roots) > 1:
        return Irr(IrrStatus.MULTIPLE, rates, under_one_year)
    period = expm1(roots[0] * years) if under_one_year else None
    return Irr(IrrStatus.OK, rates, under_one_year, period)


def _sign(amount: Money) -> int:
    return 1 if amount > 0 else -1
