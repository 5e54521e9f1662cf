"""Words of the report machinery: how often, which file, which kind of column."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class Every(TextChoices):
    """How often a schedule makes its report. A report covers the period that ended before it is due."""

    WEEK = "week", _("Weekly")
    MONTH = "month", _("Monthly")
    QUARTER = "quarter", _("Quarterly")
    YEAR = "year", _("Yearly")


class DayRule(TextChoices):
    """How the day on which a report is due is counted after the end of its period."""

    CALENDAR = "calendar", _("Calendar day after the period")
    WORKING = "working", _("Working day after the period")


class Format(TextChoices):
    """The files that every finished run offers."""

    HTML = "html", _("Web page (HTML)")
    PDF = "pdf", _("PDF")
    XLSX = "xlsx", _("Workbook (XLSX)")
    CSV = "csv", _("Table (CSV)")
    JSON = "json", _("Data (JSON)")


class ColumnKind(TextChoices):
    """What the cells of a column hold; decides alignment, format and the cell type in a workbook."""

    TEXT = "text", _("Text")
    MONEY = "money", _("Money")
    PERCENT = "percent", _("Percent")
    TIMES = "times", _("Multiple")
    COUNT = "count", _("Number")
    DAY = "day", _("Date")


CONTENT_TYPES = {
    Format.HTML: "text/html; charset=utf-8",
    Format.PDF: "application/pdf",
    Format.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    Format.CSV: "text/csv; charset=utf-8",
    Format.JSON: "application/json",
}
