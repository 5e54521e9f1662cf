"""Consents with their texts, and who looked at whom."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from innovation.core.admin import ActionAdmin, ActionForm, ReadOnlyAdmin
from talent.actions.consents import publish_text
from talent.admin.personal import PersonalAdmin
from talent.models import AccessLog, Consent, ConsentText


class PublishForm(ActionForm):
    class Meta:
        model = ConsentText
        fields = ["purpose", "text_zh", "text_en"]

    def act(self) -> ConsentText:
        return publish_text(actor=self.actor, **self.cleaned_data)


@admin.register(ConsentText)
class ConsentTextAdmin(ActionAdmin):
    """What people are asked to agree to. A new text is a new version; everybody who agreed is asked again."""

    add_form = PublishForm
    list_display = ["purpose", "version", "is_separate", "is_optional", "valid_from", "superseded_at"]
    list_filter = ["purpose", "superseded_at"]
    search_fields = ["text_zh", "text_en"]


@admin.register(Consent)
class ConsentAdmin(PersonalAdmin, ReadOnlyAdmin):
    """Who agreed to what, when, in which language; ended ones stay as proof."""

    list_display = ["person", "purpose", "text", "language", "channel", "recipient", "given_at", "ended_at", "ended_as"]
    list_filter = ["purpose", "channel", "ended_as"]
    search_fields = ["person__name_zh", "person__name_en"]
    date_hierarchy = "given_at"
    list_select_related = ["person", "text", "recipient"]


@admin.register(AccessLog)
class AccessLogAdmin(ReadOnlyAdmin):
    """Who looked at whose data, which fields, why. Kept for three years; the yearly audit takes it as CSV."""

    list_display = ["at", "reader_label", "reader_unit", "person", "shown_fields", "purpose", "door"]
    list_filter = ["purpose", "door", "at"]
    search_fields = ["reader_label", "person__name_zh", "person__name_en"]
    date_hierarchy = "at"
    list_select_related = ["person"]

    @admin.display(description=_("fields"))
    def shown_fields(self, row: AccessLog) -> str:
        return ", ".join(row.fields)

    def get_queryset(self, request: HttpRequest) -> Any:
        return super().get_queryset(request).visible_to(request.user)
