"""Dated flows as arrays, from ledger rows that are read already: of funds to their investors, and of holdings.

Investors pay calls and receive distributions; a distribution that is called again is a call again, so it counts as
paid in each time (GIPS). A fund pays for holdings and receives what exits, recoveries and income bring. Reversals carry
the value date and the opposite amounts of what they take back, so plain sums by day are right. Impairments and exchange
restatements move no cash.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from funds.queries.columns import CALLED, DISTRIBUTED, EXITED, INCOME, INVESTED, Columns, Ints

_SHIFT = 17  # days since 2000 need fewer bits


@dataclass(frozen=True, slots=True)
class Flows:
    """Rows by owner (fund, holding or number of a pool) and day: fen paid (``out``) and received (``back``)."""

    owner: Ints
    day: Ints
    out: Ints
    back: Ints

    @property
    def net(self) -> Ints:
        """Received less paid."""
        return self.back - self.out

    def chosen(self, keep: NDArray[np.bool_]) -> "Flows":
        return Flows(self.owner[keep], self.day[keep], self.out[keep], self.back[keep])


def investor_flows(columns: Columns) -> Flows:
    """Calls and distributions by fund id and day."""
    rows = columns.fund_events
    code = rows["code"]
    rows = rows[(code == CALLED) | (code == DISTRIBUTED)]
    code = rows["code"]
    out = np.where(code == CALLED, rows["amount"], 0)
    return by_day(Flows(rows["fund"], rows["day"].astype(np.int64), out, rows["amount"] - out))


def holding_flows(columns: Columns) -> Flows:
    """What was paid for each holding and what it brought, by holding id and day."""
    rows = columns.events
    code = rows["code"]
    rows = rows[(code == INVESTED) | (code == EXITED) | (code == INCOME)]
    out = np.where(rows["code"] == INVESTED, rows["amount"], 0)
    return by_day(Flows(rows["holding"], rows["day"].astype(np.int64), out, rows["amount"] - out))


def by_day(flows: Flows) -> Flows:
    """One row for each owner and day, in that order; ids are below 2⁴⁶."""
    key = (flows.owner << _SHIFT) + flows.day
    if not len(key):
        return flows
    if (key[1:] < key[:-1]).any():
        order = np.argsort(key, kind="stable")
        key, out, back = key[order], flows.out[order], flows.back[order]
    else:
        out, back = flows.out, flows.back
    start = np.flatnonzero(np.append(True, key[1:] != key[:-1]))
    key = key[start]
    return Flows(key >> _SHIFT, key & ((1 << _SHIFT) - 1), np.add.reduceat(out, start), np.add.reduceat(back, start))


def pooled(flows: Flows, owners: Ints, pools: Sequence[Sequence[int]]) -> Flows:
    """The flows of ``pools``, each a list of places in ``owners`` (ids in rising order), by number of the pool and day.

    An owner may belong to several pools.
    """
    size = [len(pool) for pool in pools]
    number = np.repeat(np.arange(len(pools)), size)
    member = np.fromiter((place for pool in pools for place in pool), np.int64, sum(size))
    first = np.searchsorted(flows.owner, owners[member])
    length = np.searchsorted(flows.owner, owners[member], side="right") - first
    total = int(length.sum())
    row = np.repeat(first - (np.cumsum(length) - length), length) + np.arange(total)
    return by_day(Flows(np.repeat(number, length), flows.day[row], flows.out[row], flows.back[row]))
