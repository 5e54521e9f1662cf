"""Commitments, periods, fees, waterfall, limits and interests in sub-funds: recorded, ended, withdrawn by actions."""

from typing import Any

from django import forms
from django.contrib import admin
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminDateWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from funds.actions import terms
from funds.admin.columns import AmountField, UnitField, as_percent, fen_of, in_wan
from funds.forms.fields import ShareField
from funds.models import Commitment, FeeTerm, FundLimit, FundTerm, Investment, SubFundInterest, WaterfallTier
from funds.models.dated import DatedRecord
from innovation.core.admin import ActForm, ActionAdmin, ActionForm

PERIOD = ["valid_from", "valid_to", "document"]


def share_field(label: str | Promise, *, required: bool = True, **options: Any) -> ShareField:
    return ShareField(label=label, required=required, widget=UnfoldAdminTextInputWidget, **options)


class TermForm(ActionForm):
    """Hands what was typed to its action: relations by key, an amount in fen, the rest as it is."""

    fact_fields = {"amount_fen": "amount"}

    def arguments(self) -> dict[str, Any]:
        data = dict(self.cleaned_data)
        if "unit" in data:
            typed = data["amount"]
            data["amount_fen"] = fen_of(data, "amount") if typed else None
            del data["amount"], data["unit"]
        for name in ("fund", "investor", "investment", "sub_fund", "policy"):
            if name in data:
                related = data.pop(name)
                data[f"{name}_id"] = related.pk if related else None
        return data | {"actor": self.actor}


class CommitmentForm(TermForm):
    amount = AmountField(label=_("committed"))
    unit = UnitField()

    class Meta:
        model = Commitment
        fields = ["fund", "investor", "source", *PERIOD]

    def act(self) -> Commitment:
        return terms.record_commitment(**self.arguments())


class PeriodForm(TermForm):
    class Meta:
        model = FundTerm
        fields = ["fund", "phase", "approved_by", "approved_on", *PERIOD]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["valid_to"].required = True

    def act(self) -> FundTerm:
        return terms.record_term(**self.arguments())


class FeeForm(TermForm):
    rate = share_field(_("rate per year"))

    class Meta:
        model = FeeTerm
        fields = ["fund", "phase", "basis", *PERIOD]

    def act(self) -> FeeTerm:
        return terms.record_fee_term(**self.arguments())


class TierForm(TermForm):
    amount = AmountField(label=_("first loss"), required=False)
    unit = UnitField()
    first_loss = share_field(_("first loss as a share of paid-in capital"), required=False)
    hurdle = share_field(_("preferred return per year"), required=False)
    manager = share_field(_("share of the manager"), required=False)
    concession = share_field(_("profit concession"), required=False)

    class Meta:
        model = WaterfallTier
        fields = [
            "fund", "position", "kind", "bearer", "compounding", "day_count", "concession_to", "condition", *PERIOD
        ]  # fmt: skip

    def act(self) -> WaterfallTier:
        return terms.record_tier(**self.arguments())


class LimitForm(TermForm):
    share = share_field(_("share"), required=False)
    amount = AmountField(label=_("amount"), required=False)
    unit = UnitField()

    class Meta:
        model = FundLimit
        fields = ["fund", "kind", "basis", "count", "policy", "source", "status", *PERIOD]

    def act(self) -> FundLimit:
        return terms.record_limit(**self.arguments())


class InterestForm(TermForm):
    share = share_field(_("share"))

    class Meta:
        model = SubFundInterest
        fields = ["investment", "sub_fund", *PERIOD]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["investment"].queryset = Investment.objects.select_related("company")

    def act(self) -> SubFundInterest:
        return terms.record_interest(**self.arguments())


def acts_on(record_model: type[DatedRecord]) -> dict[str, type[ActForm]]:
    """End and withdraw: the two acts upon a dated fact that stands."""

    class _OnFact(ActForm):
        permission = f"funds.change_{record_model._meta.model_name}"

        class Meta:
            model = record_model
            fields: list[str] = []

        @classmethod
        def fits(cls, record: DatedRecord) -> bool:
            return record.is_current

    class EndForm(_OnFact):
        title = _("End this entry")
        last_day = forms.DateField(label=_("last day"), widget=UnfoldAdminDateWidget)

        def act(self) -> DatedRecord:
            last_day = self.cleaned_data["last_day"]
            return terms.end_fact(record=self.instance, last_day=last_day, actor=self.actor)

    class WithdrawForm(_OnFact):
        title = _("Withdraw this entry")
        reason = forms.CharField(label=_("reason"), max_length=300, widget=UnfoldAdminTextareaWidget)

        def act(self) -> DatedRecord:
            reason = self.cleaned_data["reason"]
            return terms.withdraw_fact(record=self.instance, reason=reason, actor=self.actor)

    return {"end": EndForm, "withdraw": WithdrawForm}


class DatedAdmin(ActionAdmin):
    """Admin of a dated fact: what stands and what it replaced, newest first."""

    date_hierarchy = "valid_from"
    ordering = ["-pk"]
    readonly_fields = ["recorded_at", "recorded_by", "superseded_at", "superseded_by", "withdrawn_because"]
    list_filter = [("superseded_at", admin.EmptyFieldListFilter)]
    search_fields = ["fund__code", "fund__name_zh", "fund__name_en", "document"]


@admin.register(Commitment)
class CommitmentAdmin(DatedAdmin):
    add_form = CommitmentForm
    acts = acts_on(Commitment)
    list_display = ["fund", "investor", "source", "committed", "valid_from", "valid_to", "recorded_at", "superseded_at"]
    list_filter = ["source", *DatedAdmin.list_filter]
    search_fields = [*DatedAdmin.search_fields, "investor__name_zh", "investor__name_en", "investor__uscc"]

    @admin.display(description=_("committed (万元)"), ordering="amount_fen")
    def committed(self, commitment: Commitment) -> str:
        return in_wan(commitment.amount_fen)


@admin.register(FundTerm)
class FundTermAdmin(DatedAdmin):
    add_form = PeriodForm
    acts = acts_on(FundTerm)
    list_display = ["fund", "phase", "valid_from", "valid_to", "approved_by", "approved_on", "superseded_at"]
    list_filter = ["phase", *DatedAdmin.list_filter]


@admin.register(FeeTerm)
class FeeTermAdmin(DatedAdmin):
    add_form = FeeForm
    acts = acts_on(FeeTerm)
    list_display = ["fund", "phase", "yearly", "basis", "valid_from", "valid_to", "superseded_at"]
    list_filter = ["phase", "basis", *DatedAdmin.list_filter]

    @admin.display(description=_("rate per year"))
    def yearly(self, term: FeeTerm) -> str:
        return as_percent(term.rate)


@admin.register(WaterfallTier)
class WaterfallTierAdmin(DatedAdmin):
    add_form = TierForm
    acts = acts_on(WaterfallTier)
    list_display = [
        "fund", "position", "kind", "first_loss_in_wan", "hurdle_share", "manager_share", "concession_share",
        "concession_to", "bearer", "compounding", "day_count", "valid_from", "valid_to", "superseded_at",
    ]  # fmt: skip
    list_filter = ["kind", "concession_to", "bearer", *DatedAdmin.list_filter]

    @admin.display(description=_("first loss (万元)"), ordering="amount_fen")
    def first_loss_in_wan(self, tier: WaterfallTier) -> str:
        return in_wan(tier.amount_fen) if tier.first_loss is None else as_percent(tier.first_loss)

    @admin.display(description=_("preferred return"))
    def hurdle_share(self, tier: WaterfallTier) -> str:
        return as_percent(tier.hurdle)

    @admin.display(description=_("share of the manager"))
    def manager_share(self, tier: WaterfallTier) -> str:
        return as_percent(tier.manager)

    @admin.display(description=_("profit concession"))
    def concession_share(self, tier: WaterfallTier) -> str:
        return as_percent(tier.concession)


@admin.register(FundLimit)
class FundLimitAdmin(DatedAdmin):
    add_form = LimitForm
    acts = acts_on(FundLimit)
    list_display = [
        "fund", "kind", "share_text", "basis", "amount", "count", "source", "status", "valid_from", "valid_to",
        "superseded_at",
    ]  # fmt: skip
    list_filter = ["kind", "status", *DatedAdmin.list_filter]

    @admin.display(description=_("share"))
    def share_text(self, limit: FundLimit) -> str:
        return as_percent(limit.share)

    @admin.display(description=_("amount (万元)"), ordering="amount_fen")
    def amount(self, limit: FundLimit) -> str:
        return in_wan(limit.amount_fen)


@admin.register(SubFundInterest)
class SubFundInterestAdmin(DatedAdmin):
    add_form = InterestForm
    acts = acts_on(SubFundInterest)
    list_display = ["mother", "investment", "sub_fund", "share_text", "valid_from", "valid_to", "superseded_at"]
    list_select_related = ["investment__company", "investment__fund", "sub_fund"]
    search_fields = ["investment__code", "investment__fund__code", "sub_fund__code", "sub_fund__name_zh", "document"]

    @admin.display(description=_("mother fund"), ordering="investment__fund__code")
    def mother(self, interest: SubFundInterest) -> str:
        return str(interest.investment.fund)

    @admin.display(description=_("share"))
    def share_text(self, interest: SubFundInterest) -> str:
        return f"{as_percent(interest.share)} ({interest.share})"
