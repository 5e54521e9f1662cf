"""Late documents in the admin: read with history, examined by the same act as on the page."""

from django.contrib import admin

from innovation.calls.admin.following import FollowingAdmin, acts_of
from innovation.calls.forms import late as acts
from innovation.calls.models import LateDocument

ACT_FORMS = (acts,)
"""Known before the acts of the model are asked for."""


@admin.register(LateDocument)
class LateDocumentAdmin(FollowingAdmin):
    list_display = ["title", "application", "state", "recorded_at", "recorded_by", "examined_by", "examined_at"]
    list_filter = ["state"]
    search_fields = ["application__number", "title", "file_name", "reason"]
    date_hierarchy = "recorded_at"
    list_select_related = ["application__call", "recorded_by", "examined_by"]
    raw_id_fields = ["application", "recorded_by", "examined_by"]
    acts = acts_of(LateDocument)
