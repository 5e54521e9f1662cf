"""What a report says, apart from how it looks: plain frozen values with one canonical JSON.

A builder returns ``ReportData``. Page, PDF, workbook, CSV and JSON are all rendered from its canonical JSON, so they
cannot differ, and the SHA-256 of that JSON is the report's data hash: same inputs, same bytes.

Numbers are exact: money is integer fen, shares are fractions written ``"num/den"``. There are no floats.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise

from innovation.core import charts
from innovation.reports.choices import ColumnKind

Words = str | Promise  # translated lazily or already; becomes text when the data is written down


@dataclass(frozen=True)
class Money:
    """An amount in integer fen."""

    fen: int


@dataclass(frozen=True)
class Percent:
    """A share, shown as a percentage with one decimal. Exact: ``Percent(Fraction(1, 3))``."""

    value: Fraction


@dataclass(frozen=True)
class Times:
    """A multiple such as DPI, shown as ``1.23×``. Exact."""

    value: Fraction


@dataclass(frozen=True)
class Count:
    """A whole number of things."""

    value: int


@dataclass(frozen=True)
class Number:
    """A number that need not be whole, such as full-time posts, shown with two decimals. Exact."""

    value: Fraction


@dataclass(frozen=True)
class Text:
    """Words or a name."""

    value: Words


@dataclass(frozen=True)
class Day:
    """A calendar day."""

    value: date


@dataclass(frozen=True)
class Unknown:
    """A figure that cannot be given, and why. Never shown as zero."""

    reason: Words


Value = Money | Percent | Times | Count | Number | Text | Day | Unknown


@dataclass(frozen=True)
class Status:
    """A state in words; ``tone`` (ok, notice, bad, info, idle) colours it."""

    label: Words
    tone: str = "idle"


@dataclass(frozen=True)
class Figure:
    """One headline number. ``link`` is a path on this site to the rows behind it."""

    label: Words
    value: Value
    link: str = ""
    note: Words = ""
    unverified: bool = False  # rests on a rule whose source is not verified
    status: Status | None = None


@dataclass(frozen=True)
class Gauge:
    """How much of a cap is used: exact shares of one base; ``warning`` is where warning begins.

    ``cap`` None means no limit, ``used`` None that it is not known; ``status`` says so. ``headroom`` is what is left.
    """

    label: Words
    used: Fraction | None
    cap: Fraction | None
    status: Status
    warning: Fraction | None = None
    headroom: tuple[Figure, ...] = ()
    link: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Column:
    """A table column; ``kind`` decides alignment and format, an Unknown may stand in any column."""

    label: Words
    kind: ColumnKind = ColumnKind.TEXT


@dataclass(frozen=True)
class Row:
    """Cells in the order of the columns. ``link`` is a path on this site to the record."""

    cells: tuple[Value, ...]
    link: str = ""
    unverified: bool = False


@dataclass(frozen=True)
class Table:
    """Rows with their columns. ``empty`` says what it means that there is none."""

    title: Words
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = ()
    note: Words = ""
    empty: Words = ""
    total: Row | None = None


@dataclass(frozen=True)
class Chart:
    """A chart, with the table that says the same to those who cannot see it.

    ``drawing`` is one of ``core.charts``; its title says what the chart shows ("Loss rate reached 31 %, cap 40 %").
    """

    drawing: charts.Chart
    table: Table
    summary: Words = ""


@dataclass(frozen=True)
class Section:
    """A part of the report under one heading, shown in the order gauges, figures, charts, tables, notes."""

    title: Words
    gauges: tuple[Gauge, ...] = ()
    figures: tuple[Figure, ...] = ()
    charts: tuple[Chart, ...] = ()
    tables: tuple[Table, ...] = ()
    notes: tuple[Words, ...] = ()


@dataclass(frozen=True)
class Source:
    """Where figures come from: a policy document, a ledger. ``fingerprint`` is a hash or number of its state."""

    label: Words
    detail: Words = ""
    fingerprint: str = ""
    unverified: bool = False
    link: str = ""


@dataclass(frozen=True)
class ReportData:
    """The whole answer to one question. ``unit`` is the money unit the files print: yuan, wan or yi."""

    title: Words
    sections: tuple[Section, ...]
    summary: Words = ""
    notes: tuple[Words, ...] = ()
    sources: tuple[Source, ...] = ()
    unit: str = "wan"
    scope: tuple[tuple[Words, Words], ...] = field(default=())  # what was asked, in words: (label, choice)


_VALUES: dict[str, type] = {
    "money": Money,
    "percent": Percent,
    "times": Times,
    "count": Count,
    "number": Number,
    "text": Text,
    "day": Day,
    "unknown": Unknown,
}
_NAMES = {kind: name for name, kind in _VALUES.items()}


def canonical_json(value: Any) -> bytes:
    """Sorted keys, no spaces, UTF-8, no floats: the same value always gives the same bytes."""
    return json.dumps(plain(value), sort_keys=True, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()


def sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def plain(value: Any) -> Any:
    """JSON values for anything a report may hold. Raises TypeError for floats and unknown types."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, tuple | list):
        return [plain(item) for item in value]
    if isinstance(value, charts.Chart):
        return charts.to_plain(value)
    if hasattr(value, "__dataclass_fields__"):
        tag = {"type": _NAMES[type(value)]} if type(value) in _NAMES else {}
        return tag | {name: plain(getattr(value, name)) for name in value.__dataclass_fields__}
    return _plain_atom(value)


def _plain_atom(value: Any) -> str | int | bool | None:
    if value is None or isinstance(value, bool):
        return value
    if isinstance(value, str | Promise):  # also choices and lazy translations, as the text they stand for
        return str(value)
    if isinstance(value, int):
        return int(value)
    if isinstance(value, Fraction):
        return f"{value.numerator}/{value.denominator}"
    if isinstance(value, date):  # a datetime is a date too
        return value.isoformat()
    raise TypeError(f"A report cannot hold {type(value).__name__}: {value!r}")


def from_plain(stored: Mapping[str, Any]) -> ReportData:
    """The ``ReportData`` that ``plain`` wrote down. Raises KeyError or TypeError on anything else."""
    return ReportData(
        **stored
        | {
            "sections": tuple(_section(item) for item in stored["sections"]),
            "sources": tuple(Source(**item) for item in stored["sources"]),
            "notes": tuple(stored["notes"]),
            "scope": tuple((label, choice) for label, choice in stored["scope"]),
        }
    )


def _section(stored: Mapping[str, Any]) -> Section:
    return Section(
        title=stored["title"],
        gauges=tuple(_gauge(item) for item in stored["gauges"]),
        figures=tuple(_figure(item) for item in stored["figures"]),
        charts=tuple(_chart(item) for item in stored["charts"]),
        tables=tuple(_table(item) for item in stored["tables"]),
        notes=tuple(stored["notes"]),
    )


def _figure(stored: Mapping[str, Any]) -> Figure:
    status = Status(**stored["status"]) if stored["status"] else None
    return Figure(**stored | {"value": _value(stored["value"]), "status": status})


def _gauge(stored: Mapping[str, Any]) -> Gauge:
    shares = {name: Fraction(stored[name]) if stored[name] else None for name in ("used", "cap", "warning")}
    headroom = tuple(_figure(item) for item in stored["headroom"])
    return Gauge(**stored | shares | {"status": Status(**stored["status"]), "headroom": headroom})


def _chart(stored: Mapping[str, Any]) -> Chart:
    return Chart(charts.from_plain(stored["drawing"]), _table(stored["table"]), stored["summary"])


def _table(stored: Mapping[str, Any]) -> Table:
    return Table(
        **stored
        | {
            "columns": tuple(Column(item["label"], ColumnKind(item["kind"])) for item in stored["columns"]),
            "rows": tuple(_row(item) for item in stored["rows"]),
            "total": _row(stored["total"]) if stored["total"] else None,
        }
    )


def _row(stored: Mapping[str, Any]) -> Row:
    return Row(tuple(_value(cell) for cell in stored["cells"]), stored["link"], stored["unverified"])


def _value(stored: Mapping[str, Any]) -> Value:
    kind = _VALUES[stored["type"]]
    (content,) = (item for key, item in stored.items() if key != "type")
    if kind in {Percent, Times, Number}:
        return kind(Fraction(content))
    return kind(date.fromisoformat(content)) if kind is Day else kind(content)
