"""All addresses of the API, gathered from the ``routes`` in each app's ``api`` module."""

from importlib import import_module

from django.apps import apps
from django.urls import URLPattern, URLResolver, path
from django.utils.module_loading import module_has_submodule
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework.routers import SimpleRouter

from innovation.core.api.index import IndexView


def urlpatterns() -> list[URLPattern | URLResolver]:
    """The index, the schema, its viewer, and every registered view set."""
    router = SimpleRouter()
    for config in apps.get_app_configs():
        if module_has_submodule(config.module, "api"):
            for prefix, view_set, basename in getattr(import_module(f"{config.name}.api"), "routes", []):
                router.register(prefix, view_set, basename)
    return [
        path("", IndexView.as_view(routes=tuple(router.registry)), name="index"),
        path("schema/", SpectacularAPIView.as_view(), name="schema"),
        path("docs/", SpectacularSwaggerSplitView.as_view(url_name="api:schema"), name="docs"),
        *router.urls,
    ]
