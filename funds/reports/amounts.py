"""Exact amounts as whole fen for display, so that shown parts still sum to the shown whole."""

import math
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

from funds.choices.tolerance import MoneyView
from funds.models import Fund
from funds.queries.answers import Answer
from funds.queries.tolerance import ToleranceView
from funds.rules.figures import Money
from funds.rules.loss import government_share, loss_rate


@dataclass(frozen=True, slots=True)
class Further:
    """A loss in fen of the whole of ``fund``'s money; negative: a recovery."""

    amount: Money
    fund: Fund


def fen(amount: Money) -> int:
    """Rounded half up to a whole fen."""
    return math.floor(Fraction(amount) + Fraction(1, 2))


def parts_in_fen(amounts: Iterable[Money]) -> list[int]:
    """Each amount in whole fen, rounded along the running total, so that they sum to the rounded sum."""
    total, shown, parts = Fraction(0), 0, []
    for amount in amounts:
        total += amount
        parts.append(fen(total) - shown)
        shown = fen(total)
    return parts


def loss_until_breach(view: ToleranceView, answer: Answer) -> Money | None:
    """How much more of the whole fund's money may be lost before the cap is passed, in fen; negative once it is.

    Headroom speaks of θ's money view and forgets gains that are set off; this is the loss that has to happen. With
    the government's view the loss L that makes ``gov / (paid_in − J) · (L − J) = κ · Den`` (domain 4.2), and with a
    first loss of the government ``J + (gov − J) / (paid_in − J) · (L − J)`` once κ · Den is above it. None where
    nothing is tested, and for the government's money in groups (:func:`further_in_group`).
    """
    cap, rate = answer.tolerance.effective_cap, answer.rate
    if cap is None or not rate.denominator:
        return None
    if answer.resolved.theta.money_view == MoneyView.FUND_TOTAL:
        return cap * rate.denominator - rate.numerator_signed
    fund = None if view.target.group is not None else view.books[view.funds[0].pk].fund
    if fund is None or not (share := government_share(fund)):
        return None
    if fund.gov_first_loss:
        borne = cap * rate.denominator
        if fund.gov_paid_in == fund.gov_first_loss:
            return min(borne, fund.gov_first_loss) - rate.fund_numerator
        slower = Fraction(fund.paid_in - fund.gov_first_loss, fund.gov_paid_in - fund.gov_first_loss)
        return max(borne, fund.gov_first_loss + (borne - fund.gov_first_loss) * slower) - rate.fund_numerator
    exempt = Fraction(fund.paid_in - fund.others_first_loss, fund.gov_paid_in) if fund.paid_in else 1 / share
    return cap * rate.denominator * exempt + fund.others_first_loss - rate.fund_numerator


def further_in_group(view: ToleranceView, answer: Answer) -> Further | None:
    """The least further loss that takes a group to its cap, and the fund that would have to bear it.

    A loss counts with the government's share ``s`` of the fund that bears it, so that ``(κ · Den − N) / s`` is least
    in the fund with the largest share. None where nothing is tested, or where a fund's losses do not count by one
    share: somebody bears them first, or a gain of it is shared by a waterfall.
    """
    cap, rate, theta = answer.tolerance.effective_cap, answer.rate, answer.resolved.theta
    if cap is None or view.target.group is None or not rate.denominator:
        return None
    shares: list[tuple[Fraction, Fund]] = []
    for fund in view.funds:
        books = view.books[fund.pk]
        bears_first = books.fund.others_first_loss or books.fund.gov_first_loss
        if bears_first or (books.fund.gains and loss_rate(books.holdings, books.fund, theta).fund_numerator <= 0):
            return None
        shares.append((government_share(books.fund), fund))
    share, fund = max(shares, key=lambda entry: entry[0], default=(Fraction(0), None))
    if fund is None or not share:
        return None
    return Further((cap * rate.denominator - rate.numerator_signed) / share, fund)
