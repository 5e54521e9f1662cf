"""Forms of scheme versions: record one, confirm it, end it."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.core.fields import DateField
from innovation.core.forms import OneTimeToken
from talent.choices.credentials import DatePrecision
from talent.forms.typed import LinesField, RulesField
from talent.models import SchemeVersion


class VersionForm(OneTimeToken, forms.Form):
    """A version with its rules as JSON, begun from the one before."""

    version = forms.CharField(label=_("Version"), max_length=60)
    authority = forms.CharField(label=_("Authority"), max_length=120, required=False)
    valid_from = DateField(label=_("Valid from"), required=False)
    valid_to = DateField(label=_("Valid to"), required=False)
    date_precision = forms.ChoiceField(label=_("Dates are known"), choices=DatePrecision.choices)
    source = forms.CharField(label=_("Source"), max_length=300)
    open_points = LinesField(label=_("Open points"), help_text=_("What must still be found out, one a line."))
    rules = RulesField(label=_("Rules"), help_text=_("JSON; decimals are kept exactly."))

    NAMES = (
        "version", "authority", "valid_from", "valid_to", "date_precision", "source", "open_points", "rules",
    )  # fmt: skip

    def values(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.NAMES}

    @classmethod
    def initial_of(cls, version: SchemeVersion) -> dict[str, Any]:
        return {name: getattr(version, name) for name in cls.NAMES}


class ConfirmVersionForm(OneTimeToken, forms.Form):
    source = forms.CharField(
        label=_("Text that you read"), max_length=300, help_text=_("Title, number and date of the document.")
    )


class EndVersionForm(OneTimeToken, forms.Form):
    valid_to = DateField(label=_("Last day"))
