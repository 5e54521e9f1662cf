"""Drawing: Vega-Lite to SVG without a browser, kept in the shared cache by the hash of what is drawn."""

import contextlib
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import vl_convert
from django.core.cache import cache
from django.utils import translation
from django.utils.html import conditional_escape
from pylopdf_fonts_zh_cn import sans_path
from redis.exceptions import RedisError

from innovation.core.charts.model import Chart, from_plain, to_plain
from innovation.core.charts.style import SIZES
from innovation.core.charts.vega import specification

DRAWING = 4  # raise it when the same chart looks different
KEEP = 30 * 86_400
_ROOT = re.compile(r"<svg [^>]*viewBox=\"0 0 (?P<width>[\d.]+) (?P<height>[\d.]+)\"[^>]*>")
# What the pointer meets over a line: Vega's long path becomes a short circle that paints nothing.
_HIT = re.compile(
    r'<path aria-label="(?P<says>[^"]*)" role="graphics-symbol" aria-roledescription="point" '
    r'transform="translate\((?P<x>[-\d.]+),(?P<y>[-\d.]+)\)" d="[^"]*" [^>]*opacity="0"/>'
)

vl_convert.register_font_directory(str(sans_path().parent))


def render_svg(chart: Chart | Mapping[str, Any], *, lang: str = "", size: str = "wide") -> str:
    """``chart`` (or its plain form) as SVG for an HTML page, a PDF or a workbook: the same bytes for the same chart.

    ``lang`` is the language of numbers and words, by default the active one; ``size`` is ``wide`` or ``narrow``.
    The SVG has no style attribute, element or script, and each mark says its value in ``aria-label``.
    """
    plain = to_plain(from_plain(chart) if isinstance(chart, Mapping) else chart)
    lang = lang or translation.get_language() or "en"
    content = json.dumps([DRAWING, lang, size, plain], sort_keys=True, ensure_ascii=False)
    key = f"chart:{hashlib.sha256(content.encode()).hexdigest()}"
    with contextlib.suppress(RedisError):  # a lost cache costs time, never a page
        if kept := cache.get(key):
            return kept
    svg = _draw(from_plain(plain), lang, size)
    with contextlib.suppress(RedisError):
        cache.set(key, svg, KEEP)
    return svg


def render_png(chart: Chart | Mapping[str, Any], *, lang: str = "", scale: float = 2) -> bytes:
    """``chart`` as a picture for a workbook, ``scale`` times the pixels of the SVG."""
    svg = render_svg(chart, lang=lang)
    return vl_convert.svg_to_png(svg.replace("<svg ", '<svg style="background:#fff" ', 1), scale=scale)


def _draw(chart: Chart, lang: str, size: str) -> str:
    with translation.override(lang):
        drawing = specification(chart, SIZES[size])
        name = conditional_escape(str(chart.title))
    svg = vl_convert.vegalite_to_svg(drawing, allowed_base_urls=[])

    def root(match: re.Match[str]) -> str:
        width, height = match["width"], match["height"]
        return (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="chart-drawing" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}" role="img" aria-label="{name}">'
        )

    svg = _HIT.sub(
        r'<circle class="hit" role="graphics-symbol" aria-label="\g<says>" cx="\g<x>" cy="\g<y>" r="7" fill="none"/>',
        svg,
    )
    return _ROOT.sub(root, svg, count=1)
