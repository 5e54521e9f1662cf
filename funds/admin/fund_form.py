"""The form of a fund: amounts in the unit that staff think in, the government's share as they write it."""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextInputWidget

from funds.admin.columns import AmountField, UnitField, fen_of
from funds.forms.fields import PERCENT, parse_share
from funds.models import Fund
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, from_fen


def typed_amount(fen: int) -> str:
    """An amount in 万元, exact to the fen, as a person would type it."""
    whole, __, decimals = f"{from_fen(fen, Unit.WAN):,f}".partition(".")
    decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole


def typed_share(share: Fraction) -> str:
    """``40%`` where the percents are whole, else ``1/3``."""
    percents = share / PERCENT
    return f"{percents}%" if percents.denominator == 1 else str(share)


class FundForm(forms.ModelForm):
    """Reads amounts and share as typed; the fund keeps fen, numerator and denominator."""

    committed = AmountField(label=gettext_lazy("committed capital"))
    others_first_loss = AmountField(
        label=gettext_lazy("first loss of the other investors"),
        required=False,
        help_text=gettext_lazy("Nothing typed is nothing borne."),
    )
    unit = UnitField()
    government = forms.CharField(
        label=gettext_lazy("government share"),
        initial="100%",
        max_length=60,
        widget=UnfoldAdminTextInputWidget,
        help_text=gettext_lazy("A percentage or a fraction, like 40% or 2/5; kept exactly."),
    )

    class Meta:
        model = Fund
        fields = [
            "code", "name_zh", "name_en", "amac_code", "kind", "fund_class", "state", "stage", "mode", "categories",
            "organisation", "manager", "parent", "starts_on", "investment_ends_on", "ends_on",
        ]  # fmt: skip

    def __init__(self, *args: Any, instance: Fund | None = None, **kwargs: Any) -> None:
        initial = self._typed(instance) if instance and instance.pk else {}
        kwargs["initial"] = initial | dict(kwargs.get("initial") or {})
        super().__init__(*args, instance=instance, **kwargs)
        for name in ("committed", "others_first_loss", "unit", "government"):
            if name in self.fields:
                label = str(self.fields[name].label)
                self.fields[name].label = label[:1].upper() + label[1:]

    @staticmethod
    def _typed(fund: Fund) -> Mapping[str, str]:
        return {
            "committed": typed_amount(fund.committed_fen),
            "others_first_loss": typed_amount(fund.others_first_loss_fen),
            "unit": Unit.WAN,
            "government": typed_share(fund.government_share),
        }

    def clean_government(self) -> Fraction:
        return parse_share(self.cleaned_data["government"])

    def clean(self) -> dict[str, Any]:
        data = super().clean() or self.cleaned_data
        if "unit" not in data:
            return data
        committed, first_loss = self._fen("committed"), self._fen("others_first_loss")
        if committed is not None and committed <= 0:
            self.add_error("committed", _("Committed capital is above zero."))
        if first_loss is not None and first_loss < 0:
            self.add_error("others_first_loss", _("First loss is zero or more."))
        if not self.errors:
            self.instance.committed_fen, self.instance.others_first_loss_fen = committed, first_loss
            self.instance.government_num, self.instance.government_den = data["government"].as_integer_ratio()
        return data

    def _fen(self, field: str) -> int | None:
        """Fen of one typed amount; None where it has an error, which then stands beside its field."""
        if field in self.errors:
            return None
        try:
            return fen_of(self.cleaned_data, field)
        except RuleViolation as violation:
            self.add_error(field, str(violation.message))
            return None
