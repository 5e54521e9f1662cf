"""Take in a file of index levels: read and compare as a dry run, then write what the dry run showed.

The file has a column of days and one of levels. A level that stands already is left alone; one that differs is
superseded, so that what was known before stays answerable.
"""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.files import DateOrder
from funds.imports.reading import FileTable, read_table
from funds.models import IndexSeries, IndexUpload, IndexValue
from funds.rules.portfolio_file import read_date
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.core.uploads import accept

PERMISSION = "funds.add_indexupload"
DAY_HEADINGS = frozenset({"date", "day", "日期", "交易日", "交易日期"})
LEVEL_HEADINGS = frozenset(
    {"level", "close", "value", "index", "收盘", "收盘价", "收盘点位", "点位", "指数", "指数点位"}
)
MOST_LEVELS = 30_000
MOST_SHOWN = 20
STEP = Decimal("0.000001")
JUMP = Decimal("1.25")
"""A level this many times its neighbour is pointed out: a moved decimal point looks like it."""


@transaction.atomic
def check_levels(
    *, series_id: int, upload: Any, source: str, licence_note: str, dated: date, actor: User
) -> IndexUpload:
    """Read a CSV or XLSX file and say what writing it would change. Nothing is written to the index.

    Raises RuleViolation with the codes of ``core.uploads`` and ``imports.reading``, INDEX_COLUMNS, INDEX_ROW,
    INDEX_DAY_TWICE, INDEX_EMPTY, INDEX_TOO_LONG, INDEX_WRITTEN.
    """
    _require(actor)
    series = IndexSeries.objects.get(pk=series_id)
    accepted = accept(upload)
    _refuse_second_time(series, accepted.sha256)
    levels = _levels(read_table(accepted.content, accepted.kind))
    return IndexUpload.objects.create(
        series=series,
        file_name=accepted.name,
        sha256=accepted.sha256,
        source=source,
        licence_note=licence_note,
        dated=dated,
        levels=[[day.isoformat(), str(level)] for day, level in levels],
        findings=_findings(series, levels),
        uploaded_by=actor,
    )


@transaction.atomic
def write_levels(*, upload_id: int, actor: User) -> IndexUpload:
    """Write a checked file: new levels are added, different ones superseded. Raises RuleViolation INDEX_WRITTEN."""
    _require(actor)
    found = IndexUpload.objects.get(pk=upload_id)
    series = IndexSeries.objects.select_for_update().get(pk=found.series_id)
    found = IndexUpload.objects.select_for_update().get(pk=upload_id)
    if found.written_at is not None:
        raise RuleViolation("INDEX_WRITTEN", _("These levels are written already."))
    _refuse_second_time(series, found.sha256)
    now = timezone.now()
    levels = [(date.fromisoformat(day), Decimal(level)) for day, level in found.levels]
    standing = _standing(series)
    changed = [(day, level) for day, level in levels if standing.get(day) != level]
    replaced = [day for day, _level in changed if day in standing]
    IndexValue.objects.filter(series=series, superseded_at=None, day__in=replaced).update(superseded_at=now)
    IndexValue.objects.bulk_create(
        [IndexValue(series=series, upload=found, day=day, level=level, recorded_at=now) for day, level in changed],
        batch_size=2_000,
    )
    IndexUpload.objects.filter(pk=found.pk).update(written_at=now)
    found.written_at = now
    return found


def _levels(table: FileTable) -> list[tuple[date, Decimal]]:
    day_column = _column(table.header, DAY_HEADINGS)
    level_column = _column(table.header, LEVEL_HEADINGS)
    if day_column is None or level_column is None:
        raise RuleViolation(
            "INDEX_COLUMNS",
            _("The file needs a column “date” (日期) and a column “level” or “close” (收盘). Found: %(found)s.")
            % {"found": ", ".join(filter(None, table.header)) or "–"},
            field="file",
        )
    levels: dict[date, Decimal] = {}
    for number, cells in table.rows:
        if not any(cell not in (None, "") for cell in cells):
            continue
        day, level = _day(_cell(cells, day_column)), _level(_cell(cells, level_column))
        if day is None or level is None or day > timezone.localdate():
            raise _wrong_row(number, cells)
        if day in levels:
            raise RuleViolation(
                "INDEX_DAY_TWICE", _("Row %(row)s gives %(day)s a second time.") % {"row": number, "day": day},
                field="file", facts={"row": number, "day": day},
            )  # fmt: skip
        levels[day] = level
        if len(levels) > MOST_LEVELS:
            raise RuleViolation("INDEX_TOO_LONG", _("The file has more than 30,000 levels."), field="file")
    if not levels:
        raise RuleViolation("INDEX_EMPTY", _("The file has a heading, but no level below it."), field="file")
    return sorted(levels.items())


def _wrong_row(number: int, cells: Sequence[Any]) -> RuleViolation:
    shown = " | ".join(str(cell) for cell in cells)[:120]
    message = _("Row %(row)s is no day up to today with a level above zero: %(cells)s")
    return RuleViolation("INDEX_ROW", message % {"row": number, "cells": shown}, field="file", facts={"row": number})


def _column(header: Sequence[str], names: frozenset[str]) -> int | None:
    return next((place for place, heading in enumerate(header) if heading.strip().lower() in names), None)


def _cell(cells: Sequence[Any], place: int) -> Any:
    return cells[place] if place < len(cells) else None


def _day(cell: Any) -> date | None:
    if isinstance(cell, date):  # a datetime is a date too
        return date(cell.year, cell.month, cell.day)
    text = str(cell or "").strip()
    if len(text) == 8 and text.isdigit():  # noqa: PLR2004 - the compact form of exchanges, 20240630
        text = f"{text[:4]}-{text[4:6]}-{text[6:]}"
    return read_date(text, DateOrder.YMD)


def _level(cell: Any) -> Decimal | None:
    try:
        level = Decimal(str(cell).strip().replace(",", "")).quantize(STEP)
    except InvalidOperation:
        return None
    return level if level.is_finite() and 0 < level < 10**12 else None


def _standing(series: IndexSeries) -> dict[date, Decimal]:
    return dict(IndexValue.objects.filter(series=series, superseded_at=None).values_list("day", "level"))


def _findings(series: IndexSeries, levels: Sequence[tuple[date, Decimal]]) -> dict[str, Any]:
    """Counts of new, changed and unchanged levels, the first changes, and jumps that look like slips."""
    standing = _standing(series)
    changes = [(day, standing[day], level) for day, level in levels if day in standing and standing[day] != level]
    jumps = [
        [day.isoformat(), str(before), str(level)]
        for (_earlier, before), (day, level) in pairwise(levels)
        if max(before, level) >= JUMP * min(before, level)
    ]
    return {
        "rows": len(levels),
        "first": levels[0][0].isoformat(),
        "last": levels[-1][0].isoformat(),
        "new": sum(day not in standing for day, _level in levels),
        "changed": len(changes),
        "changes": [[day.isoformat(), str(old), str(new)] for day, old, new in changes[:MOST_SHOWN]],
        "jumps": jumps[:MOST_SHOWN],
    }


def _refuse_second_time(series: IndexSeries, sha256: str) -> None:
    if IndexUpload.objects.filter(series=series, sha256=sha256, written_at__isnull=False).exists():
        raise RuleViolation("INDEX_WRITTEN", _("This file was written for this index already."), field="file")


def _require(actor: User) -> None:
    if not actor.has_perm(PERMISSION):
        raise PermissionDenied
