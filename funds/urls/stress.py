"""Addresses of stress."""

from django.urls import URLPattern, path

from funds.views.stress import pages, runs, scenarios, whatif

urlpatterns: list[URLPattern] = [
    path("stress/", pages.stress, name="stress"),
    path("stress/what-if/", whatif.WhatIfPage.as_view(), name="whatif"),
    path("stress/what-if/save/", whatif.SaveScenario.as_view(), name="scenario_save"),
    path("stress/sensitivity/", pages.SensitivityPage.as_view(), name="sensitivity"),
    path("stress/simulate/", runs.AskRun.as_view(), name="stress_ask"),
    path("stress/runs/<int:pk>/", runs.RunPage.as_view(), name="stress_run"),
    path("stress/runs/<int:pk>/progress/", runs.RunProgress.as_view(), name="stress_progress"),
    path("stress/scenarios/", scenarios.ScenarioList.as_view(), name="scenarios"),
    path("stress/scenarios/<int:pk>/", scenarios.ScenarioPage.as_view(), name="scenario"),
    path("stress/scenarios/<int:pk>/archive/", scenarios.ArchiveScenario.as_view(), name="scenario_archive"),
]
