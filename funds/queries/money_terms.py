"""Whose money a fund's is at a moment: the government's share by the commitments, the first loss by the waterfall.

What is dated wins: while no commitment counts, the share stated with the fund holds; while no first loss was ever
recorded as a step of the waterfall, the one stated with the fund does.
"""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from funds.choices.records import MoneySource, TierKind
from funds.queries.sums import Moment

_KNOWN = "recorded_at <= %(known_at)s AND (superseded_at IS NULL OR superseded_at > %(known_at)s)"
_HOLDS = "valid_from <= %(as_of)s AND (valid_to IS NULL OR valid_to >= %(as_of)s)"
TERMS_SQL = f"""
, promised AS (
    SELECT fund_id, SUM(amount_fen)::bigint AS promised,
        COALESCE(SUM(amount_fen) FILTER (WHERE source = '{MoneySource.GOVERNMENT}'), 0)::bigint AS government
    FROM funds_commitment WHERE {_KNOWN} AND {_HOLDS} GROUP BY fund_id
),
first_losses AS (
    SELECT fund_id, MAX(amount_fen) FILTER (WHERE {_HOLDS}) AS first_loss,
        MAX(first_loss_num) FILTER (WHERE {_HOLDS}) AS first_loss_num,
        MAX(first_loss_den) FILTER (WHERE {_HOLDS}) AS first_loss_den, TRUE AS first_loss_dated
    FROM funds_waterfalltier WHERE kind = '{TierKind.FIRST_LOSS}' AND {_KNOWN} GROUP BY fund_id
)
"""  # noqa: S608 - built from our own enumerations
"""CTEs by fund; of one fund, one first loss holds at a time."""
TERMS_JOINS = """
    LEFT JOIN promised ON promised.fund_id = c.fund_id
    LEFT JOIN first_losses ON first_losses.fund_id = c.fund_id
"""
TERMS_COLUMNS = (
    "promised.promised, promised.government, first_losses.first_loss, first_losses.first_loss_num, "
    "first_losses.first_loss_den, first_losses.first_loss_dated"
)


@dataclass(frozen=True, slots=True)
class _Row:
    """A commitment or a first loss with its two times."""

    is_commitment: bool
    since: date
    until: date | None
    recorded_at: datetime
    superseded_at: datetime | None
    facts: tuple[Any, ...]

    def is_known(self, moment: Moment) -> bool:
        gone = self.superseded_at is not None and self.superseded_at <= moment.known_at
        return self.recorded_at <= moment.known_at and not gone

    def holds(self, moment: Moment) -> bool:
        return self.since <= moment.as_of and (self.until is None or moment.as_of <= self.until)


class MoneyTerms:
    """The dated terms of some funds for every moment, from one statement; ``at`` answers as TERMS_SQL does."""

    def __init__(self, fund_ids: Collection[int] | None) -> None:
        self._rows: dict[int, list[_Row]] = defaultdict(list)
        only = "" if fund_ids is None else "AND fund_id = ANY(%(funds)s)"
        statement = f"""
            SELECT fund_id, TRUE, valid_from, valid_to, recorded_at, superseded_at, amount_fen, source, NULL, NULL
            FROM funds_commitment WHERE TRUE {only}
            UNION ALL
            SELECT fund_id, FALSE, valid_from, valid_to, recorded_at, superseded_at, amount_fen, NULL,
                first_loss_num, first_loss_den
            FROM funds_waterfalltier WHERE kind = '{TierKind.FIRST_LOSS}' {only}
        """  # noqa: S608 - built from our own enumerations
        with connection.cursor() as cursor:
            cursor.execute(statement, {"funds": list(fund_ids or ())})
            for fund, is_commitment, since, until, recorded, superseded, *facts in cursor.fetchall():
                self._rows[fund].append(_Row(is_commitment, since, until, recorded, superseded, tuple(facts)))

    def speaks_of(self, fund_id: int) -> bool:
        """Whether any dated term of the fund is recorded."""
        return fund_id in self._rows

    def at(self, fund_id: int, moment: Moment) -> dict[str, Any]:
        """The columns of TERMS_SQL for one fund at a moment."""
        known = [row for row in self._rows.get(fund_id, ()) if row.is_known(moment)]
        held = [row.facts for row in known if row.is_commitment and row.holds(moment)]
        losses = [row for row in known if not row.is_commitment]
        found: dict[str, Any] = {"first_loss_dated": True} if losses else {}
        if held:
            government = sum(amount for amount, source, *_ in held if source == MoneySource.GOVERNMENT)
            found |= {"promised": sum(facts[0] for facts in held), "government": government}
        for row in losses:
            if row.holds(moment):
                amount, _source, num, den = row.facts
                found |= {"first_loss": amount, "first_loss_num": num, "first_loss_den": den}
        return found
