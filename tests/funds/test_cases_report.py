"""The register of exemption cases: what was known at a moment, in both languages; and the cards of the start page."""

from datetime import timedelta

import pytest
from django.utils import timezone, translation

from funds.choices.cases import CaseState
from funds.registration.cases import cards
from funds.reports import exemption
from innovation.accounts.choices import Role
from innovation.reports import registry
from innovation.reports.content import canonical_json
from innovation.reports.models import ReportSchedule
from tests.factories.accounts import UserFactory
from tests.funds.case_scenes import Cast, case_in, manual_case

pytestmark = pytest.mark.django_db


def register(known_at=None, language="en", **params):
    with translation.override(language):
        return exemption.build(
            params, as_of=timezone.localdate(), known_at=known_at or timezone.now(), language=language
        )


def rows(data, title):
    return next(table.rows for part in data.sections for table in part.tables if str(table.title) == title)


def test_the_register_lists_cases_with_state_outcome_and_times():
    case, _walk = case_in(CaseState.DECIDED)
    other = manual_case(Cast())
    data = register()
    assert data.summary == "2 cases: 2 open, 1 decided."
    found = {row.cells[0].value: row for row in rows(data, "Register of exemption cases")}
    assert [str(cell.value) for cell in found[case.code].cells[6:9]] == ["General asset loss", "Decided", "Exempt"]
    assert found[case.code].cells[9].value == 0
    assert str(found[other.code].cells[8].reason) == "Not decided yet."
    assert found[other.code].link == other.get_absolute_url()
    outcomes = {str(row.cells[0].value): row.cells[1].value for row in rows(data, "Cases by outcome")}
    assert outcomes == {"Exempt": 1, "Partly exempt": 0, "Not exempt": 0, "Referred to discipline or accountability": 0}
    assert "免责" in str(register(language="zh-hans").title)
    only = register(fund=other.fund)
    assert [row.cells[0].value for row in rows(only, "Register of exemption cases")] == [other.code]


def test_the_register_tells_what_was_known_at_a_moment_and_then_never_changes():
    case, walk = case_in(CaseState.PANEL)
    moment = case.steps.last().at
    before = canonical_json(register(known_at=moment))
    assert b"Panel" in before
    walk.decide()
    assert canonical_json(register(known_at=moment)) == before
    assert canonical_json(register()) != before
    early = register(known_at=case.opened_at - timedelta(seconds=1))
    assert early.summary.startswith("0 cases")


def test_the_register_is_scheduled_each_quarter_and_open_to_the_office():
    assert registry.get(exemption.CODE) is exemption.KIND
    assert ReportSchedule.objects.filter(kind=exemption.CODE, every="quarter").exists()


def test_the_register_costs_a_constant_number_of_queries(django_assert_max_num_queries):
    manual_case(Cast())
    with django_assert_max_num_queries(12) as before:
        register()
    manual_case(Cast())
    manual_case(Cast())
    with django_assert_max_num_queries(len(before.captured_queries)):
        register()


def test_the_start_page_names_the_statement_that_waits_for_a_manager():
    cast = Cast()
    case_in(CaseState.STATEMENT, cast)
    assert [card.figure for card in cards(cast.applicant)] == ["1"]
    assert cards(UserFactory(role=Role.APPLICANT)) == []
    # What waits for the office and for panels stands in the work list.
    assert cards(cast.officer) == []
