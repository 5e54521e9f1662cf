"""Filters for numbers: ``{{ fen|money:unit }}``, ``{{ share|percent }}``, ``{{ share|fraction }}``."""

from django import template
from django.utils.functional import Promise
from django.utils.safestring import SafeString

from innovation.core import figures
from innovation.core.money import Unit, format_fen

register = template.Library()


@register.filter
def money(fen: int | None, unit: str = Unit.WAN) -> str | SafeString:
    """``fen`` in ``unit`` without its name: the column head or label carries the unit."""
    return figures.unknown() if fen is None or fen == "" else format_fen(int(fen), Unit(unit))


@register.filter
def money_with_unit(fen: int | None, unit: str = Unit.WAN) -> str | SafeString:
    if fen is None or fen == "":
        return figures.unknown()
    return f"{format_fen(int(fen), Unit(unit))} {figures.unit_behind(Unit(unit))}"


@register.filter
def percent(share: figures.Number | None, decimals: int = 1) -> str | SafeString:
    return figures.unknown() if share is None or share == "" else figures.percent_text(share, decimals)


@register.filter
def points(share: figures.Number | None) -> str | SafeString:
    return figures.unknown() if share is None or share == "" else figures.points_text(share)


@register.filter
def number(value: figures.Number | None, decimals: int = 0) -> str | SafeString:
    return figures.unknown() if value is None or value == "" else figures.number_text(value, decimals)


@register.filter
def fraction(share: figures.Number | None) -> str | SafeString:
    return figures.unknown() if share is None or share == "" else figures.fraction_text(share)


@register.simple_tag
def unknown(reason: str | Promise = "") -> SafeString:
    return figures.unknown(reason)
