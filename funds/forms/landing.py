"""Forms of landing agreements: the project, a duty, what was reached, the claw-back."""

from typing import Any

from django import forms
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models import Investment, LandedDuty
from innovation.core.errors import RuleViolation
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken
from innovation.core.money import Unit, parse_fen


class ProjectForm(OneTimeToken, forms.Form):
    investment = forms.ModelChoiceField(
        label=_("Holding"), queryset=Investment.objects.select_related("company", "fund").order_by("fund__code", "code")
    )
    name = forms.CharField(label=_("Name of the project"), max_length=200)
    place = forms.CharField(label=_("Place"), max_length=200)
    agreement = forms.CharField(label=_("Agreement"), max_length=200, help_text=_("Number or title of the document."))
    signed_on = DateField(label=_("Signed on"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["investment"].label_from_instance = lambda row: f"{row.fund.code} · {row.code} {row.company.name}"


class AmountForm(OneTimeToken, forms.Form):
    """An amount of money with its unit, or heads for jobs: ``number`` reads both."""

    unit = forms.ChoiceField(
        label=_("Unit of the amount"), choices=Unit.choices, initial=Unit.WAN, help_text=_("Jobs are heads.")
    )

    def number(self, name: str, kind: str) -> int:
        """Fen, or heads for jobs. Raises RuleViolation NOT_A_NUMBER, MONEY_*."""
        text = self.cleaned_data[name].strip()
        if kind != LandedDuty.Kind.JOBS:
            try:
                return parse_fen(text, Unit(self.cleaned_data["unit"]))
            except RuleViolation as refused:
                raise RuleViolation(refused.code, refused.message, field=name) from None
        plain = text.replace(",", "")
        if not plain.isdecimal():
            raise RuleViolation("NOT_A_NUMBER", _("Write the heads as a whole number."), field=name)
        return int(plain)


class DutyForm(AmountForm):
    kind = forms.ChoiceField(label=_("Kind of duty"), choices=LandedDuty.Kind.choices)
    target = forms.CharField(label=_("Target"), max_length=40)
    due_on = DateField(label=_("Due on"))
    stake_fen = MoneyField(
        label=_("Owed back for a total shortfall"), required=False, help_text=_("A part is owed in proportion.")
    )
    field_order = ["kind", "target", "unit", "due_on", "stake_fen"]


class ActualForm(AmountForm):
    valid_at = DateField(label=_("By the day"), initial=timezone.localdate)
    value = forms.CharField(label=_("Reached in all"), max_length=40)
    document = forms.CharField(label=_("Evidence"), max_length=200)
    upload = forms.FileField(label=_("Document"), required=False)
    field_order = ["valid_at", "value", "unit", "document", "upload"]


class PaidForm(OneTimeToken, forms.Form):
    paid_on = DateField(label=_("Paid on"), initial=timezone.localdate)
