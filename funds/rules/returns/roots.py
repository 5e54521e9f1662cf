"""All roots of f(x) = Σ aᵢ·e^(−x·tᵢ) in a window, proven complete by bounds over intervals (domain 4.8).

Each term is monotone in x, so that over an interval [x₀, x₁] the sum of its end values bounds f from both sides. The
same holds for the derivatives of f(x)·e^(x·c), which has the zeros of f for every shift c; shifts between the first
and the last time make the bounds tight. An interval is done when

- f cannot be zero in it;
- or its derivative cannot: then f has a root exactly where the signs at the ends differ;
- or its second derivative cannot: then the derivative has at most one zero, on each side of which f is monotone.

Everything else is halved. Before that the window is cut to where roots can be at all: if the flows discounted at x₀ and
added up from the first on keep one sign, f has none above x₀, since f(x₀ + y) = y · ∫ B(t)·e^(−yt) dt with B these
running sums; added up from the last on, none below x₀.

An interval of ``NARROW`` that is still open holds values below rounding: it counts as one
root, as does a minimum or maximum that touches zero within rounding.
"""

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

LOWEST = float(np.log(1e-6))
"""ln(1 + r) below which a rate has no meaning: 99.9999 % lost a year."""
HIGHEST = 45.0
"""ln(1 + r) up to which several roots are searched; beyond it they are artefacts of flows a few days apart."""
OVERFLOW = 700.0
"""ln(1 + r) up to which the only root of a series with one change of sign is searched."""

TOLERANCE = 1e-12
NARROW = 1e-9
# A multiple of machine precision by which a computed sum of terms may be off, relative to their absolute sum.
ROUNDING = 4 * np.finfo(np.float64).eps
SHIFTS = np.array([0.0, 0.25, 0.5, 0.75, 1.0])
ORDERS = 3
STEPS = 200
SPLIT = 0.497
"""Where an interval is cut: not in the middle, so that a cut does not fall on a round rate."""


GRID = np.concatenate([np.linspace(LOWEST, -1.2, 22), np.linspace(-1, 1, 41), np.linspace(1.25, HIGHEST, 36)])
"""Where the window is tried to be cut: near rates that occur more often than far from them."""


class Sums:
    """f of one series and its derivatives, scaled so that nothing overflows.

    ``times`` in years, ascending, at least two; ``amounts`` without zeros, as floats of any unit.
    """

    def __init__(self, times: Floats, amounts: Floats) -> None:
        self.times = times
        self.amounts = amounts / np.abs(amounts).max()

    def value(self, x: float, *, order: int = 0, shift: float = 0.0) -> tuple[float, float]:
        """The derivative of that order of f(x)·e^(x·shift), and by how much rounding may have moved it.

        Both share a positive factor that depends on x.
        """
        away = self.times - shift
        powers = -x * away
        top = powers.max()
        terms = self.amounts * np.exp(powers - top) * (-away) ** order
        noise = ROUNDING * float(np.abs(terms) @ (1 + np.abs(powers)))
        return float(terms.sum()), noise

    def window(self, low: float, high: float) -> tuple[float, float]:
        """The part of [low, high] outside of which f has no root."""
        grid = GRID[(low <= GRID) & (high >= GRID)]
        powers = -grid[:, None] * self.times
        terms = self.amounts * np.exp(powers - powers.max(axis=1, keepdims=True))
        noise = ROUNDING * (len(self.times) + np.abs(grid) * self.times[-1]) * np.abs(terms).sum(axis=1)
        forward, backward = terms.cumsum(axis=1), terms[:, ::-1].cumsum(axis=1)
        above, below = (_one_sign(sums, noise) for sums in (forward, backward))
        return (
            float(grid[below][-1]) if below.any() else low,
            float(grid[above][0]) if above.any() else high,
        )

    def sign(self, x: float, *, order: int = 0, shift: float = 0.0) -> int:
        """1 or −1; what is exactly zero counts as positive, so that neighbours agree on a shared end."""
        return 1 if self.value(x, order=order, shift=shift)[0] >= 0 else -1

    def touches(self, x: float) -> bool:
        """Whether f(x) cannot be told from zero."""
        value, noise = self.value(x)
        return abs(value) <= noise

    def excludes(self, low: Floats, high: Floats) -> tuple[NDArray[np.bool_], Floats]:
        """For orders 0, 1 and 2 and each interval: whether that derivative of some shifted f has no zero in it, and
        the shift.

        Terms are monotone over an interval, also with their factor (−(t − c))^order, which does not depend on x.
        """
        span = self.times[-1] - self.times[0]
        shifts = self.times[0] + SHIFTS * span
        away = self.times - shifts[:, None, None]
        at_low, at_high = -low[:, None] * away, -high[:, None] * away
        top = np.maximum(at_low, at_high).max(axis=2, keepdims=True)
        first, last = self.amounts * np.exp(at_low - top), self.amounts * np.exp(at_high - top)
        unsure = ROUNDING * (1 + np.abs(top))
        done = np.zeros((ORDERS, len(low)), bool)
        where = np.zeros((ORDERS, len(low)))
        for order in range(ORDERS):
            least, most = np.minimum(first, last).sum(axis=2), np.maximum(first, last).sum(axis=2)
            noise = (unsure * (np.abs(first) + np.abs(last))).sum(axis=2)
            clear = (least > noise) | (most < -noise)
            done[order] = clear.any(axis=0)
            where[order] = shifts[clear.argmax(axis=0)]
            first, last = first * -away, last * -away
        return done, where


def _one_sign(sums: Floats, noise: Floats) -> NDArray[np.bool_]:
    """Whether each row keeps one sign, by more than rounding."""
    return (sums.min(axis=1) > noise) | (sums.max(axis=1) < -noise)


def bracketed(value: Callable[[float], tuple[float, float]], low: float, high: float) -> float:
    """The root between ends of opposite sign, by Newton steps that never leave the bracket.

    ``value`` gives a function and its slope. Ends when a step is at most ``TOLERANCE`` · max(1, |x|), tested before a
    step that left the bracket is replaced by halving: the last step may fall outside by rounding alone.
    """
    falling = value(low)[0] > 0
    x = (low + high) / 2
    for _step in range(STEPS):
        now, slope = value(x)
        if now == 0:
            return x
        if (now > 0) == falling:
            low = x
        else:
            high = x
        close = TOLERANCE * max(1.0, abs(x))
        step = now / slope if slope else np.inf
        if abs(step) <= close or high - low <= close:
            return min(max(x - step, low), high) if np.isfinite(step) else x
        x = x - step if low < x - step < high else (low + high) / 2
    return x


def roots_between(sums: Sums, low: float, high: float) -> list[float]:
    """Every root of f in [low, high], ascending, each once."""
    found: list[float] = []
    low, high = sums.window(low, high)
    if low > high:
        return []
    lows, highs = np.array([low]), np.array([high])
    while len(lows):
        done, shifts = sums.excludes(lows, highs)
        empty, simple, bent = done
        for at in np.flatnonzero(~empty & simple).tolist():
            found += _crossing(sums, float(lows[at]), float(highs[at]), float(shifts[1, at]))
        for at in np.flatnonzero(~empty & ~simple & bent).tolist():
            found += _around_turn(sums, float(lows[at]), float(highs[at]), float(shifts[2, at]))
        lows, highs = lows[~done.any(axis=0)], highs[~done.any(axis=0)]
        narrow = highs - lows < NARROW
        found += [m for m in ((lows + highs) / 2)[narrow].tolist() if sums.touches(m)]
        lows, highs = lows[~narrow], highs[~narrow]
        cut = lows + SPLIT * (highs - lows)
        lows, highs = np.concatenate([lows, cut]), np.concatenate([cut, highs])
    return _each_once(sorted(found))


def _crossing(sums: Sums, low: float, high: float, shift: float) -> list[float]:
    """The root of an f that is monotone between the ends, if there is one."""
    if sums.sign(low, shift=shift) == sums.sign(high, shift=shift):
        return []

    def value(x: float) -> tuple[float, float]:
        return sums.value(x, shift=shift)[0], sums.value(x, order=1, shift=shift)[0]

    return [bracketed(value, low, high)]


def _around_turn(sums: Sums, low: float, high: float, shift: float) -> list[float]:
    """The roots of an f whose slope is monotone between the ends: at most one on each side of the turning point."""
    if sums.sign(low, order=1, shift=shift) == sums.sign(high, order=1, shift=shift):
        return _crossing(sums, low, high, shift)

    def slope(x: float) -> tuple[float, float]:
        return sums.value(x, order=1, shift=shift)[0], sums.value(x, order=2, shift=shift)[0]

    turn = bracketed(slope, low, high)
    if sums.touches(turn):
        return [turn]
    return [*_crossing(sums, low, turn, shift), *_crossing(sums, turn, high, shift)]


def _each_once(roots: Sequence[float]) -> list[float]:
    """Roots nearer to each other than an open interval are one that two neighbours found."""
    kept: list[float] = []
    for root in roots:
        if not kept or root - kept[-1] > 2 * NARROW:
            kept.append(root)
    return kept


def only_root(sums: Sums) -> float | None:
    """The root of a series with one change of sign, or None outside [LOWEST, OVERFLOW].

    With P and N the sums of the positive and of the negative terms, ln P − ln N is monotone and nearly straight, so
    that Newton's method reaches the root in a few steps from anywhere.
    """
    inflow = sums.amounts > 0
    logs = np.log(np.abs(sums.amounts))

    def value(x: float) -> tuple[float, float]:
        above, later = _log_sum(logs[inflow] - x * sums.times[inflow], sums.times[inflow])
        below, sooner = _log_sum(logs[~inflow] - x * sums.times[~inflow], sums.times[~inflow])
        return above - below, sooner - later

    if (value(LOWEST)[0] > 0) == (value(OVERFLOW)[0] > 0):
        return None
    return bracketed(value, LOWEST, OVERFLOW)


def _log_sum(powers: Floats, times: Floats) -> tuple[float, float]:
    """ln Σ e^power and the mean of ``times`` under these weights."""
    top = powers.max()
    weights = np.exp(powers - top)
    total = weights.sum()
    return float(top + np.log(total)), float(weights @ times / total)
