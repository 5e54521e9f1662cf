"""Kept test cases over all definitions; they are run on the page of a definition."""

from django.contrib import admin

from innovation.calls.models import DefinitionCase
from innovation.core.admin import ReadOnlyAdmin


@admin.register(DefinitionCase)
class DefinitionCaseAdmin(ReadOnlyAdmin):
    list_display = ["kind", "family", "title", "kept_by", "kept_at"]
    list_filter = ["kind", "family"]
    search_fields = ["family", "title"]
    date_hierarchy = "kept_at"
    raw_id_fields = ["kept_by"]
