"""The performance of funds: what investors paid, got and hold (net), and what the investments brought (gross).

Net flows are calls and distributions with the net asset value at the end; gross flows are what was paid for holdings
and what exits, recoveries and income brought, with their fair value at the end. Both are read from the ledger under the
two times of a question. A cut over several funds pools their flows; a fund whose mother fund is in the same cut is left
out of the pool, since its money came from there. Grant money has no return and is left out everywhere.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from functools import cached_property

import numpy as np

from funds.models import Fund, IndexSeries
from funds.queries.accounts import Accounts, load_accounts
from funds.queries.columns import Ints, day_number
from funds.queries.flows import Flows, pooled
from funds.queries.market import Levels, load_levels
from funds.queries.pools import Pool, groups_on, pooled_by, top_funds
from funds.queries.returns import PoolPme, market_equivalents, rates
from funds.queries.sums import Moment
from funds.rules.multiples import Multiples, multiples
from funds.rules.returns.xirr import Irr


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


def performance(
    moment: Moment, *, funds: Sequence[Fund] | None = None, index: IndexSeries | None = None, curve: bool = True
) -> Performance:
    """Every fund and every cut over them at a moment; ``funds`` None: all but grant ledgers, by code.

    At most eleven statements, whatever the number of funds, holdings and events. ``index`` adds market equivalents,
    ``curve`` the J-curve of the total by quarter.
    """
    accounts = load_accounts(moment, funds, curve=curve)
    levels = load_levels(index, moment) if index else None
    lines = [line for cut in POOLED for line in fund_lines(accounts, cut, pools_of(accounts, cut), levels)]
    by_code = tuple(sorted(accounts.funds, key=lambda fund: fund.code))
    return Performance(moment, by_code, (*lines, *stage_lines(accounts)), tuple(quarters_of(accounts)), index)


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
    shared = [carried for pk, carried in accounts.carried.items() if pk in ids]
    carry_paid = [sum(carried[at].paid for carried in shared) for at in range(len(accounts.dates))]
    accrued = [sum(carried[at].accrued for carried in shared) for at in range(len(accounts.dates))]
    columns = zip(accounts.dates, paid, given, nav, invested, brought, value, carry_paid, accrued, strict=True)
    return [Quarter(day, *amounts) for day, *amounts in columns]
