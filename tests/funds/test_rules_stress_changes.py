"""What-if: the engine's own loss rules answer for a portfolio that nobody booked."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from funds.choices.tolerance import Basis, Denominator, Netting
from funds.rules.figures import HoldingFigures, Underlying
from funds.rules.headroom import failed, failure_delta
from funds.rules.loss import loss_rate
from funds.rules.stress.changes import Change, ChangeKind, NewMoney, apply
from funds.rules.theta import Theta
from innovation.core.errors import RuleViolation
from tests.funds.portfolios import FUND_A, PORTFOLIO_A, WAN, fund_figures, portfolios, thetas


def rate_after(changes=(), new=(), theta=None):
    held, fund = apply(PORTFOLIO_A, FUND_A, changes, new)
    return loss_rate(held, fund, theta or Theta())


def test_marking_p4_down_by_seventy_per_cent_costs_150_wan():
    # P4 cost 1,500 stands at 4,500; 30 % of it are 1,350.
    after = rate_after([Change("P4", ChangeKind.MARK_DOWN, Fraction(7, 10))])
    assert after.numerator_signed == (1_650 + 150) * WAN


def test_a_write_off_is_realised_and_a_markdown_is_not():
    realised = Theta(basis=Basis.REALISED)
    assert rate_after([Change("P3", ChangeKind.WRITE_OFF)], theta=realised).numerator_signed == 1_800 * WAN
    assert rate_after([Change("P3", ChangeKind.MARK_DOWN)], theta=realised).numerator_signed == 800 * WAN


def test_half_of_a_holding_written_off_keeps_half_of_its_value():
    (holding,), _ = apply([PORTFOLIO_A[2]], FUND_A, [Change("P3", ChangeKind.WRITE_OFF, Fraction(1, 2))])
    assert (holding.remaining, holding.fair_value, holding.realised_loss) == (500 * WAN, 300 * WAN, 500 * WAN)


def test_a_markdown_counts_as_impairment_only_when_it_is_recorded_as_one():
    impaired = Theta(basis=Basis.REALISED_PLUS_IMPAIRMENT)
    plain = Change("P4", ChangeKind.MARK_DOWN, Fraction(7, 10))
    assert rate_after([plain], theta=impaired).numerator_signed == 800 * WAN
    assert rate_after([replace(plain, impaired=True)], theta=impaired).numerator_signed == 950 * WAN


def test_new_money_dilutes_until_it_is_lost():
    diluted = rate_after(new=[NewMoney(2_400 * WAN, "seed")])
    assert diluted.rate == Fraction(1_650, 8_000)
    lost = rate_after(new=[NewMoney(2_400 * WAN, "seed", lost=Fraction(1, 2))])
    assert lost.rate == Fraction(2_850, 8_000)


def test_called_money_is_paid_in_by_each_investors_share():
    paid_in = Theta(denominator=Denominator.PAID_IN)
    held, fund = apply(PORTFOLIO_A, FUND_A, (), [NewMoney(1_000 * WAN, "seed", called=True)])
    assert (fund.paid_in, fund.gov_paid_in) == (13_000 * WAN, 5_200 * WAN)
    assert loss_rate(held, fund, paid_in).rate == Fraction(1_650, 13_000)
    assert fund.cash(held) == FUND_A.cash(PORTFOLIO_A)
    held, fund = apply(PORTFOLIO_A, FUND_A, (), [NewMoney(1_000 * WAN, "seed")])
    assert fund.cash(held) == FUND_A.cash(PORTFOLIO_A) - 1_000 * WAN


def test_what_happens_to_an_interest_happens_to_its_projects():
    inside = (
        HoldingFigures("S1", "seed", cost=100, fair_value=100),
        HoldingFigures("S2", "seed", cost=100, fair_value=300),
    )
    interest = HoldingFigures(
        "F", "fund_interest", cost=200, fair_value=400, underlying=Underlying(Fraction(1, 2), inside)
    )
    (after,), _ = apply([interest], FUND_A, [Change("F", ChangeKind.WRITE_OFF)])
    for look_through in (False, True):
        rate = loss_rate([after], FUND_A, Theta(look_through=look_through))
        assert rate.rate == 1


@pytest.mark.parametrize(
    ("build", "code"),
    [
        (lambda: Change("P1", ChangeKind.MARK_DOWN, Fraction(0)), "WHATIF_SHARE"),
        (lambda: Change("P1", ChangeKind.MARK_DOWN, Fraction(11, 10)), "WHATIF_SHARE"),
        (lambda: NewMoney(0, "seed"), "WHATIF_AMOUNT"),
        (lambda: NewMoney(5, "seed", lost=Fraction(-1, 2)), "WHATIF_LOST"),
        (lambda: apply(PORTFOLIO_A, FUND_A, [Change("P9", ChangeKind.WRITE_OFF)]), "WHATIF_HOLDING"),
    ],
)
def test_what_cannot_be_supposed_is_refused(build, code):
    with pytest.raises(RuleViolation) as refused:
        build()
    assert refused.value.code == code


@given(portfolios().filter(bool), fund_figures(), thetas(), st.data())
def test_writing_off_one_holding_adds_its_failure(held, fund, theta, data):
    chosen = data.draw(st.sampled_from(held))
    if not chosen.remaining:
        return
    after, same = apply(held, fund, [Change(chosen.id, ChangeKind.WRITE_OFF)])
    assert same == fund
    assert after[held.index(chosen)] == failed(chosen)
    rise = loss_rate(after, fund, theta).fund_numerator - loss_rate(held, fund, theta).fund_numerator
    assert rise == failure_delta(chosen, theta)


@given(portfolios(), fund_figures(), st.sampled_from(Netting))
def test_no_change_changes_nothing(held, fund, netting):
    assert apply(held, fund, ()) == (held, fund)
    theta = Theta(netting=netting)
    assert loss_rate(apply(held, fund, ())[0], fund, theta) == loss_rate(held, fund, theta)
