"""Closed forms against each other, against exact sums, and at their edges."""

import math
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.rules.stress import probability
from innovation.core.errors import RuleViolation

CAPS = st.fractions(0, 1, max_denominator=100)
PROBS = st.fractions(0, 1, max_denominator=50)


def exact_tail(amounts, probs, budget):
    """P(Σ lost > budget) over every combination of failures, in fractions."""
    total = Fraction(0)
    for fails in product((False, True), repeat=len(amounts)):
        lost = sum(amount for amount, gone in zip(amounts, fails, strict=True) if gone)
        if lost > budget:
            total += math.prod(p if gone else 1 - p for p, gone in zip(probs, fails, strict=True))
    return total


@given(st.integers(1, 12), PROBS, CAPS)
def test_binomial_is_the_sum_over_all_combinations(n, p, cap):
    expected = exact_tail([1] * n, [p] * n, cap * n)
    assert probability.binomial(n, p, cap) == pytest.approx(float(expected), abs=1e-12)


@given(st.lists(st.tuples(st.integers(0, 60), PROBS), min_size=1, max_size=8), CAPS)
def test_unequal_costs_are_the_sum_over_all_combinations(pairs, cap):
    costs, probs = zip(*pairs, strict=True)
    expected = exact_tail(costs, probs, cap * sum(costs))
    assert probability.unequal(costs, probs, cap) == pytest.approx(float(expected), abs=1e-12)


@given(st.integers(1, 40), PROBS, CAPS, st.integers(1, 10**9))
def test_equal_costs_are_binomial(n, p, cap, cost):
    assert probability.unequal([cost] * n, [p] * n, cap) == pytest.approx(probability.binomial(n, p, cap), abs=1e-10)


@given(st.integers(1, 30), st.fractions(Fraction(1, 50), Fraction(49, 50), max_denominator=50), CAPS,
       st.fractions(0, Fraction(7, 10), max_denominator=20))  # fmt: skip
def test_one_factor_of_equal_costs_is_the_finite_formula(n, p, cap, rho):
    budget = math.floor(cap * n)
    assert probability.one_factor([1] * n, [p] * n, rho, budget) == pytest.approx(
        probability.vasicek_finite(n, p, rho, cap), abs=2e-5
    )


def test_many_positions_come_near_the_limit():
    forty = Fraction(2, 5)
    near = probability.vasicek_finite(20_000, 0.35, 0.2, forty)
    assert near == pytest.approx(probability.vasicek_limit(0.35, 0.2, forty), abs=1e-3)


def test_without_correlation_the_factor_says_nothing():
    forty = Fraction(2, 5)
    assert probability.vasicek_finite(20, 0.35, 0, forty) == probability.binomial(20, 0.35, forty)
    assert probability.one_factor([3, 5, 8], [0.2, 0.3, 0.4], 0, 8) == pytest.approx(
        probability.lost_more_than([3, 5, 8], [0.2, 0.3, 0.4], 8)
    )


def test_under_full_correlation_all_fail_together():
    assert probability.vasicek_finite(20, 0.35, 1, Fraction(2, 5)) == 0.35
    # The one at 0.5 fails alone half the time that anything fails; both fail with 0.2.
    assert probability.one_factor([10, 1], [0.2, 0.5], 1, 0) == pytest.approx(0.5)
    assert probability.one_factor([10, 1], [0.2, 0.5], 1, 5) == pytest.approx(0.2)


@pytest.mark.parametrize(
    ("p", "rho", "cap", "lgd", "expected"),
    [
        (0.35, 0.2, Fraction(4, 5), Fraction(4, 5), 0.0),
        (0.35, 0, Fraction(1, 4), 1, 1.0),
        (0.35, 0, Fraction(2, 5), 1, 0.0),
        (0, 0.2, Fraction(0), 1, 0.0),
        (0.1, 0.2, Fraction(0), 1, 1.0),
        (1, 0.2, Fraction(2, 5), 1, 1.0),
    ],
)
def test_edges_of_the_limit(p, rho, cap, lgd, expected):
    assert probability.vasicek_limit(p, rho, cap, lgd) == expected


def test_the_count_within_comes_from_the_fraction():
    assert probability.count_within(Fraction(29, 100), 100) == 29
    assert math.floor(0.29 * 100) == 28


def test_a_budget_below_zero_is_breached_and_one_of_everything_never():
    assert probability.lost_more_than([5, 5], [0.1, 0.1], -1) == 1.0
    assert probability.lost_more_than([5, 5], [0.1, 0.1], 10) == 0.0
    assert probability.binomial(20, 0.35, Fraction(1)) == 0.0


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=20), st.integers(0, 10**13), st.integers(1, 2_000))
def test_bigger_units_keep_the_budget_small_and_amounts_near(amounts, budget, cells):
    whole, small = probability.in_units(amounts, budget, cells)
    unit = max(1, -(-budget // cells))
    assert small <= cells
    assert all(abs(short * unit - amount) <= unit / 2 for short, amount in zip(whole, amounts, strict=True))
    if budget <= cells:
        assert (whole, small) == (amounts, budget)


@pytest.mark.parametrize(
    ("ask", "code"),
    [
        (lambda: probability.binomial(5, 1.2, Fraction(1, 2)), "PROBABILITY_RANGE"),
        (lambda: probability.vasicek_finite(5, 0.2, 1.1, Fraction(1, 2)), "CORRELATION_RANGE"),
        (lambda: probability.vasicek_limit(0.2, 0.1, Fraction(1, 2), 0), "LGD_RANGE"),
        (lambda: probability.lost_more_than([1, 2], [0.1], 1), "PROBABILITY_COUNT"),
        (lambda: probability.lost_more_than([-1], [0.1], 1), "AMOUNT_RANGE"),
    ],
)
def test_numbers_out_of_range_are_refused(ask, code):
    with pytest.raises(RuleViolation) as refused:
        ask()
    assert refused.value.code == code
