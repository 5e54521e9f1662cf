"""Form fields of credentials: an exact quantity, a person as people name one, rules as JSON, lines of text."""

import json
import unicodedata
import uuid
from decimal import Decimal, InvalidOperation
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from talent.models import Person

MOST = 100_000
STEP = Decimal("0.001")


class QuantityField(forms.CharField):
    """A quantity such as ``1.5``; cleans to an exact Fraction above zero."""

    def __init__(self, **options: Any) -> None:
        widget = forms.TextInput({"inputmode": "decimal", "autocomplete": "off"})
        super().__init__(**{"max_length": 12, "widget": widget} | options)

    def clean(self, value: Any) -> Fraction | None:
        text = super().clean(value)
        if not text:
            return None
        try:
            found = Decimal(unicodedata.normalize("NFKC", text).strip())
        except InvalidOperation:
            raise ValidationError(_("Write a number, like 1.5."), code="invalid") from None
        if not found.is_finite() or not 0 < found <= MOST or found % STEP:
            raise ValidationError(_("More than nothing, with at most three decimals."), code="invalid")
        return Fraction(found)


class PersonField(forms.CharField):
    """A person of the registry by ORCID iD, e-mail address of the account or public number; cleans to the record."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("ORCID iD, e-mail address of the account, or public number of the person."))
        super().__init__(**{"max_length": 200} | options)

    def clean(self, value: Any) -> Person | None:
        text = super().clean(value)
        if not text:
            return None
        people = Person.objects.current()
        found = people.filter(orcid=text).first() or people.filter(user__email__iexact=text).first()
        if found is None:
            try:
                found = people.filter(uuid=uuid.UUID(text)).first()
            except ValueError:
                found = None
        if found is None:
            raise ValidationError(_("The registry has no such person."), code="unknown")
        return found


class RulesField(forms.CharField):
    """JSON typed as text; cleans to its value, numbers with decimals as strings, so that they stay exact."""

    def __init__(self, **options: Any) -> None:
        widget = forms.Textarea({"rows": 24, "class": "json-field", "spellcheck": "false"})
        super().__init__(**{"widget": widget} | options)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False, indent=2)

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        try:
            return json.loads(text, parse_float=str) if text else {}
        except ValueError as error:
            raise ValidationError(_("This is no JSON: %(error)s") % {"error": error}, code="invalid") from None


class LinesField(forms.CharField):
    """One text a line; cleans to a list."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**{"widget": forms.Textarea({"rows": 4}), "required": False} | options)

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(map(str, value)) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return [line.strip() for line in (super().clean(value) or "").splitlines() if line.strip()]
