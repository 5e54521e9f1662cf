"""Rates of return: statuses, completeness of the roots, batch beside single, day counts, market equivalents, pacing."""

from datetime import date, timedelta
from fractions import Fraction
from math import exp, expm1, fsum, log1p

import numpy as np
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from funds.choices.figures import CallTiming, DayCount, IndexMoneyStatus, IrrStatus
from funds.rules.returns.batch import STATUSES, batch_xirr
from funds.rules.returns.day_count import year_fraction
from funds.rules.returns.day_count_arrays import EPOCH, years_between
from funds.rules.returns.pacing import PacingTerms, project
from funds.rules.returns.pme import pme
from funds.rules.returns.roots import HIGHEST, LOWEST
from funds.rules.returns.xirr import Irr, periodic_irr, xirr

START = date(2015, 1, 1)
FIRST_DAY = date(2000, 1, 1)


def on(*flows: tuple[int, int]) -> list[tuple[date, int]]:
    """Flows as (days after the start, amount)."""
    return [(START + timedelta(days=day), amount) for day, amount in flows]


def flow_lists(most: int = 14, days: int = 2_000) -> st.SearchStrategy[list[tuple[date, int]]]:
    flow = st.tuples(st.integers(0, days), st.integers(-10_000, 10_000))
    return st.lists(flow, min_size=1, max_size=most).map(lambda rows: on(*rows))


def npv(flows, x: float) -> tuple[float, float]:
    """f(x) and the sum of its absolute terms, each scaled by the largest discount factor."""
    first = min(day for day, _ in flows)
    powers = [-x * (day - first).days / 365 for day, _ in flows]
    top = max(powers)
    terms = [amount * exp(power - top) for (_, amount), power in zip(flows, powers, strict=True)]
    return fsum(terms), fsum(abs(term) for term in terms)


def logs(answer: Irr) -> list[float]:
    return [log1p(rate) for rate in answer.rates]


def same(one: Irr, other: Irr) -> bool:
    return (
        (one.status, one.under_one_year, len(one.rates)) == (other.status, other.under_one_year, len(other.rates))
        and logs(one) == pytest.approx(logs(other), abs=1e-9, rel=1e-9)
        and (one.period_return is None) == (other.period_return is None)
    )


@given(flow_lists(), st.randoms(use_true_random=False))
def test_the_order_of_the_rows_is_irrelevant(flows, random):
    mixed = list(flows)
    random.shuffle(mixed)
    assert xirr(mixed) == xirr(flows)


@given(flow_lists(), st.integers(1, 10**6))
def test_a_rate_has_no_unit(flows, scale):
    assert same(xirr([(day, amount * scale) for day, amount in flows]), xirr(flows))


@given(flow_lists(), st.integers(-500, 500))
def test_a_rate_does_not_depend_on_the_calendar_under_actual_days(flows, shift):
    assert same(xirr([(day + timedelta(days=shift), amount) for day, amount in flows]), xirr(flows))


@given(flow_lists(), st.integers(-10_000, 10_000))
def test_a_flow_in_two_parts_of_one_day_is_the_same_flow(flows, part):
    day, amount = flows[0]
    assert xirr([(day, part), (day, amount - part), *flows[1:]]) == xirr(flows)


@given(flow_lists())
def test_both_sides_of_the_table_see_one_rate(flows):
    mine, theirs = xirr(flows), xirr([(day, -amount) for day, amount in flows])
    assume(IrrStatus.TOTAL_LOSS not in {mine.status, theirs.status})
    assert same(mine, theirs)


@given(flow_lists(most=20))
def test_every_rate_solves_the_equation_and_every_change_of_sign_is_a_rate(flows):
    answer = xirr(flows)
    roots = logs(answer)
    assert roots == sorted(roots)
    for root in roots:
        value, size = npv(flows, root)
        assert abs(value) <= 1e-9 * size
    if answer.status in {IrrStatus.OK, IrrStatus.MULTIPLE, IrrStatus.NO_ROOT}:
        for low, high in changes_of_sign(flows, np.arange(LOWEST, HIGHEST, 0.02)):
            assert any(low - 1e-9 <= root <= high + 1e-9 for root in roots)


def changes_of_sign(flows, grid):
    """The steps of a grid at whose ends f clearly has opposite signs."""
    first = min(day for day, _ in flows)
    powers = np.outer(-grid, [(day - first).days / 365 for day, _ in flows])
    terms = np.array([amount for _, amount in flows]) * np.exp(powers - powers.max(axis=1, keepdims=True))
    value, size = terms.sum(axis=1), np.abs(terms).sum(axis=1)
    clear = np.abs(value) > 1e-12 * size
    steps = clear[1:] & clear[:-1] & ((value[1:] > 0) != (value[:-1] > 0))
    return [(grid[at], grid[at + 1]) for at in np.flatnonzero(steps)]


@given(flow_lists(most=20))
def test_a_rate_is_where_the_sign_changes_unless_it_only_touches_zero(flows):
    answer = xirr(flows)
    assume(answer.status == IrrStatus.OK)
    (root,) = logs(answer)
    (left, size_left), (right, size_right) = npv(flows, root - 1e-5), npv(flows, root + 1e-5)
    assume(abs(left) > 1e-10 * size_left and abs(right) > 1e-10 * size_right)
    changes = sum(
        (a > 0) != (b > 0) for a, b in zip(*[[v for _, v in _netted(flows)][s:] for s in (0, 1)], strict=False)
    )
    assert (left > 0) != (right > 0) or changes % 2 == 0


def _netted(flows):
    found: dict[date, int] = {}
    for day, amount in flows:
        found[day] = found.get(day, 0) + amount
    return [(day, found[day]) for day in sorted(found) if found[day]]


@settings(max_examples=60)
@given(st.lists(flow_lists(), min_size=1, max_size=12), st.sampled_from(DayCount), st.sampled_from([1, 2]))
def test_a_batch_answers_as_each_series_alone(many, convention, workers):
    rows = [(number, (day - FIRST_DAY).days, amount) for number, flows in enumerate(many) for day, amount in flows]
    rows = rows[::-1]
    series, days, amounts = (np.array(column, np.int64) for column in zip(*rows, strict=True))
    batch = batch_xirr(series, days, amounts, len(many) + 1, day_count=convention, workers=workers)
    for number, flows in enumerate(many):
        assert same(batch.answer(number), xirr(flows, convention)), flows
    assert batch.answer(len(many)).status == IrrStatus.SAME_SIGN


def funds_of_one_length(length: int = 6):
    """Series of one length in the order of their days, many of them like a fund's, some odd."""
    day = st.integers(0, 1_500)
    amount = st.integers(-500, 500)
    rows = st.lists(st.tuples(day, amount), min_size=length, max_size=length)
    odd = rows.map(lambda flows: [(d, a) for (d, a) in sorted(flows)])
    plain = rows.map(
        lambda flows: [(d, -abs(a) - 1 if at < length // 2 else abs(a) + 1) for at, (d, a) in enumerate(sorted(flows))]
    )
    return st.lists(odd | plain, min_size=1, max_size=12)


@settings(max_examples=80)
@given(funds_of_one_length(), st.sampled_from(DayCount), st.sampled_from([1, 2]))
def test_the_short_way_of_a_batch_gives_the_same_answers(many, convention, workers):
    table = np.array(many, np.int64)
    count, length = table.shape[:2]
    days = table[:, :, 0] + (START - FIRST_DAY).days
    batch = batch_xirr(
        np.repeat(np.arange(count), length), days.ravel(), table[:, :, 1].ravel(), count, day_count=convention,
        workers=workers,
    )  # fmt: skip
    for number, flows in enumerate(many):
        assert same(batch.answer(number), xirr(on(*flows), convention)), flows


def test_a_batch_settles_ordinary_funds_without_the_exact_search_and_leaves_it_the_others():
    ordinary = on((0, -400), (200, -300), (700, 150), (900, -100), (1_500, 900), (2_000, 0))
    two_roots = on((0, 100), (365, -230), (730, 132))
    losing = on((0, -400), (200, -300), (700, 150), (900, -100), (1_500, 90), (2_000, 10))
    rows = [(n, (d - FIRST_DAY).days, a) for n, flows in enumerate([ordinary, two_roots, losing]) for d, a in flows]
    batch = batch_xirr(*(np.array(column, np.int64) for column in zip(*rows, strict=True)), 3)
    assert [STATUSES[code] for code in batch.status] == [IrrStatus.OK, IrrStatus.MULTIPLE, IrrStatus.OK]
    assert batch.searched == 1
    assert batch.answer(1).rates == pytest.approx((0.1, 0.2), abs=1e-10)


def test_a_batch_of_nothing_is_empty():
    nothing = np.array([], np.int64)
    assert len(batch_xirr(nothing, nothing, nothing, 0).status) == 0


@given(st.lists(st.integers(0, 20_000), min_size=1, max_size=20), st.sampled_from(DayCount))
def test_day_counts_of_arrays_are_those_of_single_days(offsets, convention):
    days = np.sort(np.array(offsets, np.int64))
    first = np.full(len(days), days[0])
    dates = [(EPOCH + day).astype(object) for day in days]
    expected = [float(year_fraction(dates[0], day, convention)) for day in dates]
    assert years_between(first, days, convention).tolist() == pytest.approx(expected, abs=1e-12)


@given(st.dates(date(1990, 1, 1), date(2060, 1, 1)), st.integers(0, 9_000), st.sampled_from(DayCount))
def test_a_year_fraction_is_never_negative_and_near_the_days_over_a_year(start, length, convention):
    end = start + timedelta(days=length)
    found = year_fraction(start, end, convention)
    assert found >= 0
    assert float(found) == pytest.approx(length / 365, rel=0.02, abs=0.02)


def test_day_counts_of_the_domain_text():
    act_act = year_fraction(date(2003, 11, 1), date(2004, 5, 1), DayCount.ACT_ACT_ISDA)
    assert float(act_act) == pytest.approx(0.4977243805674, abs=1e-13)
    february = date(2023, 2, 28), date(2023, 3, 31)
    assert year_fraction(*february, DayCount.THIRTY_360_ISDA) == Fraction(33, 360)
    assert year_fraction(*february, DayCount.THIRTY_E_360) == Fraction(32, 360)
    with pytest.raises(ValueError, match="before"):
        year_fraction(date(2024, 1, 2), date(2024, 1, 1), DayCount.ACT_365F)


def test_trap_two_flows_of_one_day_have_no_rate():
    assert xirr(on((5, -100), (5, 110))) == Irr(IrrStatus.SINGLE_DATE)


def test_trap_several_roots_are_all_told_and_none_is_the_rate():
    answer = xirr(on((0, 100), (365, -230), (730, 132)))
    assert answer.status == IrrStatus.MULTIPLE
    assert answer.rate is None
    assert answer.shown is None
    assert answer.rates == pytest.approx((0.1, 0.2), abs=1e-10)


def test_trap_a_minimum_that_touches_zero_is_one_rate():
    answer = xirr(on((0, 100), (365, -220), (730, 121)))
    assert answer.status == IrrStatus.OK
    assert answer.rate == pytest.approx(0.1, abs=1e-7)


def test_trap_nearly_everything_lost_is_still_found():
    deep = xirr(on((0, -1_000_000), (3_650, 1)))
    assert deep.rate == pytest.approx(expm1(np.log(1e-6) / 10), abs=1e-12)
    steep = xirr(on((0, -1_000), (365, 90)))
    assert steep.rate == pytest.approx(-0.91, abs=1e-12)


def test_trap_a_short_period_is_not_annualised():
    answer = xirr(on((0, -100), (65, 1_000)))
    assert answer.under_one_year is True
    assert answer.shown == pytest.approx(9.0, rel=1e-12)
    assert answer.rate == pytest.approx(412461.6382901352, rel=1e-9)


def test_trap_an_annual_rate_begins_at_365_days():
    assert xirr(on((0, -100), (364, 110))).under_one_year is True
    assert xirr(on((0, -100), (365, 110))).shown == pytest.approx(0.1, abs=1e-12)


def test_trap_flows_of_a_day_are_netted_before_floats():
    cents = [(START, Fraction(-1, 10))] * 3 + [(START, Fraction(3, 10))]
    later = [(START + timedelta(days=400), -5), (START + timedelta(days=900), 9)]
    assert xirr([*cents, *later]) == xirr(later)


def test_trap_a_terminal_value_of_zero_counts():
    lost = xirr(on((0, -100), (400, -50), (900, 0)))
    assert lost == Irr(IrrStatus.TOTAL_LOSS)
    assert xirr(on((0, -100), (400, -50))) == Irr(IrrStatus.SAME_SIGN)


def test_a_rate_beyond_all_meaning_is_not_given():
    assert xirr(on((0, -1), (1, 10))).status == IrrStatus.NOT_MEANINGFUL
    assert xirr(on((0, -(10**9)), (1, 1))).status == IrrStatus.NOT_MEANINGFUL


def test_no_root_is_said():
    answer = xirr(on((0, 100), (365, -100), (730, 100)))
    assert answer == Irr(IrrStatus.NO_ROOT, (), under_one_year=False)


def test_nothing_at_all_has_no_rate():
    assert xirr([]) == Irr(IrrStatus.SAME_SIGN)


def test_yearly_flows_equal_dated_ones_a_year_of_365_days_apart():
    amounts = [-100, 0, 30, 0, 110]
    assert periodic_irr(amounts).rate == pytest.approx(xirr(on(*((365 * n, a) for n, a in enumerate(amounts)))).rate)
    assert periodic_irr([5]).status == IrrStatus.SINGLE_DATE
    assert periodic_irr([-5, 0]).status == IrrStatus.TOTAL_LOSS


@given(st.lists(st.integers(-1_000, 1_000), min_size=2, max_size=8), st.integers(0, 5_000))
def test_beside_an_index_that_stands_still_a_fund_is_its_own_equivalent(amounts, nav):
    assume(any(a < 0 for a in amounts))
    found = pme(amounts=amounts, index=[50.0] * len(amounts), nav=nav)
    paid, given_back = -sum(a for a in amounts if a < 0), sum(a for a in amounts if a > 0)
    assert found.ks_pme == pytest.approx((given_back + nav) / paid)
    assert same(found.direct_alpha, found.fund_irr)
    assert found.ln_nav == pytest.approx(paid - given_back)


@given(st.lists(st.integers(60, 180), min_size=3, max_size=9), st.floats(0.5, 2.0))
def test_a_fund_that_is_the_index_has_an_equivalent_of_one(levels, scale):
    index = [level * scale for level in levels]
    amounts = [-1_000, *[0] * (len(index) - 2), 0]
    nav = Fraction(1_000 * levels[-1], levels[0])
    found = pme(amounts=amounts, index=index, nav=nav)
    assert found.ks_pme == pytest.approx(1)
    assert found.direct_alpha.rate == pytest.approx(0, abs=1e-9)
    assert found.ln_spread == pytest.approx(0, abs=1e-9)


def test_an_overdrawn_index_account_has_no_rate():
    found = pme(amounts=[-100, 300, 0], index=[100.0, 50.0, 100.0], nav=10)
    assert found.ln_status == IndexMoneyStatus.NEGATIVE_INDEX_NAV
    assert found.ln_irr is None
    assert found.ln_spread is None


def test_pme_refuses_what_does_not_fit():
    with pytest.raises(ValueError, match="one length"):
        pme(amounts=[-1, 2], index=[1.0], nav=0)
    with pytest.raises(ValueError, match="above zero"):
        pme(amounts=[-1, 2], index=[1.0, 0.0], nav=0)
    with pytest.raises(ValueError, match="ascend"):
        pme(amounts=[-1, 2], index=[1.0, 1.0], nav=0, dates=[date(2024, 1, 2), date(2024, 1, 1)])


TEXTBOOK = PacingTerms(call_rates=(0.25, 1 / 3, 0.5), life=12, bow=2.5, growth=0.13)


def test_pacing_of_the_domain_text():
    years = project(TEXTBOOK, commitment=100)
    assert [y.call for y in years[:4]] == pytest.approx([25, 25, 25, 12.5])
    assert [y.distribution for y in years[:4]] == pytest.approx([0, 0.3204, 1.8691, 6.0124], abs=1e-4)
    assert [y.nav for y in years[:4]] == pytest.approx([25, 52.9296, 82.9414, 100.2114], abs=1e-4)
    assert len(years) == 12
    assert years[-1].nav == pytest.approx(years[-1].call)


def test_pacing_with_calls_at_the_start_lets_them_grow():
    start = PacingTerms(call_rates=(0.25,), life=12, bow=2.5, growth=0.13, timing=CallTiming.START)
    first = project(start, commitment=100)[0]
    assert first.distribution == pytest.approx((1 / 12) ** 2.5 * 28.25)
    assert first.nav == pytest.approx(28.25 - first.distribution)


@given(st.integers(0, 14), st.integers(0, 100), st.floats(0, 500), st.sampled_from(CallTiming))
def test_pacing_never_calls_more_than_is_left_and_goes_on_where_a_fund_stands(age, paid, nav, timing):
    terms = PacingTerms((0.25, 0.5), 12, 2.0, 0.1, least_yield=0.02, timing=timing)
    years = project(terms, commitment=100, paid_in=paid, nav=nav, age=age)
    assert sum(y.call for y in years) <= 100 - paid + 1e-9
    assert [y.year for y in years] == list(range(age + 1, max(age, 11) + 2))
    whole = project(terms, commitment=100)
    if age < terms.life:
        there = whole[age - 1] if age else None
        rest = project(
            terms, commitment=100, paid_in=there.paid_in if there else 0, nav=there.nav if there else 0, age=age
        )
        assert [y.nav for y in rest] == pytest.approx([y.nav for y in whole[age:]])


@pytest.mark.parametrize(
    "wrong", [{"call_rates": ()}, {"life": 0}, {"bow": 0}, {"growth": -1}, {"least_yield": 1.5}, {"call_rates": (2.0,)}]
)
def test_a_pacing_model_without_meaning_is_refused(wrong):
    with pytest.raises(ValueError, match=r"pacing model|Call rates"):
        PacingTerms(**({"call_rates": (0.2,), "life": 10, "bow": 2.0, "growth": 0.1} | wrong))
