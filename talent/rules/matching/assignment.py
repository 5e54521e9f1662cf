"""One row to one column at most: the most rows, then the best sum, then the smallest column list.

``scipy.optimize.linear_sum_assignment`` finds an optimum exactly but leaves open which of several; the choice among
them is made here on the pairs whose reduced cost is zero, since only these occur in any optimum.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import lcm
from typing import Any

import numpy as np
import scipy
from numpy.typing import NDArray

EXACT = 2**53
"""Whole numbers below it are exact in the solver's arithmetic."""
NO_ALLOWED_COLUMN, ALLOWED_COLUMNS_TAKEN = "no_allowed_column", "allowed_columns_taken"

Costs = Sequence[Sequence[int | Fraction | None]]
Matrix = NDArray[Any]


@dataclass(frozen=True, slots=True)
class Assigned:
    """``columns`` per row, None for a row without; ``reasons`` by row number for these."""

    columns: tuple[int | None, ...]
    optimum: int | Fraction
    reasons: dict[int, str]

    @property
    def complete(self) -> bool:
        return not self.reasons


def assign(costs: Costs, *, maximise: bool = False) -> Assigned:
    """The assignment of rows to columns; ``None`` in ``costs`` forbids a pair.

    Raises ValueError for rows of unequal length and for numbers too large to be exact.
    """
    rows = [list(row) for row in costs]
    width = len(rows[0]) if rows else 0
    if any(len(row) != width for row in rows):
        raise ValueError("Rows of unequal length")
    whole = _square(rows, width, maximise=maximise)
    chosen = scipy.optimize.linear_sum_assignment(whole)[1]
    found = _smallest(whole, chosen, len(rows))
    columns = tuple(int(column) if column < width else None for column in found)
    return Assigned(
        columns=columns,
        optimum=sum(_cost(rows[row][column]) for row, column in enumerate(columns) if column is not None),
        reasons={
            row: NO_ALLOWED_COLUMN if all(cost is None for cost in rows[row]) else ALLOWED_COLUMNS_TAKEN
            for row, column in enumerate(columns)
            if column is None
        },
    )


def _cost(cost: int | Fraction | None) -> int | Fraction:
    if cost is None:
        raise AssertionError("A forbidden pair was chosen")
    return cost


def _square(rows: list[list[int | Fraction | None]], width: int, *, maximise: bool) -> Matrix:
    """Whole costs of a square model: every row may stay alone at its own extra column, every column at an extra row."""
    known = [Fraction(cost) for row in rows for cost in row if cost is not None]
    scale = lcm(*(cost.denominator for cost in known)) if known else 1
    sign = -1 if maximise else 1
    least = min((sign * cost for cost in known), default=Fraction(0))
    spread = int((max((sign * cost for cost in known), default=Fraction(0)) - least) * scale)
    count = len(rows)
    alone = count * spread + 1
    never = (count + 1) * alone
    if never * (count + width) >= EXACT:
        raise ValueError("Costs too large to be exact")
    size = count + width
    whole = np.full((size, size), never, dtype=np.int64)
    whole[count:, :] = 0
    for row, costs in enumerate(rows):
        whole[row, width + row] = alone
        for column, cost in enumerate(costs):
            if cost is not None:
                whole[row, column] = int((sign * Fraction(cost) - least) * scale)
    return whole


def _smallest(whole: Matrix, chosen: Matrix, count: int) -> list[int]:
    """The lexicographically smallest columns of the first ``count`` rows among all optima."""
    tight = _tight(whole, chosen)
    column_of = [int(column) for column in chosen]
    row_of = [0] * len(column_of)
    for row, column in enumerate(column_of):
        row_of[column] = row
    free = np.ones(len(column_of), dtype=bool)
    for row in range(count):
        free[row] = False
        next_column = _ways_to(column_of[row], tight, free, row_of)
        for column in np.flatnonzero(tight[row]).tolist():
            if column == column_of[row]:
                break
            if column in next_column:
                _turn(row, column, next_column, column_of, row_of)
                break
    return column_of[:count]


def _tight(whole: Matrix, chosen: Matrix) -> Matrix:
    """Pairs of zero reduced cost, from potentials by Bellman and Ford's relaxation over columns."""
    matched = whole[np.arange(len(chosen)), chosen]
    excess = whole - matched[:, None]
    potential = np.zeros(len(chosen), dtype=np.int64)
    while True:
        lower = np.minimum(potential, (potential[chosen][:, None] + excess).min(axis=0))
        if np.array_equal(lower, potential):
            break
        potential = lower
    return excess + potential[chosen][:, None] - potential[None, :] == 0


def _ways_to(target: int, tight: Matrix, free: Matrix, row_of: list[int]) -> dict[int, int]:
    """Per column whose free row can move on until ``target`` is filled: the column that this row moves to."""
    way: dict[int, int] = {}
    waiting = [target]
    open_rows = free.copy()
    column_of = np.empty(len(row_of), dtype=np.int64)
    for column, row in enumerate(row_of):
        column_of[row] = column
    while waiting:
        column = waiting.pop()
        for row in np.flatnonzero(tight[:, column] & open_rows).tolist():
            open_rows[row] = False
            at = int(column_of[row])
            if at != target:
                way[at] = column
                waiting.append(at)
    return way


def _turn(row: int, column: int, way: dict[int, int], column_of: list[int], row_of: list[int]) -> None:
    """Give ``column`` to ``row`` and move each displaced row on along ``way``."""
    target = column_of[row]
    mover, at = row, column
    while True:
        displaced = row_of[at]
        column_of[mover], row_of[at] = at, mover
        if at == target:
            return
        mover, at = displaced, way[at]
