"""The SQL behind every figure: one row per holding from the ledger and the valuations that count (domain 4.2, 4.3).

A ledger row counts when ``value_date ≤ as_of`` and ``recorded_at ≤ known_at``. A reversal carries the opposite
amounts and, as ``effect``, the kind of the event that it reverses, so every figure is a plain sum over the rows.

Fair value in closed form. Let V be the last valuation that counts, ``rem_v`` the remaining cost on its day, and
``gap = V − rem_v`` (0 without a valuation, or when nothing was held then). An investment adds the same to fair value
and remaining cost and leaves the gap; an exit scales both, and so the gap, by rem after / rem before. Hence

    fair value = rem + gap · Π (rem after / rem before) over the exits since V

and with no investment in between the product is rem / rem_v. What has no closed form in one pass (investments and
exits both since V, exchange restatements, impairment beside other moves) is ``is_open``: those few holdings are
folded event by event by ``funds.rules.ledger``. ``is_scaled`` marks the closed ones whose gap is a fraction.
"""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from funds.choices import EXIT_KINDS, INCOME_KINDS, INVESTING_KINDS, EventKind
from funds.rules.ledger import COST_KINDS


@dataclass(frozen=True, slots=True)
class Moment:
    """The two times of a question: true on ``as_of``, as recorded by ``known_at`` (aware)."""

    as_of: date
    known_at: datetime

    def parameters(self) -> dict[str, Any]:
        return {"as_of": self.as_of, "known_at": self.known_at}


def _list(*kinds: str) -> str:
    return ", ".join(sorted(f"'{kind}'" for kind in kinds))


_COST = _list(*INVESTING_KINDS, EventKind.FX)
_EXITS = _list(*EXIT_KINDS)
_INCOME = _list(*INCOME_KINDS)
_FEES = _list(*COST_KINDS)

_ONLY_FUNDS = {
    "only_events": "AND e.fund_id = ANY(%(funds)s)",
    "only_values": "AND v.investment_id IN (SELECT id FROM funds_investment WHERE fund_id = ANY(%(funds)s))",
}

# Read backwards, the unique index of a valuation gives this order without a sort.
_STATEMENT = f"""
WITH last_value AS (
    SELECT DISTINCT ON (v.investment_id) v.investment_id, v.valid_at, v.fair_value_fen
    FROM funds_valuation v
    WHERE v.valid_at <= %(as_of)s AND v.recorded_at <= %(known_at)s
      AND (v.superseded_at IS NULL OR v.superseded_at > %(known_at)s) {{only_values}}
    ORDER BY v.investment_id DESC, v.valid_at DESC, v.recorded_at DESC
),
raw AS (
    SELECT e.fund_id, e.investment_id,
        SUM(e.amount_fen) FILTER (WHERE e.effect IN ({_COST})) AS cost,
        SUM(e.cost_relieved_fen) AS relieved,
        SUM(e.amount_fen) FILTER (WHERE e.effect IN ({_EXITS})) AS proceeds,
        SUM(CASE WHEN e.kind = 'REVERSAL' THEN LEAST(0, e.cost_relieved_fen - e.amount_fen)
            ELSE GREATEST(0, e.cost_relieved_fen - e.amount_fen) END) FILTER (WHERE e.effect IN ({_EXITS})) AS lost,
        SUM(e.amount_fen) FILTER (WHERE e.effect IN ({_INCOME})) AS income,
        SUM(e.amount_fen) FILTER (WHERE e.effect = 'IMPAIRMENT') AS impaired,
        MIN(e.value_date) FILTER (WHERE e.effect = 'IMPAIRMENT') AS impaired_from,
        MAX(e.value_date) FILTER (WHERE e.effect IN ({_COST}) OR e.cost_relieved_fen <> 0) AS moved_last,
        COUNT(*) FILTER (WHERE e.effect = 'FX') AS restatements,
        SUM(e.amount_fen) FILTER (WHERE e.effect IN ({_COST}) AND e.value_date > v.valid_at) AS invested_since,
        SUM(e.cost_relieved_fen) FILTER (WHERE e.value_date > v.valid_at) AS relieved_since,
        SUM(e.amount_fen) FILTER (WHERE e.effect = 'CALL') AS paid_in,
        SUM(e.amount_fen) FILTER (WHERE e.effect = 'DISTRIBUTION') AS distributions,
        SUM(e.amount_fen) FILTER (WHERE e.effect IN ({_FEES})) AS fees,
        v.valid_at, v.fair_value_fen
    FROM funds_ledgerevent e
    LEFT JOIN last_value v ON v.investment_id = e.investment_id
    WHERE e.value_date <= %(as_of)s AND e.recorded_at <= %(known_at)s {{only_events}}
    GROUP BY e.fund_id, e.investment_id, v.valid_at, v.fair_value_fen
),
plain AS (
    SELECT fund_id, investment_id, valid_at, fair_value_fen, restatements, impaired_from, moved_last,
        COALESCE(cost, 0)::bigint AS cost, COALESCE(relieved, 0)::bigint AS relieved,
        COALESCE(cost - relieved, 0)::bigint AS rem,
        COALESCE(proceeds, 0)::bigint AS proceeds, COALESCE(lost, 0)::bigint AS lost,
        COALESCE(income, 0)::bigint AS income, COALESCE(impaired, 0)::bigint AS impaired,
        COALESCE(invested_since, 0)::bigint AS invested_since, COALESCE(relieved_since, 0)::bigint AS relieved_since,
        COALESCE(paid_in, 0)::bigint AS paid_in, COALESCE(distributions, 0)::bigint AS distributions,
        COALESCE(fees, 0)::bigint AS fees
    FROM raw
),
valued AS (
    SELECT *, rem - invested_since + relieved_since AS rem_v,
        CASE WHEN rem > 0 AND rem - invested_since + relieved_since > 0
            THEN COALESCE(fair_value_fen - (rem - invested_since + relieved_since), 0) ELSE 0 END AS gap
    FROM plain
),
sums AS (
    SELECT *, relieved_since <> 0 AND gap <> 0 AS is_scaled,
        restatements > 0
            OR (impaired <> 0 AND rem > 0 AND moved_last >= impaired_from)
            OR (gap <> 0 AND relieved_since <> 0 AND invested_since <> 0) AS is_open
    FROM valued
)
"""  # noqa: S608 - the kinds come from our own enumeration


def with_sums(*, all_funds: bool) -> str:
    """The WITH clause that ends in ``sums``: one row per holding, and one per fund whose ``investment_id`` is NULL.

    Parameters: those of ``Moment``, and ``funds`` (a list of ids) unless ``all_funds``.
    """
    return _STATEMENT.format_map({"only_events": "", "only_values": ""} if all_funds else _ONLY_FUNDS)
