"""States of holdings on the days on which something moves them: realised result, gap to fair value, impairment.

Amounts are exact integers of fen, except what partial exits scale: of it the floor is kept as an integer and the rest,
at least 0 and below 1 fen, as a float beside it.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from funds.queries.columns import IMPAIRED, INCOME, INVESTED, Ints
from funds.rules.figures import Money

_SHIFT = 17  # days since 2000 need fewer bits


@dataclass(frozen=True, slots=True)
class Days:
    """State of each holding after each day on which something moved it, by holding and day."""

    holding: Ints
    day: Ints
    realised: Ints
    income: Ints | None
    gap: Ints
    gap_rest: np.ndarray
    impairment: Ints
    impairment_rest: np.ndarray


@dataclass(frozen=True, slots=True)
class Moves:
    """Events that change the state of a holding, by column; ``net`` is realised loss less realised gain."""

    holding: Ints
    day: Ints
    code: Ints
    amount: Ints
    relieved: Ints
    net: Ints


def days_of(moves: Moves, value_holding: Ints, values: np.ndarray, *, with_income: bool) -> Days:
    value_keys = (value_holding << _SHIFT) + values["day"]
    # Of several values of one day the later recorded, which comes later here, wins.
    latest = np.append(value_keys[1:] != value_keys[:-1], True)[: len(value_keys)]
    value_keys, value = value_keys[latest], values["value"][latest]
    event_keys = (moves.holding << _SHIFT) + moves.day
    # Both are in order already, so that the stable sort only merges them.
    keys = np.sort(np.concatenate([event_keys, value_keys]), kind="stable")
    keys = keys[np.append(True, keys[1:] != keys[:-1])[: len(keys)]]
    size = len(keys)
    position = np.searchsorted(keys, event_keys)

    def per_day(weights: Ints) -> Ints:
        total = np.zeros(size, np.int64)
        np.add.at(total, position, weights)
        return total

    of_holding = keys >> _SHIFT
    order = np.arange(size)
    first = np.append(True, of_holding[1:] != of_holding[:-1])[:size]
    start = np.maximum.accumulate(np.where(first, order, 0))

    def running(each: Ints) -> Ints:
        total = np.cumsum(each)
        return total - total[start] + each[start]

    invested = per_day(np.where(moves.code == INVESTED, moves.amount, 0))
    relieved = per_day(moves.relieved)
    all_invested, all_relieved = running(invested), running(relieved)
    remaining = all_invested - all_relieved
    gap, gap_rest = _gaps(
        np.searchsorted(keys, value_keys), value, start,
        _Costs(invested, relieved, all_invested, all_relieved, remaining),
    )  # fmt: skip
    impairment, impairment_rest = _impairments(
        per_day(np.where(moves.code == IMPAIRED, moves.amount, 0)), start, remaining, relieved
    )
    income = running(per_day(np.where(moves.code == INCOME, moves.amount, 0))) if with_income else None
    return Days(
        of_holding,
        keys & ((1 << _SHIFT) - 1),
        running(per_day(moves.net)),
        income,
        gap,
        gap_rest,
        impairment,
        impairment_rest,
    )


@dataclass(frozen=True, slots=True)
class _Costs:
    """Cost invested and relieved on each day, up to it, and what remains, in fen."""

    invested: Ints
    relieved: Ints
    all_invested: Ints
    all_relieved: Ints
    remaining: Ints


def _gaps(where_valued: Ints, value: Ints, start: Ints, costs: _Costs) -> tuple[Ints, np.ndarray]:
    """Fair value less remaining cost after each day: of the last value, scaled by the exits since. Floor and rest."""
    size, remaining = len(start), costs.remaining
    valued, found = np.zeros(size, np.int64), np.full(size, -1)
    valued[where_valued], found[where_valued] = value, where_valued
    last = np.maximum.accumulate(found) if size else found
    known_value = last >= start
    last = np.where(known_value, last, 0)
    base = remaining[last]
    gap = np.where(known_value & (base > 0) & (remaining > 0), valued[last] - base, 0)
    scaled = (gap != 0) & (costs.all_relieved != costs.all_relieved[last])
    mixed = scaled & (costs.all_invested != costs.all_invested[last])
    straight = scaled & ~mixed
    gap_rest = np.zeros(size)
    gap[straight], gap_rest[straight] = _scale(gap[straight], remaining[straight], base[straight])
    for place, anchor, ratio in _ratios(mixed, last, remaining, costs.invested, costs.relieved):
        gap[place], gap_rest[place] = split(int(valued[anchor] - remaining[anchor]) * ratio)
    return gap, gap_rest


def _scale(gap: Ints, remaining: Ints, base: Ints) -> tuple[Ints, np.ndarray]:
    """Floor and rest of gap · remaining / base, exact although the product may pass 64 bits.

    The quotient is guessed in floats; the product and the guess times base are then compared modulo 2⁶⁴, where
    their difference, a few times base, is exact.
    """
    guess = np.floor(gap.astype(np.float64) * remaining / base).astype(np.int64)
    over = gap * remaining - guess * base
    return guess + over // base, (over % base) / base


def _ratios(
    mixed: np.ndarray, last: Ints, remaining: Ints, invested: Ints, relieved: Ints
) -> Iterator[tuple[int, int, Fraction]]:
    """Day, day of the last value and Π (rem after / rem before) of the exits since, where investments lie between."""
    anchor, place, ratio = -1, -1, Fraction(1)
    for day in np.flatnonzero(mixed).tolist():
        if last[day] != anchor:
            anchor, place, ratio = int(last[day]), int(last[day]), Fraction(1)
        while place < day:
            place += 1
            if relieved[place]:
                before = int(remaining[place - 1] + invested[place])
                ratio *= Fraction(int(remaining[place]), before) if before > 0 else 0
        yield day, anchor, ratio


def _impairments(booked: Ints, start: Ints, remaining: Ints, relieved: Ints) -> tuple[Ints, np.ndarray]:
    """Impairment after each day: min(rem, impairment + booked), scaled by exits. No day has both here."""
    whole, rest = np.zeros(len(booked), np.int64), np.zeros(len(booked))
    ends = np.append(np.flatnonzero(start == np.arange(len(start)))[1:], len(start))
    starts = np.flatnonzero(start == np.arange(len(start)))
    impaired = np.unique(np.searchsorted(starts, np.flatnonzero(booked), side="right") - 1)
    for number in impaired.tolist():
        now: Money = 0
        for day in range(int(starts[number]), int(ends[number])):
            rem, gone = int(remaining[day]), int(relieved[day])
            if gone and now:
                now = now * Fraction(rem, rem + gone) if rem > 0 else 0
            if booked[day]:
                now = min(rem, now + int(booked[day]))
            if now:
                whole[day], rest[day] = split(now)
    return whole, rest


def split(amount: Money) -> tuple[int, float]:
    floor = amount // 1
    return int(floor), float(amount - floor)
