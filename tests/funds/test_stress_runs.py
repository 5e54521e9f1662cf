"""Simulations of real books: seed and rows kept, who runs them, the level that they raise, the city's own record."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone, translation

from funds.actions import outcomes, stress
from funds.actions.ledger import Draft
from funds.choices.figures import StressKind
from funds.choices.ledger import EventKind
from funds.choices.tolerance import WarningLevel
from funds.models import FundGroup, FundGroupMember, OutcomeParameter, StressRun
from funds.queries.outcomes import outcome_tables, own_record
from funds.queries.simulated import draft
from funds.queries.stressed import stressed
from funds.queries.sums import Moment
from funds.queries.tolerance import Target, evaluate
from funds.queries.whatif import Supposed, load
from funds.reports.outcome_words import KNOWN as KNOWN_SOURCES
from funds.reports.outcome_words import outcome_source
from funds.rules.stress.changes import Change, ChangeKind
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory, officer
from tests.funds import scenes
from tests.funds.portfolio_a import DAY, KNOWN, WAN, bind, portfolio_a
from tests.funds.stressing import GROSS, MOMENT, bound_a, chosen, finished, read_as

pytestmark = pytest.mark.django_db


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
    # Whoever reads it, the source speaks one language: what is shipped and what the city makes of its books.
    sources = set(OutcomeParameter.objects.values_list("source", flat=True))
    with translation.override("en"):
        assert all(outcome_source(source).isascii() or source in KNOWN_SOURCES for source in sources)
    with translation.override("zh-hans"):
        assert not any(outcome_source(source).isascii() or " / " in outcome_source(source) for source in sources)
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
