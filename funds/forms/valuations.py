"""Forms of valuation work: what is valued, the paper of one method, decisions, rounds."""

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from funds.actions.valuation_papers import Words
from funds.choices.records import ValuationMethod
from funds.models import CatalogueItem, Investment, ValuationPaper
from funds.rules.valuation_methods import METHODS, Input, InputKind
from innovation.core.fields import DateField, MoneyField
from innovation.core.forms import OneTimeToken
from innovation.core.money import Unit, from_fen

COLUMNS = (("entry", _("On the day of entry")), ("now", _("On the day of the value")), ("source", _("Source")))


class StartForm(forms.Form):
    """Which holding, for which day, by which method; sent by GET, so that the next page has an address."""

    investment = forms.ModelChoiceField(
        label=_("Holding"), queryset=Investment.objects.select_related("company", "fund").order_by("fund__code", "code")
    )
    valid_at = DateField(label=_("The day the value holds for"))
    method = forms.ChoiceField(
        label=_("Method"), choices=ValuationMethod.choices, widget=forms.RadioSelect, initial=ValuationMethod.NET_ASSETS
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["investment"].label_from_instance = lambda row: f"{row.fund.code} · {row.code} {row.company.name}"


class PaperForm(OneTimeToken, forms.Form):
    """The inputs of one method on two days with their sources, the value, and what is said about it.

    Only what cannot be read is refused here: a draft saves, and the page tells what is still missing.
    """

    unit = forms.ChoiceField(label=_("Unit of the amounts below"), choices=Unit.choices, initial=Unit.WAN)
    fair_value = MoneyField(
        label=_("Fair value of the holding"),
        required=False,
        help_text=_("Leave it empty to take what the method gives. Another value needs its reason."),
    )
    adjustment_reason = forms.CharField(
        label=_("Reason of the adjustment"), required=False, widget=forms.Textarea({"rows": 3})
    )
    level = forms.ChoiceField(
        label=_("Fair-value level"), choices=ValuationPaper.Level.choices, initial=ValuationPaper.Level.THREE
    )
    standard = forms.ModelChoiceField(
        label=_("Standard"), queryset=CatalogueItem.objects.filter(kind=CatalogueItem.Kind.STANDARD), required=False
    )
    document = forms.CharField(
        label=_("Source document"), required=False, max_length=200, help_text=_("Name or number of the report.")
    )
    correction_reason = forms.CharField(
        label=_("Reason of the correction"), required=False, widget=forms.Textarea({"rows": 3}),
        help_text=_("Needed once the round of the quarter is locked."),
    )  # fmt: skip

    def __init__(self, *args: Any, method: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.method = method
        for entry in METHODS[method].inputs:
            for column, label in COLUMNS:
                self.fields[f"{column}_{entry.key}"] = forms.CharField(
                    label=label, required=False, max_length=200, help_text=_hint(entry, column)
                )

    def rows(self) -> Iterator[tuple[str, list[BoundField]]]:
        """Each input with its three fields."""
        for entry in METHODS[self.method].inputs:
            yield capfirst(str(entry.label)), [self[f"{column}_{entry.key}"] for column, _label in COLUMNS]

    def judgement(self) -> list[BoundField]:
        """The fields below the inputs."""
        names = (
            "fair_value", "adjustment_reason", "level", "standard", "document", "correction_reason",
        )  # fmt: skip
        return [self[name] for name in names]

    def words(self) -> Words:
        """What was typed, for the action."""
        data = self.cleaned_data
        inputs = {
            column: {entry.key: data[f"{column}_{entry.key}"] for entry in METHODS[self.method].inputs}
            for column, _label in COLUMNS
        }
        return Words(
            method=self.method,
            fair_value_fen=data["fair_value"],
            unit=data["unit"],
            now=inputs["now"],
            entry=inputs["entry"],
            sources=inputs["source"],
            level=data["level"],
            standard=data["standard"],
            adjustment_reason=data["adjustment_reason"],
            correction_reason=data["correction_reason"],
            document=data["document"],
        )


def _hint(entry: Input, column: str) -> str:
    if column == "source" or entry.default is None:
        return ""
    return str(_("Empty counts as %(number)s.") % {"number": entry.default})


def initial_of(paper: ValuationPaper) -> dict[str, Any]:
    """What the form shows of a stored paper; amounts in 万元."""
    shown: dict[str, Any] = {
        "unit": Unit.WAN, "fair_value": paper.fair_value_fen, "adjustment_reason": paper.adjustment_reason,
        "level": paper.level, "standard": paper.standard_id, "document": paper.document,
        "correction_reason": paper.correction_reason,
    }  # fmt: skip
    for entry in METHODS[paper.method].inputs:
        row = paper.inputs.get(entry.key, {})
        shown[f"source_{entry.key}"] = row.get("source", "")
        for column in ("entry", "now"):
            shown[f"{column}_{entry.key}"] = typed_again(entry, row.get(column, ""))
    return shown


def typed_again(entry: Input, stored: str) -> str:
    """A stored input as a person would type it, money in 万元."""
    if not stored:
        return ""
    if entry.kind is InputKind.MONEY:
        return _plain(from_fen(int(stored), Unit.WAN))
    if entry.kind is InputKind.SERIES:
        return " ".join(_plain(from_fen(int(part), Unit.WAN)) for part in stored.split())
    if entry.kind is InputKind.SHARE:
        return _percent(stored)
    return stored


def _plain(amount: Any) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _percent(stored: str) -> str:
    num, _slash, den = stored.partition("/")
    return _plain(Decimal(num) * 100 / Decimal(den or 1))


class DecisionForm(OneTimeToken, forms.Form):
    """A reason, with a decision that the page names."""

    reason = forms.CharField(label=_("Reason"), required=False, widget=forms.Textarea({"rows": 4}))


class OpenRoundForm(OneTimeToken, forms.Form):
    quarter_end = DateField(label=_("Quarter end"))
    due_on = DateField(
        label=_("Due on"),
        required=False,
        help_text=_("Empty: so many working days after the quarter as the office set."),
    )
