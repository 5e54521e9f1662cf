"""Where a reading of the loss rate breaches its cap, told in the whole fund's money.

The engine tests ``N_view`` against ``κ · Den_view``. Under the government's view both follow from the whole fund's
money, ``N_gov = gov / (paid_in − J) · (N − J)`` and ``Den_gov = s · Den`` (domain 4.2), so the same breach is
``N > κ · (1 − J / paid_in) · Den + J``. Stress works on N, which is a sum over holdings.
"""

from dataclasses import dataclass
from fractions import Fraction

from funds.choices.tolerance import CapTest, Denominator, MoneyView
from funds.rules.figures import FundFigures, Money
from funds.rules.loss import government_share
from funds.rules.theta import Theta

GROWING = frozenset({Denominator.INVESTED_COST, Denominator.EXITED_COST, Denominator.CATEGORY_INVESTED_COST})
"""Denominators that new money, invested and lost whole, adds to; paid-in capital and commitments stay."""


@dataclass(frozen=True, slots=True)
class Limit:
    """A breach is ``N > slope · Den + first_loss`` (``≥`` when the cap itself is not allowed). N and Den in fen.

    ``cap`` is κ; ``slope`` is κ after the first loss of others; ``grows`` tells whether Den grows with new money.
    """

    cap: Fraction
    slope: Fraction
    first_loss: Money = 0
    test: CapTest = CapTest.LE
    grows: bool = True

    def target(self, denominator: Money) -> Fraction:
        """The largest loss of the whole fund's money that the cap bears, T, in fen."""
        return self.slope * denominator + self.first_loss

    def breached(self, loss: Money, denominator: Money) -> bool:
        """Whether a signed loss of the whole fund's money passes the cap."""
        target = self.target(denominator)
        if self.test == CapTest.LT:
            return loss >= target or not self.cap
        return loss > target


def limit_of(cap: Fraction, theta: Theta, fund: FundFigures, test: CapTest = CapTest.LE) -> Limit | None:
    """The limit of one fund under θ; None when its money view has no money that could be lost.

    ``cap`` is the effective cap κ as a fraction of 1. Raises RuleViolation as :func:`government_share` does.
    """
    grows = theta.denominator in GROWING
    if theta.money_view != MoneyView.GOVERNMENT_SHARE:
        return Limit(cap, cap, test=test, grows=grows)
    if not government_share(fund):
        return None
    if not fund.paid_in:
        return Limit(cap, cap, test=test, grows=grows)
    kept = 1 - Fraction(fund.others_first_loss) / Fraction(fund.paid_in)
    return Limit(cap, cap * kept, fund.others_first_loss, test, grows)
