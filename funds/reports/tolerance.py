"""Report kind "portfolio and loss tolerance": the same facts as the page, as PDF, workbook, CSV and JSON."""

from datetime import date, datetime
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.choices.records import Stage
from funds.models import Fund, FundGroup
from funds.models.visibility import SEES_FUNDS
from funds.queries.office import office
from funds.queries.portfolio import portfolio_of
from funds.queries.questions import Target
from funds.queries.sums import Moment
from funds.queries.tolerance import evaluate
from funds.reports import words
from funds.reports.history import history_chart
from funds.reports.overview import overview_of
from funds.reports.sections import result_of
from innovation.core.money import Unit
from innovation.reports.choices import DayRule, Every
from innovation.reports.content import ReportData
from innovation.reports.registry import DefaultSchedule, ParametersForm, ReportKind

CODE = "loss_tolerance"
TITLE = gettext_lazy("Portfolio and loss tolerance")


class ToleranceParameters(ParametersForm):
    """A group, a fund or one stage of it; nothing chosen means all funds."""

    group = forms.ModelChoiceField(
        FundGroup.objects.all(), label=gettext_lazy("Group of funds"), required=False, empty_label=gettext_lazy("None")
    )
    fund = forms.ModelChoiceField(
        Fund.objects.all(),
        label=gettext_lazy("Fund"),
        required=False,
        empty_label=gettext_lazy("All funds"),
        help_text=gettext_lazy("Leave both empty for a report on all funds."),
    )
    stage = forms.ChoiceField(
        label=gettext_lazy("Stage"), required=False, choices=[("", gettext_lazy("Whole fund")), *Stage.choices]
    )
    unit = forms.ChoiceField(label=gettext_lazy("Money in"), required=False, choices=Unit.choices, initial=Unit.WAN)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("group") and data.get("fund"):
            self.add_error("fund", _("Choose a group or a fund, not both."))
        if data.get("stage") and not data.get("fund") and not data.get("group"):
            self.add_error("stage", _("A stage belongs to a fund or group: choose it too."))
        return data


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """The result of one target, or of the whole office, at the two times."""
    unit = params.get("unit") or Unit.WAN.value
    target = target_of(params)
    if target is None:
        overview = overview_of(office(Moment(as_of, known_at)))
        return ReportData(
            title=_("Portfolio and loss tolerance of all funds"),
            sections=overview.sections(),
            summary=overview.sentence,
            unit=unit,
            scope=((_("Scope"), _("All funds")),),
        )
    view = evaluate(target, as_of, known_at)
    result = result_of(portfolio_of(view), time_line=history_chart(target, view.funds, view.moment))
    name = words.name_of(target)
    return ReportData(
        title=_("Portfolio and loss tolerance: %(name)s") % {"name": name},
        sections=result.sections(),
        summary=result.sentence,
        sources=result.sources(),
        unit=unit,
        scope=((_("Scope"), name),),
    )


def target_of(params: dict[str, Any]) -> Target | None:
    """What the parameters ask about; None for all funds."""
    if params.get("group"):
        return Target.of_group(params["group"], params.get("stage") or "")
    if params.get("fund"):
        stage = params.get("stage")
        return Target.of_stage(params["fund"], stage) if stage else Target.of_fund(params["fund"])
    return None


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy(
        "How much of each loss cap is used, how far the next breach is, and the holdings behind it."
    ),
    parameters=ToleranceParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
    default_schedule=DefaultSchedule(every=Every.MONTH, day=3, day_rule=DayRule.WORKING),
)
