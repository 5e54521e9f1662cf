"""The books of some funds at one moment as arrays: sums by date, flows by day, the managers' carry.

Net flows are calls and distributions with the net asset value at the end; gross flows are what was paid for holdings
and what exits, recoveries and income brought. All of it comes from one read of the rows.
"""

from collections import defaultdict
from collections.abc import Sequence
from datetime import date, timedelta
from functools import cached_property

import numpy as np

from funds.choices.records import FundClass
from funds.models import Fund
from funds.queries.carry import Carry, CarryOn, carry_of, tiers_known
from funds.queries.columns import EPOCH, Columns, Ints, day_number, load_columns, moment_number
from funds.queries.curves import Curves, cumulate
from funds.queries.flows import Flows, by_day, holding_flows, investor_flows
from funds.queries.sums import Moment
from funds.rules.hurdle import Flow

MOST_QUARTERS = 80


class Accounts:
    """Sums and flows of some funds from their rows. ``dates`` ascend and end with the as-of day."""

    def __init__(self, columns: Columns, funds: Sequence[Fund], moment: Moment, dates: Sequence[date]) -> None:
        self.funds = tuple(sorted(funds, key=lambda fund: fund.pk))
        self.ids: Ints = np.array([fund.pk for fund in self.funds], np.int64)
        self.columns, self.moment, self.dates = columns, moment, tuple(dates)
        self.curves: Curves = cumulate(columns, self.dates, moment_number(moment.known_at), with_income=False)
        self.holdings: Flows = holding_flows(columns)

    @cached_property
    def carry(self) -> Carry:
        """The managers' shares of profit: read when first asked for, by three statements."""
        tiers = tiers_known(self.ids.tolist(), self.moment)
        all_of_them = investor_flows(self.columns)
        own = all_of_them.chosen(np.isin(all_of_them.owner, list(tiers)))
        columns = (part.tolist() for part in (own.owner, own.day, own.out, own.back))
        flows: dict[int, list[Flow]] = defaultdict(list)
        for pk, day, out, back in zip(*columns, strict=True):
            flows[pk].append(Flow(EPOCH + timedelta(days=day), out, back))
        return carry_of(self.funds, self.moment, tiers, flows)

    @cached_property
    def carried(self) -> dict[int, list[CarryOn]]:
        """The carry of each fund that shares its profit, at each date."""
        return {
            pk: self.carry.over(pk, self.dates, navs)
            for pk, navs in zip(self.ids.tolist(), self.nav.tolist(), strict=True)
            if self.carry.is_shared(pk)
        }

    @cached_property
    def investors(self) -> Flows:
        """Calls and distributions by fund and day, without what managers got of profit."""
        own = investor_flows(self.columns)
        paid = [(pk, day_number(day), fen) for pk, rows in self.carry.paid.items() for day, fen in rows]
        if not paid:
            return own
        fund, day, fen = (np.array(column, np.int64) for column in zip(*paid, strict=True))
        more = (fund, day, np.zeros_like(fen), -fen)
        return by_day(Flows(*(np.concatenate(pair) for pair in zip(
            (own.owner, own.day, own.out, own.back), more, strict=True))))  # fmt: skip

    @cached_property
    def accrued_carry(self) -> list[int]:
        """What of each fund's net asset value on the as-of day is its manager's."""
        return [self.carried[pk][-1].accrued if pk in self.carried else 0 for pk in self.ids.tolist()]

    @cached_property
    def to_investors(self) -> list[int]:
        """What each fund distributed up to the as-of day, without what its manager got of profit."""
        given = zip(self.ids.tolist(), self.of_fund("distributions")[:, -1].tolist(), strict=True)
        return [fen - (self.carried[pk][-1].paid if pk in self.carried else 0) for pk, fen in given]

    def of_fund(self, name: str) -> Ints:
        """A total of each fund at each date: funds × dates."""
        known = np.isin(self.ids, self.curves.funds)
        found = np.zeros((len(self.ids), len(self.dates)), np.int64)
        found[known] = self.curves.totals[name][np.searchsorted(self.curves.funds, self.ids[known])]
        return found

    @cached_property
    def _cell_fund(self) -> Ints:
        return np.searchsorted(self.ids, np.array([fund for fund, _stage, _mode in self.curves.cells], np.int64))

    def of_cells(self, name: str) -> Ints:
        """A sum of each fund's holdings at each date, whole fen: funds × dates."""
        sums = np.zeros((len(self.ids), len(self.dates)), np.int64)
        if self.curves.cells:
            np.add.at(sums, self._cell_fund, self.curves.sums[name])
        return sums

    @cached_property
    def fair_values(self) -> Ints:
        """Cells × dates: fair value = cost − relieved + above − below, rounded half up to whole fen."""
        curves = self.curves
        if not curves.cells:
            return np.zeros((0, len(self.dates)), np.int64)
        value = curves.sums["cost"] - curves.sums["relieved"] + curves.sums["above"] - curves.sums["below"]
        none = np.zeros(value.shape)
        rest = curves.rest.get("above", none) - curves.rest.get("below", none)
        return value + np.floor(rest + 0.5).astype(np.int64)

    @cached_property
    def fair_value(self) -> Ints:
        """Fair value of each fund's holdings: funds × dates."""
        sums = np.zeros((len(self.ids), len(self.dates)), np.int64)
        if self.curves.cells:
            np.add.at(sums, self._cell_fund, self.fair_values)
        return sums

    @cached_property
    def nav(self) -> Ints:
        """Cash and fair value (domain 4.2): funds × dates."""
        cells = {name: self.of_cells(name) for name in ("proceeds", "income", "cost", "fx")}
        own = {name: self.of_fund(name) for name in ("paid_in", "fees", "distributions", "other_income")}
        cash = own["paid_in"] - own["fees"] - own["distributions"] + own["other_income"]
        return cash + cells["proceeds"] + cells["income"] - cells["cost"] + cells["fx"] + self.fair_value

    @cached_property
    def gross(self) -> Flows:
        """The flows of holdings by fund and day."""
        own, columns = self.holdings, self.columns
        owner = columns.owner[np.searchsorted(columns.holdings, own.owner)]
        return by_day(Flows(owner, own.day, own.out, own.back))

    @cached_property
    def first_calls(self) -> list[date | None]:
        """The day of the first drawdown of each fund that stands (GIPS: its year is the vintage)."""
        rows = self.investors.chosen(self.investors.out > 0)
        # Rows are by fund and day: the first row of a fund is its first day.
        owner, first = np.unique(rows.owner, return_index=True)
        days = dict(zip(owner.tolist(), rows.day[first].tolist(), strict=True))
        return [EPOCH + timedelta(days=days[pk]) if pk in days else None for pk in self.ids.tolist()]


def load_accounts(moment: Moment, funds: Sequence[Fund] | None, *, curve: bool) -> Accounts:
    """The books of ``funds`` (None: all but grant ledgers) at the as-of day, and by quarter before it for a curve."""
    chosen = list(Fund.objects.exclude(fund_class=FundClass.GRANT)) if funds is None else list(funds)
    columns = load_columns(funds and chosen, moment.as_of, moment.known_at)
    dates = quarter_ends(first_day(columns), moment.as_of) if curve else [moment.as_of]
    return Accounts(_without_others(columns, chosen), chosen, moment, dates)


def quarter_ends(first: date | None, as_of: date) -> list[date]:
    """The quarter ends from ``first`` on, the last ``MOST_QUARTERS`` of them, and the as-of day."""
    ends = []
    day = as_of
    while first is not None and day >= first and len(ends) < MOST_QUARTERS:
        ends.append(day)
        start = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
        day = start - timedelta(days=1)
    return ends[::-1] or [as_of]


def first_day(columns: Columns) -> date | None:
    days = [int(rows["day"].min()) for rows in (columns.events, columns.fund_events) if len(rows)]
    return EPOCH + timedelta(days=min(days)) if days else None


def _without_others(columns: Columns, funds: Sequence[Fund]) -> Columns:
    """The rows of ``funds`` alone: grant ledgers are read with all others and drop out here."""
    ids = np.array(sorted(fund.pk for fund in funds), np.int64)
    keep = np.isin(columns.owner, ids)
    own = np.isin(columns.fund_events["fund"], ids)
    if keep.all() and own.all():
        return columns
    holdings = columns.holdings[keep]
    return Columns(
        events=columns.events[np.isin(columns.events["holding"], holdings)],
        fund_events=columns.fund_events[own],
        values=columns.values[np.isin(columns.values["holding"], holdings)],
        holdings=holdings,
        owner=columns.owner[keep],
        stages=tuple(stage for stage, kept in zip(columns.stages, keep.tolist(), strict=True) if kept),
        modes=tuple(mode for mode, kept in zip(columns.modes, keep.tolist(), strict=True) if kept),
        plain={pk: events for pk, events in columns.plain.items() if pk in set(holdings.tolist())},
    )
