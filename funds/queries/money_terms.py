"""Whose money a fund's is at a moment: the government's share by the commitments, the rest by the waterfall.

What is dated wins: while no commitment counts, the share stated with the fund holds; while no first loss was ever
recorded as a step of the waterfall, the one stated with the fund does.
"""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django.db import connection

from funds.choices.figures import DayCount
from funds.choices.ledger import EventKind
from funds.choices.records import Compounding, LossBearer, MoneySource, TierKind
from funds.queries.sums import Moment
from funds.rules.hurdle import Flow, Interest
from funds.rules.waterfall import Plan, Tier, plan_of

_KNOWN = "recorded_at <= %(known_at)s AND (superseded_at IS NULL OR superseded_at > %(known_at)s)"
_HOLDS = "valid_from <= %(as_of)s AND (valid_to IS NULL OR valid_to >= %(as_of)s)"
_OF_MANAGER = "investor_id = (SELECT f.manager_id FROM funds_fund f WHERE f.id = fund_id)"
GAIN_COLUMNS = (
    "kind", "position", "hurdle_num", "hurdle_den", "compounding", "day_count", "manager_num", "manager_den",
    "concession_num", "concession_den", "concession_to",
)  # fmt: skip
_GAIN = ", ".join(f"'{name}', {name}" for name in GAIN_COLUMNS)
TERMS_SQL = f"""
, promised AS (
    SELECT fund_id, SUM(amount_fen)::bigint AS promised,
        COALESCE(SUM(amount_fen) FILTER (WHERE source = '{MoneySource.GOVERNMENT}'), 0)::bigint AS government,
        COALESCE(SUM(amount_fen) FILTER (WHERE {_OF_MANAGER}), 0)::bigint AS managers
    FROM funds_commitment WHERE {_KNOWN} AND {_HOLDS} GROUP BY fund_id
),
first_losses AS (
    SELECT fund_id, MAX(amount_fen) FILTER (WHERE {_HOLDS}) AS first_loss,
        MAX(first_loss_num) FILTER (WHERE {_HOLDS}) AS first_loss_num,
        MAX(first_loss_den) FILTER (WHERE {_HOLDS}) AS first_loss_den, TRUE AS first_loss_dated,
        MAX(bearer) FILTER (WHERE {_HOLDS}) AS first_loss_bearer
    FROM funds_waterfalltier WHERE kind = '{TierKind.FIRST_LOSS}' AND {_KNOWN} GROUP BY fund_id
),
gains AS (
    SELECT t.fund_id, t.gain_tiers, moves.flows, %(as_of)s::date AS terms_day
    FROM (
        SELECT fund_id, json_agg(json_build_object({_GAIN}) ORDER BY position) AS gain_tiers
        FROM funds_waterfalltier WHERE kind <> '{TierKind.FIRST_LOSS}' AND {_KNOWN} AND {_HOLDS}
        GROUP BY fund_id HAVING BOOL_OR(manager_num > 0 OR concession_num > 0)
    ) t
    CROSS JOIN LATERAL (
        SELECT json_agg(json_build_array(e.value_date, e.effect, e.amount_fen)) AS flows
        FROM funds_ledgerevent e
        WHERE e.fund_id = t.fund_id AND e.investment_id IS NULL AND e.value_date <= %(as_of)s
          AND e.recorded_at <= %(known_at)s AND e.effect IN ('{EventKind.CALL}', '{EventKind.DISTRIBUTION}')
    ) moves
)
"""  # noqa: S608 - built from our own enumerations
"""CTEs by fund; of one fund, one first loss holds at a time. ``gains`` has only funds that share gains unevenly."""
TERMS_JOINS = """
    LEFT JOIN promised ON promised.fund_id = c.fund_id
    LEFT JOIN first_losses ON first_losses.fund_id = c.fund_id
    LEFT JOIN gains ON gains.fund_id = c.fund_id
"""
TERMS_COLUMNS = (
    "promised.promised, promised.government, promised.managers, first_losses.first_loss, "
    "first_losses.first_loss_num, first_losses.first_loss_den, first_losses.first_loss_dated, "
    "first_losses.first_loss_bearer, gains.gain_tiers, gains.flows, gains.terms_day"
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A commitment or a step of the waterfall with its two times."""

    kind: str
    since: date
    until: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    facts: dict[str, Any]

    def is_known(self, moment: Moment) -> bool:
        gone = self.superseded_at is not None and self.superseded_at <= moment.known_at
        return self.recorded_at <= moment.known_at and not gone

    def holds(self, moment: Moment) -> bool:
        return self.since <= moment.as_of and (self.until is None or moment.as_of <= self.until)


_COMMITMENT = "COMMITMENT"
_FACTS = ("amount_fen", "source", "is_manager", "first_loss_num", "first_loss_den", "bearer", *GAIN_COLUMNS[1:])


class MoneyTerms:
    """The dated terms of some funds for every moment; ``at`` answers as TERMS_SQL does.

    One statement; one more for the calls and distributions of funds that share gains unevenly.
    """

    def __init__(self, fund_ids: Collection[int] | None) -> None:
        self._rows: dict[int, list[_Row]] = defaultdict(list)
        self._flows: dict[int, list[tuple[date, datetime, str, int]]] = defaultdict(list)
        only = "" if fund_ids is None else "WHERE fund_id = ANY(%(funds)s)"
        own = ", ".join(GAIN_COLUMNS[1:])
        none = ", ".join("NULL" for _name in GAIN_COLUMNS[1:])
        statement = f"""
            SELECT fund_id, '{_COMMITMENT}', valid_from, valid_to, recorded_at, superseded_at, amount_fen, source,
                {_OF_MANAGER}, NULL, NULL, NULL, {none}
            FROM funds_commitment {only}
            UNION ALL
            SELECT fund_id, kind, valid_from, valid_to, recorded_at, superseded_at, amount_fen, NULL, NULL,
                first_loss_num, first_loss_den, bearer, {own}
            FROM funds_waterfalltier {only}
        """  # noqa: S608 - built from our own enumerations
        with connection.cursor() as cursor:
            cursor.execute(statement, {"funds": list(fund_ids or ())})
            for fund, kind, since, until, recorded, superseded, *facts in cursor.fetchall():
                told = dict(zip(_FACTS, facts, strict=True)) | {"kind": kind}
                self._rows[fund].append(_Row(kind, since, until, recorded, superseded, told))
            uneven = [fund for fund, rows in self._rows.items() if any(_shares(row.facts) for row in rows)]
            if uneven:
                cursor.execute(_FLOWS, {"funds": uneven})
                for fund, *flow in cursor.fetchall():
                    self._flows[fund].append((flow[0], flow[1], flow[2], flow[3]))

    def speaks_of(self, fund_id: int) -> bool:
        """Whether any dated term of the fund is recorded."""
        return fund_id in self._rows

    def shares_gains(self, fund_id: int) -> bool:
        """Whether the fund ever shares its gains otherwise than pro rata."""
        return fund_id in self._flows

    def at(self, fund_id: int, moment: Moment) -> dict[str, Any]:
        """The columns of TERMS_SQL for one fund at a moment."""
        known = [row for row in self._rows.get(fund_id, ()) if row.is_known(moment)]
        held = [row.facts for row in known if row.kind == _COMMITMENT and row.holds(moment)]
        losses = [row for row in known if row.kind == TierKind.FIRST_LOSS]
        found: dict[str, Any] = {"first_loss_dated": True} if losses else {}
        if held:
            government = sum(facts["amount_fen"] for facts in held if facts["source"] == MoneySource.GOVERNMENT)
            managers = sum(facts["amount_fen"] for facts in held if facts["is_manager"])
            promised = sum(facts["amount_fen"] for facts in held)
            found |= {"promised": promised, "government": government, "managers": managers}
        for row in losses:
            if row.holds(moment):
                facts = row.facts
                found |= {"first_loss": facts["amount_fen"], "first_loss_bearer": facts["bearer"]}
                found |= {name: facts[name] for name in ("first_loss_num", "first_loss_den")}
        gains = [
            row.facts for row in known
            if row.kind not in {_COMMITMENT, TierKind.FIRST_LOSS} and row.holds(moment)
        ]  # fmt: skip
        if any(map(_shares, gains)):
            found |= {"gain_tiers": gains, "flows": self._flows_at(fund_id, moment), "terms_day": moment.as_of}
        return found

    def _flows_at(self, fund_id: int, moment: Moment) -> list[tuple[date, str, int]]:
        return [
            (day, effect, fen)
            for day, recorded, effect, fen in self._flows.get(fund_id, ())
            if day <= moment.as_of and recorded <= moment.known_at
        ]


_FLOWS = f"""
    SELECT fund_id, value_date, recorded_at, effect, amount_fen FROM funds_ledgerevent
    WHERE fund_id = ANY(%(funds)s) AND investment_id IS NULL
      AND effect IN ('{EventKind.CALL}', '{EventKind.DISTRIBUTION}')
"""  # noqa: S608 - built from our own enumerations


def _shares(facts: dict[str, Any]) -> bool:
    return bool(facts["manager_num"] or facts["concession_num"])


def tier_of(facts: Mapping[str, Any], *, first_loss: int = 0) -> Tier:
    """A step as the rules read it, from the columns of its row; ``first_loss`` in fen."""

    def share(name: str) -> Fraction:
        return Fraction(facts[f"{name}_num"], facts[f"{name}_den"]) if facts[f"{name}_num"] else Fraction(0)

    interest = None
    if facts["hurdle_num"] is not None:
        interest = Interest(
            share("hurdle"), Compounding(facts["compounding"] or Compounding.SIMPLE),
            DayCount(facts["day_count"] or DayCount.ACT_365F),
        )  # fmt: skip
    return Tier(
        kind=TierKind(facts["kind"]),
        position=facts["position"],
        interest=interest,
        manager=share("manager"),
        concession=share("concession"),
        concession_to=facts["concession_to"] or "",
        first_loss=first_loss,
        bearer=LossBearer(facts.get("bearer") or LossBearer.OTHERS),
    )


def flow_of(day: date, effect: str, fen: int) -> Flow:
    """An entry of the fund's own money as its investors see it; a reversal carries the opposite amount."""
    return Flow(day, fen, 0) if effect == EventKind.CALL else Flow(day, 0, fen)


def gain_plan(row: Mapping[str, Any]) -> Plan | None:
    """How a gain is shared at the moment of a row of TERMS_SQL; None where it is shared pro rata."""
    if not row.get("gain_tiers") or not row.get("flows"):
        return None
    flows = [flow_of(_day(day), effect, fen) for day, effect, fen in row["flows"]]
    return plan_of([tier_of(facts) for facts in row["gain_tiers"]], flows, row["terms_day"])


def _day(value: date | str) -> date:
    return date.fromisoformat(value) if isinstance(value, str) else value
