"""Addresses of the applicant's side: own applications, their sections and files, invitations."""

from django.urls import URLPattern, path

from innovation.calls.views import application_files, applications, sections, sending

urlpatterns: list[URLPattern] = [
    path("applications/", applications.MyApplications.as_view(), name="applications"),
    path("applications/lookup/<slug:kind>/", application_files.Lookup.as_view(), name="lookup"),
    path("applications/files/<int:pk>/", application_files.AnswerFilePage.as_view(), name="answer_file"),
    path("applications/<int:pk>/", applications.ApplicationPage.as_view(), name="application"),
    path("applications/<int:pk>/check/", sending.CheckPage.as_view(), name="application_check"),
    path("applications/<int:pk>/receipt/<int:serial>/", sending.ReceiptPage.as_view(), name="receipt"),
    path("applications/<int:pk>/receipt/<int:serial>/pdf/", sending.ReceiptPdf.as_view(), name="receipt_pdf"),
    path("applications/<int:pk>/withdraw/", applications.WithdrawPage.as_view(), name="application_withdraw"),
    path("applications/<int:pk>/delete/", applications.DeletePage.as_view(), name="application_delete"),
    path("applications/<int:pk>/data/", application_files.OwnData.as_view(), name="application_data"),
    path("applications/<int:pk>/sections/<slug:section>/", sections.SectionPage.as_view(), name="section"),
    path("applications/<int:pk>/sections/<slug:section>/save/", sections.SectionSave.as_view(), name="section_save"),
    path(
        "applications/<int:pk>/sections/<slug:section>/files/<slug:key>/", sections.FileAdd.as_view(), name="file_add"
    ),
    path("<slug:code>/apply/", applications.StartPage.as_view(), name="apply"),
]
