"""Rates of return and market equivalents of many pools of flows at once."""

from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from funds.choices.figures import DayCount, IndexMoneyStatus
from funds.queries.columns import EPOCH, Ints
from funds.queries.flows import Flows
from funds.queries.market import Levels
from funds.rules.returns.batch import batch_xirr
from funds.rules.returns.pme import Pme
from funds.rules.returns.xirr import Irr

Floats = NDArray[np.float64]
DAY_COUNT = DayCount.ACT_365F


class NoPme(StrEnum):
    """Why a pool has no market equivalent."""

    NOTHING_PAID = "NOTHING_PAID"
    NO_LEVEL = "NO_LEVEL"


@dataclass(frozen=True, slots=True)
class PoolPme:
    """A pool beside an index, or why there is none; ``missing`` is the first day without a level."""

    pme: Pme | None = None
    problem: NoPme | None = None
    missing: date | None = None


def rates(flows: Flows, values: Ints, count: int, as_of: int) -> list[Irr]:
    """The rate of each pool: its flows and, at the day number ``as_of``, its value, also where that is 0.

    A pool in which nothing moved has no terminal row either.
    """
    return _with_value(flows.owner, flows.day, flows.net, values=values, count=count, as_of=as_of)


def _with_value(owner: Ints, day: Ints, net: np.ndarray, *, values: np.ndarray, count: int, as_of: int) -> list[Irr]:
    moved = np.unique(owner)
    series = np.concatenate([owner, moved])
    days = np.concatenate([day, np.full(len(moved), as_of, np.int64)])
    amounts = np.concatenate([net, values[moved]])
    batch = batch_xirr(series, days, amounts, count, day_count=DAY_COUNT)
    return [batch.answer(number) for number in range(count)]


def market_equivalents(flows: Flows, values: Ints, count: int, as_of: int, index: Levels) -> list[PoolPme]:
    """KS-PME, Long-Nickels, Direct Alpha and PME+ of each pool against ``index`` (``funds.rules.returns.pme``).

    A pool with a flow on a day for which no level is known gets none: a gap is never bridged silently.
    """
    last = float(index.at(np.array([as_of]))[0])
    if np.isnan(last):
        return [PoolPme(problem=NoPme.NO_LEVEL, missing=EPOCH + timedelta(days=as_of))] * count
    level = index.at(flows.day)
    moves = (flows.out != 0) | (flows.back != 0)
    growth = np.where(np.isnan(level), 1.0, last / level)
    contributed, distributed = (
        _grown(flows.owner, flows.out * growth, count),
        _grown(flows.owner, flows.back * growth, count),
    )
    worth = values.astype(np.float64)
    account = contributed - distributed
    overdrawn = account < 0
    with np.errstate(all="ignore"):
        kaplan = (distributed + worth) / contributed
        scale = (contributed - worth) / distributed
    scaled = np.where(distributed > 0, scale, np.nan)
    owner, day, net = flows.owner, flows.day, flows.net
    ends = {"count": count, "as_of": as_of}
    fund = _with_value(owner, day, net, values=values, **ends)
    nickels = _with_value(owner, day, net, values=account, **ends)
    alpha = _with_value(owner, day, net * growth, values=worth, **ends)
    plus = _with_value(owner, day, flows.back * np.nan_to_num(scaled)[owner] - flows.out, values=worth, **ends)
    missing = _first_missing(flows.chosen(moves & np.isnan(level)), count)
    paid = _grown(owner, flows.out.astype(np.float64), count) > 0
    found = []
    for n in range(count):
        if not paid[n]:
            found.append(PoolPme(problem=NoPme.NOTHING_PAID))
        elif missing[n] is not None:
            found.append(PoolPme(problem=NoPme.NO_LEVEL, missing=missing[n]))
        else:
            has_scale = bool(np.isfinite(scaled[n]))
            found.append(
                PoolPme(
                    Pme(
                        ks_pme=float(kaplan[n]),
                        fund_irr=fund[n],
                        ln_nav=float(account[n]),
                        ln_status=IndexMoneyStatus.NEGATIVE_INDEX_NAV if overdrawn[n] else IndexMoneyStatus.OK,
                        ln_irr=None if overdrawn[n] else nickels[n],
                        direct_alpha=alpha[n],
                        plus_scale=float(scaled[n]) if has_scale else None,
                        plus_irr=plus[n] if has_scale and scaled[n] >= 0 else None,
                    )
                )
            )
    return found


def _grown(owner: Ints, amounts: Floats, count: int) -> Floats:
    return np.bincount(owner, weights=amounts, minlength=count)[:count]


def _first_missing(gaps: Flows, count: int) -> list[date | None]:
    """The first day of each pool for which no level is known."""
    first = np.full(count, np.iinfo(np.int64).max, np.int64)
    np.minimum.at(first, gaps.owner, gaps.day)
    return [None if day == np.iinfo(np.int64).max else EPOCH + timedelta(days=day) for day in first.tolist()]


@dataclass(frozen=True, slots=True)
class FlowRow:
    """One line of the table behind a rate: what moved on a day, in fen, − paid and + received."""

    day: date
    paid: int
    received: int
    is_value: bool = False


def rows_behind(flows: Flows, owner: int, value: int, as_of: date) -> list[FlowRow]:
    """The rows that make the rate of one pool, by day, the value at the as-of day last."""
    own = flows.chosen(flows.owner == owner)
    rows = [
        FlowRow(EPOCH + timedelta(days=day), out, back)
        for day, out, back in zip(own.day.tolist(), own.out.tolist(), own.back.tolist(), strict=True)
        if out or back
    ]
    return [*rows, FlowRow(as_of, 0, value, is_value=True)] if rows else []
