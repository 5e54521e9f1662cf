"""What a chart shows, apart from how it is drawn. Values are exact: shares are Fractions, money is integer fen."""

from collections.abc import Mapping
from dataclasses import dataclass, fields
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise

Words = str | Promise
Value = Fraction | int | None


class Measure(StrEnum):
    """What the values count: shares (drawn as percent), fen (drawn in the chart's unit) or plain numbers."""

    PERCENT = "percent"
    MONEY = "money"
    NUMBER = "number"


@dataclass(frozen=True)
class Series:
    """A value over time; each holds until the next. None leaves a gap. ``points`` are in order of their days."""

    label: Words
    points: tuple[tuple[date, Value], ...]


@dataclass(frozen=True)
class Cap:
    """A limit drawn as a named line, over its days of force only (None: the whole chart)."""

    label: Words
    value: Fraction | int
    since: date | None = None
    until: date | None = None


@dataclass(frozen=True)
class Change:
    """A thin mark at the day something else began to hold, such as a policy."""

    at: date
    label: Words


@dataclass(frozen=True)
class StepChart:
    """Values over time as step lines, with caps and changes. ``title`` says what the chart shows."""

    title: Words
    series: tuple[Series, ...]
    caps: tuple[Cap, ...] = ()
    changes: tuple[Change, ...] = ()
    measure: Measure = Measure.PERCENT
    unit: str = "wan"


@dataclass(frozen=True)
class BarChart:
    """One horizontal bar a row, in the order given, the value written at its end."""

    title: Words
    rows: tuple[tuple[Words, Value], ...]
    measure: Measure = Measure.PERCENT
    unit: str = "wan"
    cap: Cap | None = None


@dataclass(frozen=True)
class StackChart:
    """Bars made of parts: ``parts`` holds ``(label, values)`` with one value a category, none negative."""

    title: Words
    categories: tuple[Words, ...]
    parts: tuple[tuple[Words, tuple[Value, ...]], ...]
    measure: Measure = Measure.MONEY
    unit: str = "wan"


@dataclass(frozen=True)
class Multiples:
    """Small step charts of one scale beside each other, one a series, with one cap for all."""

    title: Words
    panels: tuple[Series, ...]
    cap: Cap | None = None
    measure: Measure = Measure.PERCENT
    unit: str = "wan"


Chart = StepChart | BarChart | StackChart | Multiples
_KINDS: dict[str, type] = {"steps": StepChart, "bars": BarChart, "stack": StackChart, "multiples": Multiples}
_NAMES = {kind: name for name, kind in _KINDS.items()}


def to_plain(chart: Chart) -> dict[str, Any]:
    """``chart`` as JSON values without floats: shares as ``"num/den"``, days as ISO dates."""
    return {"kind": _NAMES[type(chart)]} | _plain(chart)


def _plain(value: Any) -> Any:
    if hasattr(value, "__dataclass_fields__"):
        return {part.name: _plain(getattr(value, part.name)) for part in fields(value)}
    if isinstance(value, tuple | list):
        return [_plain(part) for part in value]
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):
        return value.isoformat()
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    if isinstance(value, str | Promise):
        return str(value)
    raise TypeError(f"A chart cannot hold {type(value).__name__}: {value!r}")


def from_plain(stored: Mapping[str, Any]) -> Chart:
    """The chart that ``to_plain`` wrote down. Raises KeyError or ValueError on anything else."""
    facts = dict(stored)
    kind = _KINDS[facts.pop("kind")]
    if "measure" in facts:
        facts["measure"] = Measure(facts["measure"])
    for name, read in _READERS.items():
        if facts.get(name) is not None:
            facts[name] = read(facts[name])
    return kind(**facts)


def _value(stored: Any) -> Value:
    return Fraction(stored) if isinstance(stored, str) else stored


def _day(stored: str | None) -> date | None:
    return date.fromisoformat(stored) if stored else None


def _series(stored: list[Any]) -> tuple[Series, ...]:
    return tuple(
        Series(item["label"], tuple((date.fromisoformat(at), _value(value)) for at, value in item["points"]))
        for item in stored
    )


def _cap(stored: Mapping[str, Any]) -> Cap:
    return Cap(stored["label"], _value(stored["value"]), _day(stored.get("since")), _day(stored.get("until")))


_READERS: dict[str, Any] = {
    "series": _series,
    "panels": _series,
    "caps": lambda stored: tuple(_cap(item) for item in stored),
    "cap": _cap,
    "changes": lambda stored: tuple(Change(date.fromisoformat(item["at"]), item["label"]) for item in stored),
    "rows": lambda stored: tuple((label, _value(value)) for label, value in stored),
    "categories": tuple,
    "parts": lambda stored: tuple((label, tuple(_value(value) for value in values)) for label, values in stored),
}
