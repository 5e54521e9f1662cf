"""The laws of the ledger on random books in the real database: chain, reversal, knowledge, cash by day."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from funds.actions.entries import Request, submit_entry
from funds.actions.events import Entry
from funds.choices.ledger import EventKind, ProofFinding
from funds.choices.tolerance import MoneyView, Netting
from funds.models import LedgerEvent
from funds.queries.books import cash_by_day
from funds.queries.holdings import books_of
from funds.queries.proofs import findings_of
from funds.queries.sums import Moment
from funds.rules.chain import GENESIS, Link, link_hash
from funds.rules.ledger import RELIEVING_KINDS
from funds.rules.loss import loss_rate
from funds.rules.theta import Theta
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from tests.factories.accounts import UserFactory
from tests.funds.portfolios import BASES
from tests.funds.random_books import DAYS, FIRST, steps, write

pytestmark = pytest.mark.django_db
RANDOM = settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
FIELDS = (
    "fund_id", "seq", "investment_id", "kind", "effect", "value_date", "recorded_at", "amount_fen",
    "cost_relieved_fen", "reverses_id", "document", "reason", "actor_id",
)  # fmt: skip


class _Undo(Exception):
    """Ends an example without a trace."""


def in_vain(act):
    """Run one example in a transaction that is undone."""
    try:
        with transaction.atomic():
            act()
            raise _Undo
    except _Undo:
        return


@RANDOM
@given(drawn=steps, place=st.integers(0, 10**6), column=st.sampled_from(["amount_fen", "reason", "value_date"]))
def test_the_chain_verifies_and_any_changed_row_is_the_one_that_is_found(drawn, place, column):
    def example():
        books = write(drawn)
        head = GENESIS
        for row in LedgerEvent.objects.filter(fund=books.fund).order_by("seq"):
            head = link_hash(head, Link(*(getattr(row, name) for name in FIELDS)).text())
            assert head == bytes(row.hash)
        assert findings_of(books.fund.pk) == []
        if not books.events:
            return
        victim = books.events[place % len(books.events)]
        change = {
            "amount_fen": "amount_fen + 1", "reason": "reason || 'x'", "value_date": "value_date - 1",
        }[column]  # fmt: skip
        with connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            if column == "amount_fen" and victim.kind in {EventKind.REVERSAL, EventKind.WRITE_OFF}:
                column_change = "reason = reason || 'x'"
            else:
                column_change = f"{column} = {change}"
            cursor.execute(f"UPDATE funds_ledgerevent SET {column_change} WHERE id = %s", [victim.pk])
            cursor.execute("SET LOCAL session_replication_role = DEFAULT")
        links = [f.seq for f in findings_of(books.fund.pk) if f.finding == ProofFinding.LINK_BROKEN]
        assert links == [victim.seq]

    in_vain(example)


@settings(RANDOM, max_examples=6)
@given(drawn=steps, extra=steps, as_of=st.integers(0, DAYS), known=st.integers(0, DAYS))
def test_an_entry_and_its_reversal_leave_every_figure_and_later_entries_leave_what_was_known(
    drawn, extra, as_of, known
):
    def example():
        books = write(drawn)
        officer = UserFactory(role=Role.FUND_OFFICER)
        then = Moment(FIRST + timedelta(days=as_of), timezone.now())
        before = books_of([books.fund], then)[books.fund.pk]
        count = 0
        for step in extra[:5]:
            if step.what not in EventKind.values:
                continue
            fund_kind = step.what in {"CALL", "DISTRIBUTION", "FEE", "EXPENSE"}
            holding = None if fund_kind else books.holdings[step.holding].pk
            relieved = step.amount if step.what in {"EXIT_PARTIAL", "EXIT_FULL", "WRITE_OFF"} else 0
            amount = 0 if step.what == "WRITE_OFF" else step.amount
            day = FIRST + timedelta(days=max(0, DAYS - step.late))
            try:
                event = submit_entry(
                    request=Request(books.fund.pk, Entry(step.what, day, amount, holding, relieved)), actor=officer
                )
                submit_entry(request=Request(books.fund.pk, takes_back_id=event.pk, reason="wrong"), actor=officer)
            except RuleViolation:
                continue
            count += 1
        after = books_of([books.fund], Moment(then.as_of, timezone.now()))[books.fund.pk]
        assert (after.fund, after.holdings) == (before.fund, before.holdings)
        again = books_of([books.fund], then)[books.fund.pk]
        assert again == before
        assert LedgerEvent.objects.filter(fund=books.fund).count() >= len(books.events) + 2 * count
        assert findings_of(books.fund.pk) == []

    in_vain(example)


@RANDOM
@given(drawn=steps)
def test_cash_by_day_is_what_the_fold_says_on_each_day(drawn):
    def example():
        books = write(drawn)
        now = timezone.now()
        for day, cash in cash_by_day(books.fund.pk):
            portfolio = books.fold(day, now)
            assert portfolio.fund.cash(portfolio.holdings) == cash

    in_vain(example)


@RANDOM
@given(drawn=steps, share=st.integers(0, 100))
def test_a_loss_booked_in_two_parts_gives_the_same_rates(drawn, share):
    def example():
        books = write(drawn)
        now = timezone.now()
        reversed_ids = {event.reverses_id for event in books.events}
        split = []

        def parts(event):
            is_loss = event.kind in RELIEVING_KINDS and event.amount <= event.cost_relieved
            if not is_loss or event.id in reversed_ids:
                return [event]
            cost = event.cost_relieved * share // 100
            money = min(event.amount, cost)
            first = EventKind.EXIT_PARTIAL if event.kind == EventKind.EXIT_FULL else event.kind
            split.append(event.id)
            return [
                replace(event, kind=first, amount=money, cost_relieved=cost),
                replace(event, amount=event.amount - money, cost_relieved=event.cost_relieved - cost),
            ]

        last = FIRST + timedelta(days=DAYS)
        one, two = books.fold(last, now), books.fold(last, now, parts)
        assert [each.remaining for each in one.holdings] == [each.remaining for each in two.holdings]
        for basis in BASES:
            for netting in Netting:
                theta = Theta(basis=basis, netting=netting, money_view=MoneyView.FUND_TOTAL)
                before, after = (loss_rate(each.holdings, each.fund, theta) for each in (one, two))
                assert (before.numerator_signed, before.rate) == (after.numerator_signed, after.rate), split

    in_vain(example)
