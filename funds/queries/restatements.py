"""What changed a published figure and when it became known: entries and values that came after a period was closed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db.models import Count, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce

from funds.models import Fund, LedgerEvent, PeriodClose, Valuation
from funds.queries.tolerance import Target, ToleranceView, evaluate


@dataclass(frozen=True, slots=True)
class Restatement:
    """One late fact: an entry or a fair value. ``amount_fen`` as in the books, a value's worth for a value."""

    what: str
    value_date: date
    recorded_at: datetime
    holding: str
    amount_fen: int
    cost_relieved_fen: int
    reason: str
    entry_id: int | None


def late_events(close: PeriodClose) -> QuerySet[LedgerEvent]:
    """Entries with a value date in the period that were recorded after it was closed, in their order."""
    return LedgerEvent.objects.filter(
        fund=close.fund_id, value_date__lte=close.through, recorded_at__gt=close.closed_at
    ).order_by("seq")


def late_values(close: PeriodClose) -> QuerySet[Valuation]:
    """Fair values for a day in the period that became known after it was closed."""
    return Valuation.objects.filter(
        investment__fund=close.fund_id, valid_at__lte=close.through, recorded_at__gt=close.closed_at
    ).order_by("recorded_at", "pk")


def restatements_of(close: PeriodClose) -> list[Restatement]:
    """Everything that changed the figures of a closed period, by the moment it became known. Two statements."""
    events = [
        Restatement(
            e.get_kind_display(), e.value_date, e.recorded_at, str(e.investment or ""), e.amount_fen,
            e.cost_relieved_fen, e.reason, e.pk,
        )
        for e in late_events(close).select_related("investment__company")
    ]  # fmt: skip
    values = [
        Restatement("", v.valid_at, v.recorded_at, str(v.investment), v.fair_value_fen, 0, v.document, None)
        for v in late_values(close).select_related("investment__company")
    ]
    return sorted([*events, *values], key=lambda row: row.recorded_at)


def closes(fund: Fund | None = None, known_at: datetime | None = None) -> QuerySet[PeriodClose]:
    """Closed periods, newest first, each with ``late_entries`` and ``late_values``: how many facts came after.

    ``known_at``: only what was closed and what came after by that moment; None: all.
    """
    late = Q(value_date__lte=OuterRef("through"), recorded_at__gt=OuterRef("closed_at"), fund=OuterRef("fund"))
    values = Q(valid_at__lte=OuterRef("through"), recorded_at__gt=OuterRef("closed_at"))
    own = Q(investment__fund=OuterRef("fund"))
    known = Q(recorded_at__lte=known_at) if known_at else Q()
    rows = PeriodClose.objects.select_related("fund", "closed_by", "reopened_by").annotate(
        late_entries=_count(LedgerEvent.objects.filter(late, known).order_by().values("fund")),
        late_values=_count(Valuation.objects.filter(values, own, known).order_by().values("investment__fund")),
    )
    rows = rows.filter(closed_at__lte=known_at) if known_at else rows
    return rows.filter(fund=fund) if fund else rows


def restated(as_of: date, known_at: datetime, fund: Fund | None = None) -> QuerySet[PeriodClose]:
    """Periods closed through a day up to ``as_of`` whose figures changed by ``known_at``, by fund and period."""
    changed = closes(fund, known_at).filter(Q(late_entries__gt=0) | Q(late_values__gt=0), through__lte=as_of)
    return changed.order_by("fund__code", "through", "pk")


def then_and_now(close: PeriodClose, known_at: datetime) -> Sequence[ToleranceView]:
    """The fund at the end of the period as it was known when it was closed, and as it is known at ``known_at``."""
    target = Target.of_fund(close.fund)
    return [evaluate(target, close.through, moment) for moment in (close.closed_at, known_at)]


def _count(rows: QuerySet) -> Coalesce:
    return Coalesce(Subquery(rows.annotate(n=Count("pk")).values("n")), 0)
