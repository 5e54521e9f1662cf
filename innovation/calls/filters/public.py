"""Filters of public calls, the same words as on the page."""

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import CallPhase
from innovation.calls.models import Call
from innovation.calls.queries import public
from innovation.organisations.choices import Sector


class CallFilters(django_filters.FilterSet):
    """By words, phase, process, goal, programme, sector and window."""

    q = django_filters.CharFilter(method="by_words", label=_("Words in title, summary or goal"))
    phase = django_filters.ChoiceFilter(field_name="phase_now", choices=CallPhase.choices, label=_("Phase"))
    process = django_filters.CharFilter(field_name="process__family", label=_("Process"))
    goal = django_filters.CharFilter(field_name="goal__code", label=_("Goal"))
    programme = django_filters.CharFilter(field_name="programme__code", label=_("Programme"))
    sector = django_filters.ChoiceFilter(choices=Sector.choices, method="by_sector", label=_("Sector"))

    class Meta:
        model = Call
        fields = {
            "kind": ["exact"],
            "for_organisations": ["exact"],
            "opens_at": ["gte", "lte"],
            "closes_at": ["gte", "lte"],
        }

    def by_words(self, rows: QuerySet[Call], name: str, value: str) -> QuerySet[Call]:
        return public.searched(rows, value[:100])

    def by_sector(self, rows: QuerySet[Call], name: str, value: str) -> QuerySet[Call]:
        return public.for_sector(rows, value)
