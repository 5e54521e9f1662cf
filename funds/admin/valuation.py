"""Fair values, the papers they come from, the rounds of the quarters, and the office's own figures."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminTextareaWidget

from funds.actions import valuation_papers, valuation_rounds
from funds.admin.columns import HOLDING_SEARCH, in_wan
from funds.models import Threshold, Valuation, ValuationPaper, ValuationRound
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, ActsAdmin, Admin, ReadOnlyAdmin


@admin.register(Valuation)
class ValuationAdmin(ReadOnlyAdmin):
    list_display = ["investment", "valid_at", "fair_value", "method", "recorded_at", "superseded_at", "approved_by"]
    list_filter = ["method", "valid_at"]
    search_fields = [*HOLDING_SEARCH, "investment__fund__code"]
    date_hierarchy = "valid_at"
    list_select_related = ["investment__company", "approved_by"]

    @admin.display(description=_("fair value (万元)"), ordering="fair_value_fen")
    def fair_value(self, valuation: Valuation) -> str:
        return in_wan(valuation.fair_value_fen)


class SubmitPaperForm(ActForm):
    title = _("Submit for approval")
    permission = "funds.add_valuationpaper"

    class Meta:
        model = ValuationPaper
        fields: list[str] = []

    @classmethod
    def fits(cls, record: ValuationPaper) -> bool:
        return record.state == ValuationPaper.State.DRAFT

    def act(self) -> ValuationPaper:
        return valuation_papers.submit_paper(paper_id=self.instance.pk, actor=self.actor)


class ApprovePaperForm(ActForm):
    title = _("Approve")
    permission = "funds.approve_valuation"
    reason = forms.CharField(label=_("reason"), required=False, widget=UnfoldAdminTextareaWidget)

    class Meta:
        model = ValuationPaper
        fields: list[str] = []

    @classmethod
    def fits(cls, record: ValuationPaper) -> bool:
        return record.state == ValuationPaper.State.SUBMITTED

    def act(self) -> ValuationPaper:
        reason = self.cleaned_data["reason"]
        return valuation_papers.approve_paper(paper_id=self.instance.pk, actor=self.actor, reason=reason)


class ReturnPaperForm(ApprovePaperForm):
    title = _("Return")
    reason = forms.CharField(label=_("reason"), widget=UnfoldAdminTextareaWidget)

    def act(self) -> ValuationPaper:
        reason = self.cleaned_data["reason"]
        return valuation_papers.return_paper(paper_id=self.instance.pk, actor=self.actor, reason=reason)


@admin.register(ValuationPaper)
class ValuationPaperAdmin(ActsAdmin):
    """Papers are written on their own page, where each method has its fields; states move by the buttons."""

    acts = {"submit": SubmitPaperForm, "approve": ApprovePaperForm, "return": ReturnPaperForm}
    list_display = [
        "investment", "valid_at", "state", "method", "fair_value", "computed", "calibrated", "entry_price",
        "prepared_by", "decided_by",
    ]  # fmt: skip
    list_filter = ["state", "method", "valid_at"]
    search_fields = [*HOLDING_SEARCH, "investment__fund__code"]
    date_hierarchy = "valid_at"
    list_select_related = ["investment__company", "prepared_by", "decided_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def view_on_site(self, row: Any) -> str:
        return row.get_absolute_url()

    @admin.display(description=_("fair value (万元)"), ordering="fair_value_fen")
    def fair_value(self, paper: ValuationPaper) -> str:
        return in_wan(paper.fair_value_fen)

    @admin.display(description=_("by the method (万元)"), ordering="computed_fen")
    def computed(self, paper: ValuationPaper) -> str:
        return in_wan(paper.computed_fen)

    @admin.display(description=_("method at entry (万元)"), ordering="calibrated_fen")
    def calibrated(self, paper: ValuationPaper) -> str:
        return in_wan(paper.calibrated_fen)

    @admin.display(description=_("price of entry (万元)"), ordering="entry_price_fen")
    def entry_price(self, paper: ValuationPaper) -> str:
        return in_wan(paper.entry_price_fen)


class OpenRoundForm(ActionForm):
    class Meta:
        model = ValuationRound
        fields = ["quarter_end", "due_on"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["due_on"].required = False

    def act(self) -> ValuationRound:
        return valuation_rounds.open_round(actor=self.actor, **self.cleaned_data)


class LockRoundForm(ActForm):
    title = _("Lock the round")
    permission = "funds.lock_valuationround"

    class Meta:
        model = ValuationRound
        fields: list[str] = []

    @classmethod
    def fits(cls, record: ValuationRound) -> bool:
        return record.state == ValuationRound.State.OPEN

    def act(self) -> ValuationRound:
        return valuation_rounds.lock_round(round_id=self.instance.pk, actor=self.actor)


@admin.register(ValuationRound)
class ValuationRoundAdmin(ActionAdmin):
    add_form = OpenRoundForm
    acts = {"lock": LockRoundForm}
    list_display = ["quarter_end", "state", "due_on", "opened_at", "opened_by", "locked_at", "locked_by"]
    list_filter = ["state"]
    search_fields = ["quarter_end"]
    date_hierarchy = "quarter_end"
    list_select_related = ["opened_by", "locked_by"]

    def view_on_site(self, row: Any) -> str:
        return row.get_absolute_url()


@admin.register(Threshold)
class ThresholdAdmin(Admin):
    """A figure changes by a new row from a new day on."""

    list_display = ["key", "fund", "valid_from", "num", "den", "status", "source"]
    list_filter = ["key", "status"]
    search_fields = ["key", "fund__code", "source"]
    list_select_related = ["fund"]
    state_fields = ()
