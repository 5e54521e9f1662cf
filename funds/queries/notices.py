"""Calls and distributions with what is paid of them: by line, by investor, by fund."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import F, OuterRef, QuerySet, Subquery, Sum, Value
from django.db.models.functions import Coalesce
from django.utils import timezone

from funds.choices.ledger import EventKind
from funds.choices.records import LineStanding, NoticeState
from funds.models import Call, CallLine, Distribution, DistributionLine, Fund, LedgerEvent, Payment
from funds.models.notices import NOTICES, Notice, NoticeLine
from funds.queries.books import recallable_of
from funds.queries.commitments import Stake, dated_stakes, split, stakes_at, stakes_on
from funds.queries.sums import Moment

LINES: dict[type[Notice], Any] = {Call: CallLine, Distribution: DistributionLine}
LINK = {Call: "call_line", Distribution: "distribution_line"}
"""The column of a payment that names a line of this kind of notice."""


@dataclass(frozen=True, slots=True)
class Position:
    """One investor's account with a fund by source of its money, in fen.

    ``called_fen`` is new money called, by notices that stand and by entries of the ledger that pay none; ``paid_fen``
    what it paid in by the ledger, recalled money too; ``recallable_fen`` what may be called from it again.
    """

    stake: Stake
    called_fen: int
    recallable_fen: int
    paid_fen: int = 0

    @property
    def uncalled_fen(self) -> int:
        return max(0, self.stake.amount_fen - self.called_fen)


def positions(fund: Fund, due_on: date) -> list[Position]:
    """The accounts of those who are committed on a day, in the order of the split. Five statements."""
    return [account for account in accounts(fund, due_on) if account.stake.amount_fen]


def accounts(fund: Fund, day: date) -> list[Position]:
    """Each investor's account on a day; last those who are committed no more, with a stake of zero. Five statements.

    The ledger is the one source of what is paid: an entry that pays a line is of the line's investor, any other call
    (books taken over) is split by the commitments of its own day, or of ``day`` where none counted then. So all
    ``paid_fen`` sum to what the fund was paid in, once commitments are recorded.
    """
    booked = LedgerEvent.objects.filter(fund=fund, kind=EventKind.CALL, reversed_by=None, payment=None).order_by()
    by_day = dict(booked.values_list("value_date").annotate(total=Sum("amount_fen")))
    dated = dated_stakes([fund.pk], timezone.now())[fund.pk]
    stakes = {on: stakes_on(dated, on) for on in {day, *by_day}}
    without_notice: dict[tuple[int, str], int] = defaultdict(int)
    for value_date, fen in by_day.items():
        for stake, part in split(fen, stakes[value_date] or stakes[day]) if stakes[value_date] or stakes[day] else ():
            without_notice[stake.investor_id, stake.source] += part
    called, given = _sums(CallLine, fund), _sums(DistributionLine, fund)
    paid = _standing().filter(call_line__notice__fund=fund).order_by()
    lines = paid.values_list("call_line__investor", "call_line__source").annotate(total=Sum("event__amount_fen"))
    by_line = {(investor, source): fen for investor, source, fen in lines}
    own = {(stake.investor_id, stake.source): stake for stake in stakes[day]}
    gone = sorted({*called, *without_notice} - set(own))
    found = []
    for key, stake in [*own.items(), *((key, Stake(0, *key, 0)) for key in gone)]:
        amount, recalled = called.get(key, (0, 0))
        more = without_notice.get(key, 0)
        again = given.get(key, (0, 0))[1] - recalled
        found.append(Position(stake, amount - recalled + more, again, by_line.get(key, 0) + more))
    return found


def _sums(model: type[NoticeLine], fund: Fund) -> dict[tuple[int, str], tuple[int, int]]:
    rows = model.objects.filter(notice__fund=fund).exclude(notice__state=NoticeState.CANCELLED).order_by()
    summed = rows.values_list("investor_id", "source").annotate(a=Sum("amount_fen"), r=Sum("recallable_fen"))
    return {(investor, source): (amount, part) for investor, source, amount, part in summed}


def call_room(fund: Fund, due_on: date) -> int:
    """How much the fund may call in all: commitments and recallables, less calls booked and notices still open.

    Calls booked without a notice (books taken over) count too, so that old and new calls together stay within.
    """
    committed = sum(stake.amount_fen for stake in stakes_at(Moment(due_on, timezone.now()), [fund.pk]).get(fund.pk, []))
    booked = LedgerEvent.objects.filter(fund=fund, investment=None, effect=EventKind.CALL)
    booked_fen = booked.aggregate(total=Sum("amount_fen"))["total"] or 0
    notices = with_paid(Call.objects.filter(fund=fund, state=NoticeState.ISSUED)).aggregate(
        open_fen=Sum(F("amount_fen") - F("paid_fen"))
    )
    return committed + recallable_of(fund.pk) - booked_fen - (notices["open_fen"] or 0)


def with_paid(rows: QuerySet[Any]) -> QuerySet[Any]:
    """Notices, each with ``paid_fen``: what standing entries paid of its lines."""
    link = LINK[rows.model]
    paid = _standing().filter(**{f"{link}__notice": OuterRef("pk")}).order_by().values(f"{link}__notice")
    return rows.annotate(paid_fen=_total(paid))


def lines_of(notice: Notice) -> QuerySet[Any]:
    """The lines of a notice in their order, each with ``paid_fen`` and ``paid_on``, the day of its last payment."""
    link = LINK[type(notice)]
    own = _standing().filter(**{link: OuterRef("pk")}).order_by().values(link)
    last = Payment.objects.filter(**{link: OuterRef("pk")}, event__reversed_by=None).order_by("-event__value_date")
    rows = LINES[type(notice)].objects.filter(notice=notice).select_related("investor", "notice")
    last_day = Subquery(last.values("event__value_date")[:1])
    return rows.annotate(paid_fen=_total(own), paid_on=last_day).order_by("position")


def standing(amount_fen: int, paid_fen: int, due_on: date, today: date) -> LineStanding:
    """How a line or notice stands by what is paid of it."""
    if paid_fen >= amount_fen:
        return LineStanding.PAID
    if due_on < today:
        return LineStanding.OVERDUE
    return LineStanding.PART if paid_fen else LineStanding.OPEN


def unpaid_calls(until: date) -> QuerySet[Call]:
    """Standing calls due by a day that are not fully paid."""
    due = Call.objects.filter(state=NoticeState.ISSUED, due_on__lte=until)
    return with_paid(due).filter(paid_fen__lt=F("amount_fen"))


def open_lines(fund: Fund, word: str) -> list[Any]:
    """Unpaid or partly paid lines of the standing notices of one kind, oldest due day first, with ``paid_fen``."""
    model = LINES[NOTICES[word]]
    link = f"{word}_line"
    own = _standing().filter(**{link: OuterRef("pk")}).order_by().values(link)
    rows = model.objects.filter(notice__fund=fund, notice__state=NoticeState.ISSUED).annotate(paid_fen=_total(own))
    left = rows.filter(paid_fen__lt=F("amount_fen")).select_related("investor", "notice")
    return list(left.order_by("notice__due_on", "notice__number", "position"))


def _standing() -> QuerySet[Payment]:
    return Payment.objects.filter(event__reversed_by=None)


def _total(rows: QuerySet[Payment]) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(total=Sum("event__amount_fen")).values("total")), Value(0))
