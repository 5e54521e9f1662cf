"""Filters of lists about privacy."""

import django_filters
from django.utils.translation import gettext_lazy as _

from talent.choices.privacy import ReadDoor, ReadPurpose, RightsKind, RightsState
from talent.models import AccessLog, RightsRequest


class ReadFilters(django_filters.FilterSet):
    purpose = django_filters.ChoiceFilter(label=_("Purpose"), choices=ReadPurpose.choices)
    door = django_filters.ChoiceFilter(label=_("Where"), choices=ReadDoor.choices)

    class Meta:
        model = AccessLog
        fields = ["purpose", "door"]


class RightsFilters(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label=_("Kind"), choices=RightsKind.choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=RightsState.choices)

    class Meta:
        model = RightsRequest
        fields = ["kind", "state"]
