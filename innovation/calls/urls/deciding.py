"""Addresses of what follows after ranking: notices and certificates for everybody, the rest for parties and office."""

from django.urls import URLPattern, path

from innovation.calls.views import acts, board, notices, papers, titles

urlpatterns: list[URLPattern] = [
    path("notices/", notices.NoticeList.as_view(), name="notices"),
    path("notices/<int:pk>/", notices.NoticePage.as_view(), name="notice"),
    path("notices/<int:pk>/object/", notices.ObjectPage.as_view(), name="notice_object"),
    path("objections/<str:token>/confirm/", notices.ConfirmObjection.as_view(), name="objection_confirm"),
    path("certificates/", titles.VerifyPage.as_view(), name="verify"),
    path("certificates/<str:number>/", titles.Certificate.as_view(), name="certificate"),
    path("certificates/<str:number>/pdf/", titles.CertificatePdf.as_view(), name="certificate_pdf"),
    path("titles/", titles.Register.as_view(), name="titles"),
    path("titles/mine/", titles.OwnTitles.as_view(), name="own_titles"),
    path("cases/", board.CaseList.as_view(), name="cases"),
    path("meetings/", board.MeetingList.as_view(), name="meetings"),
    path("meetings/new/", board.MeetingNew.as_view(), name="meeting_new"),
    path("meetings/<int:pk>/", board.MeetingPage.as_view(), name="meeting"),
    path("board-pages/<int:pk>/pdf/", papers.BoardPagePdf.as_view(), name="board_page"),
    path("agreements/<int:pk>/pdf/", papers.AgreementPdf.as_view(), name="agreement_pdf"),
    path("agreements/<int:pk>/sign/", acts.SignPage.as_view(), name="sign"),
    path("following-files/<slug:kind>/<int:pk>/", papers.FollowingFile.as_view(), name="following_file"),
    path("acts/<slug:act>/<int:pk>/", acts.ActPage.as_view(), name="act"),
]
