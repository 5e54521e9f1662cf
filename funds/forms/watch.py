"""Forms of alerts and special tiers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from funds.models import FundPolicyBinding, ToleranceRule
from innovation.core.fields import DateField
from innovation.core.forms import OneTimeToken


class AcknowledgeForm(OneTimeToken, forms.Form):
    """Only the token: somebody has seen the alert."""


class CloseAlertForm(OneTimeToken, forms.Form):
    reason = forms.CharField(
        label=_("What was done about it"), max_length=300, widget=forms.Textarea({"rows": 3}),
        help_text=_("Everybody who opens the alert later reads this."),
    )  # fmt: skip


class ManyFilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class ManyFilesField(forms.FileField):
    """Any number of files; cleans to a list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": ManyFilesInput()} | options)

    def clean(self, data: Any, initial: Any = None) -> list[Any]:
        files = data if isinstance(data, list | tuple) else [data]
        return [super(ManyFilesField, self).clean(file, initial) for file in files if file or self.required]


class SpecialTierRequestForm(OneTimeToken, forms.Form):
    """Asks for the special tier of one of the rules that bind a fund or group now."""

    choice = forms.ChoiceField(label=_("Rule and policy"))
    condition_met = forms.BooleanField(label=_("The condition that the rule names is met."))
    evidence = forms.CharField(
        label=_("What shows that the condition is met"), widget=forms.Textarea({"rows": 5}), max_length=4000
    )
    files = ManyFilesField(
        label=_("Documents"), help_text=_("PDF, pictures, Word documents or tables. Each is kept with its hash.")
    )
    valid_from = DateField(label=_("Valid from"))
    valid_to = DateField(label=_("Valid to"), help_text=_("After this day the ordinary cap holds again."))

    def __init__(self, *args: Any, bindings: list[FundPolicyBinding], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["choice"].choices = [
            (f"{binding.pk}-{rule.pk}", f"{binding.document} · {rule.code} · {_condition(rule)}")
            for binding in bindings
            for rule in binding.document.rules.all()
            if rule.special_cap is not None
        ]

    def clean_choice(self) -> tuple[int, int]:
        binding, __, rule = self.cleaned_data["choice"].partition("-")
        return int(binding), int(rule)


def _condition(rule: ToleranceRule) -> str:
    return rule.special_condition or str(_("condition not stated"))


class DecideTierForm(OneTimeToken, forms.Form):
    decision = forms.ChoiceField(
        label=_("Decision"), choices=[("approve", _("Approve")), ("refuse", _("Refuse"))], widget=forms.RadioSelect
    )
    decision_reason = forms.CharField(label=_("Reason"), widget=forms.Textarea({"rows": 4}), max_length=2000)


class AddEvidenceForm(OneTimeToken, forms.Form):
    file = forms.FileField(label=_("One more document"))
