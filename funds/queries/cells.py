"""Sums of a fund's holdings by stage and mode, added up by the database in one statement for any number of funds.

Integers are summed by the database. The few holdings whose fair value is a fraction of a fen, or has no closed form
(``funds.queries.sums``), come out one by one and are added exactly here, so that every figure equals the one that the
fund's own holdings give.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from funds.choices import Basis, Denominator, MoneyView, Netting, ScopeLevel
from funds.models import Fund
from funds.queries.holdings import SUMMED, closed_figures, fetch, fold_open, fund_figures, head_of
from funds.queries.questions import Occurring
from funds.queries.sums import Moment, with_sums
from funds.rules.figures import FundFigures, HoldingFigures, Money
from funds.rules.headroom import failure_delta
from funds.rules.loss import LossCount, LossRate, government_part, loss_count, part_of, rate_from_totals
from funds.rules.theta import Theta

_UNREALISED = {
    Basis.REALISED: ("0", "0"),
    Basis.REALISED_PLUS_IMPAIRMENT: ("LEAST(rem, impaired)", "0"),
    Basis.REALISED_PLUS_UNREALISED: ("GREATEST(0, -gap)", "GREATEST(0, gap)"),
}


def _within_name(basis: Basis, *, income: bool) -> str:
    return f"within_{basis.value.lower()}{'_income' if income else ''}"


def _within_columns() -> dict[str, str]:
    """Netting within a project is no sum of sums: each pair of basis and income has columns of its own."""
    columns = {}
    for basis, (loss, gain) in _UNREALISED.items():
        for income in (False, True):
            gains = f"gained - {'income' if income else '0'}"
            now, failed = f"GREATEST(0, lost + {loss} - {gains} - {gain})", f"GREATEST(0, lost + rem - {gains})"
            name = _within_name(basis, income=income)
            columns |= {name: f"SUM({now})::bigint", f"{name}_delta": f"MAX({failed} - {now})"}
    return columns


_COLUMNS = {
    **{
        name: f"SUM({name})::bigint"
        for name in ("cost", "relieved", "rem", "proceeds", "lost", "gained", "income", "impaired")
    },
    "impairment": "SUM(LEAST(rem, impaired))::bigint",
    "below": "SUM(GREATEST(0, -gap))::bigint",
    "above": "SUM(GREATEST(0, gap))::bigint",
    "largest_rem": "MAX(rem)",
    "largest_unimpaired": "MAX(rem - LEAST(rem, impaired))",
    "largest_loss": "MAX(LEAST(rem, rem + gap))",
    "largest_value": "MAX(rem + gap)",
    **_within_columns(),
    "holdings": "COUNT(*) FILTER (WHERE cost > 0)",
    "total_losses": "COUNT(*) FILTER (WHERE cost > 0 AND lost = cost)",
    "is_open": "BOOL_OR(is_open)",
    "is_scaled": "BOOL_OR(is_scaled)",
    **{name: f"MIN({name})" for name in ("gap", "rem_v", "valid_at", "value")},
}

_CELLS = f"""
, cells AS (
    SELECT fund_id, stage, mode, CASE WHEN is_open OR is_scaled THEN investment_id END AS investment_id,
        {", ".join(f"{value} AS {name}" for name, value in _COLUMNS.items())}
    FROM sums
    GROUP BY 1, 2, 3, 4
)
SELECT c.fund_id, c.seq, c.hash, c.paid_in, c.distributions, c.fees, c.other_income,
    cells.stage, cells.mode, cells.investment_id, {", ".join(f"cells.{name}" for name in _COLUMNS)}
FROM chosen c LEFT JOIN cells ON cells.fund_id = c.fund_id
"""  # noqa: S608 - built from our own enumerations


@dataclass(frozen=True, slots=True)
class SumsOf:
    """Figures of one fund from sums over its holdings: ``cells`` by stage and mode, ``single`` one by one. Fen."""

    fund: FundFigures
    cells: tuple[dict[str, Any], ...]
    single: tuple[HoldingFigures, ...]
    head: str = ""

    def rate(self, theta: Theta) -> LossRate:
        """As ``funds.rules.loss.loss_rate``, without the parts. PROJECT and looking through need the holdings."""
        chosen, single = self._in_scope(theta)
        category_cost: Money = 0
        if theta.denominator == Denominator.CATEGORY_INVESTED_COST:
            stages = {cell["stage"] for cell in chosen} | {h.stage for h in single}
            mode = theta.scope.mode
            category_cost = sum(o.cost for o in self.occurring() if o.stage in stages and mode in {None, o.mode})
        return rate_from_totals(
            contributions=sum(contribution(cell, theta) for cell in chosen)
            + sum(part_of(h, theta).contribution for h in single),
            invested_cost=sum(cell["cost"] for cell in chosen) + sum(h.cost for h in single),
            exited_cost=sum(cell["relieved"] for cell in chosen) + sum(h.relieved for h in single),
            category_cost=category_cost,
            fund=self.fund,
            theta=theta,
        )

    def largest_delta(self, theta: Theta) -> Money | None:
        """As ``funds.rules.headroom.largest_failure``."""
        chosen, single = self._in_scope(theta)
        column = _largest_column(theta)
        deltas = [cell[column] for cell in chosen] + [failure_delta(h, theta) for h in single]
        largest = max(deltas, default=0)
        if largest <= 0:
            return None
        if theta.money_view != MoneyView.GOVERNMENT_SHARE:
            return Fraction(largest)
        now = self.rate(theta).fund_numerator
        return government_part(now + largest, self.fund) - government_part(now, self.fund)

    def _in_scope(self, theta: Theta) -> tuple[list[dict[str, Any]], list[HoldingFigures]]:
        cells, single, scope = list(self.cells), list(self.single), theta.scope
        if scope.mode is not None:
            cells = [cell for cell in cells if cell["mode"] == scope.mode]
            single = [h for h in single if h.mode == scope.mode]
        if scope.level == ScopeLevel.STAGE_IN_FUND:
            cells = [cell for cell in cells if cell["stage"] in scope.stages]
            single = [h for h in single if h.stage in scope.stages]
        return cells, single

    def cost_by_stage(self) -> dict[str, Money]:
        costs: dict[str, Money] = defaultdict(int)
        for part in self.occurring():
            costs[part.stage] += part.cost
        return costs

    def occurring(self) -> list[Occurring]:
        """What the fund holds, by stage and mode."""
        return [Occurring(cell["stage"], cell["mode"], cell["cost"], cell["rem"]) for cell in self.cells] + [
            Occurring(h.stage, h.mode, h.cost, h.remaining) for h in self.single
        ]

    def sums(self) -> dict[str, Money]:
        """The same totals as ``funds.queries.holdings.Books.sums``."""
        columns = ("cost", "relieved", "proceeds", "lost", "gained", "income", "impairment", "rem")
        totals: dict[str, Money] = {
            name: sum(cell[column] for cell in self.cells) + sum(getattr(h, name) for h in self.single)
            for name, column in zip(SUMMED, columns, strict=True)
        }
        # The fair value of a cell is its remaining cost, added above, and the gap.
        totals["fair_value"] += sum(cell["above"] - cell["below"] for cell in self.cells)
        return totals

    def loss_count(self) -> LossCount:
        """How many holdings lost their whole cost."""
        single = loss_count(self.single)
        return LossCount(
            sum(cell["total_losses"] for cell in self.cells) + single.total_losses,
            sum(cell["holdings"] for cell in self.cells) + single.holdings,
        )


def sums_of(funds: Sequence[Fund], moment: Moment, *, all_funds: bool = False) -> dict[int, SumsOf]:
    """Sums over the holdings of each fund, by fund id, in at most two statements.

    ``all_funds``: ``funds`` are all there are.
    """
    parameters = moment.parameters() | ({} if all_funds else {"funds": [fund.pk for fund in funds]})
    rows = fetch(with_sums(all_funds=all_funds) + _CELLS, parameters)
    folded = fold_open([row for row in rows if row["is_open"]], moment)
    cells: dict[int, list[dict[str, Any]]] = defaultdict(list)
    single: dict[int, list[HoldingFigures]] = defaultdict(list)
    totals = {row["fund_id"]: row for row in rows}
    for row in rows:
        if row["investment_id"] is not None:
            single[row["fund_id"]].append(folded.get(row["investment_id"]) or closed_figures(row))
        elif row["cost"] is not None:
            cells[row["fund_id"]].append(row)
    return {
        fund.pk: SumsOf(
            fund_figures(fund, totals[fund.pk]), tuple(cells[fund.pk]), tuple(single[fund.pk]), head_of(totals[fund.pk])
        )
        for fund in funds
    }


def contribution(cell: Mapping[str, Any], theta: Theta) -> Money:
    """Σ of ``funds.rules.loss.part_of`` over the holdings of a cell."""
    if theta.basis == Basis.NAV_SHORTFALL:
        return (
            cell["cost"]
            - cell.get("fx", 0)
            - cell["proceeds"]
            - cell["income"]
            - cell["rem"]
            - cell["above"]
            + cell["below"]
        )
    if theta.netting == Netting.WITHIN_PROJECT:
        return cell[_within_name(theta.basis, income=theta.income)]
    loss = cell["lost"]
    if theta.basis == Basis.REALISED_PLUS_IMPAIRMENT:
        loss += cell["impairment"]
    if theta.basis == Basis.REALISED_PLUS_UNREALISED:
        loss += cell["below"]
        if theta.netting == Netting.ALL_GAINS:
            loss -= cell["above"]
    if theta.netting == Netting.NONE:
        return loss
    return loss - cell["gained"] - (cell["income"] if theta.income else 0)


def _largest_column(theta: Theta) -> str:
    """The column of the largest ``funds.rules.headroom.failure_delta`` of a cell."""
    if theta.basis == Basis.NAV_SHORTFALL:
        return "largest_value"
    if theta.netting == Netting.WITHIN_PROJECT:
        return _within_name(theta.basis, income=theta.income) + "_delta"
    by_basis = {
        Basis.REALISED: "largest_rem",
        Basis.REALISED_PLUS_IMPAIRMENT: "largest_unimpaired",
        Basis.REALISED_PLUS_UNREALISED: "largest_value" if theta.netting == Netting.ALL_GAINS else "largest_loss",
    }
    return by_basis[theta.basis]
