"""The documented examples of portfolio files, one a layout: every column once, and rows that import as they are."""

import csv
import io
from typing import Any

import xlsxwriter
from django.utils.translation import gettext as _

from funds.choices.files import Layout
from funds.choices.ledger import EventKind
from funds.rules.file_columns import FIELDS
from funds.rules.portfolio_file import KIND_WORDS, VALUATION

Rows = tuple[tuple[str, ...], ...]

EXAMPLES: dict[Layout, tuple[tuple[str, ...], Rows]] = {
    Layout.LEDGER: (
        (
            "fund_code", "project_code", "company", "uscc", "stage", "kind", "date", "amount (万元)",
            "cost_relieved (万元)", "award_code", "document",
        ),
        (
            ("F-2024-01", "", "", "", "", "CALL", "2024-01-15", "5000", "", "", "Capital call 1"),
            (
                "F-2024-01", "P-001", "示例科技有限公司", "91330102MA2TE5T010", "seed", "INVEST", "2024-03-01", "500",
                "", "", "Agreement 7",
            ),
            ("F-2024-01", "P-001", "", "", "", "FOLLOW_ON", "2024-09-01", "250.5", "", "", "Agreement 7a"),
            ("F-2024-01", "P-001", "", "", "", "VALUATION", "2024-12-31", "900", "", "", "Valuation committee 4"),
            ("F-2024-01", "P-001", "", "", "", "EXIT_PARTIAL", "2025-05-20", "300", "200", "", "Transfer 2"),
            ("F-2024-01", "P-001", "", "", "", "WRITE_OFF", "2025-11-30", "", "550.5", "", "Committee minutes 12"),
        ),
    ),
    Layout.HOLDINGS: (
        (
            "fund_code", "project_code", "company", "uscc", "stage", "invested_on", "amount (万元)", "status",
            "lost_on",
        ),
        (
            (
                "F-2024-01", "P-001", "示例科技有限公司", "91330102MA2TE5T010", "seed", "2024-03-01", "500",
                "operating", "",
            ),
            ("F-2024-01", "P-002", "示例材料有限公司", "", "angel", "2024-05-06", "320", "closed", "2025-11-30"),
        ),
    ),
    Layout.VALUATIONS: (
        (
            "fund_code", "project_code", "valid_at", "fair_value (万元)", "method", "level", "source", "document",
            "round_on", "price", "quantity", "entry_round_on", "entry_price", "entry_quantity",
        ),
        (
            (
                "F-2024-01", "P-001", "2024-12-31", "600", "RECENT_ROUND", "3", "Agreement of the latest round",
                "Valuation committee 4", "2024-09-01", "12", "500000", "2024-03-01", "10", "500000",
            ),
        ),
    ),
}  # fmt: skip
"""Heading and rows of each layout. The papers value a holding of the other examples, at the price of a round."""


def template_csv(layout: Layout = Layout.LEDGER) -> bytes:
    """The example of a layout as CSV in UTF-8 with the mark by which Excel knows it."""
    header, rows = EXAMPLES[layout]
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return ("\ufeff" + text.getvalue()).encode()


def template_xlsx(layout: Layout = Layout.LEDGER) -> bytes:
    """The example of a layout as a workbook; its second sheet says what each column and each kind of event means."""
    header, rows = EXAMPLES[layout]
    data = io.BytesIO()
    with xlsxwriter.Workbook(data, {"in_memory": True}) as book:
        bold = book.add_format({"bold": True})
        sheet = book.add_worksheet(_("Portfolio"))
        sheet.write_row(0, 0, header, bold)
        for number, row in enumerate(rows, start=1):
            sheet.write_row(number, 0, row)
        sheet.set_column(0, len(header) - 1, 20)
        guide = book.add_worksheet(_("Guide"))
        guide.write_row(0, 0, [_("Column"), _("Needed"), _("Headings that are recognised")], bold)
        fields = FIELDS[layout]
        for line, entry in enumerate(fields, start=1):
            guide.write_row(line, 0, [str(entry.label), str(entry.needed), ", ".join(entry.names)])
        if layout == Layout.LEDGER:
            _explain_kinds(guide, len(fields) + 2, bold)
        guide.set_column(0, 2, 34)
    return data.getvalue()


def _explain_kinds(guide: Any, below: int, bold: Any) -> None:
    guide.write_row(below, 0, [_("Kind of event"), _("Meaning"), _("Words that are recognised")], bold)
    for line, (kind, words) in enumerate(_kinds(), start=below + 1):
        label = _("Fair value") if kind == VALUATION else str(EventKind(kind).label)
        guide.write_row(line, 0, [kind, label, ", ".join(words)])


def _kinds() -> list[tuple[str, list[str]]]:
    words: dict[str, list[str]] = {}
    for word, kind in KIND_WORDS.items():
        words.setdefault(kind, []).append(word)
    return list(words.items())
