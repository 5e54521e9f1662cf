"""Landing agreements in the office: projects, duties, what was reached, claw-back."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminTextareaWidget

from funds.actions import landing as actions
from funds.admin.columns import HOLDING_SEARCH, as_percent, in_wan
from funds.models import ClawBack, DutyActual, Investment, LandedDuty, LandedProject
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, ReadInline, ReadOnlyAdmin


class ProjectForm(ActionForm):
    class Meta:
        model = LandedProject
        fields = ["investment", "name", "place", "agreement", "signed_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["investment"].queryset = Investment.objects.select_related("company")

    def act(self) -> LandedProject:
        return actions.record_project(actor=self.actor, **self.cleaned_data)


class DutyInline(ReadInline):
    model = LandedDuty
    fields = ["kind", "target", "due_on", "stake_fen"]
    show_change_link = True


@admin.register(LandedProject)
class LandedProjectAdmin(ActionAdmin):
    add_form = ProjectForm
    list_display = ["name", "investment", "place", "agreement", "signed_on"]
    search_fields = ["name", "agreement", *HOLDING_SEARCH]
    date_hierarchy = "signed_on"
    list_select_related = ["investment__company"]

    def get_inlines(self, request: HttpRequest, obj: Any = None) -> Any:
        return [DutyInline] if obj else []

    def view_on_site(self, row: Any) -> str:
        return row.get_absolute_url()


class DutyForm(ActionForm):
    class Meta:
        model = LandedDuty
        fields = ["project", "kind", "target", "due_on", "stake_fen"]

    def act(self) -> LandedDuty:
        data = dict(self.cleaned_data)
        return actions.add_duty(project_id=data.pop("project").pk, actor=self.actor, **data)


@admin.register(LandedDuty)
class LandedDutyAdmin(ActionAdmin):
    add_form = DutyForm
    list_display = ["project", "kind", "target", "due_on", "stake"]
    list_filter = ["kind", "due_on"]
    search_fields = ["project__name", "project__agreement"]
    date_hierarchy = "due_on"
    list_select_related = ["project"]

    @admin.display(description=_("owed back (万元)"), ordering="stake_fen")
    def stake(self, duty: LandedDuty) -> str:
        return in_wan(duty.stake_fen)


class ActualForm(ActionForm):
    class Meta:
        model = DutyActual
        fields = ["duty", "valid_at", "value", "document"]

    def act(self) -> DutyActual:
        data = dict(self.cleaned_data)
        return actions.record_actual(duty_id=data.pop("duty").pk, actor=self.actor, **data)


@admin.register(DutyActual)
class DutyActualAdmin(ActionAdmin):
    add_form = ActualForm
    list_display = ["duty", "valid_at", "value", "document", "recorded_by", "recorded_at"]
    search_fields = ["duty__project__name", "document"]
    date_hierarchy = "valid_at"
    list_select_related = ["duty", "recorded_by"]


class ClawBackAct(ActForm):
    permission = actions.DECIDES
    states: tuple[str, ...] = ()

    class Meta:
        model = ClawBack
        fields: list[str] = []

    @classmethod
    def fits(cls, record: ClawBack) -> bool:
        return record.state in cls.states


class DemandForm(ClawBackAct):
    title, states = _("Demand it"), ("PROPOSED",)
    reason = forms.CharField(label=_("reason"), widget=UnfoldAdminTextareaWidget)

    def act(self) -> ClawBack:
        return actions.demand_claw_back(claw_back_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


class WaiveForm(ClawBackAct):
    title, states = _("Waive it"), ("PROPOSED", "DEMANDED")
    reason = forms.CharField(label=_("reason"), widget=UnfoldAdminTextareaWidget)

    def act(self) -> ClawBack:
        return actions.waive_claw_back(claw_back_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


class PayForm(ClawBackAct):
    title, states = _("Record the payment"), ("DEMANDED",)
    paid_on = forms.DateField(label=_("paid on"), widget=UnfoldAdminDateWidget, initial=timezone.localdate)

    def act(self) -> ClawBack:
        return actions.pay_claw_back(claw_back_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


@admin.register(ClawBack)
class ClawBackAdmin(ReadOnlyAdmin, ActionAdmin):
    """Proposed on the page of the project; decided here or there."""

    acts = {"demand": DemandForm, "waive": WaiveForm, "pay": PayForm}
    list_display = ["duty", "amount", "shortfall_shown", "state", "proposed_by", "decided_by", "paid_on"]
    list_filter = ["state"]
    search_fields = ["duty__project__name"]
    list_select_related = ["duty__project", "proposed_by", "decided_by"]

    @admin.display(description=_("amount (万元)"), ordering="amount_fen")
    def amount(self, row: ClawBack) -> str:
        return in_wan(row.amount_fen)

    @admin.display(description=_("shortfall"))
    def shortfall_shown(self, row: ClawBack) -> str:
        return as_percent(row.shortfall)
