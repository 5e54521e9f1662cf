"""Organisations from a table that somebody typed: CSV or XLSX, checked row by row before anything is written.

The head may be in Chinese or English and need not be the first line, so that a list which this product exported can
be corrected and handed in again. A row with a known code changes that organisation; empty cells leave it as it is.
"""

import csv
import datetime
import io
import re
from typing import Any

import tablib
from django.core.exceptions import ValidationError
from django.db.models import Choices, Field
from django.utils import translation
from django.utils.translation import gettext_lazy as _
from import_export import fields, resources, widgets
from import_export.formats.base_formats import Format
from python_calamine import CalamineError, CalamineWorkbook

from innovation.core.exports import DANGEROUS_START
from innovation.organisations.choices import OrganisationStatus, Sector
from innovation.organisations.models import Division, Industry, Organisation
from innovation.organisations.models.fields import normalise_uscc

COLUMNS = (
    "uscc", "local_code", "name_zh", "name_en", "sector", "status", "industry", "division", "parent",
    "controlling_group", "founded", "address", "website", "remarks",
)  # fmt: skip
HEAD_WITHIN = 30  # lines in which the head is looked for
MOST_ROWS = 5_000


class Spreadsheet(Format):
    """CSV (UTF-8 or GB 18030) or XLSX, told apart by content; every cell comes as text or date."""

    def __init__(self, encoding: str | None = None) -> None:
        self.encoding = encoding

    def get_title(self) -> str:
        return "CSV / XLSX"

    def can_import(self) -> bool:
        return True

    def create_dataset(self, in_stream: bytes | None) -> tablib.Dataset:
        """The rows beneath the head. Raises ValueError with a message for people when there is none."""
        if not in_stream:
            raise ValueError(_("The file is not here any more. Hand it in again."))
        lines = sheet_lines(in_stream)
        known = _known_heads()
        for place, line in enumerate(lines[:HEAD_WITHIN]):
            heads = [known.get(_plain_head(cell), "") for cell in line]
            if {"name_zh", "name_en", "uscc"} & set(heads):
                return _dataset(heads, lines[place + 1 :])
        raise ValueError(_("No line with column heads was found. It needs a name or a code."))


def _dataset(heads: list[str], lines: list[list[Any]]) -> tablib.Dataset:
    used = [place for place, head in enumerate(heads) if head]
    if len({heads[place] for place in used}) < len(used):
        raise ValueError(_("Two columns have the same head."))
    data = tablib.Dataset(headers=[heads[place] for place in used])
    for line in lines:
        cells = [line[place] if place < len(line) else "" for place in used]
        filled = [cell for cell in line if str(cell).strip()]
        if _is_row_count(line) or not filled:
            continue
        data.append([unescaped(cell) for cell in cells])
    if len(data) > MOST_ROWS:
        raise ValueError(_("More than 5,000 rows. Hand them in in parts."))
    return data


def sheet_lines(content: bytes) -> list[list[Any]]:
    """The lines of a CSV or of the first sheet of a workbook. Raises ValueError with a message for people."""
    return _workbook(content) if content.startswith(b"PK") else _text(content)


def _workbook(content: bytes) -> list[list[Any]]:
    try:
        return CalamineWorkbook.from_filelike(io.BytesIO(content)).get_sheet_by_index(0).to_python()
    except CalamineError as error:
        raise ValueError(_("The workbook is damaged. Open it, save it again and send that.")) from error


def _text(content: bytes) -> list[list[Any]]:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return list(csv.reader(io.StringIO(content.decode(encoding), newline="")))
        except (UnicodeDecodeError, csv.Error):
            continue
    raise ValueError(_("The file is neither UTF-8 nor GB 18030 text. Save it as CSV UTF-8 or .xlsx."))


def _known_heads() -> dict[str, str]:
    """Column names as they stand in files: the field's own name and its label in both languages."""
    known = {name: name for name in COLUMNS}
    for language in ("en", "zh-hans"):
        with translation.override(language):
            for name in COLUMNS:
                known[_plain_head(Organisation._meta.get_field(name).verbose_name)] = name
    return known


def _plain_head(cell: Any) -> str:
    return str(cell).strip().strip("*").strip().casefold()


def _is_row_count(line: list[Any]) -> bool:
    """The last line of our own exports: a word and the number of rows."""
    cells = [str(cell).strip() for cell in line if str(cell).strip()]
    return len(cells) == 2 and cells[0] in {"Rows", "行数"} and cells[1].replace(".0", "").isdigit()  # noqa: PLR2004


def unescaped(cell: Any) -> Any:
    """Text without the apostrophe that exports put before a dangerous beginning; whole numbers without ``.0``."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    if isinstance(cell, datetime.datetime):
        return cell.date()
    if isinstance(cell, str):
        text = cell.strip()
        return text[1:] if text.startswith("'") and DANGEROUS_START.match(text[1:]) else text
    return cell


# ── Cells ────────────────────────────────────────────────────────────────────────────────────────
class ChoiceWidget(widgets.Widget):
    """A choice by its code or its label in either language."""

    def __init__(self, choices: type[Choices]) -> None:
        super().__init__()
        self.choices = choices

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> str:
        text = str(value).strip().casefold()
        for choice in self.choices:
            labels = {choice.value.casefold()}
            for language in ("en", "zh-hans"):
                with translation.override(language):
                    labels.add(str(choice.label).casefold())
            if text in labels:
                return choice.value
        allowed = ", ".join(str(choice.label) for choice in self.choices)
        raise ValidationError(_("“%(value)s” is none of: %(allowed)s") % {"value": value, "allowed": allowed})


class CodeWidget(widgets.Widget):
    """A row of a code list by its code, with or without the name behind it (``C3940 …``)."""

    def __init__(self, model: type[Industry] | type[Division], digits: int = 0) -> None:
        super().__init__()
        self.model, self.digits = model, digits

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Any:
        code = str(value).split()[0].upper()
        code = code.ljust(self.digits, "0") if self.digits else code
        found = self.model.objects.filter(pk=code).first()
        if found is None or getattr(found, "placeholder", False):
            raise ValidationError(
                _("There is no %(list)s with the code %(code)s.")
                % {"list": self.model._meta.verbose_name, "code": value}
            )
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.pk if value else ""


class OrganisationWidget(widgets.Widget):
    """Another organisation by its unified social credit code or local code."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> Organisation:
        found = by_code(str(value))
        if found is None:
            raise ValidationError(_("There is no organisation with the code %(code)s.") % {"code": value})
        return found

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.code if value else ""


class DayWidget(widgets.Widget):
    """A day as a spreadsheet's date or as text like 2026-06-30."""

    def clean(self, value: Any, row: Any = None, **kwargs: Any) -> datetime.date:
        if isinstance(value, datetime.date):
            return value
        try:
            year, month, day = re.fullmatch(r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?", str(value)).groups()
            return datetime.date(int(year), int(month), int(day))
        except (ValueError, AttributeError):
            raise ValidationError(_("“%(value)s” is not a date like 2026-06-30.") % {"value": value}) from None

    def render(self, value: Any, obj: Any = None, **kwargs: Any) -> str:
        return value.isoformat() if value else ""


def by_code(code: str) -> Organisation | None:
    """The organisation with this unified social credit code or local code, as typed; merged records excluded."""
    rows = Organisation.objects.current()
    return rows.filter(uscc=normalise_uscc(code)).first() or rows.filter(local_code=code.strip().upper()).first()


class KeepWhenEmpty(fields.Field):
    """A field whose empty cells change nothing."""

    def save(self, instance: Any, row: Any, is_m2m: bool = False, **kwargs: Any) -> None:
        if str(row.get(self.column_name, "")).strip():
            super().save(instance, row, is_m2m, **kwargs)


class OrganisationResource(resources.ModelResource):
    """One row, one organisation. Known by its code; a row without a code is new, unless its name is taken."""

    uscc = KeepWhenEmpty("uscc", "uscc")
    local_code = KeepWhenEmpty("local_code", "local_code")
    name_zh = KeepWhenEmpty("name_zh", "name_zh")
    name_en = KeepWhenEmpty("name_en", "name_en")
    sector = KeepWhenEmpty("sector", "sector", ChoiceWidget(Sector))
    status = KeepWhenEmpty("status", "status", ChoiceWidget(OrganisationStatus))
    industry = KeepWhenEmpty("industry", "industry", CodeWidget(Industry))
    division = KeepWhenEmpty("division", "division", CodeWidget(Division, 6))
    parent = KeepWhenEmpty("parent", "parent", OrganisationWidget())
    controlling_group = KeepWhenEmpty("controlling_group", "controlling_group", OrganisationWidget())
    founded = KeepWhenEmpty("founded", "founded", DayWidget())
    address = KeepWhenEmpty("address", "address")
    website = KeepWhenEmpty("website", "website")
    remarks = KeepWhenEmpty("remarks", "remarks")

    class Meta:
        model = Organisation
        fields = COLUMNS
        import_id_fields = ()
        clean_model_instances = True
        skip_unchanged = True
        report_skipped = True

    def get_instance(self, instance_loader: Any, row: Any) -> Organisation | None:
        for column in ("uscc", "local_code"):
            code = str(row.get(column) or "").strip()
            if code and (found := by_code(code)):
                return found
        return None

    def import_instance(self, instance: Organisation, row: Any, **kwargs: Any) -> None:
        if uscc := str(row.get("uscc") or "").strip():
            row["uscc"] = normalise_uscc(uscc)
        if local := str(row.get("local_code") or "").strip():
            row["local_code"] = local.upper()
        super().import_instance(instance, row, **kwargs)
        if instance.pk is None and not instance.uscc and not instance.local_code:
            taken = Organisation.objects.current().filter(name_zh=instance.name_zh, name_en=instance.name_en).first()
            if taken:
                raise ValidationError(
                    {
                        "name_zh": _("%(name)s is in the register already (%(code)s). Give its code to change it.")
                        % {"name": taken.name, "code": taken.code}
                    }
                )


def column_help() -> list[tuple[str, Field]]:
    """What the import page says about each column."""
    return [(name, Organisation._meta.get_field(name)) for name in COLUMNS]
