"""What valuation work looks at: the price of entry, the value before, and what is due at a quarter end."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Sum, When
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.choices.ledger import INVESTING_KINDS, EventKind
from funds.models import Investment, LedgerEvent, Valuation, ValuationPaper, ValuationRound

MISSING, VALUED = "MISSING", "VALUED"
LINE_STATES: dict[str, str | Promise] = {
    MISSING: _("No value yet"),
    ValuationPaper.State.DRAFT: ValuationPaper.State.DRAFT.label,
    ValuationPaper.State.RETURNED: ValuationPaper.State.RETURNED.label,
    ValuationPaper.State.SUBMITTED: ValuationPaper.State.SUBMITTED.label,
    VALUED: ValuationPaper.State.APPROVED.label,
}
COST = (*INVESTING_KINDS, EventKind.FX)


@dataclass(frozen=True, slots=True)
class Line:
    """One live holding of a round. Amounts in fen; ``previous`` is the last value before the quarter end."""

    investment: Investment
    remaining: int
    previous: Valuation | None
    value: Valuation | None
    paper: ValuationPaper | None

    @property
    def state(self) -> str:
        if self.paper is not None and self.value is None:
            return self.paper.state
        return VALUED if self.value is not None else MISSING

    @property
    def state_label(self) -> str | Promise:
        return LINE_STATES[self.state]


def quarter_end_of(day: date) -> date:
    """The last day of the quarter in which ``day`` lies."""
    month = (day.month - 1) // 3 * 3 + 3
    following = date(day.year + month // 12, month % 12 + 1, 1)
    return following - timedelta(days=1)


def entry_price(investment_id: int, as_of: date) -> int | None:
    """What the holding cost on its first day, in fen; None where nothing was invested by ``as_of``."""
    days = (
        LedgerEvent.objects.filter(investment=investment_id, value_date__lte=as_of, effect__in=list(INVESTING_KINDS))
        .values("value_date")
        .annotate(paid=Sum("amount_fen"))
        .filter(paid__gt=0)
        .order_by("value_date")
    )
    first = days.first()
    return first["paid"] if first else None


def invested_in(investment_id: int) -> tuple[int, date | None]:
    """What the books put into a holding in all, in fen, and on which day first; (0, None) where nothing."""
    days = (
        LedgerEvent.objects.filter(investment=investment_id, effect__in=list(INVESTING_KINDS))
        .values("value_date")
        .annotate(paid=Sum("amount_fen"))
        .filter(paid__gt=0)
        .order_by("value_date")
    )
    rows = list(days)
    return sum(row["paid"] for row in rows), rows[0]["value_date"] if rows else None


def remaining_cost(as_of: date, investment_ids: Sequence[int] | None = None) -> dict[int, int]:
    """Holdings with cost left on ``as_of`` → that cost in fen, as known now."""
    rows = LedgerEvent.objects.filter(investment__isnull=False, value_date__lte=as_of)
    if investment_ids is not None:
        rows = rows.filter(investment__in=investment_ids)
    return dict(_with_cost(rows).order_by("investment_id").values_list("investment_id", "rem"))


def _with_cost(rows: QuerySet[LedgerEvent]) -> QuerySet[Any, Any]:
    """Holdings of these events with cost left, as ``rem``."""
    cost = Sum(Case(When(effect__in=list(COST), then=F("amount_fen")), default=0))
    sums = rows.order_by().values("investment_id").annotate(rem=cost - Sum("cost_relieved_fen"))
    return sums.filter(rem__gt=0)


def holdings_to_value(quarter_end: date) -> QuerySet[Investment]:
    """Holdings with cost left at the quarter end that have neither a value of that day nor one to be approved."""
    values = Valuation.objects.filter(investment=OuterRef("pk"), superseded_at=None, valid_at=quarter_end)
    sent = ValuationPaper.objects.filter(
        investment=OuterRef("pk"), valid_at=quarter_end, state=ValuationPaper.State.SUBMITTED
    )
    held = _with_cost(LedgerEvent.objects.filter(investment__isnull=False, value_date__lte=quarter_end))
    return Investment.objects.filter(~Exists(values), ~Exists(sent), pk__in=held.values("investment_id"))


def value_before(investment_id: int, day: date) -> Valuation | None:
    """The value that counts now and holds for the last day before ``day``."""
    rows = Valuation.objects.filter(investment=investment_id, valid_at__lt=day, superseded_at=None)
    return rows.order_by("-valid_at", "-recorded_at").first()


def locked_round_of(day: date) -> ValuationRound | None:
    """The locked round of the quarter of ``day``."""
    return ValuationRound.objects.filter(
        quarter_end=quarter_end_of(day), state=ValuationRound.State.LOCKED
    ).first()  # fmt: skip


def lines_of(quarter_end: date) -> list[Line]:
    """Every holding with cost left at the quarter end, by fund and code, with its value or the work on it.

    Four statements, however many holdings there are.
    """
    remaining = remaining_cost(quarter_end)
    holdings = (
        Investment.objects.filter(pk__in=remaining).select_related("fund", "company").order_by("fund__code", "code")
    )
    values = Valuation.objects.filter(investment__in=remaining, superseded_at=None, valid_at__lte=quarter_end)
    newest: dict[int, Valuation] = {}
    here: dict[int, Valuation] = {}
    for value in values.order_by("valid_at", "recorded_at"):
        (here if value.valid_at == quarter_end else newest)[value.investment_id] = value
    work = ValuationPaper.objects.filter(investment__in=remaining, valid_at=quarter_end).select_related("prepared_by")
    papers = {
        paper.investment_id: paper
        for paper in work.exclude(state__in=[ValuationPaper.State.APPROVED, ValuationPaper.State.SUPERSEDED])
    }
    return [
        Line(row, remaining[row.pk], newest.get(row.pk), here.get(row.pk), papers.get(row.pk)) for row in holdings
    ]  # fmt: skip


def progress_of(lines: Sequence[Line]) -> Counter[str]:
    """How many lines stand in each state."""
    return Counter(line.state for line in lines)


def papers(user: Any) -> QuerySet[ValuationPaper]:
    """All papers that ``user`` may see, with what lists show of them."""
    rows = ValuationPaper.objects.visible_to(user)
    return rows.select_related(
        "investment__company", "investment__fund", "prepared_by", "decided_by", "standard", "valuation"
    )  # fmt: skip
