"""XLSX: a first sheet with stamp, figures and notes, then one sheet a table; charts stand beside their tables."""

import io
from datetime import UTC
from decimal import Decimal
from fractions import Fraction

import xlsxwriter
from django.utils.translation import gettext as _
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from innovation.core.charts import render_png
from innovation.core.exports import CELL_CHARACTERS, DANGEROUS_START, EXACT_DIGITS, sheet_name
from innovation.core.money import Unit, format_fen, from_fen
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Chart,
    Count,
    Day,
    Figure,
    Money,
    Number,
    Percent,
    Table,
    Text,
    Times,
    Unknown,
    Value,
)
from innovation.reports.rendering.base import Rendering, column_label, lines_of

OPTIONS = {
    "in_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
}
CHART_ROWS = 22  # what a chart of 480 points takes at the usual row height


def render(rendering: Rendering) -> bytes:
    """The workbook. Same rendering, same bytes: its times are those of the question, not of the clock."""
    target = io.BytesIO()
    with xlsxwriter.Workbook(target, OPTIONS) as book:
        created = rendering.known_at.astimezone(UTC).replace(tzinfo=None)
        book.set_properties({"title": str(rendering.data.title), "created": created})
        writer = _Writer(book, rendering)
        writer.first_sheet()
        for section in rendering.data.sections:
            for chart in section.charts:
                writer.table_sheet(chart.table, chart)
            for table in section.tables:
                writer.table_sheet(table)
    return target.getvalue()


class _Writer:
    """Writes sheet after sheet; ``row`` is the next free row of the present one."""

    def __init__(self, book: xlsxwriter.Workbook, rendering: Rendering) -> None:
        self.book, self.rendering, self.unit = book, rendering, rendering.unit
        self.names: set[str] = set()
        self.row = 0
        decimals = "0.000000" if self.unit == Unit.YI else "0.00"
        self.formats: dict[object, Format] = {
            Money: book.add_format({"num_format": f"#,##{decimals}"}),
            Percent: book.add_format({"num_format": "0.0%"}),
            Times: book.add_format({"num_format": "0.00×"}),
            Count: book.add_format({"num_format": "#,##0"}),
            Number: book.add_format({"num_format": "#,##0.00"}),
            Day: book.add_format({"num_format": "yyyy-mm-dd"}),
            "title": book.add_format({"bold": True, "font_size": 16}),
            "section": book.add_format({"bold": True, "font_size": 13, "top": 1}),
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "head_number": book.add_format(
                {"bold": True, "bottom": 1, "text_wrap": True, "valign": "top", "align": "right"}
            ),
            "label": book.add_format({"font_color": "#555555"}),
            "wrap": book.add_format({"text_wrap": True, "valign": "top"}),
            # Keeps a text that looks like a formula a text, even when someone edits the cell.
            "quoted": book.add_format({"quote_prefix": True}),
            Unknown: book.add_format({"align": "right", "font_color": "#555555"}),
        }

    def sheet(self, title: str, widths: list[int]) -> Worksheet:
        sheet = self.book.add_worksheet(sheet_name(title, self.names))
        for place, width in enumerate(widths):
            sheet.set_column(place, place, width)
        sheet.set_paper(9)  # A4
        sheet.fit_to_pages(1, 0)
        self.row = 0
        return sheet

    def line(self, sheet: Worksheet, *texts: str, style: str = "") -> None:
        for place, text in enumerate(texts):
            self.text(sheet, self.row, place, text, self.formats.get(style or ("label" if place == 0 else "")))
        self.row += 1

    def first_sheet(self) -> None:
        data = self.rendering.data
        sheet = self.sheet(_("Report"), [44, 24, 14, 18, 14, 60])
        self.line(sheet, str(data.title), style="title")
        for label, text in self.rendering.stamp():
            self.line(sheet, label, text)
        if data.summary:
            self.row += 1
            self.line(sheet, str(data.summary), style=" ")
        for section in data.sections:
            self.row += 1
            self.line(sheet, str(section.title), "", "", "", "", "", style="section")
            for figure in lines_of(section):
                self.figure(sheet, figure)
            for note in section.notes:
                self.line(sheet, _("Note"), str(note))
        self.row += 1
        for note in data.notes:
            self.line(sheet, _("Note"), str(note))
        for source in data.sources:
            flag = _("Unverified") if source.unverified else ""
            self.line(sheet, _("Source"), str(source.label), "", flag, "", str(source.detail))

    def figure(self, sheet: Worksheet, figure: Figure) -> None:
        """Label, value, unit, status, flag, note."""
        self.text(sheet, self.row, 0, str(figure.label))
        self.value(sheet, self.row, 1, figure.value)
        if isinstance(figure.value, Money):
            sheet.write_string(self.row, 2, str(self.unit.label))
        if figure.status:
            self.text(sheet, self.row, 3, str(figure.status.label))
        if figure.unverified:
            sheet.write_string(self.row, 4, _("Unverified"))
        reason = figure.value.reason if isinstance(figure.value, Unknown) else ""
        self.text(sheet, self.row, 5, str(figure.note or reason))
        self.row += 1

    def table_sheet(self, table: Table, chart: Chart | None = None) -> None:
        widths = [28 if column.kind == ColumnKind.TEXT else 16 for column in table.columns]
        sheet = self.sheet(str(table.title), widths)
        self.line(sheet, str(table.title), style="title")
        self.line(sheet, _("As of"), self.rendering.as_of.isoformat())
        if table.note:
            self.line(sheet, _("Note"), str(table.note))
        if chart:
            self.row += 1
            description = str(chart.summary or chart.drawing.title)
            content = io.BytesIO(render_png(chart.drawing, lang=self.rendering.language))
            picture = {"image_data": content, "x_scale": 0.5, "y_scale": 0.5, "description": description}
            sheet.insert_image(self.row, 0, "chart.png", picture)
            self.row += CHART_ROWS
        self.row += 1
        for place, column in enumerate(table.columns):
            style = "head" if column.kind == ColumnKind.TEXT else "head_number"
            self.text(sheet, self.row, place, column_label(column, self.unit), self.formats[style])
        flagged = any(row.unverified for row in table.rows)
        if flagged:
            sheet.write_string(self.row, len(table.columns), _("Unverified"), self.formats["head"])
        sheet.freeze_panes(self.row + 1, 0)
        for row in table.rows:
            self.row += 1
            for place, value in enumerate(row.cells):
                self.value(sheet, self.row, place, value)
            if row.unverified:
                sheet.write_string(self.row, len(table.columns), _("Unverified"))
        for place, value in enumerate(table.total.cells if table.total else ()):
            self.value(sheet, self.row + 1, place, value)
        if not table.rows and table.empty:
            self.text(sheet, self.row + 1, 0, str(table.empty))

    def value(self, sheet: Worksheet, row: int, place: int, value: Value) -> None:
        """Numbers as numbers; amounts of more digits than a spreadsheet keeps, as exact text."""
        style = self.formats.get(type(value))
        match value:
            case Money(fen) if _digits(fen) > EXACT_DIGITS:
                sheet.write_string(row, place, format_fen(fen, self.unit, decimals=_decimals(self.unit)))
            case Money(fen):
                sheet.write_number(row, place, float(from_fen(fen, self.unit)), style)
            case Percent(share) | Times(share) | Number(share):
                sheet.write_number(row, place, float(Fraction(share)), style)
            case Count(number):
                sheet.write_number(row, place, number, style)
            case Day(day):
                sheet.write_datetime(row, place, day, style)
            case Text(words):
                self.text(sheet, row, place, str(words))
            case Unknown(reason):
                sheet.write_string(row, place, "–", style)
                if reason:
                    sheet.write_comment(row, place, str(reason)[:500])

    def text(self, sheet: Worksheet, row: int, place: int, text: str, style: Format | None = None) -> None:
        if not text:
            if style:
                sheet.write_blank(row, place, None, style)
            return
        shown = text if len(text) <= CELL_CHARACTERS else f"{text[: CELL_CHARACTERS - 1]}…"
        sheet.write_string(row, place, shown, self.formats["quoted"] if DANGEROUS_START.match(shown) else style)


def _decimals(unit: Unit) -> int:
    return {Unit.YUAN: 2, Unit.WAN: 6, Unit.YI: 10}[unit]


def _digits(fen: int) -> int:
    return len(str(abs(Decimal(fen))).strip("0"))
