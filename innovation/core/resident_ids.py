"""Resident identity numbers (居民身份证号, GB 11643-1999) are never kept: find them, refuse them, mask them.

The number tells place and day of birth and sex. ``CoreConfig.ready`` hooks the refusal into every text field of every
form, the admin's too, and of the API; names of uploads and answers of applications are looked at where they come in.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _
from rest_framework import fields as api_fields

from innovation.core.errors import RuleViolation

MASK = "*" * 18
REFUSED = _("This holds the number of a resident identity card. Take it out: such numbers are never kept here.")
_WEIGHTS = tuple(pow(2, 17 - place, 11) for place in range(17))
_CHECKS = "10X98765432"
_YEARS = range(1900, 2100)
_NUMBER = re.compile(r"(?<![0-9])([0-9]{6})[ \-‐]?([0-9]{8})[ \-‐]?([0-9]{3}[0-9Xx])(?![0-9])")


@dataclass(frozen=True, slots=True)
class Found:
    """``hits`` have the right check character, ``suspects`` a wrong one: 18 characters, upper case, in order.

    ``masked`` is the text in NFKC with 18 asterisks for each hit.
    """

    hits: tuple[str, ...]
    suspects: tuple[str, ...]
    masked: str


def find(text: str) -> Found:
    """The resident identity numbers in ``text``: 6 + 8 + 4 characters whose middle is a day from 1900 to 2099.

    One space or hyphen may stand after the 6th and the 14th; no further digit touches. The check character is that
    of ISO 7064 MOD 11-2. Numbers of 15 digits, issued before 1999, are not looked for.
    """
    plain = unicodedata.normalize("NFKC", text)
    hits, suspects, parts, done = [], [], [], 0
    for match in _NUMBER.finditer(plain):
        number = "".join(match.groups()).upper()
        if not _is_day(match[2]):
            continue
        if check_character(number[:17]) != number[17]:
            suspects.append(number)
            continue
        hits.append(number)
        parts += [plain[done : match.start()], MASK]
        done = match.end()
    return Found(tuple(hits), tuple(suspects), "".join([*parts, plain[done:]]))


def check_character(digits: str) -> str:
    """The last character after 17 digits, ISO 7064 MOD 11-2."""
    return _CHECKS[sum(int(digit) * weight for digit, weight in zip(digits, _WEIGHTS, strict=True)) % 11]


def _is_day(text: str) -> bool:
    year, month, day = int(text[:4]), int(text[4:6]), int(text[6:])
    if year not in _YEARS:
        return False
    try:
        date(year, month, day)
    except ValueError:
        return False
    return True


def hits_within(value: Any) -> bool:
    """Whether a text, or any text within lists and mappings (keys too), holds such a number."""
    if isinstance(value, str):
        return bool(find(value).hits)
    if isinstance(value, dict):
        return any(hits_within(each) for pair in value.items() for each in pair)
    return isinstance(value, list | tuple) and any(hits_within(each) for each in value)


def refuse(text: str, *, field: str | None = None) -> None:
    """Raises ``RESIDENT_ID`` when ``text`` holds such a number; the number itself is in no message and no fact."""
    if find(text).hits:
        raise RuleViolation("RESIDENT_ID", REFUSED, field=field)


def validate_no_resident_id(value: Any) -> None:
    """Validator of form fields, model fields and serializer fields."""
    if isinstance(value, str) and find(value).hits:
        raise ValidationError(REFUSED, code="RESIDENT_ID")


def guard_every_text_field() -> None:
    """Hook the validator into the text fields of forms and of the API, in the one place where all of them come from.

    Fields read their class's validators when they are made, so this runs before any form is imported.
    """
    for field in (forms.CharField, forms.EmailField, forms.URLField, forms.SlugField, api_fields.CharField):
        field.default_validators = [*field.default_validators, validate_no_resident_id]
