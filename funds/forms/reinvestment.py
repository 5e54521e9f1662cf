"""Forms of local reinvestment: the claim, its proof, the decision."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models import CatalogueItem, Investment
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken
from innovation.organisations.models import Organisation


def grounds() -> Any:
    """The recognition list."""
    return CatalogueItem.objects.filter(kind=CatalogueItem.Kind.GROUND)


class ClaimForm(OneTimeToken, forms.Form):
    """A holding of the books, or a company with the day of the investment."""

    fund = forms.ModelChoiceField(label=_("Fund whose government money counts"), queryset=None)
    investment = forms.ModelChoiceField(
        label=_("Holding"), queryset=Investment.objects.none(), required=False,
        help_text=_("Empty for an investment of another fund of the manager."),
    )  # fmt: skip
    company = forms.ModelChoiceField(
        label=_("Company, without a holding"), queryset=Organisation.objects.none(), required=False
    )
    invested_on = DateField(label=_("Invested on, without a holding"), required=False)
    claimed_fen = MoneyField(label=_("Amount claimed"))
    claimed_ground = forms.ModelChoiceField(label=_("Ground"), queryset=CatalogueItem.objects.none())
    statement = forms.CharField(label=_("Statement"), required=False, widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, funds: Any, holdings: Any, companies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["fund"].queryset = funds
        self.fields["investment"].queryset = holdings
        self.fields["company"].queryset = companies
        self.fields["claimed_ground"].queryset = grounds()


class ProofForm(OneTimeToken, forms.Form):
    file = forms.FileField(
        label=_("Document"), help_text=_("PDF, picture, Word, CSV or .xlsx; it is kept by its hash.")
    )


class ReasonForm(OneTimeToken, forms.Form):
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 4}))


class PlainForm(OneTimeToken, forms.Form):
    """Only the token."""


class RecogniseForm(OneTimeToken, forms.Form):
    recognised_fen = MoneyField(label=_("Amount recognised"))
    ground = forms.ModelChoiceField(label=_("Ground of recognition"), queryset=CatalogueItem.objects.none())
    recognised_on = DateField(label=_("Recognised on"), initial=timezone.localdate)
    reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["ground"].queryset = grounds()


class RevokeForm(ReasonForm):
    revoked_on = DateField(label=_("Revoked from"), initial=timezone.localdate)
