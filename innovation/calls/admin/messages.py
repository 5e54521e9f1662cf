"""Messages to applicants in the admin: read with every line; a preview is confirmed or thrown away here too."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from innovation.calls.actions.messages import WRITE, confirm, discard
from innovation.calls.admin.following import FollowingAdmin
from innovation.calls.models import MessageBatch, MessageLine, MessageRun
from innovation.core.admin import ActForm, ReadInline, ReadOnlyAdmin


class _Act(ActForm):
    permission = WRITE

    class Meta:
        model = MessageBatch
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.is_waiting


class ConfirmMessageForm(_Act):
    title = _("Send these messages")

    def act(self) -> MessageBatch:
        confirm(batch_id=self.instance.pk, actor=self.actor)
        return self.instance


class DiscardMessageForm(_Act):
    title = _("Throw away, send nothing")

    def act(self) -> MessageBatch:
        return discard(batch_id=self.instance.pk, actor=self.actor)


class LineInline(ReadInline):
    model = MessageLine
    fields = ["application", "email", "subject", "text", "state", "left_out", "written_at"]
    raw_id_fields = ["application", "person"]


@admin.register(MessageBatch)
class MessageBatchAdmin(FollowingAdmin):
    list_display = ["template", "audience", "created_at", "created_by", "confirmed_at", "confirmed_by"]
    list_filter = ["audience", "confirmed_at"]
    search_fields = ["template__title_zh", "template__title_en", "note"]
    date_hierarchy = "created_at"
    raw_id_fields = ["template", "created_by", "confirmed_by"]
    inlines = [LineInline]
    acts = {"send": ConfirmMessageForm, "discard": DiscardMessageForm}


@admin.register(MessageLine)
class MessageLineAdmin(ReadOnlyAdmin):
    list_display = ["application", "email", "subject", "state", "left_out", "written_at"]
    list_filter = ["state", "left_out"]
    search_fields = ["application__number", "email", "subject"]
    date_hierarchy = "written_at"
    raw_id_fields = ["application", "batch", "person"]


@admin.register(MessageRun)
class MessageRunAdmin(ReadOnlyAdmin):
    list_display = ["batch", "state", "progress", "attempts", "created_at", "finished_at", "error"]
    list_filter = ["state"]
    search_fields = ["batch__template__title_zh"]
    raw_id_fields = ["batch", "created_by"]
