"""Fair value and impairment of the holdings that ``funds.queries.sums`` leaves open, from sums by day.

Investments of a day come before its exits, so the exits of one day scale by remaining cost after ÷ before, whatever
their number. Only an exchange restatement, or an impairment and an exit on one day, need the order of recording: those
holdings are folded event by event.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.db import connection

from funds.choices.ledger import INVESTING_KINDS, EventKind
from funds.queries.columns import day_number
from funds.queries.holdings import fold_open
from funds.queries.sums import Moment, kinds_list
from funds.rules.figures import Money
from funds.rules.ledger import whole

_MOVED = kinds_list(*INVESTING_KINDS, EventKind.FX, EventKind.IMPAIRMENT)
_DAYS = f"""
    SELECT investment_id, value_date - DATE '2000-01-01',
        COALESCE(SUM(amount_fen) FILTER (WHERE effect IN ({kinds_list(*INVESTING_KINDS)})), 0)::bigint,
        SUM(cost_relieved_fen)::bigint,
        COALESCE(SUM(amount_fen) FILTER (WHERE effect = '{EventKind.IMPAIRMENT}'), 0)::bigint,
        COUNT(*) FILTER (WHERE effect = '{EventKind.FX}')
    FROM funds_ledgerevent
    WHERE investment_id = ANY(%(holdings)s) AND value_date <= %(as_of)s AND recorded_at <= %(known_at)s
      AND (effect IN ({_MOVED}) OR cost_relieved_fen <> 0)
    GROUP BY 1, 2
    ORDER BY 1, 2
"""  # noqa: S608 - the kinds come from our own enumeration


@dataclass(frozen=True, slots=True)
class HoldingValue:
    """What a holding is worth beside its cost, exact: gap = fair value − remaining cost; impairment; restatements."""

    gap: Money
    impairment: Money
    fx: Money = 0


def closed_value(row: dict[str, Any]) -> HoldingValue:
    """The closed form for a row of ``sums``."""
    gap: Money = whole(Fraction(row["gap"] * row["rem"], row["rem_v"])) if row["is_scaled"] else row["gap"]
    return HoldingValue(gap, min(row["rem"], row["impaired"]))


def open_values(asked: Sequence[tuple[Moment, Iterable[dict[str, Any]]]]) -> list[dict[int, HoldingValue]]:
    """Values of the open rows of ``sums`` by holding, for each moment; all moments share one ``known_at``.

    One statement, and one more where the order of recording counts, however many moments are asked.
    """
    known = [(moment, {row["investment_id"]: row for row in rows}) for moment, rows in asked]
    holdings = sorted({holding for _moment, rows in known for holding in rows})
    if not holdings:
        return [{} for _ in known]
    last = max((moment for moment, rows in known if rows), key=lambda moment: moment.as_of)
    days: dict[int, list[tuple[int, ...]]] = {holding: [] for holding in holdings}
    with connection.cursor() as cursor:
        cursor.execute(_DAYS, last.parameters() | {"holdings": holdings})
        for holding, *day in cursor.fetchall():
            days[holding].append(tuple(day))
    found: list[dict[int, HoldingValue]] = []
    ordered: list[tuple[Moment, list[dict[str, Any]]]] = []
    for moment, rows in known:
        end = day_number(moment.as_of)
        until = {holding: [day for day in days[holding] if day[0] <= end] for holding in rows}
        later = {holding for holding, own in until.items() if _needs_order(own)}
        ordered.append((moment, [rows[holding] for holding in later]))
        found.append({holding: _walk(rows[holding], own) for holding, own in until.items() if holding not in later})
    for values, folded in zip(found, fold_open(ordered), strict=True):
        for holding, figures in folded.items():
            gap = whole(figures.fair_value - figures.remaining)
            values[holding] = HoldingValue(gap, figures.impairment, figures.fx)
    return found


def _needs_order(days: Iterable[tuple[int, ...]]) -> bool:
    return any(fx or (impaired and relieved) for _day, _invested, relieved, impaired, fx in days)


def _walk(row: dict[str, Any], days: list[tuple[int, ...]]) -> HoldingValue:
    valued = None if row["valid_at"] is None else day_number(row["valid_at"])
    remaining, after, before = 0, 1, 1
    impairment: Money = 0
    for day, invested, relieved, impaired, _fx in days:
        held = remaining + invested
        remaining = held - relieved
        if relieved:
            if impairment:
                impairment = whole(impairment * Fraction(remaining, held)) if remaining > 0 else 0
            if valued is not None and day > valued and held > 0:
                after, before = after * remaining, before * held
        if impaired:
            impairment = min(remaining, impairment + impaired)
    return HoldingValue(whole(Fraction(row["gap"] * after, before)), impairment)
