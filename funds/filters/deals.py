"""Filters of the lists of proposals and decisions."""

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from funds.choices.deals import DealState, DecisionOutcome, DecisionSubject
from funds.models import Deal, Decision, Fund


class DealFilters(django_filters.FilterSet):
    """By words, fund and state of the proposal."""

    q = django_filters.CharFilter(method="by_words", label=_("Company or code"))
    fund = django_filters.ModelChoiceFilter(
        queryset=Fund.objects.order_by("code"), label=_("Fund"), empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(choices=DealState.choices, label=_("State"), empty_label=_("All"))

    class Meta:
        model = Deal
        fields = ["q", "fund", "state"]

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Deal]:
        word = value.strip()
        return queryset.filter(
            Q(code__icontains=word) | Q(company__name_zh__icontains=word) | Q(company__name_en__icontains=word)
        )


class DecisionFilters(django_filters.FilterSet):
    """By words, fund, subject and outcome."""

    q = django_filters.CharFilter(method="by_words", label=_("Company or number"))
    fund = django_filters.ModelChoiceFilter(
        queryset=Fund.objects.order_by("code"), label=_("Fund"), empty_label=_("All")
    )
    subject = django_filters.ChoiceFilter(choices=DecisionSubject.choices, label=_("Subject"), empty_label=_("All"))
    outcome = django_filters.ChoiceFilter(choices=DecisionOutcome.choices, label=_("Outcome"), empty_label=_("All"))

    class Meta:
        model = Decision
        fields = ["q", "fund", "subject", "outcome"]

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Decision]:
        word = value.strip()
        return queryset.filter(
            Q(number__icontains=word)
            | Q(deal__company__name_zh__icontains=word)
            | Q(investment__company__name_zh__icontains=word)
            | Q(investment__company__name_en__icontains=word)
        )
