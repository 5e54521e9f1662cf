"""Figures of every holding of some funds at one (as-of, known-at): two statements, however many funds and holdings."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import connection

from funds.choices.ledger import EventKind
from funds.choices.records import LossBearer
from funds.models import Fund
from funds.queries.money_terms import TERMS_COLUMNS, TERMS_JOINS, TERMS_SQL, gain_plan
from funds.queries.sums import Moment, with_sums
from funds.rules.figures import FundFigures, HoldingFigures, Money
from funds.rules.ledger import Event, Valuation, fold_holding, standing_events, whole

_HOLDINGS = f"""
    {TERMS_SQL}
    SELECT c.*, {TERMS_COLUMNS}, s.investment_id, s.stage, s.mode, s.cost, s.relieved, s.rem, s.proceeds, s.lost,
        s.gained, s.income, s.impaired, s.gap, s.rem_v, s.is_scaled, s.is_open, s.valid_at, s.value
    FROM chosen c LEFT JOIN sums s ON s.fund_id = c.fund_id {TERMS_JOINS}
    ORDER BY c.fund_id, s.investment_id
"""  # noqa: S608 - built from our own text

_EVENTS = """
    SELECT id, kind, value_date, recorded_at, amount_fen, investment_id, cost_relieved_fen, reverses_id
    FROM funds_ledgerevent
    WHERE investment_id = ANY(%(holdings)s) AND value_date <= %(as_of)s AND recorded_at <= %(known_at)s
      AND effect NOT IN ('DIVIDEND', 'INTEREST', 'RECOVERY_AFTER_WRITE_OFF')
"""


@dataclass(frozen=True, slots=True)
class Books:
    """One fund's figures: totals, every holding with a counted event, and the head of the ledger known then.

    ``head`` is "number:hash" of the last recorded entry, so that whoever holds the chain can prove the inputs.
    """

    fund: FundFigures
    holdings: tuple[HoldingFigures, ...]
    head: str

    def sums(self) -> dict[str, Money]:
        """Exact totals of the holdings' figures."""
        return {name: sum(getattr(h, name) for h in self.holdings) for name in SUMMED}


SUMMED = (
    "cost", "relieved", "proceeds", "realised_loss", "realised_gain", "income", "impairment", "fair_value",
)  # fmt: skip


def books_of(funds: Collection[Fund], moment: Moment) -> dict[int, Books]:
    """Fund totals and the figures of every holding with a counted event, by fund id. Amounts in fen, exact.

    A fund without counted events gets empty books. At most two statements.
    """
    parameters = moment.parameters() | {"funds": [fund.pk for fund in funds]}
    rows = fetch(with_sums(all_funds=False) + _HOLDINGS, parameters)
    folded = fold_open([(moment, [row for row in rows if row["is_open"]])])[0]
    holdings: dict[int, list[HoldingFigures]] = defaultdict(list)
    totals: dict[int, dict[str, Any]] = {}
    for row in rows:
        totals[row["fund_id"]] = row
        if (holding := row["investment_id"]) is not None:
            holdings[row["fund_id"]].append(folded.get(holding) or closed_figures(row))
    return {
        fund.pk: Books(fund_figures(fund, totals[fund.pk]), tuple(holdings[fund.pk]), head_of(totals[fund.pk]))
        for fund in funds
    }


def fetch(statement: str, parameters: dict[str, Any]) -> list[dict[str, Any]]:
    """Rows of one statement as dictionaries."""
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def head_of(row: dict[str, Any]) -> str:
    """Number and hash of the last entry of a fund's ledger; empty while it has none."""
    return f"{row['seq']}:{row['hash']}" if row["seq"] else ""


def fund_figures(fund: Fund, row: Mapping[str, Any]) -> FundFigures:
    """Totals of one fund from its row of ``chosen`` with the columns of ``funds.queries.money_terms``, in fen.

    Who bears a first loss does so out of what it has paid in, so J counts up to that amount.
    """
    paid_in: int = row["paid_in"] or 0
    share = government_share_of(fund, row)
    government = whole(paid_in * share)
    others, own = first_losses_of(fund, row, paid_in, government)
    return FundFigures(
        commitment=fund.committed_fen,
        paid_in=paid_in,
        fees=row["fees"] or 0,
        distributions=row["distributions"] or 0,
        gov_paid_in=government,
        others_first_loss=others,
        other_income=row["other_income"] or 0,
        grants=row.get("grants") or 0,  # time lines leave grant money out, and its sums too
        stated_share=share,
        gov_first_loss=own,
        gains=gain_plan(row),
    )


def government_share_of(fund: Fund, row: Mapping[str, Any]) -> Fraction:
    """The government's exact share by the commitments that count; the stated one while there is none."""
    return Fraction(row["government"], row["promised"]) if row.get("promised") else fund.government_share


def first_losses_of(fund: Fund, row: Mapping[str, Any], paid_in: int, government: int) -> tuple[Money, Money]:
    """The first loss of the others and that of the government, as far as they have paid in (fen)."""
    stands = first_loss_of(fund, row, paid_in)
    if row.get("first_loss_bearer") == LossBearer.GOVERNMENT:
        return 0, min(stands, government)
    most: Money = paid_in - government
    if row.get("first_loss_bearer") == LossBearer.MANAGER:
        most = min(most, whole(Fraction(paid_in * row["managers"], row["promised"])) if row.get("promised") else 0)
    return min(stands, most), 0


def first_loss_of(fund: Fund, row: Mapping[str, Any], paid_in: int) -> Money:
    """The first loss of the step in force; the stated one while no such step was ever recorded. Fen."""
    if not row.get("first_loss_dated"):
        return fund.others_first_loss_fen
    if row.get("first_loss_den"):
        return whole(Fraction(row["first_loss_num"], row["first_loss_den"]) * paid_in)
    return row.get("first_loss") or 0


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
        realised_gain=row["gained"],
        income=row["income"],
        impairment=min(row["rem"], row["impaired"]),
        fair_value=row["rem"] + gap,
    )


def fold_open(asked: Sequence[tuple[Moment, Iterable[dict[str, Any]]]]) -> list[dict[int, HoldingFigures]]:
    """Figures of the holdings without a closed form, event by event; earlier valuations than the last do not matter.

    For each moment the rows are those of ``sums``; all moments share one ``known_at``. One statement.
    """
    known = [(moment, {row["investment_id"]: row for row in rows}) for moment, rows in asked]
    holdings = sorted({holding for _moment, rows in known for holding in rows})
    if not holdings:
        return [{} for _ in known]
    last = max((moment for moment, rows in known if rows), key=lambda moment: moment.as_of)
    events: dict[int, list[Event]] = defaultdict(list)
    with connection.cursor() as cursor:
        cursor.execute(_EVENTS, last.parameters() | {"holdings": holdings})
        for pk, kind, value_date, recorded_at, amount, holding, relieved, reverses in cursor.fetchall():
            event = Event(pk, EventKind(kind), value_date, recorded_at, amount, holding, relieved, reverses)
            events[holding].append(event)
    return [
        {holding: _folded(row, [event for event in events[holding] if event.value_date <= moment.as_of], moment)
         for holding, row in rows.items()}
        for moment, rows in known
    ]  # fmt: skip


def _folded(row: dict[str, Any], events: list[Event], moment: Moment) -> HoldingFigures:
    position = fold_holding(standing_events(events), _last_value(row, moment))
    # Income and recoveries move neither cost nor value: they are summed by the database and not read again.
    position.proceeds, position.realised_gain, position.income = row["proceeds"], row["gained"], row["income"]
    return position.figures(row["investment_id"], row["stage"], row["mode"])


def _last_value(row: dict[str, Any], moment: Moment) -> list[Valuation]:
    if row["valid_at"] is None:
        return []
    return [Valuation(row["investment_id"], row["valid_at"], moment.known_at, row["value"])]
