"""Movements of a fund's account with what of each is settled, and what an open one may be."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import Abs, Coalesce

from funds.choices.ledger import EventKind
from funds.models import BankLine, BankMatch, Fund, LedgerEvent
from funds.models.bookkeeping_triggers import CASH_IN, CASH_OUT
from funds.queries.notices import open_lines
from funds.rules.bank_file import guessed_kind, same_party
from funds.rules.grants import fund_kind_problem

NEAR = timedelta(days=10)
"""How far an entry's value date may lie from the movement that it is proposed for."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """What a movement may be.

    ``what``: ``pay`` a line of a notice (``word``, ``pk``), ``is`` an entry that is booked already (``pk``), or
    ``book`` an entry of ``kind``. ``sure``: amount and other side agree, and nothing else fits as well.
    """

    what: str
    amount_fen: int
    word: str = ""
    pk: int = 0
    kind: str = ""
    label: str = ""
    sure: bool = False


def lines_of(fund: Fund) -> QuerySet[BankLine]:
    """Movements of a fund, each with ``matched_fen``."""
    return with_matched(BankLine.objects.filter(fund=fund))


def with_matched(lines: QuerySet[BankLine]) -> QuerySet[BankLine]:
    """Movements, each with ``matched_fen``, signed like the movement: what standing entries settle of it."""
    matched = BankMatch.objects.filter(line=OuterRef("pk"), event__reversed_by=None).order_by().values("line")
    total = Coalesce(Subquery(matched.annotate(total=Sum("event__amount_fen")).values("total")), Value(0))
    rows = lines.annotate(settled=total)
    return rows.annotate(matched_fen=Case(When(amount_fen__gt=0, then=F("settled")), default=-F("settled")))


def open_movements(fund: Fund) -> QuerySet[BankLine]:
    """Movements that are neither settled in full nor set aside, oldest first."""
    return lines_of(fund).filter(set_aside_because=None).exclude(settled=Abs("amount_fen")).order_by("day", "pk")


def unmatched_entries(fund: Fund, since: date, until: date, *, comes_in: bool) -> QuerySet[LedgerEvent]:
    """Standing entries of money in or out whose value date lies between two days and that are no movement yet."""
    kinds = CASH_IN if comes_in else CASH_OUT
    rows = LedgerEvent.objects.filter(
        Q(reversed_by=None), fund=fund, kind__in=[str(kind) for kind in kinds], amount_fen__gt=0,
        value_date__gte=since, value_date__lte=until,
    )  # fmt: skip
    matched = BankMatch.objects.filter(event=OuterRef("pk"))
    return rows.exclude(Exists(matched)).select_related("investment__company").order_by("value_date", "seq")


def suggestions(fund: Fund, movements: Sequence[Any]) -> dict[int, list[Suggestion]]:
    """For each open movement what it may be, the likeliest first. Four statements, however many movements."""
    if not movements:
        return {}
    days = [line.day for line in movements]
    due = {True: open_lines(fund, "call"), False: open_lines(fund, "distribution")}
    booked = {
        side: list(unmatched_entries(fund, min(days) - NEAR, max(days) + NEAR, comes_in=side)) for side in (True, False)
    }
    found = {}
    for line in movements:
        side = line.amount_fen > 0
        left = abs(line.amount_fen - line.matched_fen)
        found[line.pk] = [
            *_booked(line, left, booked[side]), *_due(line, left, due[side], "call" if side else "distribution"),
            *_plain(fund, line, left),
        ]  # fmt: skip
    return found


def _booked(line: Any, left: int, entries: Sequence[LedgerEvent]) -> list[Suggestion]:
    near = [e for e in entries if e.amount_fen == left and abs(e.value_date - line.day) <= NEAR]
    return [
        Suggestion("is", left, pk=e.pk, kind=e.kind, label=f"#{e.seq} {e.get_kind_display()}", sure=len(near) == 1)
        for e in near
    ]


def _due(line: Any, left: int, due: Sequence[Any], word: str) -> list[Suggestion]:
    """Open lines of notices whose investor is the other side, or whose open amount is that of the movement."""
    party = [d for d in due if same_party(line.counterparty, (d.investor.name_zh, d.investor.name_en))]
    exact = [d for d in party if d.amount_fen - d.paid_fen == left]
    others = [d for d in due if d not in party and d.amount_fen - d.paid_fen == left]
    return [
        Suggestion(
            "pay", min(left, d.amount_fen - d.paid_fen), word=word, pk=d.pk, label=f"{d.notice} · {d.investor.name}",
            sure=exact == [d],
        )
        for d in [*exact, *(d for d in party if d not in exact), *others]
    ]  # fmt: skip


def _plain(fund: Fund, line: Any, left: int) -> list[Suggestion]:
    kind = guessed_kind(line.amount_fen, line.purpose)
    kind = kind if kind and fund_kind_problem(kind, fund.kind) is None else None
    return [Suggestion("book", left, kind=str(kind), label=str(EventKind(kind).label))] if kind else []
