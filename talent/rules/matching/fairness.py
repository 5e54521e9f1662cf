"""Figures about who gets the work."""

from collections.abc import Iterable
from fractions import Fraction


def gini(loads: Iterable[int]) -> Fraction:
    """Σᵢ Σⱼ |xᵢ − xⱼ| / (2n²·mean): 0 when all carry the same, or nothing. 4, 4, 2, 1 gives 1/4."""
    ordered = sorted(loads)
    total = sum(ordered)
    if not total:
        return Fraction(0)
    count = len(ordered)
    weighted = sum((2 * place - count + 1) * each for place, each in enumerate(ordered))
    return Fraction(weighted, count * total)


def share(part: int, whole: int) -> Fraction | None:
    """None when there is nothing to share."""
    return Fraction(part, whole) if whole else None
