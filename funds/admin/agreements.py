"""The office of agreements: signed papers, tranches with their acts, payments, notes."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminTextareaWidget

from funds.actions.agreements import give_up_tranche, meet_condition, note_holding
from funds.admin.columns import HOLDING_SEARCH, in_wan
from funds.choices.deals import TrancheState
from funds.models import Agreement, Investment, MonitoringNote, Tranche, TranchePayment
from funds.queries.deals import with_payment
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, ActsAdmin, ReadInline, ReadOnlyAdmin


class TrancheInline(ReadInline):
    model = Tranche
    fields = readonly_fields = ["number", "amount", "condition", "due_on", "state", "met_on"]

    @admin.display(description=_("amount (万元)"))
    def amount(self, tranche: Tranche) -> str:
        return in_wan(tranche.amount_fen)


@admin.register(Agreement)
class AgreementAdmin(ReadOnlyAdmin):
    """Agreements are recorded on the page of the holding, with their tranches in one form."""

    list_display = ["number", "investment", "signed_on", "instrument", "amount", "decision", "recorded_by"]
    list_filter = ["instrument", "signed_on"]
    search_fields = ["number", *HOLDING_SEARCH]
    date_hierarchy = "signed_on"
    list_select_related = ["investment__company", "decision", "recorded_by"]
    inlines = [TrancheInline]

    @admin.display(description=_("amount (万元)"), ordering="amount_fen")
    def amount(self, agreement: Agreement) -> str:
        return in_wan(agreement.amount_fen)


class _TrancheAct(ActForm):
    permission = "funds.change_tranche"

    class Meta:
        model = Tranche
        fields: list[str] = []


class MetForm(_TrancheAct):
    title = _("Condition met")
    met_on = forms.DateField(label=_("met on"), widget=UnfoldAdminDateWidget)
    note = forms.CharField(label=_("what shows it"), widget=UnfoldAdminTextareaWidget)

    @classmethod
    def fits(cls, record: Tranche) -> bool:
        return record.state == TrancheState.PLANNED

    def act(self) -> Tranche:
        return meet_condition(tranche_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


class GiveUpForm(_TrancheAct):
    title = _("Give up this tranche")
    reason = forms.CharField(label=_("reason"), max_length=1000, widget=UnfoldAdminTextareaWidget)

    @classmethod
    def fits(cls, record: Tranche) -> bool:
        return record.state != TrancheState.CANCELLED and not record.is_paid

    def act(self) -> Tranche:
        return give_up_tranche(tranche_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


@admin.register(Tranche)
class TrancheAdmin(ActsAdmin):
    acts = {"met": MetForm, "give_up": GiveUpForm}
    list_display = ["agreement", "number", "holding", "amount", "due_on", "state", "paid"]
    list_filter = ["state", "due_on"]
    search_fields = ["agreement__number", "agreement__investment__code", "agreement__investment__company__name_zh"]
    date_hierarchy = "due_on"
    list_select_related = ["agreement__investment__company"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Tranche]:
        return with_payment(super().get_queryset(request)).select_related("agreement__investment__company")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    @admin.display(description=_("holding"))
    def holding(self, tranche: Tranche) -> str:
        return str(tranche.agreement.investment)

    @admin.display(description=_("amount (万元)"), ordering="amount_fen")
    def amount(self, tranche: Tranche) -> str:
        return in_wan(tranche.amount_fen)

    @admin.display(description=_("paid"), boolean=True)
    def paid(self, tranche: Any) -> bool:
        return tranche.is_paid


@admin.register(TranchePayment)
class TranchePaymentAdmin(ReadOnlyAdmin):
    list_display = ["tranche", "event", "recorded_at"]
    search_fields = ["tranche__agreement__number"]
    date_hierarchy = "recorded_at"
    list_select_related = ["tranche", "event__fund"]


class NoteForm(ActionForm):
    """A note by the same action as the page."""

    class Meta:
        model = MonitoringNote
        fields = ["investment", "noted_on", "kind", "rating", "text", "next_on", "paper"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["investment"].queryset = Investment.objects.select_related("company")

    def act(self) -> MonitoringNote:
        data = dict(self.cleaned_data)
        paper = data.pop("paper")
        return note_holding(
            investment_id=data.pop("investment").pk, paper_id=paper.pk if paper else None, actor=self.actor, **data
        )


@admin.register(MonitoringNote)
class MonitoringNoteAdmin(ActionAdmin):
    add_form = NoteForm
    list_display = ["investment", "noted_on", "kind", "rating", "next_on", "recorded_by"]
    list_filter = ["kind", "rating"]
    search_fields = [*HOLDING_SEARCH, "text"]
    date_hierarchy = "noted_on"
    list_select_related = ["investment__company", "recorded_by"]
