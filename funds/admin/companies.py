"""The office of companies: quarters recorded by their action, cap tables and files read."""

from typing import Any

from django.contrib import admin
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminIntegerFieldWidget

from funds.actions.companies import record_quarter
from funds.admin.columns import AmountField, UnitField, fen_of, in_wan
from funds.models import CapRecord, CompanyFile, CompanyQuarter
from innovation.core.admin import ActionAdmin, ActionForm, ReadOnlyAdmin


class QuarterForm(ActionForm):
    """A quarter by the same action as the page; what is left empty is not reported."""

    revenue = AmountField(label=_("revenue"), required=False)
    rd_spend = AmountField(label=_("R&D spend"), required=False)
    tax = AmountField(label=_("tax paid"), required=False)
    unit = UnitField()
    fact_fields = {"revenue_fen": "revenue", "rd_spend_fen": "rd_spend", "tax_fen": "tax"}

    class Meta:
        model = CompanyQuarter
        fields = ["company", "quarter_end", "headcount", "rd_staff", "patents", "source", "paper", "reason"]
        widgets = dict.fromkeys(("headcount", "rd_staff", "patents"), UnfoldAdminIntegerFieldWidget)

    def act(self) -> CompanyQuarter:
        data = dict(self.cleaned_data)
        amounts = {
            f"{name}_fen": fen_of(data, name) if data.get(name) else None for name in ("revenue", "rd_spend", "tax")
        }
        plain = {name: data[name] for name in ("quarter_end", "headcount", "rd_staff", "patents", "source", "reason")}
        paper = data.get("paper")
        return record_quarter(
            company_id=data["company"].pk, paper_id=paper.pk if paper else None, actor=self.actor, **plain, **amounts
        )


@admin.register(CompanyQuarter)
class CompanyQuarterAdmin(ActionAdmin):
    add_form = QuarterForm
    list_display = [
        "company", "quarter_end", "revenue", "headcount", "rd_staff", "rd_spend", "patents", "tax", "source",
        "recorded_at", "superseded_at",
    ]  # fmt: skip
    list_filter = ["source", "quarter_end"]
    search_fields = ["company__name_zh", "company__name_en", "company__uscc"]
    date_hierarchy = "quarter_end"
    list_select_related = ["company"]

    @admin.display(description=_("revenue (万元)"), ordering="revenue_fen")
    def revenue(self, row: CompanyQuarter) -> str:
        return in_wan(row.revenue_fen)

    @admin.display(description=_("R&D spend (万元)"), ordering="rd_spend_fen")
    def rd_spend(self, row: CompanyQuarter) -> str:
        return in_wan(row.rd_spend_fen)

    @admin.display(description=_("tax paid (万元)"), ordering="tax_fen")
    def tax(self, row: CompanyQuarter) -> str:
        return in_wan(row.tax_fen)


@admin.register(CapRecord)
class CapRecordAdmin(ReadOnlyAdmin):
    list_display = ["company", "kind", "ocf_id", "effective_on", "recorded_at", "superseded_at"]
    list_filter = ["kind"]
    search_fields = ["company__name_zh", "company__uscc", "ocf_id"]
    date_hierarchy = "recorded_at"
    list_select_related = ["company"]


@admin.register(CompanyFile)
class CompanyFileAdmin(ReadOnlyAdmin):
    list_display = ["id", "kind", "company", "file_name", "created_by", "created_at", "written_at"]
    list_filter = ["kind"]
    search_fields = ["file_name", "sha256", "company__name_zh"]
    date_hierarchy = "created_at"
    list_select_related = ["company", "created_by"]

    def view_on_site(self, row: Any) -> str:
        return row.get_absolute_url()
