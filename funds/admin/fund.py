"""Funds, groups and investments."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from funds.actions.fund_states import move_fund
from funds.admin.columns import as_percent, in_wan
from funds.admin.fund_form import FundForm
from funds.models import Fund, FundGroup, FundGroupMember, FundPolicyBinding, Investment
from funds.models.states import FUND_TRANSITIONS, PERMISSION
from innovation.core.admin import ActForm, ActsAdmin, Admin, TabularInline
from innovation.core.transitions import Transition


class BindingInline(TabularInline):
    """Bindings are read here; they are made and ended on their own page."""

    model = FundPolicyBinding
    fields = readonly_fields = ["document", "valid_from", "valid_to", "recorded_at", "superseded_at"]
    verbose_name_plural = _("Binding policies")

    def get_queryset(self, request: HttpRequest) -> QuerySet[FundPolicyBinding]:
        return super().get_queryset(request).select_related("document", "fund", "group")

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class MemberInline(TabularInline):
    model = FundGroupMember
    fields = ["fund", "valid_from", "valid_to"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FundGroupMember]:
        return super().get_queryset(request).select_related("fund", "group")


def moves() -> dict[str, type[ActForm]]:
    """One act for each step of a fund's life."""
    found: dict[str, type[ActForm]] = {}
    for state, table in FUND_TRANSITIONS.items():
        for name, step in table.items():
            found[name] = _move(name, state, step)
    return found


def _move(name: str, state: str, step: Transition) -> type[ActForm]:
    class MoveForm(ActForm):
        title = step.label
        permission = PERMISSION
        reason = forms.CharField(
            label=_("reason"), max_length=300, required=False, widget=UnfoldAdminTextareaWidget
        )  # fmt: skip

        class Meta:
            model = Fund
            fields: list[str] = []

        @classmethod
        def fits(cls, record: Fund) -> bool:
            return record.state == state

        def act(self) -> Fund:
            reason = self.cleaned_data["reason"]
            return move_fund(fund_id=self.instance.pk, event=name, reason=reason, actor=self.actor)

    return MoveForm


@admin.register(Fund)
class FundAdmin(ActsAdmin):
    form = FundForm
    acts = moves()
    list_display = [
        "code",
        "name_zh",
        "kind",
        "fund_class",
        "state",
        "stage",
        "committed",
        "government",
        "starts_on",
        "manager",
    ]
    list_filter = ["kind", "fund_class", "state", "stage", "mode"]
    search_fields = ["code", "amac_code", "name_zh", "name_en"]
    date_hierarchy = "starts_on"
    inlines = [BindingInline]
    state_fields = ()
    fieldsets = [
        (None, {"fields": ["code", "name_zh", "name_en", "amac_code"]}),
        (_("Kind"), {"fields": ["kind", "fund_class", "state", "stage", "mode", "categories"]}),
        (_("Parties"), {"fields": ["organisation", "manager", "parent"]}),
        (_("Life"), {"fields": ["starts_on", "investment_ends_on", "ends_on"]}),
        (
            _("Money"),
            {"fields": ["committed", "others_first_loss", "unit", "government"]},
        ),
    ]

    def get_fieldsets(self, request: HttpRequest, obj: Fund | None = None) -> Any:
        """Who only reads sees each amount with its unit, so the unit is no line of its own."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [(title, {"fields": [name for name in part["fields"] if name != "unit"]}) for title, part in fieldsets]

    def get_readonly_fields(self, request: HttpRequest, obj: Fund | None = None) -> list[str]:
        """A recorded fund moves by its steps alone; only a new one is given its state."""
        readonly = list(super().get_readonly_fields(request, obj))
        return [*readonly, "state"] if obj else readonly

    @admin.display(description=_("first loss of the other investors (万元)"))
    def others_first_loss(self, fund: Fund) -> str:
        return in_wan(fund.others_first_loss_fen)

    @admin.display(description=_("committed (万元)"), ordering="committed_fen")
    def committed(self, fund: Fund) -> str:
        return in_wan(fund.committed_fen)

    @admin.display(description=_("government share"))
    def government(self, fund: Fund) -> str:
        return as_percent(fund.government_share)


@admin.register(FundGroup)
class FundGroupAdmin(Admin):
    list_display = ["code", "name_zh", "name_en", "fund_count"]
    search_fields = ["code", "name_zh", "name_en"]
    inlines = [MemberInline, BindingInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[FundGroup]:
        return super().get_queryset(request).annotate(fund_total=Count("members"))

    @admin.display(description=_("funds"), ordering="fund_total")
    def fund_count(self, group: Any) -> int:
        return group.fund_total


@admin.register(Investment)
class InvestmentAdmin(Admin):
    list_display = ["code", "fund", "company", "stage", "mode", "decided_on"]
    list_filter = ["stage", "mode"]
    search_fields = ["code", "company__name_zh", "company__name_en", "company__uscc", "fund__code"]
    date_hierarchy = "decided_on"

    def get_queryset(self, request: HttpRequest) -> QuerySet[Investment]:
        """With the company, so that search results and titles name it beside the code."""
        return super().get_queryset(request).select_related("fund", "company")

    def get_readonly_fields(self, request: HttpRequest, obj: Investment | None = None) -> list[str]:
        """A holding with entries in the books stays in its fund."""
        readonly = list(super().get_readonly_fields(request, obj))
        return [*readonly, "fund"] if obj and obj.events.exists() else readonly
