"""Filters of the list of companies."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from funds.models import Fund
from innovation.organisations.models import Organisation


class CompanyFilters(django_filters.FilterSet):
    """By words and fund."""

    q = django_filters.CharFilter(method="by_words", label=_("Company or code"))
    fund = django_filters.ModelChoiceFilter(
        queryset=Fund.objects.order_by("code"), label=_("Fund"), empty_label=_("All"), field_name="investments__fund"
    )

    class Meta:
        model = Organisation
        fields = ["q", "fund"]

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Organisation]:
        word = value.strip()
        return queryset.filter(Q(name_zh__icontains=word) | Q(name_en__icontains=word) | Q(uscc__icontains=word))
