"""Form fields of the funds part: an exact share, an organisation as people name it."""

import unicodedata
from fractions import Fraction
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation
from innovation.core.money import MAX_FEN, parse_amount
from innovation.organisations.models import Organisation

PERCENT = Fraction(1, 100)


def parse_share(text: str) -> Fraction:
    """The exact share of ``40%``, ``33.5 %`` or ``2/5``. Raises ValidationError for what is neither or not 0 to 1.

    A bare number is refused: ``1`` may be all of it or one per cent.
    """
    plain = unicodedata.normalize("NFKC", text).replace("\u2044", "/").strip()
    try:
        if plain.endswith("%"):
            share = Fraction(parse_amount(plain[:-1])) * PERCENT
        else:
            above, below = plain.split("/")
            share = Fraction(parse_amount(above)) / Fraction(parse_amount(below))
    except (RuleViolation, ValueError, ZeroDivisionError):
        raise ValidationError(_("Write the share as a percentage or a fraction, like 40% or 2/5.")) from None
    if not 0 <= share <= 1:
        raise ValidationError(_("A share lies between 0 and 100 %."))
    if share.denominator > MAX_FEN:
        raise ValidationError(_("Write the share with fewer digits."))
    return share


class ShareField(forms.CharField):
    """A share as people write it; cleans to an exact Fraction, None when left empty."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("A percentage or a fraction, like 40% or 2/5; kept exactly."))
        super().__init__(**{"max_length": 60} | options)

    def clean(self, value: Any) -> Fraction | None:
        text = super().clean(value)
        return parse_share(text) if text else None


class OrganisationField(forms.CharField):
    """An organisation of the directory by its code or exact name; cleans to the record."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("help_text", _("Unified social credit code, or the name as in the directory."))
        super().__init__(**{"max_length": 200} | options)

    def clean(self, value: Any) -> Organisation | None:
        text = super().clean(value)
        if not text:
            return None
        found = list(Organisation.objects.filter(uscc=text.upper())[:1])
        found = found or list(Organisation.objects.filter(name_zh=text)[:2])
        found = found or list(Organisation.objects.filter(name_en__iexact=text)[:2])
        if not found:
            raise ValidationError(_("The directory has no organisation of this code or name. Add it there first."))
        if len(found) > 1:
            raise ValidationError(_("Several organisations have this name. Type the unified social credit code."))
        return found[0]
