"""The calendar's file: read, check, bring the table in line. Used by the migration and by the command."""

import csv
from collections.abc import Iterable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation
from innovation.core.workdays import DayKind

SHIPPED = Path(__file__).parent / "data" / "cn_working_day_exceptions.csv"
COLUMNS = ["date", "kind", "holiday", "source"]


def read(lines: Iterable[str]) -> Iterator[dict[str, Any]]:
    """Rows of the file as field values. Raises ``CALENDAR_FILE`` with the line that is wrong."""
    reader = csv.DictReader(lines)
    if reader.fieldnames != COLUMNS:
        raise RuleViolation("CALENDAR_FILE", _("The columns are date, kind, holiday, source, in this order."))
    for row in reader:
        try:
            day, kind = date.fromisoformat(row["date"]), DayKind(row["kind"])
            if not row["source"] or (kind is DayKind.WORK and day.isoweekday() <= 5):  # noqa: PLR2004 - Friday
                raise ValueError(row["source"])
        except (ValueError, TypeError):
            raise RuleViolation(
                "CALENDAR_FILE", _("Line %(line)s is not a day off or a worked weekend day with its source.")
                % {"line": reader.line_num}, facts={"line": reader.line_num},
            ) from None  # fmt: skip
        yield {"date": day, "kind": str(kind), "holiday": row["holiday"], "source": row["source"]}


def upsert(model: Any, rows: Iterable[dict[str, Any]]) -> int:
    """Add or update ``rows`` of the calendar by day; days that are in line already are left alone. Returns changes."""
    known = {row.date: row for row in model.objects.all()}
    changed = 0
    for values in rows:
        row = known.get(values["date"])
        if row is None:
            model.objects.create(**values)
        elif any(getattr(row, name) != value for name, value in values.items()):
            for name, value in values.items():
                setattr(row, name, value)
            row.save()
        else:
            continue
        changed += 1
    return changed
