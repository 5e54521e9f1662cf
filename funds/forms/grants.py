"""Forms of awards of grant money."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funds.forms.fields import OrganisationField
from funds.models import GrantAward
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken


class AwardTermsForm(OneTimeToken, forms.Form):
    """What may be changed of an award; the rest is what it is."""

    title = forms.CharField(label=_("Title of the award"), max_length=200)
    committed_fen = MoneyField(label=_("Granted"), help_text=_("All that may be paid under the award."))
    starts_on = DateField(label=_("Begins"))
    years = forms.IntegerField(label=_("Years"), min_value=1, max_value=30)
    review_on = DateField(
        label=_("Review on"), required=False, help_text=_("When the office looks at the results. Empty: not set.")
    )
    document = forms.CharField(label=_("Source document"), max_length=200, required=False)

    TERMS = ("title", "committed_fen", "starts_on", "years", "review_on", "document")

    def terms(self) -> dict[str, Any]:
        """The fields of ``GrantAward`` that the answers give."""
        return {name: self.cleaned_data[name] for name in self.TERMS}

    @classmethod
    def initial_of(cls, award: GrantAward) -> dict[str, Any]:
        return {name: getattr(award, name) for name in cls.TERMS}


class AwardForm(AwardTermsForm):
    """A new award."""

    code = forms.CharField(
        label=_("Award code"), max_length=60, help_text=_("The number of the decision, for example.")
    )
    recipient = OrganisationField(label=_("Recipient"))

    field_order = ["code", "recipient"]

    def terms(self) -> dict[str, Any]:
        data = self.cleaned_data
        return super().terms() | {"code": data["code"], "recipient": data["recipient"]}
