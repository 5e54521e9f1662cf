"""The holdings of a tolerance view as rows with their names: what tables, exports and reports list."""

from dataclasses import dataclass
from functools import cached_property

from django.db.models import Q

from funds.models import Fund, Investment
from funds.queries.tolerance import ToleranceView
from funds.rules.figures import HoldingFigures, Money
from funds.rules.loss import LossRate


@dataclass(frozen=True, slots=True)
class HoldingRow:
    """One holding with its figures at the moment of the view. Money in fen, exact.

    ``contribution`` is what it adds to the loss of the whole fund under the chosen answer's definition, before the
    government's share is taken.
    """

    investment: Investment
    fund: Fund
    figures: HoldingFigures
    contribution: Money
    unrealised_loss: Money
    unrealised_gain: Money


@dataclass(frozen=True)
class Portfolio:
    """A view with the names of its holdings, ordered by fund and code."""

    view: ToleranceView
    names: dict[int, Investment]

    def rows(self, rate: LossRate) -> list[HoldingRow]:
        """One row per holding with cost or a part in ``rate``."""
        # A looked-through interest adds what its projects add.
        parts: dict[int | str, Money] = {}
        for part in rate.parts:
            holding_id = part.id if part.via is None else part.via
            parts[holding_id] = parts.get(holding_id, 0) + part.contribution
        rows = []
        for holding in self.view.holdings:
            investment = self.names[int(holding.id)]
            rows.append(
                HoldingRow(
                    investment,
                    self.funds[investment.fund_id],
                    holding,
                    parts.get(holding.id, 0),
                    max(0, holding.remaining - holding.fair_value),
                    max(0, holding.fair_value - holding.remaining),
                )
            )
        return sorted(rows, key=lambda row: (row.fund.code, row.investment.code))

    @cached_property
    def funds(self) -> dict[int, Fund]:
        return {fund.pk: fund for fund in self.view.funds}


def portfolio_of(view: ToleranceView) -> Portfolio:
    """Load the names behind a view: one statement."""
    chosen = Q(fund__in=[fund.pk for fund in view.funds])
    if view.target.investment is not None:
        chosen = Q(pk=view.target.investment.pk)
    found = (
        Investment.objects.filter(chosen)
        .select_related("company")
        .only("code", "fund_id", "stage", "mode", "decided_on", "company__name_zh", "company__name_en")
    )
    return Portfolio(view, {investment.pk: investment for investment in found})
