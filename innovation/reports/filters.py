"""How lists of runs are narrowed, on pages and in the API."""

from typing import Any

import django_filters
from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from innovation.core.jobs import JobState
from innovation.reports import registry
from innovation.reports.models import ReportRun


def _kind_choices() -> list[tuple[str, Any]]:
    return [(kind.code, kind.title) for kind in registry.all_kinds()]


class RunFilter(django_filters.FilterSet):
    kind = django_filters.ChoiceFilter(label=_("Report"), choices=_kind_choices)
    state = django_filters.ChoiceFilter(label=_("State"), choices=JobState)
    language = django_filters.ChoiceFilter(label=_("Language"), choices=settings.LANGUAGES)
    period = django_filters.CharFilter(label=_("Period"), lookup_expr="istartswith")
    as_of = django_filters.DateFromToRangeFilter(
        label=_("As of"), widget=django_filters.widgets.DateRangeWidget(attrs={"type": "date"})
    )
    scheduled = django_filters.BooleanFilter(
        label=_("Made by a schedule"), field_name="schedule", lookup_expr="isnull", exclude=True,
        widget=forms.Select(choices=[("", _("All")), ("true", _("yes")), ("false", _("no"))]),
    )  # fmt: skip

    class Meta:
        model = ReportRun
        fields = ["kind", "state", "language", "period", "as_of", "scheduled"]
