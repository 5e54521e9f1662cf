"""Answers as people read them: each value in words, with its unit, in the reader's language."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from innovation.calls.rules import forms
from innovation.calls.rules.exact import decimal_text
from innovation.core.figures import unit_behind
from innovation.core.money import Unit, from_fen

Field = Mapping[str, Any]
Names = Mapping[tuple[str, str], str]
"""Names of codes by kind (``industry``, ``division``) and code."""
COMPUTED_PLACES = 2
"""Decimals of a computed figure on pages and in documents; six are kept and judged."""


@dataclass(frozen=True)
class ShownFile:
    """A file of a field; ``href`` is empty where it cannot be opened."""

    name: str
    size: int
    href: str = ""
    pk: int | None = None
    sha256: str = ""


@dataclass(frozen=True)
class ShownField:
    """One answer. ``rows`` with ``heads`` are those of a table, ``text`` is empty where nothing was answered."""

    key: str
    label: str
    text: str = ""
    heads: Sequence[str] = ()
    numeric: Sequence[bool] = ()
    rows: Sequence[Sequence[str]] = ()
    files: Sequence[ShownFile] = ()
    is_long: bool = False

    @property
    def cells(self) -> Iterator[list[tuple[str, str, bool]]]:
        """Each row of a table as heading, text and whether it is a number."""
        return (list(zip(self.heads, row, self.numeric, strict=True)) for row in self.rows)

    @property
    def is_empty(self) -> bool:
        return not (self.text or self.rows or self.files)


@dataclass(frozen=True)
class ShownSection:
    key: str
    title: str
    fields: Sequence[ShownField]


def in_language(words: Mapping[str, str] | str | None) -> str:
    """``{"en", "zh"}`` in the reader's language, the other where one is empty."""
    if not words or isinstance(words, str):
        return words or ""
    first, second = ("zh", "en") if (get_language() or "").startswith("zh") else ("en", "zh")
    return words.get(first) or words.get(second) or ""


def amount_text(fen: int, unit: Unit) -> str:
    """``fen`` in ``unit`` as it is typed: exact, without the unit, without idle zeros."""
    return f"{from_fen(fen, unit).normalize() + Decimal(0):f}"


def money_text(fen: int, unit: Unit) -> str:
    """``fen`` for reading: thousands grouped, exact, with its unit."""
    return f"{from_fen(fen, unit).normalize() + Decimal(0):,f} {unit_behind(unit)}"


def unit_of(field: Field) -> str:
    """What stands behind the figure of ``field``: a unit of money in words, the percent sign, or the form's own."""
    if field["type"] == "money":
        return str(Unit(field.get("unit") or Unit.YUAN).label)
    return "%" if field["type"] == "percent" else in_language(field.get("unit"))


def value_text(field: Field, value: Any, names: Names) -> str:
    """A stored answer of any type but table in words; empty for no answer, what was typed where it is unreadable."""
    if value is None or value in ("", [], {}):
        return ""
    if isinstance(value, Mapping) and forms.TYPED in value:
        return str(value[forms.TYPED])
    reader = _READERS.get(field["type"])
    if reader is not None:
        return reader(field, value)
    if field["type"] in {"industry", "division"}:
        return f"{value} {names.get((field['type'], value), '')}".strip()
    return _reference(value) if isinstance(value, Mapping) else str(value)


def _chosen(field: Field, value: Any) -> str:
    labels = {option["value"]: in_language(option["label"]) for option in field["options"]}
    return "; ".join(labels.get(each, str(each)) for each in (value if isinstance(value, list) else [value]))


def _figure(field: Field, value: Any) -> str:
    figure = _short(Decimal(value)) if forms.is_computed(field) else Decimal(value)
    return f"{figure:,f} {unit_of(field)}".strip()


def _short(computed: Decimal) -> Decimal:
    """A computed figure as a person would write it; one too small for that stays as it is kept."""
    short = Decimal(decimal_text(Fraction(computed), COMPUTED_PLACES))
    return short if short or not computed else computed


def _reference(value: Mapping[str, Any]) -> str:
    name, code = str(value.get("name", "")), value.get("uscc") or value.get("number")
    return f"{name} ({code})".strip() if code else name


_READERS: dict[str, Callable[[Field, Any], str]] = {
    "money": lambda field, value: money_text(value, Unit(field.get("unit") or Unit.YUAN)),
    "number": _figure,
    "percent": _figure,
    "yes_no": lambda _field, value: _("Yes") if value else _("No"),
    "choice": _chosen,
    "multi": _chosen,
    "trl": lambda _field, value: f"TRL {value}",
}


def shown_field(field: Field, value: Any, names: Names, files: Sequence[ShownFile] = ()) -> ShownField:
    """One answer ready for a page, a PDF or a reviewer's packet."""
    label = in_language(field["label"])
    if field["type"] == "table" and isinstance(value, list):
        columns = field["columns"]
        return ShownField(
            field["key"], label, files=files,
            heads=[in_language(column["label"]) for column in columns],
            numeric=[column["type"] in {"number", "money", "percent", "trl"} for column in columns],
            rows=[[value_text(column, row.get(column["key"]), names) for column in columns] for row in value],
        )  # fmt: skip
    return ShownField(
        field["key"], label, value_text(field, value, names), files=files, is_long=field["type"] == "long_text"
    )


def shown_sections(
    content: Mapping[str, Any],
    answers: Mapping[str, Any],
    names: Names,
    keys: Collection[str],
    files: Mapping[str, Sequence[ShownFile]] | None = None,
) -> list[ShownSection]:
    """The sections that have a field among ``keys``, computed figures included in ``answers`` or worked out here."""
    values = {**answers, **forms.computed_answers(content, answers)}
    handed_in = files or {}
    found = []
    for section in content["sections"]:
        fields = [
            shown_field(field, values.get(field["key"]), names, handed_in.get(field["key"], ()))
            for field in section["fields"]
            if field["key"] in keys
        ]
        if fields:
            found.append(ShownSection(section["key"], in_language(section["title"]), fields))
    return found
