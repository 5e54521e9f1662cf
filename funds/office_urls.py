"""Addresses of valuation and policy work."""

from django.urls import URLPattern, path, re_path

from funds.views import valuation_rounds, valuations

office_patterns: list[URLPattern] = [
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
]
