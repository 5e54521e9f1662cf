"""Addresses of valuation and policy work."""

from django.urls import URLPattern, path, re_path

from funds.views import evaluation, filing, landing, progress, reinvestment, valuation_rounds, valuations

urlpatterns: list[URLPattern] = [
    path("valuations/", valuations.PaperList.as_view(), name="valuations"),
    path("valuations/start/", valuations.Start.as_view(), name="valuation_start"),
    path("valuations/new/", valuations.PaperEdit.as_view(), name="valuation_new"),
    path("valuations/<int:pk>/", valuations.PaperPage.as_view(), name="valuation_paper"),
    path("valuations/<int:pk>/edit/", valuations.PaperEdit.as_view(), name="valuation_edit"),
    re_path(
        r"^valuations/(?P<pk>[0-9]+)/(?P<act>submit|approve|return)/$",
        valuations.PaperAct.as_view(),
        name="valuation_act",
    ),
    path("valuations/rounds/", valuation_rounds.RoundList.as_view(), name="valuation_rounds"),
    path("valuations/rounds/open/", valuation_rounds.OpenRound.as_view(), name="valuation_round_open"),
    path("valuations/rounds/<int:pk>/", valuation_rounds.RoundPage.as_view(), name="valuation_round"),
    path("valuations/rounds/<int:pk>/lock/", valuation_rounds.LockRound.as_view(), name="valuation_round_lock"),
    path("progress/", progress.ProgressPage.as_view(), name="progress"),
    path("claims/", reinvestment.ClaimList.as_view(), name="claims"),
    path("claims/new/", reinvestment.ClaimEdit.as_view(), name="claim_new"),
    path("claims/<int:pk>/", reinvestment.ClaimPage.as_view(), name="claim"),
    path("claims/<int:pk>/edit/", reinvestment.ClaimEdit.as_view(), name="claim_edit"),
    path("claims/<int:pk>/<slug:act>/", reinvestment.claim_act, name="claim_act"),
    path("policy-proofs/<int:pk>/", reinvestment.ProofDownload.as_view(), name="proof"),
    path("landed/", landing.LandedList.as_view(), name="landed_list"),
    path("landed/new/", landing.LandedNew.as_view(), name="landed_new"),
    path("landed/<int:pk>/", landing.LandedPage.as_view(), name="landed"),
    path("landed/<int:pk>/<slug:act>/", landing.landed_act, name="landed_act"),
    path("claw-backs/<int:pk>/<slug:act>/", landing.clawback_act, name="clawback_act"),
    path("evaluations/", evaluation.RunList.as_view(), name="evaluations"),
    path("evaluations/new/", evaluation.RunNew.as_view(), name="evaluation_new"),
    path("evaluations/<int:pk>/", evaluation.RunPage.as_view(), name="evaluation"),
    path("evaluations/<int:pk>/<slug:act>/", evaluation.evaluation_act, name="evaluation_act"),
    path("filings/", filing.FilingList.as_view(), name="filings"),
    path("filings/new/", filing.FilingNew.as_view(), name="filing_new"),
    path("filings/<int:pk>/", filing.FilingPage.as_view(), name="filing"),
    path("filings/<int:pk>/json/", filing.FilingJson.as_view(), name="filing_json"),
    path("filings/<int:pk>/<slug:act>/", filing.filing_act, name="filing_act"),
]
