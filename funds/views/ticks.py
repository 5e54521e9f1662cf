"""The boxes in lists of funds that put a fund into the comparison."""

from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext


def ticked_name(href: str, pk: int, name: str) -> SafeString:
    """The name of a fund as a link, with its box before it; the box belongs to the form ``compare`` of the page."""
    box = (
        '<input class="tick" type="checkbox" name="fund" value="{}" form="compare" aria-label="{}"> <a href="{}">{}</a>'
    )
    return format_html(box, pk, gettext("Compare %(name)s") % {"name": name}, href, name)
