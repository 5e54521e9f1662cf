"""All funds beside their caps: the first page of the tolerance part."""

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

from django import forms
from django.http import HttpRequest, HttpResponseBase
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.forms import MomentForm
from funds.queries.office import office
from funds.reports.overview import Line, Overview, overview_of
from funds.reports.tolerance import TITLE
from funds.views.moments import MomentPage
from funds.views.tolerance import TolerancePage
from innovation.core import figures
from innovation.core.components import Status, Tone
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.icons import icon, status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb
from innovation.reports.content import ReportData, Section
from innovation.reports.rendering.view import shown


def status_cell(line: Line) -> SafeString:
    """Status with its tone, and the flag of a rule known at second hand."""
    tag = status_html(Status(line.status.label, Tone(line.status.tone)))
    if not line.unverified:
        return tag
    flag = format_html('<span class="tag tone-unverified">{}{}</span>', icon("unverified"), gettext("Unverified"))
    return format_html("{} {}", tag, flag)


def status_text(line: Line) -> str:
    """The same for files."""
    return f"{line.status.label} · {gettext('Unverified')}" if line.unverified else str(line.status.label)


def change_cell(line: Line) -> SafeString | str:
    """The change in points with its sign."""
    return line.change_text or figures.unknown(line.why_no_change)


def overview_columns(overview: Overview) -> list[TableColumn]:
    return [
        TableColumn(_("Fund"), "name", key="name", order_by=("name",), heading=True, link=lambda line: line.link),
        TableColumn(_("Status"), status_text, key="status", cell=status_cell),
        TableColumn(_("Loss rate"), "rate", Kind.PERCENT, key="rate", order_by=("rate",), unknown=_("No loss rate")),
        TableColumn(_("Cap in effect"), "cap", Kind.PERCENT, key="cap", order_by=("cap",), unknown=_("No cap tested")),
        TableColumn(
            _("Share of the cap used"), "used", Kind.PERCENT, key="used", order_by=("used",),
            unknown=_("No cap tested"),
        ),
        TableColumn(
            _("Since %(day)s") % {"day": overview.before_day}, "change", Kind.PERCENT, key="change",
            order_by=("change",), cell=change_cell,
        ),
        TableColumn(_("Loss that counts"), "loss", Kind.MONEY, key="loss", order_by=("loss",),
                    unknown=_("No loss rate")),
        TableColumn(_("Base"), "base", Kind.MONEY, key="base", order_by=("base",), unknown=_("No loss rate")),
        TableColumn(_("Headroom"), "headroom", Kind.MONEY, key="headroom", order_by=("headroom",),
                    unknown=_("No cap tested")),
        TableColumn(_("Companies lost wholly"), "lost_text", key="lost"),
    ]  # fmt: skip


ONLY = {
    "above": (_("Above the cap"), lambda line: line.is_above),
    "near": (_("Near the cap"), lambda line: line.is_near),
    "untested": (_("Not tested"), lambda line: line.cap is None),
    "unverified": (_("Resting on unverified rules"), lambda line: line.unverified),
}
"""What the figures on top count, by the word that keeps those funds in the list."""


class LineFilterForm(forms.Form):
    only = forms.ChoiceField(
        label=_("Only"), required=False, choices=[("", _("All")), *((code, ONLY[code][0]) for code in ONLY)]
    )


class LineFilters:
    """Filters of plain rows, with the parts of a FilterSet that ``core.tables`` asks for."""

    def __init__(self, data: Any, *, queryset: Sequence[Line], request: HttpRequest, prefix: str | None = None) -> None:
        self.is_bound = data is not None
        self.form = LineFilterForm(data, prefix=prefix)
        self._rows = queryset

    @property
    def qs(self) -> list[Line]:
        asked = self.form.cleaned_data["only"] if self.is_bound and self.form.is_valid() else ""
        return [line for line in self._rows if not asked or ONLY[asked][1](line)]


class OverviewPage(MomentPage):
    """Every fund and group beside its cap, the most urgent first."""

    template_name = "funds/overview.html"
    title = TITLE
    form_class = MomentForm

    @cached_property
    def overview(self) -> Overview:
        return overview_of(office(self.moment))

    def lines_table(self, lines: Sequence[Line], caption: str, name: str) -> Table:
        return Table(
            self.request,
            overview_columns(self.overview),
            lines,
            caption,
            name=name,
            filterset_class=LineFilters if name == "funds" else None,
            as_of=self.as_of,
            known_at=self.known_at,
            refusal=self.refusal,
            empty_title=_("No fund is recorded yet"),
            empty_text=_("Fund officers record funds in the administration, or import a portfolio from a file."),
        )

    @cached_property
    def tables(self) -> dict[str, Table]:
        return {
            "funds": self.lines_table(self.overview.funds, gettext("Funds beside their caps"), "funds"),
            "groups": self.lines_table(self.overview.groups, gettext("Groups of funds"), "groups"),
        }

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.respond(self.tables.values())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        overview, chart = self.overview, self.overview.chart()
        figures = [replace(each, link=self.at_same_times(each.link) + "#funds") for each in overview.figures()]
        part = Section("", figures=figures, charts=(chart,) if chart else ())
        report = shown(ReportData(overview.sentence, (part,)), unit_of(self.request), links=True)
        return super().get_context_data(
            overview=overview,
            section=report.sections[0],
            tables=self.tables,
            report_url=self.report_url(),
            **kwargs,
        )


def tolerance(request: HttpRequest) -> HttpResponseBase:
    """One scope when the address names one, else all funds."""
    page = TolerancePage if request.GET.get("scope") else OverviewPage
    return page.as_view()(request)
