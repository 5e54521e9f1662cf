"""Report kind "ILPA export": one fund and quarter in the lines of a published template."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from funds.choices.exports import ExportFigure
from funds.choices.records import FundClass
from funds.choices.tolerance import SourceStatus
from funds.models import ExportLine, ExportTemplate, Fund
from funds.models.visibility import SEES_FUNDS
from funds.queries.exported import Exported, exported
from funds.queries.quarterly import quarter_start
from funds.queries.sums import Moment
from funds.reports.amounts import fen
from funds.reports.rates import rate_value, times_value
from innovation.core.money import Unit
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Column,
    Count,
    Figure,
    Money,
    ReportData,
    Row,
    Section,
    Source,
    Table,
    Text,
    Unknown,
    Value,
)
from innovation.reports.registry import ParametersForm, ReportKind

CODE = "ilpa_export"
TITLE = gettext_lazy("ILPA export")
PERIODS = ("qtd", "ytd", "itd")
RATES = {ExportFigure.NET_IRR: "net", ExportFigure.GROSS_IRR: "gross"}


class ExportParameters(ParametersForm):
    """The fund and the template."""

    fund = forms.ModelChoiceField(
        Fund.objects.all(), label=gettext_lazy("Fund"),
        help_text=gettext_lazy("The report covers the quarter of the as-of day, up to that day."),
    )  # fmt: skip
    template = forms.ModelChoiceField(
        ExportTemplate.objects.filter(published_at__isnull=False), label=gettext_lazy("Template")
    )
    unit = forms.ChoiceField(label=gettext_lazy("Money in"), required=False, choices=Unit.choices, initial=Unit.YUAN)


def is_unverified(line: ExportLine) -> bool:
    return line.status == SourceStatus.UNVERIFIED


def section_of(line: ExportLine) -> str:
    """The section of a line in the reader's language."""
    return line.section_zh if (get_language() or "").startswith("zh") else line.section_en


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """Every line of the template for the fund at the two times; what the product does not know is listed too."""
    fund, template = params["fund"], params["template"]
    if fund.fund_class == FundClass.GRANT:
        return _not_applicable(fund, template)
    found, lines = exported(fund, Moment(as_of, known_at)), list(template.lines.order_by("position"))
    unknown = [line for line in lines if not line.figure]
    first = quarter_start(as_of)
    quarter = f"{first.year}-Q{(first.month + 2) // 3}"
    counts = Section(
        _("Lines"),
        figures=(
            Figure(_("Lines of the template"), Count(len(lines))),
            Figure(_("Lines that the product does not know"), Count(len(unknown))),
            Figure(_("Lines whose wording is unverified"), Count(sum(map(is_unverified, lines)))),
        ),
        notes=(
            _("Total of the fund; a line that the product does not know is listed with a dash, never as zero."),
            _("Labels are this product's words: compare them with the publisher's template before the file leaves."),
        ),
    )
    sections = [
        Section(title, tables=(_table(title, list(own), found),)) for title, own in groupby(lines, key=section_of)
    ]
    return ReportData(
        title=_("%(template)s: %(fund)s %(quarter)s")
        % {"template": template.text, "fund": fund.name, "quarter": quarter},
        sections=(counts, *sections),
        summary=_("%(known)s of %(all)s lines are filled from the books.")
        % {"known": len(lines) - len(unknown), "all": len(lines)},
        sources=(
            Source(
                str(template), template.source, f"{template.code} r{template.revision}",
                unverified=template.status == SourceStatus.UNVERIFIED,
            ),
        ),
        unit=params.get("unit") or Unit.YUAN.value,
        scope=(
            (_("Scope"), fund.name), (_("Quarter"), f"{quarter} ({first} – {as_of})"),
            (_("Template"), f"{template.text} {template.edition}, {_('revision')} {template.revision}"),
        ),
    )  # fmt: skip


def _not_applicable(fund: Fund, template: ExportTemplate) -> ReportData:
    """What stands in place of the template for grant money."""
    return ReportData(
        title=_("%(template)s: %(fund)s") % {"template": template.text, "fund": fund.name},
        sections=(
            Section(
                _("Not applicable"),
                notes=(
                    _("Grant money is given away: it has no investors' return, no net asset value and no carry."),
                    _("The quarterly report of the fund lists what was called, paid out and returned, award by award."),
                ),
            ),
        ),
        summary=_("Not applicable: this template reports to the investors of a fund, and grant money has none."),
        scope=((_("Scope"), fund.name), (_("Template"), f"{template.text} {template.edition}")),
    )  # fmt: skip


def _table(title: str, lines: Sequence[ExportLine], found: Exported) -> Table:
    rows = tuple(
        Row(
            (
                Text(line.text), *(_value(line, found, period) for period in PERIODS),
                Text(line.get_figure_display()) if line.figure else Unknown(_("The product does not know it.")),
            ),
            unverified=is_unverified(line),
        )
        for line in lines
    )  # fmt: skip
    money = ColumnKind.MONEY
    return Table(
        title,
        (
            Column(_("Line")), Column(_("Quarter to date"), money), Column(_("Year to date"), money),
            Column(_("Since inception"), money), Column(_("Filled from")),
        ),
        rows,
    )  # fmt: skip


def _value(line: ExportLine, found: Exported, period: str) -> Value:
    if not line.figure:
        return Unknown(_("The product does not know it."))
    amount = found.money(line.figure, period)
    if amount is not None:
        return Money(line.sign * fen(amount))
    if period != PERIODS[-1]:
        return Unknown(_("Rates and multiples are given since inception alone."))
    if found.line is None:
        return Unknown(_("Nothing was paid in by this day."))
    side = RATES.get(ExportFigure(line.figure))
    if side is None:
        return times_value(found.ratio(line.figure))
    irr = getattr(found.line, side)
    return rate_value(irr) if irr is not None else Unknown(_("Nothing was paid in by this day."))


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy(
        "One fund and quarter in the lines of an ILPA template: quarter to date, year to date, since inception."
    ),
    parameters=ExportParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
)
