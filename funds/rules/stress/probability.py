"""Probability of breach in closed form (domain 4.7): independent, one factor, unequal amounts.

A breach is a lost share above the cap, strictly; ``⌊κ·n⌋`` comes from the exact fraction, never from floats. Results
are floats in [0, 1].
"""

import math
from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import scipy
from django.utils.translation import gettext_lazy as _
from numpy.typing import NDArray

from innovation.core.errors import RuleViolation

Number = float | Fraction
Floats = NDArray[np.float64]

TAIL = 10.0
"""Standard deviations of the common factor beyond which its density is below 1e-22."""

NODES = 128
"""Gauss-Legendre nodes over the common factor where whole distributions are averaged."""


def count_within(cap: Fraction, n: int) -> int:
    """The largest number of equal positions out of ``n`` whose loss still keeps the cap: ``⌊κ·n⌋``, exact."""
    return math.floor(cap * n)


def binomial(n: int, p: Number, cap: Fraction) -> float:
    """P(more than ``⌊κ·n⌋`` of ``n`` equal, independent positions are lost), each with probability ``p``."""
    _check_probability(p)
    return _more_than(count_within(cap, n), n, float(p))


def vasicek_finite(n: int, p: Number, rho: Number, cap: Fraction) -> float:
    """The same with one common factor of correlation ``rho``: the binomial answer averaged over the factor."""
    _check_probability(p)
    _check_correlation(rho)
    p_float, rho_float, within = float(p), float(rho), count_within(cap, n)
    if within >= n or p_float in {0.0, 1.0} or rho_float == 0:
        return _more_than(within, n, p_float)
    if rho_float == 1:
        return p_float
    threshold, loading, rest = scipy.special.ndtri(p_float), math.sqrt(rho_float), math.sqrt(1 - rho_float)

    def integrand(z: float) -> float:
        given = float(scipy.special.ndtr((threshold - loading * z) / rest))
        return _more_than(within, n, given) * math.exp(-z * z / 2) / math.sqrt(2 * math.pi)

    # The answer turns where the conditional probability passes the cap: tell the integrator where to look.
    turn = (threshold - rest * scipy.special.ndtri((within + 0.5) / n)) / loading
    points = [float(turn)] if -TAIL < turn < TAIL else None
    return _clipped(
        scipy.integrate.quad(integrand, -TAIL, TAIL, points=points, epsabs=1e-13, epsrel=1e-12, limit=500)[0]
    )


def vasicek_limit(p: Number, rho: Number, cap: Fraction, lgd: Number = 1) -> float:
    """The same for infinitely many equal positions that lose the share ``lgd`` each (0 < lgd ≤ 1).

    ``Φ((Φ⁻¹(p) − √(1−ρ)·Φ⁻¹(κ/LGD)) / √ρ)``; κ ≥ LGD can never breach.
    """
    _check_probability(p)
    _check_correlation(rho)
    if not 0 < lgd <= 1:
        raise RuleViolation("LGD_RANGE", _("The loss given failure is above 0 and at most 1."), field="lgd")
    p_float, rho_float = float(p), float(rho)
    if cap >= Fraction(lgd) or p_float == 0:
        return 0.0
    if p_float == 1 or cap <= 0:
        return 1.0
    share = float(cap / Fraction(lgd))
    if rho_float == 0:
        return 1.0 if p_float > share else 0.0
    return float(
        scipy.special.ndtr(
            (scipy.special.ndtri(p_float) - math.sqrt(1 - rho_float) * scipy.special.ndtri(share))
            / math.sqrt(rho_float)
        )
    )


def unequal(costs: Sequence[int], probs: Sequence[Number], cap: Fraction) -> float:
    """P(lost cost > κ · all cost) for independent positions of unequal integer cost (fen, or whole 万元)."""
    return lost_more_than(costs, probs, math.floor(cap * sum(costs)))


def lost_more_than(amounts: Sequence[int], probs: Sequence[Number], budget: int) -> float:
    """P(Σ lost amounts > budget), independent, by convolution over whole units of the amounts' common divisor.

    Work and memory grow with budget ÷ common divisor: bring amounts of a fund into whole 万元 first
    (:func:`in_units`).
    """
    _check_pairs(amounts, probs)
    return float(_tail(amounts, np.array([[float(p) for p in probs]]), budget)[0])


def one_factor(amounts: Sequence[int], probs: Sequence[Number], rho: Number, budget: int) -> float:
    """P(Σ lost amounts > budget) with one common factor: the convolution averaged over the factor."""
    _check_pairs(amounts, probs)
    _check_correlation(rho)
    given, weights = conditional(np.array([float(p) for p in probs]), float(rho))
    return _clipped(float(weights @ _tail(amounts, given, budget)))


def conditional(probs: Floats, rho: float) -> tuple[Floats, Floats]:
    """Failure probabilities given the common factor, one row a node, and the weights of the nodes (sum 1)."""
    if rho == 0:
        return probs[np.newaxis, :], np.ones(1)
    if rho == 1:
        # Everything with a larger probability fails whenever something with a smaller one does.
        steps = np.unique(np.concatenate(([0.0], probs, [1.0])))
        middles = (steps[1:] + steps[:-1]) / 2
        return (probs[np.newaxis, :] > middles[:, np.newaxis]).astype(float), np.diff(steps)
    nodes, weights = np.polynomial.legendre.leggauss(NODES)
    z, density = nodes * 8, np.exp(-((nodes * 8) ** 2) / 2) * weights
    given = scipy.special.ndtr(
        (scipy.special.ndtri(probs)[np.newaxis, :] - math.sqrt(rho) * z[:, np.newaxis]) / math.sqrt(1 - rho)
    )
    return given, density / density.sum()


def in_units(amounts: Sequence[int], budget: int, cells: int) -> tuple[list[int], int]:
    """Amounts and budget in the smallest whole unit that keeps the budget within ``cells`` units.

    Amounts are rounded half up. Exact where the unit is one; the rounding is at most ``budget / cells`` a position.
    """
    unit = max(1, -(-budget // cells))
    return [(2 * amount + unit) // (2 * unit) for amount in amounts], budget // unit


def _tail(amounts: Sequence[int], probs: Floats, budget: int) -> Floats:
    """P(Σ lost > budget) for each row of probabilities."""
    if budget < 0:
        return np.ones(len(probs))
    real = [(amount, column) for column, amount in enumerate(amounts) if amount > 0]
    if sum(amount for amount, _column in real) <= budget:
        return np.zeros(len(probs))
    unit = math.gcd(*(amount for amount, _column in real))
    size = budget // unit + 1
    kept = np.zeros((len(probs), size))
    kept[:, 0] = 1.0
    beyond = np.zeros(len(probs))
    for amount, column in real:
        fails, step = probs[:, column], amount // unit
        if step >= size:
            beyond += fails * kept.sum(axis=1)
            kept *= (1 - fails)[:, np.newaxis]
            continue
        beyond += fails * kept[:, size - step :].sum(axis=1)
        moved = fails[:, np.newaxis] * kept[:, : size - step]
        kept *= (1 - fails)[:, np.newaxis]
        kept[:, step:] += moved
    # Both sides of one are summed; the smaller keeps its digits.
    inside = kept.sum(axis=1)
    return np.clip(np.where(inside < beyond, 1 - inside, beyond), 0.0, 1.0)


def _more_than(count: int, n: int, p: float) -> float:
    if count < 0:
        return 1.0
    return 0.0 if count >= n else float(scipy.special.bdtrc(count, n, p))


def _clipped(probability: float) -> float:
    return min(1.0, max(0.0, probability))


def _check_probability(p: Number) -> None:
    if not 0 <= p <= 1:
        raise RuleViolation("PROBABILITY_RANGE", _("A probability is between 0 and 1."), field="p", facts={"p": str(p)})


def _check_correlation(rho: Number) -> None:
    if not 0 <= rho <= 1:
        raise RuleViolation(
            "CORRELATION_RANGE", _("A correlation is between 0 and 1."), field="rho", facts={"rho": str(rho)}
        )


def _check_pairs(amounts: Sequence[int], probs: Sequence[Number]) -> None:
    if len(amounts) != len(probs):
        raise RuleViolation("PROBABILITY_COUNT", _("Each amount needs one probability."), field="probs")
    for p in probs:
        _check_probability(p)
    if any(amount < 0 for amount in amounts):
        raise RuleViolation("AMOUNT_RANGE", _("Amounts are not below zero."), field="costs")
