"""One fund: its figures with the rows behind them, J-curve, bridge, holdings, concentration and projection."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from django.db.models import Q

from funds.models import Fund, IndexSeries, Investment, PacingModel
from funds.queries.accounts import Accounts, first_day, quarter_ends
from funds.queries.bridge import Bridge, after_carry, bridge
from funds.queries.columns import load_columns
from funds.queries.life import Life, lives_at, recallable_at
from funds.queries.market import load_levels
from funds.queries.performance import Cut, Line, Quarter, fund_lines, gross_lines, quarters_of
from funds.queries.returns import FlowRow, rows_behind
from funds.queries.sums import Moment
from funds.rules.returns.pacing import PacingTerms, PacingYear, project
from innovation.organisations.models import Industry

DIVISION = 3
"""Signs of an industry code that name its division (GB/T 4754)."""


@dataclass(frozen=True)
class HoldingLine:
    """A holding with its gross figures; ``share`` of the fair value of all holdings, None while that is zero."""

    investment: Investment
    line: Line
    share: Fraction | None


@dataclass(frozen=True)
class Projection:
    """What a pacing model expects of the fund from the as-of day on, in fen (floats: a model)."""

    model: PacingModel
    age: int
    years: tuple[PacingYear, ...]


@dataclass(frozen=True)
class FundPerformance:
    """One fund at one moment. ``holdings`` by fair value, the largest first; ``models`` are those to choose from.

    ``net_rows`` and ``gross_rows`` are the rows that the two rates are made of.
    """

    fund: Fund
    moment: Moment
    line: Line
    quarters: tuple[Quarter, ...]
    bridge: Bridge
    holdings: tuple[HoldingLine, ...]
    stages: tuple[Line, ...]
    industries: tuple[Line, ...]
    net_rows: tuple[FlowRow, ...]
    gross_rows: tuple[FlowRow, ...]
    models: tuple[PacingModel, ...]
    projection: Projection | None
    index: IndexSeries | None
    recallable: int = 0

    def top_share(self, count: int) -> Fraction | None:
        """Share of the ``count`` largest holdings in the fair value; None while that is zero."""
        total = self.line.fair_value
        return Fraction(sum(h.line.fair_value for h in self.holdings[:count]), total) if total else None

    @property
    def uncalled(self) -> int:
        """What may still be called, in fen: the commitment and recallable distributions, less all that was called."""
        return max(0, (self.line.committed or 0) + self.recallable - (self.line.paid_in or 0))


def fund_performance(
    fund: Fund,
    moment: Moment,
    *,
    since: date | None = None,
    index: IndexSeries | None = None,
    model: int | None = None,
) -> FundPerformance:
    """Everything about the performance of ``fund``; ``since`` begins the bridge, by default the last year end.

    ``model``: id of the pacing model, by default the first that fits. At most fourteen statements.
    """
    columns = load_columns([fund], moment.as_of, moment.known_at)
    begin = since or date(moment.as_of.year - 1, 12, 31)
    quarters = quarter_ends(first_day(columns), moment.as_of)
    dates = sorted({*quarters, min(begin, moment.as_of)})
    # Each holding is a cell of its own, so that one walk gives the values of all at every date.
    single = replace(columns, stages=tuple(str(pk) for pk in columns.holdings.tolist()))
    accounts = Accounts(single, [fund], moment, dates)
    cells = [int(stage) for _fund, stage, _mode in accounts.curves.cells]
    value = {pk: fair[-1] for pk, fair in zip(cells, accounts.fair_values.tolist(), strict=True)}
    (line,) = fund_lines(
        accounts, Cut.FUND, [(fund.pk, fund.name, [fund])], load_levels(index, moment) if index else None
    )
    names = Investment.objects.filter(fund=fund).select_related("company").in_bulk()
    pks = columns.holdings.tolist()
    by_holding = gross_lines(accounts, Cut.HOLDING, pks, value)
    divisions = {pk: (names[pk].company.industry_id or "")[:DIVISION] for pk in pks}
    models = fitting_models(fund, moment)
    chosen = next((row for row in models if row.pk == model), models[0] if models else None)
    recallable = recallable_at([fund.pk], moment)[fund.pk]
    curve = [quarter for quarter in quarters_of(accounts) if quarter.day in set(quarters)]
    life = lives_at([fund], moment)[fund.pk]
    return FundPerformance(
        fund=fund,
        moment=moment,
        line=line,
        quarters=tuple(curve),
        bridge=_bridge(accounts, cells, begin),
        holdings=tuple(_holdings(by_holding, names, line.fair_value)),
        stages=tuple(_summed(accounts, Cut.STAGE, columns.stages, pks, value)),
        industries=tuple(_named(_summed(accounts, Cut.INDUSTRY, [divisions[pk] for pk in pks], pks, value))),
        net_rows=tuple(rows_behind(accounts.investors, fund.pk, line.nav or 0, moment.as_of)),
        gross_rows=tuple(rows_behind(accounts.gross, fund.pk, line.fair_value, moment.as_of)),
        models=tuple(models),
        projection=_projection(line, moment, chosen, recallable, life),
        index=index,
        recallable=recallable,
    )


def _bridge(accounts: Accounts, cells: Sequence[int], begin: date) -> Bridge:
    """From ``begin``, at the latest the as-of day, to the as-of day; after carry where the fund shares profit."""
    first, last = accounts.dates.index(min(begin, accounts.moment.as_of)), len(accounts.dates) - 1
    moved = bridge(accounts, cells, first, last)
    carried = accounts.carried.get(accounts.funds[0].pk)
    return after_carry(moved, carried[first], carried[last]) if carried else moved


def _holdings(lines: Sequence[Line], names: Mapping[int, Investment], total: int) -> list[HoldingLine]:
    found = [
        HoldingLine(names[int(line.key)], line, Fraction(line.fair_value, total) if total else None) for line in lines
    ]
    return sorted(found, key=lambda holding: (-holding.line.fair_value, holding.investment.code))


def _summed(
    accounts: Accounts, cut: Cut, keys: Sequence[str], holdings: Sequence[int], value: Mapping[int, int]
) -> list[Line]:
    """Lines by a property of holdings, the largest fair value first."""
    sums: dict[int | str, int] = defaultdict(int)
    for key, pk in zip(keys, holdings, strict=True):
        sums[key] += value[pk]
    return sorted(gross_lines(accounts, cut, keys, sums), key=lambda line: -line.fair_value)


def _named(lines: Sequence[Line]) -> list[Line]:
    """Lines by division of industry with its name: one statement."""
    names = {row.pk: row.name for row in Industry.objects.filter(pk__in=[line.key for line in lines if line.key])}
    return [replace(line, name=names.get(line.key, "")) for line in lines]


def fitting_models(fund: Fund, moment: Moment) -> list[PacingModel]:
    """The newest version known at the moment of each model for the fund's class or for every class."""
    return fitting(models_at(moment), fund)


def models_at(moment: Moment) -> list[PacingModel]:
    """The newest version of every model known at the moment: one statement."""
    # Models that came with the product were published long before: they are known at every moment.
    known = PacingModel.objects.filter(Q(recorded_at__lte=moment.known_at) | Q(recorded_by=None))
    return list(known.order_by("code", "-version").distinct("code"))


def fitting(models: Sequence[PacingModel], fund: Fund) -> list[PacingModel]:
    """Those for the fund's class or for every class; models made for the class come first."""
    chosen = [row for row in models if row.fund_class in {"", fund.fund_class}]
    return sorted(chosen, key=lambda row: (row.fund_class == "", row.code))


def _projection(
    line: Line, moment: Moment, model: PacingModel | None, recallable: int, life: Life
) -> Projection | None:
    """The model over the fund's own life: nothing is called after its investment period, all is back at its end.

    None before the first drawdown of a fund without a start in the past, and where no model is recorded."""
    if model is None or line.committed is None:
        return None
    age = full_years(line.first_call, moment.as_of) if line.first_call else 0
    years = project(
        within_life(model.terms, line.first_call or moment.as_of, life),
        commitment=float(line.committed + recallable),
        paid_in=float(line.paid_in or 0),
        nav=float(max(0, line.nav or 0)),
        age=age,
    )
    return Projection(model, age, years)


def within_life(terms: PacingTerms, start: date, life: Life) -> PacingTerms:
    """The model with the fund's own periods in years of life from ``start``, begun years counted; else its own."""
    rates = terms.call_rates
    if life.investing_until is not None and life.investing_until >= start:
        calling = full_years(start, life.investing_until) + 1
        rates = (*(terms.call_rate(year) for year in range(1, calling + 1)), 0.0)
    years = full_years(start, life.until) + 1 if life.until is not None and life.until >= start else terms.life
    return replace(terms, call_rates=rates, life=years)


def full_years(start: date, day: date) -> int:
    """Whole years from ``start`` to ``day``."""
    return day.year - start.year - ((day.month, day.day) < (start.month, start.day))
