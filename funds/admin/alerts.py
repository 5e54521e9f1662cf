"""Alerts with their two acts, where they begin, the history of results, files of records."""

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from funds.actions import alerts
from funds.admin.columns import as_percent
from funds.choices.tolerance import AlertState
from funds.models import Alert, AlertThreshold, RecordImport, ToleranceResult
from innovation.core.admin import ActForm, ActsAdmin, Admin, ReadOnlyAdmin


class AcknowledgeForm(ActForm):
    title = _("Acknowledge this alert")
    permission = "funds.handle_alert"

    class Meta:
        model = Alert
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Alert) -> bool:
        return record.state == AlertState.OPEN

    def act(self) -> Alert:
        return alerts.acknowledge(alert_id=self.instance.pk, actor=self.actor)


class CloseForm(ActForm):
    title = _("Close this alert")
    permission = "funds.handle_alert"
    reason = forms.CharField(label=_("reason"), max_length=300, widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = Alert
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Alert) -> bool:
        return record.state != AlertState.CLOSED

    def act(self) -> Alert:
        return alerts.close(alert_id=self.instance.pk, reason=self.cleaned_data["reason"], actor=self.actor)


@admin.register(Alert)
class AlertAdmin(ActsAdmin, ReadOnlyAdmin):
    acts = {"acknowledge": AcknowledgeForm, "close": CloseForm}
    list_display = ["opened_at", "level", "kind", "fund", "group", "document", "state", "closed_at", "cleared_at"]
    list_filter = ["state", "level", "kind"]
    search_fields = ["fund__code", "fund__name_zh", "fund__name_en", "group__code", "group__name_zh", "close_reason"]
    date_hierarchy = "opened_at"
    list_select_related = ["fund", "group", "document"]


@admin.register(AlertThreshold)
class AlertThresholdAdmin(Admin):
    list_display = ["kind", "share_num", "days", "enabled", "note"]
    search_fields = ["kind", "note"]

    def get_readonly_fields(self, request: HttpRequest, obj: AlertThreshold | None = None) -> list[str]:
        return [*super().get_readonly_fields(request, obj), *(["kind"] if obj else [])]


@admin.register(ToleranceResult)
class ToleranceResultAdmin(ReadOnlyAdmin):
    list_display = [
        "as_of", "known_at", "fund", "group", "document", "rate_text", "cap_text", "status", "level", "binding",
        "unverified", "engine_version",
    ]  # fmt: skip
    list_filter = ["status", "level", "binding", "unverified", "scope"]
    search_fields = ["fund__code", "fund__name_zh", "group__code", "document__code", "inputs_hash"]
    date_hierarchy = "as_of"
    list_select_related = ["fund", "group", "document"]

    @admin.display(description=_("rate"), ordering="rate_bp")
    def rate_text(self, result: ToleranceResult) -> str:
        return as_percent(result.rate)

    @admin.display(description=_("cap"))
    def cap_text(self, result: ToleranceResult) -> str:
        return as_percent(result.cap_share)


@admin.register(RecordImport)
class RecordImportAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "file_name", "step", "state", "progress", "created_by", "created_at", "written_at"]
    list_filter = ["kind", "step", "state"]
    search_fields = ["file_name", "sha256"]
    date_hierarchy = "created_at"
