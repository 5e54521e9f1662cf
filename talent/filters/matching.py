"""Filters of the lists of matching, shared by pages."""

import django_filters
from django.utils.translation import gettext_lazy as _

from talent.choices.matching import DemandState, MandateState, MatchSector
from talent.choices.people import RoleKind
from talent.models import Demand, Mandate


class DemandFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=DemandState.choices)
    role_kind = django_filters.ChoiceFilter(label=_("Wanted"), choices=RoleKind.choices)
    sector = django_filters.ChoiceFilter(label=_("Sector"), choices=MatchSector.choices)

    class Meta:
        model = Demand
        fields = ["state", "role_kind", "sector"]


class MandateFilters(django_filters.FilterSet):
    state = django_filters.ChoiceFilter(label=_("State"), choices=MandateState.choices)
    role_kind = django_filters.ChoiceFilter(label=_("Wanted"), field_name="demand__role_kind", choices=RoleKind.choices)

    class Meta:
        model = Mandate
        fields = ["state"]
