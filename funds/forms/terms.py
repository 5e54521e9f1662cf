"""Forms of the fund's terms: each hands what was typed to its action."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.actions import terms
from funds.choices.figures import DayCount
from funds.choices.records import (
    Compounding,
    ConcessionTo,
    FeeBasis,
    InvestmentMode,
    LimitBasis,
    LimitKind,
    LossBearer,
    MoneySource,
    Phase,
    TierKind,
)
from funds.forms.fields import OrganisationField, ShareField
from funds.models import (
    Commitment,
    FeeTerm,
    Fund,
    FundLimit,
    FundTerm,
    Investment,
    SubFundInterest,
    WaterfallTier,
)
from funds.models.dated import DatedRecord
from innovation.accounts.models import User
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken

NONE = [("", _("None"))]


class FactForm(OneTimeToken, forms.Form):
    """A dated fact of one fund. ``record`` calls the action and returns the row."""

    title: str | Promise
    model: type[DatedRecord]

    valid_from = DateField(label=_("Valid from"))
    valid_to = DateField(label=_("Valid to"), required=False, help_text=_("Empty while no end is known."))
    document = forms.CharField(label=_("Source document"), max_length=200, required=False)

    def __init__(self, *args: Any, fund: Fund, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fund = fund
        # Its own fields first, then the period.
        own = [name for name in self.fields if name not in FactForm.base_fields]
        self.order_fields([*own, *FactForm.base_fields])

    def arguments(self) -> dict[str, Any]:
        """Arguments of the action besides fund and actor."""
        data = dict(self.cleaned_data)
        data.pop("form_token", None)
        return data

    def record(self, actor: User) -> DatedRecord:
        raise NotImplementedError


class CommitmentForm(FactForm):
    title = _("Record a commitment")
    model = Commitment
    investor = OrganisationField(label=_("Investor"))
    source = forms.ChoiceField(label=_("Source of the money"), choices=MoneySource.choices)
    amount_fen = MoneyField(label=_("Committed"))

    def record(self, actor: User) -> Commitment:
        data = self.arguments()
        investor = data.pop("investor")
        return terms.record_commitment(fund_id=self.fund.pk, investor_id=investor.pk, actor=actor, **data)


class PeriodForm(FactForm):
    title = _("Record a period of the term")
    model = FundTerm
    phase = forms.ChoiceField(label=_("Phase"), choices=Phase.choices)
    approved_by = forms.CharField(
        label=_("Approved by"), max_length=200, help_text=_("The body that decided, such as the partners' meeting.")
    )
    approved_on = DateField(label=_("Approved on"))
    valid_to = DateField(label=_("Valid to"))

    def record(self, actor: User) -> FundTerm:
        return terms.record_term(fund_id=self.fund.pk, actor=actor, **self.arguments())


class FeeForm(FactForm):
    title = _("Record a management fee")
    model = FeeTerm
    phase = forms.ChoiceField(label=_("Phase"), choices=Phase.choices)
    rate = ShareField(label=_("Rate per year"))
    basis = forms.ChoiceField(label=_("Basis"), choices=FeeBasis.choices)

    def record(self, actor: User) -> FeeTerm:
        return terms.record_fee_term(fund_id=self.fund.pk, actor=actor, **self.arguments())


class TierForm(FactForm):
    title = _("Record a step of the waterfall")
    model = WaterfallTier
    position = forms.IntegerField(label=_("Order"), min_value=1, max_value=20)
    kind = forms.ChoiceField(label=_("Kind"), choices=TierKind.choices)
    amount_fen = MoneyField(label=_("First loss"), required=False)
    first_loss = ShareField(label=_("First loss as a share of paid-in capital"), required=False)
    hurdle = ShareField(label=_("Preferred return or interest per year"), required=False)
    compounding = forms.ChoiceField(
        label=_("Compounding"), choices=[*NONE, *Compounding.choices], required=False,
        help_text=_("Of a step with interest; simple where nothing is said."),
    )  # fmt: skip
    day_count = forms.ChoiceField(
        label=_("Day count"), choices=[*NONE, *DayCount.choices], required=False,
        help_text=_("Of a step with interest; actual days / 365 where nothing is said."),
    )  # fmt: skip
    bearer = forms.ChoiceField(
        label=_("Borne by"), choices=[*NONE, *LossBearer.choices], required=False,
        help_text=_("Of a first loss; the other investors where nothing is said."),
    )  # fmt: skip
    manager = ShareField(label=_("Share of the manager"), required=False)
    concession = ShareField(label=_("Profit concession"), required=False)
    concession_to = forms.ChoiceField(label=_("Concession to"), choices=[*NONE, *ConcessionTo.choices], required=False)
    condition = forms.CharField(label=_("Condition"), max_length=300, required=False)

    def record(self, actor: User) -> WaterfallTier:
        return terms.record_tier(fund_id=self.fund.pk, actor=actor, **self.arguments())


class LimitForm(FactForm):
    title = _("Record a limit")
    model = FundLimit
    kind = forms.ChoiceField(label=_("Limit"), choices=LimitKind.choices)
    share = ShareField(label=_("Share"), required=False)
    basis = forms.ChoiceField(label=_("Of"), choices=[*NONE, *LimitBasis.choices], required=False)
    amount_fen = MoneyField(label=_("Amount"), required=False)
    count = forms.IntegerField(label=_("Number"), min_value=0, required=False)
    source = forms.CharField(label=_("Where it is written"), max_length=300)

    def record(self, actor: User) -> FundLimit:
        return terms.record_limit(fund_id=self.fund.pk, actor=actor, **self.arguments())


class InterestForm(FactForm):
    title = _("Record an interest in a sub-fund")
    model = SubFundInterest
    investment = forms.ModelChoiceField(Investment.objects.none(), label=_("Investment of the mother fund"))
    sub_fund = forms.ModelChoiceField(Fund.objects.none(), label=_("Sub-fund"))
    share = ShareField(label=_("Share"))

    def __init__(self, *args: Any, fund: Fund, **kwargs: Any) -> None:
        super().__init__(*args, fund=fund, **kwargs)
        held = fund.investments.filter(mode=InvestmentMode.SUB_FUND).select_related("company")
        self.fields["investment"].queryset = held
        self.fields["sub_fund"].queryset = Fund.objects.exclude(pk=fund.pk).order_by("code")

    def record(self, actor: User) -> SubFundInterest:
        data = self.arguments()
        investment, sub_fund = data.pop("investment"), data.pop("sub_fund")
        return terms.record_interest(investment_id=investment.pk, sub_fund_id=sub_fund.pk, actor=actor, **data)


FACTS: Mapping[str, type[FactForm]] = {
    "commitment": CommitmentForm, "period": PeriodForm, "fee": FeeForm, "tier": TierForm, "limit": LimitForm,
    "interest": InterestForm,
}  # fmt: skip
"""By the word that stands in addresses."""


class EndFactForm(OneTimeToken, forms.Form):
    last_day = DateField(label=_("Last day"))


class WithdrawFactForm(OneTimeToken, forms.Form):
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=forms.Textarea({"rows": 3}))


class MoveFundForm(OneTimeToken, forms.Form):
    reason = forms.CharField(
        label=_("Reason"), max_length=300, required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("Such as the decision it follows. Kept with the step."),
    )  # fmt: skip
