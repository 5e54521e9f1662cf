"""Addresses of consents, reads and one's own data."""

from django.urls import URLPattern, path, re_path

from talent.views import consents, exports, reads, rights, rights_queue

urlpatterns: list[URLPattern] = [
    path("privacy/", consents.ConsentCentre.as_view(), name="consents"),
    path("privacy/consents/<slug:purpose>/give/", consents.GiveConsent.as_view(), name="consent_give"),
    path("privacy/consents/<int:pk>/withdraw/", consents.WithdrawConsent.as_view(), name="consent_withdraw"),
    path("privacy/share/", consents.Share.as_view(), name="share"),
    path("privacy/reads/", reads.WhoLooked.as_view(), name="reads"),
    path("privacy/register/", reads.RegisterPage.as_view(), name="field_register"),
    path("privacy/shared/", reads.SharedWithUs.as_view(), name="shared_with_us"),
    path("privacy/requests/", rights.MyRequests.as_view(), name="my_requests"),
    path("privacy/requests/new/", rights.AskOther.as_view(), name="ask"),
    path("privacy/requests/<int:pk>/", rights_queue.RequestPage.as_view(), name="rights_request"),
    path("privacy/requests/<int:pk>/take-back/", rights.TakeBack.as_view(), name="rights_take_back"),
    path("privacy/requests/<int:pk>/take-up/", rights_queue.TakeUp.as_view(), name="rights_take_up"),
    path("privacy/correct/", rights.Correct.as_view(), name="correct"),
    path("privacy/erase/", rights.AskErasure.as_view(), name="erase"),
    path("privacy/keep-longer/", rights.KeepLonger.as_view(), name="keep_longer"),
    path("privacy/queue/", rights_queue.RightsQueue.as_view(), name="rights_queue"),
    path("privacy/exports/", exports.ExportList.as_view(), name="exports"),
    path("privacy/exports/new/", exports.AskExport.as_view(), name="export_ask"),
    path("privacy/exports/<int:pk>/", exports.ExportPage.as_view(), name="export"),
    re_path(
        r"^privacy/exports/(?P<pk>[0-9]+)/list\.(?P<form>csv|xlsx|xml)$",
        exports.TakeExport.as_view(),
        name="export_take",
    ),
    re_path(r"^privacy/copy\.(?P<form>json|pdf)$", rights.OwnCopy.as_view(), name="own_copy"),
]
