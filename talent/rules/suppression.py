"""Suppression of small cells: what may be published of a row of counts without telling of single people.

Fixed bands and fixed release dates belong to it: cutting the same people anew lets a reader take the difference.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

INSIDE, PUBLIC = 5, 10
"""The least count that is shown inside the office and to the public."""
PERCENT_BASE = 20
"""A per cent is given of at least so many."""


@dataclass(frozen=True, slots=True)
class Published:
    """What may be read: None for a cell, total or per cent that is hidden."""

    cells: Mapping[str, int | None]
    total: int | None
    percent: Mapping[str, int | None]


def suppress(row: Mapping[str, int], k: int = INSIDE, min_percent_base: int = PERCENT_BASE) -> Published:
    """Hide what is below ``k`` and as many more cells as it takes that no subtraction brings it back."""
    return publish(row, shared_pattern([row], [tuple(row)], k), k, min_percent_base)


def publish(row: Mapping[str, int], hidden: Collection[str], k: int, min_percent_base: int = PERCENT_BASE) -> Published:
    """``row`` with the cells of ``hidden`` left out; its total only when that is not small itself."""
    total = sum(row.values())
    shown_total = None if 0 < total < k else total
    cells = {key: None if key in hidden else count for key, count in row.items()}
    has_percent = shown_total is not None and shown_total >= min_percent_base
    percent = {
        key: _percent(count, total) if has_percent and count is not None else None for key, count in cells.items()
    }
    return Published(cells, shown_total, percent)


def _percent(count: int, total: int) -> int:
    """Whole per cent, half rounded up."""
    return (200 * count + total) // (2 * total)


def shared_pattern(
    rows: Sequence[Mapping[str, int]], groups: Sequence[Collection[str]], k: int = INSIDE
) -> frozenset[str]:
    """The cells to hide in each of ``rows``, which count the same people in the same cells (applied, selected …).

    ``groups`` are the sets of cells whose sum is published, such as the whole row or one side of a contrast: in none
    of them may fewer than two positive cells, or fewer than ``k`` people, be hidden behind that sum.
    """
    hidden = {key for row in rows for key, count in row.items() if 0 < count < k}
    while more := _one_more(rows, groups, hidden, k):
        hidden.add(more)
    return frozenset(hidden)


def _one_more(
    rows: Sequence[Mapping[str, int]], groups: Sequence[Collection[str]], hidden: set[str], k: int
) -> str | None:
    """The smallest positive cell that has to go too, the first of equals; None when nothing can be worked out.

    Small groups come first: what they hide serves the larger ones that hold them.
    """
    for group in sorted(groups, key=len):
        for row in rows:
            inside = [row[key] for key in group if key in hidden and row[key] > 0]
            if not inside or (len(inside) > 1 and sum(inside) >= k):
                continue
            left = [key for key in group if key not in hidden and row[key] > 0]
            if left:
                return min(left, key=lambda key: row[key])
    return None
