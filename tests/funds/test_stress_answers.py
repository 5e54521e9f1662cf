"""Reverse stress, what-if and scenarios of real books agree with the engine."""

from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from funds.actions import stress
from funds.choices.tolerance import MoneyView, Netting, WarningLevel
from funds.models import FundGroup, FundGroupMember, LedgerEvent, Scenario
from funds.queries.stressed import NotStressed, stressed
from funds.queries.sums import Moment
from funds.queries.tolerance import Target, evaluate
from funds.queries.whatif import Placed, Supposed, load
from funds.rules.status import holds
from funds.rules.stress.changes import Change, ChangeKind, NewMoney
from funds.rules.stress.reverse import StressState
from innovation.core.errors import RuleViolation
from tests.factories.accounts import officer
from tests.funds import scenes
from tests.funds.portfolio_a import DAY, KNOWN, WAN, bind, portfolio_a
from tests.funds.stressing import GROSS, MOMENT, SHANGCHENG, bound_a, read_as

pytestmark = pytest.mark.django_db


# ── Reverse stress ───────────────────────────────────────────────────────────────────────────────
def test_reverse_stress_of_booked_portfolio_a_is_that_of_the_domain_text():
    fund, holdings = bound_a()
    read_as(fund, **GROSS)
    view = evaluate(Target.of_fund(fund), DAY, KNOWN)
    found = stressed(view, view.main).reverse()
    assert found.markdown_to_breach == Fraction(718, 1_070)
    assert found.max_new_total_loss_investment == Fraction(59_000, 60) * WAN
    assert found.k_min_ids == (holdings["P4"].pk,)
    assert found.k_max_ids == tuple(holdings[code].pk for code in ("P6", "P2", "P3"))
    assert found.headroom == view.main.tolerance.headroom


@pytest.mark.parametrize("money_view", MoneyView)
@pytest.mark.parametrize("netting", Netting)
@pytest.mark.parametrize("first_loss", [0, 300])
def test_stress_tests_what_the_engine_tests(money_view, netting, first_loss):
    fund, _ = bound_a(others_first_loss_fen=first_loss * WAN)
    read_as(fund, **GROSS | {"money_view": money_view.value, "netting": netting.value})
    view = evaluate(Target.of_fund(fund), DAY, KNOWN)
    answer = view.main
    on = stressed(view, answer)
    assert on.loss == answer.rate.fund_numerator
    kept = holds(max(Fraction(0), answer.rate.numerator_signed), answer.rate.denominator, on.limit.cap, on.limit.test)
    assert (on.reverse().state == StressState.BREACHED_NOW) is not kept


def test_a_group_counts_the_governments_part_of_each_fund():
    first, _ = bound_a()
    second, _ = bound_a(government_num=1, government_den=2)
    group = FundGroup.objects.create(code="G", name_zh="基金群")
    for fund in (first, second):
        FundGroupMember.objects.create(group=group, fund=fund, valid_from=date(2020, 1, 1))
    bind("CN-GZ-CITY-2026", {"group": group})
    view = evaluate(Target.of_group(group), DAY, KNOWN)
    on = stressed(view, view.main)
    assert on.in_government_money
    assert on.loss == view.main.rate.numerator_signed
    assert on.denominator == view.main.rate.denominator
    type(first).objects.filter(pk=first.pk).update(others_first_loss_fen=10 * WAN)
    view = evaluate(Target.of_group(group), DAY, KNOWN)
    assert stressed(view, view.main) == NotStressed.FIRST_LOSS_IN_GROUP


def test_without_a_cap_or_money_there_is_nothing_to_stress():
    fund, _ = portfolio_a()
    view = evaluate(Target.of_fund(fund), DAY, KNOWN)
    assert stressed(view, view.main) == NotStressed.NO_CAP
    empty = scenes.venture()
    scenes.bind(SHANGCHENG, fund=empty)
    view = evaluate(Target.of_fund(empty), DAY, KNOWN)
    assert stressed(view, view.main) == NotStressed.NO_DATA


# ── What-if ──────────────────────────────────────────────────────────────────────────────────────
def test_writing_off_p4_breaks_the_cap_and_the_ledger_never_hears_of_it():
    fund, holdings = bound_a()
    read_as(fund, **GROSS)
    loaded = load(Target.of_fund(fund), MOMENT)
    events = LedgerEvent.objects.count()
    with CaptureQueriesContext(connection) as queries:
        found = loaded.suppose(Supposed((Change(holdings["P4"].pk, ChangeKind.WRITE_OFF),)))
    assert len(queries) == 0
    assert found.now.rate.rate == Fraction(1_650, 5_600)
    assert found.then.rate.rate == Fraction(3_150, 5_600)
    assert (found.now.tolerance.level, found.then.tolerance.level) == (WarningLevel.YELLOW, WarningLevel.RED)
    assert LedgerEvent.objects.count() == events


def test_new_money_another_reading_and_another_cap():
    fund, _ = bound_a()
    read_as(fund, **GROSS)
    loaded = load(Target.of_fund(fund), MOMENT)
    new = Supposed(new=(Placed(fund.pk, NewMoney(2_400 * WAN, "seed")),))
    assert loaded.suppose(new).then.rate.rate == Fraction(1_650, 8_000)
    assert loaded.suppose(new).cash == (7_400 * WAN, 5_000 * WAN)
    net = Supposed(reading={"netting": Netting.REALISED_GAINS})
    assert loaded.suppose(net).then.rate.numerator_signed == -350 * WAN
    tight = Supposed(cap=Fraction(1, 4))
    then = loaded.suppose(tight).then
    assert (then.tolerance.effective_cap, then.tolerance.level) == (Fraction(1, 4), WarningLevel.RED)


def test_a_supposition_survives_storage():
    fund, holdings = bound_a()
    supposed = Supposed(
        (Change(holdings["P3"].pk, ChangeKind.MARK_DOWN, Fraction(1, 3), impaired=True),),
        (Placed(fund.pk, NewMoney(7, "angel", "DIRECT", Fraction(1, 2), called=True)),),
        {"netting": Netting.ALL_GAINS, "fees": True},
        Fraction(3, 5),
        fund.policy_bindings.get().document_id,
    )
    assert Supposed.from_data(supposed.as_data()) == supposed
    for damaged in ({"changes": [{}]}, {"cap": [1, 0]}, {"changes": [{"holding": 1, "kind": "?", "share": [1, 1]}]}):
        with pytest.raises(RuleViolation):
            Supposed.from_data(damaged)


def test_what_does_not_fit_is_refused():
    fund, _ = bound_a()
    loaded = load(Target.of_fund(fund), MOMENT)
    for supposed, code in (
        (Supposed((Change(10**9, ChangeKind.WRITE_OFF),)), "WHATIF_HOLDING"),
        (Supposed(new=(Placed(10**9, NewMoney(5, "seed")),)), "WHATIF_FUND"),
        (Supposed(reading={"denominator": "EXITED_COST"}), "THETA_EXITED_COST"),
    ):
        with pytest.raises(RuleViolation) as refused:
            loaded.suppose(Supposed.from_data(supposed.as_data()))
        assert refused.value.code == code


# ── Scenarios ────────────────────────────────────────────────────────────────────────────────────
def test_a_scenario_is_saved_recomputed_and_archived():
    fund, holdings = bound_a()
    supposed = Supposed((Change(holdings["P4"].pk, ChangeKind.WRITE_OFF),))
    asked = {"target": Target.of_fund(fund), "moment": MOMENT, "supposed": supposed, "actor": officer()}
    saved = stress.save_scenario(name=" P4 fails ", **asked)
    assert saved.name == "P4 fails"
    again = Supposed.from_data(Scenario.objects.get().changes)
    assert load(Target.of_fund(fund), MOMENT).suppose(again).then == load(*asked_of(saved)).suppose(supposed).then
    for changes, code in (
        ({"name": "P4 fails"}, "SCENARIO_NAME_TAKEN"),
        ({"name": "  "}, "SCENARIO_NAME"),
        ({"name": "x", "supposed": Supposed()}, "SCENARIO_EMPTY"),
    ):
        with pytest.raises(RuleViolation) as refused:
            stress.save_scenario(**asked | changes)
        assert refused.value.code == code
    assert stress.archive_scenario(scenario_id=saved.pk, actor=officer()).archived_at
    with pytest.raises(RuleViolation):
        stress.archive_scenario(scenario_id=saved.pk, actor=officer())


def asked_of(saved):
    return stress.target_of(saved.fund, saved.group), Moment(saved.as_of, saved.known_at)
