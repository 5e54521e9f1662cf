"""Addresses of the applicant's side: own applications, their sections and files, invitations."""

from django.urls import URLPattern, path

from innovation.calls.views import application_files, applications, people, sections, sending

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
    path("applications/<int:pk>/copy/", people.CopyPage.as_view(), name="application_copy"),
    path("applications/<int:pk>/people/", people.PeoplePage.as_view(), name="people"),
    path("applications/<int:pk>/people/add/", people.AddMember.as_view(), name="member_add"),
    path("applications/<int:pk>/people/<int:user>/", people.ChangeMember.as_view(), name="member_change"),
    path("applications/<int:pk>/partners/add/", people.InvitePartner.as_view(), name="partner_add"),
    path("applications/<int:pk>/partners/<int:partner>/remove/", people.RemovePartner.as_view(), name="partner_remove"),
    path("applications/<int:pk>/part/", people.OwnPart.as_view(), name="own_part"),
    path("invitations/<str:token>/", people.InvitationPage.as_view(), name="invitation"),
    path("<slug:code>/apply/", applications.StartPage.as_view(), name="apply"),
]
