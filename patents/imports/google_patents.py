"""Result lists of Google Patents: what its CSV download says, row by row."""

import csv
import io
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

_ID = re.compile(r"([A-Z]{2})-([A-Z]{0,2}\d+)-([A-Z]\d?)")
_LEADING_LINES = 2


class ListFault(TextChoices):
    """Why nothing of a file can be read."""

    NO_HEADER = "no_header", _("No line of the file names the columns id and title.")


@dataclass(frozen=True)
class Found:
    """One publication. ``assignee`` stays one text, because names of firms contain commas."""

    office: str
    number: str
    kind: str
    title: str
    assignee: str
    inventors: tuple[str, ...]
    priority: date | None
    filing: date | None
    publication: date | None
    grant: date | None


@dataclass(frozen=True)
class ResultList:
    """The rows that can be used, how many cannot, and why none can."""

    rows: tuple[Found, ...]
    skipped: int = 0
    fault: ListFault | None = None


def read(text: str) -> ResultList:
    """All rows with an id and a title, each id once; the others are counted."""
    lines = csv.reader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    header = _header(lines)
    if header is None:
        return ResultList((), fault=ListFault.NO_HEADER)
    found: dict[str, Found] = {}
    skipped = 0
    for cells in lines:
        if not any(cell.strip() for cell in cells):
            continue
        row = dict(zip(header, (cell.strip() for cell in cells), strict=False))
        match = _ID.fullmatch(row.get("id", ""))
        if match is None or not row.get("title") or match[0] in found:
            skipped += 1
            continue
        found[match[0]] = _found(match, row)
    return ResultList(tuple(found.values()), skipped)


def _header(lines: Iterator[list[str]]) -> list[str] | None:
    """The names of the columns, in the first line or behind the one with the address of the search."""
    for _number, cells in zip(range(_LEADING_LINES), lines, strict=False):
        names = [cell.strip() for cell in cells]
        if {"id", "title"} <= {*names}:
            return names
    return None


def _found(match: re.Match[str], row: Mapping[str, str]) -> Found:
    def day(column: str) -> date | None:
        return date.fromisoformat(row[column]) if row.get(column) else None

    names = (name.strip() for name in row.get("inventor/author", "").split(","))
    return Found(
        office=match[1], number=match[2], kind=match[3], title=row["title"], assignee=row.get("assignee", ""),
        inventors=tuple(filter(None, names)), priority=day("priority date"), filing=day("filing/creation date"),
        publication=day("publication date"), grant=day("grant date"),
    )  # fmt: skip
