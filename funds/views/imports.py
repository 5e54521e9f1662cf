"""Pages of the import door: files sent so far, send one, choose its columns, see what was read, confirm."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import FormView, View

from funds.choices.files import Layout
from funds.choices.ledger import EventKind
from funds.imports import steps
from funds.imports.forms import ASSUMED_TERMS, ColumnsForm, ConfirmForm, UploadForm
from funds.imports.template_file import template_csv, template_xlsx
from funds.models import ColumnMapping, PortfolioImport
from funds.models.visibility import sees_funds
from funds.rules.file_columns import FIELDS
from funds.rules.portfolio_file import VALUATION, Mapping
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.forms import SubmitOnce
from innovation.core.icons import status_html
from innovation.core.jobs import JobState
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, PageMixin, PageView, TableView

TEMPLATES = {
    "csv": (template_csv, "text/csv; charset=utf-8"),
    "xlsx": (template_xlsx, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
}
KIND_LABELS = dict(EventKind.choices) | {VALUATION: _("Fair value")}


def _ledger_url(ledger: dict[str, Any]) -> str | None:
    return reverse("funds:ledger", args=[ledger["fund_id"]]) if "fund_id" in ledger else None


def imports_portfolios(user: Any) -> bool:
    """Whether ``user`` may send portfolio files."""
    return bool(user.is_authenticated and user.has_perm(steps.PERMISSION))


def status_of(row: PortfolioImport) -> Status:
    """How far an import has come, in words."""
    if row.written_at:
        return Status(_("In the books"), Tone.OK)
    if row.is_open:
        return Status(_("Being worked on"), Tone.INFO)
    if row.state == JobState.FAILED:
        return Status(_("Not written"), Tone.BAD)
    if row.step == PortfolioImport.Step.MAP:
        return Status(_("Columns to be chosen"), Tone.IDLE)
    return (
        Status(_("Rows to be mended"), Tone.BAD) if row.error_count else Status(_("Ready to be written"), Tone.NOTICE)
    )


class ImportPage(PageMixin):
    allowed = staticmethod(imports_portfolios)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [
            (_("Funds"), reverse("funds:funds")),
            (_("Imports"), reverse("funds:imports")),
            (self.get_title(), None),
        ]

    @cached_property
    def row(self) -> PortfolioImport:
        rows = PortfolioImport.objects.visible_to(self.request.user).select_related("created_by", "confirmed_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])


class Imports(TableView):
    title = _("Imports")
    lead = _("Portfolio files that were sent, and what became of them.")
    allowed = staticmethod(sees_funds)
    template_name = "funds/imports/list.html"
    empty_title = _("No file was sent yet")
    empty_text = _("Send the portfolio as CSV or workbook; nothing is written before you confirm it.")
    default_sort = "-number"
    columns = (
        TableColumn(_("Import no."), "pk", Kind.INTEGER, key="number", order_by=("pk",)),
        TableColumn(
            _("File"), "file_name", key="file", order_by=("file_name",), link=lambda row: row.get_absolute_url()
        ),
        TableColumn(_("Sent on"), "created_at", Kind.DATETIME, key="sent", order_by=("created_at",)),
        TableColumn(_("By"), lambda row: str(row.created_by or ""), key="by"),
        TableColumn(_("Rows"), lambda row: row.report.get("rows"), Kind.INTEGER, key="rows"),
        TableColumn(
            _("Status"),
            lambda row: str(status_of(row).label),
            key="status",
            cell=lambda row: status_html(status_of(row)),
        ),
        TableColumn(_("Written"), "written_at", Kind.DATETIME, key="written", order_by=("written_at",)),
    )

    def get_queryset(self) -> QuerySet[PortfolioImport]:
        return PortfolioImport.objects.visible_to(self.request.user).select_related("created_by").defer("sample")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Funds"), reverse("funds:funds")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_send=imports_portfolios(self.request.user), **kwargs)


class Send(ImportPage, SubmitOnce, FormView):
    title = _("Send a portfolio file")
    template_name = "funds/imports/send.html"
    form_class = UploadForm

    def form_valid(self, form: UploadForm) -> HttpResponseBase:
        data = form.cleaned_data
        row = steps.upload_portfolio(upload=data["file"], actor=self.request.user)
        saved: ColumnMapping | None = data["saved"]
        query = f"saved={saved.pk}" if saved else f"layout={data['layout']}"
        return HttpResponseRedirect(f"{reverse('funds:import_columns', args=[row.pk])}?{query}")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            layouts=[(Layout(layout), layout.lower(), fields) for layout, fields in FIELDS.items()],
            kinds=KIND_LABELS,
            **kwargs,
        )


class Columns(ImportPage, SubmitOnce, FormView):
    title = _("Choose the columns")
    template_name = "funds/imports/columns.html"

    @cached_property
    def saved(self) -> Mapping | None:
        number = self.request.GET.get("saved", "")
        found = ColumnMapping.objects.filter(pk=number).first() if number.isdecimal() else None
        if found:
            return Mapping.from_data(found.content)
        return Mapping.from_data(self.row.mapping) if self.row.mapping else None

    @property
    def layout(self) -> str:
        asked = self.request.GET.get("layout", "")
        if asked in Layout.values:
            return asked
        return self.saved.layout if self.saved else Layout.LEDGER

    def get_form(self, form_class: Any = None) -> ColumnsForm:
        return ColumnsForm(row=self.row, layout=self.layout, **self.get_form_kwargs())

    def get_initial(self) -> dict[str, Any]:
        return ColumnsForm.initial_of(self.saved) if self.saved and self.saved.layout == self.layout else {}

    def form_valid(self, form: ColumnsForm) -> HttpResponseBase:
        steps.map_columns(
            import_id=self.row.pk, mapping=form.mapping(), actor=self.request.user, save_as=form.cleaned_data["save_as"]
        )
        return HttpResponseRedirect(self.row.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(row=self.row, **kwargs)


class ImportDetail(ImportPage, SubmitOnce, FormView):
    """Progress, then what was read with its errors beside the cells, then the button, then the receipt."""

    template_name = "funds/imports/detail.html"
    form_class = ConfirmForm
    allowed = staticmethod(sees_funds)

    def get_title(self) -> str:
        return self.row.file_name

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.row.step == PortfolioImport.Step.MAP:
            return HttpResponseRedirect(reverse("funds:import_columns", args=[self.row.pk]))
        for table in (self.errors(), self.totals(), self.entries()):
            if table.export_format:
                return table.export()
        return super().get(request, *args, **kwargs)

    def errors(self) -> Table:
        """What is wrong, cell by cell; the same rows can be taken away as a file."""
        columns = (
            TableColumn(_("Row"), lambda error: error["row"], Kind.INTEGER, key="row", order_by=("row",)),
            TableColumn(_("Column"), lambda error: error["column"], key="column", order_by=("column",)),
            TableColumn(_("Cell"), lambda error: error["value"], key="cell", unknown=_("empty")),
            TableColumn(_("What is wrong"), lambda error: error["message"], key="message"),
            TableColumn(_("Code"), lambda error: error["code"], key="code", order_by=("code",)),
        )
        rows = self.row.report.get("errors", [])
        return Table(self.request, columns, rows, _("Rows to be mended"), name="errors", default_sort="row")

    def form_valid(self, form: ConfirmForm) -> HttpResponseBase:
        steps.confirm_import(import_id=self.row.pk, actor=self.request.user)
        return HttpResponseRedirect(self.row.get_absolute_url())

    def facts(self) -> list[Fact]:
        row, report = self.row, self.row.receipt or self.row.report
        return [
            Fact(_("Import"), str(row.pk)),
            Fact(_("Sent by"), str(row.created_by or "")),
            *self.written_by(),
            Fact(_("SHA-256 of the file"), row.sha256),
            Fact(_("Rows read"), f"{report.get('rows', 0):,}"),
            Fact(_("First and last value date"), f"{report.get('first_day', '')} – {report.get('last_day', '')}"),
            Fact(_("Funds"), ", ".join(report.get("funds", [])[:40])),
            Fact(_("New funds"), ", ".join(report.get("new_funds", [])[:40]) or "0"),
            Fact(_("New investments"), f"{report.get('new_investments', 0):,}"),
            Fact(_("New companies"), f"{report.get('new_companies', 0):,}"),
            Fact(_("Losses moved to the day of their investment"), f"{report.get('moved', 0):,}"),
            Fact(_("Fair values recorded"), f"{self.row.receipt.get('values', 0):,}"),
            Fact(
                _("Valuation papers made, of these submitted"),
                f"{self.row.receipt.get('papers', 0):,} / {self.row.receipt.get('submitted', 0):,}",
            ),
        ]

    def written_by(self) -> list[Fact]:
        """Who confirmed the file, and whether that was the second person which the limits ask for."""
        row = self.row
        if row.confirmed_by is None:
            return []
        is_second = bool(row.report.get("above_limit")) and row.confirmed_by_id != row.created_by_id
        words = _("%(person)s, as the second person for what is above the limit") if is_second else "%(person)s"
        return [Fact(_("Confirmed by"), str(words) % {"person": row.confirmed_by})]

    def totals(self) -> Table:
        columns = (
            TableColumn(_("Kind of event"), lambda line: KIND_LABELS[line["kind"]]),
            TableColumn(_("Rows"), lambda line: line["count"], Kind.INTEGER),
            TableColumn(_("Amount"), lambda line: line["amount_fen"], Kind.MONEY),
            TableColumn(_("Cost relieved"), lambda line: line["cost_relieved_fen"], Kind.MONEY),
        )
        caption = _("What the rows without errors add up to") if self.row.error_count else _("What the file adds up to")
        return Table(self.request, columns, self.row.totals, caption, name="totals")

    def entries(self) -> Table:
        """Which numbers of which ledgers the rows became."""
        columns = (
            TableColumn(_("Fund"), lambda ledger: ledger["fund"], link=_ledger_url),
            TableColumn(_("From number"), lambda ledger: ledger["from"], Kind.INTEGER),
            TableColumn(_("To number"), lambda ledger: ledger["to"], Kind.INTEGER),
        )
        rows = self.row.receipt.get("ledgers", [])
        return Table(self.request, columns, rows, _("Entries in the books"), name="entries")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            row=self.row,
            may_write=imports_portfolios(self.request.user),
            assumed_terms=ASSUMED_TERMS,
            status=status_of(self.row),
            facts=self.facts(),
            totals=self.totals(),
            errors=self.errors(),
            entries=self.entries(),
            poll=reverse("funds:import_progress", args=[self.row.pk]) if self.row.is_open else "",
            **kwargs,
        )


class ImportProgress(ImportPage, PageView):
    """How far a job is, for the page that waits for it; reloads that page when it is done."""

    template_name = "components/progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        row = self.row
        poll = reverse("funds:import_progress", args=[row.pk]) if row.is_open else ""
        facts = {"percent": row.progress, "poll": poll, "label": row.get_step_display(), "note": row.note}
        response = render(request, self.template_name, facts)
        if not row.is_open:
            response["HX-Refresh"] = "true"
        return response


class TemplateFile(PageMixin, View):
    """The documented example file of a layout, as CSV or workbook."""

    allowed = staticmethod(sees_funds)

    def get(self, request: HttpRequest, layout: str, kind: str) -> HttpResponse:
        if layout.upper() not in Layout.values or kind not in TEMPLATES:
            raise Http404
        make, content_type = TEMPLATES[kind]
        content = make(Layout(layout.upper()))
        disposition = f'attachment; filename="{layout}-template.{kind}"'
        return HttpResponse(content, content_type=content_type, headers={"Content-Disposition": disposition})
