"""How a reader wants to see things: the unit of money and the theme, kept in two cookies of this browser."""

from typing import Any

from django.conf import settings
from django.db.models import TextChoices
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from innovation.core.money import Unit

YEAR = 365 * 86_400
DEFAULT_UNIT = Unit.WAN


class Theme(TextChoices):
    SYSTEM = "system", _("As the device")
    LIGHT = "light", _("Light")
    DARK = "dark", _("Dark")


def unit_of(request: HttpRequest, default: Unit = DEFAULT_UNIT) -> Unit:
    """The unit in which ``request`` wants money shown: its ``unit`` parameter, else the cookie, else ``default``."""
    for value in (request.GET.get("unit"), request.COOKIES.get("unit")):
        if value in Unit.values:
            return Unit(value)
    return default


def theme_of(request: HttpRequest) -> Theme:
    value = request.COOKIES.get("theme", "")
    return Theme(value) if value in Theme.values else Theme.SYSTEM


def remember(response: HttpResponse, name: str, value: str) -> None:
    """Keep one choice for a year in a cookie that scripts cannot read."""
    response.set_cookie(name, value, max_age=YEAR, samesite="Lax", httponly=True, secure=settings.HTTPS)


def context(request: HttpRequest) -> dict[str, Any]:
    """Context processor: ``unit``, ``units``, ``theme``, ``themes``, ``environment`` and ``mail_folder``.

    ``environment`` is empty in production. ``mail_folder`` is where a demonstration leaves its mails, which never
    leave the machine; empty where mails are sent.
    """
    keeps_mail = settings.IS_LOCAL and settings.EMAIL_BACKEND.endswith(".filebased.EmailBackend")
    return {
        "unit": unit_of(request),
        "units": Unit,
        "theme": theme_of(request),
        "themes": Theme,
        "environment": settings.MODE if settings.IS_LOCAL else "",
        "mail_folder": str(settings.EMAIL_FILE_PATH) if keeps_mail else "",
    }
