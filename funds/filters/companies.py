"""Filters of the list of companies."""

import django_filters
from django.utils.translation import gettext_lazy as _

from funds.models import Fund
from innovation.core.filters import WordsFilter
from innovation.organisations.models import Organisation


class CompanyFilters(django_filters.FilterSet):
    """By words and fund."""

    q = WordsFilter("name_zh", "name_en", "uscc", label=_("Company or code"))
    fund = django_filters.ModelChoiceFilter(
        queryset=Fund.objects.order_by("code"), label=_("Fund"), empty_label=_("All"), field_name="investments__fund"
    )

    class Meta:
        model = Organisation
        fields = ["q", "fund"]
