"""Addresses of matching rounds, and of the proof that technology managers hold credentials."""

from django.urls import URLPattern, path

from talent.views import managers
from talent.views.rounds import acts, office, own

urlpatterns: list[URLPattern] = [
    path("rounds/", office.RoundList.as_view(), name="rounds"),
    path("rounds/new/", acts.NewRound.as_view(), name="round_new"),
    path("rounds/mine/", own.OwnRounds.as_view(), name="own_rounds"),
    path("rounds/hosts/<int:pk>/rank/", own.RankPeople.as_view(), name="rank_people"),
    path("rounds/places/<int:pk>/remove/", acts.RemovePlaces.as_view(), name="round_places_remove"),
    path("rounds/results/<int:pk>/", acts.PlaceOtherwise.as_view(), name="round_override"),
    path("rounds/<int:pk>/", office.RoundPage.as_view(), name="round"),
    path("rounds/<int:pk>/rank/", own.RankPlaces.as_view(), name="rank_places"),
    path("rounds/<int:pk>/edit/", acts.EditRound.as_view(), name="round_edit"),
    path("rounds/<int:pk>/places/", acts.RecordPlaces.as_view(), name="round_places"),
    path("rounds/<int:pk>/run/", acts.RunRound.as_view(), name="round_run"),
    path("rounds/<int:pk>/publish/", acts.PublishRound.as_view(), name="round_publish"),
    path("rounds/<int:pk>/chase/", acts.ChaseRound.as_view(), name="round_chase"),
    path("rounds/<int:pk>/steps/<slug:event>/", acts.StepRound.as_view(), name="round_step"),
    path("managers-without-credential/", managers.UncoveredManagers.as_view(), name="uncovered_managers"),
]
