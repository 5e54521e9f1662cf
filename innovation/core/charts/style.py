"""How charts look: the colours of the light theme, which the stylesheet exchanges in the dark one, and measures."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from innovation.core.charts.model import Measure, Value
from innovation.core.figures import number_text, percent_text
from innovation.core.money import Unit, format_fen, from_fen

# The same values as in static/core/tokens.css; components.css turns each into its token.
INK, INK_2, INK_3, LINE = "#1b1f26", "#4a5160", "#646b79", "#dedbd2"
PAPER = "#fffffe"  # halo of labels; one off white, so that it can be told from any other white
SERIES = ("#1f4788", "#b0612b", "#3d7d6e", "#7c5a94", "#8d8a3c", "#8a8f99")
BAD = "#a8261c"
# Debian's package, the wheel's font, then what a viewer has; the page's stylesheet puts its own instead.
FONT = "Noto Sans CJK SC, Noto Sans SC, sans-serif"
TEXT = 12
WIDE_LETTERS = 0x2E80  # from here on a letter is as wide as it is high


@dataclass(frozen=True)
class Size:
    """A drawing's width and the height of one plot, in pixels, and how many marks its axes bear."""

    width: int
    height: int
    ticks: int
    columns: int  # of small multiples


SIZES = {"wide": Size(860, 300, 8, 3), "narrow": Size(344, 240, 4, 1)}


def text_width(text: str) -> float:
    """About how many pixels ``text`` takes."""
    return sum(1.0 if ord(letter) >= WIDE_LETTERS else 0.58 for letter in text) * TEXT


def shortened(text: str, pixels: float) -> str:
    """``text`` cut so that it takes at most ``pixels``."""
    if text_width(text) <= pixels:
        return text
    while text and text_width(f"{text}…") > pixels:
        text = text[:-1]
    return f"{text.rstrip()}…"


def drawn(value: Value, measure: Measure, unit: str) -> float | None:
    """A value as the number that the axis shows."""
    if value is None:
        return None
    return float(from_fen(int(value), Unit(unit))) if measure is Measure.MONEY else float(value)


def in_words(value: Value, measure: Measure, unit: str) -> str:
    """A value as text for labels."""
    if measure is Measure.PERCENT:
        return percent_text(value)
    if measure is Measure.MONEY:
        return format_fen(None if value is None else int(value), Unit(unit))
    return number_text(value, 0 if value is None or Decimal(float(value)) % 1 == 0 else 2)


def axis_format(measure: Measure, top: float) -> str:
    """The number format (d3) of an axis up to ``top``."""
    if measure is Measure.PERCENT:
        return ".0%" if top > 0.05 else ".1%"  # noqa: PLR2004 - below five percent whole numbers repeat
    return ",~g" if top < 1 else ",~r"


def config() -> dict[str, Any]:
    """What all charts share: quiet axes, no frame."""
    return {
        "background": "transparent",
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "domain": False, "grid": False, "ticks": False, "labelColor": INK_3, "labelFontSize": TEXT,
            "labelFontWeight": "normal", "labelPadding": 6, "title": None, "labelLimit": 400,
        },
        "axisY": {"grid": True, "gridColor": LINE, "gridWidth": 1},
        "text": {"fontSize": TEXT, "color": INK_2},
        "header": {"title": None, "labelColor": INK, "labelFontSize": TEXT, "labelFontWeight": "bold",
                   "labelAnchor": "start", "labelPadding": 4},
    }  # fmt: skip
