"""The five methods of the AMAC guideline (2018) as formulas over structured inputs, exact to the fraction of a fen.

Each method states which inputs it takes, in which unit, and how they give the fair value of the holding. The same
formula with the inputs of the day of entry must give the price that was paid (calibration, IPEV): what changed since is
then visible input by input.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from fractions import Fraction
from math import floor
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from funds.choices.records import ValuationMethod
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, parse_amount, parse_fen

FEN_PER_YUAN = 100
LONGEST_FORECAST = 30
SEPARATORS = str.maketrans({";": " ", "；": " ", "、": " ", "\n": " "})


class InputKind(StrEnum):
    """What an input is: money in fen, a price in yuan, a plain number, a share (1 = 100 %), a day, yearly money."""

    MONEY = "money"
    PRICE = "price"
    NUMBER = "number"
    SHARE = "share"
    DAY = "day"
    SERIES = "series"


@dataclass(frozen=True, slots=True)
class Input:
    """One input of a method. ``default`` stands where it is left empty; None means that it must be given."""

    key: str
    label: str | Promise
    kind: InputKind
    default: str | None = None


@dataclass(frozen=True, slots=True)
class Method:
    """A method: its inputs in the order of its formula, the formula in words, and the formula."""

    inputs: tuple[Input, ...]
    formula: str | Promise
    compute: Callable[[Mapping[str, Any]], Fraction]


Values = Mapping[str, Any]
"""Typed values by key: Fraction for money (fen), prices (yuan), numbers and shares; date; tuple of Fraction."""

_SHARE = Input("share", _("share held (%)"), InputKind.SHARE)
_DISCOUNT = Input("discount", _("discount for lack of marketability (%)"), InputKind.SHARE, "0")
_NET_DEBT = Input("net_debt", _("net debt of the company"), InputKind.MONEY, "0")


def _of_equity(values: Values, enterprise: Fraction) -> Fraction:
    """What the holding is worth when the whole company is worth ``enterprise`` before its net debt."""
    return max(Fraction(0), enterprise - values["net_debt"]) * values["share"] * (1 - values["discount"])


def _recent_round(values: Values) -> Fraction:
    moved = values["price"] * FEN_PER_YUAN * values["quantity"] * (1 + values["change_since"])
    return max(Fraction(0), moved) * (1 - values["discount"])


def _multiples(values: Values) -> Fraction:
    return _of_equity(values, values["metric"] * values["multiple"])


def _indicators(values: Values) -> Fraction:
    return _of_equity(values, values["quantity"] * values["price"] * FEN_PER_YUAN)


def _cash_flows(values: Values) -> Fraction:
    flows: tuple[Fraction, ...] = values["cash_flows"]
    growth = 1 + values["rate"]
    if growth <= 0:
        raise RuleViolation("INPUT_RATE", _("A discount rate is above −100 %."), field="rate")
    present = sum((flow / growth**year for year, flow in enumerate(flows, start=1)), Fraction(0))
    return _of_equity(values, present + values["terminal"] / growth ** len(flows))


def _net_assets(values: Values) -> Fraction:
    return _of_equity(values | {"net_debt": values["liabilities"]}, values["assets"])  # type: ignore[operator]


METHODS: Mapping[str, Method] = {
    ValuationMethod.RECENT_ROUND: Method(
        (
            Input("round_on", _("day of the latest financing"), InputKind.DAY),
            Input("price", _("price of one share (yuan)"), InputKind.PRICE),
            Input("quantity", _("shares held"), InputKind.NUMBER),
            Input("change_since", _("change of value since then (%)"), InputKind.SHARE, "0"),
            _DISCOUNT,
        ),
        _("price × shares held × (1 + change since) × (1 − discount)"),
        _recent_round,
    ),
    ValuationMethod.MARKET_MULTIPLES: Method(
        (
            Input("metric", _("profit or revenue that is multiplied"), InputKind.MONEY),
            Input("multiple", _("multiple of comparable companies"), InputKind.NUMBER),
            _NET_DEBT,
            _SHARE,
            _DISCOUNT,
        ),
        _("(metric × multiple − net debt) × share × (1 − discount)"),
        _multiples,
    ),
    ValuationMethod.INDUSTRY_INDICATORS: Method(
        (
            Input("quantity", _("quantity of the indicator (users, beds, capacity)"), InputKind.NUMBER),
            Input("price", _("value of one unit of it (yuan)"), InputKind.PRICE),
            _NET_DEBT,
            _SHARE,
            _DISCOUNT,
        ),
        _("(quantity × value of one − net debt) × share × (1 − discount)"),
        _indicators,
    ),
    ValuationMethod.DISCOUNTED_CASH_FLOW: Method(
        (
            Input("cash_flows", _("free cash flow of each coming year"), InputKind.SERIES),
            Input("rate", _("discount rate (%)"), InputKind.SHARE),
            Input("terminal", _("value at the end of the forecast"), InputKind.MONEY, "0"),
            _NET_DEBT,
            _SHARE,
            _DISCOUNT,
        ),
        _("(Σ cash flow ÷ (1 + rate)^year + end value ÷ (1 + rate)^last year − net debt) × share × (1 − discount)"),
        _cash_flows,
    ),
    ValuationMethod.NET_ASSETS: Method(
        (
            Input("assets", _("assets at fair value"), InputKind.MONEY),
            Input("liabilities", _("liabilities"), InputKind.MONEY, "0"),
            _SHARE,
            _DISCOUNT,
        ),
        _("(assets − liabilities) × share × (1 − discount)"),
        _net_assets,
    ),
}


def fair_value(method: str, values: Values) -> int:
    """The holding's value in fen by ``method``, rounded half up to a fen.

    ``values`` are typed, as :func:`typed` gives them, and complete. Raises RuleViolation INPUT_RATE.
    """
    return floor(METHODS[method].compute(values) + Fraction(1, 2))


def read(method: str, texts: Mapping[str, str], unit: Unit) -> dict[str, str]:
    """What a person typed as stored text: fen, exact decimals, shares as fractions, ISO days; empty ones left out.

    ``unit`` is that of the amounts. Raises RuleViolation (MONEY_*, INPUT_NUMBER, INPUT_DAY, INPUT_SERIES) with the
    key of the input as field.
    """
    stored = {}
    for entry in METHODS[method].inputs:
        text = str(texts.get(entry.key) or "").strip()
        if not text:
            continue
        try:
            stored[entry.key] = _READERS[entry.kind](text, unit)
        except RuleViolation as violation:
            raise RuleViolation(violation.code, violation.message, field=entry.key, facts=violation.facts) from None
    return stored


def missing(method: str, stored: Mapping[str, str]) -> list[str]:
    """Keys of the inputs that the method needs and ``stored`` lacks."""
    return [entry.key for entry in METHODS[method].inputs if entry.default is None and entry.key not in stored]


def typed(method: str, stored: Mapping[str, str]) -> dict[str, Any]:
    """Typed values of stored texts, defaults filled in. Raises RuleViolation INPUT_MISSING."""
    absent = missing(method, stored)
    if absent:
        raise RuleViolation(
            "INPUT_MISSING", _("An input of the method is missing."), field=absent[0], facts={"inputs": absent}
        )
    return {
        entry.key: _typed(entry.kind, stored.get(entry.key, entry.default or "0"))
        for entry in METHODS[method].inputs
    }  # fmt: skip


def _typed(kind: InputKind, text: str) -> Any:
    if kind is InputKind.DAY:
        return date.fromisoformat(text)
    if kind is InputKind.SERIES:
        return tuple(Fraction(part) for part in text.split())
    return Fraction(text)


def _read_money(text: str, unit: Unit) -> str:
    return str(parse_fen(text, unit))


def _read_number(text: str, unit: Unit) -> str:
    number = parse_amount(text)
    if number < 0:
        raise RuleViolation("INPUT_NUMBER", _("This number is zero or more."))
    return str(number)


def _read_share(text: str, unit: Unit) -> str:
    """Percent as typed, with or without the sign, as an exact fraction of one."""
    return str(Fraction(parse_amount(text.replace("％", "%").removesuffix("%"))) / 100)


def _read_day(text: str, unit: Unit) -> str:
    try:
        return date.fromisoformat(text[:10].replace("/", "-")).isoformat()
    except ValueError:
        raise RuleViolation("INPUT_DAY", _("Write the day as 2026-06-30.")) from None


def _read_series(text: str, unit: Unit) -> str:
    parts = text.translate(SEPARATORS).split()
    if not 1 <= len(parts) <= LONGEST_FORECAST:
        raise RuleViolation("INPUT_SERIES", _("Write one amount a year, with spaces between, for up to 30 years."))
    return " ".join(str(parse_fen(part, unit)) for part in parts)


_READERS: Mapping[InputKind, Callable[[str, Unit], str]] = {
    InputKind.MONEY: _read_money,
    InputKind.PRICE: _read_number,
    InputKind.NUMBER: _read_number,
    InputKind.SHARE: _read_share,
    InputKind.DAY: _read_day,
    InputKind.SERIES: _read_series,
}
