"""What every file of a report is rendered from, and how its values are written in words."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.core.figures import DASH, number_text, percent_text
from innovation.core.money import Unit, format_fen
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Column,
    Count,
    Day,
    Figure,
    Gauge,
    Money,
    Number,
    Percent,
    ReportData,
    Section,
    Table,
    Text,
    Times,
    Unknown,
    Value,
)


@dataclass(frozen=True)
class Rendering:
    """One report to be written: its question, its data, and the marks by which it is known again."""

    kind: str
    kind_version: str
    parameters: dict[str, Any]
    period: str
    as_of: date
    known_at: datetime
    language: str
    data: ReportData
    plain: dict[str, Any]  # the same data as JSON values
    data_hash: str
    engine_version: str

    @property
    def unit(self) -> Unit:
        """The unit of money in which the files are written."""
        return Unit(self.data.unit)

    def stamp(self) -> list[tuple[str, str]]:
        """The lines under the title: what was asked, of which moment, and how to know it again."""
        lines = [(str(label), str(choice)) for label, choice in self.data.scope]
        if self.period:
            lines.append((_("Period"), self.period))
        lines += [
            (_("As of"), self.as_of.isoformat()),
            (_("Known at"), moment_text(self.known_at)),
        ]
        if holds_money(self.data):
            lines.append((_("Unit"), str(self.unit.label)))
        return [
            *lines,
            (_("Data hash (SHA-256)"), self.data_hash),
            (_("Version"), f"{self.engine_version} / {self.kind} {self.kind_version}"),
        ]


def moment_text(moment: datetime) -> str:
    """A moment to the second, with its zone."""
    return timezone.localtime(moment).strftime("%Y-%m-%d %H:%M:%S %Z")


def value_text(value: Value, unit: Unit) -> str:
    """A value as people read it, without the unit of money; unknown is a dash."""
    if isinstance(value, Money):
        return format_fen(value.fen, unit)
    if isinstance(value, Unknown):
        return DASH
    return _WRITERS[type(value)](value.value)


_WRITERS: dict[type, Callable[[Any], str]] = {
    Percent: percent_text,
    Times: lambda multiple: f"{number_text(multiple, 2)}×",
    Count: number_text,
    Number: lambda number: number_text(number, 2),
    Day: date.isoformat,
    Text: str,
}


def gauge_figures(gauge: Gauge) -> list[Figure]:
    """A gauge as lines of a list: used, cap, where warning begins, and what is left."""
    no_limit = Text(_("no limit")) if gauge.used is not None else Unknown(gauge.status.label)
    return [
        Figure(
            f"{gauge.label}: {_('used')}",
            Percent(gauge.used) if gauge.used is not None else Unknown(gauge.status.label),
            unverified=gauge.unverified,
            status=gauge.status,
        ),
        Figure(
            f"{gauge.label}: {_('cap')}",
            Percent(gauge.cap) if gauge.cap is not None else no_limit,
            unverified=gauge.unverified,
        ),
        *([Figure(f"{gauge.label}: {_('warning from')}", Percent(gauge.warning))] if gauge.warning is not None else []),
        *gauge.headroom,
    ]


def lines_of(section: Section) -> list[Figure]:
    """The figures of a section with those of its gauges, for files that draw no gauge."""
    return [*(line for gauge in section.gauges for line in gauge_figures(gauge)), *section.figures]


def column_label(column: Column, unit: Unit, *, percent_sign: bool = False) -> str:
    """The head of a column; money carries its unit."""
    if column.kind == ColumnKind.MONEY:
        return f"{column.label} ({unit.label})"
    if column.kind == ColumnKind.PERCENT and percent_sign:
        return f"{column.label} (%)"
    return str(column.label)


def tables_of(data: ReportData) -> Iterable[Table]:
    """Every table in the order of the report; that of a chart comes with its chart."""
    for section in data.sections:
        for chart in section.charts:
            yield chart.table
        yield from section.tables


def holds_money(data: ReportData) -> bool:
    """Whether any figure or column is an amount."""
    figures = [figure for section in data.sections for figure in lines_of(section)]
    return any(isinstance(figure.value, Money) for figure in figures) or any(
        column.kind == ColumnKind.MONEY for table in tables_of(data) for column in table.columns
    )
