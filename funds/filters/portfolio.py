"""Filters of the lists of the funds part."""

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
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
from innovation.core.filters import WordsFilter

FUND_OR_GROUP = (
    "fund__code", "fund__name_zh", "fund__name_en", "group__code", "group__name_zh", "group__name_en",
)  # fmt: skip


class FundFilters(django_filters.FilterSet):
    """By words in code and names, class and state."""

    q = WordsFilter("code", "name_zh", "name_en", label=_("Name or code"))
    fund_class = django_filters.ChoiceFilter(choices=FundClass.choices, label=_("Class"), empty_label=_("All"))
    state = django_filters.ChoiceFilter(choices=FundState.choices, label=_("State"), empty_label=_("All"))

    class Meta:
        model = Fund
        fields = ["q", "fund_class", "state"]


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
    q = WordsFilter(
        "investment__code", "investment__company__name_zh", "investment__company__name_en", label=_("Company or code")
    )
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

    q = WordsFilter("code", "title_zh", "jurisdiction_zh", "jurisdiction_en", label=_("Place, title or code"))
    kind = django_filters.ChoiceFilter(choices=PolicyDocument.Kind.choices, label=_("Kind"), empty_label=_("All"))
    status = django_filters.ChoiceFilter(choices=SourceStatus.choices, label=_("Source"), empty_label=_("All"))

    class Meta:
        model = PolicyDocument
        fields = ["q", "kind", "status"]


class AlertFilters(django_filters.FilterSet):
    """By fund or group, kind, level and state."""

    q = WordsFilter(*FUND_OR_GROUP, label=_("Fund or group"))
    kind = django_filters.ChoiceFilter(choices=AlertKind.choices, label=_("Alert"), empty_label=_("All"))
    level = django_filters.ChoiceFilter(
        choices=[(level, level.label) for level in ALERT_LEVELS], label=_("Level"), empty_label=_("All")
    )
    state = django_filters.ChoiceFilter(choices=AlertState.choices, label=_("State"), empty_label=_("All"))
    fund = django_filters.ModelChoiceFilter(queryset=Fund.objects.all(), widget=forms.HiddenInput, label=_("Fund"))

    class Meta:
        model = Alert
        fields = ["q", "kind", "level", "state", "fund"]


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

    q = WordsFilter(*FUND_OR_GROUP, label=_("Fund or group"))
    status = django_filters.ChoiceFilter(choices=ToleranceStatus.choices, label=_("Status"), empty_label=_("All"))
    level = django_filters.ChoiceFilter(choices=WarningLevel.choices, label=_("Level"), empty_label=_("All"))
    fund = django_filters.ModelChoiceFilter(queryset=Fund.objects.all(), widget=forms.HiddenInput, label=_("Fund"))
    group = django_filters.ModelChoiceFilter(
        queryset=FundGroup.objects.all(), widget=forms.HiddenInput, label=_("Group")
    )

    class Meta:
        model = ToleranceResult
        fields = ["q", "status", "level", "fund", "group"]
