"""The one form that asks for a year of birth: of one's own will, for the bias report alone. It never shows it again."""

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.core.forms import OneTimeToken


class BirthYearForm(OneTimeToken, forms.Form):
    """A year and the separate consent to keep it sealed."""

    year = forms.IntegerField(
        label=_("Year of birth"), widget=forms.TextInput({"inputmode": "numeric", "autocomplete": "off"}),
        help_text=_("Four digits. No day, no month."),
    )  # fmt: skip
    consent = forms.BooleanField(
        label=_("I agree that my year of birth is kept sealed and used for the yearly check of fairness only"),
        required=False,
    )
