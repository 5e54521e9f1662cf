"""Fields of the forms of the talent part."""

from fractions import Fraction
from typing import Any

from django import forms


class PercentField(forms.DecimalField):
    """A percentage as people type it, cleaned to an exact share; None when empty."""

    def __init__(self, **options: Any) -> None:
        options = {"min_value": 0, "max_value": 100, "decimal_places": 2, "max_digits": 6} | options
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Fraction | None:
        text = value.strip().removesuffix("%").strip() if isinstance(value, str) else value
        cleaned = super().clean(text)
        return None if cleaned is None else Fraction(cleaned) / 100

    def prepare_value(self, value: Any) -> Any:
        """An exact share as the percentage that is typed."""
        if not isinstance(value, Fraction):
            return value
        percent = value * 100
        return str(percent.numerator) if percent.denominator == 1 else f"{float(percent):.2f}".rstrip("0")


class PostsField(forms.DecimalField):
    """Posts or people a quarter, halves allowed, cleaned to an exact number."""

    def __init__(self, **options: Any) -> None:
        options = {"min_value": 0, "max_value": 100_000, "decimal_places": 2, "max_digits": 8} | options
        super().__init__(**options)
        self.widget.attrs |= {"inputmode": "decimal", "autocomplete": "off"}

    def clean(self, value: Any) -> Fraction | None:
        cleaned = super().clean(value)
        return None if cleaned is None else Fraction(cleaned)

    def prepare_value(self, value: Any) -> Any:
        if not isinstance(value, Fraction):
            return value
        return str(value.numerator) if value.denominator == 1 else f"{float(value):.2f}".rstrip("0")
