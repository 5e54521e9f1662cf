"""Columns and fields that several admins of the funds part show."""

from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget, UnfoldBooleanWidget

from innovation.core.figures import percent_text
from innovation.core.money import Unit, format_fen, parse_fen

HOLDING_SEARCH = ["investment__code", "investment__company__name_zh", "investment__company__name_en"]


def in_wan(fen: int | None) -> str:
    """An amount in fen as 万元, the unit of the office's lists."""
    return "–" if fen is None else format_fen(fen, Unit.WAN)


def as_percent(share: Fraction | None) -> str:
    """An exact share, shown with one decimal."""
    return "–" if share is None else percent_text(share)


class AmountField(forms.CharField):
    """An amount as people type it, read in the unit chosen beside it."""

    widget = UnfoldAdminTextInputWidget


class UnitField(forms.ChoiceField):
    """The unit of the amounts of a form; none is assumed silently: 万元 is shown as chosen."""

    widget = UnfoldAdminSelectWidget

    def __init__(self) -> None:
        super().__init__(label=_("unit"), choices=Unit.choices, initial=Unit.WAN)


class LateField(forms.BooleanField):
    """Whether an entry goes into a closed period."""

    widget = UnfoldBooleanWidget

    def __init__(self) -> None:
        help_text = _("Only with the permission for late entries, and with a reason.")
        super().__init__(label=_("into a closed period"), required=False, help_text=help_text)


def fen_of(data: dict[str, Any], field: str) -> int:
    """Fen of the amount typed in ``field``; empty is 0. Raises RuleViolation on what is no amount."""
    return parse_fen(data.get(field) or "0", Unit(data["unit"]))
