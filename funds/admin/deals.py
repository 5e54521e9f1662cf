"""The office of proposals: committees are edited here; what is decided, signed or paid is read and acted upon."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import Count, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from funds.actions.deals import begin_diligence, propose, save_deal, withdraw
from funds.admin.columns import AmountField, UnitField, fen_of, in_wan
from funds.choices.deals import EDITABLE_DEALS, DealState
from funds.models import (
    Committee,
    CommitteeMember,
    Deal,
    DealPaper,
    Decision,
    DecisionPaper,
    DiligenceItem,
    Paper,
    Vote,
)
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, Admin, ReadInline, ReadOnlyAdmin, TabularInline


class MemberInline(TabularInline):
    model = CommitteeMember
    fields = ["name", "position", "user", "is_active"]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """A member who has voted stays; who leaves is no longer in office."""
        return False


@admin.register(Committee)
class CommitteeAdmin(Admin):
    list_display = ["name_zh", "name_en", "fund", "quorum", "majority_words", "member_count", "is_active"]
    list_filter = ["is_active"]
    search_fields = ["name_zh", "name_en"]
    inlines = [MemberInline]
    list_select_related = ["fund"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Committee]:
        return super().get_queryset(request).annotate(members_total=Count("members"))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("majority"))
    def majority_words(self, committee: Committee) -> str:
        return str(committee.majority)

    @admin.display(description=_("members"), ordering="members_total")
    def member_count(self, committee: Any) -> int:
        return committee.members_total


class DealForm(ActionForm):
    """Opens a proposal by the same action as the page."""

    amount = AmountField(label=_("amount"))
    pre_money = AmountField(label=_("value before the money"), required=False)
    unit = UnitField()
    fact_fields = {"amount_fen": "amount", "pre_money_fen": "pre_money"}

    class Meta:
        model = Deal
        fields = [
            "fund", "company", "investment", "stage", "mode", "instrument", "source", "opened_on", "summary", "risks",
        ]  # fmt: skip

    def act(self) -> Deal:
        data = dict(self.cleaned_data)
        investment = data.pop("investment")
        amounts = {
            "amount_fen": fen_of(data, "amount"),
            "pre_money_fen": fen_of(data, "pre_money") if data.get("pre_money") else None,
        }
        plain = {name: data[name] for name in self._meta.fields if name != "investment"}
        return save_deal(actor=self.actor, investment_id=investment.pk if investment else None, **plain, **amounts)


class _Step(ActForm):
    permission = "funds.change_deal"
    states: frozenset[str] = frozenset()

    class Meta:
        model = Deal
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Deal) -> bool:
        return record.state in cls.states


class BeginForm(_Step):
    title = _("Begin due diligence")
    states = frozenset({DealState.SOURCING})

    def act(self) -> Deal:
        return begin_diligence(deal_id=self.instance.pk, actor=self.actor)


class ProposeForm(_Step):
    title = _("Lay before the committee")
    states = frozenset({DealState.DILIGENCE})

    def act(self) -> Deal:
        return propose(deal_id=self.instance.pk, actor=self.actor)


class WithdrawForm(_Step):
    title = _("Withdraw the proposal")
    states = EDITABLE_DEALS | {DealState.PROPOSED}
    reason = forms.CharField(label=_("reason"), max_length=1000, widget=UnfoldAdminTextareaWidget)

    def act(self) -> Deal:
        return withdraw(deal_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


class ItemInline(ReadInline):
    model = DiligenceItem
    fields = readonly_fields = ["area", "question", "state", "finding", "due_on", "done_on"]


class DealPaperInline(ReadInline):
    model = DealPaper
    fields = readonly_fields = ["paper"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DealPaper]:
        return super().get_queryset(request).select_related("paper")


@admin.register(Deal)
class DealAdmin(ActionAdmin):
    add_form = DealForm
    acts = {"begin": BeginForm, "propose": ProposeForm, "withdraw": WithdrawForm}
    list_display = ["code", "fund", "company", "amount", "stage", "state", "lead", "opened_on"]
    list_filter = ["state", "stage", "instrument", "source"]
    search_fields = ["code", "company__name_zh", "company__name_en", "company__uscc", "fund__code"]
    date_hierarchy = "opened_on"
    list_select_related = ["fund", "company", "lead"]
    inlines = [ItemInline, DealPaperInline]

    def get_inlines(self, request: HttpRequest, obj: Deal | None) -> list[Any]:
        return list(self.inlines) if obj else []

    def view_on_site(self, row: Deal) -> str:
        return row.get_absolute_url()

    @admin.display(description=_("amount (万元)"), ordering="amount_fen")
    def amount(self, deal: Deal) -> str:
        return in_wan(deal.amount_fen)


@admin.register(DiligenceItem)
class DiligenceItemAdmin(ReadOnlyAdmin):
    list_display = ["deal", "area", "question", "state", "responsible", "due_on", "done_on"]
    list_filter = ["area", "state"]
    search_fields = ["deal__code", "question", "finding"]
    list_select_related = ["deal__company", "responsible"]


class VoteInline(ReadInline):
    model = Vote
    fields = readonly_fields = ["name", "position", "choice", "reason"]


class DecisionPaperInline(ReadInline):
    model = DecisionPaper
    fields = readonly_fields = ["paper"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[DecisionPaper]:
        return super().get_queryset(request).select_related("paper")


@admin.register(Decision)
class DecisionAdmin(ReadOnlyAdmin):
    """Decisions are recorded on the page of the proposal or the holding, where all votes stand in one form."""

    list_display = ["number", "fund", "subject", "met_on", "outcome", "approved", "committee", "recorded_by"]
    list_filter = ["subject", "outcome", "committee"]
    search_fields = ["number", "fund__code", "deal__code", "investment__code", "investment__company__name_zh"]
    date_hierarchy = "met_on"
    list_select_related = ["fund", "committee", "recorded_by"]
    inlines = [VoteInline, DecisionPaperInline]

    def view_on_site(self, row: Decision) -> str:
        return row.get_absolute_url()

    @admin.display(description=_("approved (万元)"), ordering="amount_fen")
    def approved(self, decision: Decision) -> str:
        return in_wan(decision.amount_fen)


@admin.register(Paper)
class PaperAdmin(ReadOnlyAdmin):
    list_display = ["title", "kind", "company", "file_name", "size", "recorded_at", "recorded_by"]
    list_filter = ["kind", "file_kind"]
    search_fields = ["title", "file_name", "sha256", "company__name_zh"]
    date_hierarchy = "recorded_at"
    list_select_related = ["company", "recorded_by"]

    def view_on_site(self, row: Paper) -> str:
        return row.get_absolute_url()
