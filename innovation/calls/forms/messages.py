"""What an officer chooses for a message to many: the mail text, for whom on each application, own words."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import Audience
from innovation.core.forms import OneTimeToken


class MessageForm(OneTimeToken, forms.Form):
    template = forms.ModelChoiceField(label=_("Mail text"), queryset=None, empty_label=None)
    audience = forms.ChoiceField(
        label=_("For whom on each application"), choices=Audience.choices, initial=Audience.LEADS,
        widget=forms.RadioSelect,
    )  # fmt: skip
    note = forms.CharField(
        label=_("Your words"), max_length=3_000, required=False, widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("Put in where the mail text names a reason. A text without that place does not show them."),
    )  # fmt: skip
    case = forms.ModelMultipleChoiceField(queryset=None, widget=forms.MultipleHiddenInput)

    def __init__(self, *args: Any, templates: Any, cases: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["template"].queryset = templates
        self.fields["case"].queryset = cases
