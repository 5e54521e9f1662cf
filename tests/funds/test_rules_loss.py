"""The loss rate: the worked example of the domain text and its laws on arbitrary portfolios."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from funds.choices.tolerance import Basis, Denominator, MoneyView, Netting, ScopeLevel
from funds.rules.figures import FundFigures, Underlying, from_exits
from funds.rules.headroom import failed
from funds.rules.loss import group_rate, loss_count, loss_rate, rate_from_totals
from funds.rules.multiples import multiples
from funds.rules.theta import Scope, Theta
from innovation.core.errors import RuleViolation
from tests.funds.portfolios import (
    BASES,
    FUND_A,
    PORTFOLIO_A,
    WAN,
    fractions_of_one,
    fund_figures,
    holding_figures,
    portfolios,
    thetas,
)

NAV = Theta(basis=Basis.NAV_SHORTFALL, netting=Netting.ALL_GAINS, denominator=Denominator.PAID_IN)
bases = st.sampled_from(BASES)


@pytest.mark.parametrize(
    ("theta", "signed_wan", "rate"),
    [
        (Theta(basis=Basis.REALISED), 800, Fraction(800, 5_600)),
        (Theta(basis=Basis.REALISED, denominator=Denominator.EXITED_COST), 800, Fraction(800, 2_400)),
        (Theta(), 1_650, Fraction(1_650, 5_600)),
        (Theta(netting=Netting.WITHIN_PROJECT), 1_450, Fraction(1_450, 5_600)),
        (Theta(netting=Netting.REALISED_GAINS), -350, 0),
        (Theta(netting=Netting.ALL_GAINS), -3_350, 0),
        (NAV, -2_750, 0),
    ],
    ids=lambda value: value.code if isinstance(value, Theta) else None,
)
def test_portfolio_a_has_one_answer_per_reading(theta, signed_wan, rate):
    answer = loss_rate(PORTFOLIO_A, FUND_A, theta)
    assert answer.numerator_signed == signed_wan * WAN
    assert answer.rate == rate


def test_portfolio_a_cash_nav_and_multiples():
    assert FUND_A.cash(PORTFOLIO_A) == 7_400 * WAN
    nav = FUND_A.nav(PORTFOLIO_A)
    assert nav == 12_750 * WAN
    ratios = multiples(
        commitment=FUND_A.commitment,
        calls=FUND_A.paid_in,
        recalled_distributions=0,
        distributions=FUND_A.distributions,
        nav=nav,
    )
    assert [round(float(ratio), 4) for ratio in (ratios.pic, ratios.dpi, ratios.rvpi, ratios.tvpi)] == [
        0.6,
        0.1667,
        1.0625,
        1.2292,
    ]


def test_the_contributions_show_who_makes_the_loss():
    answer = loss_rate(PORTFOLIO_A, FUND_A, Theta(fees=True))
    assert {part.id: part.contribution // WAN for part in answer.parts} == {
        "P1": 500, "P2": 500, "P3": 400, "P4": 0, "P5": 0, "P6": 250,
    }  # fmt: skip
    assert answer.fees == 600 * WAN
    assert answer.rate == Fraction(2_250, 6_200)


def test_scopes_choose_holdings_and_the_category_is_the_whole_stage():
    stage = Scope(ScopeLevel.STAGE_IN_FUND, stages=frozenset({"angel"}))
    project = Scope(ScopeLevel.PROJECT, holding="P2")
    category = Denominator.CATEGORY_INVESTED_COST
    assert loss_rate(PORTFOLIO_A, FUND_A, Theta(scope=stage)).rate == Fraction(1_150, 2_400)
    within = Theta(netting=Netting.WITHIN_PROJECT, scope=project)
    assert loss_rate(PORTFOLIO_A, FUND_A, within).rate == Fraction(500, 800)
    assert loss_rate(PORTFOLIO_A, FUND_A, replace(within, denominator=category)).rate == Fraction(500, 2_400)


def test_a_scope_with_a_mode_sees_only_that_mode():
    direct, through = (replace(holding, mode=mode) for holding, mode in zip(PORTFOLIO_A[:2], "DS", strict=True))
    seen = loss_rate([direct, through], FUND_A, Theta(scope=Scope(mode="D")))
    assert [part.id for part in seen.parts] == ["P1"]
    assert seen.rate == 1


def test_first_loss_of_others_lowers_the_government_rate():
    # Case loss-D of the reference cases: 1,900 lost of 4,000 invested, J = 600, government 2,000 of 5,000.
    fund = FundFigures(paid_in=5_000, gov_paid_in=2_000, others_first_loss=600)
    held = [from_exits(id="X", stage="seed", cost=4_000, exits=[(1_900, 0)], fair_value=2_100)]
    assert loss_rate(held, fund, Theta()).rate == Fraction(19, 40)
    government = loss_rate(held, fund, Theta(money_view=MoneyView.GOVERNMENT_SHARE))
    assert government.numerator_signed == Fraction(2_000, 4_400) * 1_300
    assert government.denominator == 1_600
    assert round(float(government.rate), 3) == 0.369


def test_a_loss_within_the_first_loss_of_others_is_none_for_the_government():
    fund = FundFigures(paid_in=5_000, gov_paid_in=2_000, others_first_loss=600)
    held = [from_exits(id="X", stage="seed", cost=4_000, exits=[(500, 0)])]
    answer = loss_rate(held, fund, Theta(money_view=MoneyView.GOVERNMENT_SHARE))
    assert (answer.numerator_signed, answer.rate) == (0, 0)


def test_impairment_counts_up_to_the_remaining_cost():
    held = [from_exits(id="X", stage="seed", cost=100, exits=[(60, 60)], impairment=70)]
    answer = loss_rate(held, FundFigures(), Theta(basis=Basis.REALISED_PLUS_IMPAIRMENT))
    assert answer.numerator_signed == 40


@pytest.mark.parametrize(
    ("fund", "code"),
    [
        (FundFigures(paid_in=100, gov_paid_in=101), "GOVERNMENT_SHARE_RANGE"),
        (FundFigures(paid_in=100, gov_paid_in=-1), "GOVERNMENT_SHARE_RANGE"),
        (FundFigures(paid_in=100, gov_paid_in=40, others_first_loss=61), "FIRST_LOSS_RANGE"),
        (FundFigures(paid_in=100, gov_paid_in=40, others_first_loss=-1), "FIRST_LOSS_RANGE"),
    ],
)
def test_impossible_fund_figures_are_refused_in_the_government_view(fund, code):
    with pytest.raises(RuleViolation) as refused:
        loss_rate(PORTFOLIO_A, fund, Theta(money_view=MoneyView.GOVERNMENT_SHARE))
    assert refused.value.code == code


def test_without_money_there_is_no_rate():
    assert loss_rate([], FundFigures(), Theta()).rate is None
    unpaid = loss_rate(PORTFOLIO_A, FundFigures(), Theta(money_view=MoneyView.GOVERNMENT_SHARE))
    assert (unpaid.rate, unpaid.denominator) == (None, 0)


def test_when_others_bear_everything_first_a_fund_without_government_money_loses_none_of_it():
    fund = FundFigures(paid_in=100, gov_paid_in=0, others_first_loss=100)
    answer = loss_rate(PORTFOLIO_A, fund, Theta(money_view=MoneyView.GOVERNMENT_SHARE))
    assert (answer.numerator_signed, answer.rate) == (0, None)


def test_looking_through_shows_the_losses_that_a_sub_fund_gain_hides():
    # Case loss-C: 1,800 lost 250 directly; an interest of 30% at cost 1,200 carried at 1,350.
    parts = (
        from_exits(id="U1", stage="seed", cost=1_000, exits=[(1_000, 0)]),
        from_exits(id="U2", stage="angel", cost=1_000, fair_value=400),
        from_exits(id="U3", stage="growth", cost=2_000, fair_value=4_100),
    )
    interest = from_exits(
        id="SUB", stage="fund_interest", cost=1_200, fair_value=1_350, underlying=Underlying(Fraction(3, 10), parts)
    )
    held = [from_exits(id="D", stage="seed", cost=1_800, fair_value=1_550), interest]
    fund = FundFigures(paid_in=5_000)
    assert round(float(loss_rate(held, fund, Theta()).rate), 3) == 0.083
    through = loss_rate(held, fund, Theta(look_through=True))
    assert through.rate == Fraction(730, 3_000)
    assert {part.id: part.via for part in through.parts} == {"D": None, "U1": "SUB", "U2": "SUB", "U3": "SUB"}
    as_project = Theta(look_through=True, scope=Scope(ScopeLevel.PROJECT, holding="SUB"))
    assert loss_rate(held, fund, as_project).rate == Fraction(480, 1_200)


def test_a_group_sums_losses_and_denominators_over_its_funds():
    theta = Theta(scope=Scope(ScopeLevel.FUND_GROUP))
    half = [replace(holding, cost=holding.cost * 2) for holding in PORTFOLIO_A[:1]]
    rates = [loss_rate(PORTFOLIO_A, FUND_A, theta), loss_rate(half, FUND_A, theta)]
    group = group_rate(rates)
    assert group.numerator_signed == rates[0].numerator_signed + rates[1].numerator_signed
    assert group.rate == Fraction(rates[0].numerator_signed + rates[1].numerator_signed, 6_600 * WAN)
    assert group_rate([]).rate is None


def test_lost_companies_and_lost_money_are_different_counts():
    count = loss_count(PORTFOLIO_A)
    assert (count.total_losses, count.holdings, count.rate) == (1, 6, Fraction(1, 6))
    assert loss_count([]).rate is None
    recovered = from_exits(id="R", stage="seed", cost=5, exits=[(5, 0), (0, 2)])
    assert loss_count([recovered]).total_losses == 0


@given(portfolios(), fund_figures(), bases, st.booleans())
def test_more_netting_never_raises_the_loss(held, fund, basis, income):
    n = {
        netting: loss_rate(held, fund, Theta(basis=basis, netting=netting, income=income)).numerator_signed
        for netting in Netting
    }
    assert n[Netting.NONE] >= n[Netting.WITHIN_PROJECT] >= max(0, n[Netting.ALL_GAINS])
    assert n[Netting.NONE] >= n[Netting.REALISED_GAINS] >= n[Netting.ALL_GAINS]


@given(portfolios(), fund_figures(), thetas())
def test_a_rate_is_never_negative_and_its_parts_sum_to_it(held, fund, theta):
    answer = loss_rate(held, fund, theta)
    assert answer.rate is None or answer.rate >= 0
    assert (answer.rate is None) == (answer.denominator == 0)
    assert sum(part.contribution for part in answer.parts) + answer.fees == answer.fund_numerator


@given(portfolios(), fund_figures(), bases)
def test_without_netting_no_more_than_everything_is_lost(held, fund, basis):
    rate = loss_rate(held, fund, Theta(basis=basis)).rate
    assert rate is None or rate <= 1


@given(portfolios(), fund_figures(first_loss=False), thetas())
def test_pro_rata_the_government_loses_at_the_rate_of_the_fund(held, fund, theta):
    total = loss_rate(held, fund, replace(theta, money_view=MoneyView.FUND_TOTAL))
    assert loss_rate(held, fund, replace(theta, money_view=MoneyView.GOVERNMENT_SHARE)).rate == total.rate


@given(portfolios(), fund_figures(), thetas())
def test_first_loss_of_others_never_raises_the_government_rate(held, fund, theta):
    total = loss_rate(held, fund, replace(theta, money_view=MoneyView.FUND_TOTAL))
    assume(total.numerator_signed <= fund.paid_in)  # nobody loses more than was paid in
    government = loss_rate(held, fund, replace(theta, money_view=MoneyView.GOVERNMENT_SHARE))
    assert total.rate is None or government.rate <= total.rate


@given(holding_figures(), fund_figures())
def test_writing_off_what_is_worth_nothing_changes_no_gross_reading(holding, fund):
    worthless = replace(holding, fair_value=0)
    before, after = (loss_rate([h], fund, Theta()) for h in (worthless, failed(worthless)))
    assert before.rate == after.rate


@given(portfolios(), fund_figures())
def test_the_shortfall_of_net_asset_value_is_paid_in_times_one_less_tvpi(held, fund):
    ratios = multiples(
        commitment=fund.commitment,
        calls=fund.paid_in,
        recalled_distributions=0,
        distributions=fund.distributions,
        nav=fund.nav(held),
    )
    assert loss_rate(held, fund, NAV).numerator_signed == fund.paid_in * (1 - ratios.tvpi)


@given(portfolios(), fund_figures())
def test_at_liquidation_the_shortfall_is_one_less_dpi(held, fund):
    sold = [failed(holding) for holding in held]
    paid_out = replace(fund, distributions=fund.distributions + fund.nav(sold))
    assert paid_out.nav(sold) == 0
    dpi = Fraction(paid_out.distributions, paid_out.paid_in)
    assert loss_rate(sold, paid_out, NAV).rate == max(0, 1 - dpi)


@given(st.lists(holding_figures(), min_size=1, max_size=4), fractions_of_one)
def test_looking_through_an_interest_carried_at_its_parts_leaves_the_net_reading(parts, share):
    inside = [replace(part, id=number) for number, part in enumerate(parts)]
    interest = from_exits(
        id="SUB",
        stage="fund_interest",
        cost=share * sum(part.cost for part in inside),
        fair_value=share * sum(part.fair_value + part.proceeds for part in inside),
        underlying=Underlying(share, tuple(inside)),
    )
    net = Theta(netting=Netting.ALL_GAINS)
    seen = loss_rate([interest], FUND_A, replace(net, look_through=True))
    assert seen.numerator_signed == loss_rate([interest], FUND_A, net).numerator_signed


@given(portfolios(), fund_figures(), thetas())
def test_sums_alone_give_the_same_rate(held, fund, theta):
    whole = loss_rate(held, fund, theta)
    summed = rate_from_totals(
        contributions=sum(part.contribution for part in whole.parts),
        invested_cost=sum(holding.cost for holding in held),
        exited_cost=sum(holding.relieved for holding in held),
        category_cost=sum(holding.cost for holding in held),
        fund=fund,
        theta=theta,
    )
    assert (summed.numerator_signed, summed.denominator) == (whole.numerator_signed, whole.denominator)
