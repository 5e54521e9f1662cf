"""Filters and ordering that refuse what they do not know: a misspelt filter must not return everything."""

from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django_filters.rest_framework import DjangoFilterBackend
from rest_framework.exceptions import ValidationError
from rest_framework.filters import OrderingFilter
from rest_framework.request import Request

GENERAL = {"ordering", "cursor", "page_size", "format", "lang", "search"}


class Filters(DjangoFilterBackend):
    """django-filter, strict about names."""

    def filter_queryset(self, request: Request, queryset: QuerySet[Any], view: Any) -> QuerySet[Any]:
        filterset = self.get_filterset(request, queryset, view)
        known = set(filterset.filters) if filterset else set()
        for name in [*known]:
            widget = filterset.form.fields[name].widget
            known.update(f"{name}_{suffix}" for suffix in getattr(widget, "suffixes", ()) if suffix)
        unknown = sorted(set(request.query_params) - known - GENERAL - getattr(view, "extra_parameters", set()))
        if unknown:
            raise ValidationError({name: [_("There is no such filter.")] for name in unknown})
        return super().filter_queryset(request, queryset, view)

    def get_filterset(self, request: Request, queryset: QuerySet[Any], view: Any) -> Any:
        """A choice that does not exist is answered with those that do: a program has no list to look at."""
        filterset = super().get_filterset(request, queryset, view)
        for field in filterset.form.fields.values() if filterset else ():
            if isinstance(field, forms.ChoiceField) and not isinstance(field, forms.ModelChoiceField):
                known = ", ".join(str(value) for value, _label in field.choices if value != "")
                field.error_messages["invalid_choice"] = _("One of: %s.") % known
        return filterset


class Ordering(OrderingFilter):
    """Ordering, strict about names. A view lists its sortable columns in ``ordering_fields``."""

    def remove_invalid_fields(self, queryset: Any, fields: list[str], view: Any, request: Request) -> list[str]:
        valid = super().remove_invalid_fields(queryset, fields, view, request)
        unknown = [name for name in fields if name not in valid]
        if unknown:
            raise ValidationError({self.ordering_param: [_("Cannot sort by %s.") % ", ".join(unknown)]})
        return valid
