"""Capital calls and distributions: split to the fen, within the commitment, paid line by line, recalled."""

from datetime import date, timedelta
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.urls import reverse
from django.utils import timezone
from hypothesis import given, settings
from hypothesis import strategies as st

from funds.actions.books import set_book_terms
from funds.actions.entries import Request, approve_entry, submit_entry
from funds.actions.events import Entry, record_event, reverse_event
from funds.actions.notices import cancel_notice, pay_all, pay_line, split_call, split_distribution
from funds.choices.records import LineStanding
from funds.models import Call, Commitment, EntryProposal, LedgerEvent
from funds.queries.commitments import Stake
from funds.queries.holdings import books_of
from funds.queries.notices import Position, accounts, call_room, lines_of, positions, standing, with_paid
from funds.queries.sums import Moment
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory
from tests.factories.funds import CompanyFactory
from tests.funds.noticing import DAY, DUE, amounts, code_of, fund_of, issue

db = pytest.mark.django_db


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
