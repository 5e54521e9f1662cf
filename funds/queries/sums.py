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

from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from funds.choices.ledger import EXIT_KINDS, GRANT_KINDS, INCOME_KINDS, INVESTING_KINDS, EventKind
from funds.rules.ledger import COST_KINDS


@dataclass(frozen=True, slots=True)
class Moment:
    """The two times of a question: true on ``as_of``, as recorded by ``known_at`` (aware).

    ``written`` names those that an address made of it carries. A page leaves out what nobody chose, so that its links
    go on meaning today and now; a record that holds its times, such as a report, writes both.
    """

    as_of: date
    known_at: datetime
    written: frozenset[str] = field(default=frozenset({"as_of", "known_at"}), compare=False)

    def parameters(self) -> dict[str, Any]:
        return {"as_of": self.as_of, "known_at": self.known_at}


def kinds_list(*kinds: str) -> str:
    """SQL list of event kinds, which come from our own enumeration."""
    return ", ".join(sorted(f"'{kind}'" for kind in kinds))


_EXITS = kinds_list(*EXIT_KINDS)
_INCOME = kinds_list(*INCOME_KINDS)
_FEES = kinds_list(*COST_KINDS)
_GRANTS = kinds_list(*GRANT_KINDS)

_COST = kinds_list(*INVESTING_KINDS, EventKind.FX)
_LOST = (
    "CASE WHEN e.cost_relieved_fen > 0 THEN GREATEST(0, e.cost_relieved_fen - e.amount_fen) "
    "ELSE LEAST(0, e.cost_relieved_fen - e.amount_fen) END"
)
_SUMMED = (
    "cost", "relieved", "proceeds", "lost", "income", "impaired", "restatements", "invested_since", "relieved_since",
)  # fmt: skip


def _sum(value: str, condition: str) -> str:
    return f"COALESCE(SUM({value}) FILTER (WHERE {condition}), 0)::bigint"


# Income moves neither cost nor value: its many rows are summed apart, so that all else reads the few that move capital.
# Each of the two sums runs along an index that carries its columns and holds no other rows; the last value of a holding
# is one descent of a third. Only exits relieve cost, so the sign of the relief tells an exit (+) from a reversed one
# (-); a recovery relieves nothing.
_COUNTED = "e.investment_id IS NOT NULL AND e.value_date <= %(as_of)s AND e.recorded_at <= %(known_at)s"
_STATEMENT = f"""
WITH last_value AS MATERIALIZED (
    SELECT i.id AS investment_id, v.valid_at, v.fair_value_fen AS value
    FROM funds_investment i
    CROSS JOIN LATERAL (
        SELECT v.valid_at, v.fair_value_fen FROM funds_valuation v
        WHERE v.investment_id = i.id AND v.valid_at <= %(as_of)s AND v.recorded_at <= %(known_at)s
          AND (v.superseded_at IS NULL OR v.superseded_at > %(known_at)s)
        ORDER BY v.valid_at DESC, v.recorded_at DESC LIMIT 1
    ) v
    {{only_holdings}}
),
capital AS (
    SELECT e.investment_id, MAX(v.valid_at) AS valid_at, MAX(v.value) AS value,
        {_sum("e.amount_fen", f"e.effect IN ({_COST})")} AS cost,
        {_sum("e.cost_relieved_fen", "e.cost_relieved_fen <> 0")} AS relieved,
        {_sum("e.amount_fen", f"e.effect IN ({_EXITS})")} AS proceeds,
        {_sum(_LOST, "e.cost_relieved_fen <> 0")} AS lost,
        {_sum("e.amount_fen", f"e.effect = '{EventKind.IMPAIRMENT}'")} AS impaired,
        MIN(e.value_date) FILTER (WHERE e.effect = '{EventKind.IMPAIRMENT}') AS impaired_from,
        MAX(e.value_date) FILTER (WHERE e.effect IN ({_COST}) OR e.cost_relieved_fen <> 0) AS moved_last,
        COUNT(*) FILTER (WHERE e.effect = '{EventKind.FX}') AS restatements,
        {_sum("e.amount_fen", f"e.effect IN ({_COST}) AND e.value_date > v.valid_at")} AS invested_since,
        {_sum("e.cost_relieved_fen", "e.cost_relieved_fen <> 0 AND e.value_date > v.valid_at")} AS relieved_since
    FROM funds_ledgerevent e LEFT JOIN last_value v ON v.investment_id = e.investment_id
    WHERE {_COUNTED} AND e.effect NOT IN ({_INCOME}) {{only_of_holdings}}
    GROUP BY e.investment_id
),
income AS (
    SELECT e.investment_id, SUM(e.amount_fen)::bigint AS income
    FROM funds_ledgerevent e
    WHERE {_COUNTED} AND e.effect IN ({_INCOME}) {{only_of_holdings}}
    GROUP BY e.investment_id
),
raw AS (
    SELECT i.id AS investment_id, i.fund_id, i.stage, i.mode, c.valid_at, c.value, c.impaired_from, c.moved_last,
        {", ".join(f"COALESCE({name}, 0) AS {name}" for name in _SUMMED)}
    FROM funds_investment i
    LEFT JOIN capital c ON c.investment_id = i.id
    LEFT JOIN income n ON n.investment_id = i.id
    WHERE (c.investment_id IS NOT NULL OR n.investment_id IS NOT NULL) {{only_raw}}
),
valued AS (
    SELECT *, cost - relieved AS rem, cost - relieved - invested_since + relieved_since AS rem_v,
        CASE WHEN cost - relieved > 0 AND cost - relieved - invested_since + relieved_since > 0
            THEN COALESCE(value - (cost - relieved - invested_since + relieved_since), 0) ELSE 0 END AS gap
    FROM raw
),
sums AS (
    SELECT *, proceeds - relieved + lost AS gained,
        relieved_since <> 0 AND gap <> 0 AS is_scaled,
        restatements > 0
            OR (impaired <> 0 AND rem > 0 AND moved_last >= impaired_from)
            OR (gap <> 0 AND relieved_since <> 0 AND invested_since <> 0) AS is_open
    FROM valued
),
totals AS (
    SELECT e.fund_id,
        COALESCE(SUM(e.amount_fen) FILTER (WHERE e.effect = '{EventKind.CALL}'), 0)::bigint AS paid_in,
        COALESCE(SUM(e.amount_fen) FILTER (WHERE e.effect = '{EventKind.DISTRIBUTION}'), 0)::bigint AS distributions,
        COALESCE(SUM(e.amount_fen) FILTER (WHERE e.effect IN ({_FEES})), 0)::bigint AS fees,
        COALESCE(SUM(e.amount_fen) FILTER (WHERE e.effect IN ({_INCOME})), 0)::bigint AS other_income,
        COALESCE(SUM(CASE e.effect WHEN '{EventKind.GRANT}' THEN e.amount_fen ELSE -e.amount_fen END)
            FILTER (WHERE e.effect IN ({_GRANTS})), 0)::bigint AS grants
    FROM funds_ledgerevent e
    WHERE e.investment_id IS NULL AND e.value_date <= %(as_of)s AND e.recorded_at <= %(known_at)s {{only_events}}
    GROUP BY e.fund_id
),
chosen AS (
    SELECT f.id AS fund_id, head.seq, encode(head.hash, 'hex') AS hash,
        totals.paid_in, totals.distributions, totals.fees, totals.other_income, totals.grants
    FROM funds_fund f
    LEFT JOIN LATERAL (
        SELECT e.seq, e.hash FROM funds_ledgerevent e
        WHERE e.fund_id = f.id AND e.recorded_at <= %(known_at)s
        ORDER BY e.fund_id, e.seq DESC LIMIT 1
    ) head ON TRUE
    LEFT JOIN totals ON totals.fund_id = f.id
    {{only_chosen}}
)
"""  # noqa: S608 - the kinds come from our own enumeration


def with_sums(*, all_funds: bool) -> str:
    """The WITH clause that ends in ``sums``, one row per holding, and ``chosen``, one row per fund.

    ``chosen`` has the fund's totals and the head of its ledger as known then. Parameters: those of ``Moment``, and
    ``funds`` (a list of ids) unless ``all_funds``.
    """
    if all_funds:
        return _STATEMENT.format_map(dict.fromkeys(_ONLY, ""))
    return _STATEMENT.format_map(_ONLY)


_ONLY = {
    "only_holdings": "WHERE i.fund_id = ANY(%(funds)s)",
    "only_of_holdings": "AND e.investment_id IN (SELECT id FROM funds_investment WHERE fund_id = ANY(%(funds)s))",
    "only_raw": "AND i.fund_id = ANY(%(funds)s)",
    "only_events": "AND e.fund_id = ANY(%(funds)s)",
    "only_chosen": "WHERE f.id = ANY(%(funds)s)",
}
