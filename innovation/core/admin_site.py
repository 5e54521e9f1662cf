"""The site of the admin: Unfold's, with names translated once."""

from typing import Any

from django.contrib.admin.apps import AdminConfig
from django.http import HttpRequest
from unfold.sites import UnfoldAdminSite


class OfficeSite(UnfoldAdminSite):
    """Each page lists all models in alphabetical order; names that are text already are not translated at each of the
    thousand comparisons of that sorting.
    """

    def _build_app_dict(self, request: HttpRequest, label: str | None = None) -> dict[str, Any]:
        apps = super()._build_app_dict(request, label)
        for app in apps.values():
            app["name"] = str(app["name"])
            for model in app["models"]:
                model["name"] = str(model["name"])
        return apps


class OfficeAdmin(AdminConfig):
    """Django's admin with our site."""

    default_site = "innovation.core.admin_site.OfficeSite"
