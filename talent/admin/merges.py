"""Merges of people as they were done."""

from django.contrib import admin

from innovation.core.admin import ReadOnlyAdmin
from talent.admin.personal import PersonalAdmin
from talent.models import PersonMerge


@admin.register(PersonMerge)
class PersonMergeAdmin(PersonalAdmin, ReadOnlyAdmin):
    list_display = ["recorded_at", "survivor", "loser", "reason", "actor"]
    search_fields = ["reason", "survivor__name_zh"]
    date_hierarchy = "recorded_at"
    list_select_related = ["survivor", "loser", "actor"]
