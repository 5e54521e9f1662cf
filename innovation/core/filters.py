"""Filters that the lists of every part share."""

from functools import reduce
from operator import or_
from typing import Any

import django_filters
from django.db.models import Q, QuerySet


class WordsFilter(django_filters.CharFilter):
    """Rows in which one of ``paths`` (fields, also over relations) contains the words, whatever their case."""

    def __init__(self, *paths: str, **options: Any) -> None:
        super().__init__(**options)
        self.paths = paths

    def filter(self, qs: QuerySet[Any], value: str) -> QuerySet[Any]:
        words = (value or "").strip()
        if not words:
            return qs
        return qs.filter(reduce(or_, (Q(**{f"{path}__icontains": words}) for path in self.paths)))
