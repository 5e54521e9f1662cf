"""Filters of the list of exemption cases."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from funds.choices.cases import CaseGround, CaseOutcome, CaseState
from funds.models import ExemptionCase
from funds.queries.cases import overdue
from innovation.core.filters import WordsFilter


class CaseFilters(django_filters.FilterSet):
    """By words in fund and company, state, ground, outcome, and whether the step is overdue."""

    q = WordsFilter(
        "fund__code",
        "fund__name_zh",
        "fund__name_en",
        "investment__company__name_zh",
        "investment__code",
        label=_("Fund or company"),
    )
    state = django_filters.ChoiceFilter(choices=CaseState.choices, label=_("State"), empty_label=_("All"))
    ground = django_filters.ChoiceFilter(choices=CaseGround.choices, label=_("Ground"), empty_label=_("All"))
    outcome = django_filters.ChoiceFilter(choices=CaseOutcome.choices, label=_("Outcome"), empty_label=_("All"))
    due = django_filters.ChoiceFilter(
        choices=[("open", pgettext_lazy("case", "Open")), ("overdue", _("Overdue"))], method="by_due",
        label=_("Deadline"), empty_label=_("All"),
    )  # fmt: skip

    class Meta:
        model = ExemptionCase
        fields = ["q", "state", "ground", "outcome", "due"]

    def by_due(self, queryset: Any, name: str, value: str) -> QuerySet[ExemptionCase]:
        return overdue(queryset, timezone.localdate()) if value == "overdue" else queryset.open()
