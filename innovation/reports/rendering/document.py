"""HTML: one file that opens anywhere, with the look of the product and without any link to its files."""

from pathlib import Path

from django.contrib.staticfiles import finders
from django.template.loader import render_to_string

from innovation.reports.rendering.base import Rendering
from innovation.reports.rendering.view import shown

STYLES = ("core/tokens.css", "core/app.css", "core/components.css", "reports/report.css", "reports/document.css")


def render(rendering: Rendering) -> bytes:
    """A whole HTML document; its styles and charts are inside."""
    context = {"rendering": rendering, "report": shown(rendering.data, rendering.unit, links=False), "styles": styles()}
    return render_to_string("reports/document.html", context).encode()


def styles() -> str:
    """The product's stylesheets as one text."""
    return "\n".join(Path(finders.find(name)).read_text() for name in STYLES)
