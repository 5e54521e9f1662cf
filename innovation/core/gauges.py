"""The gauge of a cap, drawn as SVG without a style attribute, and the same in words."""

from fractions import Fraction

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from innovation.core.components import Gauge
from innovation.core.figures import percent_text, points_text, rounded

FLOOR = Fraction(1, 20)  # the scale never shrinks below 5 %, so that a tiny rate looks tiny


def scale_end(gauge: Gauge) -> Fraction:
    """Where the scale ends: a little beyond the cap and beyond what is used; the whole without a cap."""
    if gauge.cap is None:
        return max(Fraction(1), gauge.used or 0)
    return max(FLOOR, (gauge.cap or 0) * Fraction(23, 20), (gauge.used or 0) * Fraction(21, 20))


def gauge_svg(gauge: Gauge) -> SafeString:
    """The gauge in percent of its own width, so that it fits any column and its text keeps its size."""
    end = scale_end(gauge)

    def place(share: Fraction) -> str:
        return f"{rounded(max(Fraction(0), min(share, end)) / end * 100, 2)}%"

    marks = []
    if gauge.cap is not None and gauge.warning is not None and gauge.warning < gauge.cap:
        width = place(gauge.cap - gauge.warning)
        marks.append(("gauge-band", place(gauge.warning), width, 18, 12))
    if gauge.used is not None and gauge.used > 0:
        within = gauge.used if gauge.cap is None else min(gauge.used, gauge.cap)
        marks.append((f"gauge-used tone-{gauge.status.tone}", "0%", place(within), 18, 12))
        if gauge.cap is not None and gauge.used > gauge.cap:
            marks.append(("gauge-over", place(gauge.cap), place(gauge.used - gauge.cap), 18, 12))
    shapes = format_html_join("", '<rect class="{}" x="{}" width="{}" y="{}" height="{}"/>', marks)
    return format_html(
        '<svg class="gauge-drawing" width="100%" height="50" role="img" aria-label="{}">'
        '<rect class="gauge-track" x="0" width="100%" y="18" height="12"/>{}{}</svg>',
        gauge_text(gauge),
        shapes,
        _lines(gauge, place),
    )


def _lines(gauge: Gauge, place) -> SafeString:
    parts = []
    if gauge.cap is not None:
        anchor = "end" if gauge.cap / scale_end(gauge) > Fraction(1, 2) else "start"
        label = _("Cap %(share)s") % {"share": percent_text(gauge.cap)}
        parts.append(
            format_html(
                '<line class="gauge-cap" x1="{0}" x2="{0}" y1="14" y2="34"/>'
                '<text class="gauge-label" x="{0}" y="10" text-anchor="{1}">{2}</text>',
                place(gauge.cap),
                anchor,
                label,
            )
        )
    if gauge.used is None:
        parts.append(format_html('<text class="gauge-label" x="0" y="45">{}</text>', _("not known")))
    else:
        near_end = gauge.used / scale_end(gauge) > Fraction(1, 2)
        parts.append(
            format_html(
                '<text class="gauge-label gauge-value" x="{}" y="45" text-anchor="{}">{}</text>',
                place(gauge.used),
                "end" if near_end else "start",
                percent_text(gauge.used),
            )
        )
    return format_html_join("", "{}", ((part,) for part in parts))


def gauge_text(gauge: Gauge) -> str:
    """The gauge in one sentence, for screen readers and for the line beneath."""
    if gauge.used is None:
        return _("%(label)s: not known") % {"label": gauge.label}
    words = {"label": gauge.label, "used": percent_text(gauge.used)}
    if gauge.cap is None:
        return _("%(label)s: %(used)s used, no limit") % words
    left = gauge.cap - gauge.used
    words |= {"cap": percent_text(gauge.cap), "left": points_text(abs(left))}
    if left < 0:
        return _("%(label)s: %(used)s used, cap %(cap)s, exceeded by %(left)s") % words
    return _("%(label)s: %(used)s used, cap %(cap)s, %(left)s left") % words
