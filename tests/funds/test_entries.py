"""Entries as people make them: at once or by two people, rehearsed, corrected in one step; complete books; periods."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.utils import timezone

from funds.actions.books import set_book_terms
from funds.actions.entries import (
    Request,
    approve_entry,
    is_above_limit,
    refuse_entry,
    rehearse,
    submit_entry,
    withdraw_entry,
)
from funds.actions.events import Entry, close_period, record_event, reopen_period, reverse_event
from funds.choices.ledger import EventKind, ProposalState
from funds.models import BookTerms, EntryProposal, LedgerEvent, PeriodClose
from funds.queries.effects import position_of, remaining_on
from funds.queries.ledger import broken_links
from funds.queries.restatements import closes, restatements_of
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.core.models import OutboxMessage
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory, InvestmentFactory

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)
NEXT = DAY + timedelta(days=1)


@pytest.fixture
def finance():
    return UserFactory(role=Role.FINANCE)


@pytest.fixture
def holding():
    return InvestmentFactory(fund=FundFactory(committed_fen=5000))


def asked(holding, kind=EventKind.INVEST, amount=1000, day=DAY, relieved=0, **facts):
    of = None if kind in {EventKind.CALL, EventKind.FEE, EventKind.DISTRIBUTION} else holding.pk
    return Request(holding.fund_id, Entry(kind, day, amount, of, relieved), **facts)


def limit(holding, finance, fen=500, *, complete=False):
    return set_book_terms(
        fund_id=holding.fund_id, approval_limit_fen=fen, is_complete=complete, actor=finance
    )  # fmt: skip


def code_of(act):
    with pytest.raises(RuleViolation) as caught:
        act()
    return caught.value.code


def test_within_the_limit_an_entry_is_booked_at_once_and_above_it_waits(holding, officer, finance):
    limit(holding, finance, 1000)
    assert submit_entry(request=asked(holding), actor=officer).seq == 1
    proposal = submit_entry(request=asked(holding, EventKind.FOLLOW_ON, 1001), actor=officer)
    assert (proposal.state, proposal.event, LedgerEvent.objects.count()) == (ProposalState.WAITING, None, 1)
    told = OutboxMessage.objects.filter(key__startswith=f"entry-proposal-{proposal.pk}-").values_list("recipient")
    assert (finance.email,) in told
    assert (officer.email,) not in told


def test_a_limit_holds_for_every_door(holding, officer, finance):
    event = record_event(
        fund_id=holding.fund_id, investment_id=holding.pk, kind="INVEST", value_date=DAY, amount_fen=900, actor=officer
    )
    limit(holding, finance)
    facts = {"fund_id": holding.fund_id, "investment_id": holding.pk, "value_date": DAY, "actor": officer}
    assert code_of(lambda: record_event(kind="FOLLOW_ON", amount_fen=501, **facts)) == "APPROVAL_REQUIRED"
    relief = {"kind": "WRITE_OFF", "amount_fen": 0, "cost_relieved_fen": 501}
    assert code_of(lambda: record_event(**relief, **facts)) == "APPROVAL_REQUIRED"
    assert code_of(lambda: reverse_event(event_id=event.pk, reason="wrong", actor=officer)) == "APPROVAL_REQUIRED"
    assert LedgerEvent.objects.count() == 1


def test_another_person_approves_and_the_entry_names_its_maker(holding, officer, finance):
    limit(holding, finance)
    proposal = submit_entry(request=asked(holding), actor=officer)
    approved = approve_entry(proposal_id=proposal.pk, actor=finance, reason="seen the slip")
    assert (approved.state, approved.decided_by, approved.event.actor) == (ProposalState.APPROVED, finance, officer)
    assert approved.event.amount_fen == 1000
    assert OutboxMessage.objects.filter(recipient=officer.email, key__contains="APPROVED").exists()
    assert code_of(lambda: approve_entry(proposal_id=proposal.pk, actor=finance)) == "PROPOSAL_DECIDED"
    assert broken_links() == []


def test_nobody_decides_on_their_own_proposal(holding, officer, finance):
    limit(holding, finance)
    proposal = submit_entry(request=asked(holding), actor=officer)
    assert code_of(lambda: approve_entry(proposal_id=proposal.pk, actor=officer)) == "FOUR_EYES"
    assert code_of(lambda: refuse_entry(proposal_id=proposal.pk, actor=officer, reason="x")) == "FOUR_EYES"
    with pytest.raises(PermissionDenied):
        withdraw_entry(proposal_id=proposal.pk, actor=finance)
    assert withdraw_entry(proposal_id=proposal.pk, actor=officer).state == ProposalState.WITHDRAWN
    assert not LedgerEvent.objects.exists()


def test_a_refusal_needs_its_reason_and_books_nothing(holding, officer, finance):
    limit(holding, finance)
    proposal = submit_entry(request=asked(holding), actor=officer)
    assert code_of(lambda: refuse_entry(proposal_id=proposal.pk, actor=finance, reason=" ")) == "REASON_MISSING"
    assert refuse_entry(proposal_id=proposal.pk, actor=finance, reason="no slip").state == ProposalState.REFUSED
    assert not LedgerEvent.objects.exists()


def test_a_proposal_that_no_longer_fits_is_refused_by_the_books_and_still_waits(holding, officer, finance):
    submit_entry(request=asked(holding), actor=officer)
    limit(holding, finance)
    proposal = submit_entry(request=asked(holding, EventKind.WRITE_OFF, 0, NEXT, 800), actor=officer)
    limit(holding, finance, 5000)
    submit_entry(request=asked(holding, EventKind.EXIT_PARTIAL, 10, DAY, 700), actor=officer)
    assert code_of(lambda: approve_entry(proposal_id=proposal.pk, actor=finance)) == "WRITE_OFF_ABOVE_REMAINING_COST"
    assert EntryProposal.objects.get().state == ProposalState.WAITING


def test_what_the_rules_refuse_cannot_be_proposed(holding, officer, finance):
    limit(holding, finance)
    request = asked(holding, EventKind.WRITE_OFF, 0, DAY, 800)
    assert code_of(lambda: submit_entry(request=request, actor=officer)) == "WRITE_OFF_ABOVE_REMAINING_COST"
    assert not EntryProposal.objects.exists()


def test_a_large_entry_is_taken_back_by_two_people_once(holding, officer, finance):
    event = submit_entry(request=asked(holding), actor=officer)
    limit(holding, finance)
    request = Request(holding.fund_id, takes_back_id=event.pk, reason="typed twice")
    proposal = submit_entry(request=request, actor=officer)
    assert code_of(lambda: submit_entry(request=request, actor=officer)) == "PROPOSAL_WAITING"
    mirror = approve_entry(proposal_id=proposal.pk, actor=finance).event
    assert (mirror.kind, mirror.reverses, mirror.amount_fen) == (EventKind.REVERSAL, event, -1000)


@pytest.mark.parametrize("role", Role)
def test_who_may_decide(role, holding, officer, finance):
    limit(holding, finance)
    proposal = submit_entry(request=asked(holding), actor=officer)
    other = UserFactory(role=role)
    if role in {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}:
        assert approve_entry(proposal_id=proposal.pk, actor=other).decided_by == other
    else:
        with pytest.raises(PermissionDenied):
            approve_entry(proposal_id=proposal.pk, actor=other)


def test_a_correction_books_mirror_and_right_entry_in_one_moment(holding, officer):
    wrong = submit_entry(request=asked(holding, amount=900), actor=officer)
    submit_entry(request=asked(holding, EventKind.WRITE_OFF, 0, NEXT, 700), actor=officer)
    right = submit_entry(
        request=asked(holding, amount=800, takes_back_id=wrong.pk, reason="a digit too many"), actor=officer
    )
    mirror = LedgerEvent.objects.get(reverses=wrong)
    assert (mirror.seq, right.seq, mirror.recorded_at) == (3, 4, right.recorded_at)
    assert (mirror.value_date, mirror.amount_fen, right.reason) == (DAY, -900, "a digit too many")
    assert remaining_on(holding.pk, NEXT) == 100
    assert broken_links() == []
    again = asked(holding, amount=600, takes_back_id=right.pk, reason="too little for the write-off")
    assert code_of(lambda: submit_entry(request=again, actor=officer)) == "WRITE_OFF_ABOVE_REMAINING_COST"
    assert LedgerEvent.objects.count() == 4


def test_a_rehearsal_shows_the_books_as_they_would_be_and_leaves_no_trace(holding, officer):
    submit_entry(request=asked(holding), actor=officer)
    before = position_of(holding.fund, holding.pk)
    after = rehearse(
        request=asked(holding, EventKind.EXIT_PARTIAL, 150, NEXT, 400), actor=officer,
        look=lambda event: position_of(holding.fund, holding.pk),
    )  # fmt: skip
    assert (before.remaining, after.remaining) == (1000, 600)
    assert (before.cash, after.cash) == (-1000, -850)
    assert (before.realised_loss, after.realised_loss) == (0, 250)
    assert LedgerEvent.objects.count() == 1
    assert not is_above_limit(request=asked(holding))


class TestCompleteBooks:
    def test_cash_is_tested_on_every_day(self, holding, officer, finance):
        submit_entry(request=asked(holding, EventKind.CALL, 1000, NEXT), actor=officer)
        limit(holding, finance, None, complete=True)
        assert code_of(lambda: submit_entry(request=asked(holding, amount=1), actor=officer)) == "CASH_BELOW_ZERO"
        submit_entry(request=asked(holding, amount=1000, day=NEXT), actor=officer)
        call = LedgerEvent.objects.get(kind="CALL")
        act = lambda: reverse_event(event_id=call.pk, reason="wrong", actor=officer)  # noqa: E731
        assert code_of(act) == "CASH_BELOW_ZERO"

    def test_calls_stay_within_the_commitment(self, holding, officer, finance):
        limit(holding, finance, None, complete=True)
        request = asked(holding, EventKind.CALL, 5001)
        assert code_of(lambda: submit_entry(request=request, actor=officer)) == "CALLS_ABOVE_COMMITMENT"

    def test_books_with_negative_cash_are_not_called_complete_and_the_entry_is_named(self, holding, officer, finance):
        submit_entry(request=asked(holding), actor=officer)
        with pytest.raises(RuleViolation) as caught:
            limit(holding, finance, None, complete=True)
        assert (caught.value.code, caught.value.facts["seq"]) == ("CASH_BELOW_ZERO", 1)
        assert "no. 1" in str(caught.value)
        assert not BookTerms.objects.exists()

    def test_a_correction_is_tested_as_a_whole(self, holding, officer, finance):
        call = submit_entry(request=asked(holding, EventKind.CALL, 1000), actor=officer)
        submit_entry(request=asked(holding, amount=900), actor=officer)
        limit(holding, finance, None, complete=True)
        request = asked(holding, EventKind.CALL, 950, takes_back_id=call.pk, reason="bank says 950")
        assert submit_entry(request=request, actor=officer).amount_fen == 950
        assert position_of(holding.fund).cash == 50

    @pytest.mark.parametrize("role", Role)
    def test_who_may_set_terms(self, role, holding):
        user = UserFactory(role=role)
        if role in {Role.FINANCE, Role.ADMINISTRATOR}:
            assert limit(holding, user).changed_by == user
        else:
            with pytest.raises(PermissionDenied):
                limit(holding, user)


class TestPeriods:
    @pytest.fixture
    def close(self, holding, finance):
        return close_period(fund_id=holding.fund_id, through=DAY, actor=finance)

    def test_another_person_opens_the_last_period_again_with_a_reason(self, close, holding, officer, finance):
        manager = UserFactory(role=Role.PROGRAMME_MANAGER)
        assert code_of(lambda: reopen_period(close_id=close.pk, reason=" ", actor=manager)) == "REASON_MISSING"
        assert code_of(lambda: reopen_period(close_id=close.pk, reason="audit", actor=finance)) == "FOUR_EYES"
        later = close_period(fund_id=holding.fund_id, through=NEXT, actor=finance)
        act = lambda: reopen_period(close_id=close.pk, reason="audit", actor=manager)  # noqa: E731
        assert code_of(act) == "LATER_PERIOD_CLOSED"
        reopen_period(close_id=later.pk, reason="audit", actor=manager)
        assert act().reopened_by == manager
        assert code_of(act) == "PERIOD_OPEN"
        assert submit_entry(request=asked(holding), actor=officer).seq == 1

    @pytest.mark.parametrize("role", Role)
    def test_who_may_open_one_again(self, role, close):
        user = UserFactory(role=role)
        if role in {Role.FINANCE, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}:
            assert reopen_period(close_id=close.pk, reason="audit", actor=user).reopen_reason == "audit"
        else:
            with pytest.raises(PermissionDenied):
                reopen_period(close_id=close.pk, reason="audit", actor=user)

    def test_what_became_known_after_the_close_is_listed(self, holding, officer, finance):
        submit_entry(request=asked(holding), actor=officer)
        close = close_period(fund_id=holding.fund_id, through=DAY, actor=finance)
        assert restatements_of(close) == []
        late = asked(holding, EventKind.WRITE_OFF, 0, DAY, 300, reason="found in the audit", late=True)
        event = submit_entry(request=late, actor=finance)
        submit_entry(request=asked(holding, EventKind.DIVIDEND, 5, NEXT), actor=officer)
        (row,) = restatements_of(close)
        assert (row.entry_id, row.cost_relieved_fen, row.reason) == (event.pk, 300, "found in the audit")
        counted = closes(holding.fund).get()
        assert (counted.late_entries, counted.late_values) == (1, 0)
        assert timezone.now() > row.recorded_at > PeriodClose.objects.get().closed_at
