"""What the drawings of all kinds of chart share."""

from collections.abc import Sequence
from typing import Any

from innovation.core.charts.style import PAPER

Spec = dict[str, Any]
LABEL_GAP = 15  # pixels between two labels


def halo_text(mark: Spec, encoding: Spec, rows: list[Spec] | None = None) -> list[Spec]:
    """A layer of text on a halo of paper, so that lines behind it do not cross the letters."""
    data = {} if rows is None else {"data": {"values": rows}}
    plain = {"type": "text", "aria": False, **mark}
    halo = plain | {"color": PAPER, "stroke": PAPER, "strokeWidth": 4, "strokeJoin": "round"}
    return [{**data, "mark": halo, "encoding": encoding}, {**data, "mark": plain, "encoding": encoding}]


def value_range(values: Sequence[float | None]) -> tuple[float, float]:
    """Zero or the lowest value, and a little more than the highest."""
    known = [value for value in values if value is not None]
    low, top = min([0.0, *known]), max([0.0, *known])
    return low * 1.08, (top * 1.08 or 1.0)
