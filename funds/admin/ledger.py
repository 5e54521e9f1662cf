"""The ledger: read by everyone in the office, written by its actions alone."""

from typing import Any

from django import forms
from django.contrib import admin
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from funds.actions.events import close_period, record_event, reopen_period, reverse_event
from funds.admin.columns import HOLDING_SEARCH, AmountField, LateField, UnitField, fen_of, in_wan
from funds.choices.ledger import EventKind
from funds.models import GrantAward, Investment, LedgerEvent, PeriodClose
from innovation.core.admin import ActForm, ActionAdmin, ActionForm


class RecordEventForm(ActionForm):
    amount = AmountField(label=_("amount"), required=False, help_text=_("Money in or out; proceeds of an exit."))
    cost_relieved = AmountField(
        label=_("cost relieved"), required=False, help_text=_("Of an exit or write-off: the cost it takes out.")
    )
    unit = UnitField()
    late = LateField()
    fact_fields = {"holding": "investment"}

    class Meta:
        model = LedgerEvent
        fields = ["fund", "investment", "award", "kind", "value_date", "document", "reason"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [choice for choice in EventKind.choices if choice[0] != EventKind.REVERSAL]
        self.fields["investment"].queryset = Investment.objects.select_related("company")
        self.fields["award"].queryset = GrantAward.objects.select_related("recipient")

    def act(self) -> LedgerEvent:
        data = self.cleaned_data
        return record_event(
            fund_id=data["fund"].pk,
            investment_id=data["investment"].pk if data["investment"] else None,
            award_id=data["award"].pk if data["award"] else None,
            kind=data["kind"],
            value_date=data["value_date"],
            amount_fen=fen_of(data, "amount"),
            cost_relieved_fen=fen_of(data, "cost_relieved"),
            document=data["document"],
            reason=data["reason"],
            late=data["late"],
            actor=self.actor,
        )


class ReverseForm(ActForm):
    title = _("Reverse this entry")
    permission = "funds.add_ledgerevent"
    reason = forms.CharField(label=_("reason"), max_length=400, widget=UnfoldAdminTextareaWidget)
    late = LateField()

    class Meta:
        model = LedgerEvent
        fields: list[str] = []

    @classmethod
    def fits(cls, record: LedgerEvent) -> bool:
        return record.kind != EventKind.REVERSAL and not LedgerEvent.objects.filter(reverses=record).exists()

    def act(self) -> LedgerEvent:
        return reverse_event(event_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


@admin.register(LedgerEvent)
class LedgerEventAdmin(ActionAdmin):
    add_form = RecordEventForm
    acts = {"reverse": ReverseForm}
    list_display = [
        "fund",
        "seq",
        "kind",
        "investment",
        "award",
        "value_date",
        "amount",
        "relieved",
        "recorded_at",
        "actor",
    ]
    list_filter = ["kind", "value_date", "recorded_at"]
    search_fields = ["fund__code", "fund__name_zh", *HOLDING_SEARCH, "award__code", "document"]
    date_hierarchy = "value_date"
    list_select_related = ["fund", "investment__company", "award__recipient", "actor"]
    exclude = ["prev_hash", "hash"]
    readonly_fields = ["chain_hash"]
    ordering = ["-id"]

    @admin.display(description=_("amount (万元)"), ordering="amount_fen")
    def amount(self, event: LedgerEvent) -> str:
        return in_wan(event.amount_fen)

    @admin.display(description=_("cost relieved (万元)"), ordering="cost_relieved_fen")
    def relieved(self, event: LedgerEvent) -> str:
        return in_wan(event.cost_relieved_fen)

    def view_on_site(self, event: LedgerEvent) -> str:
        return reverse("funds:entry", args=[event.pk])

    @admin.display(description=_("hash"))
    def chain_hash(self, event: LedgerEvent) -> str:
        return bytes(event.hash).hex()


class ClosePeriodForm(ActionForm):
    class Meta:
        model = PeriodClose
        fields = ["fund", "through"]

    def act(self) -> PeriodClose:
        data = self.cleaned_data
        return close_period(fund_id=data["fund"].pk, through=data["through"], actor=self.actor)


class ReopenForm(ActForm):
    title = _("Open this period again")
    permission = "funds.reopen_period"
    reason = forms.CharField(label=_("reason"), max_length=400, widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = PeriodClose
        fields: list[str] = []

    @classmethod
    def fits(cls, record: PeriodClose) -> bool:
        return record.reopened_at is None

    def act(self) -> PeriodClose:
        return reopen_period(close_id=self.instance.pk, actor=self.actor, reason=self.cleaned_data["reason"])


@admin.register(PeriodClose)
class PeriodCloseAdmin(ActionAdmin):
    add_form = ClosePeriodForm
    acts = {"reopen": ReopenForm}
    list_display = ["fund", "through", "closed_at", "closed_by", "reopened_at", "reopened_by"]
    list_filter = ["through"]
    search_fields = ["fund__code"]
    date_hierarchy = "through"
