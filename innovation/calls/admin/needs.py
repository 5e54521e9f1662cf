"""Needs of challenge calls in the admin: read with history, moved by the same acts as on the page."""

from django.contrib import admin

from innovation.calls.admin.following import FollowingAdmin, acts_of
from innovation.calls.forms import needs as acts
from innovation.calls.models import Need

ACT_FORMS = (acts,)
"""Known before the acts of the model are asked for."""


@admin.register(Need)
class NeedAdmin(FollowingAdmin):
    list_display = ["title", "organisation", "state", "wanted_by", "posted_at", "call", "awarded"]
    list_filter = ["state"]
    search_fields = ["title", "organisation__name_zh", "organisation__name_en"]
    date_hierarchy = "posted_at"
    raw_id_fields = ["organisation", "posted_by", "checked_by", "agreed_by", "published_by", "call", "awarded"]
    acts = acts_of(Need)
