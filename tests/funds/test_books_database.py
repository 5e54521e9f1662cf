"""What the database itself refuses about the keeping of books, also when two write at once."""

import threading
from datetime import date, timedelta

import pytest
from django.db import IntegrityError, connection, connections, transaction
from django.utils import timezone

from funds.actions.ledger import Draft, append, lock_fund
from funds.choices.ledger import EventKind
from funds.models import BookDocument, BookTerms, EntryProposal, LedgerAnchor, LedgerEvent, LedgerProof, PeriodClose
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory
from tests.funds.scenes import book
from tests.refusals import refused

DAY = date(2024, 3, 1)
LATER = DAY + timedelta(days=10)


def call(amount, day=DAY, **facts):
    return Draft(EventKind.CALL, day, amount, **facts)


def fee(amount, day=DAY, **facts):
    return Draft(EventKind.FEE, day, amount, **facts)


@pytest.fixture
def fund():
    return FundFactory(committed_fen=1000)


@pytest.mark.django_db
class TestCompleteBooks:
    def test_cash_below_zero_on_any_day_is_refused_even_when_later_money_covers_it(self, fund):
        BookTerms.objects.create(fund=fund, is_complete=True)
        book(fund, call(100, LATER), at=timezone.now())
        refused("ledger_cash_not_below_zero", lambda: book(fund, fee(50, DAY), at=timezone.now()))
        book(fund, fee(100, LATER), at=timezone.now())
        refused("ledger_cash_not_below_zero", lambda: book(fund, fee(1, LATER), at=timezone.now()))

    def test_money_of_one_day_counts_as_one_movement(self, fund):
        BookTerms.objects.create(fund=fund, is_complete=True)
        book(fund, fee(70), call(70), at=timezone.now())
        assert LedgerEvent.objects.count() == 2

    def test_calls_above_the_commitment_are_refused(self, fund):
        BookTerms.objects.create(fund=fund, is_complete=True)
        book(fund, call(1000), at=timezone.now())
        refused("ledger_calls_within_commitment", lambda: book(fund, call(1), at=timezone.now()))

    def test_incomplete_books_take_what_they_are_given(self, fund):
        book(fund, fee(70), call(2000, LATER), at=timezone.now())
        assert LedgerEvent.objects.count() == 2

    @pytest.mark.parametrize(
        ("name", "drafts"),
        [
            ("ledger_cash_not_below_zero", [fee(5), call(9, LATER)]),
            ("ledger_calls_within_commitment", [call(1001)]),
        ],
    )
    def test_books_that_do_not_hold_are_not_called_complete(self, name, drafts, fund):
        book(fund, *drafts, at=timezone.now())
        refused(name, lambda: BookTerms.objects.create(fund=fund, is_complete=True))
        terms = BookTerms.objects.create(fund=fund)
        refused(name, lambda: BookTerms.objects.filter(pk=terms.pk).update(is_complete=True))


@pytest.mark.django_db
def test_an_entry_into_a_closed_period_needs_its_reason_while_it_is_closed(fund):
    closer, opener = UserFactory(role=Role.FINANCE), UserFactory(role=Role.FINANCE)
    close = PeriodClose.objects.create(fund=fund, through=DAY, closed_by=closer)
    refused("ledger_late_with_reason", lambda: book(fund, call(5), at=timezone.now()))
    book(fund, call(5, reason="found in the audit"), call(5, DAY + timedelta(days=1)), at=timezone.now())
    close.reopened_at, close.reopened_by, close.reopen_reason = timezone.now(), opener, "audit"
    close.save()
    book(fund, call(5), at=timezone.now())
    assert LedgerEvent.objects.count() == 3


@pytest.mark.django_db
def test_a_closed_period_is_reopened_once_by_another_person_and_never_else_changed(fund):
    closer, opener = UserFactory(role=Role.FINANCE), UserFactory(role=Role.FINANCE)
    close = PeriodClose.objects.create(fund=fund, through=DAY, closed_by=closer)
    rows = PeriodClose.objects.filter(pk=close.pk)
    again = {"reopened_at": timezone.now(), "reopened_by": opener, "reopen_reason": "audit"}
    refused("period_reopened_by_another", lambda: rows.update(**again | {"reopened_by": closer}))
    refused("period_reopened_whole", lambda: rows.update(**again | {"reopen_reason": ""}))
    refused("period_reopened_whole", lambda: rows.update(reopened_by=opener))
    rows.update(**again)
    for change in (lambda: rows.update(through=LATER), lambda: rows.update(reopen_reason="x"), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    assert PeriodClose.objects.get().reopen_reason == "audit"
    PeriodClose.objects.create(fund=fund, through=DAY, closed_by=closer)


@pytest.mark.django_db
def test_a_proposal_is_decided_once_by_another_person_and_keeps_its_words(fund):
    maker, checker = UserFactory(role=Role.FUND_OFFICER), UserFactory(role=Role.FINANCE)
    book(fund, call(5), at=timezone.now())
    event = LedgerEvent.objects.get()
    now = timezone.now()

    def proposal(**facts):
        fields = {"fund": fund, "kind": "CALL", "value_date": DAY, "amount_fen": 5, "proposed_by": maker}
        return EntryProposal.objects.create(**fields | facts)

    row = proposal()
    rows = EntryProposal.objects.filter(pk=row.pk)
    decided = {"state": "APPROVED", "event": event, "decided_by": checker, "decided_at": now}
    refused("proposal_four_eyes", lambda: rows.update(**decided | {"decided_by": maker}))
    refused("proposal_decided_whole", lambda: rows.update(**decided | {"decided_by": None, "event": event}))
    refused("proposal_approved_is_booked", lambda: rows.update(**decided | {"event": None}))
    refused("proposal_approved_is_booked", lambda: rows.update(**decided | {"state": "REFUSED"}))
    rows.update(**decided)
    for change in (lambda: rows.update(state="REFUSED", event=None), lambda: rows.update(amount_fen=6), rows.delete):
        with pytest.raises(IntegrityError), transaction.atomic():
            change()
    second = proposal()
    changed = EntryProposal.objects.filter(pk=second.pk)
    with pytest.raises(IntegrityError), transaction.atomic():
        changed.update(amount_fen=6)
    with pytest.raises(IntegrityError), transaction.atomic():
        changed.update(**decided)  # one entry belongs to one proposal
    refused("proposal_reversal_names_event", lambda: proposal(kind="REVERSAL"))
    proposal(kind="REVERSAL", reverses=event)
    refused("proposal_once_per_reversal", lambda: proposal(kind="REVERSAL", reverses=event))


@pytest.mark.django_db
@pytest.mark.parametrize("model", [LedgerAnchor, LedgerProof, BookDocument])
def test_proofs_heads_and_documents_are_never_changed(model, fund):
    made = {
        LedgerAnchor: {"fund": fund, "day": DAY, "seq": 1, "hash": bytes(32)},
        LedgerProof: {"occasion": "COMMAND", "funds": 1, "entries": 1, "anchors": 0, "seconds": 0},
        BookDocument: {"fund": fund, "file": "x", "name": "x", "size": 1, "sha256": "a" * 64},
    }[model]
    row = model.objects.create(**made)
    pk = model._meta.pk.column
    for statement in (f"UPDATE {model._meta.db_table} SET {pk} = 99", f"DELETE FROM {model._meta.db_table}"):
        with pytest.raises(IntegrityError), transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(statement)
    assert model.objects.get().pk == row.pk
    if model is not LedgerProof:
        with pytest.raises(IntegrityError), transaction.atomic():
            model.objects.create(**made)


def beside(first, second):
    """Run ``first`` in an open transaction, start ``second`` beside it, then commit; the error of ``second``."""
    outcome = {}

    def run():
        try:
            with transaction.atomic():
                second()
        except IntegrityError as error:
            outcome["name"] = error.__cause__.diag.constraint_name
        finally:
            connections.close_all()

    thread = threading.Thread(target=run)
    with transaction.atomic():
        first()
        thread.start()
        thread.join(0.5)
        outcome["waited"] = thread.is_alive()
    thread.join(20)
    return outcome


def insert(fund, draft):
    """Append without the fund's lock, as somebody who writes past the actions."""
    append({fund.pk: [draft]}, actor=None, recorded_at=timezone.now())


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    def test_books_called_complete_while_an_entry_is_written_wait_for_it(self):
        fund = FundFactory()
        found = beside(lambda: insert(fund, fee(5)), lambda: BookTerms.objects.create(fund=fund, is_complete=True))
        assert found == {"waited": True, "name": "ledger_cash_not_below_zero"}
        assert not BookTerms.objects.exists()

    def test_an_entry_written_while_books_are_called_complete_waits_for_them(self):
        fund = FundFactory()
        found = beside(lambda: BookTerms.objects.create(fund=fund, is_complete=True), lambda: insert(fund, fee(5)))
        assert found == {"waited": True, "name": "ledger_cash_not_below_zero"}
        assert not LedgerEvent.objects.exists()

    def test_an_entry_written_while_its_period_is_closed_waits_and_then_lacks_its_reason(self):
        fund, closer = FundFactory(), UserFactory(role=Role.FINANCE)
        found = beside(
            lambda: PeriodClose.objects.create(fund=fund, through=DAY, closed_by=closer), lambda: insert(fund, call(5))
        )
        assert found == {"waited": True, "name": "ledger_late_with_reason"}

    def test_two_payments_that_only_fit_one_by_one(self):
        fund = FundFactory()
        BookTerms.objects.create(fund=fund, is_complete=True)
        book(fund, call(100), at=timezone.now())
        found = beside(lambda: insert(fund, fee(80)), lambda: insert(fund, fee(80)))
        assert found["name"] in {"ledger_cash_not_below_zero", "ledger_seq_once_per_fund"}
        assert LedgerEvent.objects.filter(kind="FEE").count() == 1

    def test_two_calls_that_together_exceed_the_commitment(self):
        fund = FundFactory(committed_fen=1000)
        BookTerms.objects.create(fund=fund, is_complete=True)

        def locked_call():
            lock_fund(fund.pk)
            insert(fund, call(600))

        found = beside(locked_call, locked_call)
        assert found == {"waited": True, "name": "ledger_calls_within_commitment"}
