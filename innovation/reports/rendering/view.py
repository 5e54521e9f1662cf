"""A report as the components of a page: for the page of the run and for the HTML file."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from innovation.core import components, figures
from innovation.core.charts import Chart as DrawnChart
from innovation.core.money import Unit
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Figure,
    Gauge,
    Money,
    ReportData,
    Row,
    Section,
    Source,
    Status,
    Table,
    Unknown,
    Value,
)
from innovation.reports.rendering.base import column_label, value_text

PAGE_ROWS = 500
"""A table on a page shows this many rows; the workbook and the CSV hold all."""


@dataclass(frozen=True)
class ShownCell:
    """``label`` is the heading of its column, which a narrow screen shows beside the value."""

    html: SafeString | str
    css: str
    label: str


@dataclass(frozen=True)
class ShownRow:
    cells: list[ShownCell]
    unverified: bool


@dataclass(frozen=True)
class ShownTable:
    title: str
    heads: list[ShownCell]
    rows: list[ShownRow]
    total: ShownRow | None
    note: str
    empty: str
    left_out: int
    flagged: bool


@dataclass(frozen=True)
class ShownFigure:
    figure: components.Figure
    unverified: bool


@dataclass(frozen=True)
class ShownChart:
    drawing: DrawnChart
    summary: str
    table: ShownTable


@dataclass(frozen=True)
class ShownSection:
    title: str
    gauges: list[components.Gauge]
    figures: list[ShownFigure]
    charts: list[ShownChart]
    tables: list[ShownTable]
    notes: Sequence[str]


@dataclass(frozen=True)
class ShownReport:
    title: str
    summary: str
    sections: list[ShownSection]
    notes: Sequence[str]
    sources: Sequence[Source]
    scope: Sequence[tuple[str, str]]


def shown(data: ReportData, unit: Unit, *, links: bool) -> ShownReport:
    """``data`` with money in ``unit``. ``links`` False leaves out the addresses of this site, for a file."""
    return ShownReport(
        data.title,
        data.summary,
        [_section(section, unit, links) for section in data.sections],
        data.notes,
        data.sources,
        data.scope,
    )


def _section(section: Section, unit: Unit, links: bool) -> ShownSection:
    return ShownSection(
        section.title,
        [gauge_component(gauge, unit, links=links) for gauge in section.gauges],
        [ShownFigure(_figure(figure, unit, links), figure.unverified) for figure in section.figures],
        [ShownChart(chart.drawing, chart.summary, _table(chart.table, unit, links)) for chart in section.charts],
        [_table(table, unit, links) for table in section.tables],
        section.notes,
    )


def _status(status: Status | None) -> components.Status | None:
    return components.Status(status.label, components.Tone(status.tone)) if status else None


def _figure(figure: Figure, unit: Unit, links: bool) -> components.Figure:
    unknown = isinstance(figure.value, Unknown)
    return components.Figure(
        label=figure.label,
        value=None if unknown else value_text(figure.value, unit),
        unit=figures.unit_behind(unit) if isinstance(figure.value, Money) else "",
        href=figure.link if links else "",
        note=figure.note,
        status=_status(figure.status),
        unknown=figure.value.reason if unknown else "",
    )


def gauge_component(gauge: Gauge, unit: Unit, *, links: bool) -> components.Gauge:
    """The gauge as the component that pages draw."""
    left = [_figure(figure, unit, links) for figure in gauge.headroom]
    return components.Gauge(
        label=gauge.label,
        used=gauge.used,
        cap=gauge.cap,
        status=_status(gauge.status),
        warning=gauge.warning,
        headroom=[
            components.Fact(item.label, f"{item.value} {item.unit}".strip() if item.value else None, item.href,
                            unknown=item.unknown)
            for item in left
        ],
        href=gauge.link if links else "",
        unverified=_("Rests on a rule whose source is not verified.") if gauge.unverified else "",
    )  # fmt: skip


def _table(table: Table, unit: Unit, links: bool) -> ShownTable:
    kinds = ["" if column.kind == ColumnKind.TEXT else "number" for column in table.columns]
    labels = [column_label(column, unit) for column in table.columns]
    heads = [ShownCell(label, css, label) for label, css in zip(labels, kinds, strict=True)]
    rows = [_row(row, heads, unit, links) for row in table.rows[:PAGE_ROWS]]
    return ShownTable(
        table.title, heads, rows, _row(table.total, heads, unit, links) if table.total else None,
        table.note, table.empty, max(0, len(table.rows) - PAGE_ROWS), any(row.unverified for row in table.rows),
    )  # fmt: skip


def _row(row: Row, heads: Sequence[ShownCell], unit: Unit, links: bool) -> ShownRow:
    cells = [ShownCell(_html(value, unit), head.css, head.label) for value, head in zip(row.cells, heads, strict=True)]
    if row.link and links:
        cells[0] = replace(cells[0], html=format_html('<a href="{}">{}</a>', row.link, cells[0].html))
    return ShownRow(cells, row.unverified)


def _html(value: Value, unit: Unit) -> SafeString | str:
    return figures.unknown(value.reason) if isinstance(value, Unknown) else value_text(value, unit)
