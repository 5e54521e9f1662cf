"""Admin of the floor's own records: messages that leave, steps that were taken, the working-day calendar."""

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from import_export import resources
from import_export.admin import ImportMixin
from import_export.formats.base_formats import CSV
from unfold.contrib.import_export.forms import ImportForm

from innovation.core import outbox
from innovation.core.admin.base import Admin, ReadOnlyAdmin
from innovation.core.models import OutboxMessage, TransitionRecord, WorkingDayException


@admin.register(OutboxMessage)
class OutboxMessageAdmin(ReadOnlyAdmin):
    """What left or waits to leave. A message that was given up can be sent again."""

    list_display = ["created_at", "kind", "recipient", "subject", "state", "attempts", "next_at", "error"]
    list_filter = ["state", "kind"]
    search_fields = ["key", "recipient", "subject", "request_id"]
    date_hierarchy = "created_at"
    ordering = ["-pk"]
    actions = ["send_again"]

    @admin.action(description=gettext_lazy("Send again what was given up"), permissions=["send_again"])
    def send_again(self, request: HttpRequest, queryset: models.QuerySet[OutboxMessage]) -> None:
        self.run_action(request, queryset, outbox.retry, _("%(count)s messages wait to be sent again."))

    def has_send_again_permission(self, request: HttpRequest) -> bool:
        return request.user.has_perm("core.change_outboxmessage")


@admin.register(TransitionRecord)
class TransitionRecordAdmin(ReadOnlyAdmin):
    """Every step of every record that has states."""

    list_display = ["at", "content_type", "object_pk", "event", "from_state", "to_state", "actor_label", "reason"]
    list_filter = ["content_type", "event"]
    search_fields = ["object_pk", "actor_label", "reason", "request_id"]
    date_hierarchy = "at"
    ordering = ["-pk"]


class WorkingDayResource(resources.ModelResource):
    """The calendar's file in and out; a day is known by its date."""

    class Meta:
        model = WorkingDayException
        fields = ["date", "kind", "holiday", "source"]
        import_id_fields = ["date"]
        skip_unchanged = True
        clean_model_instances = True


@admin.register(WorkingDayException)
class WorkingDayExceptionAdmin(ImportMixin, Admin):
    """The State Council's notice of a year: typed in or imported with a preview."""

    list_display = ["date", "kind", "holiday", "source"]
    list_filter = ["kind", "holiday", "source"]
    search_fields = ["holiday", "source"]
    date_hierarchy = "date"
    resource_classes = [WorkingDayResource]
    import_form_class = ImportForm

    def get_import_formats(self) -> list[Any]:
        return [CSV]
