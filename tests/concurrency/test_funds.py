"""Many hands on the same books at once, a broker that is away, a database that goes away in the middle of a write."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, connections

from funds.actions.events import record_event, reverse_event
from funds.choices.files import Layout
from funds.choices.ledger import EventKind
from funds.imports import steps
from funds.models import Investment, LedgerEvent, PortfolioImport
from funds.queries.ledger import broken_links
from funds.rules.file_columns import guess_columns
from funds.rules.portfolio_file import Mapping
from innovation.core import jobs
from innovation.core.errors import RuleViolation
from tests.factories.funds import FundFactory, InvestmentFactory

pytestmark = pytest.mark.django_db(transaction=True)
DAY = date(2024, 3, 1)
HANDS = 6


def at_once(work, count=HANDS):
    """Run ``work(number)`` on as many connections at the same moment; codes of refusals, None for success."""
    start = threading.Barrier(count)

    def one(number):
        start.wait()
        try:
            work(number)
        except RuleViolation as violation:
            return violation.code
        finally:
            connections.close_all()
        return None

    with ThreadPoolExecutor(count) as hands:
        return list(hands.map(one, range(count)))


def invest(holding, officer, amount=1000):
    return record_event(
        fund_id=holding.fund_id, investment_id=holding.pk, kind=EventKind.INVEST, value_date=DAY, amount_fen=amount,
        actor=officer,
    )  # fmt: skip


def test_of_many_exits_of_one_holding_only_those_that_fit_are_booked(officer):
    holding = InvestmentFactory()
    invest(holding, officer)

    def exit_of_400(number):
        record_event(
            fund_id=holding.fund_id, investment_id=holding.pk, kind=EventKind.EXIT_PARTIAL, value_date=DAY,
            amount_fen=1, cost_relieved_fen=400, actor=officer,
        )  # fmt: skip

    codes = at_once(exit_of_400)
    assert sorted(filter(None, codes)) == ["EXIT_ABOVE_REMAINING_COST"] * (HANDS - 2)
    assert LedgerEvent.objects.filter(kind=EventKind.EXIT_PARTIAL).count() == 2
    assert broken_links() == []


def test_of_many_reversals_of_one_event_one_is_booked(officer):
    event = invest(InvestmentFactory(), officer)
    codes = at_once(lambda number: reverse_event(event_id=event.pk, reason="typed twice", actor=officer))
    assert sorted(filter(None, codes)) == ["ALREADY_REVERSED"] * (HANDS - 1)
    assert LedgerEvent.objects.filter(reverses=event).count() == 1


def test_entries_of_many_hands_make_one_unbroken_chain(officer):
    holding = InvestmentFactory()
    assert at_once(lambda number: invest(holding, officer, number + 1)) == [None] * HANDS
    assert list(LedgerEvent.objects.values_list("seq", flat=True)) == list(range(1, HANDS + 1))
    assert broken_links() == []


def checked_file(officer, text):
    upload = SimpleUploadedFile("x.csv", f"fund,project_code,company,kind,date,amount,cost_relieved\n{text}".encode())
    row = steps.upload_portfolio(upload=upload, actor=officer)
    mapping = Mapping(layout=Layout.LEDGER, unit="yuan", columns=guess_columns(Layout.LEDGER, row.header))
    steps.map_columns(import_id=row.pk, mapping=mapping, actor=officer)
    jobs.run(PortfolioImport, row.pk, steps.work_on)
    return row.pk


def confirmed(officer, text):
    pk = checked_file(officer, text)
    steps.confirm_import(import_id=pk, actor=officer)
    return pk


def test_two_files_at_once_cannot_sell_the_same_cost_twice(officer):
    holding = InvestmentFactory(fund=FundFactory(code="F1"), code="P1")
    invest(holding, officer, 100_00)
    exits = [confirmed(officer, f"F1,P1,,EXIT_PARTIAL,2024-0{month}-01,1,60\n") for month in (4, 5)]
    at_once(lambda number: jobs.run(PortfolioImport, exits[number], steps.work_on), count=2)
    states = sorted(PortfolioImport.objects.values_list("state", flat=True))
    assert states == ["done", "failed"]
    assert LedgerEvent.objects.filter(kind=EventKind.EXIT_PARTIAL).count() == 1
    assert broken_links() == []


def test_two_messages_for_one_file_write_it_once(officer):
    FundFactory(code="F1")
    pk = confirmed(officer, "F1,P1,甲公司,INVEST,2024-04-01,1,\n")
    at_once(lambda number: jobs.run(PortfolioImport, pk, steps.work_on), count=3)
    assert LedgerEvent.objects.count() == 1
    assert PortfolioImport.objects.get().state == "done"


def test_a_file_waits_for_a_broker_that_is_away(officer, dead_broker):
    FundFactory(code="F1")
    upload = SimpleUploadedFile("x.csv", b"fund,company,kind,date,amount\nF1,A,INVEST,2024-04-01,1\n")
    row = steps.upload_portfolio(upload=upload, actor=officer)
    mapping = Mapping(layout=Layout.LEDGER, unit="yuan", columns=guess_columns(Layout.LEDGER, row.header))
    steps.map_columns(import_id=row.pk, mapping=mapping, actor=officer)
    row.refresh_from_db()
    assert (row.state, row.sent_at) == ("queued", None)
    dead_broker()
    assert jobs.resend_lost()["sent"] == 1
    row.refresh_from_db()
    assert row.sent_at is not None


def test_a_database_that_goes_away_in_the_middle_leaves_nothing_and_the_file_is_tried_again(officer, monkeypatch):
    FundFactory(code="F1")
    pk = confirmed(officer, "F1,P1,甲公司,INVEST,2024-04-01,1,\nF1,P2,乙公司,INVEST,2024-04-02,1,\n")
    plain, cut = steps.append, []

    def append_then_lose_the_server(*args, **options):
        written = plain(*args, **options)
        if not cut:
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_backend_pid()")
                cut.append(cursor.fetchone()[0])
            other = connection.copy()
            with other.cursor() as cursor:
                cursor.execute("SELECT pg_terminate_backend(%s)", cut)
            other.close()
        return written

    monkeypatch.setattr(steps, "append", append_then_lose_the_server)
    jobs.run(PortfolioImport, pk, steps.work_on)
    connection.close()
    row = PortfolioImport.objects.get(pk=pk)
    assert (row.state, row.written_at) == ("queued", None)
    assert not LedgerEvent.objects.exists()
    assert not Investment.objects.exists()
    PortfolioImport.objects.update(not_before=None)
    jobs.run(PortfolioImport, pk, steps.work_on)
    assert LedgerEvent.objects.count() == 2
    assert PortfolioImport.objects.get().written_at
