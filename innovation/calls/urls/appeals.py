"""Addresses of appeals; they are handed in and answered as acts."""

from django.urls import URLPattern, path

from innovation.calls.views import appeals

urlpatterns: list[URLPattern] = [path("appeals/", appeals.Appeals.as_view(), name="appeals")]
