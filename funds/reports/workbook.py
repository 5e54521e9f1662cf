"""Report kind "portfolio workbook": all records and figures of one fund, a group or all as one XLSX of many sheets."""

from datetime import date, datetime
from typing import IO, Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.models import Fund, FundGroup
from funds.models.visibility import SEES_FUNDS
from funds.queries.sums import Moment
from funds.queries.workbook import PortfolioBook, chosen_funds, total_of
from funds.reports.amounts import fen
from funds.reports.workbook_sheets import sheets
from innovation.core.exports import xlsx_file
from innovation.core.money import Unit
from innovation.reports.choices import ColumnKind
from innovation.reports.content import Column, Count, Figure, Money, ReportData, Row, Section, Source, Table, Text
from innovation.reports.registry import ParametersForm, ReportKind

CODE = "portfolio_workbook"
TITLE = gettext_lazy("Portfolio workbook")


class WorkbookParameters(ParametersForm):
    """A group or a fund; nothing chosen means all funds."""

    group = forms.ModelChoiceField(
        FundGroup.objects.all(), label=gettext_lazy("Group of funds"), required=False, empty_label=gettext_lazy("None")
    )
    fund = forms.ModelChoiceField(
        Fund.objects.all(), label=gettext_lazy("Fund"), required=False, empty_label=gettext_lazy("All funds"),
        help_text=gettext_lazy("Leave both empty for all funds."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=gettext_lazy("Money in"), required=False, choices=Unit.choices, initial=Unit.WAN)

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("group") and data.get("fund"):
            self.add_error("fund", _("Choose a group or a fund, not both."))
        return data


def _book(params: dict[str, Any], as_of: date, known_at: datetime) -> PortfolioBook:
    moment = Moment(as_of, known_at)
    return PortfolioBook(chosen_funds(params.get("fund"), params.get("group"), moment), moment)


def _unit(params: dict[str, Any]) -> Unit:
    return Unit(params.get("unit") or Unit.WAN)


def write(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> IO[bytes]:
    """The workbook itself, row by row into a temporary file; same records, same bytes."""
    return xlsx_file(*sheets(_book(params, as_of, known_at), _unit(params)))


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """What the workbook holds: rows a sheet, sums to compare with, and the head of every ledger."""
    book = _book(params, as_of, known_at)
    holdings, heads = book.holdings(), book.books()
    counts = (
        (_("Funds"), len(book.funds)), (_("Investors and commitments"), book.commitments().count()),
        (_("Ledger"), book.entries().count()), (_("Holdings"), len(holdings)),
        (_("Valuations"), book.values().count()), (_("Cash flows by day"), book.flows().count()),
    )  # fmt: skip
    table = Table(
        _("Sheets"), (Column(_("Sheet")), Column(_("Rows"), ColumnKind.COUNT)),
        tuple(Row((Text(name), Count(number))) for name, number in counts),
        note=_("Figures, tolerance, look-through and notes have a sheet each, too."),
    )  # fmt: skip
    figures = (
        Figure(_("Funds"), Count(len(book.funds))),
        Figure(_("Invested cost"), Money(fen(total_of(holdings, "cost")))),
        Figure(_("Remaining cost"), Money(fen(total_of(holdings, "remaining")))),
        Figure(_("Fair value"), Money(fen(total_of(holdings, "fair_value")))),
    )
    scope = params.get("fund") or params.get("group")
    return ReportData(
        title=_("Portfolio workbook"),
        summary=_("%(count)s funds; take the workbook (XLSX) for the records themselves.") % {"count": len(book.funds)},
        sections=(Section(_("Contents"), figures=figures, tables=(table,)),),
        sources=tuple(Source(fund.code, _("head of the ledger"), heads[fund.pk].head) for fund in book.funds),
        unit=_unit(params).value,
        scope=((_("Scope"), scope.name if scope else _("All funds")),),
    )


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy(
        "One XLSX with funds, commitments, ledger, holdings, valuations, cash flows by day, figures, tolerance, "
        "look-through and notes."
    ),
    parameters=WorkbookParameters,
    build=build,
    workbook=write,
    roles=frozenset(SEES_FUNDS),
)
