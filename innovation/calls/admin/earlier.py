"""Earlier awards and the files they came from: read here, taken in on the page of the list."""

from django.contrib import admin

from innovation.calls.models import AwardImport, EarlierAward
from innovation.core.admin import ReadOnlyAdmin


@admin.register(EarlierAward)
class EarlierAwardAdmin(ReadOnlyAdmin):
    list_display = ["number", "title", "organisation", "funder", "leader", "awarded_on", "ends_on", "state"]
    list_filter = ["state", "funder"]
    search_fields = ["number", "title", "leader", "organisation__name_zh", "organisation__uscc"]
    date_hierarchy = "awarded_on"
    list_select_related = ["organisation"]


@admin.register(AwardImport)
class AwardImportAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "size", "recorded_at", "recorded_by", "written_at"]
    search_fields = ["file_name", "sha256"]
    date_hierarchy = "recorded_at"
    list_select_related = ["recorded_by"]
