"""Files that were sent, as staff see every job."""

from django.contrib import admin
from unfold.contrib.filters.admin import ChoicesDropdownFilter

from innovation.core.admin import ReadOnlyAdmin
from talent.models import TalentImport


@admin.register(TalentImport)
class TalentImportAdmin(ReadOnlyAdmin):
    list_display = ["file_name", "kind", "step", "state", "created_by", "created_at", "written_at"]
    list_filter = [("kind", ChoicesDropdownFilter), ("state", ChoicesDropdownFilter)]
    search_fields = ["file_name", "sha256"]
    date_hierarchy = "created_at"
    list_select_related = ["created_by"]
    exclude = ["report", "file"]
