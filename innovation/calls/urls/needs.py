"""Addresses of needs of challenge calls; what is done with one is an act."""

from django.urls import URLPattern, path

from innovation.calls.views import needs

urlpatterns: list[URLPattern] = [
    path("needs/", needs.Needs.as_view(), name="needs"),
    path("needs/new/", needs.NeedNew.as_view(), name="need_new"),
    path("needs/<int:pk>/", needs.NeedPage.as_view(), name="need"),
]
