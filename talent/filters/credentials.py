"""Filters of the lists of credentials, entries and cohorts."""

import django_filters
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.core.filters import WordsFilter
from talent.choices.credentials import CohortState, CredentialState, RuleStatus, SchemeKind
from talent.models import Cohort, CpdEntry, Credential, Scheme, SchemeVersion


class CredentialFilters(django_filters.FilterSet):
    q = WordsFilter("person__name_zh", "person__name_en", "number", label=_("Holder or number"))
    scheme = django_filters.ModelChoiceFilter(
        field_name="version__scheme",
        queryset=Scheme.objects.order_by("code"),
        label=pgettext_lazy("credential", "Scheme"),
        empty_label=_("All"),
    )
    state = django_filters.ChoiceFilter(choices=CredentialState.choices, label=_("State"), empty_label=_("All"))
    expires_on = django_filters.DateFromToRangeFilter(label=_("Expires"))

    class Meta:
        model = Credential
        fields = ["q", "scheme", "state", "expires_on"]


class EntryFilters(django_filters.FilterSet):
    q = WordsFilter("title", "person__name_zh", "person__name_en", label=_("Holder or what was done"))
    scheme = django_filters.ModelChoiceFilter(
        field_name="cycle__version__scheme",
        queryset=Scheme.objects.order_by("code"),
        label=pgettext_lazy("credential", "Scheme"),
        empty_label=_("All"),
    )

    class Meta:
        model = CpdEntry
        fields = ["q", "scheme"]


class VersionFilters(django_filters.FilterSet):
    q = WordsFilter("scheme__name_zh", "scheme__name_en", "scheme__code", "authority", label=_("Scheme or authority"))
    kind = django_filters.ChoiceFilter(
        field_name="scheme__kind", choices=SchemeKind.choices, label=_("Kind"), empty_label=_("All")
    )
    status = django_filters.ChoiceFilter(choices=RuleStatus.choices, label=_("Status"), empty_label=_("All"))

    class Meta:
        model = SchemeVersion
        fields = ["q", "kind", "status"]


class CohortFilters(django_filters.FilterSet):
    q = WordsFilter("programme__name_zh", "programme__name_en", "number", label=_("Programme or cohort"))
    state = django_filters.ChoiceFilter(choices=CohortState.choices, label=_("State"), empty_label=_("All"))

    class Meta:
        model = Cohort
        fields = ["q", "state"]
