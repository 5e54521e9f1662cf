"""Filters of the lists of the funds part."""

from typing import Any

import django_filters
from django import forms
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from funds.choices.ledger import EventKind, ProposalState
from funds.choices.records import FundClass, FundState, Stage
from funds.choices.tolerance import AlertKind, AlertState, SourceStatus, ToleranceStatus, WarningLevel
from funds.models import (
    Alert,
    EntryProposal,
    Fund,
    FundGroup,
    Investment,
    LedgerEvent,
    PolicyDocument,
    SpecialTierApproval,
    ToleranceResult,
)
from funds.models.alert import ALERT_LEVELS
from funds.queries.events import FIGURES


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


class StageField(forms.CharField):
    """The code of a stage, also one that only an import knows; ``choices`` are the words for those of the product."""

    choices = Stage.choices


class StageFilter(django_filters.CharFilter):
    """By one stage."""

    field_class = StageField


class LedgerFilters(django_filters.FilterSet):
    """By the figure that the events make, kind, holding and days."""

    figure = django_filters.ChoiceFilter(
        choices=[(code, figure.label) for code, figure in FIGURES.items()],
        method="by_figure",
        label=_("Events that make"),
        empty_label=_("All"),
    )
    kind = django_filters.ChoiceFilter(choices=EventKind.choices, label=_("Kind"), empty_label=_("All"))
    q = django_filters.CharFilter(method="by_words", label=_("Company or code"))
    since = django_filters.DateFilter(
        field_name="value_date", lookup_expr="gte", label=_("Value date from"), widget=forms.DateInput({"type": "date"})
    )
    until = django_filters.DateFilter(
        field_name="value_date", lookup_expr="lte", label=_("Value date to"), widget=forms.DateInput({"type": "date"})
    )
    stage = StageFilter(field_name="investment__stage", widget=forms.HiddenInput, label=_("Stage"))
    investment = django_filters.ModelChoiceFilter(
        queryset=Investment.objects.all(), widget=forms.HiddenInput, label=_("Holding")
    )

    class Meta:
        model = LedgerEvent
        fields = ["figure", "kind", "q", "since", "until", "stage", "investment"]

    def by_figure(self, queryset: Any, name: str, value: str) -> QuerySet[LedgerEvent]:
        return queryset.filter(effect__in=sorted(FIGURES[value].effects))

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[LedgerEvent]:
        word = value.strip()
        return queryset.filter(
            Q(investment__code__icontains=word)
            | Q(investment__company__name_zh__icontains=word)
            | Q(investment__company__name_en__icontains=word)
        )


class ProposalFilters(django_filters.FilterSet):
    """By fund, state and kind."""

    state = django_filters.ChoiceFilter(choices=ProposalState.choices, label=_("State"), empty_label=_("All"))
    kind = django_filters.ChoiceFilter(choices=EventKind.choices, label=_("Kind"), empty_label=_("All"))
    fund = django_filters.ModelChoiceFilter(queryset=Fund.objects.all(), label=_("Fund"), empty_label=_("All"))

    class Meta:
        model = EntryProposal
        fields = ["state", "kind", "fund"]


class PolicyFilters(django_filters.FilterSet):
    """By words, kind and how well the text is known."""

    q = django_filters.CharFilter(method="by_words", label=_("Place, title or code"))
    kind = django_filters.ChoiceFilter(choices=PolicyDocument.Kind.choices, label=_("Kind"), empty_label=_("All"))
    status = django_filters.ChoiceFilter(choices=SourceStatus.choices, label=_("Source"), empty_label=_("All"))

    class Meta:
        model = PolicyDocument
        fields = ["q", "kind", "status"]

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[PolicyDocument]:
        word = value.strip()
        return queryset.filter(
            Q(code__icontains=word)
            | Q(title_zh__icontains=word)
            | Q(jurisdiction_zh__icontains=word)
            | Q(jurisdiction_en__icontains=word)
        )


class AlertFilters(django_filters.FilterSet):
    """By fund or group, kind, level and state."""

    q = django_filters.CharFilter(method="by_words", label=_("Fund or group"))
    kind = django_filters.ChoiceFilter(choices=AlertKind.choices, label=_("Alert"), empty_label=_("All"))
    level = django_filters.ChoiceFilter(
        choices=[(level, level.label) for level in ALERT_LEVELS], label=_("Level"), empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(choices=AlertState.choices, label=_("State"), empty_label=_("All"))
    fund = django_filters.ModelChoiceFilter(queryset=Fund.objects.all(), widget=forms.HiddenInput, label=_("Fund"))

    class Meta:
        model = Alert
        fields = ["q", "kind", "level", "state", "fund"]

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Alert]:
        word = value.strip()
        return queryset.filter(
            Q(fund__code__icontains=word)
            | Q(fund__name_zh__icontains=word)
            | Q(fund__name_en__icontains=word)
            | Q(group__code__icontains=word)
            | Q(group__name_zh__icontains=word)
            | Q(group__name_en__icontains=word)
        )


class SpecialTierFilters(django_filters.FilterSet):
    """By state."""

    state = django_filters.ChoiceFilter(
        choices=SpecialTierApproval.State.choices, label=_("State"), empty_label=_("All")
    )

    class Meta:
        model = SpecialTierApproval
        fields = ["state"]


class ResultFilters(django_filters.FilterSet):
    """By fund or group, status and level."""

    q = django_filters.CharFilter(method="by_words", label=_("Fund or group"))
    status = django_filters.ChoiceFilter(choices=ToleranceStatus.choices, label=_("Status"), empty_label=_("All"))
    level = django_filters.ChoiceFilter(choices=WarningLevel.choices, label=_("Level"), empty_label=_("All"))
    fund = django_filters.ModelChoiceFilter(queryset=Fund.objects.all(), widget=forms.HiddenInput, label=_("Fund"))
    group = django_filters.ModelChoiceFilter(
        queryset=FundGroup.objects.all(), widget=forms.HiddenInput, label=_("Group")
    )

    class Meta:
        model = ToleranceResult
        fields = ["q", "status", "level", "fund", "group"]

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[ToleranceResult]:
        word = value.strip()
        return queryset.filter(
            Q(fund__code__icontains=word)
            | Q(fund__name_zh__icontains=word)
            | Q(fund__name_en__icontains=word)
            | Q(group__code__icontains=word)
            | Q(group__name_zh__icontains=word)
            | Q(group__name_en__icontains=word)
        )
