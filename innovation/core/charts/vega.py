"""Charts as Vega-Lite specifications. Every text a person entered is a value, never an expression."""

from typing import Any

from innovation.core.charts.bars import bars, stack
from innovation.core.charts.lines import multiples, steps
from innovation.core.charts.model import BarChart, Chart, Multiples, StackChart, StepChart
from innovation.core.charts.style import Size, config

_DRAWN_BY: dict[type, Any] = {StepChart: steps, BarChart: bars, StackChart: stack, Multiples: multiples}


def specification(chart: Chart, size: Size) -> dict[str, Any]:
    """The Vega-Lite specification of ``chart`` in the active language."""
    body = _DRAWN_BY[type(chart)](chart, size)
    return {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "config": config(), **body}
