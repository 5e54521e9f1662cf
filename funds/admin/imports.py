"""Portfolio files and the mappings that read them; files are sent and confirmed on their own pages."""

from typing import Any

from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from funds.models import ColumnMapping, PortfolioImport
from innovation.core.admin import Admin, ReadOnlyAdmin


@admin.register(ColumnMapping)
class ColumnMappingAdmin(Admin):
    list_display = ["name", "layout", "unit", "created_at"]
    search_fields = ["name"]
    readonly_fields = ["content"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    @admin.display(description=_("layout"))
    def layout(self, mapping: ColumnMapping) -> str:
        return mapping.content.get("layout", "")

    @admin.display(description=_("unit"))
    def unit(self, mapping: ColumnMapping) -> str:
        return mapping.content.get("unit", "")


@admin.register(PortfolioImport)
class PortfolioImportAdmin(ReadOnlyAdmin):
    list_display = ["id", "file_name", "step", "state", "progress", "created_by", "created_at", "written_at"]
    list_filter = ["step", "state"]
    search_fields = ["file_name", "sha256"]
    date_hierarchy = "created_at"
    list_select_related = ["created_by"]
    exclude = ["sample"]

    def view_on_site(self, row: Any) -> str:
        return row.get_absolute_url()
