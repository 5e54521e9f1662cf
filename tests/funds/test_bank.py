"""Bank statements: read cell by cell, each movement kept once, settled by notices, entries or bookings."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from funds.actions.bank import set_aside, settle_by_booking, settle_by_entry, settle_by_notice, settle_sure
from funds.actions.books import set_book_terms
from funds.actions.entries import approve_entry
from funds.actions.events import record_event, reverse_event
from funds.actions.mappings import save_mapping
from funds.actions.notices import issue_notice
from funds.choices.ledger import EventKind
from funds.imports.bank import confirm_statement, read_statement, upload_statement
from funds.models import BankLine, BankMatch, BankStatement, Commitment, EntryProposal, LedgerEvent
from funds.queries.bank import lines_of, open_movements, suggestions
from funds.queries.notices import lines_of as notice_lines
from funds.rules.bank_file import BankMapping, guess_bank_columns, guessed_kind, keys_of, read_rows, same_party
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import CompanyFactory, FundFactory, InvestmentFactory
from tests.refusals import refused, refused_by_rule

db = pytest.mark.django_db
DAY = date(2024, 3, 20)
HEADER = ["交易日期", "收入", "支出", "对方户名", "摘要", "流水号"]
ROWS = [
    ["2024-03-20", "60", "", "甲投资公司", "缴款", "T1"],
    ["2024-03-21", "", "12.5", "某托管银行", "托管费", "T2"],
    ["2024-03-21", "0.01", "", "", "结息", "T3"],
    ["2024-03-22", "", "30", "丙科技", "投资款", "T4"],
    ["", "", "", "", "", ""],
]


def csv_of(rows, header=HEADER, name="bank.csv"):
    text = "\n".join(",".join(row) for row in [header, *rows])
    return SimpleUploadedFile(name, text.encode())


def mapping(header=HEADER, unit="yuan"):
    return BankMapping(unit=unit, columns=guess_bank_columns(header))


def read(rows, header=HEADER):
    return read_rows(header, list(enumerate(rows, start=2)), mapping(header))


# ── Reading ──────────────────────────────────────────────────────────────────────────────────────
def test_in_and_out_become_signed_movements_and_empty_rows_are_passed_over():
    found = read(ROWS)
    assert [(row.day, row.amount_fen, row.counterparty) for row in found.rows] == [
        (DAY, 6_000, "甲投资公司"), (date(2024, 3, 21), -1_250, "某托管银行"), (date(2024, 3, 21), 1, ""),
        (date(2024, 3, 22), -3_000, "丙科技"),
    ]  # fmt: skip
    assert (found.money_in, found.money_out, found.errors) == (6_001, 4_250, [])


def test_a_signed_column_serves_too():
    header = ["日期", "金额", "对方户名"]
    assert [row.amount_fen for row in read([["2024-03-20", "-5.5", "x"], ["2024-03-20", "+7", "x"]], header).rows] == [
        -550, 700,
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "cells"),
    [
        ("DATE_FORMAT", ["20.3.24", "60", "", "", "", ""]),
        ("MONEY_FORMAT", ["2024-03-20", "1,5", "", "", "", ""]),
        ("IN_AND_OUT", ["2024-03-20", "60", "60", "", "", ""]),
        ("AMOUNT_EMPTY", ["2024-03-20", "", "0", "x", "", ""]),
        ("FORMULA_CELL", ["2024-03-20", "60", "", "=A1", "", ""]),
    ],
)
def test_a_wrong_cell_is_named_with_its_row(code, cells):
    (error,) = read([ROWS[0], cells]).errors
    assert (error.row, error.code) == (3, code)


@pytest.mark.parametrize("columns", [{}, {"day": "日期"}, {"day": "日期", "amount": "金额", "money_in": "金额"}])
def test_a_mapping_without_day_or_with_two_kinds_of_amount_is_refused(columns):
    with pytest.raises(RuleViolation) as caught:
        BankMapping(unit="yuan", columns=columns).check(["日期", "金额"])
    assert caught.value.code == "MAPPING_MISSING"


def test_equal_rows_of_one_file_are_told_apart_and_the_same_file_has_the_same_keys():
    twice = read([ROWS[0], ROWS[0]]).rows
    assert len(set(keys_of(twice))) == 2
    assert keys_of(twice) == keys_of(read([ROWS[0], ROWS[0]]).rows)


@pytest.mark.parametrize(
    ("fen", "purpose", "kind"),
    [
        (-5, "2024年管理费", EventKind.FEE), (-5, "托管费", EventKind.EXPENSE), (5, "存款结息", EventKind.INTEREST),
        (5, "管理费退回", None), (-5, "转账", None), (-5, "资助拨付", EventKind.GRANT),
        (5, "资助结余退回", EventKind.GRANT_RETURN),
    ],
)  # fmt: skip
def test_words_of_a_movement_suggest_its_kind(fen, purpose, kind):
    assert guessed_kind(fen, purpose) == kind


def test_names_agree_whatever_their_brackets_and_spaces():
    assert same_party("之江（杭州）投资 有限公司", ["之江(杭州)投资有限公司"])
    assert not same_party("", [""])


# ── Taking in and settling ───────────────────────────────────────────────────────────────────────
@pytest.fixture
def fund():
    fund = FundFactory(committed_fen=100_000)
    for name, amount in (("甲投资公司", 60_000), ("乙投资公司", 40_000)):
        Commitment.objects.create(
            fund=fund, investor=CompanyFactory(name_zh=name), source="SOCIAL", amount_fen=amount,
            valid_from=date(2020, 1, 1),
        )  # fmt: skip
    return fund


def take(fund, officer, rows=ROWS, **facts):
    statement = upload_statement(fund_id=fund.pk, upload=csv_of(rows), actor=officer)
    return confirm_statement(statement=statement, mapping=mapping(**facts), actor=officer)


def line_of(fund, reference):
    return lines_of(fund).get(reference=reference)


def code_of(act):
    with pytest.raises(RuleViolation) as caught:
        act()
    return caught.value.code


@db
def test_the_same_file_twice_makes_no_second_row_and_a_longer_one_only_its_new_rows(fund, officer):
    assert take(fund, officer).lines.count() == 4
    again = take(fund, officer)
    assert (again.lines.count(), again.repeated) == (0, 4)
    longer = take(fund, officer, [*ROWS, ["2024-03-23", "5", "", "x", "y", "T5"]])
    assert (longer.lines.count(), longer.repeated, BankLine.objects.count()) == (1, 4, 5)
    assert not LedgerEvent.objects.exists()
    act = lambda: confirm_statement(statement=longer, mapping=mapping(), actor=officer)  # noqa: E731
    assert code_of(act) == "STATEMENT_TAKEN"


@db
def test_a_statement_with_a_wrong_cell_takes_nothing_in(fund, officer):
    rows = [ROWS[0], ["x", "5", "", "", "", ""]]
    assert code_of(lambda: take(fund, officer, rows)) == "STATEMENT_WRONG_CELLS"
    assert not BankLine.objects.exists()


@db
def test_money_of_an_investor_pays_its_line_of_the_call_and_comes_back_when_taken_back(fund, officer):
    call = issue_notice(
        word="call", fund_id=fund.pk, amount_fen=10_000, notice_on=DAY, due_on=DAY, purpose="x", actor=officer
    )
    take(fund, officer)
    line = line_of(fund, "T1")
    first = suggestions(fund, [line])[line.pk][0]
    assert (first.what, first.word, first.amount_fen, first.sure) == ("pay", "call", 6_000, True)
    assert settle_sure(fund_id=fund.pk, actor=officer) == 1
    event = LedgerEvent.objects.get()
    assert (event.kind, event.amount_fen, event.value_date) == ("CALL", 6_000, DAY)
    assert "T1" in event.document
    assert [paid.paid_fen for paid in notice_lines(call)] == [6_000, 0]
    assert line_of(fund, "T1").matched_fen == 6_000
    assert settle_sure(fund_id=fund.pk, actor=officer) == 0
    reverse_event(event_id=event.pk, reason="wrong fund", actor=officer)
    assert line_of(fund, "T1").matched_fen == 0


@db
def test_an_entry_that_is_booked_already_is_named_once(fund, officer):
    holding = InvestmentFactory(fund=fund)
    booked = record_event(
        fund_id=fund.pk, investment_id=holding.pk, kind="INVEST", value_date=DAY, amount_fen=3_000, actor=officer
    )
    take(fund, officer)
    line = line_of(fund, "T4")
    first = suggestions(fund, [line])[line.pk][0]
    assert (first.what, first.pk, first.sure) == ("is", booked.pk, True)
    settle_by_entry(line_id=line.pk, event_id=booked.pk, actor=officer)
    assert line_of(fund, "T4").matched_fen == -3_000
    again = lambda: settle_by_entry(line_id=line.pk, event_id=booked.pk, actor=officer)  # noqa: E731
    assert code_of(again) == "MOVEMENT_SETTLED"
    other = line_of(fund, "T1")
    assert code_of(lambda: settle_by_entry(line_id=other.pk, event_id=booked.pk, actor=officer)) == "ENTRY_MATCHED"


@db
def test_a_movement_is_booked_as_a_new_entry_or_set_aside_with_a_reason(fund, officer):
    take(fund, officer)
    fee = settle_by_booking(line_id=line_of(fund, "T2").pk, kind="EXPENSE", actor=officer)
    assert (fee.kind, fee.amount_fen, fee.value_date) == ("EXPENSE", 1_250, date(2024, 3, 21))
    interest = line_of(fund, "T3")
    assert code_of(lambda: set_aside(line_id=interest.pk, reason=" ", actor=officer)) == "REASON_MISSING"
    set_aside(line_id=interest.pk, reason="own account", actor=officer)
    assert code_of(lambda: settle_by_booking(line_id=interest.pk, kind="INTEREST", actor=officer)) == "MOVEMENT_SETTLED"
    assert [line.reference for line in open_movements(fund)] == ["T1", "T4"]


@db
def test_money_does_not_flow_against_its_kind(fund, officer):
    take(fund, officer)
    with pytest.raises(RuleViolation) as caught:
        settle_by_booking(line_id=line_of(fund, "T2").pk, kind="CALL", actor=officer)
    assert caught.value.code == "KIND_DIRECTION"
    assert not LedgerEvent.objects.exists()


@db
def test_a_large_movement_waits_for_a_second_person_and_is_settled_then(fund, officer):
    finance = UserFactory(role=Role.FINANCE)
    set_book_terms(fund_id=fund.pk, approval_limit_fen=100, is_complete=False, actor=finance)
    take(fund, officer)
    line = line_of(fund, "T2")
    settle_by_booking(line_id=line.pk, kind="EXPENSE", actor=officer)
    act = lambda: settle_by_booking(line_id=line.pk, kind="EXPENSE", actor=officer)  # noqa: E731
    assert code_of(act) == "PROPOSAL_WAITING"
    approve_entry(proposal_id=EntryProposal.objects.get().pk, actor=finance)
    assert line_of(fund, "T2").matched_fen == -1_250


@db
def test_the_database_refuses_a_second_row_a_wrong_match_and_changes(fund, officer):
    take(fund, officer)
    line = line_of(fund, "T2")
    facts = {"statement": line.statement, "fund": fund, "row": 9, "day": DAY, "amount_fen": 5}

    refused("bank_line_once", lambda: BankLine.objects.create(key=line.key, **facts))
    refused("bank_line_moves_money", lambda: BankLine.objects.create(**facts | {"key": "k", "amount_fen": 0}))
    refused("bank_line_set_aside_whole", lambda: BankLine.objects.create(key="k", set_aside_because="x", **facts))
    refused("bank_line_append_only", lambda: BankLine.objects.filter(pk=line.pk).update(amount_fen=1))
    refused("bank_line_append_only", BankLine.objects.all().delete)
    for kind, fen in (("EXPENSE", 1_251), ("CALL", 5)):
        event = record_event(fund_id=fund.pk, kind=kind, value_date=DAY, amount_fen=fen, actor=officer)
        refused("bank_match_fits", lambda event=event: BankMatch.objects.create(line_id=line.pk, event=event))


# ── Roles, pages, API ────────────────────────────────────────────────────────────────────────────
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
WRITERS = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}


@db
@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.usefixtures("undrawn")
def test_who_opens_and_settles_what(client, role, fund, officer):
    take(fund, officer)
    waiting = upload_statement(fund_id=fund.pk, upload=csv_of(ROWS), actor=officer)
    line = line_of(fund, "T2")
    expected = {
        reverse("funds:bank", args=[fund.pk]): READERS,
        reverse("funds:bank_send", args=[fund.pk]): WRITERS,
        reverse("funds:bank_sure", args=[fund.pk]): WRITERS,
        reverse("funds:bank_columns", args=[waiting.pk]): WRITERS,
        reverse("funds:bank_line", args=[line.pk]): READERS,
    }
    user = as_role(client, role)
    found = {address: client.get(address).status_code for address in expected}
    assert found == {
        address: 200 if role in roles else 302 if role is None else 403 for address, roles in expected.items()
    }
    if role and role not in WRITERS:
        with pytest.raises(PermissionDenied):
            set_aside(line_id=line.pk, reason="x", actor=user)


@db
def test_a_statement_goes_from_file_to_settled_movements(client, fund):
    as_role(client, Role.FUND_OFFICER)
    sent = client.post(reverse("funds:bank_send", args=[fund.pk]), {"file": csv_of(ROWS), "form_token": new_token()})
    page = client.get(sent.url, headers={"accept-language": "en"})
    form = page.context["form"]
    answers = {name: form.get_initial_for_field(field, name) for name, field in form.fields.items()}
    answers = {name: value for name, value in answers.items() if value} | {"unit": "yuan"}
    missing = client.post(sent.url, answers | {"unit": ""})
    assert missing.status_code == 422
    shown = client.post(sent.url, answers, headers={"accept-language": "en"})
    assert "Nothing is taken in yet." in shown.text
    assert not BankLine.objects.exists()
    done = client.post(sent.url, answers | {"take": "1"})
    assert done.url == reverse("funds:bank", args=[fund.pk])
    assert (BankLine.objects.count(), BankStatement.objects.get().mapping["unit"]) == (4, "yuan")
    line = line_of(fund, "T3")
    address = line.get_absolute_url()
    first = client.get(address).context["form"]["choice"].field.choices[0][0]
    assert first == "book-INTEREST-0"
    assert client.post(address, {"choice": "aside--0", "form_token": new_token()}).status_code == 422
    client.post(address, {"choice": first, "form_token": new_token(), "cost_relieved_fen_unit": "wan"})
    assert LedgerEvent.objects.get().kind == "INTEREST"
    assert "Settled" in client.get(done.url, headers={"accept-language": "en"}).text


@db
def test_what_is_sure_is_shown_and_settled_at_once(client, fund, officer):
    issue_notice(word="call", fund_id=fund.pk, amount_fen=10_000, notice_on=DAY, due_on=DAY, purpose="x", actor=officer)
    take(fund, officer)
    as_role(client, Role.FINANCE)
    address = reverse("funds:bank_sure", args=[fund.pk])
    page = client.get(address, headers={"accept-language": "en"})
    assert [(row[0], row[2]) for row in page.context["rows"]] == [("2024-03-20", "0.01")]
    client.post(address, {"form_token": new_token()})
    assert LedgerEvent.objects.get().amount_fen == 6_000


@db
def test_the_page_costs_the_same_for_few_and_many(client, django_assert_max_num_queries, fund, officer):
    take(fund, officer, ROWS[:1])
    as_role(client, Role.AUDITOR)
    address = reverse("funds:bank", args=[fund.pk])
    with django_assert_max_num_queries(12) as before:
        client.get(address)
    take(fund, officer, ROWS)
    with django_assert_max_num_queries(len(before.captured_queries)):
        client.get(address)


@db
def test_movements_are_listed_and_settled_through_the_api(fund, officer):
    take(fund, officer)
    client = APIClient()
    client.force_authenticate(officer)
    (row, *__) = [r for r in client.get(reverse("api:bankline-list")).json()["results"] if r["reference"] == "T2"]
    settle = reverse("api:bankline-settle", args=[row["id"]])
    assert client.post(settle, {}).status_code == 400
    assert client.post(settle, {"kind": "EXPENSE"}).json()["matched_fen"] == -1_250
    aside = reverse("api:bankline-set-aside", args=[line_of(fund, "T3").pk])
    assert client.post(aside, {"reason": "own account"}).json()["set_aside_because"] == "own account"
    client.force_authenticate(UserFactory(role=Role.AUDITOR))
    other = reverse("api:bankline-settle", args=[line_of(fund, "T4").pk])
    assert client.post(other, {"kind": "INVEST"}).status_code == 403
    client.force_authenticate(UserFactory(role=Role.APPLICANT))
    assert client.get(reverse("api:bankline-list")).json()["results"] == []
    assert line_of(fund, "T4").day - DAY == timedelta(days=2)


@db
def test_a_notice_line_is_paid_only_up_to_what_came_in(fund, officer):
    call = issue_notice(
        word="call", fund_id=fund.pk, amount_fen=50_000, notice_on=DAY, due_on=DAY, purpose="x", actor=officer
    )
    take(fund, officer)
    target = notice_lines(call)[0]
    settle_by_notice(line_id=line_of(fund, "T1").pk, word="call", notice_line_id=target.pk, actor=officer)
    assert [line.paid_fen for line in notice_lines(call)] == [6_000, 0]
    assert read_statement(BankStatement.objects.get(), mapping()).errors == []


@db
def test_a_mapping_is_kept_by_name_and_offered_for_the_next_statement(client):
    fund = FundFactory(starts_on=date(2024, 1, 1))
    as_role(client, Role.FUND_OFFICER)
    odd = ["d1", "in", "out", "who", "what", "no"]
    named = {f"column_{key}": heading for key, heading in zip(("day", "money_in", "money_out"), odd[:3], strict=True)}
    send = reverse("funds:bank_send", args=[fund.pk])

    def sent(rows, **more):
        return client.post(send, {"file": csv_of(rows, odd), "form_token": new_token()} | more).url

    answers = named | {"unit": "wan", "date_order": "YMD", "save_as": "Bank of H", "take": "1"}
    taken = client.post(sent(ROWS[:1]), answers | {"form_token": new_token()})
    assert taken.status_code == 302, taken.context["form"].errors
    offered = client.get(send).context["form"].fields["saved"].queryset.get()
    form = client.get(sent(ROWS[1:2], saved=offered.pk)).context["form"]
    assert (form["unit"].value(), form["column_day"].value(), form["column_money_out"].value()) == ("wan", "d1", "out")
    assert not client.get(reverse("funds:import_send")).context["form"].fields["saved"].queryset.exists()
    refused_by_rule("MAPPING_NAME_TAKEN", save_mapping, name="Bank of H", content={"layout": "LEDGER"})
