"""CSV: every figure and table of the report in one file that spreadsheets read, one block after the other."""

import csv
import io
from collections.abc import Iterator

from django.utils.translation import gettext as _

from innovation.core.exports import Kind, csv_cell, escape
from innovation.core.money import Unit
from innovation.reports.content import Count, Day, Figure, Money, Number, Percent, Table, Text, Times, Unknown, Value
from innovation.reports.rendering.base import Rendering, column_label, lines_of

BYTE_ORDER_MARK = "\ufeff"  # by which Excel knows UTF-8


def render(rendering: Rendering) -> bytes:
    """UTF-8 with byte order mark, CRLF; numbers plain, shares as percent, text never a formula."""
    out = io.StringIO(newline="")
    csv.writer(out).writerows(_lines(rendering))
    return (BYTE_ORDER_MARK + out.getvalue()).encode()


def _lines(rendering: Rendering) -> Iterator[list[str]]:
    yield [_("Title"), escape(rendering.data.title)]
    for label, text in rendering.stamp():
        yield [escape(label), escape(text)]
    if rendering.data.summary:
        yield [_("Summary"), escape(rendering.data.summary)]
    for section in rendering.data.sections:
        yield []
        yield [_("Section"), escape(section.title)]
        for figure in lines_of(section):
            yield _figure(figure, rendering.unit)
        for table in [*(chart.table for chart in section.charts), *section.tables]:
            yield []
            yield from _table(table, rendering.unit)
        for note in section.notes:
            yield [_("Note"), escape(note)]
    yield []
    for note in rendering.data.notes:
        yield [_("Note"), escape(note)]
    for source in rendering.data.sources:
        flag = _("Unverified") if source.unverified else ""
        yield [_("Source"), escape(source.label), escape(source.detail), source.fingerprint, flag]


def _figure(figure: Figure, unit: Unit) -> list[str]:
    """Label, value, its unit, status, flag, note or the reason why it is unknown."""
    match figure.value:
        case Money():
            measure = str(unit.label)
        case Percent():
            measure = "%"
        case _:
            measure = ""
    reason = figure.value.reason if isinstance(figure.value, Unknown) else ""
    return [
        escape(figure.label),
        cell(figure.value, unit),
        measure,
        escape(figure.status.label) if figure.status else "",
        _("Unverified") if figure.unverified else "",
        escape(figure.note or reason),
    ]


def _table(table: Table, unit: Unit) -> Iterator[list[str]]:
    yield [_("Table"), escape(table.title)]
    flagged = any(row.unverified for row in table.rows)
    heads = [escape(column_label(column, unit, percent_sign=True)) for column in table.columns]
    yield heads + ([_("Unverified")] if flagged else [])
    for row in table.rows:
        yield [cell(value, unit) for value in row.cells] + ([_("Unverified")] if row.unverified else [])
    if table.total:
        yield [cell(value, unit) for value in table.total.cells]
    if not table.rows and table.empty:
        yield [escape(table.empty)]
    yield [_("Rows"), str(len(table.rows))]
    if table.note:
        yield [_("Note"), escape(table.note)]


_KINDS = {
    Percent: Kind.PERCENT,
    Times: Kind.NUMBER,
    Count: Kind.INTEGER,
    Number: Kind.NUMBER,
    Day: Kind.DATE,
    Text: Kind.TEXT,
}


def cell(value: Value, unit: Unit) -> str:
    """A value as CSV text; unknown is empty."""
    if isinstance(value, Unknown):
        return ""
    if isinstance(value, Money):
        return csv_cell(value.fen, Kind.MONEY, unit)
    return csv_cell(value.value, _KINDS[type(value)], unit)
