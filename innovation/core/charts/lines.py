"""Step lines over time, alone and as small multiples, as Vega-Lite specifications."""

from collections.abc import Sequence
from datetime import date
from itertools import pairwise, takewhile

from django.utils.text import capfirst
from django.utils.translation import gettext as _

from innovation.core.charts.marks import LABEL_GAP, Spec, halo_text, value_range
from innovation.core.charts.model import Change, Multiples, Series, StepChart
from innovation.core.charts.style import (
    BAD,
    INK,
    INK_2,
    INK_3,
    SERIES,
    TEXT,
    Size,
    axis_format,
    drawn,
    in_words,
    shortened,
    text_width,
)

DAYS_OF_YEARS = 365 * 3  # from here on the axis names years


# ── Steps ────────────────────────────────────────────────────────────────────────────────────────
def steps(chart: StepChart, size: Size) -> Spec:
    values = [value for series in chart.series for _at, value in series.points] + [cap.value for cap in chart.caps]
    low, top = value_range([drawn(value, chart.measure, chart.unit) for value in values])
    days = [at for series in chart.series for at, _value in series.points]
    first, last = (min(days), max(days)) if days else (date(2000, 1, 1), date(2000, 1, 2))
    ends = _end_labels(chart, low, top, size)
    right = min(size.width * 0.35, max((text_width(f"{end['name']} {end['text']}") for end in ends), default=0) + 12)
    names = [end.pop("name") for end in ends]
    for name, end in zip(names, ends, strict=True):
        room = right - 16 - text_width(end["text"])
        shown = name if text_width(name) <= room else shortened(_telling_part(name, names), room)
        end["text"] = f"{shown} {end['text']}".strip()
    left = 52
    rows = _change_rows(chart.changes, first, last, size.width - left - right)
    layers = [_change_layer(rows, first)] if rows else []
    caps = _cap_rows(chart, first, last, top, size)
    layers += [_cap_lines(caps)] if caps else []
    layers += [_line_layer(series, chart, number) for number, series in enumerate(chart.series)]
    layers += [_cap_names(caps)] if caps else []  # over the lines of values, so that none crosses the letters
    layers += [_text_layer(ends, low, top)] if ends else []
    x_axis = {"format": "%Y" if (last - first).days > DAYS_OF_YEARS else "%Y-%m", "tickCount": size.ticks}
    for layer in layers:
        _common_x(layer, x_axis, first, last)
    return {
        "width": size.width - left - right,
        "height": size.height,
        "padding": 2,
        "layer": layers,
        "encoding": {
            "y": {
                "type": "quantitative", "scale": {"domain": [low, top], "nice": False},
                "axis": {"format": axis_format(chart.measure, top), "tickCount": 5},
            },
        },
    }  # fmt: skip


def _common_x(layer: Spec, axis: Spec, first: date, last: date) -> None:
    for part in layer.get("layer", [layer]):
        x = part.get("encoding", {}).get("x")
        if x and "field" in x:
            domain = [first.isoformat(), last.isoformat()]
            x |= {"type": "temporal", "scale": {"type": "utc", "domain": domain}, "axis": axis}


def _line_layer(series: Series, chart: StepChart, number: int) -> Spec:
    colour = SERIES[number % len(SERIES)]
    rows = [
        {
            "at": at.isoformat(),
            "value": drawn(value, chart.measure, chart.unit),
            "says": f"{series.label}, {at.isoformat()}: {in_words(value, chart.measure, chart.unit)}",
        }
        for at, value in series.points
    ]
    x, y = {"field": "at"}, {"field": "value", "type": "quantitative"}
    line = {"type": "line", "interpolate": "step-after", "color": colour, "strokeWidth": 2.25 if number == 0 else 1.5}
    known = [row for row in rows if row["value"] is not None]
    return {
        "layer": [
            {
                "data": {"values": rows},
                "mark": line | {"description": str(series.label), "invalid": "break-paths-show-path-domains"},
                "encoding": {"x": dict(x), "y": y},
            },
            {
                "data": {"values": known},
                "mark": {"type": "point", "filled": True, "color": colour, "size": 120, "opacity": 0},
                "encoding": {"x": dict(x), "y": y, "description": {"field": "says"}},
            },
            {
                "data": {"values": known[-1:]},
                "mark": {"type": "point", "filled": True, "color": colour, "size": 40, "opacity": 1},
                "encoding": {"x": dict(x), "y": y, "description": {"field": "says"}},
            },
        ]
    }


def _end_labels(chart: StepChart, low: float, top: float, size: Size) -> list[Spec]:
    """A label at the end of each line, moved apart so that none covers another."""
    ends = []
    for number, series in enumerate(chart.series):
        known = [(at, value) for at, value in series.points if value is not None]
        if known:
            at, value = known[-1]
            words = in_words(value, chart.measure, chart.unit)
            name = "" if len(chart.series) == 1 else str(series.label)
            y = drawn(value, chart.measure, chart.unit)
            ends.append(
                {"at": at.isoformat(), "y": y, "name": name, "text": words, "colour": SERIES[number % len(SERIES)]}
            )
    gap = LABEL_GAP * (top - low) / size.height
    ends.sort(key=lambda end: end["y"])
    for below, above in pairwise(ends):
        above["y"] = max(above["y"], below["y"] + gap)
    return ends


def _telling_part(name: str, names: Sequence[str]) -> str:
    """``name`` without the first words that another of ``names`` has too: "Now" of "As known now"."""
    words = name.split()
    others = [other.split() for other in names if other != name]
    pairs = [list(takewhile(lambda pair: pair[0] == pair[1], zip(words, other, strict=False))) for other in others]
    shared = max(map(len, pairs), default=0)
    return capfirst(" ".join(words[shared:])) or name


def _text_layer(ends: list[Spec], low: float, top: float) -> Spec:
    return {
        "layer": [
            {
                "data": {"values": [end]},
                "mark": {"type": "text", "align": "left", "baseline": "middle", "dx": 8, "color": end["colour"],
                         "fontWeight": "bold", "aria": False},
                "encoding": {
                    "x": {"field": "at"},
                    "y": {"field": "y", "type": "quantitative"},
                    "text": {"field": "text", "type": "nominal"},
                },
            }
            for end in ends
        ]
    }  # fmt: skip


def _cap_rows(chart: StepChart, first: date, last: date, top: float, size: Size) -> list[Spec]:
    """The caps by their days of force; each is named above its line, the lower of two near ones below it."""
    rows: list[Spec] = []
    near = LABEL_GAP * top / size.height
    for cap in sorted(chart.caps, key=lambda cap: cap.value, reverse=True):
        since, until = max(cap.since or first, first), min(cap.until or last, last)
        if since > until:
            continue
        value = drawn(cap.value, chart.measure, chart.unit)
        name = f"{cap.label} {in_words(cap.value, chart.measure, chart.unit)}"
        begins, ends = since.isoformat(), until.isoformat()
        taken = any(
            row["above"] and row["value"] - value < near and begins <= row["until"] and row["since"] <= ends
            for row in rows
        )
        rows.append({"since": begins, "until": ends, "value": value, "name": name, "says": name, "above": not taken})
    return rows


def _cap_lines(rows: list[Spec]) -> Spec:
    """Dashed lines over the days of force."""
    return {
        "layer": [
            {
                "data": {"values": rows},
                "mark": {"type": "rule", "color": INK, "strokeDash": [5, 3], "strokeWidth": 1.25},
                "encoding": {
                    "x": {"field": "since"},
                    "x2": {"field": "until"},
                    "y": {"field": "value", "type": "quantitative"},
                    "description": {"field": "says"},
                },
            }
        ]
    }


def _cap_names(rows: list[Spec]) -> Spec:
    """The names of the caps, clear of their lines."""
    layers: list[Spec] = []
    for above, baseline, shift in ((True, "bottom", -5), (False, "top", 5)):
        named = [row for row in rows if row["above"] is above]
        if named:
            mark = {"align": "left", "baseline": baseline, "dx": 5, "dy": shift, "color": INK}
            y = {"field": "value", "type": "quantitative"}
            layers += halo_text(
                mark, {"x": {"field": "since"}, "y": y, "text": {"field": "name", "type": "nominal"}}, named
            )
    return {"layer": layers}


def _change_rows(changes: Sequence[Change], first: date, last: date, width: float) -> list[Spec]:
    """Each change with the line of text it stands in above the plot, so that no two names meet."""
    days = max(1, (last - first).days)
    free = [0.0, 0.0, 0.0]
    rows = []
    for change in sorted(changes, key=lambda change: change.at):
        if not first <= change.at <= last:
            continue
        start = (change.at - first).days / days * width
        name = shortened(str(change.label), max(80, min(220, width - start)))
        line = next((number for number, until in enumerate(free) if until <= start), len(free) - 1)
        free[line] = start + text_width(name) + 14
        rows.append(
            {"at": change.at.isoformat(), "name": name, "row": line + 1,
             "says": f"{change.at.isoformat()}: {change.label}"}
        )  # fmt: skip
    return rows


def _change_layer(rows: list[Spec], first: date) -> Spec:
    """Thin upright lines, their names above the plot."""
    marks: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": {"type": "rule", "color": INK_3, "strokeWidth": 0.75},
            "encoding": {"x": {"field": "at"}, "description": {"field": "says"}},
        }
    ]
    for line in sorted({row["row"] for row in rows}):
        marks.append(
            {
                "data": {"values": [row for row in rows if row["row"] == line]},
                "mark": {"type": "text", "align": "left", "baseline": "bottom", "dx": -1, "dy": 10 - 14 * line,
                         "color": INK_2, "aria": False},
                "encoding": {
                    "x": {"field": "at"}, "y": {"value": -10}, "text": {"field": "name", "type": "nominal"},
                },
            }
        )  # fmt: skip
    return {"layer": marks}


# ── Small multiples ──────────────────────────────────────────────────────────────────────────────
def multiples(chart: Multiples, size: Size) -> Spec:
    values = [value for panel in chart.panels for _at, value in panel.points]
    values += [chart.cap.value] if chart.cap else []
    low, top = value_range([drawn(value, chart.measure, chart.unit) for value in values])
    days = [at for panel in chart.panels for at, _value in panel.points]
    domain = [min(days).isoformat(), max(days).isoformat()] if days else []
    width = (size.width - 30 * (size.columns - 1)) / size.columns - 46
    return {
        "columns": size.columns,
        "spacing": 30,
        "padding": 2,
        "concat": [_panel(panel, chart, [low, top], domain, width) for panel in chart.panels],
    }


def _panel(panel: Series, chart: Multiples, scale: list[float], domain: list[str], width: float) -> Spec:
    known = [(at, value) for at, value in panel.points if value is not None]
    now = in_words(known[-1][1], chart.measure, chart.unit) if known else _("not known")
    above = bool(known and chart.cap and known[-1][1] > chart.cap.value)
    rows = [
        {"at": at.isoformat(), "value": drawn(value, chart.measure, chart.unit),
         "says": f"{panel.label}, {at.isoformat()}: {in_words(value, chart.measure, chart.unit)}"}
        for at, value in panel.points
    ]  # fmt: skip
    y = {"field": "value", "type": "quantitative", "scale": {"domain": scale, "nice": False},
         "axis": {"format": axis_format(chart.measure, scale[1]), "tickCount": 3}}  # fmt: skip
    time = {"type": "utc", "domain": domain} if domain else {"type": "utc"}
    x = {"field": "at", "type": "temporal", "scale": time, "axis": {"format": "%Y", "tickCount": 3}}
    layers: list[Spec] = [
        {
            "data": {"values": rows},
            "mark": {"type": "line", "interpolate": "step-after", "color": BAD if above else SERIES[0],
                     "description": str(panel.label)},
            "encoding": {"x": x, "y": y},
        },
        {
            "data": {"values": [row for row in rows if row["value"] is not None][-1:]},
            "mark": {"type": "point", "filled": True, "opacity": 1, "size": 30, "color": BAD if above else SERIES[0]},
            "encoding": {"x": x, "y": y, "description": {"field": "says"}},
        },
    ]  # fmt: skip
    if chart.cap:
        layers.append(
            {
                "data": {"values": [{"value": drawn(chart.cap.value, chart.measure, chart.unit)}]},
                "mark": {"type": "rule", "color": INK, "strokeDash": [4, 3], "strokeWidth": 1, "aria": False},
                "encoding": {"y": {"field": "value", "type": "quantitative"}},
            }
        )
    title = {"text": shortened(f"{panel.label}  {now}", width + 40), "anchor": "start", "fontSize": TEXT, "color": INK,
             "offset": 6}  # fmt: skip
    return {"title": title, "width": width, "height": 110, "layer": layers}
