"""Prices of pairs that are closer to whole plans than those of the model without wholeness.

Every row except one capacity per person is paid for instead of kept (Lagrange's relaxation). What remains is, for each
person alone, which demands fill the capacity best: solved exactly, since loads are few different whole points. Any
payments give a valid bound; better ones are sought by steps along the rows that the relaxed plan breaks (Held and
Karp's subgradient steps, with Polyak's length).
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import scipy
from numpy.typing import NDArray

if TYPE_CHECKING:
    from scipy.sparse import csr_array

Numbers = NDArray[np.float64]
MOST_POINTS = 60
"""Largest capacity for which people are solved point by point."""
STEPS, PATIENCE, SHORTEST = 400, 15, 0.02
WORTH = 1e-3
"""Share of what is missing that a step has to gain, or it is counted as in vain."""
ENOUGH = 1e-6


@dataclass(frozen=True)
class Block:
    """One capacity: the variables under it, the points of each, and how many points there are."""

    places: Sequence[int]
    loads: Sequence[int]
    most: int


@dataclass(frozen=True)
class Prices:
    """``bound``: no plan costs less. ``forced``: no plan with this variable costs less."""

    bound: float
    forced: Numbers


class _People:
    """All blocks solved at once: per load the cheapest variables of each block, then point by point.

    What lies in no block, or takes no points, is free: chosen wherever it pays.
    """

    def __init__(self, blocks: Sequence[Block], live: NDArray[np.bool_]) -> None:
        kept = [[(at, load) for at, load in zip(each.places, each.loads, strict=True) if live[at]] for each in blocks]
        self.most = np.array([each.most for each in blocks], dtype=np.int64)
        self.widest = int(self.most.max(initial=0))
        self.width = len(live)
        self.load, self.block = np.zeros(len(live), dtype=np.int64), np.full(len(live), -1, dtype=np.int64)
        for number, row in enumerate(kept):
            for at, load in row:
                if load:
                    self.load[at], self.block[at] = load, number
        self.free = live & (self.block < 0)
        loads = sorted({load for row in kept for _, load in row if 0 < load <= self.widest})
        self.tables = [(load, self._table(kept, load)) for load in loads]

    def _table(self, kept: list[list[tuple[int, int]]], load: int) -> NDArray[np.int64]:
        """Places of one load per block, filled up by a place past the end, where the cost is never below zero."""
        rows = [[at for at, own in row if own == load] for row in kept]
        table = np.full((len(rows), max(map(len, rows)) + 1), self.width, dtype=np.int64)
        for number, row in enumerate(rows):
            table[number, : len(row)] = row
        return table

    def solve(self, cost: Numbers) -> tuple[Numbers, NDArray[np.bool_]]:
        """The least cost of each block for each number of points, and the variables of a cheapest choice."""
        padded = np.append(cost, np.inf)
        everyone = np.arange(len(self.most))
        best = np.zeros((len(self.most), self.widest + 1))
        layers = []
        for load, table in self.tables:
            own = padded[table]
            order = np.argsort(own, axis=1, kind="stable")[:, : self.widest // load]
            gain = np.minimum(np.take_along_axis(own, order, axis=1), 0.0).cumsum(axis=1)
            better, count = best.copy(), np.zeros(best.shape, dtype=np.int64)
            for number in range(1, gain.shape[1] + 1):
                start = number * load
                tried = best[:, : self.widest + 1 - start] + gain[:, number - 1, None]
                less = tried < better[:, start:]
                better[:, start:][less] = tried[less]
                count[:, start:][less] = number
            layers.append((load, table, order, count))
            best = better
        chosen, left = np.zeros(self.width + 1, dtype=bool), self.most.copy()
        for load, table, order, count in reversed(layers):
            taken = count[everyone, left]
            within = np.arange(order.shape[1])[None, :] < taken[:, None]
            chosen[np.take_along_axis(table, order, axis=1)[within]] = True
            left -= taken * load
        return best, (chosen[:-1] | self.free) & (cost < 0)

    def least(self, cost: Numbers, best: Numbers) -> float:
        """The sum of the cheapest choices."""
        return float(best[np.arange(len(self.most)), self.most].sum() + np.minimum(cost[self.free], 0.0).sum())

    def forced(self, cost: Numbers, best: Numbers, bound: float) -> Numbers:
        """A bound for plans with each variable; infinite for what does not fit or is not looked at."""
        found = np.full(self.width, np.inf)
        found[self.free] = bound + np.maximum(cost[self.free], 0.0)
        at = np.flatnonzero((self.block >= 0) & (self.load <= self.most[self.block]))
        block, most = self.block[at], self.most[self.block[at]]
        found[at] = bound - best[block, most] + cost[at] + best[block, most - self.load[at]]
        return np.maximum(found, bound)


@dataclass(frozen=True)
class Paid:
    """The rows that are paid for, with their ends, and payments to begin with.

    A payment is at least 0 where a row has no upper end, and at most 0 where it has no lower end.
    """

    rows: "csr_array"
    low: Numbers
    high: Numbers
    start: Numbers


def sharpened(
    paid: Paid,
    blocks: Sequence[Block],
    cost: Numbers,
    live: NDArray[np.bool_],
    *,
    target: int,
    seconds_left: Callable[[], float],
) -> Prices:
    """Bounds from the best payments found. ``target`` is the cost of a known plan.

    A variable lies in one block at most; variables that are not ``live`` stay 0.
    """
    rows, low, high = paid.rows, paid.low, paid.high
    people, turned = _People(blocks, live), scipy.sparse.csr_array(rows.T)
    least, most = np.where(np.isfinite(high), -np.inf, 0.0), np.where(np.isfinite(low), np.inf, 0.0)
    pay = best_pay = np.clip(paid.start, least, most)
    highest, forced, length, waited = -np.inf, np.full(len(cost), -np.inf), 1.0, 0
    for _ in range(STEPS):
        own = np.where(live, cost - turned @ pay, np.inf)
        best, chosen = people.solve(own)
        edge = np.where((pay > 0) | ~np.isfinite(high), low, high)
        bound = float(pay @ edge) + people.least(own, best)
        forced = np.maximum(forced, people.forced(own, best, bound))
        waited = 0 if bound > highest + (target - highest) * WORTH else waited + 1
        if bound > highest:
            highest, best_pay = bound, pay
        if waited > PATIENCE:
            length, waited, pay = length / 2, 0, best_pay
            if length < SHORTEST:
                break
            continue
        reached = rows @ chosen
        broken = np.where(pay > 0, low - reached, np.where(pay < 0, high - reached, 0.0))
        broken = np.where(reached < low, low - reached, np.where(reached > high, high - reached, broken))
        size = float(broken @ broken)
        if target - bound < ENOUGH or not size or seconds_left() <= 0:
            break
        pay = np.clip(pay + length * (target - bound) / size * broken, least, most)
    return Prices(highest, forced)
