"""QR codes as SVG: one path, no style attribute, the same for the same text."""

import qrcode
from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode.constants import ERROR_CORRECT_M

QUIET = 4
"""Modules of white around the code (ISO/IEC 18004)."""


def qr_svg(text: str, label: object) -> SafeString:
    """The QR code of ``text``, black on white; ``label`` says to screen readers where it leads."""
    code = qrcode.QRCode(error_correction=ERROR_CORRECT_M, border=0)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    marks = "".join(
        f"M{QUIET + x} {QUIET + y}h1v1h-1z" for y, row in enumerate(rows) for x, dark in enumerate(row) if dark
    )
    size = len(rows) + 2 * QUIET
    return format_html(
        '<svg class="qr-code" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {0} {0}" width="180" height="180" '
        'role="img" aria-label="{1}" shape-rendering="crispEdges"><rect width="{0}" height="{0}" fill="#ffffff"/>'
        '<path d="{2}" fill="#000000"/></svg>',
        size, label, marks,
    )  # fmt: skip
