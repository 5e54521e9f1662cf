"""How the admin looks: its names, marks and colours."""

from typing import Any

from django.templatetags.static import static
from django.urls import reverse_lazy
from django.utils.translation import gettext_lazy as _

UNFOLD: dict[str, Any] = {
    "SITE_TITLE": _("Innovation programme"),
    "SITE_HEADER": _("Innovation programme"),
    "SITE_URL": reverse_lazy("home"),
    "SHOW_HISTORY": True,
    "SHOW_VIEW_ON_SITE": True,
    "SITE_FAVICONS": [
        {"rel": "icon", "type": "image/svg+xml", "href": lambda request: static("core/favicon.svg")},
    ],
    "SITE_ICON": lambda request: static("core/favicon.svg"),
    "ENVIRONMENT": "innovation.core.office.environment",
    "STYLES": [lambda request: static("core/admin.css")],
    "SCRIPTS": [lambda request: static("core/admin.js")],
    "BORDER_RADIUS": "4px",
    # The same ink, paper and accent as static/core/tokens.css.
    "COLORS": {
        "base": {
            "50": "#fbfaf7",
            "100": "#f2f0ea",
            "200": "#dedbd2",
            "300": "#c5c3bd",
            "400": "#9ba1ac",
            "500": "#646b79",
            "600": "#4a5160",
            "700": "#343a44",
            "800": "#23282f",
            "900": "#1b1f26",
            "950": "#14171c",
        },
        "primary": {
            "50": "#f1f5fb",
            "100": "#e6edf7",
            "200": "#c6d6ee",
            "300": "#8fb4ee",
            "400": "#5f8bd0",
            "500": "#3564ad",
            "600": "#1f4788",
            "700": "#163566",
            "800": "#11294f",
            "900": "#0e1f3b",
            "950": "#091427",
        },
    },
}
