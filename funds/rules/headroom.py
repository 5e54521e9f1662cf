"""What the failure of one position would add to the loss (domain 4.6)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction

from funds.choices.tolerance import MoneyView
from funds.rules.figures import FundFigures, HoldingFigures, HoldingId, Money
from funds.rules.loss import government_part, holdings_under, in_scope, loss_rate, part_of
from funds.rules.theta import Theta


@dataclass(frozen=True, slots=True)
class Failure:
    """The position whose total failure adds most to N, and by how much (fen, in θ's money view)."""

    id: HoldingId
    delta: Fraction


def failed(holding: HoldingFigures) -> HoldingFigures:
    """The holding after its remaining cost was written off."""
    return replace(
        holding,
        relieved=holding.cost,
        realised_loss=holding.realised_loss + holding.remaining,
        fair_value=0,
        impairment=0,
    )


def failure_delta(holding: HoldingFigures, theta: Theta) -> Money:
    """ΔN of the fund's whole money when the position fails, in fen.

    For REALISED_PLUS_UNREALISED this is ``min(rem, fv)`` under NONE and REALISED_GAINS and ``fv`` under ALL_GAINS
    (domain 4.6); the other readings follow from the same before and after.
    """
    return part_of(failed(holding), theta).contribution - part_of(holding, theta).contribution


def largest_failure(holdings: Iterable[HoldingFigures], fund: FundFigures, theta: Theta) -> Failure | None:
    """The single position in scope whose failure adds most to N; ties go to the smaller id, None if none adds any.

    ``holdings`` are all holdings of the fund, as for :func:`funds.rules.loss.loss_rate`.
    """
    held = tuple(holdings)
    deltas = [(failure_delta(h, theta), h.id) for h in in_scope(holdings_under(theta, held), theta.scope)]
    largest = max((delta for delta, _ in deltas), default=0)
    if largest <= 0:
        return None
    # Ids of one fund are all numbers or all texts; the text form only settles ties between them.
    tied = min((id_ for delta, id_ in deltas if delta == largest), key=lambda id_: (str(type(id_)), id_))
    delta = Fraction(largest)
    if theta.money_view == MoneyView.GOVERNMENT_SHARE:
        now = loss_rate(held, fund, theta).fund_numerator
        delta = government_part(now + delta, fund) - government_part(now, fund)
    return Failure(tied, delta)
