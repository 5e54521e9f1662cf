"""Filters of the register of titles."""

from datetime import timedelta
from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.calls import kinds
from innovation.calls.choices import EntitlementState
from innovation.calls.models import Entitlement


class TitleFilters(django_filters.FilterSet):
    """By number or holder, kind, state, and how soon a title ends."""

    q = django_filters.CharFilter(method="by_words", label=_("Number or holder"))
    kind = django_filters.ChoiceFilter(choices=kinds.choices, label=_("Kind"), empty_label=_("All"))
    state = django_filters.ChoiceFilter(choices=EntitlementState.choices, label=_("State"), empty_label=_("All"))
    ends = django_filters.ChoiceFilter(
        choices=[("30", _("30 days")), ("90", _("90 days")), ("365", _("one year"))], method="by_end",
        label=_("Ends within"), empty_label=_("Any time"),
    )  # fmt: skip

    class Meta:
        model = Entitlement
        fields = ["q", "kind", "state", "ends"]

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Entitlement]:
        word = value.strip()
        return queryset.filter(
            Q(number__icontains=word) | Q(holder__icontains=word) | Q(organisation__uscc__icontains=word)
        )

    def by_end(self, queryset: Any, name: str, value: str) -> QuerySet[Entitlement]:
        last = timezone.localdate() + timedelta(days=int(value))
        return queryset.in_force().filter(valid_to__lte=last)
