"""A chart as a table, for who cannot see it and who wants the numbers."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from innovation.core.charts.model import BarChart, Chart, Measure, Multiples, Series, StackChart, StepChart, Value
from innovation.core.charts.style import in_words
from innovation.core.money import Unit


@dataclass(frozen=True)
class ChartTable:
    heads: list[str]
    rows: list[list[str]]  # the first cell is the row's name
    notes: list[str]


def tabular(chart: Chart) -> ChartTable:
    """The numbers of ``chart`` in the active language; the newest day of a time line comes first."""
    unit = f" ({Unit(chart.unit).label})" if chart.measure is Measure.MONEY else ""
    if isinstance(chart, StepChart | Multiples):
        return _over_time(chart, unit)
    if isinstance(chart, BarChart):
        rows = [[str(label), _cell(chart, value)] for label, value in chart.rows]
        return ChartTable([_("Name"), f"{_('Value')}{unit}"], rows, _cap_notes(chart))
    heads = [_("Name"), *(f"{label}{unit}" for label, _values in chart.parts)]
    columns = [values for _label, values in chart.parts]
    rows = [
        [str(category), *(_cell(chart, values[place]) for values in columns)]
        for place, category in enumerate(chart.categories)
    ]
    return ChartTable(heads, rows, [])


def _over_time(chart: StepChart | Multiples, unit: str) -> ChartTable:
    series: tuple[Series, ...] = chart.series if isinstance(chart, StepChart) else chart.panels
    values = [dict(one.points) for one in series]
    days = sorted({day for one in values for day in one}, reverse=True)
    rows = [[day.isoformat(), *(_cell(chart, one.get(day)) for one in values)] for day in days]
    notes = _cap_notes(chart)
    if isinstance(chart, StepChart):
        notes += [f"{change.at.isoformat()}: {change.label}" for change in chart.changes]
    return ChartTable([_("Day"), *(f"{one.label}{unit}" for one in series)], rows, notes)


def _cell(chart: Chart, value: Value) -> str:
    return in_words(value, chart.measure, chart.unit)


def _cap_notes(chart: StepChart | BarChart | Multiples | StackChart) -> list[str]:
    caps = chart.caps if isinstance(chart, StepChart) else tuple(filter(None, [getattr(chart, "cap", None)]))
    notes = []
    for cap in caps:
        days = (
            " – ".join(day.isoformat() if day else "" for day in (cap.since, cap.until))
            if cap.since or cap.until
            else ""
        )
        notes.append(f"{cap.label}: {_cell(chart, cap.value)}{f' ({days.strip()})' if days else ''}")
    return notes
