"""The performance of funds: what investors paid, got and hold (net), and what the investments brought (gross).

Net flows are calls and distributions with the net asset value at the end; gross flows are what was paid for holdings
and what exits, recoveries and income brought, with their fair value at the end. Both are read from the ledger under the
two times of a question. A cut over several funds pools their flows; a fund whose mother fund is in the same cut is left
out of the pool, since its money came from there. Grant money has no return and is left out everywhere.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum
from functools import cached_property

import numpy as np

from funds.choices.records import FundClass
from funds.models import Fund, IndexSeries
from funds.queries.columns import EPOCH, Columns, Ints, day_number, load_columns, moment_number
from funds.queries.curves import Curves, cumulate
from funds.queries.flows import Flows, by_day, holding_flows, investor_flows, pooled
from funds.queries.market import Levels, load_levels
from funds.queries.pools import Pool, groups_on, pooled_by, top_funds
from funds.queries.returns import PoolPme, market_equivalents, rates
from funds.queries.sums import Moment
from funds.queries.waterfall import Carry, carry_at
from funds.rules.multiples import Multiples, multiples
from funds.rules.returns.xirr import Irr

MOST_QUARTERS = 80


class Cut(StrEnum):
    """What a line of performance is about."""

    TOTAL = "TOTAL"
    FUND = "FUND"
    GROUP = "GROUP"
    VINTAGE = "VINTAGE"
    CLASS = "CLASS"
    STAGE = "STAGE"
    INDUSTRY = "INDUSTRY"
    HOLDING = "HOLDING"


POOLED = (Cut.FUND, Cut.TOTAL, Cut.VINTAGE, Cut.CLASS, Cut.GROUP)
"""The cuts that pool whole funds."""


@dataclass(frozen=True)
class Line:
    """One fund or cut. Money in whole fen.

    ``key``: id of the fund or group, year, class or stage. ``funds``: whose money it is, ``left_out``: funds of the cut
    whose mother fund is in it. committed, paid_in, distributions, nav and ``net`` speak of investors and are None for a
    stage, which no investor pays into; invested, proceeds (income included), fair_value and ``gross`` of investments.
    ``pme`` is None where no index was asked for. ``nav`` is after ``accrued_carry``, what of the net asset value is the
    managers' share of profit by the waterfall; what they were paid of it is no distribution to investors either.
    """

    cut: Cut
    key: int | str
    name: str
    funds: tuple[Fund, ...]
    invested: int
    proceeds: int
    fair_value: int
    gross: Irr
    committed: int | None = None
    paid_in: int | None = None
    distributions: int | None = None
    nav: int | None = None
    accrued_carry: int = 0
    net: Irr | None = None
    first_call: date | None = None
    pme: PoolPme | None = None
    left_out: int = 0

    @property
    def multiples(self) -> Multiples | None:
        """PIC, DPI, RVPI, TVPI of investors; None for a stage."""
        if self.paid_in is None or self.nav is None or self.distributions is None or self.committed is None:
            return None
        return multiples(
            commitment=self.committed, calls=self.paid_in, recalled_distributions=0,
            distributions=self.distributions, nav=self.nav,
        )  # fmt: skip

    @property
    def gross_multiples(self) -> Multiples:
        """The same ratios of the investments: proceeds and fair value over what was invested."""
        return multiples(
            commitment=0, calls=self.invested, recalled_distributions=0, distributions=self.proceeds,
            nav=self.fair_value,
        )  # fmt: skip


@dataclass(frozen=True)
class Quarter:
    """One day of the J-curve: cumulated calls and distributions and the net asset value, in whole fen.

    ``nav`` and ``distributions`` are after fees and before carry; ``carry_paid`` is the part of the distributions that
    the manager got of profit, ``accrued_carry`` what of ``nav`` is its share of profit. ``invested``, ``proceeds``
    (with income) and ``fair_value`` are those of the investments alone, before fees and carry.
    """

    day: date
    paid_in: int
    distributions: int
    nav: int
    invested: int = 0
    proceeds: int = 0
    fair_value: int = 0
    carry_paid: int = 0
    accrued_carry: int = 0

    @property
    def to_investors(self) -> int:
        """Distributions without carry."""
        return self.distributions - self.carry_paid

    @property
    def net_cash(self) -> int:
        """What investors have back, less what they paid in."""
        return self.to_investors - self.paid_in

    @property
    def net_nav(self) -> int:
        """The net asset value after carry."""
        return self.nav - self.accrued_carry

    @property
    def gross_cash(self) -> int:
        """What the investments brought, less what was paid for them."""
        return self.proceeds - self.invested


@dataclass(frozen=True)
class Performance:
    """Funds and their cuts at one moment, from one load of their books."""

    moment: Moment
    funds: tuple[Fund, ...]
    lines: tuple[Line, ...]
    quarters: tuple[Quarter, ...]
    index: IndexSeries | None = None

    def of(self, cut: Cut) -> tuple[Line, ...]:
        return tuple(line for line in self.lines if line.cut == cut)

    @cached_property
    def total(self) -> Line:
        return next(line for line in self.lines if line.cut == Cut.TOTAL)


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
        """The managers' shares of profit: read when first asked for."""
        return carry_at(self.funds, self.moment)

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
        navs = self.nav[:, -1].tolist()
        return [self.carry.accrued(pk, nav) for pk, nav in zip(self.ids.tolist(), navs, strict=True)]

    @cached_property
    def to_investors(self) -> list[int]:
        """What each fund distributed up to the as-of day, without what its manager got of profit."""
        all_of_it = self.of_fund("distributions")[:, -1].tolist()
        carried = [sum(fen for _day, fen in self.carry.paid.get(pk, ())) for pk in self.ids.tolist()]
        return [given - carry for given, carry in zip(all_of_it, carried, strict=True)]

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


def performance(
    moment: Moment, *, funds: Sequence[Fund] | None = None, index: IndexSeries | None = None, curve: bool = True
) -> Performance:
    """Every fund and every cut over them at a moment; ``funds`` None: all but grant ledgers, by code.

    At most nine statements, whatever the number of funds, holdings and events; four more where a manager shares in
    profit. ``index`` adds market equivalents, ``curve`` the J-curve of the total by quarter.
    """
    accounts = load_accounts(moment, funds, curve=curve)
    levels = load_levels(index, moment) if index else None
    lines = [line for cut in POOLED for line in fund_lines(accounts, cut, pools_of(accounts, cut), levels)]
    by_code = tuple(sorted(accounts.funds, key=lambda fund: fund.code))
    return Performance(moment, by_code, (*lines, *stage_lines(accounts)), tuple(quarters_of(accounts)), index)


def load_accounts(moment: Moment, funds: Sequence[Fund] | None, *, curve: bool) -> Accounts:
    """The books of ``funds`` (None: all but grant ledgers) at the as-of day, and by quarter before it for a curve."""
    chosen = list(Fund.objects.exclude(fund_class=FundClass.GRANT)) if funds is None else list(funds)
    columns = load_columns(funds and chosen, moment.as_of, moment.known_at)
    dates = quarter_ends(first_day(columns), moment.as_of) if curve else [moment.as_of]
    return Accounts(_without_others(columns, chosen), chosen, moment, dates)


def pools_of(accounts: Accounts, cut: Cut) -> list[Pool]:
    """The pools of funds that a cut makes, each with its key and name, in order."""
    funds = sorted(accounts.funds, key=lambda fund: fund.code)
    match cut:
        case Cut.FUND:
            return [(fund.pk, fund.name, [fund]) for fund in funds]
        case Cut.TOTAL:
            return [(0, "", funds)]
        case Cut.VINTAGE:
            years = {fund.pk: day and day.year for fund, day in zip(accounts.funds, accounts.first_calls, strict=True)}
            return pooled_by(funds, lambda fund: years[fund.pk])
        case Cut.CLASS:
            return pooled_by(funds, lambda fund: fund.fund_class)
        case Cut.GROUP:
            pools = [
                (group.pk, group.name, [fund for fund in funds if fund.pk in ids])
                for group, ids in groups_on(accounts.moment.as_of).items()
            ]
            return [pool for pool in pools if pool[2]]
    raise ValueError(f"{cut} is no cut of funds")


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


def fund_lines(accounts: Accounts, cut: Cut, pools: Sequence[Pool], levels: Levels | None) -> list[Line]:
    """One line a pool: sums of its funds and the rates of its flows."""
    place = {fund.pk: number for number, fund in enumerate(accounts.funds)}
    counted = [top_funds(funds) for _key, _name, funds in pools]
    members = [[place[fund.pk] for fund in funds] for funds in counted]
    sums = {
        "committed": _pool([fund.committed_fen for fund in accounts.funds], members),
        "paid_in": _pool(accounts.of_fund("paid_in")[:, -1].tolist(), members),
        "distributions": _pool(accounts.to_investors, members),
        "accrued_carry": _pool(accounts.accrued_carry, members),
    }
    gross_nav = _pool(accounts.nav[:, -1].tolist(), members)
    sums["nav"] = [value - carry for value, carry in zip(gross_nav, sums["accrued_carry"], strict=True)]
    fair_value = _pool(accounts.fair_value[:, -1].tolist(), members)
    count, as_of = len(pools), day_number(accounts.moment.as_of)
    net_flows = pooled(accounts.investors, accounts.ids, members)
    gross_flows = pooled(accounts.gross, accounts.ids, members)
    net = rates(net_flows, np.array(sums["nav"], np.int64), count, as_of)
    gross = rates(gross_flows, np.array(fair_value, np.int64), count, as_of)
    invested, proceeds = (_per_pool(gross_flows, side, count) for side in (gross_flows.out, gross_flows.back))
    beside: list[PoolPme | None] = [None] * count
    if levels is not None:
        beside = [*market_equivalents(net_flows, np.array(sums["nav"], np.int64), count, as_of, levels)]
    first_calls = accounts.first_calls
    return [
        Line(
            cut, key, name, tuple(counted[n]), invested[n], proceeds[n], fair_value[n], gross[n],
            **{column: values[n] for column, values in sums.items()}, net=net[n], pme=beside[n],
            first_call=min((day for at in members[n] if (day := first_calls[at])), default=None),
            left_out=len(funds) - len(counted[n]),
        )
        for n, (key, name, funds) in enumerate(pools)
    ]  # fmt: skip


def stage_lines(accounts: Accounts) -> list[Line]:
    """The investments by stage at entry: gross alone, since investors pay into funds and not into stages."""
    value: dict[int | str, int] = defaultdict(int)
    for (_fund, stage, _mode), fair_value in zip(accounts.curves.cells, accounts.fair_values.tolist(), strict=True):
        value[stage] += fair_value[-1]
    return gross_lines(accounts, Cut.STAGE, accounts.columns.stages, value)


def gross_lines(accounts: Accounts, cut: Cut, keys: Sequence[int | str], value: Mapping[int | str, int]) -> list[Line]:
    """One line for each key of ``keys``, which stand beside the holdings of the columns; ``value`` by key in fen."""
    members: dict[int | str, list[int]] = defaultdict(list)
    for at, key in enumerate(keys):
        members[key].append(at)
    ordered = sorted(members)
    count = len(ordered)
    flows = pooled(accounts.holdings, accounts.columns.holdings, [members[key] for key in ordered])
    values = np.array([value[key] for key in ordered], np.int64)
    found = rates(flows, values, count, day_number(accounts.moment.as_of))
    invested, proceeds = (_per_pool(flows, side, count) for side in (flows.out, flows.back))
    return [
        Line(cut, key, str(key), accounts.funds, invested[n], proceeds[n], value[key], found[n])
        for n, key in enumerate(ordered)
        if invested[n] or proceeds[n]
    ]


def _pool(values: Sequence[int], members: Sequence[Sequence[int]]) -> list[int]:
    return [sum(values[at] for at in own) for own in members]


def _per_pool(flows: Flows, amounts: Ints, count: int) -> list[int]:
    sums = np.zeros(count, np.int64)
    np.add.at(sums, flows.owner, amounts)
    return sums.tolist()


def quarters_of(accounts: Accounts) -> list[Quarter]:
    """The J-curve of the funds together, sub-funds of a mother fund among them left out."""
    ids = {fund.pk for fund in top_funds(accounts.funds)}
    top = [number for number, fund in enumerate(accounts.funds) if fund.pk in ids]
    paid, given = (accounts.of_fund(name)[top].sum(axis=0).tolist() for name in ("paid_in", "distributions"))
    nav, value = (table[top].sum(axis=0).tolist() for table in (accounts.nav, accounts.fair_value))
    cells = {name: accounts.of_cells(name)[top].sum(axis=0) for name in ("cost", "fx", "proceeds", "income")}
    invested, brought = (cells["cost"] - cells["fx"]).tolist(), (cells["proceeds"] + cells["income"]).tolist()
    columns = zip(accounts.dates, paid, given, nav, invested, brought, value, strict=True)
    return [Quarter(day, *amounts) for day, *amounts in columns]
