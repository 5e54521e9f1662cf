"""Files of capital calls and distributions: equal to the split to the fen, or refused row by row."""

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse

from funds.choices.files import RecordFile
from funds.models import Call, CallLine, Commitment, Distribution, RecordImport
from funds.views.record_imports import EXAMPLES
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import CompanyFactory
from tests.funds.test_notices import fund_of
from tests.funds.test_record_imports import sent, written

pytestmark = pytest.mark.django_db
HEAD = "fund_code,type,notice_date,due_date,purpose,investor,source,commitment (元),investments,fees,expenses,"
HEAD += "distribution,recallable\n"
CALL, GIVEN = "CALL,2024-03-01,2024-03-20,Q1", "DISTRIBUTION,2024-06-01,2024-06-20,exit"


@pytest.fixture
def officer():
    return UserFactory(role=Role.FUND_OFFICER)


@pytest.fixture
def fund():
    return fund_of(100_00, 200_00, 300_00)


def investors(fund):
    return [row.investor.name_zh for row in Commitment.objects.filter(fund=fund).order_by("investor_id")]


def file_of(fund, *rows):
    """Rows of (investor, what follows the investor)."""
    return HEAD + "".join(f"{fund.code},{head},{investor},{rest}\n" for head, investor, rest in rows)


def whole_call(fund, last):
    one, two, three = investors(fund)
    return file_of(
        fund, (CALL, one, ",100,8,1,1.00,,"), (CALL, two, "SOCIAL,200,16,2,2.00,,"), (CALL, three, f",300,{last},0,0,,")
    )


def problems(row):
    return [(one["row"], one["column"], one["code"]) for one in row.errors]


def test_a_call_and_a_distribution_become_notices_with_their_lines(fund, officer):
    one, two, three = investors(fund)
    text = whole_call(fund, "30") + file_of(
        fund, (GIVEN, one, ",100,,,,5,1"), (GIVEN, two, ",200,,,,10,2"), (GIVEN, three, ",300,,,,15,3")
    ).removeprefix(HEAD)
    row = sent(officer, RecordFile.NOTICES, text)
    assert (row.errors, row.report["rows"], Call.objects.count()) == ([], 6, 0)
    row = written(officer, RecordFile.NOTICES, text + "\n")
    call, given = Call.objects.get(), Distribution.objects.get()
    assert (call.amount_fen, call.issued_by, given.amount_fen, given.recallable_fen) == (60_00, officer, 30_00, 6_00)
    assert list(call.lines.values_list("amount_fen", "fees_fen", "expenses_fen")) == [
        (10_00, 1_00, 1_00), (20_00, 2_00, 2_00), (30_00, 0, 0),
    ]  # fmt: skip
    again = sent(officer, RecordFile.NOTICES, text + "\n\n")
    assert {code for _row, _column, code in problems(again)} == {"NOTICE_EXISTS"}


def test_one_fen_beside_the_split_is_refused_on_its_row(fund, officer):
    row = sent(officer, RecordFile.NOTICES, whole_call(fund, "30.02"))
    assert problems(row) == [(3, "amount", "SPLIT_DIFFERS"), (4, "amount", "SPLIT_DIFFERS")]
    assert ["20.01" in row.errors[0]["message"], "30.01" in row.errors[1]["message"]] == [True, True]
    assert (row.is_ready, Call.objects.count()) == (False, 0)


def test_every_row_says_what_is_wrong_with_it(fund, officer):
    one, two, three = investors(fund)
    stranger = CompanyFactory().name_zh
    text = file_of(
        fund,
        (CALL, one, ",99,10,,,,"), (CALL, two, ",200,20,,,5,"), (CALL, stranger, "SOCIAL,1,1,,,,"),
        (CALL, three, ",300,30,,,,"), (CALL, three, ",300,30,,,,"),
    )  # fmt: skip
    assert problems(sent(officer, RecordFile.NOTICES, text)) == [
        (2, "commitment", "COMMITMENT_DIFFERS"), (3, "distribution", "CELL_OF_OTHER_KIND"),
        (4, "investor", "INVESTOR_NOT_COMMITTED"), (6, "investor", "INVESTOR_TWICE"),
    ]  # fmt: skip
    lacks = file_of(fund, (CALL, one, ",100,10,,,,"), (CALL, two, ",200,20,,,,"))
    assert (2, "investor", "INVESTOR_MISSING") in problems(sent(officer, RecordFile.NOTICES, lacks))
    above = file_of(fund, (CALL, one, ",100,200,,,,"), (CALL, two, ",200,400,,,,"), (CALL, three, ",300,600,,,,"))
    assert [code for *_place, code in problems(sent(officer, RecordFile.NOTICES, above))] == ["CALL_ABOVE_COMMITMENT"]


def test_the_database_refuses_more_fees_than_are_called(fund, officer):
    written(officer, RecordFile.NOTICES, whole_call(fund, "30"))
    line = CallLine.objects.first()
    with pytest.raises(IntegrityError, match="call_line_uses"), transaction.atomic():
        CallLine.objects.create(
            notice=line.notice, position=9, investor=CompanyFactory(), source="SOCIAL", amount_fen=1, fees_fen=1,
            expenses_fen=1,
        )  # fmt: skip


def test_who_issues_no_notices_sends_no_file_of_them(fund, client):
    finance = UserFactory(role=Role.AUDITOR)
    with pytest.raises(PermissionDenied):
        sent(finance, RecordFile.NOTICES, whole_call(fund, "30"))
    as_role(client, Role.AUDITOR)
    template = client.get(reverse("funds:record_template", args=["notices"])).content.decode("utf-8-sig")
    assert template.splitlines() == list(EXAMPLES[RecordFile.NOTICES])


def test_the_receipt_and_the_notice_show_what_the_money_is_for(fund, officer, client):
    row = written(officer, RecordFile.NOTICES, whole_call(fund, "30"))
    client.force_login(officer)
    assert "This page is the receipt." in client.get(row.get_absolute_url(), headers={"accept-language": "en"}).text
    page = client.get(Call.objects.get().get_absolute_url(), headers={"accept-language": "en"}).text
    assert "Of which management fee" in page
    assert RecordImport.objects.get(pk=row.pk).written_at
