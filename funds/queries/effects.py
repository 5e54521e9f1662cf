"""What an entry does to the figures: the position of a fund and of one holding, read before and after."""

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.db.models import F, Q, Sum
from django.utils import timezone

from funds.choices.ledger import INVESTING_KINDS, EventKind
from funds.models import Fund, LedgerEvent
from funds.queries.answers import Answer
from funds.queries.books import cash_by_day
from funds.queries.grants import AwardLine, award_line
from funds.queries.sums import Moment
from funds.queries.tolerance import Target, evaluate
from funds.rules.figures import Money


@dataclass(frozen=True, slots=True)
class Position:
    """A fund, and one holding of it, as of today and as known now. Money in fen; None where there is no holding.

    ``lowest``: the day with the least cash and how much there was. ``answer`` is the tolerance test nearest to its
    cap, None for grant money, which has no loss rate.
    """

    cash: int
    lowest: tuple[date, int] | None
    paid_in: Money
    distributions: Money
    remaining: Money | None
    fair_value: Money | None
    impairment: Money | None
    realised_loss: Money
    rate: Fraction | None
    answer: Answer | None
    award: AwardLine | None = None


def position_of(fund: Fund, investment_id: int | None = None, award_id: int | None = None) -> Position:
    """The position of ``fund`` now, in at most eight statements."""
    now = timezone.now()
    view = evaluate(Target.of_fund(fund), timezone.localdate(now), now)
    books, line = view.books[fund.pk], cash_by_day(fund.pk)
    held = next((h for h in books.holdings if h.id == investment_id), None)
    nothing: Money | None = 0 if investment_id else None
    return Position(
        cash=line[-1][1] if line else 0,
        lowest=min(line, key=lambda point: point[1]) if line else None,
        paid_in=books.fund.paid_in,
        distributions=books.fund.distributions,
        remaining=held.remaining if held else nothing,
        fair_value=held.fair_value if held else nothing,
        impairment=held.impairment if held else nothing,
        realised_loss=sum(h.realised_loss for h in books.holdings),
        rate=view.main.rate.rate,
        answer=view.main,
        award=award_line(award_id, Moment(timezone.localdate(now), now)) if award_id else None,
    )


def remaining_on(investment_id: int, day: date) -> int:
    """The remaining cost of a holding at the end of a day, as known now, in fen."""
    adds = Q(effect__in=[*INVESTING_KINDS, EventKind.FX])
    rows = LedgerEvent.objects.filter(investment=investment_id, value_date__lte=day)
    sums = rows.aggregate(added=Sum("amount_fen", filter=adds), relieved=Sum(F("cost_relieved_fen")))
    return (sums["added"] or 0) - (sums["relieved"] or 0)
