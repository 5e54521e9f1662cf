"""Addresses of matching."""

from django.urls import URLPattern, path

from talent.views.matching import demands, mandates, offers, runs

urlpatterns: list[URLPattern] = [
    path("matching/", runs.RunList.as_view(), name="match_runs"),
    path("matching/new/", runs.AskRun.as_view(), name="match_ask"),
    path("matching/<int:pk>/", runs.RunPage.as_view(), name="match_run"),
    path("matching/<int:pk>/progress/", runs.RunProgress.as_view(), name="match_progress"),
    path("matching/proposals/<int:pk>/", runs.ProposalPage.as_view(), name="match_proposal"),
    path("matching/proposals/<int:pk>/confirm/", runs.Confirm.as_view(), name="match_confirm"),
    path("matching/proposals/<int:pk>/set-aside/", runs.SetAside.as_view(), name="match_set_aside"),
    path("demands/", demands.DemandList.as_view(), name="demands"),
    path("demands/new/", demands.NewDemand.as_view(), name="demand_new"),
    path("demands/technologies/new/", demands.NewTechnology.as_view(), name="technology_new"),
    path("demands/<int:pk>/", demands.DemandPage.as_view(), name="demand"),
    path("demands/<int:pk>/edit/", demands.EditDemand.as_view(), name="demand_edit"),
    path("demands/<int:pk>/close/", demands.CloseDemand.as_view(), name="demand_close"),
    path("demands/<int:pk>/propose/", demands.ProposeByHand.as_view(), name="demand_propose"),
    path("mandates/", mandates.MandateList.as_view(), name="mandates"),
    path("mandates/<int:pk>/", mandates.MandatePage.as_view(), name="mandate"),
    path("mandates/<int:pk>/outcome/", mandates.RecordOutcome.as_view(), name="mandate_outcome"),
    path("mandates/<int:pk>/object/", mandates.ObjectPage.as_view(), name="mandate_object"),
    path("mandates/<int:pk>/answer/", mandates.AnswerPage.as_view(), name="mandate_answer"),
    path("mandates/<int:pk>/steps/<slug:event>/", mandates.StepPage.as_view(), name="mandate_step"),
    path("offer/", offers.OwnOffer.as_view(), name="offer"),
    path("offer/edit/", offers.EditOffer.as_view(), name="offer_edit"),
    path("offer/interest/", offers.DeclareInterest.as_view(), name="offer_interest"),
    path("offer/periods/new/", offers.AddPeriod.as_view(), name="offer_period"),
    path("offer/periods/<int:pk>/remove/", offers.RemovePeriod.as_view(), name="offer_period_remove"),
]
