"""What the database itself refuses in a ledger, and how the hash chain shows what got past it."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone

from funds.actions.ledger import Draft, append, lock_fund, reversal_of
from funds.choices.ledger import EventKind
from funds.models import LedgerEvent
from funds.queries.ledger import broken_links
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.refusals import refusal, refused, refused_sql

pytestmark = pytest.mark.django_db
DAY = date(2024, 3, 1)


def book(holding, *drafts, fund=None, recorded_at=None):
    fund = fund or holding.fund
    with transaction.atomic():
        lock_fund(fund.pk)
        append({fund.pk: drafts}, actor=None, recorded_at=recorded_at)
    return list(LedgerEvent.objects.filter(fund=fund))


def invest(holding, amount=1000, day=DAY):
    return Draft(EventKind.INVEST, day, amount, holding.pk)


def relieve(holding, kind, cost, amount=0, day=DAY):
    return Draft(kind, day, amount, holding.pk, cost)


@pytest.fixture
def holding():
    return InvestmentFactory()


def test_events_are_numbered_and_chained_and_the_chain_verifies(holding):
    first, second = book(holding, invest(holding), relieve(holding, EventKind.WRITE_OFF, 400))
    assert (first.seq, second.seq) == (1, 2)
    assert bytes(second.prev_hash) == bytes(first.hash)
    assert broken_links() == []


def test_a_changed_row_is_found_by_the_proof(holding):
    book(holding, invest(holding), relieve(holding, EventKind.WRITE_OFF, 400))
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        cursor.execute("UPDATE funds_ledgerevent SET amount_fen = 2000 WHERE seq = 1")
    assert broken_links() == [(holding.fund_id, 1)]


@pytest.mark.parametrize(
    ("name", "drafts"),
    [
        ("ledger_cost_relieved_within_cost", lambda h: [invest(h), relieve(h, EventKind.WRITE_OFF, 1001)]),
        (
            "ledger_cost_relieved_within_cost",
            lambda h: [invest(h), relieve(h, EventKind.EXIT_PARTIAL, 10, 5, DAY - timedelta(days=1))],
        ),
        ("ledger_cost_relieved_within_cost", lambda h: [invest(h), relieve(h, EventKind.EXIT_FULL, 999, 5)]),
        ("ledger_holding_named", lambda h: [Draft(EventKind.INVEST, DAY, 5)]),
        ("ledger_holding_named", lambda h: [Draft(EventKind.CALL, DAY, 5, h.pk)]),
        ("ledger_reversal_names_event", lambda h: [Draft(EventKind.REVERSAL, DAY, -5, h.pk, effect="INVEST")]),
        ("ledger_amount_signs", lambda h: [invest(h, -5)]),
        ("ledger_amount_not_empty", lambda h: [invest(h, 0)]),
        ("ledger_relief_by_exits_only", lambda h: [Draft(EventKind.INVEST, DAY, 5, h.pk, 5)]),
        ("ledger_exit_relieves_cost", lambda h: [relieve(h, EventKind.EXIT_PARTIAL, 0, 5)]),
        ("ledger_write_off_brings_nothing", lambda h: [invest(h), relieve(h, EventKind.WRITE_OFF, 5, 5)]),
        ("ledger_not_in_future", lambda h: [invest(h, 5, timezone.localdate() + timedelta(days=1))]),
    ],
)
def test_the_database_refuses(name, drafts, holding):
    refused(name, lambda: book(holding, *drafts(holding)))
    assert not LedgerEvent.objects.exists()


def test_the_database_refuses_a_holding_of_another_fund(holding):
    refused("ledger_holding_of_fund", lambda: book(holding, invest(holding), fund=FundFactory()))


def test_the_database_refuses_a_gap_a_fork_and_time_running_backwards(holding):
    (event,) = book(holding, invest(holding))
    row = {"prev_hash": event.hash, "hash": bytes(32), "recorded_at": timezone.now(), "value_date": DAY}
    row |= {"fund": holding.fund, "investment": holding, "kind": "INVEST", "effect": "INVEST", "amount_fen": 1}
    for change, name in (
        ({"seq": 3}, "ledger_chain_unbroken"),
        ({"seq": 1}, "ledger_seq_once_per_fund"),
        ({"seq": 2, "prev_hash": bytes(32)}, "ledger_chain_unbroken"),
        ({"seq": 2, "recorded_at": event.recorded_at - timedelta(seconds=1)}, "ledger_chain_unbroken"),
        ({"seq": 2, "hash": b"short"}, "ledger_hash_length"),
    ):
        with refusal(name):
            LedgerEvent.objects.create(**row | change)


def test_an_event_is_reversed_once_by_its_mirror_and_nothing_else(holding):
    (event,) = book(holding, invest(holding))
    mirror = reversal_of(event, reason="typed twice")
    book(holding, mirror)
    refused("funds_ledgerevent_reverses_id_key", lambda: book(holding, mirror))
    (_event, _reversal, third) = book(holding, invest(holding, 700))
    crooked = reversal_of(third, reason="wrong")
    refused("ledger_reversal_mirrors", lambda: book(holding, Draft(**{**_fields(crooked), "amount_fen": -1})))
    refused(
        "ledger_reversal_mirrors",
        lambda: book(holding, Draft(**{**_fields(crooked), "value_date": DAY + timedelta(days=1)})),
    )


def _fields(draft):
    return {name: getattr(draft, name) for name in draft.__slots__}


@pytest.mark.parametrize("statement", ["UPDATE funds_ledgerevent SET reason = 'x'", "DELETE FROM funds_ledgerevent"])
def test_rows_are_never_changed(statement, holding):
    book(holding, invest(holding))
    refused_sql("ledger_append_only", statement)
    assert LedgerEvent.objects.get().reason == ""
