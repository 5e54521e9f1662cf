"""Filters that the directory and the API share."""

from typing import Any

import django_filters
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.organisations import queries
from innovation.organisations.choices import OrganisationStatus, Sector
from innovation.organisations.models import Organisation, RoleKind


class OrganisationFilters(django_filters.FilterSet):
    """By words, sector, role held today, place and industry."""

    q = django_filters.CharFilter(method="by_words", label=_("Search"))
    sector = django_filters.ChoiceFilter(choices=Sector.choices, label=_("Sector"), empty_label=_("All"))
    role = django_filters.ModelChoiceFilter(
        queryset=RoleKind.objects.all(), to_field_name="code", method="by_role", label=_("Role"), empty_label=_("All")
    )
    division = django_filters.CharFilter(method="by_division", label=_("Place"))
    industry = django_filters.CharFilter(method="by_industry", label=pgettext_lazy("classification", "Industry"))
    status = django_filters.ChoiceFilter(choices=OrganisationStatus.choices, label=_("Status"), empty_label=_("All"))

    class Meta:
        model = Organisation
        fields = ["q", "sector", "role", "division", "industry", "status"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        hints = {
            "q": _("Name, pinyin or code"),
            "division": _("Name or code, e.g. 西湖区 or 3301"),
            "industry": _("Name or code, e.g. 医药 or C39"),
        }
        for name, hint in hints.items():
            self.form.fields[name].widget.attrs["placeholder"] = hint

    def by_words(self, queryset: Any, name: str, value: str) -> QuerySet[Organisation]:
        return queryset.search(value)

    def by_role(self, queryset: Any, name: str, value: RoleKind) -> QuerySet[Organisation]:
        return queryset.filter(queries.holding(value.code))

    def by_division(self, queryset: Any, name: str, value: str) -> QuerySet[Organisation]:
        return queryset.filter(queries.in_division(value))

    def by_industry(self, queryset: Any, name: str, value: str) -> QuerySet[Organisation]:
        return queryset.filter(queries.in_industry(value))
