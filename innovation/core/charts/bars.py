"""Bars and stacked bars as Vega-Lite specifications."""

from itertools import pairwise

from innovation.core.charts.marks import LABEL_GAP, Spec, halo_text, value_range
from innovation.core.charts.model import BarChart, Cap, Measure, StackChart
from innovation.core.charts.style import (
    BAD,
    INK,
    INK_2,
    INK_3,
    SERIES,
    Size,
    axis_format,
    drawn,
    in_words,
    shortened,
    text_width,
)

BAR = 24  # pixels a bar with its space


# ── Bars ─────────────────────────────────────────────────────────────────────────────────────────
def bars(chart: BarChart, size: Size) -> Spec:
    rows = [
        {
            "place": place,
            "label": str(label),
            "value": drawn(value, chart.measure, chart.unit) or 0.0,
            "text": in_words(value, chart.measure, chart.unit),
            "colour": BAD if chart.cap and value is not None and value > chart.cap.value else SERIES[0],
            "says": f"{label}: {in_words(value, chart.measure, chart.unit)}",
        }
        for place, (label, value) in enumerate(chart.rows)
    ]
    caps = [chart.cap.value] if chart.cap else []
    low, top = value_range([row["value"] for row in rows] + [drawn(cap, chart.measure, chart.unit) for cap in caps])
    names = min(size.width * 0.4, max((text_width(row["label"]) for row in rows), default=0) + 10)
    right = max((text_width(row["text"]) for row in rows), default=0) + 10
    width = size.width - names - right
    line = drawn(chart.cap.value, chart.measure, chart.unit) if chart.cap else None
    for row in rows:
        row["shown"] = shortened(row["label"], names - 10)
        row["at"] = _free_of(line, row, (top - low) / width)
    y = {"field": "place", "type": "ordinal", "axis": None}
    x = {"field": "value", "type": "quantitative", "axis": None, "scale": {"domain": [low, top], "nice": False}}
    layers: list[Spec] = [
        {
            "mark": {"type": "bar", "height": {"band": 0.66}},
            "encoding": {
                "x": x,
                "y": y,
                "description": {"field": "says"},
                "color": {"field": "colour", "type": "nominal", "scale": None},
            },
        },
        {
            "mark": {"type": "text", "align": "right", "baseline": "middle", "dx": -8, "color": INK_2, "aria": False},
            "encoding": {"x": {"value": 0}, "y": y, "text": {"field": "shown", "type": "nominal"}},
        },
    ]
    if chart.cap:
        layers += _upright_cap(chart.cap, chart.measure, chart.unit)
    value = {"align": "left", "baseline": "middle", "dx": 6, "color": INK}
    layers += halo_text(value, {"x": x | {"field": "at"}, "y": y, "text": {"field": "text", "type": "nominal"}})
    return {
        "width": width,
        "height": {"step": BAR},
        "padding": 2,
        "data": {"values": rows},
        "layer": layers,
    }


def _free_of(cap: float | None, row: Spec, unit: float) -> float:
    """Where the number beside a bar begins: behind the line of the cap where that would cross it. ``unit``: a pixel."""
    start = max(row["value"], 0.0)  # a bar below zero is named on the other side of the line
    end = start + (text_width(row["text"]) + 10) * unit
    return max(start, cap) if cap and start <= cap <= end else start


def _upright_cap(cap: Cap, measure: Measure, unit: str) -> list[Spec]:
    name = f"{cap.label} {in_words(cap.value, measure, unit)}"
    data = {"values": [{"value": drawn(cap.value, measure, unit), "name": name}]}
    x = {"field": "value", "type": "quantitative"}
    return [
        {
            "data": data,
            "mark": {"type": "rule", "color": INK, "strokeDash": [5, 3], "strokeWidth": 1.25},
            "encoding": {"x": x, "description": {"field": "name"}},
        },
        {
            "data": data,
            "mark": {
                "type": "text",
                "align": "right",
                "baseline": "bottom",
                "dx": 4,
                "dy": -4,
                "color": INK,
                "aria": False,
            },
            "encoding": {"x": x, "y": {"value": 0}, "text": {"field": "name", "type": "nominal"}},
        },
    ]  # fmt: skip


# ── Stacked bars ─────────────────────────────────────────────────────────────────────────────────
def stack(chart: StackChart, size: Size) -> Spec:
    """Upright bars of parts; each part is named once, beside the last bar that holds it."""
    rows: list[Spec] = []
    totals = [0.0] * len(chart.categories)
    for number, (part, values) in enumerate(chart.parts):
        for place, value in enumerate(values):
            height = drawn(value, chart.measure, chart.unit) or 0.0
            category = str(chart.categories[place])
            rows.append(
                {"place": place, "category": category, "part": str(part), "from": totals[place],
                 "to": totals[place] + height, "number": number,
                 "says": f"{category}, {part}: {in_words(value, chart.measure, chart.unit)}"}
            )  # fmt: skip
            totals[place] += height
    _low, top = value_range(totals)
    right = max((text_width(str(part)) for part, _values in chart.parts), default=0) + 16
    colours = {str(part): SERIES[number % len(SERIES)] for number, (part, _values) in enumerate(chart.parts)}
    names = _part_names(rows, len(chart.categories) - 1, top, size, colours)
    scale = {"domain": [0, top], "nice": False}
    x = {"field": "place", "type": "ordinal", "axis": None}
    y = {"field": "from", "type": "quantitative", "scale": scale,
         "axis": {"format": axis_format(chart.measure, top), "tickCount": 5}}  # fmt: skip
    step = (size.width - right - 56) / max(1, len(chart.categories))
    labels = [{"place": place, "name": shortened(str(name), step)} for place, name in enumerate(chart.categories)]
    return {
        "width": size.width - right - 56,
        "height": size.height,
        "padding": 2,
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "bar", "width": {"band": 0.62}},
                "encoding": {
                    "x": x, "y": y, "y2": {"field": "to"}, "description": {"field": "says"},
                    "color": {"field": "part", "type": "nominal", "legend": None,
                              "scale": {"domain": list(colours), "range": list(colours.values())}},
                },
            },
            {
                "data": {"values": labels},
                "mark": {"type": "text", "baseline": "top", "dy": 8, "color": INK_3, "aria": False},
                "encoding": {"x": x, "y": {"value": size.height}, "text": {"field": "name", "type": "nominal"}},
            },
            *names,
        ],
    }  # fmt: skip


def _part_names(rows: list[Spec], last: int, top: float, size: Size, colours: dict[str, str]) -> list[Spec]:
    gap = LABEL_GAP * top / size.height
    ends = [{"y": (row["from"] + row["to"]) / 2, "text": row["part"]} for row in rows if row["place"] == last]
    for below, above in pairwise(ends):
        above["y"] = max(above["y"], below["y"] + gap)
    return [
        {
            "data": {"values": [end]},
            "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 6, "color": colours[end["text"]],
                     "fontWeight": "bold", "aria": False},
            "encoding": {
                "x": {"value": "width"}, "y": {"field": "y", "type": "quantitative"},
                "text": {"field": "text", "type": "nominal"},
            },
        }
        for end in ends
    ]  # fmt: skip
