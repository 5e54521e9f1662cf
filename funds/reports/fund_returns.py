"""The performance of one fund, for the page and for the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from django.urls import reverse
from django.utils.translation import gettext as _

from funds.queries.bridge import Step
from funds.queries.fund_performance import FundPerformance
from funds.queries.performance import Line
from funds.queries.rate_rows import Side
from funds.reports.portfolio_returns import gross_curve, index_notes, index_sources, j_curve, line_figures, method_notes
from funds.reports.rates import line_name, rate_status, rate_value, rows_link, times_value
from funds.reports.results import at_moment, percent_or_unknown
from funds.reports.words import stage_label
from funds.rules.multiples import Multiples
from funds.rules.returns.pacing import PacingYear
from innovation.core import charts
from innovation.core.figures import number_text, percent_text
from innovation.core.money import Unit
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Chart,
    Column,
    Count,
    Day,
    Figure,
    Money,
    Percent,
    Row,
    Section,
    Source,
    Table,
    Text,
    Unknown,
)

MONEY, PERCENT, TIMES = ColumnKind.MONEY, ColumnKind.PERCENT, ColumnKind.TIMES
TOP = (1, 3, 5, 10)
MOST_BARS = 12


@dataclass(frozen=True)
class FundReturns:
    """Every part is made once, for page and files alike."""

    found: FundPerformance

    @property
    def sentence(self) -> str:
        """The result in one sentence."""
        line = self.found.line
        ratios = line.multiples
        if ratios is None or ratios.tvpi is None or line.net is None:
            return _("Nothing was paid in by this day, so there is no performance yet.")
        rate = rate_value(line.net)
        facts = {"tvpi": number_text(ratios.tvpi, 2), "dpi": number_text(ratios.dpi, 2)}
        if not isinstance(rate, Percent):
            return _("value and distributions %(tvpi)s × paid-in, %(dpi)s × distributed; no single rate") % facts
        facts["rate"] = percent_text(rate.value)
        if line.net.under_one_year:
            return _("return of the period %(rate)s, value and distributions %(tvpi)s × paid-in") % facts
        return (
            _("%(rate)s a year after fees, value and distributions %(tvpi)s × paid-in, %(dpi)s × distributed") % facts
        )

    def headline(self) -> Section:
        return Section(_("Figures"), figures=line_figures(self.found.line, self.found.moment))

    def curve(self) -> Section | None:
        """Net after fees and carry, then gross of the investments alone."""
        drawn = (j_curve(self.found.quarters), gross_curve(self.found.quarters))
        found = tuple(chart for chart in drawn if chart is not None)
        return Section(_("J-curve"), charts=found, notes=(self._basis,)) if found else None

    @property
    def _basis(self) -> str:
        """Before or after what the values of the curve and of the bridge are."""
        if self.found.bridge.before_carry is None:
            return _("Net values are after fees. This fund shares no profit with its manager, so there is no carry.")
        return _("Net values are after fees and after the carry that was paid and accrued by the waterfall.")

    def bridge(self) -> Section:
        """How the value came from one day to the other, first by what moved it, then by holding."""
        found = self.found.bridge
        labels = step_labels()
        rows = [Row((Text(_("Net asset value on %(day)s") % {"day": found.since}), Money(found.opening)))]
        rows += [Row((Text(labels[step]), Money(amount))) for step, amount in found.steps if amount]
        closing = Row((Text(_("Net asset value on %(day)s") % {"day": found.until}), Money(found.closing)))
        figures: tuple[Figure, ...] = ()
        if found.before_carry is not None:
            before = _("Net asset value before carry on %(day)s")
            figures = tuple(
                Figure(before % {"day": day}, Money(fen))
                for day, fen in zip((found.since, found.until), found.before_carry, strict=True)
            )
        table = Table(
            _("From one value to the other"),
            (Column(_("Step")), Column(_("Amount"), MONEY)),
            tuple(rows),
            total=closing,
            note=_("The steps sum to the change, to the fen. Both days as known at the same moment."),
        )
        return Section(
            _("Realised and unrealised"), figures=figures, tables=(table, self._bridge_by_holding()),
            notes=(self._basis,),
        )  # fmt: skip

    def _bridge_by_holding(self) -> Table:
        found = self.found.bridge
        names = {holding.investment.pk: holding.investment for holding in self.found.holdings}
        parts = sorted(found.holdings, key=lambda part: -abs(part.realised + part.unrealised + part.income))
        rows = tuple(
            Row(
                (
                    Text(names[part.holding].company.name), Money(part.opening), Money(part.invested),
                    Money(-part.proceeds), Money(part.realised), Money(part.unrealised), Money(part.exchange),
                    Money(part.closing), Money(part.income),
                ),
                self._holding_link(part.holding),
            )
            for part in parts
        )  # fmt: skip
        return Table(
            _("The same by holding"),
            (
                Column(_("Company")), Column(_("Fair value before"), MONEY), Column(_("Invested"), MONEY),
                Column(_("Proceeds"), MONEY), Column(_("Realised result"), MONEY),
                Column(_("Unrealised change"), MONEY), Column(_("Exchange"), MONEY), Column(_("Fair value"), MONEY),
                Column(_("Income beside it"), MONEY),
            ),
            rows,
            note=_("Each line sums from the fair value before to the fair value; income is beside it."),
            empty=_("No holding moved between the two days."),
        )  # fmt: skip

    def concentration(self) -> Section:
        """How much of the value lies in few holdings, and where."""
        found = self.found
        no_value = _("No holding has a fair value on this day.")
        figures = tuple(
            Figure(
                _("Largest holding") if count == 1 else _("%(count)s largest holdings") % {"count": count},
                percent_or_unknown(found.top_share(count), no_value),
                "#holdings",
                note=_("of the fair value"),
            )
            for count in TOP
        )
        bars = tuple(
            (holding.investment.company.name, holding.share) for holding in found.holdings[:MOST_BARS] if holding.share
        )
        charts_ = ()
        if bars:
            title = _("The largest holding is %(share)s of the fair value") % {"share": percent_text(bars[0][1])}
            table = Table(
                title,
                (Column(_("Company")), Column(_("Share of the fair value"), PERCENT)),
                tuple(Row((Text(name), Percent(share))) for name, share in bars),
            )
            charts_ = (Chart(charts.BarChart(title, bars), table),)
        tables = (self._cut(_("By stage"), found.stages), self._cut(_("By industry"), found.industries))
        return Section(_("Concentration"), figures=figures, charts=charts_, tables=tables)

    def _cut(self, title: str, lines) -> Table:
        total = self.found.line.fair_value
        rows = tuple(
            Row(
                (
                    Text(line_name(line)), Money(line.invested), Money(line.proceeds), Money(line.fair_value),
                    percent_or_unknown(Fraction(line.fair_value, total) if total else None, _("Nothing is held.")),
                    rate_value(line.gross), times_value(line.gross_multiples.tvpi),
                )
            )
            for line in lines
        )  # fmt: skip
        return Table(
            title,
            (
                Column(_("Cut")), Column(_("Invested"), MONEY), Column(_("Proceeds"), MONEY),
                Column(_("Fair value"), MONEY), Column(_("Share of the fair value"), PERCENT),
                Column(_("Gross IRR"), PERCENT), Column(_("Gross multiple"), TIMES),
            ),
            rows,
            empty=_("Nothing was invested by this day."),
        )  # fmt: skip

    def holdings(self) -> Section:
        """Every holding with its own gross figures; the largest first."""
        moment = self.found.moment
        rows = tuple(
            Row(
                (
                    Text(f"{holding.investment.company.name} ({holding.investment.code})"),
                    Text(stage_label(holding.investment.stage)),
                    rate_value(holding.line.gross), Text(rate_status(holding.line.gross).label),
                    times_value(holding.line.gross_multiples.tvpi), Money(holding.line.invested),
                    Money(holding.line.proceeds), Money(holding.line.fair_value),
                    percent_or_unknown(holding.share, _("Nothing is held.")),
                ),
                rows_link(holding.line, Side.GROSS, moment),
            )
            for holding in self.found.holdings
        )  # fmt: skip
        table = Table(
            _("Holdings"),
            (
                Column(_("Company")), Column(_("Stage")), Column(_("Gross IRR"), PERCENT),
                Column(_("Status of the gross IRR")), Column(_("Gross multiple"), TIMES),
                Column(_("Invested"), MONEY), Column(_("Proceeds"), MONEY), Column(_("Fair value"), MONEY),
                Column(_("Share of the fair value"), PERCENT),
            ),
            rows,
            empty=_("Nothing was invested by this day."),
        )  # fmt: skip
        return Section(_("Holdings"), tables=(table,))

    def pacing(self) -> Section | None:
        """What a model expects of the money that is not called; None where no model is recorded."""
        found = self.found.projection
        if found is None:
            return None
        figures = (
            Figure(
                _("Not yet called"),
                Money(self.found.uncalled),
                note=_("commitment and recallable distributions, less paid-in"),
            ),
            Figure(_("Expected in the next year"), Money(round(found.years[0].call)), note=_("calls")),
            Figure(_("Expected back in the next year"), Money(round(found.years[0].distribution))),
        )
        note = _("%(model)s (%(variant)s): a model, not a promise. Its parameters: %(source)s.") % {
            "model": found.model,
            "variant": found.model.get_timing_display(),
            "source": found.model.source,
        }
        return Section(_("Pacing"), figures=figures, charts=(self._expected(found.years),), notes=(note,))

    def _expected(self, expected: Sequence[PacingYear]) -> Chart:
        """The years that the model expects, drawn and as a table."""
        today = self.found.moment.as_of
        years = [(after(today, number + 1), year) for number, year in enumerate(expected)]
        rows = tuple(
            Row(
                (
                    Day(day), Count(year.year), Money(round(year.call)), Money(round(year.distribution)),
                    Money(round(year.nav)), Money(round(year.paid_in)),
                )
            )
            for day, year in years
        )  # fmt: skip
        table = Table(
            _("Projection by year"),
            (
                Column(_("Year to"), ColumnKind.DAY), Column(_("Year of life"), ColumnKind.COUNT),
                Column(_("Calls"), MONEY), Column(_("Distributions"), MONEY), Column(_("Net asset value"), MONEY),
                Column(_("Paid-in so far"), MONEY),
            ),
            rows,
        )  # fmt: skip
        drawing = charts.StepChart(
            _("What the model expects: value, calls and distributions a year"),
            (
                charts.Series(
                    _("Net asset value"),
                    ((today, self.found.line.nav or 0), *((day, round(year.nav)) for day, year in years)),
                ),
                charts.Series(_("Distributions"), tuple((day, round(year.distribution)) for day, year in years)),
                charts.Series(_("Calls"), tuple((day, round(year.call)) for day, year in years)),
            ),
            measure=charts.Measure.MONEY,
            unit=Unit.WAN.value,
        )
        return Chart(drawing, table)

    def made(self) -> Section:
        """Each figure with its formula, its amounts, and the way to its rows."""
        line, ratios = self.found.line, self.found.line.multiples
        if ratios is None:
            return Section(_("How the figures are made"), notes=method_notes())
        rows = (*self._amounts_made(line), *self._ratios_made(line, ratios))
        table = Table(
            _("Formulas"),
            (Column(_("Figure")), Column(_("Formula")), Column(_("Value"), MONEY)),
            rows,
            note=_("Each line opens the rows it is made of."),
        )
        return Section(
            _("How the figures are made"), tables=(table,), notes=(*method_notes(), *index_notes(self.found.index))
        )

    def _amounts_made(self, line: Line) -> tuple[Row, ...]:
        ledger = self._ledger_link
        return (
            Row((Text(_("Paid-in")), Text(_("Σ calls")), Money(line.paid_in)), ledger("paid_in")),
            Row(
                (Text(_("Distributions")), Text(_("Σ distributions")), Money(line.distributions)),
                ledger("distributions"),
            ),
            Row(
                (Text(_("Invested")), Text(_("Σ investments and follow-ons, in cash")), Money(line.invested)),
                ledger("cost"),
            ),
            Row(
                (Text(_("Proceeds")), Text(_("Σ proceeds of exits and recoveries + income")), Money(line.proceeds)),
                ledger("proceeds"),
            ),
            Row((Text(_("Fair value")), Text(_("Σ fair value of holdings")), Money(line.fair_value)), "#holdings"),
            Row(
                (Text(_("Accrued carry")), Text(_("the manager's share of profit in it, by the waterfall")),
                 Money(line.accrued_carry)),
                reverse("funds:terms", args=[self.found.fund.pk]) + "#sold",
            ),
            Row(
                (Text(_("Net asset value")), Text(_("cash + fair value of holdings − accrued carry")), Money(line.nav)),
                ledger(""),
            ),
        )  # fmt: skip

    def _ratios_made(self, line: Line, ratios: Multiples) -> tuple[Row, ...]:
        nothing = Unknown(_("No rows of their own."))
        return (
            Row((Text(_("PIC")), Text(_("paid-in ÷ commitment")), times_value(ratios.pic))),
            Row((Text(_("DPI")), Text(_("distributions ÷ paid-in")), times_value(ratios.dpi))),
            Row((Text(_("RVPI")), Text(_("net asset value ÷ paid-in")), times_value(ratios.rvpi))),
            Row((Text(_("TVPI")), Text(_("DPI + RVPI")), times_value(ratios.tvpi))),
            Row(
                (Text(_("Net IRR")), Text(_("Σ flow × (1 + r) ^ −(days / 365) = 0 (ACT/365F)")),
                 rate_value(line.net) if line.net else nothing),
                rows_link(line, Side.NET, self.found.moment),
            ),
            Row(
                (Text(_("Gross IRR")), Text(_("the same over the flows of the investments")), rate_value(line.gross)),
                rows_link(line, Side.GROSS, self.found.moment),
            ),
        )  # fmt: skip

    def sections(self) -> tuple[Section, ...]:
        """All parts in the order of the report."""
        parts = (
            self.headline(), self.curve(), self.bridge(), self.concentration(), self.holdings(), self.pacing(),
            self.made(),
        )  # fmt: skip
        return tuple(part for part in parts if part is not None)

    def sources(self) -> tuple[Source, ...]:
        return index_sources(self.found.index)

    def _ledger_link(self, figure: str) -> str:
        asked = {"figure": figure} if figure else {}
        return at_moment(reverse("funds:ledger", args=[self.found.fund.pk]), self.found.moment, **asked)

    def _holding_link(self, pk: int) -> str:
        return at_moment(reverse("funds:holding", args=[pk]), self.found.moment)


def step_labels() -> dict[Step, str]:
    """What the steps of a bridge are called."""
    return {
        Step.CALLS: _("Calls paid in"),
        Step.DISTRIBUTIONS: _("Distributions paid out"),
        Step.CARRY_PAID: _("Carry paid to the manager"),
        Step.FEES: _("Fees and expenses"),
        Step.OWN_INCOME: _("The fund's own income"),
        Step.REALISED_GAINS: _("Realised gains"),
        Step.REALISED_LOSSES: _("Realised losses"),
        Step.HOLDING_INCOME: _("Dividends and interest of holdings"),
        Step.EXCHANGE: _("Exchange restatements"),
        Step.UNREALISED_UP: _("Unrealised value gained"),
        Step.UNREALISED_DOWN: _("Unrealised value lost or realised"),
        Step.CARRY_ACCRUED: _("Change of the carry accrued to the manager"),
    }


def after(day: date, years: int) -> date:
    """The same day ``years`` later; 29 February becomes 28 February."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return date(day.year + years, day.month, last)
