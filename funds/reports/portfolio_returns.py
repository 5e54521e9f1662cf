"""The performance of all funds and of the cuts over them, for the page and for the report."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from funds.choices.figures import IndexKind
from funds.models import IndexSeries
from funds.queries.performance import Cut, Line, Performance, Quarter
from funds.queries.rate_rows import Side
from funds.queries.sums import Moment
from funds.reports.rates import (
    fund_link,
    line_name,
    pme_value,
    rate_status,
    rate_value,
    rows_link,
    times_value,
    vintage_words,
)
from innovation.core import charts
from innovation.core.figures import number_text, percent_text
from innovation.core.money import Unit
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Chart,
    Column,
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


@dataclass(frozen=True)
class PortfolioReturns:
    """Every part is made once, for page and files alike."""

    found: Performance

    @property
    def sentence(self) -> str:
        """The result of the whole in one sentence."""
        total = self.found.total
        ratios = total.multiples
        if ratios is None or ratios.tvpi is None or total.net is None:
            return _("Nothing was paid in by this day, so there is no performance yet.")
        rate = rate_value(total.net)
        facts = {
            "count": len([line for line in self.found.of(Cut.FUND) if line.paid_in]),
            "tvpi": number_text(ratios.tvpi, 2),
            "dpi": number_text(ratios.dpi, 2),
            "rate": percent_text(rate.value) if isinstance(rate, Percent) else "",
        }
        funds = ngettext("%(count)s fund", "%(count)s funds together", facts["count"]) % facts
        if not facts["rate"]:
            return _("%(funds)s: value and distributions %(tvpi)s × paid-in, %(dpi)s × distributed; no single rate") % (
                facts | {"funds": funds}
            )
        if total.net.under_one_year:
            return _("%(funds)s: return of the period %(rate)s, value and distributions %(tvpi)s × paid-in") % (
                facts | {"funds": funds}
            )
        return _(
            "%(funds)s: %(rate)s a year after fees, value and distributions %(tvpi)s × paid-in, %(dpi)s × distributed"
        ) % (facts | {"funds": funds})

    def figures(self) -> tuple[Figure, ...]:
        return line_figures(self.found.total, self.found.moment)

    @cached_property
    def chart(self) -> Chart | None:
        return j_curve(self.found.quarters)

    def cut(self, cut: Cut, title: str, note: str = "") -> Table:
        lines = self.found.of(cut)
        gross_only = cut == Cut.STAGE
        return Table(
            title,
            (Column(_("Cut")), *_columns(gross_only=gross_only, beside=self.found.index is not None)),
            tuple(self._row(line, gross_only=gross_only) for line in lines),
            note=note,
            empty=_("There is nothing to cut yet."),
        )

    def cuts(self) -> tuple[Table, ...]:
        return (
            self.cut(Cut.VINTAGE, _("By vintage"), _("The vintage is the year of the first drawdown (GIPS).")),
            self.cut(Cut.CLASS, _("By class of fund")),
            *((self.cut(Cut.GROUP, _("By group of funds")),) if self.found.of(Cut.GROUP) else ()),
            self.cut(
                Cut.STAGE,
                _("By stage of the investments"),
                _("Gross: before fees and carry, from what was paid for the investments and what they brought."),
            ),
        )

    def _row(self, line: Line, *, gross_only: bool) -> Row:
        link = fund_link(int(line.key), self.found.moment) if line.cut == Cut.FUND else ""
        link = link or rows_link(line, Side.GROSS if gross_only else Side.NET, self.found.moment)
        return Row(
            (Text(line_name(line)), *_cells(line, gross_only=gross_only, beside=self.found.index is not None)), link
        )

    def funds_table(self) -> Table:
        return self.cut(Cut.FUND, _("Funds"))

    def notes(self) -> tuple[str, ...]:
        return (*method_notes(), *index_notes(self.found.index))

    def sections(self) -> tuple[Section, ...]:
        """All parts in the order of the report."""
        return (
            Section(_("Result"), figures=self.figures()),
            Section(_("J-curve"), charts=(self.chart,) if self.chart else ()),
            Section(_("Funds"), tables=(self.funds_table(),)),
            Section(_("Cuts"), tables=self.cuts()),
            Section(_("How the figures are made"), notes=self.notes()),
        )

    def sources(self) -> tuple[Source, ...]:
        return index_sources(self.found.index)


def _columns(*, gross_only: bool, beside: bool) -> tuple[Column, ...]:
    gross = (Column(_("Gross IRR"), PERCENT), Column(_("Status of the gross IRR")))
    amounts = (Column(_("Invested"), MONEY), Column(_("Proceeds"), MONEY), Column(_("Fair value"), MONEY))
    if gross_only:
        return (*gross, Column(_("DPI"), TIMES), Column(_("RVPI"), TIMES), Column(_("TVPI"), TIMES), *amounts)
    equivalents = (Column(_("KS-PME"), TIMES), Column(_("Direct Alpha"), PERCENT)) if beside else ()
    return (
        Column(_("Vintage")), Column(_("Net IRR"), PERCENT), Column(_("Status of the net IRR")), gross[0],
        Column(_("PIC"), TIMES), Column(_("DPI"), TIMES), Column(_("RVPI"), TIMES), Column(_("TVPI"), TIMES),
        *equivalents, Column(_("Paid-in"), MONEY), Column(_("Net asset value"), MONEY),
    )  # fmt: skip


def _cells(line: Line, *, gross_only: bool, beside: bool) -> tuple:
    ratios = line.multiples
    if ratios is None or gross_only:
        own = line.gross_multiples
        return (
            rate_value(line.gross), Text(rate_status(line.gross).label), times_value(own.dpi), times_value(own.rvpi),
            times_value(own.tvpi), Money(line.invested), Money(line.proceeds), Money(line.fair_value),
        )  # fmt: skip
    equivalents = (pme_value(line.pme, "ks"), pme_value(line.pme, "alpha")) if beside else ()
    vintage = Text(vintage_words(line.first_call)) if line.first_call else Unknown(_("No money was called yet."))
    return (
        vintage, rate_value(line.net), Text(rate_status(line.net).label), rate_value(line.gross),
        times_value(ratios.pic), times_value(ratios.dpi), times_value(ratios.rvpi), times_value(ratios.tvpi),
        *equivalents, Money(line.paid_in), Money(line.nav),
    )  # fmt: skip


def line_figures(line: Line, moment: Moment) -> tuple[Figure, ...]:
    """The cards of a fund or of the whole: rates with their status and what they are made of."""
    ratios = line.multiples
    net_rows, gross_rows = rows_link(line, Side.NET, moment), rows_link(line, Side.GROSS, moment)
    figures = [
        Figure(_("Gross IRR"), rate_value(line.gross), gross_rows, note=_("investments, before fees and carry"),
               status=rate_status(line.gross)),
    ]  # fmt: skip
    if line.net is not None:
        figures.insert(
            0,
            Figure(_("Net IRR"), rate_value(line.net), net_rows, note=_("investors, after fees"),
                   status=rate_status(line.net)),
        )  # fmt: skip
    if ratios is not None:
        figures += [
            Figure(_("TVPI"), times_value(ratios.tvpi), net_rows,
                   note=_("distributions and net asset value over paid-in")),
            Figure(_("DPI"), times_value(ratios.dpi), net_rows, note=_("distributions over paid-in")),
            Figure(_("RVPI"), times_value(ratios.rvpi), net_rows, note=_("net asset value over paid-in")),
            Figure(_("PIC"), times_value(ratios.pic), net_rows, note=_("paid-in over commitment")),
            Figure(
                _("Gross multiple"), times_value(line.gross_multiples.tvpi), gross_rows,
                note=_("proceeds and fair value over invested"),
            ),
        ]  # fmt: skip
    if line.pme is not None:
        figures += [
            Figure(_("KS-PME"), pme_value(line.pme, "ks"), net_rows, note=_("above 1 the fund beats the index")),
            Figure(_("Direct Alpha"), pme_value(line.pme, "alpha"), net_rows, note=_("a year above the index")),
            Figure(
                _("Index rate (Long–Nickels)"), pme_value(line.pme, "nickels"), net_rows,
                note=_("what the same money would have earned in the index"),
            ),
            Figure(_("Spread to the index"), pme_value(line.pme, "spread"), net_rows,
                   note=_("net IRR less index rate")),
            Figure(_("PME+"), pme_value(line.pme, "plus"), net_rows, note=_("index rate with scaled distributions")),
        ]  # fmt: skip
    return tuple(figures)


def j_curve(quarters: Sequence[Quarter]) -> Chart | None:
    """Cumulated net cash and net asset value by quarter, after fees; None before any money moved.

    After carry too where the quarters know of any; their values before carry stand beside it.
    """
    moved = [q for q in quarters if q.paid_in or q.distributions or q.nav]
    if not moved:
        return None
    lowest = min(moved, key=lambda q: q.net_cash)
    has_carry = any(q.carry_paid or q.accrued_carry for q in moved)
    values = [charts.Series(_("Net asset value"), tuple((q.day, q.nav) for q in moved))]
    if has_carry:
        values = [
            charts.Series(_("Net asset value after carry"), tuple((q.day, q.net_nav) for q in moved)),
            charts.Series(_("before carry"), tuple((q.day, q.nav) for q in moved)),
        ]
    series = (charts.Series(_("Net cash so far"), tuple((q.day, q.net_cash) for q in moved)), *values)
    last = moved[-1]
    title = (
        _("Investors have back more than they paid in")
        if last.net_cash >= 0
        else _("Deepest point of the J-curve: %(day)s") % {"day": lowest.day}
    )
    drawing = charts.StepChart(title, series, measure=charts.Measure.MONEY, unit=Unit.WAN.value)
    summary = _("Net cash so far: distributions less paid-in capital, from the first call.")
    return Chart(drawing, _curve_with_carry(moved) if has_carry else _curve(moved), summary=summary)


def _curve(moved: Sequence[Quarter]) -> Table:
    rows = tuple(
        Row((Day(q.day), Money(q.paid_in), Money(q.distributions), Money(q.net_cash), Money(q.nav)))
        for q in reversed(moved)
    )
    return Table(
        _("J-curve by quarter"),
        (
            Column(_("Day"), ColumnKind.DAY), Column(_("Paid-in"), MONEY), Column(_("Distributions"), MONEY),
            Column(_("Net cash so far"), MONEY), Column(_("Net asset value"), MONEY),
        ),
        rows,
    )  # fmt: skip


def _curve_with_carry(moved: Sequence[Quarter]) -> Table:
    rows = tuple(
        Row(
            (
                Day(q.day), Money(q.paid_in), Money(q.to_investors), Money(q.carry_paid), Money(q.net_cash),
                Money(q.nav), Money(q.accrued_carry), Money(q.net_nav),
            )
        )
        for q in reversed(moved)
    )  # fmt: skip
    return Table(
        _("J-curve by quarter"),
        (
            Column(_("Day"), ColumnKind.DAY), Column(_("Paid-in"), MONEY), Column(_("Distributed to investors"), MONEY),
            Column(_("Carry paid"), MONEY), Column(_("Net cash so far"), MONEY),
            Column(_("Net asset value before carry"), MONEY), Column(_("Accrued carry"), MONEY),
            Column(_("Net asset value after carry"), MONEY),
        ),
        rows,
        note=_("After fees. Distributions are those to investors; the manager's share of profit stands beside them."),
    )  # fmt: skip


def gross_curve(quarters: Sequence[Quarter]) -> Chart | None:
    """The same of the investments alone, before fees and carry; None before anything was invested."""
    moved = [q for q in quarters if q.invested or q.proceeds or q.fair_value]
    if not moved:
        return None
    series = (
        charts.Series(_("Net cash of the investments"), tuple((q.day, q.gross_cash) for q in moved)),
        charts.Series(_("Fair value"), tuple((q.day, q.fair_value) for q in moved)),
    )
    table = Table(
        _("J-curve of the investments by quarter"),
        (
            Column(_("Day"), ColumnKind.DAY), Column(_("Invested"), MONEY), Column(_("Proceeds"), MONEY),
            Column(_("Net cash of the investments"), MONEY), Column(_("Fair value"), MONEY),
        ),
        tuple(
            Row((Day(q.day), Money(q.invested), Money(q.proceeds), Money(q.gross_cash), Money(q.fair_value)))
            for q in reversed(moved)
        ),
    )  # fmt: skip
    title = _("Gross: the investments alone, before fees and carry")
    drawing = charts.StepChart(title, series, measure=charts.Measure.MONEY, unit=Unit.WAN.value)
    return Chart(drawing, table, summary=_("Proceeds with income, less what was paid for the investments."))


def method_notes() -> tuple[str, ...]:
    """How the rates are made, in words."""
    return (
        _(
            "Net: calls are paid, distributions received, the net asset value stands at the as-of day, also when it is "
            "0. Gross: what was paid for investments, what exits, recoveries and income brought, and the fair value."
        ),
        _(
            "Net figures are after fees and, where a fund shares profit with its manager, after the carry paid and "
            "accrued; so is the J-curve, with the values before carry beside it."
        ),
        _(
            "A rate r solves the sum of flow × (1 + r) ^ −(days / 365) = 0 (ACT/365F). All rates of the window are "
            "searched; where several solve it none is called the return. Under one year the return of the period is "
            "shown and not annualised (GIPS 2020)."
        ),
        _(
            "Multiples after GIPS 2020: distributions that are called again count as paid in each time. Cuts pool the "
            "flows of their funds; a fund whose mother fund is in the cut is left out. Grant ledgers have no return."
        ),
    )


def index_notes(index: IndexSeries | None) -> tuple[str, ...]:
    """What is said of the index; a price index is called one wherever it is used."""
    if index is None:
        return (_("No market index is chosen, so there is no market equivalent."),)
    if index.kind == IndexKind.PRICE:
        return (
            _("%(index)s is a price index: it leaves dividends out and flatters the funds. Use a total-return index.")
            % {"index": index.name},
        )
    return ()


def index_sources(index: IndexSeries | None) -> tuple[Source, ...]:
    if index is None:
        return ()
    return (
        Source(
            index.name,
            f"{index.publisher} · {index.get_kind_display()}",
            index.code,
            unverified=index.kind == IndexKind.PRICE,
        ),
    )
