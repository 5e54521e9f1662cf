"""Filters of the list of assessments: by number, round and state. There is none by person."""

import django_filters
from django.utils.translation import gettext_lazy as _

from innovation.core.filters import WordsFilter
from talent.choices.assessment import AssessmentState
from talent.models import Assessment, AssessmentRound


class AssessmentFilters(django_filters.FilterSet):
    """By pseudonym, round and state."""

    q = WordsFilter("number", label=_("Pseudonym"))
    round = django_filters.ModelChoiceFilter(
        queryset=AssessmentRound.objects.all(), label=_("Round of assessment"), empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(choices=AssessmentState.choices, label=_("State"), empty_label=_("All"))

    class Meta:
        model = Assessment
        fields = ["q", "round", "state"]
