"""Claims of local reinvestment in the office, moved by their actions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from funds.actions import reinvestment as actions
from funds.admin.columns import AmountField, UnitField, fen_of, in_wan
from funds.models import CatalogueItem, Investment, ProofFile, ReinvestmentClaim
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, ReadOnlyAdmin


class ClaimForm(ActionForm):
    claimed = AmountField(label=_("claimed"))
    unit = UnitField()
    fact_fields = {"claimed_fen": "claimed"}

    class Meta:
        model = ReinvestmentClaim
        fields = ["fund", "investment", "company", "invested_on", "claimed_ground", "statement"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["investment"].queryset = Investment.objects.select_related("company")
        self.fields["company"].required = self.fields["invested_on"].required = False
        self.fields["claimed_ground"].queryset = CatalogueItem.objects.filter(kind=CatalogueItem.Kind.GROUND)

    def act(self) -> ReinvestmentClaim:
        data = {name: self.cleaned_data[name] for name in self.Meta.fields}
        return actions.save_claim(claimed_fen=fen_of(self.cleaned_data, "claimed"), actor=self.actor, **data)


class ClaimAct(ActForm):
    permission = "funds.decide_reinvestment"
    state = ""

    class Meta:
        model = ReinvestmentClaim
        fields: list[str] = []

    @classmethod
    def fits(cls, record: ReinvestmentClaim) -> bool:
        return record.state == cls.state


class SubmitForm(ClaimAct):
    title, permission, state = _("Submit the claim"), "funds.add_reinvestmentclaim", "DRAFT"

    def act(self) -> ReinvestmentClaim:
        return actions.submit_claim(claim_id=self.instance.pk, actor=self.actor)


class TakeForm(ClaimAct):
    title, state = _("Take it into review"), "SUBMITTED"

    def act(self) -> ReinvestmentClaim:
        return actions.take_claim(claim_id=self.instance.pk, actor=self.actor)


class RecogniseForm(ClaimAct):
    title, state = _("Recognise"), "UNDER_REVIEW"
    recognised = AmountField(label=_("recognised"))
    unit = UnitField()
    ground = forms.ModelChoiceField(
        label=_("ground of recognition"), queryset=CatalogueItem.objects.filter(kind="GROUND"),
        widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    recognised_on = forms.DateField(label=_("recognised on"), widget=UnfoldAdminDateWidget, initial=timezone.localdate)
    reason = forms.CharField(label=_("reason"), widget=UnfoldAdminTextareaWidget)
    fact_fields = {"recognised": "recognised", "recognised_fen": "recognised"}

    def act(self) -> ReinvestmentClaim:
        data = self.cleaned_data
        return actions.recognise_claim(
            claim_id=self.instance.pk, recognised_fen=fen_of(data, "recognised"), ground=data["ground"],
            recognised_on=data["recognised_on"], reason=data["reason"], actor=self.actor,
        )  # fmt: skip


class RefuseForm(ClaimAct):
    title, state = pgettext_lazy("claim", "Refuse"), "UNDER_REVIEW"
    reason = forms.CharField(label=_("reason"), widget=UnfoldAdminTextareaWidget)

    def act(self) -> ReinvestmentClaim:
        return actions.refuse_claim(
            claim_id=self.instance.pk, reason=self.cleaned_data["reason"], actor=self.actor
        )  # fmt: skip


class RevokeForm(ClaimAct):
    title, state = pgettext_lazy("claim", "Revoke"), "RECOGNISED"
    revoked_on = forms.DateField(label=_("revoked on"), widget=UnfoldAdminDateWidget, initial=timezone.localdate)
    reason = forms.CharField(label=_("reason"), widget=UnfoldAdminTextareaWidget)

    def act(self) -> ReinvestmentClaim:
        return actions.revoke_claim(claim_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


@admin.register(ReinvestmentClaim)
class ReinvestmentClaimAdmin(ActionAdmin):
    add_form = ClaimForm
    acts = {
        "submit": SubmitForm, "take": TakeForm, "recognise": RecogniseForm, "refuse": RefuseForm, "revoke": RevokeForm,
    }  # fmt: skip
    list_display = ["id", "fund", "company", "invested_on", "claimed", "recognised", "state", "recognised_on"]
    list_filter = ["state", "ground", "recognised_on"]
    search_fields = ["fund__code", "company__name_zh", "company__name_en", "investment__code"]
    date_hierarchy = "invested_on"
    list_select_related = ["fund", "company"]

    def view_on_site(self, row: Any) -> str:
        return row.get_absolute_url()

    @admin.display(description=_("claimed (万元)"), ordering="claimed_fen")
    def claimed(self, claim: ReinvestmentClaim) -> str:
        return in_wan(claim.claimed_fen)

    @admin.display(description=_("recognised (万元)"), ordering="recognised_fen")
    def recognised(self, claim: ReinvestmentClaim) -> str:
        return in_wan(claim.recognised_fen)


@admin.register(ProofFile)
class ProofFileAdmin(ReadOnlyAdmin):
    list_display = ["name", "claim", "kind", "size", "sha256", "added_by", "added_at"]
    search_fields = ["name", "sha256"]
    date_hierarchy = "added_at"
    list_select_related = ["claim__fund", "claim__company", "added_by"]
    exclude = ["file"]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)
