"""Addresses of earlier awards."""

from django.urls import URLPattern, path

from innovation.calls.views import earlier

urlpatterns: list[URLPattern] = [
    path("awards/", earlier.EarlierAwards.as_view(), name="awards"),
    path("awards/files/new/", earlier.AwardSendPage.as_view(), name="award_send"),
    path("awards/files/example/", earlier.AwardTemplate.as_view(), name="award_template"),
    path("awards/files/<int:pk>/", earlier.AwardFilePage.as_view(), name="award_file"),
]
