"""Questions about the keeping of one fund's books: terms, cash day by day, what keeps them from being complete."""

from datetime import date

from django.db import connection
from django.db.models import Max, Sum

from funds.choices.ledger import EventKind
from funds.choices.records import NoticeState
from funds.models import BookTerms, Distribution, Fund, LedgerEvent, PeriodClose
from funds.models.bookkeeping_triggers import SIGNED_CASH
from funds.rules.books import balances
from funds.rules.ledger import Event
from funds.rules.ledger_checks import Problem, fund_problems

_MOVES = f"""
    SELECT e.value_date, SUM({SIGNED_CASH})::bigint FROM funds_ledgerevent e
    WHERE e.fund_id = %s GROUP BY e.value_date ORDER BY e.value_date
"""  # noqa: S608 - the kinds come from our own enumeration
_EVENT_COLUMNS = (
    "pk", "kind", "value_date", "recorded_at", "amount_fen", "investment_id", "cost_relieved_fen", "reverses_id",
    "award_id",
)  # fmt: skip


def terms_of(fund_id: int) -> BookTerms:
    """The terms of a fund's books; without a stored row the plain ones: no limit, incomplete."""
    return BookTerms.objects.filter(fund_id=fund_id).first() or BookTerms(fund_id=fund_id)


def cash_by_day(fund_id: int) -> list[tuple[date, int]]:
    """The fund's cash in fen at the end of each day with an entry, as known now."""
    with connection.cursor() as cursor:
        cursor.execute(_MOVES, [fund_id])
        return balances(cursor.fetchall())


def closed_through(fund_id: int) -> date | None:
    """The last day of the closed books, None while none is closed."""
    standing = PeriodClose.objects.filter(fund_id=fund_id, reopened_at=None)
    return standing.aggregate(last=Max("through"))["last"]


def fund_events(fund_id: int) -> list[Event]:
    """The whole ledger of a fund as plain events."""
    rows = LedgerEvent.objects.filter(fund_id=fund_id).order_by().values_list(*_EVENT_COLUMNS)
    return [Event(pk, EventKind(kind), *rest) for pk, kind, *rest in rows.iterator(chunk_size=5_000)]


def award_events(award_ids: list[int]) -> list[Event]:
    """Every grant and return under some awards as plain events."""
    rows = LedgerEvent.objects.filter(award__in=award_ids).order_by().values_list(*_EVENT_COLUMNS)
    return [Event(pk, EventKind(kind), *rest) for pk, kind, *rest in rows]


def book_problems(fund: Fund, *more: Event) -> list[Problem]:
    """What keeps the books of ``fund`` with ``more`` events from being complete: cash below zero, calls too high."""
    return fund_problems(
        [*fund_events(fund.pk), *more], commitment=fund.committed_fen, recallable=recallable_of(fund.pk)
    )


def recallable_of(fund_id: int) -> int:
    """What the fund may call again: the recallable parts of its distributions, in fen."""
    standing = Distribution.objects.filter(fund_id=fund_id).exclude(state=NoticeState.CANCELLED)
    return standing.aggregate(total=Sum("recallable_fen"))["total"] or 0
