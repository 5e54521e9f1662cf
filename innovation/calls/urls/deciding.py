"""Addresses of what follows after ranking: notices and objections, open to everybody."""

from django.urls import URLPattern, path

from innovation.calls.views import notices

urlpatterns: list[URLPattern] = [
    path("notices/", notices.NoticeList.as_view(), name="notices"),
    path("notices/<int:pk>/", notices.NoticePage.as_view(), name="notice"),
    path("notices/<int:pk>/object/", notices.ObjectPage.as_view(), name="notice_object"),
    path("objections/<str:token>/confirm/", notices.ConfirmObjection.as_view(), name="objection_confirm"),
]
