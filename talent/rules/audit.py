"""The audit sample: which verified entries are looked at a second time. Seeded, so that anybody can draw it again."""

import hashlib
from collections.abc import Iterable
from fractions import Fraction


def drawn(keys: Iterable[int], *, seed: str, share: Fraction) -> list[int]:
    """The keys of the sample, smallest first: ``share`` of all, rounded up, at least one where there is any.

    Each key is placed by the SHA-256 of seed and key; the lowest places are drawn. The order of ``keys`` has no
    influence, and a key that is added later moves no other one's place. Raises ValueError for a share outside 0..1.
    """
    if not 0 < share <= 1:
        raise ValueError("share")
    placed = sorted(set(keys), key=lambda key: (hashlib.sha256(f"{seed}:{key}".encode()).digest(), key))
    wanted = -(-len(placed) * share.numerator // share.denominator)
    return sorted(placed[:wanted])
