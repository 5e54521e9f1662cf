"""Pages by position, not by number: rows added meanwhile neither repeat nor hide others, whatever the size."""

import json
from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections import OrderedDict
from typing import Any

from django.core.exceptions import ValidationError as ModelError
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_lazy as _
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import remove_query_param, replace_query_param


class CursorPagination(BasePagination):
    """Keyset pages over any ordering, ties and empty values included; the key is always the last tie-breaker.

    Answers ``{"next": url, "previous": url, "results": […]}``. ``page_size`` is 1 to 500, 50 by default.
    """

    cursor_param = "cursor"
    size_param = "page_size"
    default_size = 50
    max_size = 500

    def paginate_queryset(self, queryset: QuerySet[Any], request: Request, view: Any = None) -> list[Any]:
        self.request = request
        self.size = self._size(request)
        self.ordering = _with_key(queryset)
        self.keys = {f"_cursor_{place}": F(name.lstrip("-")) for place, name in enumerate(self.ordering)}
        position, backwards = self._position(request, queryset)
        rows = queryset.annotate(**self.keys)
        rows = rows.order_by(*(_expression(name, backwards) for name in self.ordering))
        if position is not None:
            rows = rows.filter(_after(self.ordering, position, backwards))
        found = list(rows[: self.size + 1])
        more, found = len(found) > self.size, found[: self.size]
        if backwards:
            found.reverse()
        self.has_next = backwards or more
        self.has_previous = more if backwards else position is not None
        self.page = found
        return found

    def get_paginated_response(self, data: Any) -> Response:
        return Response(
            OrderedDict(
                next=self._link(self.page[-1], "n") if self.has_next and self.page else None,
                previous=self._link(self.page[0], "p") if self.has_previous and self.page else None,
                results=data,
            )
        )

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        link = {"type": "string", "nullable": True, "format": "uri"}
        properties = {"next": link, "previous": link, "results": schema}
        return {"type": "object", "required": ["next", "previous", "results"], "properties": properties}

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        size = {"type": "integer", "minimum": 1, "maximum": self.max_size, "default": self.default_size}
        return [
            {"name": self.cursor_param, "required": False, "in": "query", "schema": {"type": "string"},
             "description": "Where the page begins; taken from next or previous."},
            {"name": self.size_param, "required": False, "in": "query", "schema": size,
             "description": "Rows a page."},
        ]  # fmt: skip

    def _size(self, request: Request) -> int:
        text = request.query_params.get(self.size_param, "")
        if text and not (text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= self.max_size):
            raise ValidationError({self.size_param: [_("A whole number from 1 to %s.") % self.max_size]})
        return int(text) if text else self.default_size

    def _position(self, request: Request, queryset: QuerySet[Any]) -> tuple[list[Any] | None, bool]:
        text = request.query_params.get(self.cursor_param, "")
        if not text:
            return None, False
        invalid = ValidationError({self.cursor_param: [_("This is not a cursor of this list.")]})
        try:
            way, *values = json.loads(urlsafe_b64decode(text.encode()))
            if way not in {"n", "p"} or len(values) != len(self.ordering):
                raise invalid
            query = queryset.annotate(**self.keys).query
            fields = [query.resolve_ref(name).output_field for name in self.keys]
            return [field.to_python(value) for field, value in zip(fields, values, strict=True)], way == "p"
        except (ValueError, TypeError, ModelError, OverflowError):
            raise invalid from None

    def _link(self, row: Any, way: str) -> str:
        values = [way, *(getattr(row, name) for name in self.keys)]
        cursor = urlsafe_b64encode(json.dumps(values, cls=DjangoJSONEncoder).encode()).decode()
        url = remove_query_param(self.request.build_absolute_uri(), self.cursor_param)
        return replace_query_param(url, self.cursor_param, cursor)


def _with_key(queryset: QuerySet[Any]) -> list[str]:
    names = [str(name) for name in queryset.query.order_by or queryset.model._meta.ordering or ["-pk"]]
    return names if names[-1].lstrip("-") in {"pk", "id"} else [*names, "pk"]


def _expression(name: str, backwards: bool) -> Any:
    """Ascending order puts empty values last, descending first, so that backwards is the exact mirror."""
    descending = name.startswith("-") != backwards
    field = F(name.lstrip("-"))
    return field.desc(nulls_first=True) if descending else field.asc(nulls_last=True)


def _after(ordering: list[str], position: list[Any], backwards: bool) -> Q:
    """Rows strictly behind ``position`` in the order (or before it, ``backwards``)."""
    behind, equal = Q(pk__in=[]), Q()
    for place, (name, value) in enumerate(zip(ordering, position, strict=True)):
        key, descending = f"_cursor_{place}", name.startswith("-") != backwards
        if value is None:
            step = Q(**{f"{key}__isnull": False}) if descending else Q(pk__in=[])
            same = Q(**{f"{key}__isnull": True})
        elif descending:
            step, same = Q(**{f"{key}__lt": value}), Q(**{key: value})
        else:
            step, same = Q(**{f"{key}__gt": value}) | Q(**{f"{key}__isnull": True}), Q(**{key: value})
        behind |= equal & step
        equal &= same
    return behind
