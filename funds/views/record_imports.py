"""Files of funds, commitments and notices: sent, checked as a dry run, confirmed."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from funds.choices.files import RecordFile
from funds.imports import records
from funds.models import RecordImport
from funds.models.visibility import sees_funds
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.forms import OneTimeToken
from innovation.core.icons import status_html
from innovation.core.jobs import JobState
from innovation.core.tables import Table, TableColumn
from innovation.core.views import ConfirmForm, Crumb, FormPage, PageMixin, TableView

EXAMPLES = {
    RecordFile.FUNDS: (
        "code,name_zh,name_en,kind,class,start,end,committed (万元),government_share,manager,mother_fund",
        "F-2026-01,示例引导基金,Example Guidance Fund,GUIDANCE,VENTURE,2026-01-01,2037-12-31,50000,40%,,",
    ),
    RecordFile.COMMITMENTS: (
        "fund_code,investor,source,amount (万元),from,to,document",
        "F-2026-01,示例出资有限公司,GOVERNMENT,20000,2026-01-01,,合伙协议第3条",
    ),
    RecordFile.NOTICES: (
        "fund_code,type,notice_date,due_date,purpose,investor,source,commitment (万元),investments,fees,expenses,"
        "distribution,recallable,last_distribution",
        "F-2026-01,CALL,2026-03-01,2026-03-20,首期缴款,示例出资有限公司,GOVERNMENT,20000,1800,150,50,,,",
        "F-2026-01,CALL,2026-03-01,2026-03-20,首期缴款,示例社会资本有限公司,SOCIAL,30000,2700,225,75,,,",
        "F-2026-01,DISTRIBUTION,2026-09-01,2026-09-15,项目退出分配,示例出资有限公司,GOVERNMENT,20000,,,,400,100,",
        "F-2026-01,DISTRIBUTION,2026-09-01,2026-09-15,项目退出分配,示例社会资本有限公司,SOCIAL,30000,,,,600,150,",
        "F-2026-01,DISTRIBUTION,2026-09-01,2026-09-15,项目退出分配,示例管理有限公司,CARRY,,,,,80,,",
    ),
}  # fmt: skip
"""A heading and rows to learn from, for each kind of file."""


def imports_records(user: Any) -> bool:
    """Whether ``user`` may send files of records."""
    return bool(user.is_authenticated and user.has_perm(records.PERMISSION))


def status_of(row: RecordImport) -> Status:
    """How far a file has come."""
    if row.written_at:
        return Status(_("Written"), Tone.OK)
    if row.is_open:
        return Status(_("Being worked on"), Tone.INFO)
    if row.state == JobState.FAILED:
        return Status(_("Not written"), Tone.BAD)
    return Status(_("Rows to be mended"), Tone.BAD) if row.errors else Status(_("Ready to be written"), Tone.NOTICE)


class SendRecordsForm(OneTimeToken, forms.Form):
    kind = forms.ChoiceField(label=_("Contents"), choices=RecordFile.choices, widget=forms.RadioSelect)
    file = forms.FileField(
        label=_("File"), help_text=_("CSV or .xlsx with one heading row; the heading of the amounts names their unit.")
    )


class RecordImports(TableView):
    title = _("Imports of funds, commitments and notices")
    lead = _("Files of records that were sent, and what became of them.")
    template_name = "funds/imports/records.html"
    allowed = staticmethod(sees_funds)
    empty_title = _("No file was sent yet")
    empty_text = _("Send funds, commitments or notices as CSV or workbook; nothing is written before you confirm it.")
    default_sort = "-number"
    columns = (
        TableColumn(_("Import no."), "pk", Kind.INTEGER, key="number", order_by=("pk",)),
        TableColumn(_("File"), "file_name", key="file", heading=True, link=lambda row: row.get_absolute_url()),
        TableColumn(_("Contents"), lambda row: row.get_kind_display(), key="kind"),
        TableColumn(_("Rows"), lambda row: row.report.get("rows"), Kind.INTEGER, key="rows"),
        TableColumn(
            _("Status"), lambda row: str(status_of(row).label), key="status",
            cell=lambda row: status_html(status_of(row)),
        ),
        TableColumn(_("By"), lambda row: str(row.created_by or ""), key="by"),
        TableColumn(_("Written"), "written_at", Kind.DATETIME, key="written", unknown=_("Not written")),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[RecordImport]:
        return RecordImport.objects.visible_to(self.request.user).select_related("created_by")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Funds"), reverse("funds:funds")), (_("Imports"), reverse("funds:imports")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_send=imports_records(self.request.user), **kwargs)


class SendRecords(FormPage):
    title = _("Send funds, commitments or notices")
    template_name = "funds/imports/records_send.html"
    allowed = staticmethod(imports_records)
    form_class = SendRecordsForm
    submit_label = _("Send the file")

    @property
    def cancel_url(self) -> str:
        return reverse("funds:record_imports")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(RecordImports.title, reverse("funds:record_imports")), (self.title, None)]

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        row = records.upload_records(upload=data["file"], kind=data["kind"], actor=self.request.user)
        return HttpResponseRedirect(row.get_absolute_url())


class RecordImportPage(FormPage):
    """What was read with its errors, then the button, then the receipt."""

    template_name = "funds/imports/record.html"
    allowed = staticmethod(sees_funds)
    form_class = ConfirmForm

    @cached_property
    def row(self) -> RecordImport:
        rows = RecordImport.objects.visible_to(self.request.user).select_related("created_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return self.row.file_name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(RecordImports.title, reverse("funds:record_imports")), (self.row.file_name, None)]

    def form_valid(self, form: Any) -> HttpResponse:
        records.confirm_records(import_id=self.row.pk, actor=self.request.user)
        return HttpResponseRedirect(self.row.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row = self.row
        errors = (
            TableColumn(_("Row"), lambda one: one["row"], Kind.INTEGER),
            TableColumn(_("Column"), lambda one: one["column"]),
            TableColumn(_("Cell"), lambda one: one["value"], unknown=_("empty")),
            TableColumn(_("What is wrong"), lambda one: one["message"], heading=True),
        )
        read = (
            TableColumn(_("Row"), lambda one: int(one[0]), Kind.INTEGER),
            TableColumn(_("Fund"), lambda one: one[1], heading=True),
            TableColumn(_("Record"), lambda one: one[2]),
        )
        return super().get_context_data(
            row=row,
            status=status_of(row),
            errors=Table(self.request, errors, row.errors, _("Rows to be mended"), name="errors"),
            read=Table(self.request, read, row.report.get("shown", []), _("Rows that fit"), name="read"),
            facts=[
                Fact(_("Contents"), row.get_kind_display()),
                Fact(_("Rows read"), f"{row.report.get('rows', 0):,}"),
                Fact(_("SHA-256 of the file"), row.sha256),
                Fact(_("Sent by"), str(row.created_by or "")),
            ],
            may_write=imports_records(self.request.user) and row.is_ready and not row.written_at,
            **kwargs,
        )


class RecordTemplate(PageMixin, View):
    """The documented example of a file."""

    allowed = staticmethod(sees_funds)

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        lines = EXAMPLES.get(kind.upper())
        if lines is None:
            raise Http404
        content = ("\ufeff" + "\r\n".join(lines) + "\r\n").encode()
        disposition = f'attachment; filename="{kind.lower()}-template.csv"'
        return HttpResponse(
            content, content_type="text/csv; charset=utf-8", headers={"Content-Disposition": disposition}
        )  # fmt: skip
