"""The form by which a file is sent."""

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.core.forms import OneTimeToken
from talent.choices.imports import TalentFile


class SendForm(OneTimeToken, forms.Form):
    kind = forms.ChoiceField(label=_("Contents"), choices=TalentFile.choices, widget=forms.RadioSelect)
    release = forms.CharField(
        label=_("Release of the list"), max_length=40, required=False,
        help_text=_("For ESCO: its version, such as v1.2."),
    )  # fmt: skip
    file = forms.FileField(label=_("File"), help_text=_("CSV with one heading row, or CERIF XML."))
