"""Exports of people: asked for with a reason, agreed to by a second person, taken with their mark."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.core import exports as files
from innovation.core.components import Fact, Status, Tone
from innovation.core.errors import RuleViolation
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, PageMixin, TableView
from talent.actions.exports import APPROVE, ask_export, decide_export, take_export
from talent.choices.privacy import ExportState
from talent.forms.exports import AskExportForm, DecideExportForm
from talent.models import ExportRequest
from talent.models.visibility import sees_people
from talent.queries.exportable import LISTS, PEOPLE, filter_words
from talent.reports.cerif import cerif_response

TONES = {
    ExportState.WAITING: Tone.NOTICE, ExportState.READY: Tone.OK, ExportState.REFUSED: Tone.BAD,
    ExportState.RUN_OUT: Tone.IDLE,
}  # fmt: skip
WRITERS = {"csv": files.csv_response, "xlsx": files.xlsx_response, "xml": cerif_response}


def sees_exports(user: Any) -> bool:
    """Whether ``user`` has to do with exports of people."""
    return sees_people(user)


def asks_exports(user: Any) -> bool:
    """Whether ``user`` may ask for one."""
    return bool(user.is_authenticated and user.has_perm("talent.add_exportrequest"))


def export_status(row: ExportRequest) -> Status:
    return Status(row.get_state_display(), TONES[ExportState(row.state)])


class ExportList(TableView):
    """All exports of people, newest first."""

    title = _("Exports of people")
    lead = _("Every list of people that left the product, why, and who agreed. Above 100 rows it takes two people.")
    template_name = "talent/privacy/exports.html"
    allowed = staticmethod(sees_exports)
    default_sort = "-asked"
    empty_title = _("No list of people has left the product")
    columns = (
        TableColumn(
            pgettext_lazy("record", "Number"), str, key="number", order_by=("pk",), heading=True,
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(_("Asked"), "asked_at", Kind.DATETIME, key="asked", order_by=("asked_at", "pk")),
        TableColumn(_("By"), "asked_by", key="by", order_by=("asked_by__name",)),
        TableColumn(_("Reason"), "reason", key="reason"),
        TableColumn(_("Rows"), "rows", Kind.INTEGER, key="rows", order_by=("rows",)),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
            cell=lambda row: status_html(export_status(row)),
        ),
        TableColumn(_("Times taken"), "taken", Kind.INTEGER, key="taken", order_by=("taken",)),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[ExportRequest]:
        return ExportRequest.objects.visible_to(self.request.user).select_related("asked_by")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_ask=asks_exports(self.request.user), **kwargs)


class AskExport(FormPage):
    """Ask for a list of people."""

    title = _("Ask for a list of people")
    lead = _("Up to 100 rows you may take it at once; above, a second person has to agree. Each file names you.")
    form_class = AskExportForm
    allowed = staticmethod(asks_exports)
    submit_label = _("Ask for the list")

    @property
    def cancel_url(self) -> str:
        return reverse("talent:exports")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(ExportList.title, reverse("talent:exports")), (self.title, None)]

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        request = ask_export(
            list_key=PEOPLE.key, filters={"kind": data["kind"]}, reason=data["reason"], actor=self.request.user
        )
        return HttpResponseRedirect(request.get_absolute_url())


class ExportPage(FormPage):
    """One export: what, why, who agreed; for the second person the decision, for who asked the files."""

    template_name = "talent/privacy/export.html"
    allowed = staticmethod(sees_exports)
    form_class = DecideExportForm

    @cached_property
    def export(self) -> ExportRequest:
        rows = ExportRequest.objects.visible_to(self.request.user).select_related("asked_by", "decided_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return gettext("Export %(number)s") % {"number": self.export}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(ExportList.title, reverse("talent:exports")), (self.get_title(), None)]

    @property
    def may_decide(self) -> bool:
        user, export = self.request.user, self.export
        return export.state == ExportState.WAITING and export.asked_by_id != user.pk and user.has_perm(APPROVE)

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        decide_export(
            request_id=self.export.pk, approve=data["decision"] == "approve", reason=data["reason"],
            actor=self.request.user,
        )  # fmt: skip
        messages.success(self.request, gettext("The decision is recorded."))
        return HttpResponseRedirect(self.export.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        export, today = self.export, timezone.localdate()
        facts = [
            Fact(_("List"), LISTS[export.list_key].label),
            *(Fact(label, value) for label, value in filter_words(export.filters)),
            Fact(_("Reason"), export.reason),
            Fact(_("Rows"), str(export.rows)),
            Fact(_("Asked by"), str(export.asked_by)),
            Fact(_("Decided by"), str(export.decided_by) if export.decided_by else None, unknown=_("Nobody yet")),
            Fact(_("May be taken until"), str(export.usable_until) if export.usable_until else None),
        ]
        is_ready = export.may_be_taken(today) and export.asked_by_id == self.request.user.pk
        status = export_status(export)
        may = self.may_decide
        return super().get_context_data(facts=facts, status=status, is_ready=is_ready, may_decide=may, **kwargs)


class TakeExport(PageMixin, View):
    """The file, as CSV, workbook or CERIF; POST, since it is recorded."""

    http_method_names = ["post"]
    allowed = staticmethod(asks_exports)

    def post(self, request: HttpRequest, pk: int, form: str) -> HttpResponseBase:
        export = get_object_or_404(ExportRequest.objects.visible_to(request.user), pk=pk)
        try:
            table = take_export(request_id=export.pk, actor=request.user)
        except RuleViolation as refused:
            messages.error(request, str(refused))
            return redirect(export.get_absolute_url())
        name = f"{export} {files.file_stamp(str(table.title))}"
        return WRITERS[form](table, file_name=name)
