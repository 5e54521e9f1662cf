"""Stress of real books: reverse stress, what-if and simulations agree with the engine and with each other."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from funds.actions import outcomes, stress
from funds.actions.ledger import Draft
from funds.choices.figures import StressKind
from funds.choices.ledger import EventKind
from funds.choices.tolerance import MoneyView, Netting, WarningLevel
from funds.models import FundGroup, FundGroupMember, LedgerEvent, OutcomeParameter, Scenario, StressRun, ToleranceRule
from funds.queries.outcomes import outcome_tables, own_record
from funds.queries.simulated import Choices, draft
from funds.queries.stressed import NotStressed, stressed
from funds.queries.sums import Moment
from funds.queries.tolerance import Target, evaluate
from funds.queries.whatif import Placed, Supposed, load
from funds.rules.status import holds
from funds.rules.stress.changes import Change, ChangeKind, NewMoney
from funds.rules.stress.reverse import StressState
from innovation.accounts.choices import Role
from innovation.core import jobs
from innovation.core.errors import RuleViolation
from innovation.core.jobs import JobState
from tests.factories.accounts import UserFactory, officer
from tests.funds import scenes
from tests.funds.portfolio_a import DAY, KNOWN, WAN, bind, portfolio_a

pytestmark = pytest.mark.django_db
MOMENT = Moment(DAY, KNOWN)
SHANGCHENG = "CN-HZ-SHANGCHENG-2025"


def bound_a(**fields):
    """Portfolio A under a cap of 40 %; the government holds four tenths of it."""
    terms = {"categories": ["创业投资类"], "government_num": 2, "government_den": 5, "ends_on": date(2030, 6, 30)}
    fund, holdings = portfolio_a(**terms | fields)
    bind(SHANGCHENG, {"fund": fund})
    return fund, holdings


def read_as(fund, **theta):
    """Let the fund's policy state its definition."""
    binding = fund.policy_bindings.get()
    rule = ToleranceRule.objects.get(document=binding.document, scope="FUND", cap_num__isnull=False)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
    ToleranceRule.objects.filter(pk=rule.pk).update(theta=theta)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    return rule


GROSS = {
    "basis": "REALISED_PLUS_UNREALISED", "netting": "NONE", "denominator": "INVESTED_COST", "money_view": "FUND_TOTAL",
}  # fmt: skip


def chosen(kind=StressKind.BY_FUND_END, table="example-rate", rho=Fraction(3, 20), **more):
    return Choices(kind, table, rho, **more)


def finished(fund=None, group=None, choices=None, **more):
    """A run asked for and drawn."""
    target = Target.of_group(group) if group else Target.of_fund(fund)
    asked = {"moment": MOMENT, "draws": 2_000, "seed": 7} | more
    run = stress.ask_run(target=target, choices=choices or chosen(), actor=officer(), **asked)
    return drawn(run)


def drawn(run):
    done = jobs.run(StressRun, run.pk, stress.simulate)
    run.refresh_from_db()
    assert (done.state, run.error) == (JobState.DONE, ""), run.error
    return run


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


# ── Runs ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_run_keeps_seed_rows_and_result_and_the_same_seed_gives_the_same_digits():
    fund, _ = bound_a()
    first, again, other = finished(fund), finished(fund), finished(fund, seed=8)
    assert first.result == again.result
    assert (first.breaches, first.inputs_hash) == (again.breaches, again.inputs_hash)
    assert first.result["digest"] != other.result["digest"]
    assert first.result["low"] <= first.breaches / first.draws <= first.result["high"]
    assert {row["table"] for row in first.parameter_rows} == {"example-rate"}
    assert first.engine_version
    assert first.result["closed_form"] == pytest.approx(first.breaches / first.draws, abs=0.06)


def test_a_late_entry_does_not_change_a_run_drawn_again():
    fund, holdings = bound_a()
    before = finished(fund)
    late = Draft(EventKind.WRITE_OFF, DAY - timedelta(days=5), 0, holdings["P3"].pk, 1_000 * WAN)
    scenes.book(fund, late, at=timezone.now())
    assert finished(fund).result == before.result
    assert finished(fund, moment=Moment(DAY, timezone.now())).result != before.result


@pytest.mark.parametrize(
    "choices",
    [
        chosen(StressKind.TOTAL_LOSS, "us-2004-2013"),
        chosen(StressKind.OUTCOMES, "us-2004-2013"),
        chosen(StressKind.OUTCOMES, "us-half-lose", Fraction(0)),
        chosen(uncalled=True),
        chosen(years=Fraction(1)),
    ],
)
def test_every_kind_of_run_finishes_with_its_sensitivity(choices):
    fund, _ = bound_a(investment_ends_on=date(2028, 6, 30))
    run = finished(fund, choices=choices)
    rows = run.result["sensitivity"]
    assert len(rows) == (1 if choices.kind == StressKind.OUTCOMES else 4)
    assert all(len(row) == 5 for row in rows)
    if choices.kind != StressKind.OUTCOMES:
        assert [row[2] for row in rows] == sorted(row[2] for row in rows)
    assert (run.result["planned"] > 0) is choices.uncalled
    assert sum(run.result["histogram"]["counts"]) == run.draws


def test_uncalled_money_is_planned_to_the_fen():
    fund, _ = bound_a(investment_ends_on=date(2028, 6, 30))
    run = finished(fund, choices=chosen(uncalled=True))
    assert run.result["planned_fen"] == (20_000 - 12_000) * WAN


def test_a_longer_look_ahead_and_more_correlation_matter():
    fund, _ = bound_a()
    read_as(fund, **GROSS)
    view = load(Target.of_fund(fund), MOMENT)
    rows = outcome_tables()["example-rate"]
    on = stressed(view.view, view.view.main)

    def closed(**more):
        return draft(on, view.books, MOMENT, rows, chosen(**more)).closed_form()

    assert closed(years=Fraction(1)) < closed(years=Fraction(3)) < closed(years=Fraction(9))
    assert closed(years=Fraction(3), rho=Fraction(0)) != closed(years=Fraction(3), rho=Fraction(3, 10))


def test_a_group_is_drawn_in_the_governments_money():
    first, _ = bound_a()
    second, _ = bound_a()
    group = FundGroup.objects.create(code="G", name_zh="基金群")
    for fund in (first, second):
        FundGroupMember.objects.create(group=group, fund=fund, valid_from=date(2020, 1, 1))
    bind("CN-GZ-CITY-2026", {"group": group})
    run = finished(group=group)
    assert (run.fund, run.group) == (None, group)
    assert run.result["positions"] == 8


def test_what_a_run_needs_is_checked_before_it_waits():
    fund, _ = bound_a()
    asked = {"target": Target.of_fund(fund), "moment": MOMENT, "draws": 2_000, "actor": officer()}
    for changes, code in (
        ({"choices": chosen(), "draws": 10}, "STRESS_DRAWS"),
        ({"choices": chosen(), "seed": -1}, "STRESS_SEED"),
        ({"choices": chosen(table="us-2019-capital")}, "STRESS_TABLE"),
        ({"choices": chosen(table="no-such")}, "STRESS_TABLE"),
        ({"choices": chosen(), "target": Target.of_fund(portfolio_a()[0])}, "STRESS_NOTHING"),
    ):
        with pytest.raises(RuleViolation) as refused:
            stress.ask_run(**asked | changes)
        assert refused.value.code == code
    type(fund).objects.filter(pk=fund.pk).update(ends_on=None)
    fund.refresh_from_db()
    with pytest.raises(RuleViolation) as refused:
        stress.ask_run(**asked | {"choices": chosen(), "target": Target.of_fund(fund)})
    assert refused.value.code == "STRESS_NO_END"
    assert not StressRun.objects.exists()


@pytest.mark.parametrize("role", [Role.AUDITOR, Role.FINANCE, Role.APPLICANT])
def test_who_only_reads_neither_runs_nor_saves(role):
    fund, holdings = bound_a()
    reader, target = UserFactory(role=role), Target.of_fund(fund)
    with pytest.raises(PermissionDenied):
        stress.ask_run(target=target, moment=MOMENT, choices=chosen(), draws=2_000, actor=reader)
    supposed = Supposed((Change(holdings["P4"].pk, ChangeKind.WRITE_OFF),))
    with pytest.raises(PermissionDenied):
        stress.save_scenario(target=target, moment=MOMENT, supposed=supposed, name="x", actor=reader)
    with pytest.raises(PermissionDenied):
        outcomes.fit_own_record(as_of=DAY, known_at=KNOWN, region="CN", actor=reader)
    with pytest.raises(PermissionDenied):
        outcomes.retire_parameter(parameter_id=OutcomeParameter.objects.first().pk, actor=reader)


# ── The warning level ────────────────────────────────────────────────────────────────────────────
def answer_now(fund, known_at=None, as_of=DAY):
    return evaluate(Target.of_fund(fund), as_of, known_at or timezone.now()).main


def test_a_likely_breach_raises_the_level_and_says_which_run():
    fund, _ = bound_a()
    read_as(fund, **GROSS)
    assert answer_now(fund).tolerance.level == WarningLevel.YELLOW
    run = finished(fund)
    assert run.probability > Fraction(1, 4)
    answer = answer_now(fund)
    assert (answer.tolerance.level, answer.breach.pk) == (WarningLevel.ORANGE, run.pk)
    assert answer.breach.probability == run.probability


def test_a_run_speaks_only_for_its_own_question_and_time():
    fund, _ = bound_a()
    rule = read_as(fund, **GROSS)
    run = finished(fund)
    assert answer_now(fund, known_at=KNOWN).breach is None
    assert answer_now(fund, as_of=DAY - timedelta(days=1)).breach is None
    assert answer_now(fund, as_of=DAY + timedelta(days=366)).breach.pk == run.pk
    assert answer_now(fund, as_of=DAY + timedelta(days=367)).breach is None
    read_as(fund, **GROSS | {"netting": "REALISED_GAINS"})
    assert answer_now(fund).breach is None
    read_as(fund, **rule.theta)
    other, _ = bound_a()
    assert answer_now(other).breach is None


def test_the_latest_run_speaks_and_runs_of_another_kind_do_not():
    fund, _ = bound_a()
    finished(fund)
    latest = finished(fund, seed=9)
    finished(fund, choices=chosen(StressKind.TOTAL_LOSS, "us-2004-2013"))
    assert answer_now(fund).breach.pk == latest.pk


def test_the_fingerprint_names_the_run():
    fund, _ = bound_a()
    before = evaluate(Target.of_fund(fund), DAY, KNOWN).inputs_hash
    known = timezone.now() + timedelta(minutes=1)
    without = evaluate(Target.of_fund(fund), DAY, known).inputs_hash
    finished(fund)
    assert evaluate(Target.of_fund(fund), DAY, KNOWN).inputs_hash == before
    assert evaluate(Target.of_fund(fund), DAY, known).inputs_hash != without


# ── The city's own record ────────────────────────────────────────────────────────────────────────
def test_the_own_record_counts_decided_investments_and_holding_years():
    portfolio_a()
    found = {record.stage: record for record in own_record(MOMENT)}
    assert (found["seed"].decided, found["seed"].lost) == (1, 1)
    assert (found["growth"].decided, found["growth"].lost) == (1, 0)
    assert found["angel"].decided == 0
    # Three angel holdings from 2023-03-01 to 2024-06-30: 487 days each.
    assert (found["angel"].days, found["angel"].years) == (3 * 487, 4)


def test_the_own_record_becomes_rows_under_a_uniform_prior():
    portfolio_a()
    rows = outcomes.fit_own_record(as_of=DAY, known_at=KNOWN, region="CN-3301", actor=officer())
    share = {row.stage: row for row in rows if row.measure == "TOTAL_LOSS"}
    assert share["seed"].value == Fraction(2, 3)
    assert share["growth"].value == Fraction(1, 3)
    assert (share[""].value, share[""].losses, share[""].observations) == (Fraction(2, 4), 1, 2)
    rate = {row.stage: row for row in rows if row.measure == "HAZARD"}
    assert rate["angel"].value == Fraction(182_322, 1_000_000)  # −ln(1 − 1/6)
    tables = outcome_tables()
    assert tables["own-20240630"].serves(StressKind.BY_FUND_END)
    assert tables["own-20240630"].unverified
    for code in ("OWN_RECORD_EXISTS",):
        with pytest.raises(RuleViolation) as refused:
            outcomes.fit_own_record(as_of=DAY, known_at=KNOWN, region="CN-3301", actor=officer())
        assert refused.value.code == code


def test_without_a_decided_investment_there_is_no_record():
    with pytest.raises(RuleViolation) as refused:
        outcomes.fit_own_record(as_of=DAY, known_at=KNOWN, region="CN", actor=officer())
    assert refused.value.code == "OWN_RECORD_EMPTY"


def test_a_retired_row_serves_no_new_run_and_old_runs_keep_it():
    fund, _ = bound_a()
    run = finished(fund)
    row = OutcomeParameter.objects.get(table="example-rate", measure="HAZARD")
    outcomes.retire_parameter(parameter_id=row.pk, actor=officer())
    assert not outcome_tables()["example-rate"].serves(StressKind.BY_FUND_END)
    run.refresh_from_db()
    assert any(kept["id"] == row.pk for kept in run.parameter_rows)
    with pytest.raises(RuleViolation):
        outcomes.retire_parameter(parameter_id=row.pk, actor=officer())
