"""What performance is measured with: market indices, files of their levels, pacing models."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _t
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget

from funds.actions.pacing import record_pacing_model
from funds.imports.index_levels import check_levels, write_levels
from funds.models import IndexSeries, IndexUpload, IndexValue, PacingModel
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, Admin, ReadOnlyAdmin


@admin.register(IndexSeries)
class IndexSeriesAdmin(Admin):
    list_display = ["code", "name_zh", "name_en", "kind", "publisher", "most_days_old"]
    list_filter = ["kind"]
    search_fields = ["code", "name_zh", "name_en", "publisher"]


class CheckLevelsForm(ActionForm):
    file = forms.FileField(
        label=_("file"),
        widget=UnfoldAdminFileFieldWidget,
        help_text=_("CSV or XLSX with the columns date and level. It is checked first; nothing is written yet."),
    )

    class Meta:
        model = IndexUpload
        fields = ["series", "source", "licence_note", "dated"]

    def act(self) -> IndexUpload:
        data = self.cleaned_data
        return check_levels(
            series_id=data["series"].pk,
            upload=data["file"],
            source=data["source"],
            licence_note=data["licence_note"],
            dated=data["dated"],
            actor=self.actor,
        )


class WriteLevelsForm(ActForm):
    title = _("Write these levels")
    permission = "funds.add_indexupload"

    class Meta:
        model = IndexUpload
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.written_at is None

    def act(self) -> IndexUpload:
        return write_levels(upload_id=self.instance.pk, actor=self.actor)


@admin.register(IndexUpload)
class IndexUploadAdmin(ActionAdmin):
    add_form = CheckLevelsForm
    acts = {"write": WriteLevelsForm}
    list_display = ["id", "series", "file_name", "rows", "dated", "uploaded_by", "uploaded_at", "written_at"]
    list_filter = ["series"]
    search_fields = ["file_name", "source", "sha256", "series__code"]
    date_hierarchy = "uploaded_at"
    list_select_related = ["series", "uploaded_by"]
    exclude = ["levels", "findings"]
    readonly_fields = ["result"]

    @admin.display(description=_("levels"))
    def rows(self, upload: IndexUpload) -> int:
        return upload.findings.get("rows", 0)

    @admin.display(description=_("what the check found"))
    def result(self, upload: IndexUpload) -> SafeString:
        found = upload.findings
        changes = [dict(zip(("day", "old", "new"), change, strict=True)) for change in found.get("changes", [])]
        jumps = [dict(zip(("day", "old", "new"), jump, strict=True)) for jump in found.get("jumps", [])]
        lines = [
            _t("%(rows)s levels from %(first)s to %(last)s: %(new)s new, %(changed)s changed, the rest stand already.")
            % {name: found.get(name, "–") for name in ("rows", "first", "last", "new", "changed")},
            *(_t("%(day)s: %(old)s becomes %(new)s") % change for change in changes),
            *(_t("Look at %(day)s: from %(old)s to %(new)s in one step") % jump for jump in jumps),
        ]
        return format_html_join("", "<p>{}</p>", ((line,) for line in lines))


@admin.register(IndexValue)
class IndexValueAdmin(ReadOnlyAdmin):
    list_display = ["series", "day", "level", "recorded_at", "superseded_at", "upload"]
    list_filter = ["series"]
    search_fields = ["series__code"]
    date_hierarchy = "day"
    list_select_related = ["series", "upload"]


class RecordPacingForm(ActionForm):
    class Meta:
        model = PacingModel
        fields = [
            "code", "name_zh", "name_en", "fund_class", "call_rates", "life_years", "bow", "growth", "least_yield",
            "timing", "source",
        ]  # fmt: skip

    def act(self) -> PacingModel:
        return record_pacing_model(actor=self.actor, **self.cleaned_data)


@admin.register(PacingModel)
class PacingModelAdmin(ActionAdmin):
    """A model is never edited: recorded again under its code it becomes the next version."""

    add_form = RecordPacingForm
    list_display = ["code", "version", "name_zh", "timing", "life_years", "growth", "source", "recorded_at"]
    list_filter = ["timing", "fund_class"]
    search_fields = ["code", "name_zh", "name_en", "source"]

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        return {"least_yield": 0} | super().get_changeform_initial_data(request)
