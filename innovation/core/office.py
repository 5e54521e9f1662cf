"""The admin as the staff's office: what its frame shows."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _


def environment(request: HttpRequest) -> list[str] | None:
    """The label beside the name, so that nobody takes the demonstration for the real thing."""
    return [_("Demonstration"), "warning"] if settings.IS_LOCAL else None
