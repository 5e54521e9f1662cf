"""What may be asked of the stress pages: a supposition, a run, a name for a scenario."""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.choices.figures import StressKind
from funds.choices.records import Stage
from funds.choices.tolerance import Basis, Denominator, MoneyView, Netting
from funds.data.outcomes import shipped
from funds.models import Fund
from funds.models.stress import LARGEST_SEED, LEAST_DRAWS, MOST_DRAWS
from funds.queries.outcomes import OutcomeRows
from funds.queries.simulated import Choices
from funds.queries.whatif import Placed, Supposed
from funds.rules.stress.changes import Change, ChangeKind, NewMoney
from innovation.core.errors import RuleViolation
from innovation.core.fields import MoneyField
from innovation.core.forms import OneTimeToken

AS_POLICY = [("", _("As the policy says"))]
YES_NO = [*AS_POLICY, ("yes", _("Yes")), ("no", _("No"))]
READING = ("basis", "netting", "denominator", "money_view", "fees", "income", "look_through")
FLAGS = frozenset({"fees", "income", "look_through"})
DOWN, OFF = "down-", "off-"


class PercentField(forms.DecimalField):
    """A percentage as people type it, cleaned to an exact share; None when empty."""

    def __init__(self, **options: Any) -> None:
        options = {"required": False, "min_value": 0, "max_value": 100, "decimal_places": 4, "max_digits": 8} | options
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Fraction | None:
        text = value.strip().removesuffix("%").strip() if isinstance(value, str) else value
        cleaned = super().clean(text)
        return None if cleaned is None else Fraction(cleaned) / 100


class WhatIfForm(forms.Form):
    """A supposition as the address carries it: ``down-12=30``, ``off-15=on`` for holdings, the rest as named fields."""

    others = PercentField(label=_("All other holdings fall by (%)"))
    impaired = forms.BooleanField(label=_("Record the markdowns as impairments too"), required=False)
    amount = MoneyField(label=_("New money"), required=False)
    fund = forms.ChoiceField(label=_("Invested by"), required=False)
    stage = forms.ChoiceField(label=_("Stage of the new money"), required=False, choices=Stage.choices)
    lost = PercentField(label=_("Of it lost (%)"))
    called = forms.BooleanField(label=_("Called from the investors for it"), required=False)
    basis = forms.ChoiceField(label=_("Losses counted"), required=False, choices=[*AS_POLICY, *Basis.choices])
    netting = forms.ChoiceField(label=_("Gains set off"), required=False, choices=[*AS_POLICY, *Netting.choices])
    denominator = forms.ChoiceField(label=_("Divided by"), required=False, choices=[*AS_POLICY, *Denominator.choices])
    money_view = forms.ChoiceField(label=_("Whose money"), required=False, choices=[*AS_POLICY, *MoneyView.choices])
    fees = forms.ChoiceField(label=_("Fees and expenses count"), required=False, choices=YES_NO)
    income = forms.ChoiceField(label=_("Dividends and interest count"), required=False, choices=YES_NO)
    look_through = forms.ChoiceField(label=_("Look through to projects"), required=False, choices=YES_NO)
    cap = PercentField(label=_("Another cap (%)"))

    def __init__(self, data: Mapping[str, Any], *, funds: Iterable[Fund], document: int | None = None) -> None:
        super().__init__(data, auto_id="%s")
        self.document = document
        self.funds = list(funds)
        self.fields["fund"].choices = [(str(fund.pk), fund.name) for fund in self.funds]
        if len(self.funds) < 2:  # noqa: PLR2004 - one fund needs no choice
            self.fields["fund"].widget = forms.HiddenInput()

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if not self.errors:
            try:
                data["supposed"] = self._supposed(data)
            except RuleViolation as violation:
                field = violation.field if violation.field in self.fields else None
                self.add_error(field, str(violation))
        return data

    @property
    def supposed(self) -> Supposed:
        """What is supposed; nothing while the form has errors."""
        found: Supposed = self.cleaned_data.get("supposed") or Supposed(document=self.document)
        return found

    def _supposed(self, data: Mapping[str, Any]) -> Supposed:
        new = ()
        if data["amount"]:
            fund_id = int(data["fund"] or (self.funds[0].pk if self.funds else 0))
            money = NewMoney(
                data["amount"], data["stage"] or Stage.VENTURE, lost=data["lost"] or Fraction(0), called=data["called"]
            )
            new = (Placed(fund_id, money),)
        reading = {
            name: data[name] == "yes" if name in FLAGS else self._choice(name, data[name])
            for name in READING
            if data[name]
        }
        return Supposed(
            changes=tuple(self._changes(impaired=data["impaired"])), new=new, reading=reading, cap=data["cap"],
            document=self.document, others=data["others"] or None, impaired=data["impaired"],
        )  # fmt: skip

    @staticmethod
    def _choice(name: str, value: str) -> Any:
        kinds = {"basis": Basis, "netting": Netting, "denominator": Denominator, "money_view": MoneyView}
        return kinds[name](value)

    @cached_property
    def typed(self) -> dict[int, tuple[str, bool]]:
        """What was typed for holdings, by id: the percentage, and whether it is written off."""
        found: dict[int, tuple[str, bool]] = {}
        for name in self.data:
            for prefix in (DOWN, OFF):
                key = name.removeprefix(prefix)
                if key != name and key.isdecimal() and len(key) < 19 and self.data.get(name, "").strip():  # noqa: PLR2004
                    down, off = found.get(int(key), ("", False))
                    found[int(key)] = (self.data[name].strip(), off) if prefix == DOWN else (down, True)
        return found

    def _changes(self, *, impaired: bool) -> list[Change]:
        changes = []
        for holding, (down, off) in sorted(self.typed.items()):
            if off:
                changes.append(Change(holding, ChangeKind.WRITE_OFF))
            elif share := _percent(down):
                changes.append(Change(holding, ChangeKind.MARK_DOWN, share, impaired))
        return changes


def _percent(text: str) -> Fraction:
    try:
        return Fraction(Decimal(text.removesuffix("%").strip())) / 100
    except (InvalidOperation, ValueError, OverflowError):
        message = gettext("“%(text)s” is no percentage. Write a markdown as 30 or 12.5.") % {"text": text}
        raise RuleViolation("WHATIF_SHARE", message) from None


class SaveScenarioForm(OneTimeToken, forms.Form):
    """A name for a supposition, which travels hidden as plain data."""

    name = forms.CharField(label=_("Name of the scenario"), max_length=100)
    note = forms.CharField(
        label=_("Note"), required=False, max_length=1_000, widget=forms.Textarea({"rows": 2}),
    )  # fmt: skip
    changes = forms.CharField(widget=forms.HiddenInput, max_length=200_000)

    def clean_changes(self) -> Supposed:
        try:
            return Supposed.from_data(json.loads(self.cleaned_data["changes"]))
        except (ValueError, AttributeError, RuleViolation):
            raise forms.ValidationError(gettext("This supposition cannot be read. Suppose it again.")) from None


class RunForm(OneTimeToken, forms.Form):
    """A simulation: what is supposed of the positions, by which data, how many scenarios."""

    kind = forms.ChoiceField(
        label=_("What is drawn"), choices=StressKind.choices, initial=StressKind.BY_FUND_END, widget=forms.RadioSelect
    )
    table = forms.ChoiceField(label=_("Outcome data"), help_text=_("Where the failure rates or shares come from."))
    rho = PercentField(
        label=_("Correlation of the positions (%)"), required=True, initial=15,
        help_text=_("0 means that each fails by itself; results from 0 to 30 % are shown beside it."),
    )  # fmt: skip
    draws = forms.IntegerField(
        label=_("Scenarios"), min_value=LEAST_DRAWS, max_value=MOST_DRAWS, initial=lambda: shipped()["draws"]
    )
    years = forms.DecimalField(
        label=_("Years to look ahead"), required=False, min_value=Decimal("0.1"), max_value=50, decimal_places=2,
        help_text=_("Empty: to the end of each fund. Only for failures by the end of the fund."),
    )  # fmt: skip
    uncalled = forms.BooleanField(
        label=_("Invest the money not yet called, too"), required=False,
        help_text=_("Called year by year and split into tickets of the usual size."),
    )  # fmt: skip
    seed = forms.IntegerField(
        label=_("Random seed"), required=False, min_value=0, max_value=LARGEST_SEED,
        help_text=_("Empty: a fresh one. The same seed and inputs give the same digits."),
    )  # fmt: skip

    def __init__(self, *args: Any, tables: Mapping[str, OutcomeRows], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tables = tables
        self.fields["table"].choices = [
            (table, _table_label(rows))
            for table, rows in sorted(tables.items())
            if any(rows.serves(kind) for kind in StressKind)
        ]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        if data.get("table") and data.get("kind") and not self.tables[data["table"]].serves(StressKind(data["kind"])):
            self.add_error("table", _("This outcome table has no data for this kind of run."))
        return data

    @property
    def choices(self) -> Choices:
        """What was chosen, after the form is clean."""
        data = self.cleaned_data
        years = data["years"]
        return Choices(
            StressKind(data["kind"]), data["table"], data["rho"], None if years is None else Fraction(years),
            data["uncalled"],
        )  # fmt: skip


def _table_label(rows: OutcomeRows) -> str:
    kinds = [str(kind.label) for kind in StressKind if rows.serves(kind)]
    flag = f" · {gettext('Unverified')}" if rows.unverified else ""
    return f"{rows.table} ({rows.region}): {', '.join(kinds)}{flag}"
