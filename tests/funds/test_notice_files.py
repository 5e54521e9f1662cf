"""Files of capital calls and distributions: equal to the split to the fen, or refused row by row."""

from datetime import date
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given as given_by
from hypothesis import settings
from hypothesis import strategies as st

from funds.actions.events import record_event
from funds.actions.notices import cancel_notice, issue_notice, pay_all
from funds.actions.terms import record_commitment, record_tier
from funds.choices.files import RecordFile
from funds.models import Call, CallLine, Commitment, Distribution, RecordImport
from funds.rules.waterfall import settlement
from funds.views.record_imports import EXAMPLES
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import CompanyFactory
from tests.funds.noticing import fund_of
from tests.funds.test_record_imports import sent, written

pytestmark = pytest.mark.django_db
HEAD = "fund_code,type,notice_date,due_date,purpose,investor,source,commitment (元),investments,fees,expenses,"
HEAD += "distribution,recallable\n"
CALL, GIVEN = "CALL,2024-03-01,2024-03-20,Q1", "DISTRIBUTION,2024-06-01,2024-06-20,exit"


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


# ── Our own files come back ──────────────────────────────────────────────────────────────────────
def back(client, officer, notice):
    """The notice's own file taken in again after the notice was cancelled; returns the notice that it became."""
    word = notice._meta.model_name
    client.force_login(officer)
    text = client.get(reverse("funds:notice_file", args=[word, notice.pk])).content.decode("utf-8-sig")
    cancel_notice(word=word, notice_id=notice.pk, reason="sent again as a file", actor=officer)
    row = written(officer, RecordFile.NOTICES, text)
    assert row.errors == []
    return type(notice).objects.filter(state="ISSUED", fund=notice.fund).latest("number")


def told(notice):
    fields = ["investor", "source", "amount_fen", "recallable_fen"]
    fields += ["fees_fen", "expenses_fen"] if notice._meta.model_name == "call" else []
    return list(notice.lines.order_by("position").values_list(*fields))


def sharing(officer, **tier):
    """A fund of which 20 yuan are paid in, its manager committed with government money, and a step of the waterfall."""
    fund = fund_of(7_00, 13_00)
    fund.manager = CompanyFactory()
    fund.save()
    common = {"fund_id": fund.pk, "valid_from": date(2020, 1, 1), "actor": officer}
    record_commitment(investor_id=fund.manager_id, source="GOVERNMENT", amount_fen=5_03, **common)
    record_tier(**tier, **common)
    record_event(fund_id=fund.pk, kind="CALL", value_date=date(2021, 1, 1), amount_fen=20_00, actor=officer)
    return fund


def given(fund, officer, amount, **facts):
    days = {"notice_on": date(2024, 6, 1), "due_on": date(2024, 6, 20)}
    return issue_notice(
        word="distribution", fund_id=fund.pk, amount_fen=amount, purpose="exit", actor=officer, **days, **facts
    )


def test_a_notice_s_own_file_with_carry_and_concession_comes_in_again_to_the_fen(officer, client):
    fund = sharing(
        officer, kind="PROFIT_SPLIT", position=4, manager=Fraction(1, 5), concession=Fraction(1, 3),
        concession_to="MANAGER",
    )  # fmt: skip
    notice = given(fund, officer, 33_37, recallable_fen=1_01)
    lines = told(notice)
    assert [line[1] for line in lines] == ["GOVERNMENT", "SOCIAL", "SOCIAL", "CARRY"]
    assert lines[3][2] > Fraction(13_37, 5)
    again = back(client, officer, notice)
    assert (told(again), again.pk != notice.pk) == (lines, True)


def test_a_first_loss_is_settled_in_the_last_distribution_and_its_file_says_so(officer, client):
    """12 of 20 come back: the government stands for the first 3 of the 8 that are lost, all for the rest."""
    fund = sharing(officer, kind="FIRST_LOSS", position=1, amount_fen=3_00, bearer="GOVERNMENT")
    early = given(fund, officer, 2_00)
    pay_all(word="distribution", notice_id=early.pk, value_date=date(2024, 6, 20), actor=officer)
    assert [fen for _investor, _source, fen, _part in told(early)] == [40, 56, 1_04]
    last = given(fund, officer, 10_00, is_last=True)
    lines = told(last)
    paid = 20_00 * Fraction(5_03, 25_03)
    shares = [paid, *((20_00 - paid) * Fraction(part, 20_00) for part in (7_00, 13_00))]
    lost = [3_00 + 5_00 * (paid - 3_00) / 17_00, *(5_00 * share / 17_00 for share in shares[1:])]
    due = [share - loss - got for share, loss, got in zip(shares, lost, (40, 56, 1_04), strict=True)]
    assert sum(due) == 10_00
    assert all(abs(fen - exact) < 1 for (_one, _two, fen, _part), exact in zip(lines, due, strict=True))
    again = back(client, officer, last)
    assert (told(again), again.is_last) == (lines, True)


def test_carry_is_paid_to_the_manager_alone_and_never_called(officer):
    fund = sharing(officer, kind="PROFIT_SPLIT", position=4, manager=Fraction(1, 5))
    one = Commitment.objects.filter(fund=fund, source="SOCIAL").first().investor.name_zh
    text = file_of(
        fund, (CALL, fund.manager.name_zh, "CARRY,,1,,,,"), (GIVEN, one, "CARRY,,,,,1,"),
        ("DISTRIBUTION,2024-06-01,2024-06-20,more", fund.manager.name_zh, "CARRY,,,,,1,"),
    )  # fmt: skip
    assert {code for _row, _column, code in problems(sent(officer, RecordFile.NOTICES, text))} >= {
        "CARRY_IN_CALL", "CARRY_OF_OTHER", "SPLIT_DIFFERS",
    }  # fmt: skip


@pytest.mark.parametrize(("word", "facts"), [("call", {}), ("distribution", {"recallable_fen": 1})])
def test_what_cannot_be_a_last_distribution_is_refused(fund, officer, word, facts):
    days = {"notice_on": date(2024, 6, 1), "due_on": date(2024, 6, 20)}
    with pytest.raises(RuleViolation) as refused:
        issue_notice(
            word=word, fund_id=fund.pk, amount_fen=5, purpose="x", is_last=True, actor=officer, **days, **facts
        )
    assert refused.value.code == {"call": "LAST_IS_DISTRIBUTION", "distribution": "LAST_IS_RECALLABLE"}[word]


entitlements = st.lists(st.tuples(st.integers(0, 10**9), st.integers(0, 10**9)), min_size=1, max_size=8)


@settings(max_examples=100, deadline=None)
@given_by(entitlements)
def test_a_settlement_sums_to_the_money_and_takes_nothing_back(rows):
    entitled, received = ([row[at] for row in rows] for at in (0, 1))
    amount = sum(entitled) - sum(received)
    if amount <= 0:
        return
    parts = settlement(entitled, received, amount)
    assert sum(parts) == amount
    for due, got, part in zip(entitled, received, parts, strict=True):
        assert 0 <= part <= max(0, due - got)
