"""Records of stress: what the database itself refuses, whatever door a statement comes through."""

from datetime import date, datetime

import pytest
from django.db import DatabaseError, connection
from django.utils import timezone

from funds.data.outcomes import load, shipped
from funds.models import FundGroup, OutcomeParameter, PolicyDocument, Scenario, StressRun
from innovation.core.jobs import JobState
from tests.factories.funds import FundFactory
from tests.refusals import refusal

pytestmark = pytest.mark.django_db
DAY = date(2024, 6, 30)
KNOWN = datetime(2024, 6, 30, 12, tzinfo=timezone.get_default_timezone())


def parameter(**fields):
    values = {"table": "t", "region": "US", "measure": "HAZARD", "value_num": 1, "value_den": 10, "source": "x"}
    return OutcomeParameter.objects.create(**values | fields)


def a_run(**fields):
    values = {
        "document": PolicyDocument.objects.first(), "as_of": DAY, "known_at": KNOWN, "theta": {}, "cap_num": 2,
        "cap_den": 5, "parameters": {}, "parameter_rows": [], "seed": 1,
    }  # fmt: skip
    if "fund" not in fields and "group" not in fields:
        values["fund"] = FundFactory()
    return StressRun.objects.create(**values | fields)


def a_scenario(**fields):
    values = {"name": "S", "as_of": DAY, "known_at": KNOWN, "changes": {}}
    if "fund" not in fields and "group" not in fields:
        values["fund"] = FundFactory()
    return Scenario.objects.create(**values | fields)


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"value_num": -1}, "outcome_value_in_range"),
        ({"value_den": 0}, "outcome_value_in_range"),
        ({"measure": "TOTAL_LOSS", "value_num": 11}, "outcome_value_in_range"),
        ({"measure": "CORRELATION", "value_num": 11}, "outcome_value_in_range"),
        ({"measure": "SHARE"}, "outcome_range_of_shares"),
        ({"measure": "SHARE", "lower": 500, "upper": 100}, "outcome_range_of_shares"),
        ({"lower": 1}, "outcome_range_of_shares"),
        ({"losses": 3, "observations": 2}, "outcome_record_in_order"),
        ({"losses": 3}, "outcome_record_in_order"),
    ],
)
def test_an_outcome_row_that_cannot_be_is_refused(fields, constraint):
    with refusal(constraint):
        parameter(**fields)


def test_one_row_of_a_kind_is_in_use_and_its_retired_forerunners_stay():
    first = parameter()
    with refusal("outcome_once_in_use"):
        parameter()
    OutcomeParameter.objects.filter(pk=first.pk).update(retired_at=timezone.now())
    second = parameter(value_num=2)
    assert list(OutcomeParameter.objects.in_use().filter(table="t")) == [second]


def test_every_change_of_an_outcome_row_is_kept():
    row = parameter()
    OutcomeParameter.objects.filter(pk=row.pk).update(value_num=3)
    assert [event.value_num for event in row.history.order_by("pgh_id")] == [1, 3]


@pytest.mark.parametrize(("make", "what"), [(a_run, "stress_run"), (a_scenario, "scenario")])
def test_it_is_about_a_fund_or_about_a_group(make, what):
    group = FundGroup.objects.create(code="G", name_zh="群")
    with refusal(f"{what}_of_fund_or_group"):
        make(fund=None)
    with refusal(f"{what}_of_fund_or_group"):
        make(fund=FundFactory(), group=group)
    assert make(group=group).pk


def test_a_scenario_is_only_ever_archived():
    scenario = a_scenario()
    for change in ({"name": "other"}, {"changes": {"x": 1}}, {"as_of": date(2020, 1, 1)}):
        with refusal("scenario_stays"):
            Scenario.objects.filter(pk=scenario.pk).update(**change)
    with refusal("scenario_stays"):
        Scenario.objects.filter(pk=scenario.pk).delete()
    Scenario.objects.filter(pk=scenario.pk).update(archived_at=KNOWN)
    with refusal("scenario_stays"):
        Scenario.objects.filter(pk=scenario.pk).update(archived_at=None)


def test_a_name_stands_once_among_the_scenarios_of_a_fund():
    first = a_scenario()
    with refusal("scenario_name_once"):
        a_scenario(fund=first.fund)
    Scenario.objects.filter(pk=first.pk).update(archived_at=KNOWN)
    assert a_scenario(fund=first.fund).pk
    assert a_scenario().pk


@pytest.mark.parametrize(
    ("fields", "constraint"),
    [
        ({"cap_num": 6}, "stress_run_cap_is_a_share"),
        ({"cap_den": 0, "cap_num": 0}, "stress_run_cap_is_a_share"),
        ({"draws": 999}, "stress_run_draws_in_range"),
        ({"draws": 1_000_001}, "stress_run_draws_in_range"),
        ({"seed": -1}, "stress_run_seed_not_negative"),
        ({"state": JobState.DONE}, "stress_run_result_when_done"),
        ({"breaches": 5}, "stress_run_result_when_done"),
        ({"state": JobState.DONE, "breaches": 10_001}, "stress_run_result_when_done"),
    ],
)
def test_a_run_that_cannot_be_is_refused(fields, constraint):
    with refusal(constraint):
        a_run(**fields)


QUESTION = {
    "kind": "OUTCOMES", "as_of": date(2020, 1, 1), "theta": {"basis": "REALISED"}, "cap_num": 1, "seed": 2,
    "draws": 5_000, "parameters": {"x": 1}, "parameter_rows": [1],
}  # fmt: skip


@pytest.mark.parametrize("field", QUESTION)
def test_the_question_of_a_run_never_changes(field):
    run = a_run()
    with refusal("stress_run_is_frozen"):
        StressRun.objects.filter(pk=run.pk).update(**{field: QUESTION[field]})


@pytest.mark.parametrize(
    "change",
    [{"breaches": 6}, {"result": {"x": 1}}, {"state": JobState.FAILED, "breaches": None}, {"engine_version": "2"},
     {"inputs_hash": "0"}, {"finished_at": KNOWN}],
)  # fmt: skip
def test_the_result_of_a_run_never_changes(change):
    run = a_run(state=JobState.DONE, breaches=5)
    with refusal("stress_run_is_frozen"):
        StressRun.objects.filter(pk=run.pk).update(**change)


def test_a_finished_run_stays_and_the_queue_may_still_write_its_notes():
    run = a_run(state=JobState.DONE, breaches=5)
    with refusal("stress_run_is_frozen"):
        StressRun.objects.filter(pk=run.pk).delete()
    assert StressRun.objects.filter(pk=run.pk).update(sent_at=KNOWN, heartbeat_at=KNOWN) == 1
    waiting = a_run()
    assert StressRun.objects.filter(pk=waiting.pk).delete()[0] == 1


def test_raw_sql_is_refused_too():
    run = a_run(state=JobState.DONE, breaches=5)
    with pytest.raises(DatabaseError, match="stress_run_is_frozen"), connection.cursor() as cursor:
        cursor.execute("UPDATE funds_stressrun SET breaches = 1 WHERE id = %s", [run.pk])


def test_the_shipped_rows_are_there_with_their_flags_and_load_once():
    rows = OutcomeParameter.objects.all()
    assert rows.count() == len(shipped()["rows"])
    assert load(lambda name: OutcomeParameter) == 0
    assert set(rows.values_list("status", flat=True)) == {"unverified"}
    below = OutcomeParameter.objects.get(table="us-2004-2013", measure="BELOW_COST")
    assert (below.region, below.value.limit_denominator(1000), below.vintage) == ("US", below.value, "2004–2013")
    assert float(below.value) == 0.648
