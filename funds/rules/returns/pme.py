"""Public market equivalents: what the same money would have become in a total-return index (domain 4.11).

C are contributions and D distributions (both above 0), I the index at the day of each flow and I_T at the last day.

- KS-PME (Kaplan and Schoar 2005) = (Σ D·I_T/I + NAV) / Σ C·I_T/I; above 1 the fund beats the index.
- Long and Nickels (1996): NAV_LN = Σ (C − D)·I_T/I is what the index account holds at the end; LN-PME is the rate of
  the same flows with it. An account that is overdrawn has no rate.
- Direct Alpha (Gredil, Griffiths, Stucke 2014): the rate a of the flows carried to the last day by the index.
- PME+ (Capital Dynamics): distributions are scaled by λ = (Σ C·I_T/I − NAV) / Σ D·I_T/I so that the index account ends
  at the fund's NAV; without distributions there is no λ, and a λ below zero has no rate.

Index levels are floats, and so is every result: an index is a measured quantity, not money in the books.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from math import fsum, log1p

from funds.choices.figures import DayCount, IndexMoneyStatus
from funds.rules.figures import Money
from funds.rules.returns.xirr import Irr, periodic_irr, xirr

Rate = Callable[[Sequence[Money]], Irr]


@dataclass(frozen=True, slots=True)
class Pme:
    """A fund beside an index. Every rate comes with its status.

    ks_pme: None where no contribution was made. ln_nav: value of the index account at the last day, in the unit of the
    flows. ln_irr: None with NEGATIVE_INDEX_NAV. direct_alpha: its rate is annual and discrete (a). plus_scale: λ of
    PME+, None without distributions; plus_irr: its rate, None also where λ lies below zero.
    """

    ks_pme: float | None
    fund_irr: Irr
    ln_nav: float
    ln_status: IndexMoneyStatus
    ln_irr: Irr | None
    direct_alpha: Irr
    plus_scale: float | None
    plus_irr: Irr | None

    @property
    def direct_alpha_log(self) -> float | None:
        """ln(1 + a), the continuous form that some texts show."""
        return None if self.direct_alpha.rate is None else log1p(self.direct_alpha.rate)

    @property
    def ln_spread(self) -> float | None:
        """Fund rate less index rate, where both are one number."""
        if self.ln_irr is None or self.ln_irr.rate is None or self.fund_irr.rate is None:
            return None
        return self.fund_irr.rate - self.ln_irr.rate


def pme(
    *,
    amounts: Sequence[Money],
    index: Sequence[float],
    nav: Money,
    dates: Sequence[date] | None = None,
    day_count: DayCount = DayCount.ACT_365F,
) -> Pme:
    """A fund's flows (− contribution, + distribution) beside an index at the same days; ``nav`` holds on the last.

    Without ``dates`` the flows are one year apart. Raises ValueError where the lengths differ, dates fall, or an index
    level is not above zero.
    """
    if not len(amounts) == len(index) or (dates is not None and len(dates) != len(amounts)):
        raise ValueError("Amounts, index and dates have one length.")
    if any(level <= 0 for level in index):
        raise ValueError("An index level is above zero.")
    if dates is not None and list(dates) != sorted(dates):
        raise ValueError("Dates ascend.")

    def rate(flows: Sequence[Money]) -> Irr:
        return periodic_irr(flows) if dates is None else xirr(zip(dates, flows, strict=True), day_count)

    return _compare(amounts, [index[-1] / level for level in index], nav, rate)


def _compare(amounts: Sequence[Money], growth: Sequence[float], nav: Money, rate: Rate) -> Pme:
    """``growth`` is I_T/I of each flow."""
    contributed = fsum(-float(a) * g for a, g in zip(amounts, growth, strict=True) if a < 0)
    distributed = fsum(float(a) * g for a, g in zip(amounts, growth, strict=True) if a > 0)
    account = contributed - distributed
    overdrawn = account < 0
    scale = (contributed - float(nav)) / distributed if distributed else None
    return Pme(
        ks_pme=(distributed + float(nav)) / contributed if contributed else None,
        fund_irr=rate(_ending(amounts, nav)),
        ln_nav=account,
        ln_status=IndexMoneyStatus.NEGATIVE_INDEX_NAV if overdrawn else IndexMoneyStatus.OK,
        ln_irr=None if overdrawn else rate(_ending(amounts, _exact(account))),
        direct_alpha=rate(_ending([_exact(float(a) * g) for a, g in zip(amounts, growth, strict=True)], nav)),
        plus_scale=scale,
        plus_irr=None if scale is None or scale < 0 else rate(_ending([_scaled(a, scale) for a in amounts], nav)),
    )


def _ending(amounts: Sequence[Money], value: Money) -> list[Money]:
    """The flows with the value at the last day beside what moved on it."""
    return [*amounts[:-1], amounts[-1] + value]


def _scaled(amount: Money, scale: float) -> Money:
    return _exact(float(amount) * scale) if amount > 0 else amount


def _exact(amount: float) -> Money:
    return Fraction(amount)
