"""Lists as files: streamed CSV for Excel and XLSX in constant memory, from one description of the table.

A cell is typed by its column: numbers stay numbers, text never becomes a formula. Both formats carry a header block
(title, as-of, known-at, filters, unit) and end with a line of the row count, so that a cut file shows.
"""

import csv
import re
import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal, localcontext
from enum import StrEnum
from fractions import Fraction
from itertools import islice
from operator import attrgetter
from typing import IO, Any
from urllib.parse import quote

import xlsxwriter
from django.http import FileResponse, StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, from_fen

# What a spreadsheet takes for a formula or command at the start of a cell, also in full width and after spaces.
DANGEROUS_START = re.compile(r"^[\s\0]*[=+\-@＝＋－＠−]|^[\t\r\n\0]")
SHEET_ROWS = 1_048_576
CELL_CHARACTERS = 32_767
EXACT_DIGITS = 15  # a spreadsheet's numbers are binary floats and exact up to here
BATCH = 500


class Kind(StrEnum):
    """How a column's values are typed."""

    TEXT = "text"
    INTEGER = "integer"
    NUMBER = "number"
    MONEY = "money"  # value in fen, written in the table's unit
    PERCENT = "percent"  # value is a share: Fraction(353, 1000) is 35.3 %
    DATE = "date"
    DATETIME = "datetime"
    BOOLEAN = "boolean"


@dataclass(frozen=True)
class Column:
    """One column. ``value`` is a function of the row, or the name of its attribute (``a.b``) or key."""

    label: str | Promise
    value: Callable[[Any], Any] | str
    kind: Kind = Kind.TEXT

    def read(self, row: Any) -> Any:
        if callable(self.value):
            return self.value(row)
        if isinstance(row, dict):
            return row[self.value]
        return attrgetter(self.value)(row)


@dataclass(frozen=True)
class Table:
    """A list to be written: what it shows, of which moment, under which filters, in which unit of money."""

    title: str | Promise
    columns: Sequence[Column]
    rows: Iterable[Any]
    as_of: date | None = None
    known_at: datetime | None = None
    filters: Sequence[tuple[str | Promise, str | Promise]] = ()
    unit: Unit = Unit.YUAN
    notes: Sequence[str | Promise] = ()

    def head(self) -> list[list[str]]:
        """The header block, one list a line, in the active language."""
        lines = [[_("Title"), str(self.title)]]
        if self.as_of:
            lines.append([_("As of"), self.as_of.isoformat()])
        if self.known_at:
            lines.append([_("Known at"), _moment(self.known_at).isoformat(sep=" ", timespec="seconds")])
        lines += [[_("Filter"), f"{label}: {value}"] for label, value in self.filters]
        if any(column.kind is Kind.MONEY for column in self.columns):
            lines.append([_("Unit"), str(Unit(self.unit).label)])
        return lines + [[_("Note"), str(note)] for note in self.notes]

    def labels(self) -> list[str]:
        """Column heads; money names its unit."""
        money = f" ({Unit(self.unit).label})"
        return [f"{column.label}{money if column.kind is Kind.MONEY else ''}" for column in self.columns]


# ── CSV ──────────────────────────────────────────────────────────────────────────────────────────
class _Line:
    """A file that hands each written line back."""

    def write(self, text: str) -> str:
        return text


def csv_lines(table: Table) -> Iterator[str]:
    """The table as CSV text in pieces; the first piece begins with the mark by which Excel knows UTF-8."""
    language = translation.get_language() or "en"
    writer = csv.writer(_Line())
    with translation.override(language):
        begin = [[escape(cell) for cell in line] for line in [*table.head(), [], _percent_heads(table)]]
        last = _("Rows")
    yield "\ufeff" + "".join(writer.writerow(line) for line in begin)
    count = 0
    rows = iter(table.rows)
    while batch := list(islice(rows, BATCH)):
        count += len(batch)
        # Never yield under the override: the thread serves other languages between two pieces.
        with translation.override(language):
            piece = "".join(
                writer.writerow([csv_cell(column.read(row), column.kind, table.unit) for column in table.columns])
                for row in batch
            )
        yield piece
    yield writer.writerow([last, count])


def csv_cell(value: Any, kind: Kind, unit: Unit) -> str:
    """One value as CSV text: plain digits for numbers, ISO dates, escaped text; empty for None."""
    if value is None or value == "":
        return ""
    return _CSV_CELLS[kind](value, unit)


_CSV_CELLS: dict[Kind, Callable[[Any, Unit], str]] = {
    Kind.TEXT: lambda value, unit: escape(str(value)),
    Kind.INTEGER: lambda value, unit: str(int(value)),
    Kind.NUMBER: lambda value, unit: _trimmed(_rounded(value, 10)) if isinstance(value, Fraction) else str(value),
    Kind.MONEY: lambda value, unit: _trimmed(from_fen(value, unit)),
    Kind.PERCENT: lambda value, unit: _trimmed(_rounded(Fraction(value) * 100, 4)),
    Kind.DATE: lambda value, unit: value.isoformat(),
    Kind.DATETIME: lambda value, unit: _moment(value).isoformat(timespec="seconds"),
    Kind.BOOLEAN: lambda value, unit: _("yes") if value else _("no"),
}


def escape(text: str) -> str:
    """Text that no spreadsheet takes for a formula: an apostrophe goes before a dangerous beginning."""
    return f"'{text}" if DANGEROUS_START.match(text) else text


def csv_response(table: Table, file_name: str) -> StreamingHttpResponse:
    """Stream the table as ``file_name`` (with or without ``.csv``; may be Chinese)."""
    return StreamingHttpResponse(
        csv_lines(table),
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": disposition(file_name, "csv"), "X-Accel-Buffering": "no"},
    )


# ── XLSX ─────────────────────────────────────────────────────────────────────────────────────────
def xlsx_file(*tables: Table) -> IO[bytes]:
    """A workbook with one sheet a table, written in constant memory to a temporary file that is ready to read.

    Same tables give the same bytes. Raises RuleViolation ``EXPORT_TOO_LONG`` above a sheet's 1,048,576 rows.
    """
    target = tempfile.TemporaryFile()  # noqa: SIM115 - the caller reads and closes it
    book = xlsxwriter.Workbook(
        target,
        {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False,
         "default_date_format": "yyyy-mm-dd"},
    )  # fmt: skip
    moment = next((table.known_at for table in tables if table.known_at), None) or datetime(2000, 1, 1, tzinfo=UTC)
    book.set_properties({"created": _moment(moment).replace(tzinfo=None), "title": str(tables[0].title)})
    styles = _styles(book)
    used: set[str] = set()
    for table in tables:
        _Sheet(book.add_worksheet(sheet_name(str(table.title), used)), table, styles).write()
    book.close()
    target.seek(0)
    return target


def _styles(book: xlsxwriter.Workbook) -> dict[str, Format]:
    return {
        Kind.MONEY: book.add_format({"num_format": "#,##0.00"}),
        Kind.PERCENT: book.add_format({"num_format": "0.0%"}),
        Kind.INTEGER: book.add_format({"num_format": "0"}),
        Kind.NUMBER: book.add_format(),
        Kind.DATE: book.add_format({"num_format": "yyyy-mm-dd"}),
        Kind.DATETIME: book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
        "title": book.add_format({"bold": True, "font_size": 14}),
        "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
        # Keeps a text that looks like a formula a text, even when someone edits the cell.
        "quoted": book.add_format({"quote_prefix": True}),
    }


class _Sheet:
    """Writes one table to one worksheet. Constant memory keeps a single row, so rows go strictly downwards."""

    def __init__(self, sheet: Worksheet, table: Table, styles: dict[str, Format]) -> None:
        self.sheet, self.table, self.styles = sheet, table, styles
        self.row = 0

    def write(self) -> None:
        for place, (column, label) in enumerate(zip(self.table.columns, self.table.labels(), strict=True)):
            wide = 28 if column.kind is Kind.TEXT else 16
            self.sheet.set_column(place, place, min(40, max(wide, len(label) + 2)))
        for label, text in self.table.head():
            self.sheet.write_string(self.row, 0, label)
            self.text(1, text, self.styles["title"] if self.row == 0 else None)
            self.row += 1
        self.row += 1
        self.sheet.freeze_panes(self.row + 1, 0)
        for place, label in enumerate(self.table.labels()):
            self.sheet.write_string(self.row, place, label, self.styles["head"])
        first = self.row
        for item in self.table.rows:
            self.row += 1
            if self.row >= SHEET_ROWS - 1:
                raise RuleViolation("EXPORT_TOO_LONG", _("The list is too long for a workbook. Filter it or take CSV."))
            for place, column in enumerate(self.table.columns):
                self.cell(place, column.read(item), column.kind)
        self.sheet.write_string(self.row + 1, 0, _("Rows"))
        self.sheet.write_number(self.row + 1, 1, self.row - first)

    def cell(self, place: int, value: Any, kind: Kind) -> None:
        if value is None or value == "":
            return
        match kind:
            case Kind.DATE:
                self.sheet.write_datetime(self.row, place, value, self.styles[kind])
            case Kind.DATETIME:
                self.sheet.write_datetime(self.row, place, _moment(value).replace(tzinfo=None), self.styles[kind])
            case Kind.BOOLEAN:
                self.sheet.write_string(self.row, place, _("yes") if value else _("no"))
            case Kind.TEXT:
                self.text(place, str(value))
            case _:
                self.number(place, from_fen(value, self.table.unit) if kind is Kind.MONEY else value, kind)

    def number(self, place: int, number: Any, kind: Kind) -> None:
        if isinstance(number, Decimal | int) and _digits(number) > EXACT_DIGITS:
            self.sheet.write_string(self.row, place, _trimmed(Decimal(number)))  # exact text beats a rounded number
        else:
            self.sheet.write_number(self.row, place, float(number), self.styles[kind])

    def text(self, place: int, text: str, style: Format | None = None) -> None:
        if len(text) > CELL_CHARACTERS:
            text = f"{text[: CELL_CHARACTERS - 1]}…"
        style = self.styles["quoted"] if DANGEROUS_START.match(text) else style
        self.sheet.write_string(self.row, place, text, style)


def xlsx_response(*tables: Table, file_name: str) -> FileResponse:
    """The workbook of ``tables`` as a download named ``file_name`` (with or without ``.xlsx``; may be Chinese)."""
    return FileResponse(
        xlsx_file(*tables),
        content_type="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        headers={"Content-Disposition": disposition(file_name, "xlsx")},
    )


# ── Names and numbers ────────────────────────────────────────────────────────────────────────────
def disposition(file_name: str, extension: str) -> str:
    """Content-Disposition of a download (RFC 6266): a plain name for old programs, the true one beside it."""
    name = re.sub(r'[\x00-\x1f\x7f<>:"/\\|?*\u202a-\u202e\u2066-\u2069]+', "-", file_name).strip(" .-") or "export"
    name = f"{name.removesuffix(f'.{extension}')[:120]}.{extension}"
    plain = re.sub(r"[^A-Za-z0-9._()-]+", "-", name.removesuffix(f".{extension}")).strip("-.") or "export"
    return f"attachment; filename=\"{plain}.{extension}\"; filename*=UTF-8''{quote(name, safe='')}"


def file_stamp(title: str, as_of: date | None = None) -> str:
    """File name of a list: its title and day, e.g. ``Holdings 2026-06-30``."""
    return f"{title} {date_format(as_of or timezone.localdate(), 'Y-m-d')}"


def _percent_heads(table: Table) -> list[str]:
    """CSV has no number format, so there a share is written as percent and its column says so."""
    return [
        f"{label} (%)" if column.kind is Kind.PERCENT else label
        for column, label in zip(table.columns, table.labels(), strict=True)
    ]


def sheet_name(title: str, used: set[str]) -> str:
    """A sheet name as Excel allows it: 31 characters, some signs forbidden, no two alike."""
    name = re.sub(r"[\[\]:*?/\\\x00-\x1f]", " ", title).strip(" '")[:31] or "1"
    base, number = name, 2
    while name.casefold() in used:
        name = f"{base[:27]} ({number})"
        number += 1
    used.add(name.casefold())
    return name


def _moment(moment: datetime) -> datetime:
    return timezone.localtime(moment) if timezone.is_aware(moment) else moment


def _digits(number: Decimal | int) -> int:
    return len(_trimmed(Decimal(number)).strip("-").replace(".", "").strip("0"))


def _rounded(number: Fraction | Decimal | int, places: int) -> Decimal:
    exact = Fraction(number)
    with localcontext(prec=80):
        return (Decimal(exact.numerator) / exact.denominator).quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _trimmed(number: Decimal) -> str:
    """Plain digits without trailing zeros behind the point and without an exponent."""
    text = f"{number:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in {"-0", ""} else text
