"""What the tolerance engine is measured against: one hand-written SQL statement, and a script with pandas."""

import numpy as np
import pandas as pd
from django.db import connection

from funds.queries.sums import Moment

# Realised and unrealised losses net of realised gains with income, over invested cost, in the government's share:
# the product's default reading. The product of the exits since the last value is taken as exp(Σ ln).
HAND_WRITTEN = """
WITH last_value AS (
    SELECT DISTINCT ON (investment_id) investment_id, valid_at, fair_value_fen
    FROM funds_valuation
    WHERE valid_at <= %(as_of)s AND recorded_at <= %(known_at)s
      AND (superseded_at IS NULL OR superseded_at > %(known_at)s) {only_values}
    ORDER BY investment_id, valid_at DESC, recorded_at DESC
),
held AS (
    SELECT e.investment_id,
        SUM(CASE WHEN e.effect IN ('INVEST', 'FOLLOW_ON', 'FX') THEN e.amount_fen ELSE 0 END) AS cost,
        SUM(e.cost_relieved_fen) AS relieved,
        SUM(CASE WHEN e.effect IN ('EXIT_PARTIAL', 'EXIT_FULL', 'WRITE_OFF', 'RECOVERY_AFTER_WRITE_OFF')
            THEN e.cost_relieved_fen - e.amount_fen ELSE 0 END) AS loss_less_gain,
        SUM(CASE WHEN e.effect IN ('DIVIDEND', 'INTEREST') THEN e.amount_fen ELSE 0 END) AS income,
        SUM(CASE WHEN e.effect IN ('INVEST', 'FOLLOW_ON', 'FX') AND e.value_date > v.valid_at
            THEN e.amount_fen ELSE 0 END) AS invested_since,
        SUM(CASE WHEN e.value_date > v.valid_at THEN e.cost_relieved_fen ELSE 0 END) AS relieved_since,
        SUM(CASE WHEN e.effect = 'FX' AND e.value_date > v.valid_at THEN 1 ELSE 0 END) AS restated_since,
        MAX(v.fair_value_fen) AS value, MAX(v.valid_at) AS valid_at
    FROM funds_ledgerevent e LEFT JOIN last_value v USING (investment_id)
    WHERE e.investment_id IS NOT NULL AND e.value_date <= %(as_of)s AND e.recorded_at <= %(known_at)s {only_events}
    GROUP BY e.investment_id
),
gaps AS (
    SELECT h.investment_id, h.cost, h.loss_less_gain, h.income,
        CASE WHEN h.value IS NULL OR h.cost = h.relieved
            OR h.cost - h.relieved - h.invested_since + h.relieved_since = 0 THEN 0
        ELSE (h.value - (h.cost - h.relieved - h.invested_since + h.relieved_since)) * CASE
            WHEN h.relieved_since = 0 AND h.restated_since = 0 THEN 1
            WHEN h.invested_since = 0 AND h.restated_since = 0 THEN
                (h.cost - h.relieved) / (h.cost - h.relieved - h.invested_since + h.relieved_since)
            ELSE (
                SELECT EXP(SUM(LN(remaining / (remaining + out)::float8)))
                FROM (
                    SELECT value_date, SUM(relieved - restated) AS out,
                        SUM(SUM(invested + restated - relieved)) OVER (ORDER BY value_date) AS remaining
                    FROM (
                        SELECT value_date, cost_relieved_fen AS relieved,
                            CASE WHEN effect IN ('INVEST', 'FOLLOW_ON') THEN amount_fen ELSE 0 END AS invested,
                            CASE WHEN effect = 'FX' THEN amount_fen ELSE 0 END AS restated
                        FROM funds_ledgerevent
                        WHERE investment_id = h.investment_id
                          AND value_date <= %(as_of)s AND recorded_at <= %(known_at)s
                    ) one GROUP BY value_date
                ) day WHERE value_date > h.valid_at AND out <> 0
            )::numeric END
        END AS gap
    FROM held h
),
paid AS (
    SELECT fund_id, SUM(amount_fen) AS paid_in
    FROM funds_ledgerevent
    WHERE investment_id IS NULL AND effect = 'CALL' AND value_date <= %(as_of)s AND recorded_at <= %(known_at)s
    GROUP BY fund_id
),
sums AS (
    SELECT i.fund_id, SUM(g.cost) AS den, SUM(g.loss_less_gain - g.income + GREATEST(0, -g.gap)) AS num
    FROM gaps g JOIN funds_investment i ON i.id = g.investment_id
    GROUP BY i.fund_id
)
SELECT f.id,
    CASE WHEN s.num <= 0 THEN s.num * f.government_num / f.government_den
    ELSE p.paid_in * f.government_num / f.government_den
        / (p.paid_in - LEAST(f.others_first_loss_fen,
            p.paid_in - p.paid_in * f.government_num / f.government_den))
        * GREATEST(0, s.num - LEAST(f.others_first_loss_fen,
            p.paid_in - p.paid_in * f.government_num / f.government_den)) END,
    s.den * f.government_num / f.government_den
FROM funds_fund f JOIN sums s ON s.fund_id = f.id JOIN paid p ON p.fund_id = f.id
{only}
"""


def hand_written(moment: Moment, fund: int | None = None) -> dict[int, tuple[float, float]]:
    """N and Den of each fund by the statement above."""
    only = {"only": "", "only_values": "", "only_events": ""}
    if fund is not None:
        only = {
            "only": "WHERE f.id = %(fund)s",
            "only_values": "AND investment_id IN (SELECT id FROM funds_investment WHERE fund_id = %(fund)s)",
            "only_events": "AND e.fund_id = %(fund)s",
        }
    with connection.cursor() as cursor:
        cursor.execute(HAND_WRITTEN.format(**only), moment.parameters() | {"fund": fund})
        return {row[0]: (float(row[1]), float(row[2])) for row in cursor.fetchall()}


def script(moment: Moment) -> pd.DataFrame:
    """What an analyst would write: read both tables, group, join. Several exits since a value are scaled as one."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT fund_id, investment_id, effect, value_date, amount_fen, cost_relieved_fen FROM funds_ledgerevent "
            "WHERE value_date <= %(as_of)s AND recorded_at <= %(known_at)s",
            moment.parameters(),
        )
        events = pd.DataFrame(cursor.fetchall(), columns=["fund", "holding", "effect", "day", "amount", "relieved"])
        cursor.execute(
            "SELECT investment_id, valid_at, recorded_at, fair_value_fen FROM funds_valuation WHERE "
            "valid_at <= %(as_of)s AND recorded_at <= %(known_at)s "
            "AND (superseded_at IS NULL OR superseded_at > %(known_at)s)",
            moment.parameters(),
        )
        values = pd.DataFrame(cursor.fetchall(), columns=["holding", "valid", "recorded", "value"])
    last = values.sort_values(["valid", "recorded"]).groupby("holding").last()
    held = events.dropna(subset=["holding"]).join(last[["valid", "value"]], on="holding")
    since = held["valid"].notna() & (pd.to_datetime(held["day"]) > pd.to_datetime(held["valid"]))
    invested = held["effect"].isin(["INVEST", "FOLLOW_ON", "FX"])
    exits = held["effect"].isin(["EXIT_PARTIAL", "EXIT_FULL", "WRITE_OFF", "RECOVERY_AFTER_WRITE_OFF"])
    held["cost"] = held["amount"].where(invested, 0)
    held["net"] = (held["relieved"] - held["amount"]).where(exits, 0)
    held["income"] = held["amount"].where(held["effect"].isin(["DIVIDEND", "INTEREST"]), 0)
    held["cost_since"], held["out_since"] = held["cost"].where(since, 0), held["relieved"].where(since, 0)
    columns = ["cost", "relieved", "net", "income", "cost_since", "out_since"]
    sums = held.groupby(["fund", "holding"])[columns].sum().join(last["value"], on="holding")
    remaining = sums["cost"] - sums["relieved"]
    base = remaining - sums["cost_since"] + sums["out_since"]
    gap = (sums["value"] - base).where((base > 0) & (remaining > 0), 0).fillna(0)
    gap *= np.where(sums["out_since"] != 0, remaining / base.where(base > 0, 1), 1)
    sums["num"] = sums["net"] - sums["income"] + (-gap).clip(lower=0)
    return sums.groupby("fund")[["num", "cost"]].sum()
