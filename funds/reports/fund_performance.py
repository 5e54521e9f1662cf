"""Report kind "Fund performance": the same facts as the pages, as PDF, workbook, CSV and JSON."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.choices.figures import IndexKind
from funds.choices.records import FundClass
from funds.models import Fund, IndexSeries
from funds.models.visibility import SEES_FUNDS
from funds.queries.fund_performance import fund_performance
from funds.queries.performance import performance
from funds.queries.sums import Moment
from funds.reports.fund_returns import FundReturns
from funds.reports.portfolio_returns import PortfolioReturns
from innovation.core.money import Unit
from innovation.reports.choices import DayRule, Every
from innovation.reports.content import ReportData
from innovation.reports.registry import DefaultSchedule, ParametersForm, ReportKind

CODE = "fund_performance"
TITLE = gettext_lazy("Fund performance")


class PerformanceParameters(ParametersForm):
    """A fund and the index it is compared with; no fund means all funds."""

    fund = forms.ModelChoiceField(
        Fund.objects.exclude(fund_class=FundClass.GRANT), label=gettext_lazy("Fund"), required=False,
        empty_label=gettext_lazy("All funds"),
    )  # fmt: skip
    index = forms.ModelChoiceField(
        IndexSeries.objects.all(),
        label=gettext_lazy("Market index"),
        required=False,
        empty_label=gettext_lazy("The first total-return index"),
    )
    since = forms.DateField(
        label=gettext_lazy("Bridge from"),
        required=False,
        widget=forms.DateInput({"type": "date"}),
        help_text=gettext_lazy("The day on which the bridge of values begins; empty means the last year end."),
    )
    unit = forms.ChoiceField(label=gettext_lazy("Money in"), required=False, choices=Unit.choices, initial=Unit.WAN)


def default_index() -> IndexSeries | None:
    """The total-return index to compare with where none is chosen: the first by code."""
    return IndexSeries.objects.filter(kind=IndexKind.TOTAL_RETURN).order_by("code").first()


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """One fund, or all of them, at the two times."""
    unit = params.get("unit") or Unit.WAN.value
    index, fund = params.get("index") or default_index(), params.get("fund")
    moment = Moment(as_of, known_at)
    compared = (_("Market index"), index.name) if index else (_("Market index"), _("None"))
    if fund is None:
        whole = PortfolioReturns(performance(moment, index=index))
        return ReportData(
            title=_("Performance of all funds"), sections=whole.sections(), summary=whole.sentence,
            sources=whole.sources(), unit=unit, scope=((_("Scope"), _("All funds")), compared),
        )  # fmt: skip
    since = params.get("since")
    one = FundReturns(fund_performance(fund, moment, since=since if since and since <= as_of else None, index=index))
    return ReportData(
        title=_("Performance: %(name)s") % {"name": fund.name},
        sections=one.sections(),
        summary=one.sentence,
        sources=one.sources(),
        unit=unit,
        scope=((_("Scope"), fund.name), compared),
    )


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy("Rates of return with their status, multiples, market equivalents, J-curve and bridge."),
    parameters=PerformanceParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
    default_schedule=DefaultSchedule(every=Every.QUARTER, day=10, day_rule=DayRule.WORKING),
)
