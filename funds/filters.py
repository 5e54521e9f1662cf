"""Filters of the lists of the funds part."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from funds.choices import FundClass, FundState
from funds.models import Fund


class FundFilters(django_filters.FilterSet):
    """By words in code and names, class and state."""

    q = django_filters.CharFilter(method="by_words", label=_("Name or code"))
    fund_class = django_filters.ChoiceFilter(choices=FundClass.choices, label=_("Class"), empty_label=_("All"))
    state = django_filters.ChoiceFilter(choices=FundState.choices, label=_("State"), empty_label=_("All"))

    class Meta:
        model = Fund
        fields = ["q", "fund_class", "state"]

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Fund]:
        word = value.strip()
        return queryset.filter(Q(code__icontains=word) | Q(name_zh__icontains=word) | Q(name_en__icontains=word))
