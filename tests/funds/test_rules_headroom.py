"""What one failing position adds to the loss, in every reading."""

from dataclasses import replace
from fractions import Fraction

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from funds.choices.tolerance import Basis, MoneyView, Netting, ScopeLevel
from funds.rules.figures import FundFigures, from_exits
from funds.rules.headroom import failed, failure_delta, largest_failure
from funds.rules.loss import loss_rate
from funds.rules.theta import Scope, Theta
from tests.funds.portfolios import FUND_A, PORTFOLIO_A, WAN, fund_figures, holding_figures, portfolios, thetas


@pytest.mark.parametrize(
    ("netting", "deltas"),
    [
        (Netting.NONE, {"P2": 200, "P3": 600, "P4": 1_500, "P6": 50}),
        (Netting.REALISED_GAINS, {"P2": 200, "P3": 600, "P4": 1_500, "P6": 50}),
        (Netting.ALL_GAINS, {"P2": 200, "P3": 600, "P4": 4_500, "P6": 50}),
    ],
)
def test_portfolio_a_failures(netting, deltas):
    theta = Theta(netting=netting)
    found = {holding.id: failure_delta(holding, theta) // WAN for holding in PORTFOLIO_A}
    assert {name: delta for name, delta in found.items() if delta} == deltas
    assert largest_failure(PORTFOLIO_A, FUND_A, theta).id == "P4"


def test_only_positions_in_scope_can_fail():
    angel = Theta(scope=Scope(ScopeLevel.STAGE_IN_FUND, stages=frozenset({"angel"})))
    assert largest_failure(PORTFOLIO_A, FUND_A, angel).id == "P3"
    exited = Theta(scope=Scope(ScopeLevel.PROJECT, holding="P5"))
    assert largest_failure(PORTFOLIO_A, FUND_A, exited) is None


def test_equal_failures_name_the_smaller_id():
    twins = [from_exits(id=number, stage="seed", cost=5) for number in (10, 9, 11)]
    assert largest_failure(twins, FUND_A, Theta()).id == 9


def test_under_realised_losses_a_failure_costs_what_remains():
    realised = Theta(basis=Basis.REALISED)
    assert {h.id: failure_delta(h, realised) // WAN for h in PORTFOLIO_A if h.remaining} == {
        "P2": 400, "P3": 1_000, "P4": 1_500, "P6": 300,
    }  # fmt: skip


def test_the_government_bears_its_share_after_the_first_loss_of_others():
    held = [from_exits(id="X", stage="seed", cost=100)]
    fund = FundFigures(paid_in=100, gov_paid_in=40, others_first_loss=60)
    government = Theta(money_view=MoneyView.GOVERNMENT_SHARE)
    assert largest_failure(held, fund, government).delta == 40
    pro_rata = replace(fund, others_first_loss=0)
    assert largest_failure(held, pro_rata, government).delta == Fraction(40, 100) * 100


@given(holding_figures(), st.sampled_from((Netting.NONE, Netting.REALISED_GAINS, Netting.ALL_GAINS)))
def test_closed_forms_of_the_domain_text(holding, netting):
    expected = holding.fair_value if netting == Netting.ALL_GAINS else min(holding.remaining, holding.fair_value)
    assert failure_delta(holding, Theta(netting=netting)) == expected


@given(portfolios(), fund_figures(), thetas())
def test_the_largest_failure_is_what_the_loss_really_rises_by(held, fund, theta):
    worst = largest_failure(held, fund, theta)
    assume(worst is not None)
    after = [failed(holding) if holding.id == worst.id else holding for holding in held]
    rise = loss_rate(after, fund, theta).numerator_signed - loss_rate(held, fund, theta).numerator_signed
    assert rise == worst.delta
    others = [failure_delta(holding, theta) for holding in held]
    assert max(others) == failure_delta(next(h for h in held if h.id == worst.id), theta)
