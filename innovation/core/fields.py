"""Form fields for what people here type: an amount of money with its unit, a day, a moment, a file."""

from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.functional import Promise
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, from_fen, parse_fen


class DateInput(forms.DateInput):
    """The browser's own date picker; without one it is a text field that takes 2026-06-30."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


class MomentInput(forms.DateTimeInput):
    """Date and time to the minute, in the zone of the office."""

    input_type = "datetime-local"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%dT%H:%M")


class DateField(forms.DateField):
    widget = DateInput


class MomentField(forms.DateTimeField):
    widget = MomentInput


class AgreementField(forms.MultipleChoiceField):
    """One box under the words that a person agrees to. Gives the ``key`` of these very words when ticked, else "".

    The key is the value of the box: a page that was left open while the words changed comes back unticked.
    """

    widget = forms.CheckboxSelectMultiple
    default_error_messages = {
        "required": _("Without your agreement this cannot go on."),
        "invalid_choice": _("The words have changed meanwhile. Read them again, then decide."),
    }

    def __init__(self, *, key: str, words: str, box: str | Promise, **kwargs: Any) -> None:
        kwargs.setdefault("help_text", format_html("{}", words))
        super().__init__(choices=[(key, box)], **kwargs)

    def clean(self, value: Any) -> str:
        return next(iter(super().clean(value)), "")


class MoneyInput(forms.MultiWidget):
    """An amount and, beside it, its unit."""

    use_fieldset = True
    template_name = "components/money_input.html"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        amount = forms.TextInput({"inputmode": "decimal", "autocomplete": "off", "aria-label": _("Amount")})
        unit = forms.Select({"aria-label": _("Unit")}, choices=Unit.choices)
        super().__init__({"amount": amount, "unit": unit}, attrs)

    def decompress(self, value: int | None) -> list[Any]:
        """Fen as an amount in the largest unit that shows it with at most two decimals."""
        if value is None:
            return [None, Unit.WAN]
        unit = next(unit for unit in (Unit.WAN, Unit.YUAN) if value % (unit.fen // 100) == 0)
        amount = from_fen(value, unit).normalize()
        return [f"{amount + Decimal(0):f}", unit]


class MoneyField(forms.MultiValueField):
    """An amount with its unit; cleans to exact fen, None when left empty."""

    widget = MoneyInput

    def __init__(self, **options: Any) -> None:
        required = options.pop("required", True)
        fields = (forms.CharField(required=required, max_length=40), forms.ChoiceField(choices=Unit.choices))
        super().__init__(fields, required=required, require_all_fields=False, **options)

    def compress(self, values: list[Any]) -> int | None:
        if not values or values[0] in (None, ""):
            return None
        try:
            return parse_fen(values[0], Unit(values[1]))
        except RuleViolation as violation:
            raise ValidationError(violation.message, code=violation.code.lower()) from violation
