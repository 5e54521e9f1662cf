"""Addresses of exemption cases: the desk, and the manager's side."""

from django.urls import URLPattern, path

from funds.views import case_acts, cases, my_cases

urlpatterns: list[URLPattern] = [
    path("cases/", cases.CaseList.as_view(), name="cases"),
    path("cases/open/", case_acts.OpenCase.as_view(), name="case_open"),
    path("cases/<int:pk>/", cases.CasePage.as_view(), name="case"),
    path("cases/<int:pk>/act/<slug:act>/", case_acts.case_act, name="case_act"),
    path("cases/<int:pk>/evidence/<str:sha256>/", cases.EvidenceFilePage.as_view(), name="case_evidence"),
    path("cases/<int:pk>/sealed/", cases.SealedFilePage.as_view(), name="case_sealed"),
    path("my-cases/", my_cases.MyCases.as_view(), name="my_cases"),
    path("my-cases/<int:pk>/", my_cases.MyCase.as_view(), name="my_case"),
    path("my-cases/<int:pk>/statement/", my_cases.StatementPage.as_view(), name="my_case_statement"),
    path("my-cases/<int:pk>/document/", my_cases.AttachmentPage.as_view(), name="my_case_document"),
    path("my-cases/<int:pk>/appeal/", my_cases.AppealPage.as_view(), name="my_case_appeal"),
]
