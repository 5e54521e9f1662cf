"""Addresses of the reviewer's desk, under ``/reviews/``."""

from django.urls import URLPattern, path

from innovation.calls.views import reviewing, score_upload

app_name = "reviews"
urlpatterns: list[URLPattern] = [
    path("", reviewing.ReviewerDesk.as_view(), name="desk"),
    path("score-sheets/", score_upload.ScoreFilePage.as_view(), name="score_file"),
    path("score-sheets/take-in/", score_upload.ScoreConfirmPage.as_view(), name="score_confirm"),
    path("packets.xlsx", reviewing.PacketsXlsx.as_view(), name="packets"),
    path("relations/", reviewing.RelationsPage.as_view(), name="relations"),
    path("relations/add/", reviewing.RelationPage.as_view(), name="relation_add"),
    path("relations/profile/", reviewing.ProfilePage.as_view(), name="profile"),
    path("<int:pk>/", reviewing.ReviewPage.as_view(), name="review"),
    path("<int:pk>/declare/", reviewing.DeclarePage.as_view(), name="declare"),
    path("<int:pk>/decline/", reviewing.DeclinePage.as_view(), name="decline"),
    path("<int:pk>/packet.pdf", reviewing.PacketPdf.as_view(), name="packet_pdf"),
    path("<int:pk>/files/<int:file>/", reviewing.PacketFile.as_view(), name="file"),
]
