"""Definitions of the loss rate: impossible ones cannot be built, silent texts are completed openly."""

from dataclasses import replace

import pytest

from funds.choices.tolerance import Basis, CapTest, Denominator, MeasuredAt, MoneyView, Netting, ScopeLevel
from funds.rules.theta import DefaultTheta, Scope, Theta, resolve, standard_readings
from innovation.core.errors import RuleViolation

NAV = {"basis": Basis.NAV_SHORTFALL, "netting": Netting.ALL_GAINS, "denominator": Denominator.PAID_IN}
STAGE = Scope(ScopeLevel.STAGE_IN_FUND, stages=frozenset({"seed"}))
DEFAULT = DefaultTheta.from_data(
    {
        "basis_warning": "REALISED_PLUS_UNREALISED",
        "basis_final": "REALISED",
        "netting": "REALISED_GAINS",
        "denominator": "INVESTED_COST",
        "money_view": "GOVERNMENT_SHARE",
        "fees": False,
        "income": "true when netting is REALISED_GAINS or ALL_GAINS",
        "look_through": False,
        "scope": "FUND",
        "measured_binding": ["LIQUIDATION"],
        "test": "LE",
        "status": "proposal of this product, not law",
    }
)


@pytest.mark.parametrize(
    ("fields", "code", "field"),
    [
        (NAV | {"netting": Netting.NONE}, "THETA_NAV_NETTING", "netting"),
        (NAV | {"denominator": Denominator.INVESTED_COST}, "THETA_NAV_DENOMINATOR", "denominator"),
        (NAV | {"scope": STAGE}, "THETA_NAV_SCOPE", "scope"),
        (NAV | {"scope": Scope(ScopeLevel.FUND_GROUP)}, "THETA_NAV_SCOPE", "scope"),
        (NAV | {"fees": True}, "THETA_NAV_FEES", "fees"),
        ({"denominator": Denominator.EXITED_COST}, "THETA_EXITED_COST", "denominator"),
        ({"fees": True, "scope": STAGE}, "THETA_FEES_SCOPE", "fees"),
        ({"fees": True, "scope": Scope(ScopeLevel.PROJECT, holding=1)}, "THETA_FEES_SCOPE", "fees"),
        ({"fees": True, "denominator": Denominator.CATEGORY_INVESTED_COST}, "THETA_FEES_DENOMINATOR", "fees"),
        (
            {"fees": True, "basis": Basis.REALISED, "denominator": Denominator.EXITED_COST},
            "THETA_FEES_DENOMINATOR",
            "fees",
        ),
    ],
)
def test_an_impossible_definition_is_refused_at_its_field(fields, code, field):
    with pytest.raises(RuleViolation) as refused:
        Theta(**fields)
    assert (refused.value.code, refused.value.field) == (code, field)


@pytest.mark.parametrize(
    "fields",
    [
        NAV,
        {"basis": Basis.REALISED, "denominator": Denominator.EXITED_COST},
        {"fees": True},
        {"fees": True, "denominator": Denominator.PAID_IN},
        {"fees": True, "denominator": Denominator.COMMITTED},
    ],
)
def test_possible_definitions_stand(fields):
    assert Theta(**fields).as_data()["basis"] == Theta(**fields).basis.value


@pytest.mark.parametrize(
    ("scope", "code"),
    [
        ({"level": ScopeLevel.STAGE_IN_FUND}, "SCOPE_STAGE"),
        ({"level": ScopeLevel.FUND, "stages": frozenset({"seed"})}, "SCOPE_STAGE"),
        ({"level": ScopeLevel.PROJECT}, "SCOPE_PROJECT"),
        ({"level": ScopeLevel.FUND, "holding": 7}, "SCOPE_PROJECT"),
    ],
)
def test_a_scope_names_exactly_what_it_needs(scope, code):
    with pytest.raises(RuleViolation) as refused:
        Scope(**scope)
    assert refused.value.code == code


def test_a_silent_text_takes_the_default_and_says_so():
    got = resolve(None, DEFAULT)
    assert got.theta == Theta(
        basis=Basis.REALISED_PLUS_UNREALISED,
        netting=Netting.REALISED_GAINS,
        money_view=MoneyView.GOVERNMENT_SHARE,
        income=True,
    )
    assert got.from_default == {"basis", "netting", "denominator", "money_view", "fees", "income", "look_through"}
    assert resolve({}, DEFAULT, final=True).theta.basis == Basis.REALISED
    assert (DEFAULT.test, DEFAULT.measured_binding) == (CapTest.LE, {MeasuredAt.LIQUIDATION})


def test_what_the_text_states_goes_before_the_default():
    got = resolve({"denominator": "CATEGORY_INVESTED_COST", "netting": "NONE", "fees": None}, DEFAULT, scope=STAGE)
    assert got.theta.denominator == Denominator.CATEGORY_INVESTED_COST
    assert got.theta.income is False
    assert got.theta.scope == STAGE
    assert got.from_default == {"basis", "money_view", "fees", "income", "look_through"}


def test_income_follows_the_netting_unless_somebody_says_otherwise():
    assert resolve({"netting": "ALL_GAINS"}, DEFAULT).theta.income is True
    assert resolve({"netting": "WITHIN_PROJECT"}, DEFAULT).theta.income is False
    assert resolve({"netting": "ALL_GAINS", "income": False}, DEFAULT).theta.income is False
    assert resolve({"netting": "NONE"}, replace(DEFAULT, income=True)).theta.income is True


def test_what_a_text_implies_is_not_called_a_default():
    nav = resolve({"basis": "NAV_SHORTFALL"}, DEFAULT)
    assert (nav.theta.netting, nav.theta.denominator) == (Netting.ALL_GAINS, Denominator.PAID_IN)
    assert nav.implied == {"netting", "denominator"}
    assert not nav.implied & nav.from_default
    exited = resolve({"denominator": "EXITED_COST"}, DEFAULT)
    assert (exited.theta.basis, exited.implied) == (Basis.REALISED, {"basis"})


def test_fees_by_default_count_only_where_they_can():
    with_fees = replace(DEFAULT, fees=True)
    assert resolve({}, with_fees).theta.fees is True
    assert resolve({}, with_fees, scope=STAGE).theta.fees is False
    assert resolve({"basis": "NAV_SHORTFALL"}, with_fees).theta.fees is False
    with pytest.raises(RuleViolation) as refused:
        resolve({"fees": True}, DEFAULT, scope=STAGE)
    assert refused.value.code == "THETA_FEES_SCOPE"


@pytest.mark.parametrize(
    ("stated", "code", "field"),
    [
        ({"basis": "GUESSED"}, "THETA_UNKNOWN_VALUE", "basis"),
        ({"fees": "no"}, "THETA_UNKNOWN_VALUE", "fees"),
        ({"nettting": "NONE"}, "THETA_UNKNOWN_FIELD", "nettting"),
        ({"basis": "NAV_SHORTFALL", "netting": "NONE"}, "THETA_NAV_NETTING", "netting"),
    ],
)
def test_a_definition_that_makes_no_sense_is_refused(stated, code, field):
    with pytest.raises(RuleViolation) as refused:
        resolve(stated, DEFAULT)
    assert (refused.value.code, refused.value.field) == (code, field)
    assert str(refused.value)


def test_all_readings_stand_side_by_side_and_one_is_the_policys():
    policy = resolve(None, DEFAULT).theta
    readings = standard_readings(policy)
    assert [reading.theta for reading in readings if reading.policy] == [policy]
    assert len({reading.code for reading in readings}) == len(readings) == 8
    assert {reading.theta.money_view for reading in readings} == {MoneyView.GOVERNMENT_SHARE}


def test_an_unusual_policy_reading_comes_first():
    policy = Theta(fees=True)
    readings = standard_readings(policy)
    assert readings[0].theta == policy
    assert readings[0].policy
    assert len(readings) == 9


def test_a_part_of_a_fund_has_no_net_asset_value():
    readings = standard_readings(Theta(scope=STAGE))
    assert Basis.NAV_SHORTFALL not in {reading.theta.basis for reading in readings}
    assert {reading.theta.scope for reading in readings} == {STAGE}


def test_stored_definitions_are_plain_values_in_a_fixed_order():
    scope = Scope(ScopeLevel.STAGE_IN_FUND, stages=frozenset({"seed", "angel"}), mode="DIRECT")
    assert Theta(scope=scope).as_data()["scope"] == {
        "level": "STAGE_IN_FUND",
        "stages": ["angel", "seed"],
        "id": None,
        "mode": "DIRECT",
    }
    assert Theta(income=True, look_through=True).code.endswith("INVESTED_COST+INCOME+LOOK_THROUGH")
