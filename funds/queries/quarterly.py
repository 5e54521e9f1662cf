"""Everything that the quarterly report of one fund tells, at one moment. A constant number of statements."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.db.models import Q, Sum
from django.utils import timezone

from funds.choices.records import FundClass, FundState, NoticeState
from funds.models import (
    Alert,
    CallLine,
    DistributionLine,
    FeeCharge,
    FeeTerm,
    Fund,
    FundLimit,
    FundTerm,
    IndexSeries,
    LedgerEvent,
    Valuation,
    WaterfallTier,
)
from funds.queries.events import counted
from funds.queries.fund_performance import FundPerformance, fund_performance
from funds.queries.landing import ProjectLine, projects_of_fund
from funds.queries.limits import LimitCheck, check_limits
from funds.queries.period_sums import PeriodSums, period_sums, quarter_start, usual_periods
from funds.queries.portfolio import Portfolio, portfolio_of
from funds.queries.progress import FundProgress, progress_of_funds
from funds.queries.questions import Target
from funds.queries.sums import Moment
from funds.queries.tolerance import evaluate

ACTIVE = (FundState.INVESTING, FundState.EXITING, FundState.EXTENDED, FundState.LIQUIDATING)
MOST_ENTRIES = 1_000
"""More entries of one quarter than this are left to the ledger; the report says so."""


@dataclass(frozen=True)
class FundQuarter:
    """One fund from the first day of a quarter to the as-of day; ``performance`` None for grant money.

    ``recallable`` and ``recalled`` are what standing notices made so by then, in fen. ``values``: the value that
    counts of each holding, by its id. ``entries`` holds at most ``MOST_ENTRIES`` of ``entry_count``.
    """

    fund: Fund
    moment: Moment
    first: date
    portfolio: Portfolio
    progress: FundProgress
    periods: Mapping[str, PeriodSums]
    recallable: int
    recalled: int
    performance: FundPerformance | None
    values: Mapping[int, Valuation]
    entries: Sequence[LedgerEvent]
    entry_count: int
    charges: Sequence[FeeCharge]
    phases: Sequence[FundTerm]
    fee_terms: Sequence[FeeTerm]
    tiers: Sequence[WaterfallTier]
    limits: Sequence[LimitCheck]
    alerts: Sequence[Alert]
    projects: Sequence[ProjectLine]

    @property
    def uncalled(self) -> int:
        """What is committed and not yet called as new money, in fen."""
        return max(0, self.progress.committed - self.periods["itd"].called + self.recalled)

    @property
    def label(self) -> str:
        """The quarter as reports name it: ``2026-Q3``."""
        return f"{self.first.year}-Q{(self.first.month + 2) // 3}"


def active_funds(day: date) -> list[Fund]:
    """Funds that live and had begun by a day, by code: those of which a quarterly report is owed."""
    return list(Fund.objects.filter(state__in=ACTIVE, starts_on__lte=day).order_by("code"))


def fund_quarter(fund: Fund, moment: Moment, *, index: IndexSeries | None = None) -> FundQuarter:
    """The quarter of the as-of day up to that day, as known at the moment; ``index`` for the market equivalents."""
    first = quarter_start(moment.as_of)
    view = evaluate(Target.of_fund(fund), moment.as_of, moment.known_at)
    progress = progress_of_funds([fund], moment)[0]
    performance = None
    if fund.fund_class != FundClass.GRANT:
        performance = fund_performance(fund, moment, since=first - timedelta(days=1), index=index)
    own = (
        counted(moment)
        .filter(fund=fund, value_date__gte=first)
        .select_related("investment__company", "award__recipient")
    )
    entries = list(own.order_by("value_date", "seq")[: MOST_ENTRIES + 1])
    count = own.count() if len(entries) > MOST_ENTRIES else len(entries)
    limits = FundLimit.objects.filter(fund=fund).counted(moment.as_of, moment.known_at)
    recallable, recalled = recallables(fund, moment)
    return FundQuarter(
        fund=fund,
        moment=moment,
        first=first,
        portfolio=portfolio_of(view),
        progress=progress,
        periods=period_sums(fund.pk, moment, usual_periods(moment.as_of)),
        recallable=recallable,
        recalled=recalled,
        performance=performance,
        values=values_at(fund, moment),
        entries=entries[:MOST_ENTRIES],
        entry_count=count,
        charges=_charges(fund, moment, first),
        phases=list(FundTerm.objects.filter(fund=fund).known(moment.known_at).order_by("valid_from")),
        fee_terms=list(FeeTerm.objects.filter(fund=fund).known(moment.known_at).order_by("valid_from", "phase")),
        tiers=list(WaterfallTier.objects.filter(fund=fund).counted(moment.as_of, moment.known_at).order_by("position")),
        limits=check_limits(limits.order_by("kind"), view.books[fund.pk], progress.shares),
        alerts=_alerts(fund, moment, first),
        projects=projects_of_fund(fund, moment),
    )


def recallables(fund: Fund, moment: Moment) -> tuple[int, int]:
    """Recallable parts of standing distributions, and what standing calls called back, by a moment. Two statements."""
    standing = Q(
        notice__fund=fund, notice__notice_on__lte=moment.as_of, notice__issued_at__lte=moment.known_at
    ) & ~Q(notice__state=NoticeState.CANCELLED)  # fmt: skip
    sums = [
        model.objects.filter(standing).aggregate(total=Sum("recallable_fen", default=0))["total"]
        for model in (DistributionLine, CallLine)
    ]
    return sums[0], sums[1]


def values_at(fund: Fund, moment: Moment) -> dict[int, Valuation]:
    """The value that counts of each holding at a moment, with its paper where there is one. One statement."""
    rows = (
        Valuation.objects.filter(
            Q(superseded_at=None) | Q(superseded_at__gt=moment.known_at), investment__fund=fund,
            valid_at__lte=moment.as_of, recorded_at__lte=moment.known_at,
        )
        .select_related("paper")
        .order_by("investment_id", "-valid_at", "-recorded_at")
        .distinct("investment_id")
    )  # fmt: skip
    return {row.investment_id: row for row in rows}


def _charges(fund: Fund, moment: Moment, first: date) -> list[FeeCharge]:
    """Computed fees whose entry falls into the quarter and counts."""
    rows = FeeCharge.objects.filter(
        fund=fund, event__value_date__gte=first, event__value_date__lte=moment.as_of,
        event__recorded_at__lte=moment.known_at,
    ).exclude(event__reversed_by__recorded_at__lte=moment.known_at)  # fmt: skip
    return list(rows.select_related("event").order_by("since"))


def _alerts(fund: Fund, moment: Moment, first: date) -> list[Alert]:
    """Alerts that stood at some time of the quarter, as known then."""
    begin = timezone.make_aware(datetime.combine(first, time()))
    rows = Alert.objects.filter(
        Q(closed_at=None) | Q(closed_at__gte=begin), fund=fund, as_of__lte=moment.as_of, opened_at__lte=moment.known_at
    )
    return list(rows.order_by("opened_at", "pk"))
