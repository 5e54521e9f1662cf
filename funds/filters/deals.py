"""Filters of the lists of proposals and decisions."""

import django_filters
from django.utils.translation import gettext_lazy as _

from funds.choices.deals import DealState, DecisionOutcome, DecisionSubject
from funds.models import Deal, Decision, Fund
from innovation.core.filters import WordsFilter


class DealFilters(django_filters.FilterSet):
    """By words, fund and state of the proposal."""

    q = WordsFilter("code", "company__name_zh", "company__name_en", label=_("Company or code"))
    fund = django_filters.ModelChoiceFilter(
        queryset=Fund.objects.order_by("code"), label=_("Fund"), empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(choices=DealState.choices, label=_("State"), empty_label=_("All"))

    class Meta:
        model = Deal
        fields = ["q", "fund", "state"]


class DecisionFilters(django_filters.FilterSet):
    """By words, fund, subject and outcome."""

    q = WordsFilter(
        "number",
        "deal__company__name_zh",
        "investment__company__name_zh",
        "investment__company__name_en",
        label=_("Company or number"),
    )
    fund = django_filters.ModelChoiceFilter(
        queryset=Fund.objects.order_by("code"), label=_("Fund"), empty_label=_("All")
    )
    subject = django_filters.ChoiceFilter(choices=DecisionSubject.choices, label=_("Subject"), empty_label=_("All"))
    outcome = django_filters.ChoiceFilter(choices=DecisionOutcome.choices, label=_("Outcome"), empty_label=_("All"))

    class Meta:
        model = Decision
        fields = ["q", "fund", "subject", "outcome"]
