"""Reverse stress: the worked example, and that each answer is what it claims to be."""

from dataclasses import replace
from fractions import Fraction
from itertools import combinations

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from funds.choices.tolerance import Basis, CapTest, Denominator, MoneyView, Netting
from funds.rules.figures import FundFigures, HoldingFigures, from_exits
from funds.rules.headroom import failed
from funds.rules.loss import government_part, government_share, loss_rate
from funds.rules.status import holds
from funds.rules.stress.changes import NewMoney, apply
from funds.rules.stress.limits import Limit, limit_of
from funds.rules.stress.reverse import StressState, position_of, reverse_stress
from funds.rules.theta import Theta
from tests.funds.portfolios import FUND_A, PORTFOLIO_A, WAN, fund_figures, portfolios, thetas

CAPS = st.fractions(min_value=0, max_value=1, max_denominator=20)


def stressed(held, fund, theta, cap, test=CapTest.LE):
    limit = limit_of(cap, theta, fund, test)
    rate = loss_rate(held, fund, theta)
    positions = [position_of(holding, theta) for holding in held]
    answer = reverse_stress(positions, denominator=rate.fund_denominator, limit=limit, other_loss=rate.fees)
    return answer, limit


def breaches(held, fund, theta, cap, test=CapTest.LE):
    """What the engine itself says of a portfolio."""
    rate = loss_rate(held, fund, theta)
    return not holds(max(Fraction(0), rate.numerator_signed), rate.denominator, cap, test)


def marked_down(held, share):
    return [replace(holding, fair_value=holding.fair_value * (1 - share)) for holding in held]


def test_portfolio_a_at_forty_per_cent():
    answer, _ = stressed(PORTFOLIO_A, FUND_A, Theta(), Fraction(2, 5))
    assert answer.state == StressState.REACHABLE
    assert (answer.loss_now, answer.target, answer.headroom) == (1_650 * WAN, 2_240 * WAN, 590 * WAN)
    assert answer.loss_if_all_fail == 4_000 * WAN
    assert answer.max_new_total_loss_investment == Fraction(59_000, 60) * WAN
    assert answer.markdown_to_breach == Fraction(718, 1_070)
    assert [(name, delta // WAN) for name, delta in answer.failures] == [
        ("P4", 1_500), ("P3", 600), ("P2", 200), ("P6", 50),
    ]  # fmt: skip
    assert (answer.k_min, answer.k_min_ids) == (1, ("P4",))
    assert (answer.k_max, answer.k_max_ids) == (3, ("P6", "P2", "P3"))


def test_a_reading_that_ignores_fair_values_has_no_markdown_but_failures():
    answer, _ = stressed(PORTFOLIO_A, FUND_A, Theta(basis=Basis.REALISED), Fraction(2, 5))
    assert (answer.state, answer.markdown_to_breach, answer.values_count) == (StressState.REACHABLE, None, False)
    assert answer.k_min_ids == ("P4",)
    assert answer.k_max_ids == ("P6", "P2", "P3")


def test_exited_cost_grows_with_each_failure():
    theta = Theta(basis=Basis.REALISED, denominator=Denominator.EXITED_COST)
    answer, _ = stressed(PORTFOLIO_A, FUND_A, theta, Fraction(3, 5))
    # 800 of 2,400 exited; with P4 2,300 of 3,900 (59.0 %), with P3 as well 3,300 of 4,900 (67.3 %).
    assert answer.k_min_ids == ("P4", "P3")


def test_a_cap_that_is_not_allowed_itself_is_broken_where_it_is_reached():
    held = [from_exits(id="X", stage="seed", cost=100), from_exits(id="Y", stage="seed", cost=100)]
    half = Fraction(1, 2)
    allowed, _ = stressed(held, FundFigures(), Theta(), half)
    barred, _ = stressed(held, FundFigures(), Theta(), half, CapTest.LT)
    assert (allowed.k_min, barred.k_min) == (2, 1)
    assert allowed.markdown_to_breach == barred.markdown_to_breach == half
    everything, _ = stressed(held, FundFigures(), Theta(), Fraction(1), CapTest.LT)
    assert (everything.state, everything.markdown_to_breach) == (StressState.REACHABLE, 1)


def test_a_fund_without_the_governments_money_has_no_limit():
    theta = Theta(money_view=MoneyView.GOVERNMENT_SHARE)
    assert limit_of(Fraction(2, 5), theta, FundFigures(paid_in=100, gov_paid_in=0)) is None


def test_a_share_of_a_position_weighs_its_share():
    third = Fraction(1, 3)
    positions = [position_of(holding, Theta()) for holding in PORTFOLIO_A]
    whole = reverse_stress(positions, denominator=5_600 * WAN, limit=Limit(Fraction(2, 5), Fraction(2, 5)))
    part = reverse_stress(
        [position.times(third) for position in positions],
        denominator=5_600 * WAN * third,
        limit=Limit(Fraction(2, 5), Fraction(2, 5)),
    )
    assert part.loss_now == whole.loss_now * third
    assert (part.markdown_to_breach, part.k_min_ids, part.k_max_ids) == (
        whole.markdown_to_breach, whole.k_min_ids, whole.k_max_ids,
    )  # fmt: skip


@given(portfolios(), fund_figures(), thetas(), CAPS, st.sampled_from(CapTest))
def test_the_limit_in_the_funds_money_is_the_engines_own_test(held, fund, theta, cap, test):
    limit = limit_of(cap, theta, fund, test)
    rate = loss_rate(held, fund, theta)
    assume(rate.denominator)
    assert limit.breached(rate.fund_numerator, rate.fund_denominator) == breaches(held, fund, theta, cap, test)


@given(fund_figures(), CAPS, st.integers(1, 10_000))
def test_the_target_is_the_loss_whose_government_part_meets_the_cap(fund, cap, denominator):
    limit = limit_of(cap, Theta(money_view=MoneyView.GOVERNMENT_SHARE), fund)
    target = limit.target(denominator)
    assume(fund.paid_in > fund.others_first_loss)
    assert government_part(target, fund) == cap * government_share(fund) * denominator


@given(portfolios().filter(bool), fund_figures(), thetas(), st.fractions(0, 1, max_denominator=9))
def test_the_markdown_is_the_largest_that_keeps_the_cap(held, fund, theta, part):
    theta = (
        theta
        if theta.basis == Basis.NAV_SHORTFALL
        else replace(theta, basis=Basis.REALISED_PLUS_UNREALISED, denominator=Denominator.INVESTED_COST)
    )
    now = loss_rate(held, fund, theta).rate or 0
    ruined = loss_rate(marked_down(held, Fraction(1)), fund, theta).rate or 0
    cap = now + part * (ruined - now)
    answer, _ = stressed(held, fund, theta, cap)
    largest = answer.markdown_to_breach
    if part < 1 and now < ruined:
        assert largest is not None
    if largest is None:
        return
    assert 0 <= largest < 1
    assert not breaches(marked_down(held, largest), fund, theta, cap)
    for step in (Fraction(1, 10**12), Fraction(1, 1_000), 1 - largest):
        if largest + step <= 1:
            assert breaches(marked_down(held, largest + step), fund, theta, cap)


@given(portfolios(), fund_figures(), thetas(), CAPS)
def test_without_a_markdown_nothing_short_of_it_is_possible(held, fund, theta, cap):
    answer, _ = stressed(held, fund, theta, cap)
    assume(answer.values_count and loss_rate(held, fund, theta).denominator)
    if answer.state == StressState.BREACHED_NOW:
        assert breaches(held, fund, theta, cap)
    if answer.state == StressState.NOT_REACHABLE:
        assert not breaches(marked_down(held, Fraction(1)), fund, theta, cap)


@given(portfolios(), fund_figures(), thetas(), CAPS)
def test_the_counts_of_failures_are_those_of_every_subset(held, fund, theta, cap):
    answer, _ = stressed(held, fund, theta, cap)
    assume(loss_rate(held, fund, theta).denominator)
    ids = [name for name, _ in answer.failures]

    def breached_by(gone):
        return breaches([failed(h) if h.id in gone else h for h in held], fund, theta, cap)

    by_size = {size: [breached_by(set(gone)) for gone in combinations(ids, size)] for size in range(len(ids) + 1)}
    some = [size for size, outcomes in by_size.items() if any(outcomes)]
    certain = [size for size in by_size if all(all(by_size[more]) for more in range(size, len(ids) + 1))]
    assert answer.k_min == (min(some) if some else None)
    assert answer.k_max == (min(certain) if certain else None)
    if answer.k_min:
        assert breached_by(set(answer.k_min_ids))
        assert len(set(answer.k_min_ids)) == answer.k_min


@given(portfolios(), fund_figures(), thetas(), CAPS)
def test_the_new_investment_that_may_be_lost_reaches_the_cap_exactly(held, fund, theta, cap):
    answer, limit = stressed(held, fund, theta, cap)
    amount = answer.max_new_total_loss_investment
    assume(amount is not None and amount > 0 and fund.paid_in > fund.others_first_loss)
    new = HoldingFigures(id="new", stage="seed", cost=amount, relieved=amount, realised_loss=amount)
    assume(theta.denominator != Denominator.CATEGORY_INVESTED_COST or any(h.stage == "seed" for h in held))
    rate = loss_rate([*held, new], fund, theta)
    assert rate.fund_numerator == limit.target(rate.fund_denominator)
    assert not breaches([*held, new], fund, theta, cap)
    more = replace(new, cost=amount + 1, relieved=amount + 1, realised_loss=amount + 1)
    assert breaches([*held, more], fund, theta, cap)


def test_new_money_lost_whole_is_the_same_as_a_what_if():
    answer, _ = stressed(PORTFOLIO_A, FUND_A, Theta(), Fraction(1, 2))
    amount = answer.max_new_total_loss_investment
    assert amount == 2_300 * WAN
    after, fund = apply(PORTFOLIO_A, FUND_A, (), [NewMoney(int(amount), "seed", lost=Fraction(1))])
    assert loss_rate(after, fund, Theta()).rate == Fraction(1, 2)


@pytest.mark.parametrize("netting", [Netting.NONE, Netting.REALISED_GAINS])
def test_one_hundred_per_cent_can_never_be_passed_by_new_losses(netting):
    answer, _ = stressed(PORTFOLIO_A, FUND_A, Theta(netting=netting), Fraction(1))
    assert answer.max_new_total_loss_investment is None
