"""Monte Carlo of one common factor (domain 4.7): the same inputs and seed give the same digits.

``U_j = Φ(√ρ·Z + √(1−ρ)·ε_j)``. The factor and the positions draw from two streams of the seed, so the answer does not
depend on how the scenarios are cut into blocks. Amounts are whole fen, so sums in floats are exact below 2⁵³.
"""

import hashlib
import json
import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass

import numpy as np
import scipy
from numpy.typing import NDArray

from funds.rules.stress.outcomes import OutcomeTable

ENGINE = f"1 (NumPy {np.__version__})"
"""Names the generator too: its stream may change with the library."""

BLOCK = 2_048
"""Scenarios drawn at a time: a block of a hundred positions stays in the processor's cache."""

Z95 = 1.959963984540054
BINS = 40

Floats = NDArray[np.float64]
Progress = Callable[[int], None]
"""Called with the number of scenarios done so far."""


@dataclass(frozen=True, slots=True)
class Interval:
    """The Wilson interval of a proportion."""

    low: float
    high: float


@dataclass(frozen=True, slots=True)
class Simulated:
    """How often the loss passed the budget, and how the losses were spread. Amounts in fen, beyond today's loss.

    ``quantiles`` are the 5, 25, 50, 75, 95 and 99 in a hundred of the added loss; ``counts`` is the histogram over
    equal steps between ``low`` and ``high``.
    """

    breaches: int
    draws: int
    mean: float
    quantiles: tuple[float, ...]
    low: float
    high: float
    counts: tuple[int, ...]

    @property
    def probability(self) -> float:
        return self.breaches / self.draws

    @property
    def interval(self) -> Interval:
        return wilson(self.breaches, self.draws)

    @property
    def digest(self) -> str:
        """SHA-256 of every digit of the result."""
        return hashlib.sha256(json.dumps(asdict(self), sort_keys=True).encode()).hexdigest()


QUANTILES = (0.05, 0.25, 0.5, 0.75, 0.95, 0.99)


def wilson(count: int, draws: int, z: float = Z95) -> Interval:
    """The Wilson score interval of ``count`` out of ``draws`` (95 % by default)."""
    share = count / draws
    middle = share + z * z / (2 * draws)
    spread = z * math.sqrt(share * (1 - share) / draws + z * z / (4 * draws * draws))
    scale = 1 + z * z / draws
    # At none and at all the two terms are equal and must give exactly 0 and 1.
    low = 0.0 if count == 0 else (middle - spread) / scale
    high = 1.0 if count == draws else (middle + spread) / scale
    return Interval(low, high)


def total_losses(
    amounts: Sequence[int],
    probs: Sequence[float],
    *,
    rho: float,
    budget: int,
    draws: int,
    seed: int,
    progress: Progress | None = None,
) -> Simulated:
    """Each position fails wholly with its probability and then adds its amount (fen); breach is Σ > ``budget``.

    Given the factor the positions fail independently with ``Φ((Φ⁻¹(p) − √ρ·z) / √(1−ρ))``, so one uniform number a
    position decides.
    """
    weights, each = np.array(amounts, dtype=np.float64), np.array(probs, dtype=np.float64)
    levels, column = np.unique(each, return_inverse=True)
    lost = np.empty(draws)
    for at, factor, positions in _blocks(seed, draws):
        given = _given(levels, rho, factor)[:, column]
        failed = positions.random(given.shape) < given
        lost[at] = failed.astype(np.float64) @ weights
        if progress:
            progress(at.stop)
    return _summary(lost, budget)


def outcomes(
    fixed: Sequence[int],
    tops: Sequence[int],
    costs: Sequence[int],
    tables: Sequence[OutcomeTable],
    *,
    floored: bool,
    rho: float,
    budget: int,
    draws: int,
    seed: int,
    progress: Progress | None = None,
) -> Simulated:
    """Each position ends at a multiple M of its remaining cost and then counts ``fixed + top − cost·M`` (fen).

    ``floored`` cuts ``top − cost·M`` at zero: gains are not set off. Breach is Σ > ``budget``. A low factor brings
    low multiples everywhere.
    """
    base = np.array(tops, dtype=np.float64)
    scale = np.array(costs, dtype=np.float64)
    settled = float(sum(fixed))
    curves = {table: _Quantiles(table) for table in dict.fromkeys(tables)}
    columns = {table: np.flatnonzero([other == table for other in tables]) for table in curves}
    loading, rest = math.sqrt(rho), math.sqrt(1 - rho)
    lost = np.empty(draws)
    for at, factor, positions in _blocks(seed, draws):
        drawn = positions.standard_normal((len(factor), len(base)))
        level = scipy.special.ndtr(loading * factor[:, np.newaxis] + rest * drawn)
        multiple = np.empty_like(level)
        for table, own in columns.items():
            multiple[:, own] = curves[table].at(level[:, own])
        # Whole fen, so that the sum does not depend on the order of its terms.
        part = np.rint(base - scale * multiple)
        if floored:
            np.maximum(part, 0.0, out=part)
        lost[at] = settled + part.sum(axis=1)
        if progress:
            progress(at.stop)
    return _summary(lost, budget)


class _Quantiles:
    """The quantile function of an outcome table on arrays."""

    def __init__(self, table: OutcomeTable) -> None:
        self.table = table
        self.edges = np.cumsum([float(bucket.share) for bucket in table.buckets])[:-1]

    def at(self, level: Floats) -> Floats:
        multiple = np.zeros_like(level)
        which = np.searchsorted(self.edges, level, side="right")
        start = np.concatenate(([0.0], self.edges))
        for number, bucket in enumerate(self.table.buckets):
            inside = which == number
            if bucket.share == 0 or not inside.any():
                continue
            lower = float(bucket.lower)
            share = np.clip((level[inside] - start[number]) / float(bucket.share), 0.0, 1.0)
            if bucket.is_point:
                multiple[inside] = lower
            elif bucket.upper is None:
                share = np.minimum(share, 1 - 2**-53)
                tail = lower * (1 - share) ** (-1 / self.table.alpha)
                multiple[inside] = np.minimum(tail, self.table.tail_cap)
            elif bucket.lower < 1:
                multiple[inside] = lower + share * (float(bucket.upper) - lower)
            else:
                multiple[inside] = lower * (float(bucket.upper) / lower) ** share
        return multiple


def _blocks(seed: int, draws: int) -> Iterator[tuple[slice, Floats, np.random.Generator]]:
    """Blocks of scenarios: where they go, their factors, and the generator of the positions' own numbers."""
    for_factor, for_positions = (np.random.default_rng(child) for child in np.random.SeedSequence(seed).spawn(2))
    for start in range(0, draws, BLOCK):
        stop = min(draws, start + BLOCK)
        yield slice(start, stop), for_factor.standard_normal(stop - start), for_positions


def _given(levels: Floats, rho: float, factor: Floats) -> Floats:
    """Failure probability of each level given each scenario's factor."""
    if rho == 0:
        return np.broadcast_to(levels, (len(factor), len(levels)))
    if rho == 1:
        return (factor[:, np.newaxis] < scipy.special.ndtri(levels)).astype(np.float64)
    return np.asarray(
        scipy.special.ndtr((scipy.special.ndtri(levels) - math.sqrt(rho) * factor[:, np.newaxis]) / math.sqrt(1 - rho))
    )


def _summary(lost: Floats, budget: int) -> Simulated:
    low, high = float(lost.min()), float(lost.max())
    counts, _edges = np.histogram(lost, bins=BINS, range=(low, high) if high > low else (low, low + 1))
    return Simulated(
        breaches=int((lost > budget).sum()),
        draws=len(lost),
        mean=math.fsum(lost) / len(lost),
        quantiles=tuple(float(value) for value in np.quantile(lost, QUANTILES, method="inverted_cdf")),
        low=low,
        high=high,
        counts=tuple(int(count) for count in counts),
    )
