"""The rows of a ledger behind a figure: which count at a moment, which kinds make which figure, and their sums."""

from dataclasses import dataclass

from django.db.models import Case, Exists, F, OuterRef, QuerySet, Sum, Value, When
from django.db.models.functions import Greatest, Least
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.choices.ledger import EXIT_KINDS, INCOME_KINDS, INVESTING_KINDS, EventKind
from funds.models import LedgerEvent
from funds.queries.sums import Moment
from funds.rules.ledger import COST_KINDS


@dataclass(frozen=True, slots=True)
class LedgerFigure:
    """A figure that is a plain sum over events: their effects, and the column that is summed."""

    label: Promise
    effects: frozenset[str]
    column: str


FIGURES = {
    "cost": LedgerFigure(_("Invested cost"), INVESTING_KINDS | {EventKind.FX}, "amount_fen"),
    "relieved": LedgerFigure(_("Cost relieved by exits"), EXIT_KINDS, "cost_relieved_fen"),
    "proceeds": LedgerFigure(_("Proceeds of exits"), EXIT_KINDS, "amount_fen"),
    "lost": LedgerFigure(_("Realised losses"), EXIT_KINDS, "loss_fen"),
    "income": LedgerFigure(_("Dividends and interest"), INCOME_KINDS, "amount_fen"),
    "impairment": LedgerFigure(_("Impairment recorded"), frozenset({EventKind.IMPAIRMENT}), "amount_fen"),
    "paid_in": LedgerFigure(_("Paid-in capital"), frozenset({EventKind.CALL}), "amount_fen"),
    "distributions": LedgerFigure(_("Distributions"), frozenset({EventKind.DISTRIBUTION}), "amount_fen"),
    "fees": LedgerFigure(_("Fees and expenses"), COST_KINDS, "amount_fen"),
}


def counted(moment: Moment) -> QuerySet[LedgerEvent]:
    """The events that count at a moment (domain 4.3), each with ``loss_fen`` and ``is_taken_back``.

    ``loss_fen`` is max(0, cost relieved − proceeds) of an exit, negative for the reversal of one. ``is_taken_back``:
    a reversal of the event counts too.
    """
    gap = F("cost_relieved_fen") - F("amount_fen")
    mirror = LedgerEvent.objects.filter(reverses=OuterRef("pk"), recorded_at__lte=moment.known_at)
    return LedgerEvent.objects.filter(value_date__lte=moment.as_of, recorded_at__lte=moment.known_at).annotate(
        loss_fen=Case(
            When(kind=EventKind.REVERSAL, effect__in=sorted(EXIT_KINDS), then=Least(Value(0), gap)),
            When(effect__in=sorted(EXIT_KINDS), then=Greatest(Value(0), gap)),
            default=Value(0),
        ),
        is_taken_back=Exists(mirror),
    )


def sums(events: QuerySet[LedgerEvent]) -> dict[str, int]:
    """Amounts, cost relieved and losses of ``events`` (from :func:`counted`), summed in fen by one statement."""
    found = events.aggregate(
        amount_fen=Sum("amount_fen"), cost_relieved_fen=Sum("cost_relieved_fen"), loss_sum=Sum("loss_fen")
    )
    return {
        "amount_fen": found["amount_fen"] or 0,
        "cost_relieved_fen": found["cost_relieved_fen"] or 0,
        "loss_fen": found["loss_sum"] or 0,
    }
