"""Where the ledger's fold, the database's sums and the rules meet: plain figures at one (as-of, known-at)."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from fractions import Fraction
from typing import Protocol

Money = int | Fraction
"""Fen. An int as booked; a Fraction where a partial exit scaled a value or a share was taken."""

HoldingId = int | str


@dataclass(frozen=True, slots=True)
class HoldingFigures:
    """One holding (domain 4.2). All amounts in fen, cumulated to the as-of date.

    cost: invested, follow-ons and exchange restatements included. relieved: Σ c_e. proceeds: Σ q_e.
    realised_loss: Σ max(0, c_e − q_e). realised_gain: Σ max(0, q_e − c_e), without income. income: dividends and
    interest. impairment: recorded on the remaining cost. fair_value: 4.3. fx: exchange restatements inside ``cost``,
    which moved no cash. ``underlying`` are the projects of a sub-fund interest; ``via`` is the interest that a
    looked-through project came from.
    """

    id: HoldingId
    stage: str
    cost: Money = 0
    relieved: Money = 0
    proceeds: Money = 0
    realised_loss: Money = 0
    realised_gain: Money = 0
    income: Money = 0
    impairment: Money = 0
    fair_value: Money = 0
    fx: Money = 0
    mode: str | None = None
    underlying: "Underlying | None" = None
    via: HoldingId | None = None

    @property
    def remaining(self) -> Money:
        """Remaining cost, ``rem = cost − Σ c_e``."""
        return self.cost - self.relieved

    @property
    def is_total_loss(self) -> bool:
        """Whether all cost is relieved and no exit brought anything."""
        return self.cost > 0 and self.remaining == 0 and self.proceeds == 0

    def times(self, share: Fraction, via: HoldingId) -> "HoldingFigures":
        """The part of this holding that belongs to ``share`` of the fund which holds it."""
        return replace(
            self,
            cost=self.cost * share,
            relieved=self.relieved * share,
            proceeds=self.proceeds * share,
            realised_loss=self.realised_loss * share,
            realised_gain=self.realised_gain * share,
            income=self.income * share,
            impairment=self.impairment * share,
            fair_value=self.fair_value * share,
            fx=self.fx * share,
            via=via,
        )


@dataclass(frozen=True, slots=True)
class Underlying:
    """The holdings of a sub-fund and the share of it that the interest stands for (0 to 1)."""

    share: Fraction
    holdings: tuple[HoldingFigures, ...]


class GainTerms(Protocol):
    """How a gain over the capital is shared (``funds.rules.waterfall.Plan``)."""

    def government_gain(self, gain: Money, gov_paid_in: Money) -> Fraction: ...


@dataclass(frozen=True, slots=True)
class FundFigures:
    """Totals of one fund in fen, cumulated to the as-of date.

    paid_in: Σ calls (recalled distributions are called again, so they count twice as GIPS asks). fees: management
    fees and fund expenses. other_income: income of the fund itself, such as bank interest. gov_paid_in: the
    government's part of paid_in. others_first_loss: J, loss that the other investors bear first; gov_first_loss: the
    same of the government, at most one of the two. stated_share: the government's share by the fund's terms; it speaks
    while no call is booked, as in books taken over from a list of holdings. gains: how a gain is shared where the
    waterfall says otherwise than pro rata. grants: given away less returned, in a fund of grant money alone.
    """

    commitment: Money = 0
    paid_in: Money = 0
    fees: Money = 0
    distributions: Money = 0
    gov_paid_in: Money = 0
    others_first_loss: Money = 0
    other_income: Money = 0
    stated_share: Fraction = Fraction(0)
    gov_first_loss: Money = 0
    gains: GainTerms | None = None
    grants: Money = 0

    def cash(self, holdings: Iterable[HoldingFigures]) -> Money:
        """``paid_in − Σ cost − fees + Σ q + Σ income − distributions`` (domain 4.2), less what was given away.

        Restatements moved no cash.
        """
        moved = sum(h.proceeds + h.income - (h.cost - h.fx) for h in holdings)
        return self.paid_in - self.fees - self.distributions - self.grants + self.other_income + moved

    def nav(self, holdings: Iterable[HoldingFigures]) -> Money:
        """Net asset value: ``cash + Σ fv``."""
        held = tuple(holdings)
        return self.cash(held) + sum(h.fair_value for h in held)


def from_exits(
    *,
    id: HoldingId,  # noqa: A002 - the same name as the field it fills
    stage: str,
    cost: Money,
    exits: Iterable[tuple[Money, Money]] = (),
    fair_value: Money | None = None,
    impairment: Money = 0,
    income: Money = 0,
    mode: str | None = None,
    underlying: Underlying | None = None,
) -> HoldingFigures:
    """Figures of a holding given its exits as pairs (cost relieved, proceeds); without fair value it stands at cost."""
    pairs = tuple(exits)
    relieved = sum(c for c, _ in pairs)
    return HoldingFigures(
        id=id,
        stage=stage,
        cost=cost,
        relieved=relieved,
        proceeds=sum(q for _, q in pairs),
        realised_loss=sum(max(0, c - q) for c, q in pairs),
        realised_gain=sum(max(0, q - c) for c, q in pairs),
        income=income,
        impairment=impairment,
        fair_value=cost - relieved if fair_value is None else fair_value,
        mode=mode,
        underlying=underlying,
    )
