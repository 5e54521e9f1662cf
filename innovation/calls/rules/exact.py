"""Plain values read exactly: what a form, a rule or a fact holds as a number, a date or an answer to yes or no."""

import re
from collections.abc import Mapping
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction
from numbers import Rational
from typing import Any

Json = Any
Mapped = Mapping[str, Any]

_NUMBER = re.compile(r"[+-]?[0-9]{1,30}(?:\.[0-9]{1,30})?")
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")


def number(value: object) -> Fraction | None:
    """``value`` as an exact fraction, None when it is no number.

    Whole numbers, Decimal, Fraction and decimal text are taken as they are. A float, which JSON brings, is taken for
    the decimal that was written (0.03 is three hundredths), never for its binary neighbour. Yes and no are no numbers.
    """
    if isinstance(value, bool):
        return None
    if isinstance(value, Rational):
        return Fraction(value)
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return Fraction(value) if value.is_finite() else None
    if isinstance(value, str) and _NUMBER.fullmatch(value):
        return Fraction(value)
    return None


def day(value: object) -> date | None:
    """``value`` as a date: a date, or text like ``2026-05-31``; None for anything else."""
    if isinstance(value, datetime):
        return None
    if isinstance(value, date):
        return value
    if isinstance(value, str) and _DAY.fullmatch(value):
        try:
            return date.fromisoformat(value)
        except ValueError:
            return None
    return None


def decimal_text(value: Fraction, places: int = 6) -> str:
    """An exact fraction as a plain decimal, rounded half up to ``places``, without needless zeros."""
    with localcontext(prec=80):
        shown = (Decimal(value.numerator) / Decimal(value.denominator)).quantize(
            Decimal(1).scaleb(-places), rounding=ROUND_HALF_UP
        )
    text = f"{shown:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text == "-0" else text


def is_empty(value: object) -> bool:
    """Whether an answer says nothing: None, blank text, an empty list or mapping. Zero and no are answers."""
    return (
        value is None
        or (isinstance(value, str) and not value.strip())
        or (isinstance(value, list | dict) and not value)
    )
