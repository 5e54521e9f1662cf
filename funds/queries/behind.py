"""The rows that a figure is made of: every figure on a page opens these, and they sum to it."""

from collections.abc import Collection
from enum import StrEnum

from django.db.models import BigIntegerField, Case, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Greatest, Least

from funds.choices.ledger import EXIT_KINDS, INCOME_KINDS, INVESTING_KINDS, EventKind
from funds.models import Fund, Investment, LedgerEvent, Valuation
from funds.queries.sums import Moment
from funds.rules.ledger import COST_KINDS


class Figure(StrEnum):
    """Figures that are plain sums over ledger rows, named as in ``funds.rules.figures``."""

    COST = "cost"
    RELIEVED = "relieved"
    REMAINING = "remaining"
    PROCEEDS = "proceeds"
    REALISED_LOSS = "realised_loss"
    REALISED_GAIN = "realised_gain"
    INCOME = "income"
    PAID_IN = "paid_in"
    DISTRIBUTIONS = "distributions"
    FEES = "fees"
    OTHER_INCOME = "other_income"


_INVESTED = Q(effect__in=sorted({*INVESTING_KINDS, EventKind.FX}))
_OF_HOLDINGS = Q(investment__isnull=False)
_LOSS = F("cost_relieved_fen") - F("amount_fen")
_EXITS = _OF_HOLDINGS & Q(effect__in=sorted(EXIT_KINDS))
_AMOUNT = F("amount_fen")


def _signed(difference: F) -> Case:
    """max(0, difference) of an exit, and its opposite where the exit is reversed."""
    nothing = Value(0, BigIntegerField())
    return Case(
        When(kind=EventKind.REVERSAL, then=Least(difference, nothing)),
        default=Greatest(difference, nothing),
        output_field=BigIntegerField(),
    )


_PARTS = {
    Figure.COST: (_OF_HOLDINGS & _INVESTED, _AMOUNT),
    Figure.RELIEVED: (_OF_HOLDINGS & ~Q(cost_relieved_fen=0), F("cost_relieved_fen")),
    Figure.REMAINING: (
        _OF_HOLDINGS & (_INVESTED | ~Q(cost_relieved_fen=0)),
        Case(When(_INVESTED, then=_AMOUNT), default=Value(0) - F("cost_relieved_fen"), output_field=BigIntegerField()),
    ),
    Figure.PROCEEDS: (_EXITS, _AMOUNT),
    Figure.REALISED_LOSS: (_EXITS, _signed(_LOSS)),
    Figure.REALISED_GAIN: (_EXITS, _signed(F("amount_fen") - F("cost_relieved_fen"))),
    Figure.INCOME: (_OF_HOLDINGS & Q(effect__in=sorted(INCOME_KINDS)), _AMOUNT),
    Figure.PAID_IN: (Q(effect=EventKind.CALL), _AMOUNT),
    Figure.DISTRIBUTIONS: (Q(effect=EventKind.DISTRIBUTION), _AMOUNT),
    Figure.FEES: (Q(effect__in=sorted(COST_KINDS)), _AMOUNT),
    Figure.OTHER_INCOME: (Q(investment=None, effect__in=sorted(INCOME_KINDS)), _AMOUNT),
}


def events_behind(
    figure: Figure,
    moment: Moment,
    *,
    funds: Collection[Fund],
    holdings: Collection[Investment] | None = None,
    stage: str = "",
) -> QuerySet[LedgerEvent]:
    """The counted events that a figure sums, each with its signed part as ``part_fen``; parts of zero are left out.

    ``holdings`` or ``stage`` narrow the figures of holdings.
    """
    rows, part = _PARTS[figure]
    events = LedgerEvent.objects.filter(
        rows, fund__in=funds, value_date__lte=moment.as_of, recorded_at__lte=moment.known_at
    )
    if holdings is not None:
        events = events.filter(investment__in=holdings)
    if stage:
        events = events.filter(investment__stage=stage)
    return events.annotate(part_fen=part).exclude(part_fen=0).order_by("value_date", "fund", "seq")


def values_behind(moment: Moment, holdings: Collection[Investment]) -> QuerySet[Valuation]:
    """The one valuation of each holding that its fair value starts from, as known then."""
    counted = Valuation.objects.filter(
        Q(superseded_at=None) | Q(superseded_at__gt=moment.known_at),
        valid_at__lte=moment.as_of,
        recorded_at__lte=moment.known_at,
    )
    last = counted.filter(investment=OuterRef("investment")).order_by("-valid_at", "-recorded_at")
    return counted.filter(investment__in=holdings, pk=Subquery(last.values("pk")[:1]))
