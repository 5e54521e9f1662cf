"""Files of people and skills: sent, checked as a dry run, confirmed."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from django.views.generic import View

from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.jobs import JobState
from innovation.core.tables import Table, TableColumn
from innovation.core.views import ConfirmForm, Crumb, FormPage, PageMixin, TableView
from talent.choices.imports import TalentFile
from talent.forms.imports import SendForm
from talent.imports import steps
from talent.models import TalentImport
from talent.models.visibility import works_on_people

TITLE = _("Imports of people and skills")
EXAMPLES = {
    TalentFile.PEOPLE: (
        "family_name,given_name,name_en,former_names,orcid,kind,organisation,post,kind_of_work,post_class,"
        "frascati_class,fte,from,to",
        "钱,学森,Qian Xuesen,,0000-0002-1825-0097,tech_manager,示例大学,技术经理人,transfer,technical,outside,80,"
        "2025-09-01,",
    ),
    TalentFile.CERIF: (
        '<?xml version="1.0" encoding="UTF-8"?>',
        '<CERIF xmlns="https://www.openaire.eu/cerif-profile/1.1/"><Person id="p1"><PersonName>'
        "<FamilyNames>钱</FamilyNames><FirstNames>学森</FirstNames></PersonName>"
        "<ORCID>https://orcid.org/0000-0002-1825-0097</ORCID>"
        '<Affiliation startDate="2025-09-01"><OrgUnit id="12330000MA9000017B"/></Affiliation></Person></CERIF>',
    ),
    TalentFile.ESCO: (
        "conceptType,conceptUri,preferredLabel,label_zh",
        "KnowledgeSkillCompetence,http://data.europa.eu/esco/skill/example,an example skill,示例技能",
    ),
}
"""A heading and a row to learn from, for each kind of file."""


def imports_talent(user: Any) -> bool:
    """Whether ``user`` may send files."""
    return bool(works_on_people(user) and user.has_perm(steps.PERMISSION))


def status_of(row: TalentImport) -> Status:
    """How far a file has come."""
    if row.written_at:
        return Status(_("Written"), Tone.OK)
    if row.is_open:
        return Status(_("Being worked on"), Tone.INFO)
    if row.state == JobState.FAILED:
        return Status(_("Not written"), Tone.BAD)
    return Status(_("Lines to be mended"), Tone.BAD) if row.errors else Status(_("Ready to be written"), Tone.NOTICE)


class Imports(TableView):
    title = TITLE
    lead = _("Files that were sent, and what became of them.")
    template_name = "talent/imports.html"
    allowed = staticmethod(imports_talent)
    default_sort = "-number"
    empty_title = _("No file was sent yet")
    empty_text = _("Nothing is written before you confirm what the check shows.")
    columns = (
        TableColumn(pgettext_lazy("record", "Number"), "pk", Kind.INTEGER, key="number", order_by=("pk",)),
        TableColumn(_("File"), "file_name", key="file", heading=True, link=lambda row: row.get_absolute_url()),
        TableColumn(_("Contents"), lambda row: row.get_kind_display(), key="kind"),
        TableColumn(_("Lines"), lambda row: row.report.get("rows"), Kind.INTEGER, key="rows"),
        TableColumn(
            _("State"), lambda row: str(status_of(row).label), key="status",
            cell=lambda row: status_html(status_of(row)),
        ),
        TableColumn(_("Written"), "written_at", Kind.DATETIME, key="written", unknown=_("Not written")),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[TalentImport]:
        return TalentImport.objects.visible_to(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]


class SendImport(FormPage):
    title = _("Send a file")
    lead = _("It is checked line by line first. Numbers of identity cards in it are hidden and never stored.")
    template_name = "talent/import_send.html"
    allowed = staticmethod(imports_talent)
    form_class = SendForm
    submit_label = _("Send and check")

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("talent:imports")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(kinds=TalentFile.choices, **kwargs)

    def form_valid(self, form: Any) -> HttpResponse:
        data = form.cleaned_data
        row = steps.send_file(upload=data["file"], kind=data["kind"], release=data["release"], actor=self.request.user)
        return HttpResponseRedirect(row.get_absolute_url())

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:imports")), (self.title, None)]


class ImportPage(FormPage):
    """What was read with its errors, then the button, then the receipt."""

    template_name = "talent/import.html"
    allowed = staticmethod(imports_talent)
    form_class = ConfirmForm

    @cached_property
    def row(self) -> TalentImport:
        rows = TalentImport.objects.visible_to(self.request.user).select_related("created_by")
        return get_object_or_404(rows, pk=self.kwargs["pk"])

    def get_title(self) -> str:
        return self.row.file_name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:imports")), (self.row.file_name, None)]

    def form_valid(self, form: Any) -> HttpResponse:
        steps.confirm_file(import_id=self.row.pk, actor=self.request.user)
        return HttpResponseRedirect(self.row.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        row, report = self.row, self.row.report
        errors = (
            TableColumn(_("Line"), lambda one: one["row"], Kind.INTEGER),
            TableColumn(_("Column"), lambda one: one["column"]),
            TableColumn(_("Cell"), lambda one: one["value"], unknown=_("empty")),
            TableColumn(_("What is wrong"), lambda one: one["message"], heading=True),
        )
        read = (
            TableColumn(_("Line"), lambda one: int(one[0]), Kind.INTEGER),
            TableColumn(_("Name"), lambda one: one[1], heading=True),
            TableColumn(_("Kind"), lambda one: one[2]),
            TableColumn(_("Organisation"), lambda one: one[3]),
        )
        return super().get_context_data(
            row=row,
            status=status_of(row),
            errors=Table(self.request, errors, row.errors, _("Lines to be mended"), name="errors"),
            read=Table(self.request, read, report.get("shown", []), _("The first lines that fit"), name="read"),
            facts=[
                Fact(_("Contents"), row.get_kind_display()),
                Fact(_("Lines read"), f"{report.get('rows', 0):,}"),
                Fact(_("Lines with a hidden identity number"), str(report.get("masked", 0))),
                Fact(_("Names that the registry has already"), str(report.get("namesakes", 0))),
                Fact(_("SHA-256 of the file"), row.sha256),
                Fact(_("Sent by"), str(row.created_by or "")),
            ],
            may_write=row.is_ready and not row.written_at,
            **kwargs,
        )


class ImportTemplate(PageMixin, View):
    """The documented example of a file."""

    allowed = staticmethod(imports_talent)

    def get(self, request: HttpRequest, kind: str) -> HttpResponse:
        if kind not in TalentFile.values:
            raise Http404
        is_xml = kind == TalentFile.CERIF
        content = "\ufeff" * (not is_xml) + "\r\n".join(EXAMPLES[TalentFile(kind)]) + "\r\n"
        name, mime = (f"{kind}.xml", "application/xml") if is_xml else (f"{kind}.csv", "text/csv; charset=utf-8")
        disposition = f'attachment; filename="{name}"'
        return HttpResponse(content.encode(), content_type=mime, headers={"Content-Disposition": disposition})
