"""The file of earlier awards, and the word that writes it."""

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.core.forms import OneTimeToken


class AwardFileForm(OneTimeToken, forms.Form):
    file = forms.FileField(
        label=_("File (CSV or XLSX)"),
        help_text=_(
            "One row for each award. The head of the amount names its unit: “amount (yuan)” or “amount (10,000 yuan)”."
        ),
    )


class AwardConfirmForm(OneTimeToken, forms.Form):
    """Only asks whether to go on."""
