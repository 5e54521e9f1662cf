"""The rows that one rate is made of: every rate on a page opens these, and they give it again."""

from dataclasses import dataclass, replace
from enum import StrEnum

from funds.models import Fund, Investment
from funds.queries.accounts import Accounts, load_accounts
from funds.queries.columns import load_columns
from funds.queries.flows import pooled
from funds.queries.performance import POOLED, Cut, Line, fund_lines, gross_lines, pools_of, stage_lines
from funds.queries.returns import FlowRow, rows_behind
from funds.queries.sums import Moment
from funds.rules.returns.xirr import Irr


class Side(StrEnum):
    """Whose flows: of the investors with the fund, or of the fund with its investments."""

    NET = "net"
    GROSS = "gross"


@dataclass(frozen=True)
class RateRows:
    """A line, the side of it that is asked, its rate, and the rows of which it is the rate."""

    line: Line
    side: Side
    irr: Irr
    rows: tuple[FlowRow, ...]
    investment: Investment | None = None


def rate_rows(cut: Cut, key: str, side: Side, moment: Moment) -> RateRows | None:
    """The rows behind the rate of a line; None where there is no such line, or the line has no such side."""
    if cut in {Cut.HOLDING, Cut.STAGE}:
        of_investments = _of_holding if cut == Cut.HOLDING else _of_stage
        return of_investments(key, moment) if side == Side.GROSS else None
    funds = list(Fund.objects.filter(pk=int(key) if key.isdecimal() else 0)) if cut == Cut.FUND else None
    if cut not in POOLED or funds == []:
        return None
    accounts = load_accounts(moment, funds, curve=False)
    pool = next((pool for pool in pools_of(accounts, cut) if str(pool[0]) == key), None)
    if pool is None:
        return None
    (line,) = fund_lines(accounts, cut, [pool], None)
    place = {fund.pk: number for number, fund in enumerate(accounts.funds)}
    flows = accounts.investors if side == Side.NET else accounts.gross
    own = pooled(flows, accounts.ids, [[place[fund.pk] for fund in line.funds]])
    value = line.nav if side == Side.NET else line.fair_value
    irr = line.net if side == Side.NET else line.gross
    if irr is None or value is None:
        return None
    return RateRows(line, side, irr, tuple(rows_behind(own, 0, value, moment.as_of)))


def _of_stage(key: str, moment: Moment) -> RateRows | None:
    accounts = load_accounts(moment, None, curve=False)
    line = next((line for line in stage_lines(accounts) if line.key == key), None)
    if line is None:
        return None
    members = [at for at, stage in enumerate(accounts.columns.stages) if stage == key]
    flows = pooled(accounts.holdings, accounts.columns.holdings, [members])
    return RateRows(line, Side.GROSS, line.gross, tuple(rows_behind(flows, 0, line.fair_value, moment.as_of)))


def _of_holding(key: str, moment: Moment) -> RateRows | None:
    rows = Investment.objects.select_related("fund", "company")
    investment = rows.filter(pk=int(key)).first() if key.isdecimal() else None
    if investment is None:
        return None
    columns = load_columns([investment.fund], moment.as_of, moment.known_at)
    single = replace(columns, stages=tuple(str(pk) for pk in columns.holdings.tolist()))
    accounts = Accounts(single, [investment.fund], moment, [moment.as_of])
    cells = zip(accounts.curves.cells, accounts.fair_values.tolist(), strict=True)
    value = {int(stage): fair[-1] for (_fund, stage, _mode), fair in cells}
    lines = gross_lines(accounts, Cut.HOLDING, columns.holdings.tolist(), value)
    line = next((line for line in lines if line.key == investment.pk), None)
    if line is None:
        return None
    found = tuple(rows_behind(accounts.holdings, investment.pk, line.fair_value, moment.as_of))
    return RateRows(line, Side.GROSS, line.gross, found, investment)
