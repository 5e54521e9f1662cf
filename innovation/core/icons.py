"""The icons of the product: one 16 × 16 grid, drawn with lines that take the colour of the text beside them."""

from django.utils.html import format_html
from django.utils.safestring import SafeString, mark_safe

from innovation.core.components import Status

# Each value is the inside of an <svg viewBox="0 0 16 16">; constants of ours, never anything a person entered.
_SHAPES = {
    "ok": '<circle cx="8" cy="8" r="6.25"/><path d="m5.2 8.2 2 2 3.6-4"/>',
    "notice": '<path d="M8 2.2 14.2 13H1.8Z"/><path d="M8 6.4v3M8 11.2v.1"/>',
    "bad": '<path d="M5.4 1.75h5.2l3.65 3.65v5.2l-3.65 3.65H5.4L1.75 10.6V5.4Z"/><path d="m6 6 4 4m0-4-4 4"/>',
    "info": '<circle cx="8" cy="8" r="6.25"/><path d="M8 7.4v3.4M8 5.1v.1"/>',
    "idle": '<circle cx="8" cy="8" r="6.25" stroke-dasharray="2.4 2"/>',
    "unverified": '<path d="M6 5.9A2.1 2.1 0 1 1 8 8.3v1.2M8 11.7v.1"/><circle cx="8" cy="8" r="6.25"/>',
    "calendar": '<path d="M2.25 4h11.5v9.5H2.25ZM2.25 6.8h11.5M5.2 2.3V4m5.6-1.7V4"/>',
    "clock": '<circle cx="8" cy="8" r="6.25"/><path d="M8 4.4V8l2.3 1.7"/>',
    "up": '<path d="m4 9.8 4-4 4 4"/>',
    "down": '<path d="m4 6.2 4 4 4-4"/>',
    "next": '<path d="m6.2 4 4 4-4 4"/>',
    "previous": '<path d="m9.8 4-4 4 4 4"/>',
    "download": '<path d="M8 2.5v7.2m-3-2.9 3 3 3-3M2.75 13.25h10.5"/>',
    "print": '<path d="M4.5 6V2.5h7V6M4.5 11.5H2.25V6h11.5v5.5H11.5M4.5 9.5h7v4h-7Z"/>',
    "filter": '<path d="M2 3.5h12L9.5 8.8v4.4l-3-1.5V8.8Z"/>',
    "menu": '<path d="M2 4.25h12M2 8h12m-12 3.75h12"/>',
    "person": '<circle cx="8" cy="5.3" r="2.8"/><path d="M2.6 13.7c.5-2.8 2.6-4.4 5.4-4.4s4.9 1.6 5.4 4.4"/>',
    "lock": '<path d="M3.5 7.25h9v6.25h-9ZM5.2 7.25V5a2.8 2.8 0 0 1 5.6 0v2.25"/>',
    "search": '<circle cx="7" cy="7" r="4.6"/><path d="m10.4 10.4 3.4 3.4"/>',
    "file": '<path d="M3.75 1.75h5.5l3 3v9.5h-8.5ZM9.25 1.75v3h3"/>',
    "empty": '<path d="M2 9.5 4 3.5h8l2 6v4H2ZM2 9.5h3.4l1 1.6h3.2l1-1.6H14"/>',
}
NAMES = frozenset(_SHAPES)


def icon(name: str) -> SafeString:
    """The SVG of icon ``name``, hidden from screen readers: a word always stands beside it.

    Raises KeyError for a name that is not drawn.
    """
    return format_html(
        '<svg class="icon icon-{}" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">'
        "{}</svg>",
        name,
        mark_safe(_SHAPES[name]),  # noqa: S308 - a constant of this module
    )


def status_html(status: Status) -> SafeString:
    """A status tag, for cells of tables; templates use ``{% status_tag %}``."""
    return format_html('<span class="tag tone-{}">{}{}</span>', status.tone, icon(status.tone), status.label)
