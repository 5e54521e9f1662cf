"""Charts: described by exact values, drawn once as SVG, the same in page, PDF and workbook.

A chart is one of the frozen classes of ``model``; its plain form holds no floats, so that reports can store and hash
it. ``render_svg`` draws it through Vega-Lite without a browser and keeps the drawing in the shared cache.
"""

from innovation.core.charts.model import (
    BarChart,
    Cap,
    Change,
    Chart,
    Measure,
    Multiples,
    Series,
    StackChart,
    StepChart,
    from_plain,
    to_plain,
)
from innovation.core.charts.render import render_png, render_svg
from innovation.core.charts.words import ChartTable, tabular

__all__ = [
    "BarChart",
    "Cap",
    "Change",
    "Chart",
    "ChartTable",
    "Measure",
    "Multiples",
    "Series",
    "StackChart",
    "StepChart",
    "from_plain",
    "render_png",
    "render_svg",
    "tabular",
    "to_plain",
]
