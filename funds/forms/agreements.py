"""Forms of agreements and their tranches."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from funds.actions.agreements import Promise
from funds.choices.deals import DecisionOutcome, Instrument
from funds.forms.deals import LONG, OptionalPaper
from funds.forms.fields import ShareField
from funds.models import Agreement, Decision, Investment
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken

LINES = 4
"""Tranches that the form offers; more come by an amendment or the API."""


class AgreementForm(OneTimeToken, OptionalPaper):
    """A signed agreement with its tranches."""

    decision = forms.ModelChoiceField(
        label=gettext_lazy("Decision that approved it"), queryset=Decision.objects.none(), required=False
    )
    supersedes = forms.ModelChoiceField(
        label=gettext_lazy("Agreement that it replaces"), queryset=Agreement.objects.none(), required=False
    )
    number = forms.CharField(label=gettext_lazy("Number"), max_length=60)
    signed_on = DateField(label=gettext_lazy("Signed on"))
    instrument = forms.ChoiceField(label=gettext_lazy("Instrument"), choices=Instrument.choices)
    amount_fen = MoneyField(label=gettext_lazy("Amount"))
    pre_money_fen = MoneyField(label=gettext_lazy("Value of the company before the money"), required=False)
    share = ShareField(label=gettext_lazy("Share of the company"), required=False)
    redeem_from = DateField(label=gettext_lazy("Redemption possible from"), required=False)
    terms = forms.CharField(label=gettext_lazy("Terms"), widget=LONG, required=False)

    def __init__(self, *args: Any, investment: Investment, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        approved = Decision.objects.sealed().filter(investment=investment, outcome=DecisionOutcome.APPROVED)
        self.fields["decision"].queryset = approved.order_by("-met_on")
        self.fields["supersedes"].queryset = Agreement.objects.filter(investment=investment, superseded_by=None)
        for place in range(1, LINES + 1):
            number = {"number": place}
            self.fields[f"tranche_{place}"] = MoneyField(
                label=_("Tranche %(number)s: amount") % number, required=False,
                help_text=_("No tranche given is one of the whole amount.") if place == 1 else "",
            )  # fmt: skip
            self.fields[f"condition_{place}"] = forms.CharField(
                label=_("Tranche %(number)s: condition") % number, required=False, max_length=500,
                help_text=_("Without a condition it may be paid at once.") if place == 1 else "",
            )  # fmt: skip
            self.fields[f"due_{place}"] = DateField(label=_("Tranche %(number)s: due") % number, required=False)

    def promises(self) -> list[Promise]:
        data = self.cleaned_data
        return [
            Promise(data[f"tranche_{place}"], data[f"condition_{place}"], data[f"due_{place}"])
            for place in range(1, LINES + 1)
            if data.get(f"tranche_{place}")
        ]

    def values(self) -> dict[str, Any]:
        """What ``actions.sign_agreement`` takes, papers and tranches apart."""
        data = self.cleaned_data
        names = ("number", "signed_on", "instrument", "amount_fen", "pre_money_fen", "share", "redeem_from", "terms")
        rows = {f"{name}_id": data[name].pk for name in ("decision", "supersedes") if data[name]}
        return {name: data[name] for name in names} | rows


class MetForm(OneTimeToken, OptionalPaper):
    """That the condition of a tranche is met."""

    met_on = DateField(label=gettext_lazy("Met on"))
    note = forms.CharField(label=gettext_lazy("What shows it"), widget=LONG)
    field_order = ["met_on", "note", "file"]


class PayForm(OneTimeToken, forms.Form):
    """The entry that pays a tranche."""

    value_date = DateField(label=gettext_lazy("Value date"))
    document = forms.CharField(label=gettext_lazy("Source document"), max_length=200)
