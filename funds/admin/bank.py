"""Bank statements in the office: looked at here, settled on their pages."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from funds.admin.columns import in_wan
from funds.models import BankLine, BankMatch, BankStatement
from innovation.core.admin import ReadOnlyAdmin


@admin.register(BankStatement)
class BankStatementAdmin(ReadOnlyAdmin):
    list_display = ["id", "fund", "file_name", "uploaded_by", "uploaded_at", "taken_in_at", "repeated"]
    search_fields = ["fund__code", "file_name", "sha256"]
    date_hierarchy = "uploaded_at"
    exclude = ["file"]


@admin.register(BankLine)
class BankLineAdmin(ReadOnlyAdmin):
    list_display = ["day", "fund", "counterparty", "purpose", "amount", "set_aside_because"]
    list_filter = ["day"]
    search_fields = ["fund__code", "counterparty", "purpose", "reference"]
    date_hierarchy = "day"

    def view_on_site(self, line: Any) -> str:
        return line.get_absolute_url()

    @admin.display(description=_("amount (万元)"), ordering="amount_fen")
    def amount(self, line: BankLine) -> str:
        return in_wan(line.amount_fen)


@admin.register(BankMatch)
class BankMatchAdmin(ReadOnlyAdmin):
    list_display = ["id", "line", "event", "matched_at"]
    search_fields = ["line__counterparty", "event__fund__code"]
    date_hierarchy = "matched_at"
    list_select_related = ["line", "event__fund"]
