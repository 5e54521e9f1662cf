"""Filters of the list of earlier awards."""

import django_filters
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import AwardState
from innovation.calls.models import EarlierAward
from innovation.core.filters import WordsFilter


class AwardFilters(django_filters.FilterSet):
    """By words in number, project, leader, funder and organisation, and by state."""

    q = WordsFilter(
        "number",
        "title",
        "leader",
        "funder",
        "organisation__name_zh",
        "organisation__name_en",
        "organisation__uscc",
        label=_("Number, project, leader or organisation"),
    )
    state = django_filters.ChoiceFilter(choices=AwardState.choices, label=_("State"), empty_label=_("All"))

    class Meta:
        model = EarlierAward
        fields = ["q", "state"]
