"""Sums of a fund's holdings by stage and mode, added up by the database in one statement for any number of funds.

Integers are summed by the database. The few holdings whose fair value is a fraction of a fen, or has no closed form
(``funds.queries.sums``), come out one by one and are added exactly here, so that every figure equals the one that the
fund's own holdings give.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from typing import Any

from funds.choices.tolerance import Basis, Denominator, MoneyView, Netting, ScopeLevel
from funds.models import Fund
from funds.queries.holdings import SUMMED, fetch, fund_figures, head_of
from funds.queries.money_terms import TERMS_COLUMNS, TERMS_JOINS, TERMS_SQL
from funds.queries.open_values import HoldingValue, closed_value, open_values
from funds.queries.questions import Occurring
from funds.queries.sums import Moment, with_sums
from funds.rules.figures import FundFigures, Money
from funds.rules.loss import LossCount, LossRate, government_part, rate_from_totals
from funds.rules.theta import Theta

_UNREALISED = {
    Basis.REALISED: ("0", "0"),
    Basis.REALISED_PLUS_IMPAIRMENT: ("LEAST(rem, impaired)", "0"),
    Basis.REALISED_PLUS_UNREALISED: ("GREATEST(0, -gap)", "GREATEST(0, gap)"),
}


def _within_name(basis: Basis, *, income: bool) -> str:
    return f"within_{basis.value.lower()}{'_income' if income else ''}"


Pair = tuple[Basis, bool]
"""A basis, and whether income counts as a gain."""

ALL_PAIRS: tuple[Pair, ...] = tuple((basis, income) for basis in _UNREALISED for income in (False, True))
STANDARD_PAIRS: tuple[Pair, ...] = ((Basis.REALISED_PLUS_UNREALISED, False),)
"""What ``funds.rules.theta.standard_readings`` sets off within projects."""


def _within_columns(pairs: Sequence[Pair]) -> dict[str, str]:
    """Netting within a project is no sum of sums: each pair of basis and income has columns of its own."""
    columns = {}
    for basis, income in pairs:
        loss, gain = _UNREALISED[basis]
        gains = f"gained - {'income' if income else '0'}"
        now, failed = f"GREATEST(0, lost + {loss} - {gains} - {gain})", f"GREATEST(0, lost + rem - {gains})"
        name = _within_name(basis, income=income)
        columns |= {name: f"SUM({now})::bigint", f"{name}_delta": f"MAX({failed} - {now})"}
    return columns


_SUMMED = ("cost", "relieved", "proceeds", "lost", "income")
_DERIVED = {"rem": "cells.cost - cells.relieved", "gained": "cells.proceeds - cells.relieved + cells.lost"}
_PLAIN = (*_SUMMED, *_DERIVED)
_COLUMNS = {
    **{name: f"SUM({name})::bigint" for name in _SUMMED},
    "impairment": "SUM(LEAST(rem, impaired))::bigint",
    "below": "SUM(GREATEST(0, -gap))::bigint",
    "above": "SUM(GREATEST(0, gap))::bigint",
    "largest_rem": "MAX(rem)",
    "largest_unimpaired": "MAX(rem - LEAST(rem, impaired))",
    "largest_loss": "MAX(LEAST(rem, rem + gap))",
    "largest_value": "MAX(rem + gap)",
    "holdings": "COUNT(*) FILTER (WHERE cost > 0)",
    "total_losses": "COUNT(*) FILTER (WHERE cost > 0 AND lost = cost)",
    "is_open": "BOOL_OR(is_open)",
    "is_scaled": "BOOL_OR(is_scaled)",
    **{name: f"MIN({name})" for name in ("gap", "rem_v", "valid_at", "value", "impaired")},
}


def _statement(pairs: Sequence[Pair]) -> str:
    columns = _COLUMNS | _within_columns(pairs)
    return f"""
{TERMS_SQL}
, cells AS (
    SELECT fund_id, stage, mode, CASE WHEN is_open OR is_scaled THEN investment_id END AS investment_id,
        {", ".join(f"{value} AS {name}" for name, value in columns.items())}
    FROM sums
    GROUP BY 1, 2, 3, 4
)
SELECT c.fund_id, c.seq, c.hash, c.paid_in, c.distributions, c.fees, c.other_income, c.grants,
    {TERMS_COLUMNS},
    cells.stage, cells.mode, cells.investment_id, {", ".join(f"cells.{name}" for name in columns)},
    {", ".join(f"{value} AS {name}" for name, value in _DERIVED.items())}
FROM chosen c LEFT JOIN cells ON cells.fund_id = c.fund_id {TERMS_JOINS}
"""  # noqa: S608 - built from our own enumerations


@dataclass(frozen=True, slots=True)
class SumsOf:
    """Figures of one fund from sums over its holdings, in ``cells`` of a stage and mode (maybe several of one). Fen."""

    fund: FundFigures
    cells: tuple[dict[str, Any], ...]
    head: str = ""
    _rates: dict[Theta, LossRate] = field(default_factory=dict, repr=False, compare=False)

    def rate(self, theta: Theta) -> LossRate:
        """As ``funds.rules.loss.loss_rate``, without the parts. PROJECT and looking through need the holdings."""
        if theta not in self._rates:
            self._rates[theta] = self._rate(theta)
        return self._rates[theta]

    def _rate(self, theta: Theta) -> LossRate:
        chosen = self._in_scope(theta)
        category_cost: Money = 0
        if theta.denominator == Denominator.CATEGORY_INVESTED_COST:
            stages = {cell["stage"] for cell in chosen}
            mode = theta.scope.mode
            category_cost = sum(o.cost for o in self.occurring() if o.stage in stages and mode in {None, o.mode})
        return rate_from_totals(
            contributions=contribution(chosen, theta),
            invested_cost=sum(cell["cost"] for cell in chosen),
            exited_cost=sum(cell["relieved"] for cell in chosen),
            category_cost=category_cost,
            fund=self.fund,
            theta=theta,
        )

    def largest_delta(self, theta: Theta) -> Money | None:
        """As ``funds.rules.headroom.largest_failure``."""
        column = _largest_column(theta)
        largest: Money = max((cell[column] for cell in self._in_scope(theta)), default=0)
        if largest <= 0:
            return None
        if theta.money_view != MoneyView.GOVERNMENT_SHARE:
            return Fraction(largest)
        now = self.rate(theta).fund_numerator
        return government_part(now + largest, self.fund) - government_part(now, self.fund)

    def _in_scope(self, theta: Theta) -> list[dict[str, Any]]:
        cells, scope = list(self.cells), theta.scope
        if scope.mode is not None:
            cells = [cell for cell in cells if cell["mode"] == scope.mode]
        if scope.level == ScopeLevel.STAGE_IN_FUND:
            cells = [cell for cell in cells if cell["stage"] in scope.stages]
        return cells

    def cost_by_stage(self) -> dict[str, Money]:
        costs: dict[str, Money] = defaultdict(int)
        for part in self.occurring():
            costs[part.stage] += part.cost
        return costs

    def occurring(self) -> list[Occurring]:
        """What the fund holds, by stage and mode."""
        return [Occurring(cell["stage"], cell["mode"], cell["cost"], cell["rem"]) for cell in self.cells]

    def sums(self) -> dict[str, Money]:
        """The same totals as ``funds.queries.holdings.Books.sums``."""
        columns = ("cost", "relieved", "proceeds", "lost", "gained", "income", "impairment", "rem")
        totals: dict[str, Money] = {
            name: sum(cell[column] for cell in self.cells) for name, column in zip(SUMMED, columns, strict=True)
        }
        # The fair value of a cell is its remaining cost, added above, and the gap.
        totals["fair_value"] += sum(cell["above"] - cell["below"] for cell in self.cells)
        return totals

    def loss_count(self) -> LossCount:
        """How many holdings lost their whole cost."""
        return LossCount(sum(cell["total_losses"] for cell in self.cells), sum(cell["holdings"] for cell in self.cells))


def sums_of(
    funds: Sequence[Fund], moment: Moment, *, all_funds: bool = False, pairs: Sequence[Pair] = ALL_PAIRS
) -> dict[int, SumsOf]:
    """Sums over the holdings of each fund, by fund id, in at most three statements.

    ``all_funds``: ``funds`` are all there are. ``pairs``: the bases and treatments of income for which gains are set
    off within each project; the fewer, the quicker.
    """
    return sums_at(funds, [moment], all_funds=all_funds, pairs=pairs)[0]


def sums_at(
    funds: Sequence[Fund], moments: Sequence[Moment], *, all_funds: bool = False, pairs: Sequence[Pair] = ALL_PAIRS
) -> list[dict[int, SumsOf]]:
    """As ``sums_of`` for several dates as known at one moment: one statement for each date, two for all together."""
    only = {} if all_funds else {"funds": [fund.pk for fund in funds]}
    statement = with_sums(all_funds=all_funds) + _statement(pairs)
    rows = [fetch(statement, moment.parameters() | only) for moment in moments]
    opened = [[row for row in own if row["is_open"]] for own in rows]
    values = open_values(list(zip(moments, opened, strict=True)))
    return [_by_fund(funds, own, known, pairs) for own, known in zip(rows, values, strict=True)]


def _by_fund(
    funds: Sequence[Fund], rows: list[dict[str, Any]], values: Mapping[int, HoldingValue], pairs: Sequence[Pair]
) -> dict[int, SumsOf]:
    cells: dict[int, list[dict[str, Any]]] = defaultdict(list)
    single: dict[tuple[int, str, str], _Single] = {}
    totals = {row["fund_id"]: row for row in rows}
    for row in rows:
        if (holding := row["investment_id"]) is not None:
            value = values.get(holding) or closed_value(row)
            key = (row["fund_id"], row["stage"], row["mode"])
            if key not in single:
                single[key] = _Single(row["stage"], row["mode"], pairs)
            single[key].add(row, value)
        elif row["cost"] is not None:
            cells[row["fund_id"]].append(row)
    for (fund_id, _stage, _mode), each in single.items():
        cells[fund_id].append(each.cell())
    return {
        fund.pk: SumsOf(fund_figures(fund, totals[fund.pk]), tuple(cells[fund.pk]), head_of(totals[fund.pk]))
        for fund in funds
    }


class _Single:
    """Adds holdings with scaled values, one by one, to a cell of the same columns as the database's cells.

    Whole fen are added as integers, what lies beyond as one fraction per column whose terms are reduced at the end:
    sums of integers are many times quicker than sums of fractions.
    """

    def __init__(self, stage: str, mode: str, pairs: Sequence[Pair]) -> None:
        self.pairs = [(_within_name(basis, income=income), basis, income) for basis, income in pairs]
        self.labels = {"stage": stage, "mode": mode}
        self.whole: dict[str, int] = dict.fromkeys((*_PLAIN, "fx", "impairment", "below", "above"), 0)
        self.whole |= dict.fromkeys((name for name, _basis, _income in self.pairs), 0)
        self.rest: dict[str, tuple[int, int]] = {}
        self.largest: dict[str, Money] = dict.fromkeys(
            ("largest_rem", "largest_unimpaired", "largest_loss", "largest_value"), 0
        )
        self.largest |= {f"{name}_delta": 0 for name, _basis, _income in self.pairs}
        self.holdings = self.total_losses = 0

    def add(self, row: dict[str, Any], value: HoldingValue) -> None:
        """Add one holding from its row of ``sums`` and its exact gap and impairment."""
        whole, rem, largest = self.whole, row["rem"], self.largest
        for name in _PLAIN:
            whole[name] += row[name]
        self.holdings += row["cost"] > 0
        self.total_losses += row["cost"] > 0 and row["lost"] == row["cost"]
        gap, impairment = value.gap, value.impairment
        if value.fx:
            self._count("fx", value.fx)
        if impairment:
            self._count("impairment", impairment)
        self._count("below" if gap < 0 else "above", abs(gap))
        for name, basis, income in self.pairs:
            net: Money = row["lost"] - row["gained"] - (row["income"] if income else 0)
            failed = max(0, net + rem)
            if basis == Basis.REALISED_PLUS_IMPAIRMENT:
                net += impairment
            elif basis == Basis.REALISED_PLUS_UNREALISED:
                net -= gap
            if net > 0:
                self._count(name, net)
                failed -= net
            largest[f"{name}_delta"] = max(largest[f"{name}_delta"], failed)
        largest["largest_rem"] = max(largest["largest_rem"], rem)
        largest["largest_unimpaired"] = max(largest["largest_unimpaired"], rem - impairment)
        worth = rem + gap
        largest["largest_value"] = max(largest["largest_value"], worth)
        largest["largest_loss"] = max(largest["largest_loss"], worth if gap < 0 else rem)

    def _count(self, name: str, amount: Money) -> None:
        if isinstance(amount, int):
            self.whole[name] += amount
            return
        number, below = self.rest.get(name, (0, 1))
        self.rest[name] = (number * amount.denominator + amount.numerator * below, below * amount.denominator)

    def cell(self) -> dict[str, Any]:
        """The sums so far."""
        sums: dict[str, Money] = dict(self.whole)
        for name, (number, below) in self.rest.items():
            sums[name] += Fraction(number, below)
        return self.labels | sums | self.largest | {"holdings": self.holdings, "total_losses": self.total_losses}


@cache
def _parts_of_loss(basis: Basis, netting: Netting, income: bool) -> tuple[tuple[str, int], ...]:
    """The columns of a cell, with their signs, that add up to Σ of ``funds.rules.loss.part_of`` over its holdings."""
    if basis == Basis.NAV_SHORTFALL:
        out = (("cost", 1), ("below", 1))
        return (*out, *((name, -1) for name in ("fx", "proceeds", "income", "rem", "above")))
    if netting == Netting.WITHIN_PROJECT:
        return ((_within_name(basis, income=income), 1),)
    parts = [("lost", 1)]
    if basis == Basis.REALISED_PLUS_IMPAIRMENT:
        parts.append(("impairment", 1))
    if basis == Basis.REALISED_PLUS_UNREALISED:
        parts.append(("below", 1))
        if netting == Netting.ALL_GAINS:
            parts.append(("above", -1))
    if netting != Netting.NONE:
        parts.append(("gained", -1))
        if income:
            parts.append(("income", -1))
    return tuple(parts)


def contribution(cells: Iterable[Mapping[str, Any]], theta: Theta) -> Money:
    """Σ of ``funds.rules.loss.part_of`` over the holdings of some cells. Restatements occur in single cells only."""
    parts = _parts_of_loss(theta.basis, theta.netting, theta.income)
    total: Money = sum(sign * cell.get(name, 0) for cell in cells for name, sign in parts)
    return total


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
