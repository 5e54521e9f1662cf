"""Addresses of the officer's desk."""

from django.urls import URLPattern, path

from innovation.calls.views import desk, desk_acts, ranking

urlpatterns: list[URLPattern] = [
    path("desk/", desk.Desk.as_view(), name="desk"),
    path("desk/bulk/", desk.BulkPage.as_view(), name="desk_bulk"),
    path("desk/<int:pk>/", desk.CasePage.as_view(), name="case"),
    path("desk/<int:pk>/pass/", desk_acts.PassPage.as_view(), name="case_pass"),
    path("desk/<int:pk>/refuse/", desk_acts.FailPage.as_view(), name="case_fail"),
    path("desk/<int:pk>/ask/", desk_acts.AskPage.as_view(), name="case_ask"),
    path("desk/<int:pk>/gates/", desk_acts.ScreenPage.as_view(), name="case_screen"),
    path("desk/<int:pk>/gates/<int:gate>/", desk_acts.OverridePage.as_view(), name="case_override"),
    path("desk/<int:pk>/officer/", desk_acts.OfficerPage.as_view(), name="case_officer"),
    path("desk/<int:pk>/assign/", desk_acts.AssignPage.as_view(), name="case_assign"),
    path("desk/<int:pk>/reviews/<int:review>/replace/", desk_acts.ReplacePage.as_view(), name="case_replace"),
    path("desk/<int:pk>/discuss/", desk_acts.DiscussPage.as_view(), name="case_discuss"),
    path("desk/calls/<int:call>/", ranking.RankingPage.as_view(), name="ranking"),
    path("desk/calls/<int:call>/propose/", ranking.ProposalPage.as_view(), name="propose"),
    path("desk/calls/<int:call>/remind/", ranking.RemindPage.as_view(), name="remind"),
    path("desk/calls/<int:call>/close/", ranking.ClosePage.as_view(), name="close_reviews"),
]
