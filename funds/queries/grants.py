"""Awards at a moment: what was granted, paid, returned; by recipient and year."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django.db.models import Q, QuerySet, Sum
from django.db.models.functions import ExtractYear

from funds.choices.ledger import GRANT_KINDS, EventKind
from funds.choices.records import FundKind
from funds.models import Fund, GrantAward
from funds.queries.events import counted
from funds.queries.sums import Moment


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One award with its money in fen; ``left`` is what may still be paid."""

    award: GrantAward
    paid: int
    returned: int

    @property
    def left(self) -> int:
        return self.award.committed_fen - self.paid + self.returned


@dataclass(frozen=True, slots=True)
class GrantTotals:
    """Sums over awards in fen."""

    awards: int
    granted: int
    paid: int
    returned: int

    @property
    def left(self) -> int:
        return self.granted - self.paid + self.returned


@dataclass(frozen=True, slots=True)
class RecipientYears:
    """What one recipient got, less what came back, by year of the value date; fen."""

    recipient: str
    by_year: dict[int, int]

    @property
    def total(self) -> int:
        return sum(self.by_year.values())


def awards_at(moment: Moment) -> QuerySet[GrantAward]:
    """Awards with ``paid_fen`` and ``returned_fen`` as they counted at a moment; one statement."""
    counts = Q(events__value_date__lte=moment.as_of, events__recorded_at__lte=moment.known_at)
    return GrantAward.objects.select_related("recipient", "fund").annotate(
        paid_fen=Sum("events__amount_fen", filter=counts & Q(events__effect=EventKind.GRANT), default=0),
        returned_fen=Sum("events__amount_fen", filter=counts & Q(events__effect=EventKind.GRANT_RETURN), default=0),
    )


def award_lines(fund_id: int, moment: Moment) -> list[AwardLine]:
    """Every award of a fund that has begun or was paid by the day, by code."""
    rows = awards_at(moment).filter(fund=fund_id).order_by("code")
    return [_line(row) for row in rows if row.starts_on <= moment.as_of or row.paid_fen]


def award_line(award_id: int, moment: Moment) -> AwardLine:
    """One award; the caller knows that it is there."""
    return _line(awards_at(moment).get(pk=award_id))


def totals_of(lines: Iterable[AwardLine]) -> GrantTotals:
    own = list(lines)
    return GrantTotals(
        len(own), sum(line.award.committed_fen for line in own), sum(line.paid for line in own),
        sum(line.returned for line in own),
    )  # fmt: skip


def grant_funds(moment: Moment, funds: Sequence[Fund] | None = None) -> list[tuple[Fund, GrantTotals]]:
    """Every fund of grant money (or those among ``funds``) with its sums, by code; two statements."""
    chosen = Fund.objects.filter(kind=FundKind.GRANT, starts_on__lte=moment.as_of)
    if funds is not None:
        chosen = chosen.filter(pk__in=[fund.pk for fund in funds])
    own: dict[int, list[AwardLine]] = defaultdict(list)
    for row in awards_at(moment).filter(fund__in=chosen.order_by()):
        own[row.fund_id].append(_line(row))
    return [(fund, totals_of(own[fund.pk])) for fund in chosen.order_by("code")]


def recipient_years(fund_id: int, moment: Moment) -> list[RecipientYears]:
    """Paid less returned by recipient and year of the value date, the largest recipient first; two statements."""
    rows = counted(moment).filter(fund=fund_id, effect__in=sorted(GRANT_KINDS)).order_by()
    sums = rows.values("effect", "award__recipient", year=ExtractYear("value_date")).annotate(total=Sum("amount_fen"))
    awards = GrantAward.objects.filter(fund=fund_id).select_related("recipient")
    names = {award.recipient_id: award.recipient.name for award in awards}
    found: dict[int, RecipientYears] = {}
    for row in sums:
        own = found.setdefault(row["award__recipient"], RecipientYears(names[row["award__recipient"]], {}))
        signed = row["total"] if row["effect"] == EventKind.GRANT else -row["total"]
        own.by_year[row["year"]] = own.by_year.get(row["year"], 0) + signed
    return sorted(found.values(), key=lambda one: (-one.total, one.recipient))


def _line(row: GrantAward) -> AwardLine:
    return AwardLine(row, row.paid_fen, row.returned_fen)  # type: ignore[attr-defined]
