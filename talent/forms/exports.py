"""Forms of exports of people."""

from django import forms
from django.utils.translation import gettext_lazy as _

from innovation.core.forms import OneTimeToken
from talent.choices.people import RoleKind


class AskExportForm(OneTimeToken, forms.Form):
    """Which people, and what for."""

    kind = forms.ChoiceField(
        label=_("Role"), choices=[("", _("All people of the registry")), *RoleKind.choices], required=False
    )
    reason = forms.CharField(
        label=_("What the list is for"), max_length=300, widget=forms.Textarea({"rows": 3}),
        help_text=_("People see that they were on an exported list; the reason stands in the file."),
    )  # fmt: skip


class DecideExportForm(OneTimeToken, forms.Form):
    """The second person's word."""

    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("approve", _("Agree")), ("refuse", _("Refuse"))], widget=forms.RadioSelect
    )
    reason = forms.CharField(label=_("Reason"), max_length=300, required=False)
