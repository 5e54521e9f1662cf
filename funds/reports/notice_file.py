"""One notice as a file in the shape of the ILPA template, as the import of notices reads it: one row a line."""

import csv
import io
from typing import Any

from funds.choices.records import LineSource
from funds.models import Call, Distribution
from funds.queries.commitments import stakes_at
from funds.queries.notices import lines_of
from funds.queries.sums import Moment
from innovation.core.exports import escape
from innovation.core.money import Unit, from_fen
from innovation.organisations.models import Organisation

UNIT = Unit.YUAN
"""The unit in which a fen is exact with the fewest decimals."""
HEAD = (
    "fund_code", "type", "notice_date", "due_date", "purpose", "investor", "source", "commitment (元)",
    "investments", "fees", "expenses", "distribution", "recallable", "last_distribution",
)  # fmt: skip


def notice_csv(notice: Call | Distribution) -> bytes:
    """All lines of a notice, amounts in yuan to the fen; the manager's carry is a row without a commitment."""
    text = io.StringIO()
    csv.writer(text).writerows([HEAD, *notice_rows(notice)])
    return ("\ufeff" + text.getvalue()).encode()


def notice_rows(notice: Call | Distribution) -> list[list[str]]:
    """The cells of each line in the order of ``HEAD``; commitments are those of the due day as known at the issue."""
    stakes = stakes_at(Moment(notice.due_on, notice.issued_at), [notice.fund_id]).get(notice.fund_id, [])
    committed = {(stake.investor_id, stake.source): stake.amount_fen for stake in stakes}
    is_call = isinstance(notice, Call)
    kind = "CALL" if is_call else "DISTRIBUTION"
    last = "" if isinstance(notice, Call) or not notice.is_last else "yes"
    common = [notice.fund.code, kind, notice.notice_on.isoformat(), notice.due_on.isoformat(), escape(notice.purpose)]
    rows = []
    for line in lines_of(notice):
        stake = None if line.source == LineSource.CARRY else committed.get((line.investor_id, line.source), 0)
        uses = _uses(line) if is_call else ["", "", "", _yuan(line.amount_fen)]
        rows.append(
            [*common, _name(line.investor), line.source, "" if stake is None else _yuan(stake), *uses,
             _yuan(line.recallable_fen) if line.recallable_fen else "", last]
        )  # fmt: skip
    return rows


def _uses(line: Any) -> list[str]:
    """What a called part is for; the rest of it is for investments."""
    invested = line.amount_fen - line.fees_fen - line.expenses_fen
    return [*(_yuan(fen) for fen in (invested, line.fees_fen, line.expenses_fen)), ""]


def _name(investor: Organisation) -> str:
    return investor.uscc or investor.name_zh


def _yuan(fen: int) -> str:
    return str(from_fen(fen, UNIT))
