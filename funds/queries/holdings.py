"""Figures of every holding of some funds at one (as-of, known-at): two statements, however many funds and holdings."""

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import connection

from funds.choices import EventKind
from funds.models import Fund
from funds.queries.sums import Moment, with_sums
from funds.rules.figures import FundFigures, HoldingFigures, Money
from funds.rules.ledger import Event, Valuation, fold_holding, standing_events, whole

_HOLDINGS = """
    SELECT f.id AS fund_id, head.seq, encode(head.hash, 'hex') AS hash, i.stage, i.mode,
        s.investment_id, s.cost, s.relieved, s.rem, s.proceeds, s.lost, s.income, s.impaired, s.gap, s.rem_v,
        s.is_scaled, s.is_open, s.valid_at, s.fair_value_fen, s.paid_in, s.distributions, s.fees
    FROM funds_fund f
    LEFT JOIN LATERAL (
        SELECT e.seq, e.hash FROM funds_ledgerevent e
        WHERE e.fund_id = f.id AND e.recorded_at <= %(known_at)s
        ORDER BY e.fund_id, e.seq DESC LIMIT 1
    ) head ON TRUE
    LEFT JOIN sums s ON s.fund_id = f.id
    LEFT JOIN funds_investment i ON i.id = s.investment_id
    WHERE f.id = ANY(%(funds)s)
    ORDER BY f.id, s.investment_id
"""

_EVENTS = """
    SELECT id, kind, value_date, recorded_at, amount_fen, investment_id, cost_relieved_fen, reverses_id
    FROM funds_ledgerevent
    WHERE investment_id = ANY(%(holdings)s) AND value_date <= %(as_of)s AND recorded_at <= %(known_at)s
    ORDER BY investment_id
"""


@dataclass(frozen=True, slots=True)
class Books:
    """One fund's figures: totals, every holding with a counted event, and the head of the ledger known then.

    ``head`` is "number:hash" of the last recorded entry, so that whoever holds the chain can prove the inputs.
    """

    fund: FundFigures
    holdings: tuple[HoldingFigures, ...]
    head: str

    def sums(self) -> dict[str, str]:
        """Exact totals of the holdings' figures as text."""
        return {name: str(sum(getattr(h, name) for h in self.holdings)) for name in SUMMED}


SUMMED = (
    "cost", "relieved", "proceeds", "realised_loss", "realised_gain", "income", "impairment", "fair_value",
)  # fmt: skip


def books_of(funds: Collection[Fund], moment: Moment) -> dict[int, Books]:
    """Fund totals and the figures of every holding with a counted event, by fund id. Amounts in fen, exact.

    A fund without counted events gets empty books. At most two statements.
    """
    parameters = moment.parameters() | {"funds": [fund.pk for fund in funds]}
    with connection.cursor() as cursor:
        cursor.execute(with_sums(all_funds=False) + _HOLDINGS, parameters)
        names = [column.name for column in cursor.description]
        rows = [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]
    folded = fold_open([row for row in rows if row["is_open"]], moment)
    holdings: dict[int, list[HoldingFigures]] = defaultdict(list)
    totals: dict[int, dict[str, Any]] = {}
    heads: dict[int, str] = {}
    for row in rows:
        fund_id, holding = row["fund_id"], row["investment_id"]
        heads[fund_id] = f"{row['seq']}:{row['hash']}" if row["seq"] else ""
        if holding is not None:
            holdings[fund_id].append(folded.get(holding) or closed_figures(row))
        elif row["cost"] is not None:
            totals[fund_id] = row
    return {
        fund.pk: Books(fund_figures(fund, totals.get(fund.pk, {})), tuple(holdings[fund.pk]), heads.get(fund.pk, ""))
        for fund in funds
    }


def fund_figures(fund: Fund, totals: dict[str, Any]) -> FundFigures:
    """Totals of one fund from its row of ``sums`` (columns paid_in, distributions, fees, income), in fen.

    The other investors bear a first loss out of what they have paid in, so J counts up to that amount.
    """
    paid_in: int = totals.get("paid_in", 0)
    government = whole(paid_in * fund.government_share)
    return FundFigures(
        commitment=fund.committed_fen,
        paid_in=paid_in,
        fees=totals.get("fees", 0),
        distributions=totals.get("distributions", 0),
        gov_paid_in=government,
        others_first_loss=min(fund.others_first_loss_fen, paid_in - government),
        other_income=totals.get("income", 0),
    )


def closed_figures(row: dict[str, Any]) -> HoldingFigures:
    """Figures of a holding whose fair value and impairment have a closed form (see ``funds.queries.sums``)."""
    gap: Money = whole(Fraction(row["gap"] * row["rem"], row["rem_v"])) if row["is_scaled"] else row["gap"]
    return HoldingFigures(
        id=row["investment_id"],
        stage=row["stage"],
        mode=row["mode"],
        cost=row["cost"],
        relieved=row["relieved"],
        proceeds=row["proceeds"],
        realised_loss=row["lost"],
        realised_gain=row["proceeds"] - row["relieved"] + row["lost"],
        income=row["income"],
        impairment=min(row["rem"], row["impaired"]),
        fair_value=row["rem"] + gap,
    )


def fold_open(rows: Iterable[dict[str, Any]], moment: Moment) -> dict[int, HoldingFigures]:
    """Figures of the holdings without a closed form, event by event; earlier valuations than the last do not matter."""
    known = {row["investment_id"]: row for row in rows}
    if not known:
        return {}
    events: dict[int, list[Event]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, moment.parameters() | {"holdings": list(known)})
        for pk, kind, value_date, recorded_at, amount, holding, relieved, reverses in cursor.fetchall():
            event = Event(pk, EventKind(kind), value_date, recorded_at, amount, holding, relieved, reverses)
            events[holding].append(event)
    return {
        holding: fold_holding(standing_events(own), _last_value(known[holding], moment)).figures(
            holding, known[holding]["stage"], known[holding]["mode"]
        )
        for holding, own in events.items()
    }


def _last_value(row: dict[str, Any], moment: Moment) -> list[Valuation]:
    if row["valid_at"] is None:
        return []
    return [Valuation(row["investment_id"], row["valid_at"], moment.known_at, row["fair_value_fen"])]
