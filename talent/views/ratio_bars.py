"""Small drawings in a table's cells: staff in place, missing and above need; a ratio beside its band."""

from fractions import Fraction

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from innovation.core.figures import number_text, rounded
from talent.queries.ratio import Line
from talent.rules.support_ratio import Band

DOT_END = Fraction(12)
"""Where the scale of the dots ends; a ratio beyond it stands at its end, and its number tells it."""
ZERO = Fraction(0)


def scale_of(lines: tuple[Line, ...]) -> Fraction:
    """The longest bar of a table: what any laboratory needs or has."""
    held = (Fraction(line.figures.s_fte_centi or 0, 100) for line in lines)
    needs = (line.answer.required or ZERO for line in lines)
    return max((*held, *needs), default=ZERO) or Fraction(1)


def need_bar(line: Line, end: Fraction) -> SafeString:
    """Staff in place, missing and above need on the scale of the table; words for who cannot see it."""
    required, held = line.answer.required, line.figures.s_fte_centi
    if required is None or held is None:
        return format_html('<span class="unknown">{}</span>', line.answer.status.label)
    have = Fraction(held, 100)
    inside, missing, above = min(have, required), max(ZERO, required - have), max(ZERO, have - required)
    words = _("%(held)s in place, %(missing)s missing, %(above)s above need, in full-time posts") % {
        "held": number_text(inside, 2), "missing": number_text(missing, 2), "above": number_text(above, 2),
    }  # fmt: skip
    parts = (("in", ZERO, inside), ("gap", inside, missing), ("over", inside, above))
    shapes = format_html_join(
        "",
        '<rect class="need-{}" x="{}" width="{}" y="3" height="12"/>',
        ((name, _place(start, end), _place(length, end)) for name, start, length in parts if length),
    )
    return format_html(
        '<svg class="need-bar" width="100%" height="18" role="img" aria-label="{}">{}'
        '<line class="need-line" x1="{}" x2="{}" y1="0" y2="18"/></svg>',
        words, shapes, _place(required, end), _place(required, end),
    )  # fmt: skip


def ratio_dot(ratio: Fraction | None, band: Band) -> SafeString:
    """A ratio per ten as its number and a dot beside the band."""
    if ratio is None:
        return format_html('<span class="unknown">{}</span>', "–")
    return format_html(
        '<span class="ratio-cell">{} '
        '<svg class="ratio-dot" width="84" height="14" aria-hidden="true" focusable="false">'
        '<line class="need-line" x1="0" x2="100%" y1="7" y2="7"/>'
        '<rect class="ratio-band" x="{}" width="{}" y="1" height="12"/><circle cx="{}" cy="7" r="4"/></svg></span>',
        number_text(ratio, 2),
        _place(band.low, DOT_END),
        _place(band.high - band.low, DOT_END),
        _place(min(ratio, DOT_END), DOT_END),
    )


def _place(value: Fraction, end: Fraction) -> str:
    return f"{rounded(value / end * 100, 2)}%"
