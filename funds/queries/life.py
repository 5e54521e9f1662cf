"""The periods of funds' lives and what may still be called, by what is dated, at a moment."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Max, Q, Sum

from funds.choices.records import NoticeState, Phase
from funds.models import Distribution, Fund, FundTerm
from funds.queries.sums import Moment


@dataclass(frozen=True, slots=True)
class Life:
    """The last days of the investment period and of the whole life; None where nothing says when."""

    investing_until: date | None
    until: date | None


def lives_at(funds: Collection[Fund], moment: Moment) -> dict[int, Life]:
    """Each fund's life by its periods known at the moment (extensions included), else by the days typed with it."""
    rows = FundTerm.objects.known(moment.known_at).filter(fund__in=[fund.pk for fund in funds]).order_by()
    ends = {
        fund_id: Life(investing, until)
        for fund_id, investing, until in rows.values("fund_id")
        .annotate(investing=Max("valid_to", filter=Q(phase=Phase.INVESTMENT)), until=Max("valid_to"))
        .values_list("fund_id", "investing", "until")
    }
    found = {}
    for fund in funds:
        own = ends.get(fund.pk)
        found[fund.pk] = Life(own.investing_until or fund.investment_ends_on, own.until) if own else Life(
            fund.investment_ends_on, fund.ends_on)  # fmt: skip
    return found


def recallable_at(fund_ids: Collection[int], moment: Moment) -> dict[int, int]:
    """What standing distributions due by the moment let each fund call again, in fen; called back or not."""
    rows = Distribution.objects.filter(
        fund__in=fund_ids, due_on__lte=moment.as_of, issued_at__lte=moment.known_at, recallable_fen__gt=0
    ).exclude(state=NoticeState.CANCELLED)
    found: dict[int, int] = defaultdict(int)
    for fund_id, fen in rows.order_by().values_list("fund_id").annotate(fen=Sum("recallable_fen")):
        found[fund_id] = fen
    return found
