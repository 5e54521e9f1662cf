"""Capital calls and distributions: split to the fen, within the commitment, paid line by line, recalled."""

import threading
from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, connection, connections, transaction
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st
from rest_framework.test import APIClient

from funds.actions.books import set_book_terms
from funds.actions.entries import Request, approve_entry, submit_entry
from funds.actions.events import Entry, record_event, reverse_event
from funds.actions.notices import cancel_notice, issue_notice, pay_all, pay_line, split_call, split_distribution
from funds.choices.records import LineStanding, NoticeState
from funds.models import Call, CallLine, Commitment, Distribution, EntryProposal, LedgerEvent, Payment
from funds.queries.commitments import Stake
from funds.queries.holdings import books_of
from funds.queries.notices import Position, accounts, call_room, lines_of, positions, standing, with_paid
from funds.queries.sums import Moment
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.forms import new_token
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import CompanyFactory, FundFactory
from tests.refusals import refused

DAY = date(2024, 3, 1)
DUE = DAY + timedelta(days=20)
db = pytest.mark.django_db


def fund_of(*amounts):
    """A fund whose investors committed these amounts."""
    fund = FundFactory(committed_fen=sum(amounts))
    for amount in amounts:
        Commitment.objects.create(
            fund=fund, investor=CompanyFactory(), source="SOCIAL", amount_fen=amount, valid_from=date(2020, 1, 1)
        )
    return fund


def issue(fund, officer, amount, word="call", **facts):
    given_facts = {"notice_on": DAY, "due_on": DUE, "purpose": "Investments of the quarter"} | facts
    return issue_notice(word=word, fund_id=fund.pk, amount_fen=amount, actor=officer, **given_facts)


def code_of(act):
    with pytest.raises(RuleViolation) as caught:
        act()
    return caught.value.code


def amounts(notice, column="amount_fen"):
    return [getattr(line, column) for line in lines_of(notice)]


@db
def test_a_call_is_split_by_largest_remainder(officer):
    fund = fund_of(4_000_000, 3_500_000, 2_500_000)
    assert amounts(issue(fund, officer, 100_001)) == [40_001, 35_000, 25_000]
    assert (Call.objects.get().number, LedgerEvent.objects.count()) == (1, 0)


@db
def test_ties_go_to_the_earlier_investor(officer):
    assert amounts(issue(fund_of(100, 100, 100), officer, 101)) == [34, 34, 33]


@db
@pytest.mark.parametrize(
    ("code", "facts"),
    [
        ("AMOUNT_NOT_POSITIVE", {"amount": 0}),
        ("RECALLABLE_ABOVE_AMOUNT", {"amount": 5, "recallable_fen": 6}),
        ("DUE_BEFORE_NOTICE", {"amount": 5, "due_on": DAY - timedelta(days=1)}),
        ("NO_COMMITMENTS", {"amount": 5, "due_on": date(2019, 1, 1), "notice_on": date(2019, 1, 1)}),
        ("CALL_ABOVE_COMMITMENT", {"amount": 1001}),
        ("RECALL_ABOVE_RECALLABLE", {"amount": 10, "recallable_fen": 1}),
    ],
)
def test_what_does_not_fit_is_not_issued(code, facts, officer):
    fund = fund_of(600, 400)
    assert code_of(lambda: issue(fund, officer, **facts)) == code
    assert not Call.objects.exists()


@db
def test_calls_booked_before_there_were_notices_count_too(officer):
    fund = fund_of(600, 400)
    record_event(fund_id=fund.pk, kind="CALL", value_date=DAY, amount_fen=700, actor=officer)
    assert call_room(fund, DUE) == 300
    assert code_of(lambda: issue(fund, officer, 301)) == "CALL_ABOVE_COMMITMENT"
    assert amounts(issue(fund, officer, 300)) == [180, 120]


@db
def test_the_investors_accounts_are_what_the_ledger_says(officer, client):
    """Books taken over without notices, a notice paid in part, and an entry that was taken back."""
    fund = fund_of(600, 400)
    for amount in (101, 50):
        entry = record_event(fund_id=fund.pk, kind="CALL", value_date=DAY, amount_fen=amount, actor=officer)
    reverse_event(event_id=entry.pk, reason="another fund's money", actor=officer)
    first, _second = lines_of(issue(fund, officer, 100))
    entry = pay_line(word="call", line_id=first.pk, value_date=DUE, amount_fen=7, actor=officer)
    pay_line(word="call", line_id=first.pk, value_date=DUE, amount_fen=5, actor=officer)
    reverse_event(event_id=entry.pk, reason="paid by another", actor=officer)
    found = [(one.called_fen, one.paid_fen, one.uncalled_fen) for one in accounts(fund, DUE)]
    assert found == [(61 + 60, 61 + 5, 479), (40 + 40, 40, 320)]
    paid_in = books_of([fund], Moment(DUE, timezone.now()))[fund.pk].fund.paid_in
    assert sum(one.paid_fen for one in accounts(fund, DUE)) == paid_in == 106
    client.force_login(officer)
    page = client.get(reverse("funds:notices", args=[fund.pk]), {"unit": "yuan"}, headers={"accept-language": "en"})
    assert "Total of 2 rows</th>" in page.text
    table = page.context["tables"][2]
    assert table.totals(table.rows) | {"recallable": 0} == {
        "committed": 1000, "called": 201, "paid_in": 106, "uncalled": 799, "recallable": 0,
    }  # fmt: skip


@db
def test_who_is_committed_no_more_keeps_an_account_and_takes_no_part_in_splits(officer):
    fund = fund_of(600, 400)
    Commitment.objects.create(
        fund=fund, investor=CompanyFactory(), source="PUBLIC", amount_fen=1000, valid_from=date(2020, 1, 1),
        valid_to=date(2021, 12, 31),
    )  # fmt: skip
    record_event(fund_id=fund.pk, kind="CALL", value_date=date(2021, 1, 1), amount_fen=200, actor=officer)
    assert [(one.stake.amount_fen, one.paid_fen) for one in accounts(fund, DUE)] == [(600, 60), (400, 40), (0, 100)]
    assert len(positions(fund, DUE)) == 2
    assert code_of(lambda: issue(fund, officer, 801)) == "CALLS_ABOVE_COMMITMENT"


@db
def test_a_line_is_paid_in_parts_by_entries_and_opens_again_when_one_is_taken_back(officer):
    fund = fund_of(600, 400)
    call = issue(fund, officer, 100)
    first, second = lines_of(call)
    entry = pay_line(word="call", line_id=first.pk, value_date=DUE, amount_fen=50, actor=officer)
    assert (entry.kind, entry.amount_fen, entry.document) == ("CALL", 50, f"{call}/1")
    assert code_of(lambda: pay_line(word="call", line_id=first.pk, value_date=DUE, amount_fen=11, actor=officer)) == (
        "PAYMENT_ABOVE_LINE"
    )
    pay_line(word="call", line_id=second.pk, value_date=DUE, actor=officer)
    assert amounts(call, "paid_fen") == [50, 40]
    assert with_paid(Call.objects.all()).get().paid_fen == 90
    reverse_event(event_id=entry.pk, reason="another fund's money", actor=officer)
    assert amounts(call, "paid_fen") == [0, 40]
    assert call_room(fund, DUE) == 900
    pay_all(word="call", notice_id=call.pk, value_date=DUE, actor=officer)
    assert amounts(call, "paid_fen") == [60, 40]
    assert code_of(lambda: pay_all(word="call", notice_id=call.pk, value_date=DUE, actor=officer)) == "PAYMENT_EMPTY"


@db
def test_a_corrected_entry_still_pays_its_line(officer):
    call = issue(fund_of(600, 400), officer, 100)
    line = lines_of(call)[0]
    entry = pay_line(word="call", line_id=line.pk, value_date=DUE, amount_fen=50, actor=officer)
    right = Request(call.fund_id, Entry("CALL", DUE, 55), entry.pk, "the slip says 55")
    submit_entry(request=right, actor=officer)
    assert amounts(call, "paid_fen") == [55, 0]


@db
def test_a_payment_above_the_limit_waits_and_then_pays_its_line(officer):
    call = issue(fund_of(600, 400), officer, 100)
    finance = UserFactory(role=Role.FINANCE)
    set_book_terms(fund_id=call.fund_id, approval_limit_fen=45, is_complete=False, actor=finance)
    assert pay_all(word="call", notice_id=call.pk, value_date=DUE, actor=officer) == 2
    assert amounts(call, "paid_fen") == [0, 40]
    proposal = EntryProposal.objects.get()
    assert code_of(lambda: cancel_notice(word="call", notice_id=call.pk, reason="x", actor=officer)) == "NOTICE_PAID"
    assert code_of(lambda: pay_all(word="call", notice_id=call.pk, value_date=DUE, actor=officer)) == "PAYMENT_EMPTY"
    approve_entry(proposal_id=proposal.pk, actor=finance)
    assert amounts(call, "paid_fen") == [60, 40]


@db
def test_recalled_money_counts_as_paid_in_once_more_and_not_against_the_commitment(officer):
    fund = fund_of(600, 400)
    finance = UserFactory(role=Role.FINANCE)
    set_book_terms(fund_id=fund.pk, approval_limit_fen=None, is_complete=True, actor=finance)
    first = issue(fund, officer, 1000)
    pay_all(word="call", notice_id=first.pk, value_date=DUE, actor=officer)
    given_back = issue(fund, officer, 301, "distribution", recallable_fen=200, due_on=DUE)
    assert (amounts(given_back), amounts(given_back, "recallable_fen")) == ([181, 120], [120, 80])
    pay_all(word="distribution", notice_id=given_back.pk, value_date=DUE, actor=officer)
    assert code_of(lambda: issue(fund, officer, 1)) == "CALL_ABOVE_COMMITMENT"
    again = issue(fund, officer, 200, recallable_fen=200)
    assert [place.recallable_fen for place in positions(fund, DUE)] == [0, 0]
    pay_all(word="call", notice_id=again.pk, value_date=DUE, actor=officer)
    called = LedgerEvent.objects.filter(kind="CALL").values_list("amount_fen", flat=True)
    assert sum(called) == 1200
    assert code_of(lambda: issue(fund, officer, 1, recallable_fen=1)) == "RECALL_ABOVE_RECALLABLE"


@db
def test_a_cancelled_notice_no_longer_counts_and_takes_no_payment(officer):
    fund = fund_of(600, 400)
    call = issue(fund, officer, 1000)
    assert code_of(lambda: cancel_notice(word="call", notice_id=call.pk, reason=" ", actor=officer)) == "REASON_MISSING"
    line = lines_of(call)[0]
    cancel_notice(word="call", notice_id=call.pk, reason="typed wrong", actor=officer)
    assert code_of(lambda: pay_line(word="call", line_id=line.pk, value_date=DUE, actor=officer)) == "NOTICE_CANCELLED"
    assert issue(fund, officer, 1000).number == 2


@pytest.mark.parametrize(
    ("paid", "due", "expected"),
    [(0, DUE, LineStanding.OPEN), (5, DUE, LineStanding.PART), (9, DUE, LineStanding.PAID), (5, DAY, "OVERDUE")],
)
def test_standing(paid, due, expected):
    assert standing(9, paid, due, DAY + timedelta(days=1)) == expected


@db
@pytest.mark.parametrize("role", Role)
def test_who_may_issue(role):
    user, fund = UserFactory(role=role), fund_of(600, 400)
    if role in {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}:
        assert issue(fund, user, 5).issued_by == user
    else:
        with pytest.raises(PermissionDenied):
            issue(fund, user, 5)


# ── The split law ────────────────────────────────────────────────────────────────────────────────
commitments = st.lists(st.integers(1, 10**13), min_size=1, max_size=12)


def places(shares, called=0, recallable=0):
    stakes = [Stake(n, n, "SOCIAL", share) for n, share in enumerate(shares)]
    return [Position(stake, 0, stake.amount_fen * recallable // 100) for stake in stakes]


@settings(max_examples=200, deadline=None)
@given(commitments, st.fractions(0, 1), st.fractions(0, 1), st.integers(0, 100))
def test_parts_of_a_call_sum_to_it_and_stay_within_the_commitments(shares, part, back, percent):
    given_places = places(shares, recallable=percent)
    fresh = int(sum(shares) * part)
    recalled = int(sum(place.recallable_fen for place in given_places) * back)
    if fresh + recalled == 0:
        return
    parts = split_call(given_places, fresh + recalled, recalled)
    assert sum(one.amount_fen for one in parts) == fresh + recalled
    assert sum(one.recallable_fen for one in parts) == recalled
    for one in parts:
        new = one.amount_fen - one.recallable_fen
        assert 0 <= one.recallable_fen <= one.position.recallable_fen
        assert 0 <= new <= one.position.stake.amount_fen
        exact = Fraction(fresh * one.position.stake.amount_fen, sum(shares))
        assert abs(new - exact) < 1


@settings(max_examples=200, deadline=None)
@given(commitments, st.integers(1, 10**13), st.fractions(0, 1))
def test_parts_of_a_distribution_sum_to_it_and_its_recallable_part(shares, amount, part):
    recallable = int(amount * part)
    parts = split_distribution(places(shares), amount, recallable)
    assert (sum(p.amount_fen for p in parts), sum(p.recallable_fen for p in parts)) == (amount, recallable)
    assert all(0 <= one.recallable_fen <= one.amount_fen for one in parts)


# ── What the database refuses ────────────────────────────────────────────────────────────────────
def raw_call(fund, amount, *parts, recallable=0):
    """A call written past the actions; ``parts`` as (amount, recallable) in the order of the commitments."""
    number = Call.objects.filter(fund=fund).count() + 1
    call = Call.objects.create(
        fund=fund, number=number, amount_fen=amount, recallable_fen=recallable, notice_on=DAY, due_on=DUE, purpose="x"
    )
    stakes = Commitment.objects.filter(fund=fund).order_by("pk")
    for place, (stake, (part, back)) in enumerate(zip(stakes, parts, strict=False), start=1):
        CallLine.objects.create(
            notice=call, position=place, investor=stake.investor, source=stake.source, amount_fen=part,
            recallable_fen=back,
        )  # fmt: skip
    return call


@db
def test_the_database_refuses_lines_that_do_not_sum_up_and_calls_above_the_commitment(officer):
    fund = fund_of(600, 400)
    refused("call_lines_sum_up", lambda: raw_call(fund, 100, (60, 0), (39, 0)))
    refused("call_line_within_commitment", lambda: raw_call(fund, 700, (601, 0), (99, 0)))
    refused("call_line_within_commitment", lambda: raw_call(fund, 100, (60, 1), (40, 0), recallable=1))
    call = raw_call(fund, 1000, (600, 0), (400, 0))
    refused("call_line_within_commitment", lambda: raw_call(fund, 1, (1, 0)))
    for change in (
        lambda: CallLine.objects.update(amount_fen=1),
        CallLine.objects.all().delete,
        lambda: CallLine.objects.create(
            notice=call, position=3, investor=CompanyFactory(), source="SOCIAL", amount_fen=0
        ) and Call.objects.update(amount_fen=7) and connection.check_constraints(),
    ):  # fmt: skip
        with pytest.raises(IntegrityError), transaction.atomic():
            change()


@db
def test_the_database_refuses_payments_that_do_not_fit(officer):
    fund = fund_of(600, 400)
    call = issue(fund, officer, 100)
    line = lines_of(call)[0]
    entries = {
        kind: record_event(fund_id=fund.pk, kind=kind, value_date=DAY, amount_fen=fen, actor=officer)
        for kind, fen in (("CALL", 61), ("FEE", 5))
    }
    for entry in entries.values():
        refused("payment_fits", lambda entry=entry: Payment.objects.create(call_line_id=line.pk, event=entry))
    refused("payment_of_one_line", lambda: Payment.objects.create(event=entries["CALL"]))
    Call.objects.filter(pk=call.pk).update(state=NoticeState.CANCELLED, cancel_reason="x")
    small = record_event(fund_id=fund.pk, kind="CALL", value_date=DAY, amount_fen=1, actor=officer)
    refused("payment_fits", lambda: Payment.objects.create(call_line_id=line.pk, event=small))


@pytest.mark.django_db(transaction=True)
def test_two_calls_at_once_stay_within_the_commitment():
    fund = fund_of(600, 400)
    names = []

    def other():
        try:
            with transaction.atomic():
                raw_call(fund, 700, (420, 0), (280, 0))
        except IntegrityError as error:
            names.append(error.__cause__.diag.constraint_name)
        finally:
            connections.close_all()

    thread = threading.Thread(target=other)
    with transaction.atomic():
        raw_call(fund, 700, (420, 0), (280, 0))
        thread.start()
        thread.join(0.5)
        assert thread.is_alive()
    thread.join(20)
    assert names[0] in {"call_line_within_commitment", "call_number_once"}
    assert Call.objects.count() == 1


# ── Pages and API ────────────────────────────────────────────────────────────────────────────────
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
WRITERS = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}


@db
@pytest.mark.parametrize("role", [*Role, None])
def test_who_opens_what(client, role, officer):
    call = issue(fund_of(600, 400), officer, 100)
    line = lines_of(call)[0]
    expected = {
        reverse("funds:notices", args=[call.fund_id]): READERS,
        reverse("funds:notice", args=["call", call.pk]): READERS,
        reverse("funds:notice_file", args=["call", call.pk]): READERS,
        reverse("funds:notice_new", args=[call.fund_id, "distribution"]): WRITERS,
        reverse("funds:notice_cancel", args=["call", call.pk]): WRITERS,
        reverse("funds:notice_pay_all", args=["call", call.pk]): WRITERS,
        reverse("funds:notice_pay", args=["call", line.pk]): WRITERS,
    }
    as_role(client, role)
    found = {address: client.get(address).status_code for address in expected}
    assert found == {
        address: 200 if role in roles else 302 if role is None else 403 for address, roles in expected.items()
    }


@db
def test_the_split_is_shown_before_a_notice_is_issued_and_its_lines_are_paid_from_the_page(client, officer):
    fund = fund_of(60_000_000, 40_000_000)
    as_role(client, Role.FUND_OFFICER)
    address = reverse("funds:notice_new", args=[fund.pk, "call"])
    answers = {
        "amount_fen_amount": "50", "amount_fen_unit": "wan", "notice_on": DAY, "due_on": DUE, "purpose": "Investments",
        "form_token": new_token(),
    }  # fmt: skip
    shown = client.post(address, answers, headers={"accept-language": "en"})
    assert [row[4] for row in shown.context["parts"]] == ["30.00", "20.00", "50.00"]
    assert not Call.objects.exists()
    done = client.post(address, answers | {"issue": "1", "seen": shown.context["seen"]})
    call = Call.objects.get()
    assert done.url == call.get_absolute_url()
    assert "Capital calls to be paid" in client.get("/", headers={"accept-language": "en"}).text
    pay = reverse("funds:notice_pay", args=["call", lines_of(call)[0].pk])
    payment = {
        "value_date": DUE, "amount_fen_amount": "30", "amount_fen_unit": "wan", "form_token": new_token(),
        "document": "Slip 9",
    }  # fmt: skip
    assert client.post(pay, payment).url == done.url
    assert LedgerEvent.objects.get().amount_fen == 30_000_000
    client.post(reverse("funds:notice_pay_all", args=["call", call.pk]), {"value_date": DUE, "form_token": new_token()})
    page = client.get(done.url, headers={"accept-language": "en"})
    assert amounts(call, "paid_fen") == [30_000_000, 20_000_000]
    assert not page.context["may_pay"]


@db
def test_pages_cost_the_same_for_few_and_many(client, django_assert_max_num_queries, officer):
    fund = fund_of(600, 400)
    call = issue(fund, officer, 10)
    issue(fund, officer, 10, "distribution")
    as_role(client, Role.AUDITOR)
    for address, most in ((reverse("funds:notices", args=[fund.pk]), 16), (call.get_absolute_url(), 9)):
        with django_assert_max_num_queries(most) as before:
            client.get(address)
        for _ in range(2):
            issue(fund, officer, 10)
            issue(fund, officer, 10, "distribution")
        with django_assert_max_num_queries(len(before.captured_queries)):
            client.get(address)


def api(role):
    client = APIClient()
    client.force_authenticate(UserFactory(role=role))
    return client


@db
def test_a_call_is_issued_paid_and_cancelled_through_the_api():
    fund, officer = fund_of(600, 400), api(Role.FUND_OFFICER)
    body = {"fund": fund.pk, "amount_fen": 100, "notice_on": DAY, "due_on": DUE, "purpose": "Investments"}
    assert api(Role.AUDITOR).post(reverse("api:call-list"), body).status_code == 403
    made = officer.post(reverse("api:call-list"), body)
    assert (made.status_code, made.json()["number"], made.json()["paid_fen"]) == (201, 1, 0)
    pk = made.json()["id"]
    lines = officer.get(reverse("api:call-lines", args=[pk])).json()
    assert [(line["amount_fen"], line["standing"]) for line in lines] == [(60, "OVERDUE"), (40, "OVERDUE")]
    pay = reverse("api:call-pay", args=[pk])
    assert officer.post(pay, {"line": 0, "value_date": DUE}).status_code == 400
    paid = officer.post(pay, {"line": lines[0]["id"], "value_date": DUE, "amount_fen": 20})
    assert (paid.status_code, paid.json()["amount_fen"]) == (201, 20)
    assert officer.get(reverse("api:call-detail", args=[pk])).json()["paid_fen"] == 20
    cancel = reverse("api:call-cancel", args=[pk])
    assert officer.post(cancel, {"reason": "wrong"}).json()["code"] == "NOTICE_PAID"
    other = officer.post(reverse("api:distribution-list"), body | {"recallable_fen": 5}).json()
    answer = officer.post(reverse("api:distribution-cancel", args=[other["id"]]), {"reason": "wrong"})
    assert answer.json()["state"] == "CANCELLED"
    assert Distribution.objects.get().cancel_reason == "wrong"


@db
@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.parametrize("name", ["call", "distribution"])
def test_lists_show_the_office_everything_and_others_nothing(role, name, officer):
    issue(fund_of(600, 400), officer, 10, name)
    address = reverse(f"api:{name}-list")
    if role is None:
        assert APIClient().get(address).status_code == 401
    else:
        assert len(api(role).get(address).json()["results"]) == (role in READERS)


@db
def test_a_notice_is_issued_and_cancelled_in_the_administration(client):
    fund = fund_of(600_000_000, 400_000_000)
    as_role(client, Role.FUND_OFFICER)
    form = {
        "fund": fund.pk, "amount": "100", "recallable": "", "unit": "wan", "notice_on": DAY, "due_on": DUE,
        "purpose": "Investments",
    }  # fmt: skip
    add = reverse("admin:funds_call_add")
    refused_page = client.post(add, form | {"amount": "2000"})
    assert refused_page.status_code == 200
    assert not Call.objects.exists()
    assert client.post(add, form).status_code == 302
    call = Call.objects.get()
    assert amounts(call) == [60_000_000, 40_000_000]
    act = reverse("admin:funds_call_act", args=[call.pk, "cancel"])
    assert client.post(act, {"reason": "typed wrong"}).status_code == 302
    call.refresh_from_db()
    assert (call.state, timezone.localdate() > DAY) == (NoticeState.CANCELLED, True)
