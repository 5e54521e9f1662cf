"""What the lines of an export template show of a fund: each named figure for quarter, year and whole life."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from fractions import Fraction

from django.db.models import Q, Sum

from funds.choices.exports import ExportFigure as F
from funds.choices.records import LineSource, NoticeState
from funds.models import CallLine, DistributionLine, Fund
from funds.queries.holdings import Books, books_of
from funds.queries.performance import Cut, Line, performance
from funds.queries.period_sums import PeriodSums, period_sums, usual_periods
from funds.queries.progress import progress_of_funds
from funds.queries.sums import Moment
from funds.rules.figures import Money

Reader = Callable[["PeriodFacts"], Money]


@dataclass(frozen=True, slots=True)
class PeriodFacts:
    """What one period is told from; fen. ``opening`` None for the period since inception: nothing was before it."""

    sums: PeriodSums
    opening: Books | None
    closing: Books
    committed: int
    recalled_before: int
    notices: Mapping[str, int]

    @property
    def nav_before(self) -> Money:
        return self.opening.fund.nav(self.opening.holdings) if self.opening else 0

    @property
    def nav(self) -> Money:
        return self.closing.fund.nav(self.closing.holdings)

    @property
    def unfunded_before(self) -> Money:
        called = self.opening.fund.paid_in if self.opening else 0
        return max(0, self.committed - called + self.recalled_before)

    @property
    def unfunded(self) -> Money:
        recalled = self.recalled_before + self.notices["recalled"]
        return max(0, self.committed - self.closing.fund.paid_in + recalled)

    @property
    def unrealised(self) -> Money:
        """What is left of the change in net asset value when everything else is taken out: exact by construction."""
        sums = self.sums
        other = sums.called - sums.distributed - sums.management_fee - sums.expenses
        income = sums.own_income + sums.holding_income + sums.realised
        return self.nav - self.nav_before - other - income


READERS: Mapping[str, Reader] = {
    F.NAV_OPENING: lambda one: one.nav_before,
    F.NAV_CLOSING: lambda one: one.nav,
    F.VALUE_CLOSING: lambda one: sum(holding.fair_value for holding in one.closing.holdings),
    F.CONTRIBUTIONS: lambda one: one.sums.called,
    F.DISTRIBUTIONS: lambda one: one.sums.distributed,
    F.RECALLABLE: lambda one: one.notices["recallable"],
    F.INVESTMENTS: lambda one: one.sums.invested,
    F.PROCEEDS: lambda one: one.sums.proceeds,
    F.MANAGEMENT_FEE: lambda one: one.sums.management_fee,
    F.EXPENSES: lambda one: one.sums.expenses,
    F.HOLDING_INCOME: lambda one: one.sums.holding_income,
    F.OWN_INCOME: lambda one: one.sums.own_income,
    F.REALISED: lambda one: one.sums.realised,
    F.UNREALISED: lambda one: one.unrealised,
    F.COMMITTED: lambda one: one.committed,
    F.UNFUNDED_OPENING: lambda one: one.unfunded_before,
    F.UNFUNDED: lambda one: one.unfunded,
    F.MADE_RECALLABLE: lambda one: one.notices["recallable"],
    F.CALLS_INVESTMENTS: lambda one: one.notices["stated"] - one.notices["fees"] - one.notices["expenses"],
    F.CALLS_FEES: lambda one: one.notices["fees"],
    F.CALLS_EXPENSES: lambda one: one.notices["expenses"],
    F.CALLS_UNITEMISED: lambda one: one.notices["called"] - one.notices["stated"],
    F.CARRY_PAID: lambda one: one.notices["carry"],
}
"""Money figures of a period. Rates and ratios speak of the whole life alone."""
RATIOS = {F.TVPI: "tvpi", F.DPI: "dpi", F.RVPI: "rvpi", F.PIC: "pic"}


@dataclass(frozen=True)
class Exported:
    """One fund at a moment: money by period, and the line of its rates (None for a grant ledger)."""

    fund: Fund
    moment: Moment
    periods: Mapping[str, PeriodFacts]
    line: Line | None

    def money(self, figure: str, period: str) -> Money | None:
        """An amount in fen; None for rates and ratios."""
        reader = READERS.get(figure)
        return reader(self.periods[period]) if reader else None

    def ratio(self, figure: str) -> Fraction | None:
        """A multiple since inception; None while nothing was paid in."""
        if self.line is None:
            return None
        if figure == F.GROSS_MULTIPLE:
            return self.line.gross_multiples.tvpi
        ratios = self.line.multiples
        return getattr(ratios, RATIOS[F(figure)]) if ratios else None


def exported(fund: Fund, moment: Moment) -> Exported:
    """The figures of a fund for quarter and year of the as-of day, up to that day; constant statements."""
    starts = usual_periods(moment.as_of)
    sums = period_sums(fund.pk, moment, starts)
    closing = books_of([fund], moment)[fund.pk]
    committed = progress_of_funds([fund], moment)[0].committed
    periods = {}
    for name, since in starts.items():
        before = Moment(since - timedelta(days=1), moment.known_at) if since else None
        opening = books_of([fund], before)[fund.pk] if before else None
        notices = _notices(fund, moment, since)
        earlier = _notices(fund, before, None)["recalled"] if before else 0
        periods[name] = PeriodFacts(sums[name], opening, closing, committed, earlier, notices)
    lines = performance(moment, funds=[fund], curve=False).of(Cut.FUND) if fund.fund_class != "GRANT" else ()
    return Exported(fund, moment, periods, next(iter(lines), None))


def _notices(fund: Fund, moment: Moment, since: date | None) -> dict[str, int]:
    """What standing notices due in a period say, in fen. Two statements."""
    due = Q(
        notice__fund=fund, notice__due_on__lte=moment.as_of, notice__issued_at__lte=moment.known_at
    ) & ~Q(notice__state=NoticeState.CANCELLED)  # fmt: skip
    if since is not None:
        due &= Q(notice__due_on__gte=since)
    stated = Q(fees_fen__gt=0) | Q(expenses_fen__gt=0)
    calls = CallLine.objects.filter(due).aggregate(
        called=Sum("amount_fen", default=0), fees=Sum("fees_fen", default=0), expenses=Sum("expenses_fen", default=0),
        recalled=Sum("recallable_fen", default=0), stated=Sum("amount_fen", filter=stated, default=0),
    )  # fmt: skip
    given = DistributionLine.objects.filter(due).aggregate(
        recallable=Sum("recallable_fen", default=0),
        carry=Sum("amount_fen", filter=Q(source=LineSource.CARRY), default=0),
    )
    return {**calls, **given}
