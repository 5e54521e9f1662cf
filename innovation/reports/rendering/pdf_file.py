"""PDF: the report as ``templates/reports_pdf/report.typ`` sets it, tagged, with the charts of the page."""

from collections.abc import Iterable
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext as _

from innovation.core.charts import StepChart, render_svg
from innovation.core.figures import unit_behind
from innovation.core.gauges import gauge_text, scale_end
from innovation.core.money import Unit
from innovation.core.pdf import render_pdf
from innovation.reports.choices import ColumnKind
from innovation.reports.content import Chart, Column, Figure, Gauge, Money, Row, Section, Source, Table, Unknown
from innovation.reports.rendering.base import Rendering, column_label, value_text
from innovation.reports.rendering.view import gauge_component

PDF_ROWS = 2_000
"""A table in a PDF shows this many rows; the workbook and the CSV hold all."""
NO_BREAK = "\u00a0"
PDF_CHART_ROWS = 24
"""The table behind a line over time shows this many, the latest come first: on paper the drawing tells the rest."""


def render(rendering: Rendering) -> bytes:
    """A PDF/UA-1 file."""
    data = rendering.data
    return render_pdf(
        "report.typ",
        {
            "lang": rendering.language,
            "title": str(data.title),
            "summary": str(data.summary),
            "as_of": rendering.as_of.isoformat(),
            "data_hash": rendering.data_hash,
            "stamp": [list(line) for line in rendering.stamp()],
            "sections": [_section(section, rendering) for section in data.sections],
            "notes": [str(note) for note in data.notes],
            "sources": [_source(source) for source in data.sources],
            "words": {
                "office": _("Regional innovation programme"),
                "as_of": _("As of"),
                "data_hash": _("Data hash"),
                "unverified": _("Unverified"),
                "no_rows": _("No rows."),
                "notes": _("Notes"),
                "sources": _("Sources"),
            },
        },
    )


def _section(section: Section, rendering: Rendering) -> dict[str, Any]:
    unit = rendering.unit
    return {
        "title": str(section.title),
        "gauges": [_gauge(gauge, unit) for gauge in section.gauges],
        "figures": [_figure(figure, unit) for figure in section.figures],
        "charts": [_chart(chart, rendering) for chart in section.charts],
        "tables": [_table(table, unit) for table in section.tables],
        "notes": [str(note) for note in section.notes],
    }


def _gauge(gauge: Gauge, unit: Unit) -> dict[str, Any]:
    drawn = gauge_component(gauge, unit, links=False)
    end = scale_end(drawn)
    return {
        "label": str(gauge.label),
        "text": gauge_text(drawn),
        "status": str(gauge.status.label),
        "tone": gauge.status.tone,
        "unverified": gauge.unverified,
        "used_at": _place(gauge.used, end),
        "cap_at": _place(gauge.cap, end),
        "warning_at": _place(gauge.warning, end),
        "facts": [[str(figure.label), _with_unit(figure, unit)] for figure in gauge.headroom],
    }


def _place(share: Fraction | None, end: Fraction) -> int | None:
    """Where ``share`` stands on a scale that ends at ``end``, in parts of 1000."""
    return None if share is None else round(max(Fraction(0), min(share, end)) / end * 1000)


def _with_unit(figure: Figure, unit: Unit) -> str:
    text = value_text(figure.value, unit)
    return f"{text} {unit_behind(unit)}" if isinstance(figure.value, Money) else text


def _figure(figure: Figure, unit: Unit) -> dict[str, Any]:
    reason = str(figure.value.reason) if isinstance(figure.value, Unknown) else ""
    return {
        "label": str(figure.label),
        "value": value_text(figure.value, unit),
        "unit": unit_behind(unit) if isinstance(figure.value, Money) else "",
        "note": str(figure.note) or reason,
        "status": str(figure.status.label) if figure.status else "",
        "tone": figure.status.tone if figure.status else "idle",
        "unverified": figure.unverified,
    }


def _chart(chart: Chart, rendering: Rendering) -> dict[str, Any]:
    return {
        "title": str(chart.drawing.title),
        "svg": render_svg(chart.drawing, lang=rendering.language),
        "summary": str(chart.summary) or None,
        "table": _table(
            chart.table, rendering.unit, PDF_CHART_ROWS if isinstance(chart.drawing, StepChart) else PDF_ROWS
        ),
    }


def _table(table: Table, unit: Unit, limit: int = PDF_ROWS) -> dict[str, Any]:
    left_out = len(table.rows) - limit
    more = _("%(count)s more rows are in the workbook and the CSV file.") % {"count": left_out} if left_out > 0 else ""
    flagged = any(row.unverified for row in table.rows)
    heads = [{"text": _head(column, unit), "numeric": column.kind != ColumnKind.TEXT} for column in table.columns]
    return {
        "title": str(table.title),
        "heads": heads + ([{"text": _("Source"), "numeric": False}] if flagged else []),
        "rows": [_row(row, unit, flagged) for row in table.rows[:limit]],
        "total": _row(table.total, unit, flagged) if table.total else None,
        "note": " ".join(part for part in (str(table.note), more) if part),
        "empty": str(table.empty),
    }


def _head(column: Column, unit: Unit) -> str:
    """The head of a column, whose unit never breaks over two lines."""
    told = str(unit.label)
    return column_label(column, unit).replace(told, told.replace(" ", NO_BREAK))


def _row(row: Row, unit: Unit, flagged: bool) -> list[str]:
    flag: Iterable[str] = [_("Unverified") if row.unverified else ""] if flagged else []
    return [*(value_text(value, unit) for value in row.cells), *flag]


def _source(source: Source) -> dict[str, Any]:
    return {
        "label": str(source.label),
        "detail": str(source.detail),
        "fingerprint": source.fingerprint,
        "unverified": source.unverified,
    }
