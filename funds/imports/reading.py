"""Tables in files: CSV in the encodings that offices use, and the first sheet of a workbook."""

import csv
import io
import re
import zipfile
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import IO, Any

from django.utils.translation import gettext_lazy as _
from python_calamine import CalamineError, CalamineWorkbook

from innovation.core.errors import RuleViolation
from innovation.core.uploads import FileKind

ENCODINGS = ("utf-8-sig", "gb18030")
MAX_ROWS = 300_000
MAX_COLUMNS = 200
_FORMULA = re.compile(rb"<f[ >/]")
_CELL = re.compile(rb'<c [^>]*?r="([A-Z]+[0-9]+)"')


@dataclass(frozen=True)
class FileTable:
    """The heading and the rows below it; ``rows`` gives (line number in the file, cells) and can be walked once."""

    header: list[str]
    rows: Iterator[tuple[int, Sequence[Any]]]


def read_table(content: IO[bytes], kind: str) -> FileTable:
    """The table of a checked file. Raises RuleViolation FILE_ENCODING, FILE_DAMAGED, FILE_NO_TABLE, FORMULA_CELL."""
    content.seek(0)
    rows = _workbook_rows(content) if kind == FileKind.XLSX else _csv_rows(content)
    numbered = _bounded(enumerate(rows, start=1))
    for __, cells in numbered:
        if any(cell not in (None, "") for cell in cells):
            header = _unique([str(cell or "").strip() for cell in cells])
            if len(header) > MAX_COLUMNS:
                _refuse("FILE_NO_TABLE", _("The table has too many columns."))
            return FileTable(header, numbered)
    raise RuleViolation("FILE_NO_TABLE", _("The file holds no table."), field="file")


def _unique(header: list[str]) -> list[str]:
    """Headings told apart: the second of a name becomes “name (2)”."""
    seen: Counter[str] = Counter()
    told = []
    for heading in header:
        seen[heading] += 1
        told.append(f"{heading} ({seen[heading]})" if heading and seen[heading] > 1 else heading)
    return told


def _bounded(rows: Iterator[tuple[int, Sequence[Any]]]) -> Iterator[tuple[int, Sequence[Any]]]:
    for number, cells in rows:
        if number > MAX_ROWS:
            _refuse("FILE_TOO_LONG", _("The file has more than 300,000 rows. Split it."))
        yield number, cells


def _csv_rows(content: IO[bytes]) -> Iterator[list[str]]:
    data = content.read()
    text = data.decode("utf-16") if data[:2] in (b"\xff\xfe", b"\xfe\xff") else _decoded(data)
    sample = text[:8192].split("\n", 1)[0]
    delimiter = max(",;\t", key=sample.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    except csv.Error:
        _refuse("FILE_DAMAGED", _("A quotation mark in the file is never closed. Export it again as CSV."))


def _decoded(data: bytes) -> str:
    for encoding in ENCODINGS:
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise RuleViolation("FILE_ENCODING", _("The text is neither UTF-8 nor GB 18030. Save it as UTF-8."), field="file")


def _workbook_rows(content: IO[bytes]) -> Iterator[Sequence[Any]]:
    _refuse_formulas(content)
    content.seek(0)
    try:
        workbook = CalamineWorkbook.from_filelike(content)
        rows: Iterator[Sequence[Any]] = workbook.get_sheet_by_index(0).iter_rows()
    except (CalamineError, ValueError, IndexError):
        raise RuleViolation(
            "FILE_DAMAGED", _("The workbook is damaged. Open it, save it again and send that."), field="file"
        ) from None
    return rows


def _refuse_formulas(content: IO[bytes]) -> None:
    """A formula's stored result may be stale or missing, and nobody reviews formulas in books: values only."""
    content.seek(0)
    with zipfile.ZipFile(content) as archive:
        for name in archive.namelist():
            if not name.startswith("xl/worksheets/") or not name.endswith(".xml"):
                continue
            data = archive.read(name)
            found = _FORMULA.search(data)
            if found:
                cells = _CELL.findall(data, 0, found.start())
                cell = cells[-1].decode() if cells else "?"
                raise RuleViolation(
                    "FORMULA_CELL",
                    _("Cell %(cell)s holds a formula. Copy the table and paste it as values.") % {"cell": cell},
                    field="file",
                    facts={"cell": cell},
                )


def _refuse(code: str, message: Any) -> None:
    raise RuleViolation(code, message, field="file")
