"""Status, level and headroom: exact at the cap, whatever the fraction."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from funds.choices.tolerance import (
    CapState,
    CapTest,
    MeasuredAt,
    ScopeLevel,
    StatusReason,
    ToleranceStatus,
    WarningLevel,
)
from funds.rules.headroom import largest_failure
from funds.rules.loss import loss_rate
from funds.rules.status import CapTerms, SpecialTier, Thresholds, tolerance
from funds.rules.theta import Theta
from tests.funds.portfolios import FUND_A, PORTFOLIO_A, WAN, fractions_of_one

LEVELS = Thresholds.from_data(
    json.loads((Path(__file__).parents[2] / "funds/data/warning_levels.json").read_text(encoding="utf-8"))
)
FORTY = Fraction(2, 5)
S, L, R = ToleranceStatus, WarningLevel, StatusReason


def answer(loss, denominator=5_600, *, cap=FORTY, scope=ScopeLevel.FUND, at=MeasuredAt.ANY_DATE, **more):
    terms = {key: more.pop(key) for key in ("test", "special", "binding_at") if key in more}
    return tolerance(
        scope=scope,
        numerator_signed=loss,
        denominator=denominator,
        terms=CapTerms(CapState.LIMIT, cap, **terms),
        measured_at=at,
        thresholds=more.pop("thresholds", LEVELS),
        **more,
    )


def test_portfolio_a_under_forty_percent():
    loss = loss_rate(PORTFOLIO_A, FUND_A, Theta())
    worst = largest_failure(PORTFOLIO_A, FUND_A, Theta())
    got = answer(loss.numerator_signed, loss.denominator, largest_position_delta=worst.delta)
    assert (got.status, got.level, got.reason) == (S.WITHIN, L.YELLOW, None)
    assert got.headroom == 590 * WAN
    assert got.utilisation == Fraction(1_650, 2_240)
    assert (worst.id, worst.delta) == ("P4", 1_500 * WAN)
    assert got.single_position_exceeds_headroom is True


def test_no_row_and_no_value_are_different_reasons():
    asked = {"numerator_signed": 800, "denominator": 5_600, "measured_at": MeasuredAt.LIQUIDATION, "thresholds": LEVELS}
    none = tolerance(scope=ScopeLevel.FUND, terms=None, **asked)
    unknown = tolerance(
        scope=ScopeLevel.FUND,
        terms=CapTerms(CapState.UNKNOWN, binding_at=frozenset({MeasuredAt.LIQUIDATION})),
        **asked,
    )
    assert (none.status, none.reason) == (S.NO_RULE, R.NO_RULE_ROW)
    assert (unknown.status, unknown.reason, unknown.binding) == (S.NO_RULE, R.CAP_UNKNOWN, False)


@pytest.mark.parametrize(
    ("scope", "status"),
    [(ScopeLevel.FUND, S.NOT_LIMITED), (ScopeLevel.PROJECT, S.TOLERABLE_SUBJECT_TO_DUTY)],
)
def test_no_ceiling_is_never_a_ceiling_of_zero(scope, status):
    got = tolerance(
        scope=scope,
        numerator_signed=5_000,
        denominator=5_600,
        terms=CapTerms(CapState.NOT_LIMITED, binding_at=frozenset({MeasuredAt.LIQUIDATION})),
        measured_at=MeasuredAt.LIQUIDATION,
        thresholds=LEVELS,
        p_breach=0.9,
        largest_position_delta=1,
    )
    assert (got.status, got.level, got.binding) == (status, L.NONE, True)
    assert (got.effective_cap, got.headroom, got.utilisation, got.single_position_exceeds_headroom) == (None,) * 4


def test_nothing_invested_is_no_data():
    assert answer(0, 0).status == S.NO_DATA
    mixed = tolerance(
        scope=ScopeLevel.FUND,
        numerator_signed=0,
        denominator=0,
        terms=CapTerms(CapState.NO_DATA),
        measured_at=MeasuredAt.ANY_DATE,
        thresholds=LEVELS,
    )
    assert (mixed.status, mixed.level) == (S.NO_DATA, L.NONE)


def test_a_cap_without_its_state_cannot_be_built():
    with pytest.raises(ValueError, match="LIMIT"):
        CapTerms(CapState.LIMIT)
    with pytest.raises(ValueError, match="LIMIT"):
        CapTerms(CapState.NOT_LIMITED, FORTY)


@pytest.mark.parametrize(
    ("met", "approved", "status", "reason", "cap"),
    [
        (True, True, S.WITHIN_SPECIAL_TIER, None, Fraction(3, 5)),
        (True, False, S.EXCEEDED, R.SPECIAL_TIER_NOT_APPROVED, FORTY),
        (False, True, S.EXCEEDED, R.SPECIAL_TIER_CONDITION_NOT_MET, FORTY),
        (False, False, S.EXCEEDED, R.SPECIAL_TIER_CONDITION_NOT_MET, FORTY),
    ],
)
def test_the_special_tier_needs_condition_and_approval(met, approved, status, reason, cap):
    special = SpecialTier(Fraction(3, 5), met, approved)
    got = answer(2_800, special=special)
    assert (got.status, got.reason, got.effective_cap) == (status, reason, cap)
    assert answer(3_361, special=special).reason == R.ABOVE_CAP
    assert answer(1_000, special=special).status == S.WITHIN


def test_an_open_special_tier_gives_its_headroom_even_when_not_needed():
    assert answer(1_000, special=SpecialTier(Fraction(3, 5), True, True)).headroom == 3_360 - 1_000  # noqa: FBT003


def test_a_project_is_never_simply_passed():
    got = answer(500, 500, cap=Fraction(1), scope=ScopeLevel.PROJECT)
    assert (got.status, got.level) == (S.TOLERABLE_SUBJECT_TO_DUTY, L.RED)
    above = answer(300, 500, scope=ScopeLevel.PROJECT)
    assert (above.status, above.reason) == (S.NOT_TOLERABLE, R.ABOVE_CAP)


@pytest.mark.parametrize(
    ("loss", "level"),
    [(0, L.GREEN), (1_343, L.GREEN), (1_344, L.YELLOW), (1_792, L.ORANGE), (2_240, L.RED), (-5, L.GREEN)],
)
def test_levels_begin_exactly_at_their_share_of_the_cap(loss, level):
    assert answer(loss).level == level


@pytest.mark.parametrize(
    ("probability", "level"),
    [
        (0.1, L.GREEN),
        (0.1000001, L.YELLOW),
        (0.25, L.YELLOW),
        (Fraction(1, 4), L.YELLOW),
        (0.2500001, L.ORANGE),
        (1, L.ORANGE),
    ],
)
def test_levels_begin_strictly_above_their_probability(probability, level):
    assert answer(0, p_breach=probability).level == level


def test_levels_are_data_of_the_policy():
    strict = Thresholds(Fraction(1, 100), Fraction(1, 50), Fraction(1, 2), Fraction(0), Fraction(1))
    assert answer(1_120, thresholds=strict).level == L.RED
    assert answer(0, p_breach=0.01, thresholds=strict).level == L.YELLOW


@pytest.mark.parametrize(("delta", "flag"), [(589, False), (590, False), (591, True), (None, None)])
def test_a_single_position_is_flagged_only_above_the_headroom(delta, flag):
    assert answer(1_650, largest_position_delta=delta).single_position_exceeds_headroom is flag


def test_a_cap_of_zero_is_green_without_and_red_with_a_loss():
    assert (answer(0, cap=Fraction(0)).level, answer(0, cap=Fraction(0)).utilisation) == (L.GREEN, None)
    lost = answer(1, cap=Fraction(0))
    assert (lost.status, lost.level, lost.headroom) == (S.EXCEEDED, L.RED, -1)


def test_a_result_binds_at_the_moments_of_its_rule():
    moments = frozenset({MeasuredAt.LIQUIDATION})
    assert answer(1, binding_at=moments, at=MeasuredAt.LIQUIDATION).binding is True
    assert answer(1, binding_at=moments, at=MeasuredAt.YEAR_END).binding is False


caps = fractions_of_one.filter(bool)


@given(caps, st.integers(1, 10**15))
def test_exactly_at_the_cap_is_within_at_most_and_above_less_than(cap, denominator):
    """Both facts are right at once: within under ≤, and red."""
    exact = cap * denominator
    at_most, less_than = (answer(exact, denominator, cap=cap, test=test) for test in (CapTest.LE, CapTest.LT))
    assert (at_most.status, at_most.level, at_most.headroom) == (S.WITHIN, L.RED, 0)
    assert (less_than.status, less_than.level, less_than.utilisation) == (S.EXCEEDED, L.RED, 1)
    one_fen_more = answer(exact + Fraction(1, 100), denominator, cap=cap)
    assert (one_fen_more.status, one_fen_more.headroom) == (S.EXCEEDED, Fraction(-1, 100))


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**12), caps, st.sampled_from(CapTest))
def test_status_utilisation_and_headroom_tell_one_story(loss, denominator, cap, test):
    got = answer(loss, denominator, cap=cap, test=test)
    target = cap * denominator
    assert got.headroom + max(0, loss) == target
    assert got.utilisation * target == max(0, loss)
    within = got.utilisation <= 1 if test == CapTest.LE else got.utilisation < 1
    assert (got.status == S.WITHIN) is within
    assert (got.headroom >= 0) is (got.utilisation <= 1)


@given(st.integers(0, 10**6), st.integers(0, 10**6), st.integers(1, 10**6), caps)
def test_a_larger_loss_never_looks_safer(smaller, more, denominator, cap):
    order = list(WarningLevel)
    low, high = answer(smaller, denominator, cap=cap), answer(smaller + more, denominator, cap=cap)
    assert order.index(low.level) <= order.index(high.level)
    assert low.headroom >= high.headroom


@given(st.integers(0, 10**6), st.integers(1, 10**6), caps, caps)
def test_an_open_special_tier_never_makes_a_status_worse(loss, denominator, one, other):
    cap, special = sorted((one, other))
    assume(cap < special)
    plain = answer(loss, denominator, cap=cap)
    opened = answer(loss, denominator, cap=cap, special=SpecialTier(special, condition_met=True, approved=True))
    assert plain.status != S.WITHIN or opened.status == S.WITHIN
    assert (opened.status == S.EXCEEDED) is (loss > special * denominator)
