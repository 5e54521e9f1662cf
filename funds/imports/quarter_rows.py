"""A table of quarterly figures, row by row: which company, which quarter, which figures in which unit."""

import re
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from funds.imports.reading import FileTable
from funds.models import CompanyQuarter
from funds.models.companies import FIGURES
from funds.rules.company_figures import quarter_end
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, to_fen
from innovation.organisations.models import Organisation

HEADINGS: Mapping[str, tuple[str, ...]] = {
    "company": ("company", "uscc", "企业", "企业名称", "统一社会信用代码"),
    "quarter": ("quarter", "quarter_end", "季度", "季末"),
    "unit": ("unit", "单位"),
    "revenue_fen": ("revenue", "营业收入", "收入"),
    "headcount": ("headcount", "employees", "员工人数", "从业人数"),
    "rd_staff": ("rd_staff", "研发人员"),
    "rd_spend_fen": ("rd_spend", "研发投入", "研发费用"),
    "patents": ("patents", "有效专利", "专利数"),
    "tax_fen": ("tax", "纳税额", "税收"),
}
REQUIRED = ("company", "quarter", "unit")
MAX_ROWS = 2_000
_QUARTER = re.compile(r"^(\d{4})\s*(?:[-/.年]\s*)?(?:Q|第)?\s*([1-4一二三四])\s*(?:季度?)?$", re.IGNORECASE)
_NUMBERS = {"一": 1, "二": 2, "三": 3, "四": 4}


def template_csv() -> bytes:
    """The documented example file, with its headings in both languages of the aliases."""
    rows = (
        "company,quarter,unit,revenue,headcount,rd_staff,rd_spend,patents,tax",
        "91330102MA2TE5T010,2026Q1,万元,1250.5,86,41,310,12,58.2",
    )
    return ("\ufeff" + "\r\n".join(rows) + "\r\n").encode()


class RowError(Exception):
    """A cell that cannot be read: column, code and words."""

    def __init__(self, column: str, code: str, message: str) -> None:
        super().__init__(message)
        self.column, self.code, self.message = column, code, message


def read_rows(table: FileTable, *, reason: str) -> dict[str, Any]:
    """What the rows say beside what stands: ``lines`` to write, ``problems``, counts of new, corrected and same.

    Three statements. Raises RuleViolation COLUMNS_MISSING, FILE_TOO_LONG.
    """
    columns = _columns(table.header)
    raw = [(number, cells) for number, cells in table.rows if any(cell not in (None, "") for cell in cells)]
    if len(raw) > MAX_ROWS:
        raise RuleViolation("FILE_TOO_LONG", _("The file has more than 2,000 rows. Split it."), field="file")
    companies = _companies(str(cells[columns["company"]]).strip() for __, cells in raw)
    lines: list[dict[str, Any]] = []
    problems: list[dict[str, Any]] = []
    seen: set[tuple[int, str]] = set()
    for number, cells in raw:
        try:
            line = _line(cells, columns, companies)
            place = (line["company_id"], line["quarter_end"])
            if place in seen:
                raise RowError("quarter", "TWICE", _("The file reports this quarter twice."))
            seen.add(place)
            lines.append(line)
        except RowError as error:
            shown = str(cells[columns[error.column]]) if error.column in columns else ""
            problems.append(
                {"row": number, "column": error.column, "value": shown, "message": error.message, "code": error.code}
            )
    counts = _compare(lines)
    if counts["corrected"] and not reason.strip():
        message = _("Rows of the file correct figures that stand: give the reason and send it again.")
        problems.append({"row": 0, "column": "reason", "value": "", "message": message, "code": "REASON_MISSING"})
    return {"rows": len(raw), "lines": lines, "problems": problems, "totals": _totals(lines), **counts}


def _columns(header: Sequence[str]) -> dict[str, int]:
    plain = [heading.strip().casefold() for heading in header]
    found = {
        key: plain.index(alias)
        for key, aliases in HEADINGS.items()
        for alias in reversed([name.casefold() for name in aliases])
        if alias in plain
    }
    missing = [key for key in REQUIRED if key not in found]
    if missing:
        raise RuleViolation(
            "COLUMNS_MISSING",
            _("The table lacks these columns: %(names)s. A file without units is not taken.")
            % {"names": ", ".join(missing)},
            field="file",
        )
    return found


def _companies(texts: Any) -> dict[str, Organisation | None]:
    """Typed code or name → the company; None where several have the name."""
    wanted = set(texts)
    found: dict[str, Organisation | None] = {}
    rows = Organisation.objects.current()
    for row in rows.filter(uscc__in=[text.upper() for text in wanted]):
        found[str(row.uscc)] = row
    for row in rows.filter(name_zh__in=wanted):
        found[row.name_zh] = None if row.name_zh in found else row
    return found


def _line(
    cells: Sequence[Any], columns: Mapping[str, int], companies: Mapping[str, Organisation | None]
) -> dict[str, Any]:
    text = str(cells[columns["company"]]).strip()
    company = companies.get(text) or companies.get(text.upper())
    if company is None:
        raise RowError("company", "COMPANY", _("The directory has no single company of this code or name."))
    end = _quarter(cells[columns["quarter"]])
    try:
        unit = Unit.from_text(str(cells[columns["unit"]] or ""))
    except RuleViolation as violation:
        raise RowError("unit", violation.code, str(violation.message)) from None
    figures = {name: _figure(cells[columns[name]], name, unit) for name in FIGURES if name in columns}
    if all(value is None for value in figures.values()):
        raise RowError("company", "NOTHING", _("Report at least one figure."))
    return {
        "company_id": company.pk,
        "company": company.name_zh or company.name_en,
        "quarter_end": end.isoformat(),
        "figures": figures,
    }


def _quarter(cell: Any) -> date:
    """``2026Q1``, ``2026年第一季度``, ``2026-03-31`` or a date of a workbook."""
    day = cell.date() if isinstance(cell, datetime) else cell
    text = str(day).strip()
    if match := _QUARTER.match(text):
        number = _NUMBERS.get(match[2]) or int(match[2])
        end = quarter_end(int(match[1]), number)
    else:
        try:
            end = date.fromisoformat(text)
        except ValueError:
            raise RowError("quarter", "QUARTER", _("Write the quarter like 2026Q1.")) from None
        if end != quarter_end(end.year, (end.month + 2) // 3):
            raise RowError("quarter", "QUARTER", _("This day is no end of a quarter."))
    if end > timezone.localdate():
        raise RowError("quarter", "QUARTER_NOT_OVER", _("This quarter is not over yet."))
    return end


def _figure(cell: Any, name: str, unit: Unit) -> int | None:
    if cell in (None, ""):
        return None
    text = str(Decimal(str(cell))) if isinstance(cell, int | float) else str(cell)
    try:
        value = to_fen(text, unit) if name.endswith("_fen") else to_fen(text, Unit.YUAN)
    except RuleViolation as violation:
        raise RowError(name, violation.code, str(violation.message)) from None
    if not name.endswith("_fen"):
        if value % 100 or value < 0:
            raise RowError(name, "COUNT", _("This is a whole number, zero or more."))
        return value // 100
    if value < 0 and name != "revenue_fen":
        raise RowError(name, "NEGATIVE", _("R&D spend and tax are zero or more."))
    return value


def _compare(lines: list[dict[str, Any]]) -> dict[str, int]:
    standing = {
        (row.company_id, row.quarter_end.isoformat()): {name: getattr(row, name) for name in FIGURES}
        for row in CompanyQuarter.objects.filter(company__in={line["company_id"] for line in lines}, superseded_at=None)
    }
    counts = {"new": 0, "corrected": 0, "same": 0}
    for line in lines:
        before = standing.get((line["company_id"], line["quarter_end"]))
        figures = {name: line["figures"].get(name) for name in FIGURES}
        line["what"] = "new" if before is None else "same" if before == figures else "corrected"
        counts[line["what"]] += 1
    return counts


def _totals(lines: list[dict[str, Any]]) -> dict[str, int]:
    return {name: sum(line["figures"].get(name) or 0 for line in lines) for name in FIGURES}
