"""The periods of funds' lives and what may still be called, by what is dated, at a moment."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.contrib.postgres.expressions import ArraySubquery
from django.db.models import Sum
from django.db.models.functions import JSONObject

from funds.choices.records import NoticeState, Phase
from funds.models import Distribution, Fund, FundTerm
from funds.queries.sums import Moment


@dataclass(frozen=True, slots=True)
class Life:
    """The last days of the investment period, of the exit period and of the whole life, extensions included.

    None where nothing says when. ``exiting_until`` is ``until`` where no exit period is recorded.
    """

    investing_until: date | None
    exiting_until: date | None
    until: date | None


@dataclass(frozen=True, slots=True)
class Period:
    """A period of a fund's term with the times between which it was the known one."""

    phase: str
    until: date
    recorded_at: datetime
    superseded_at: datetime | None

    def known(self, known_at: datetime) -> bool:
        return self.recorded_at <= known_at and (self.superseded_at is None or self.superseded_at > known_at)


Periods = Mapping[int, tuple[Period, ...]]


def period_rows(fund_ids: Collection[int] | None = None) -> ArraySubquery:
    """The periods of some funds, of all by default, as a subquery that rides on a statement that is asked anyway."""
    rows = FundTerm.objects.order_by("pk")
    if fund_ids is not None:
        rows = rows.filter(fund__in=fund_ids)
    columns = {
        "fund": "fund_id",
        "phase": "phase",
        "until": "valid_to",
        "since": "recorded_at",
        "gone": "superseded_at",
    }
    return ArraySubquery(rows.values(row=JSONObject(**columns)))


def periods_of(rows: Iterable[Mapping[str, Any]] | None) -> Periods:
    """The rows of :func:`period_rows` by fund; None, where no fund was asked about, is no row."""
    found: dict[int, list[Period]] = defaultdict(list)
    for row in rows or ():
        gone = row["gone"] and datetime.fromisoformat(row["gone"])
        until, since = date.fromisoformat(row["until"]), datetime.fromisoformat(row["since"])
        found[row["fund"]].append(Period(row["phase"], until, since, gone))
    return {fund_id: tuple(own) for fund_id, own in found.items()}


def life_of(fund: Fund, periods: Periods, known_at: datetime) -> Life:
    """A fund's life by its periods known at a moment, else by the days typed with it."""
    known = [period for period in periods.get(fund.pk, ()) if period.known(known_at)]
    if not known:
        return Life(fund.investment_ends_on, fund.ends_on, fund.ends_on)

    def last(*phases: str) -> date | None:
        return max((period.until for period in known if period.phase in phases), default=None)

    until = last(*Phase.values)
    return Life(last(Phase.INVESTMENT) or fund.investment_ends_on, last(Phase.EXIT) or until, until)


def lives_at(funds: Collection[Fund], moment: Moment) -> dict[int, Life]:
    """Each fund's life at a moment. One statement."""
    rows = FundTerm.objects.known(moment.known_at).filter(fund__in=[fund.pk for fund in funds]).order_by()
    found: dict[int, list[Period]] = defaultdict(list)
    for fund_id, *own in rows.values_list("fund_id", "phase", "valid_to", "recorded_at", "superseded_at"):
        found[fund_id].append(Period(*own))
    periods = {fund_id: tuple(own) for fund_id, own in found.items()}
    return {fund.pk: life_of(fund, periods, moment.known_at) for fund in funds}


def recallable_at(fund_ids: Collection[int], moment: Moment) -> dict[int, int]:
    """What standing distributions due by the moment let each fund call again, in fen; called back or not."""
    rows = Distribution.objects.filter(
        fund__in=fund_ids, due_on__lte=moment.as_of, issued_at__lte=moment.known_at, recallable_fen__gt=0
    ).exclude(state=NoticeState.CANCELLED)
    found: dict[int, int] = defaultdict(int)
    for fund_id, fen in rows.order_by().values_list("fund_id").annotate(fen=Sum("recallable_fen")):
        found[fund_id] = fen
    return found
