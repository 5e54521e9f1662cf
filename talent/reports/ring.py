"""The renewal ring: credits by category around, what is held and required inside; SVG without a style attribute."""

from fractions import Fraction

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from innovation.core.figures import number_text
from talent.queries.credentials import Standing

RADIUS = 52
SHADES = 5
"""Categories take the shades of the ring in turn."""
_ROUND = Fraction(100)


def credits_text(value: Fraction | None) -> str:
    """Credits as people write them: 39.5, 12; two decimals at most."""
    if value is None:
        return "–"
    text = number_text(value, 2)
    return text.rstrip("0").rstrip(".") if "." in text else text


def ring_text(standing: Standing) -> str:
    """The ring in words."""
    facts = {
        "held": credits_text(standing.now.counted_total), "required": credits_text(standing.now.required),
        "waiting": credits_text(standing.foreseen.counted_total - standing.now.counted_total),
        "days": standing.days_left,
    }  # fmt: skip
    return _("%(held)s of %(required)s credits counted, %(waiting)s wait for verification, %(days)s days left") % facts


def ring_svg(standing: Standing) -> SafeString:
    """Each category's credits as an arc of the whole that is required (or held, where that is more)."""
    required = standing.now.required or Fraction(0)
    whole = max(required, standing.foreseen.counted_total, Fraction(1))
    parts: list[tuple[str, str, str]] = []
    at = Fraction(0)
    pieces = [(f"ring-{place % SHADES}", line.counted) for place, line in enumerate(standing.lines)]
    pieces.append(("ring-carried", standing.now.carried_in))
    pieces.append(("ring-waiting", standing.foreseen.counted_total - standing.now.counted_total))
    for css, value in pieces:
        if value > 0:
            share = value / whole * _ROUND
            parts.append((css, f"{float(share):.2f} {_ROUND}", f"{float(-at):.2f}"))
            at += share
    arcs = format_html_join(
        "", '<circle class="ring-arc {}" cx="64" cy="64" r="{}" transform="rotate(-90 64 64)" '
        'pathLength="100" stroke-dasharray="{}" '
        'stroke-dashoffset="{}"/>',
        ((css, RADIUS, dash, offset) for css, dash, offset in parts),
    )  # fmt: skip
    return format_html(
        '<svg class="ring" viewBox="0 0 128 128" width="176" height="176" role="img" aria-label="{}">'
        '<circle class="ring-track" cx="64" cy="64" r="{}"/>{}'
        '<text class="ring-held" x="64" y="62" text-anchor="middle">{}</text>'
        '<text class="ring-required" x="64" y="80" text-anchor="middle">{}</text></svg>',
        ring_text(standing), RADIUS, arcs, credits_text(standing.now.counted_total),
        _("of %(required)s credits") % {"required": credits_text(standing.now.required)},
    )  # fmt: skip
