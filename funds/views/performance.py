"""Performance of all funds and of one fund, and how each rate is made."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.choices.figures import IndexKind
from funds.choices.records import FundClass
from funds.forms import FundPerformanceForm, PerformanceForm, RateRowsForm
from funds.models import Fund, IndexSeries
from funds.queries.fund_performance import fund_performance
from funds.queries.grants import grant_funds
from funds.queries.performance import Cut, Line, performance
from funds.queries.rate_rows import RateRows, Side, rate_rows
from funds.reports.fund_performance import CODE
from funds.reports.fund_returns import FundReturns
from funds.reports.grants import NO_RATE, grant_funds_table
from funds.reports.portfolio_returns import PortfolioReturns
from funds.reports.rate_rows import name_of, rate_section, side_words
from funds.reports.rates import fund_link
from funds.reports.results import at_moment
from funds.views.moments import MomentPage, same_times
from funds.views.performance_table import fund_columns
from innovation.core.display import unit_of
from innovation.core.tables import Table
from innovation.core.views import Crumb
from innovation.reports.content import ReportData, Section
from innovation.reports.rendering.view import ShownSection, shown

TITLE = _("Performance")
NO_INDEX = "none"


class ComparedPage(MomentPage):
    """A page of figures beside a market index that the reader chooses."""

    report_code = CODE
    form_class: Any = PerformanceForm

    @cached_property
    def indices(self) -> list[IndexSeries]:
        rows = IndexSeries.objects.visible_to(self.request.user).order_by("code")
        return sorted(rows, key=lambda row: row.kind != IndexKind.TOTAL_RETURN)

    @cached_property
    def index(self) -> IndexSeries | None:
        """The asked index; where none is asked the first of total return, so that a price index is always a choice."""
        asked = self.form.cleaned_data.get("index") or ""
        if asked:
            return next((row for row in self.indices if row.code == asked), None)
        return next((row for row in self.indices if row.kind == IndexKind.TOTAL_RETURN), None)

    def drawn(self, sections: dict[str, Section]) -> dict[str, ShownSection]:
        """The parts by name, in the reader's unit of money."""
        report = shown(ReportData("", tuple(sections.values())), unit_of(self.request), links=True)
        return dict(zip(sections, report.sections, strict=True))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        chosen = {"indices": self.indices, "index": self.index, "no_index": NO_INDEX}
        return super().get_context_data(**chosen | kwargs)


class PerformancePage(ComparedPage):
    """Every fund with its rates and multiples, and the cuts over all funds."""

    template_name = "funds/performance.html"
    title = TITLE

    @cached_property
    def returns(self) -> PortfolioReturns:
        return PortfolioReturns(performance(self.moment, index=self.index))

    @cached_property
    def table(self) -> Table:
        lines: Sequence[Line] = [*self.returns.found.of(Cut.FUND)]
        return Table(
            self.request,
            fund_columns(self.moment, beside=self.index is not None),
            lines,
            gettext("Performance of the funds"),
            as_of=self.as_of,
            known_at=self.known_at,
            refusal=self.refusal,
            notes=self.returns.notes(),
            empty_title=_("No fund is recorded yet"),
            empty_text=_("Fund officers record funds in the administration, or import a portfolio from a file."),
        )

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.respond([self.table])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        returns, given = self.returns, grant_funds(self.moment)
        parts = {
            "headline": Section("", figures=returns.figures()),
            "curve": Section("", charts=(returns.chart,) if returns.chart else ()),
            "cuts": Section("", tables=returns.cuts()),
            "made": Section("", notes=returns.notes()),
            "grants": Section("", tables=(grant_funds_table(given),) if given else (), notes=(NO_RATE,)),
        }
        return super().get_context_data(
            sentence=returns.sentence,
            sections=self.drawn(parts),
            table=self.table,
            report_url=self.report_url(index=self.index and self.index.pk, unit=unit_of(self.request).value),
            **kwargs,
        )


class FundPerformancePage(ComparedPage):
    """One fund: figures, J-curve, bridge, concentration, holdings, pacing, and how each figure is made."""

    template_name = "funds/fund_performance.html"
    form_class = FundPerformanceForm

    @cached_property
    def fund(self) -> Fund:
        fund = Fund.objects.visible_to(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if fund is None:
            raise Http404
        return fund

    @cached_property
    def returns(self) -> FundReturns:
        asked = self.form.cleaned_data
        found = fund_performance(
            self.fund, self.moment, since=asked.get("since"), index=self.index, model=asked.get("model")
        )
        return FundReturns(found)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Grant money has no return: who asks for it is shown what was paid and returned."""
        if self.fund.fund_class == FundClass.GRANT:
            return HttpResponseRedirect(same_times(request, reverse("funds:awards", args=[self.fund.pk])))
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return gettext("Performance: %(name)s") % {"name": self.fund.name}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [
            (TITLE, at_moment(reverse("funds:performance"), self.moment)),
            (self.fund.name, None),
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        returns = self.returns
        names = ("headline", "curve", "bridge", "concentration", "holdings", "pacing", "made")
        parts = {name: part for name in names if (part := getattr(returns, name)()) is not None}
        return super().get_context_data(
            fund=self.fund,
            found=returns.found,
            sentence=returns.sentence,
            sections=self.drawn(parts),
            report_url=self.report_url(
                fund=self.fund.pk, index=self.index and self.index.pk, since=self.form.cleaned_data.get("since"),
                unit=unit_of(self.request).value,
            ),
            fund_url=at_moment(reverse("funds:fund", args=[self.fund.pk]), self.moment),
            ledger_url=at_moment(reverse("funds:ledger", args=[self.fund.pk]), self.moment),
            **kwargs,
        )  # fmt: skip


class RateRowsPage(MomentPage):
    """The rows of one rate, the equation, and every rate that solves it."""

    template_name = "funds/rate_rows.html"
    report_code = CODE
    form_class: Any = RateRowsForm

    @cached_property
    def found(self) -> RateRows:
        asked = self.form.cleaned_data
        if not {"cut", "key", "side"} <= asked.keys():
            raise Http404
        found = rate_rows(Cut(asked["cut"]), asked["key"], Side(asked["side"]), self.moment)
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return gettext("%(rate)s of %(name)s") % {"rate": side_words(self.found.side), "name": name_of(self.found)}

    def breadcrumbs(self) -> Sequence[Crumb]:
        trail: list[Crumb] = [(TITLE, at_moment(reverse("funds:performance"), self.moment))]
        line, investment = self.found.line, self.found.investment
        fund = investment.fund if investment else line.funds[0] if line.cut == Cut.FUND else None
        if fund is not None:
            trail.append((fund.name, fund_link(fund.pk, self.moment)))
        return [*trail, (name_of(self.found) if fund is None or investment else side_words(self.found.side), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        found = self.found
        report = shown(ReportData("", (rate_section(found),)), unit_of(self.request), links=True)
        holding_url = ""
        if found.investment is not None:
            holding_url = at_moment(reverse("funds:holding", args=[found.investment.pk]), self.moment)
        return super().get_context_data(section=report.sections[0], holding_url=holding_url, **kwargs)
