"""Appeals in the admin: read with history, answered by the same act as on the page."""

from django.contrib import admin

from innovation.calls.admin.following import FollowingAdmin, acts_of
from innovation.calls.forms import appeals as acts
from innovation.calls.models import Appeal

ACT_FORMS = (acts,)
"""Known before the acts of the model are asked for."""


@admin.register(Appeal)
class AppealAdmin(FollowingAdmin):
    list_display = ["application", "against", "state", "submitted_at", "due_on", "examined_by", "examined_at"]
    list_filter = ["state", "against"]
    search_fields = ["application__number", "text", "reason"]
    date_hierarchy = "submitted_at"
    raw_id_fields = ["application", "step", "submitted_by", "examined_by"]
    acts = acts_of(Appeal)
