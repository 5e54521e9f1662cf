"""What-if: a portfolio after changes that nobody booked (domain 4.2). The loss rules of the engine then answer.

Changes are plain values, so that a saved scenario is recomputed by the same code that answered it first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from django.utils.translation import gettext_lazy as _

from funds.rules.figures import FundFigures, HoldingFigures, HoldingId, Money
from funds.rules.loss import government_share
from innovation.core.errors import RuleViolation


class ChangeKind(StrEnum):
    """What may be supposed about one holding."""

    MARK_DOWN = "MARK_DOWN"
    WRITE_OFF = "WRITE_OFF"


@dataclass(frozen=True, slots=True)
class Change:
    """One holding marked down by a share of its fair value, or a share of its remaining cost written off.

    ``impaired``: the markdown is recorded as an impairment too, which readings of impairment count.
    """

    holding: HoldingId
    kind: ChangeKind
    share: Fraction = Fraction(1)
    impaired: bool = False

    def __post_init__(self) -> None:
        if not 0 < self.share <= 1:
            raise RuleViolation(
                "WHATIF_SHARE",
                _("A markdown or write-off is more than 0 % and at most 100 %."),
                field="share",
                facts={"share": str(self.share)},
            )


@dataclass(frozen=True, slots=True)
class NewMoney:
    """An investment that is not made yet: amount in fen, its stage, and the share of it that is supposed lost.

    ``called``: the investors pay it in anew, the government by its share; else the fund's cash pays it.
    """

    amount: int
    stage: str
    mode: str | None = None
    lost: Fraction = Fraction(0)
    called: bool = False

    def __post_init__(self) -> None:
        if self.amount <= 0:
            raise RuleViolation("WHATIF_AMOUNT", _("New money is more than zero."), field="amount")
        if not 0 <= self.lost <= 1:
            raise RuleViolation("WHATIF_LOST", _("The part supposed lost is between 0 % and 100 %."), field="lost")

    def holding(self, number: int) -> HoldingFigures:
        """The holding that it would be; the lost part is written off."""
        gone = self.amount * self.lost
        return HoldingFigures(
            id=-number,
            stage=self.stage,
            mode=self.mode,
            cost=self.amount,
            relieved=gone,
            realised_loss=gone,
            fair_value=self.amount - gone,
        )


def changed(holding: HoldingFigures, change: Change) -> HoldingFigures:
    """The holding after one change. A write-off relieves cost without proceeds; value and impairment shrink with it.

    What happens to an interest in a sub-fund happens to each project that it is looked through to.
    """
    underlying = holding.underlying
    if underlying is not None:
        underlying = replace(underlying, holdings=tuple(changed(part, change) for part in underlying.holdings))
    if change.kind == ChangeKind.WRITE_OFF:
        gone = holding.remaining * change.share
        return replace(
            holding,
            relieved=holding.relieved + gone,
            realised_loss=holding.realised_loss + gone,
            fair_value=holding.fair_value * (1 - change.share),
            impairment=holding.impairment * (1 - change.share),
            underlying=underlying,
        )
    value = holding.fair_value * (1 - change.share)
    impairment: Money = holding.impairment
    if change.impaired:
        impairment = max(impairment, min(holding.remaining, holding.remaining - value))
    return replace(holding, fair_value=value, impairment=impairment, underlying=underlying)


def apply(
    holdings: Sequence[HoldingFigures], fund: FundFigures, changes: Iterable[Change], new: Iterable[NewMoney] = ()
) -> tuple[tuple[HoldingFigures, ...], FundFigures]:
    """One fund's holdings and totals after the changes, in order, and with the new money as holdings −1, −2, …

    Raises RuleViolation ``WHATIF_HOLDING`` for a change of a holding that the fund does not have.
    """
    after: dict[HoldingId, HoldingFigures] = {h.id: h for h in holdings}
    for change in changes:
        if change.holding not in after:
            raise RuleViolation(
                "WHATIF_HOLDING",
                _("A holding of the scenario is not in this portfolio on this day."),
                field="holding",
                facts={"holding": change.holding},
            )
        after[change.holding] = changed(after[change.holding], change)
    added = tuple(new)
    called = sum(money.amount for money in added if money.called)
    share = government_share(fund)
    return (
        (*after.values(), *(money.holding(number) for number, money in enumerate(added, start=1))),
        replace(fund, paid_in=fund.paid_in + called, gov_paid_in=fund.gov_paid_in + share * called),
    )
