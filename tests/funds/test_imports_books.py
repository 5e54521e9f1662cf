"""A portfolio file meets the terms of the books: complete books stay complete, large rows need a second person."""

from datetime import date

import pytest
from django.urls import reverse

from funds.actions.books import set_book_terms
from funds.imports.steps import confirm_import
from funds.models import LedgerEvent, Valuation
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory
from tests.funds.test_imports import GOOD, check, csv_file, run
from tests.refusals import refused_by_rule

pytestmark = pytest.mark.django_db


def terms(limit_fen, *, complete):
    fund = FundFactory(code="F1", starts_on=date(2024, 1, 1), committed_fen=10**13)
    finance = UserFactory(role=Role.FINANCE)
    set_book_terms(fund_id=fund.pk, approval_limit_fen=limit_fen, is_complete=complete, actor=finance)
    return finance


def test_rows_that_overdraw_complete_books_are_named(officer):
    terms(None, complete=True)
    late_call = [["F1", "", "", "", "", "CALL", "2024-02-02", "5000", "", ""], *GOOD[1:]]
    row = check(csv_file(late_call), officer)
    (error,) = row.report["errors"]
    assert (error["row"], error["code"]) == (3, "CASH_BELOW_ZERO")
    good = check(csv_file(GOOD), officer)
    confirm_import(import_id=good.pk, actor=officer)
    assert run(good).written_at
    assert LedgerEvent.objects.count() == 5


def test_a_file_with_large_rows_is_written_by_another_person(officer, client):
    finance = terms(1_000_000_000, complete=False)
    row = check(csv_file(GOOD), officer)
    assert row.report["above_limit"] == 3
    reader = UserFactory(role=Role.PROGRAMME_MANAGER)
    client.force_login(reader)
    page = client.get(reverse("funds:import", args=[row.pk]), headers={"accept-language": "en"})
    assert "3 rows are above their fund" in page.text
    with pytest.raises(RuleViolation) as caught:
        confirm_import(import_id=row.pk, actor=officer)
    assert caught.value.code == "APPROVAL_REQUIRED"
    confirm_import(import_id=row.pk, actor=finance)
    row = run(row)
    assert (row.confirmed_by, row.created_by) == (finance, officer)
    assert bool(row.written_at)


def test_a_large_fair_value_needs_the_second_person_who_then_approves_it(officer, client):
    finance = terms(699 * 1_000_000, complete=False)
    row = check(csv_file([["F1", "P1", "甲公司", "", "seed", "VALUATION", "2024-06-30", "700", "", ""]]), officer)
    assert row.report["above_limit"] == 1
    refused_by_rule("APPROVAL_REQUIRED", confirm_import, import_id=row.pk, actor=officer)
    confirm_import(import_id=row.pk, actor=finance)
    row = run(row)
    assert Valuation.objects.get().approved_by == finance
    client.force_login(officer)
    page = client.get(row.get_absolute_url(), headers={"accept-language": "en"}).text
    assert f"{finance}, as the second person for what is above the limit" in page
