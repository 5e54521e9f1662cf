"""The extract for the national register in words, and the report kind "filing extract": one fund, or all of a year."""

from collections.abc import Callable
from datetime import date, datetime
from fractions import Fraction
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from funds.choices.files import FieldKind
from funds.choices.records import FundClass, FundState
from funds.choices.tolerance import SourceStatus
from funds.models import FilingExtract, Fund
from funds.models.visibility import SEES_FUNDS
from funds.queries.filing import due_day
from funds.reports.entries import moment_text, person
from innovation.core.figures import number_text, unit_behind
from innovation.core.money import Unit
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Column,
    Count,
    Day,
    Figure,
    Money,
    Percent,
    ReportData,
    Row,
    Section,
    Source,
    Table,
    Text,
    Times,
    Unknown,
    Value,
)
from innovation.reports.registry import ParametersForm, ReportKind
from innovation.reports.rendering.base import value_text

CODE = "filing_extract"
TITLE = gettext_lazy("Filing extract")
NOT_RECORDED = gettext_lazy("Not recorded")
NOT_KNOWN = gettext_lazy("The product does not know it; fill it in by hand.")
SECOND_HAND = gettext_lazy("The field list is known at second hand: compare it with the register.")
EXACT = gettext_lazy(
    "Amounts and ratios are rounded for reading. The JSON file of the extract holds the exact values, in fen and as "
    "fractions, and is what the hash is of."
)
Field = dict[str, Any]


def field_name(field: Field) -> str:
    """The field in the reader's language, with a capital at its beginning."""
    if (get_language() or "").startswith("zh"):
        return str(field["zh"])
    return f"{field['en'][:1].upper()}{field['en'][1:]}"


def status_text(field: Field) -> str:
    """How well the field itself is known."""
    return str(SourceStatus(field.get("status") or SourceStatus.UNVERIFIED).label)


READERS: dict[str, Callable[[Any], Value]] = {
    FieldKind.FUND_CLASS: lambda raw: Text(FundClass(raw).label),
    FieldKind.FUND_STATE: lambda raw: Text(FundState(raw).label),
    FieldKind.DAY: lambda raw: Day(date.fromisoformat(raw)),
    FieldKind.MONEY: lambda raw: Money(int(raw)),
    FieldKind.SHARE: lambda raw: Percent(Fraction(raw)),
    FieldKind.RATIO: lambda raw: Times(Fraction(raw)),
    FieldKind.COUNT: lambda raw: Count(int(raw)),
    FieldKind.POINTS: lambda raw: Text(number_text(Fraction(raw), 2)),
}


def field_value(field: Field) -> Value:
    """The value of a field as a report shows it."""
    raw = field["value"]
    if raw in {None, ""}:
        return Unknown(NOT_RECORDED)
    read = READERS.get(field.get("kind", ""))
    return read(raw) if read else Text(str(raw))


def field_text(field: Field, unit: Unit) -> str | None:
    """The same as text with its unit; None where nothing is recorded."""
    value = field_value(field)
    if isinstance(value, Unknown):
        return None
    text = value_text(value, unit)
    return f"{text} {unit_behind(unit)}" if isinstance(value, Money) else text


def exact_text(field: Field) -> str | None:
    """The exact value for files: an amount in fen, a share or ratio as a fraction, a code as it is stored."""
    return None if field["value"] in {None, ""} else str(field["value"])


def exact_unit(field: Field) -> str:
    """What the exact value is given in."""
    return str(FieldKind(field.get("kind") or FieldKind.TEXT).label)


def known_at_text(content: dict[str, Any]) -> str:
    """The moment as known at which the extract was made, in the office's zone."""
    return moment_text(datetime.fromisoformat(content["known_at"])) if content.get("known_at") else ""


class FilingParameters(ParametersForm):
    """One fund or all; the year is the last that has ended by the as-of day."""

    fund = forms.ModelChoiceField(
        Fund.objects.all(), label=gettext_lazy("Fund"), required=False, empty_label=gettext_lazy("All funds"),
        help_text=gettext_lazy("The extract is that of the last year that has ended by the as-of day."),
    )  # fmt: skip
    unit = forms.ChoiceField(label=gettext_lazy("Money in"), required=False, choices=Unit.choices, initial=Unit.WAN)


def ended_year(day: date) -> int:
    """The last year that has ended by a day."""
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """The extract as it was made by the moment of knowledge, or all of the year with what is missing."""
    year = ended_year(as_of)
    unit = params.get("unit") or Unit.WAN.value
    made = FilingExtract.objects.filter(year=year, made_at__lte=known_at)
    made = made.select_related("fund", "made_by", "committed_by").order_by("fund__code")
    fund: Fund | None = params.get("fund")
    if fund is None:
        return _of_year(list(made), year, as_of, unit)
    scope = ((_("Fund"), fund.name), (_("Year"), str(year)))
    title = _("Filing extract %(year)s: %(fund)s") % {"year": year, "fund": fund.name}
    row = made.filter(fund=fund).first()
    if row is None:
        summary = _("No extract of this year was made by then.")
        return ReportData(title=title, sections=(), summary=summary, scope=scope, unit=unit)
    return ReportData(
        title=title,
        sections=(_standing(row), _fields(row), _unknown(row)),
        summary=_("%(state)s; file by %(day)s.") % {"state": row.get_state_display(), "day": row.due_on.isoformat()},
        sources=_sources(row),
        unit=unit,
        scope=scope,
    )


def _standing(row: FilingExtract) -> Section:
    nobody = Unknown(_("Nobody yet"))
    return Section(
        _("The extract"),
        figures=(
            Figure(_("State"), Text(row.get_state_display())),
            Figure(_("Data as of"), Day(date.fromisoformat(row.content["as_of"]))),
            Figure(_("Made as known at"), Text(known_at_text(row.content))),
            Figure(_("File by"), Day(row.due_on)),
            Figure(_("Made by"), Text(person(row.made_by) or "")),
            Figure(_("Truth committed by"), Text(person(row.committed_by) or "") if row.committed_by else nobody),
            Figure(_("Filed on"), Day(row.filed_on) if row.filed_on else Unknown(_("Not filed yet"))),
            Figure(_("Receipt"), Text(row.receipt) if row.receipt else Unknown(_("Not filed yet"))),
        ),
        notes=tuple(
            note for note in (row.commitment and f"{_('Truth commitment')}: {row.commitment}", f"SHA-256: {row.sha256}")
            if note
        ),
    )  # fmt: skip


GROUPS: tuple[tuple[Any, ColumnKind, frozenset[str]], ...] = (
    (gettext_lazy("Amounts"), ColumnKind.MONEY, frozenset({FieldKind.MONEY})),
    (gettext_lazy("Percentages"), ColumnKind.PERCENT, frozenset({FieldKind.SHARE})),
    (gettext_lazy("Ratios"), ColumnKind.TIMES, frozenset({FieldKind.RATIO})),
)
"""Fields whose values are of one kind stand in one table, so that its head says the unit; all others come first."""


def _fields(row: FilingExtract) -> Section:
    fields = row.content.get("fields", [])
    grouped = frozenset().union(*(kinds for *_head, kinds in GROUPS))
    others = [field for field in fields if field.get("kind") not in grouped]
    tables = [_field_table(_("Particulars"), ColumnKind.TEXT, others)]
    for title, kind, kinds in GROUPS:
        tables.append(_field_table(str(title), kind, [field for field in fields if field.get("kind") in kinds]))
    return Section(_("Fields"), tables=tuple(table for table in tables if table.rows), notes=(EXACT,))


def _field_table(title: str, kind: ColumnKind, fields: list[Field]) -> Table:
    """Fields of one kind; beside a percentage or ratio, which is rounded, stands its fraction."""
    rounded = kind in {ColumnKind.PERCENT, ColumnKind.TIMES}
    return Table(
        title,
        (
            Column(_("Code")), Column(_("Field")), Column(_("Value"), kind),
            *([Column(_("Exactly"))] if rounded else []),
        ),
        tuple(
            Row(
                (
                    Text(field["code"]), Text(field_name(field)), field_value(field),
                    *([Text(exact_text(field) or "")] if rounded else []),
                ),
                unverified=field.get("status") != SourceStatus.VERIFIED,
            )
            for field in fields
        ),
    )  # fmt: skip


def _unknown(row: FilingExtract) -> Section:
    table = Table(
        _("To be filled in by hand"),
        (Column(_("Code")), Column(_("Field")), Column(_("Value"))),
        tuple(
            Row((Text(field["code"]), Text(field_name(field)), Unknown(NOT_KNOWN)), unverified=True)
            for field in row.content.get("unknown", [])
        ),
        empty=_("The product knows every field of the list."),
    )
    return Section(_("Fields that the product does not know"), tables=(table,), notes=(SECOND_HAND,))


def sources_of(content: dict[str, Any]) -> dict[str, bool]:
    """Each source that the fields of an extract name, and whether any of its fields is unverified."""
    found: dict[str, bool] = {}
    for field in [*content.get("fields", []), *content.get("unknown", [])]:
        if field.get("source"):
            unverified = field.get("status") != SourceStatus.VERIFIED
            found[field["source"]] = found.get(field["source"], False) or unverified
    return found


def _sources(row: FilingExtract) -> tuple[Source, ...]:
    link = row.get_absolute_url()
    return tuple(
        Source(_("Field list of the national register"), source, unverified=unverified, link=link)
        for source, unverified in sources_of(row.content).items()
    )


def _of_year(rows: list[FilingExtract], year: int, as_of: date, unit: str) -> ReportData:
    lacking = Fund.objects.exclude(fund_class=FundClass.GRANT).filter(starts_on__year__lte=year)
    names = [fund.name for fund in lacking.exclude(pk__in=[row.fund_id for row in rows]).order_by("code")]
    filed = sum(row.filed_on is not None and row.filed_on <= as_of for row in rows)
    table = Table(
        _("Extracts of the year"),
        (
            Column(_("Fund")), Column(_("State")), Column(_("File by"), ColumnKind.DAY),
            Column(_("Filed on"), ColumnKind.DAY), Column(_("Receipt")), Column(_("Made by")),
            Column(_("Truth committed by")), Column("SHA-256"),
        ),
        tuple(
            Row(
                (
                    Text(row.fund.name), Text(row.get_state_display()), Day(row.due_on),
                    Day(row.filed_on) if row.filed_on else Unknown(_("Not filed yet")), Text(row.receipt),
                    Text(person(row.made_by) or ""), Text(person(row.committed_by) or ""), Text(row.sha256[:16]),
                ),
                row.get_absolute_url(),
            )
            for row in rows
        ),
        empty=_("No extract was made yet"),
    )  # fmt: skip
    missing = Table(
        _("Funds without an extract"), (Column(_("Fund")),), tuple(Row((Text(name),)) for name in names),
        empty=_("Every fund of that year has its extract."),
    )  # fmt: skip
    return ReportData(
        title=_("Filings to the national register %(year)s") % {"year": year},
        sections=(
            Section(
                _("Extracts of the year"),
                figures=(
                    Figure(_("Extracts made"), Count(len(rows))), Figure(_("Filed"), Count(filed)),
                    Figure(_("Funds without an extract"), Count(len(names))),
                    Figure(_("File by"), Day(due_day(year))),
                ),
                tables=(table, missing),
            ),
        ),
        summary=_("%(filed)s of %(all)s funds are filed.") % {"filed": filed, "all": len(rows) + len(names)},
        unit=unit,
        scope=((_("Scope"), _("All funds")), (_("Year"), str(year))),
    )  # fmt: skip


KIND = ReportKind(
    code=CODE,
    title=TITLE,
    description=gettext_lazy(
        "What is filed to the national register of one fund for a year, field by field; or all funds with their filing."
    ),
    parameters=FilingParameters,
    build=build,
    roles=frozenset(SEES_FUNDS),
)
