"""Export templates in the office: drafts are edited, published revisions are read."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from funds.actions import exports
from funds.models import ExportLine, ExportTemplate
from innovation.core.admin import ActForm, ActsAdmin, ReadOnlyAdmin, TabularInline


class LineInline(TabularInline):
    model = ExportLine
    fields = ["position", "section_zh", "section_en", "zh", "en", "figure", "sign", "status"]

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_add_permission(request, obj) and not (obj and obj.is_published)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)


class PublishForm(ActForm):
    title = _("Publish it")
    permission = exports.PUBLISHES

    class Meta:
        model = ExportTemplate
        fields: list[str] = []

    @classmethod
    def fits(cls, record: ExportTemplate) -> bool:
        return not record.is_published

    def act(self) -> ExportTemplate:
        return exports.publish_template(template_id=self.instance.pk, actor=self.actor)


class ReviseForm(PublishForm):
    title = _("Draft the next revision")
    permission = exports.DRAFTS

    @classmethod
    def fits(cls, record: ExportTemplate) -> bool:
        return record.is_published

    def act(self) -> ExportTemplate:
        return exports.draft_revision(template_id=self.instance.pk, actor=self.actor)


@admin.register(ExportTemplate)
class ExportTemplateAdmin(ActsAdmin):
    acts = {"publish": PublishForm, "revise": ReviseForm}
    list_display = ["code", "revision", "zh", "edition", "status", "published_at"]
    list_filter = ["code", "status"]
    search_fields = ["code", "zh", "en", "source"]
    inlines = [LineInline]
    state_fields = ()

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A published revision is read and revised, never edited."""
        return super().has_change_permission(request, obj) and not (obj and obj.is_published)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and not (obj and obj.is_published)


@admin.register(ExportLine)
class ExportLineAdmin(ReadOnlyAdmin):
    list_display = ["template", "position", "section_zh", "zh", "figure", "sign", "status"]
    list_filter = ["template", "status"]
    search_fields = ["zh", "en", "figure"]
    list_select_related = ["template"]
