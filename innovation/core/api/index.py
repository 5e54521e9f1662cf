"""The root of the API: what it is, and the addresses that whoever asks may use."""

import inspect
from collections.abc import Iterator
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, serializers
from rest_framework.request import Request, override_method
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView
from rest_framework.viewsets import ViewSetMixin

from innovation.core.api.throttles import ReadThrottle


class AddressSerializer(serializers.Serializer):
    """One list of the API. ``methods`` are those that this person may send to it."""

    name = serializers.CharField()
    url = serializers.URLField()
    about = serializers.CharField()
    methods = serializers.ListField(child=serializers.CharField())


class IndexSerializer(serializers.Serializer):
    documentation = serializers.URLField()
    schema = serializers.URLField()
    addresses = AddressSerializer(many=True)


class IndexView(APIView):
    """The lists that you may use, each with its address, and where the schema and its viewer are.

    Open to everybody: without a login it names what is public.
    """

    permission_classes = [permissions.AllowAny]
    throttle_classes = [ReadThrottle]
    routes: tuple[tuple[str, type[ViewSetMixin], str], ...] = ()

    @extend_schema(responses=IndexSerializer)
    def get(self, request: Request, **kwargs: Any) -> Response:
        """What the API offers to you."""
        rows = {
            "documentation": reverse("api:docs", request=request),
            "schema": reverse("api:schema", request=request),
            "addresses": list(self._addresses(request)),
        }
        return Response(IndexSerializer(rows).data)

    def _addresses(self, request: Request) -> Iterator[dict[str, Any]]:
        for prefix, kind, basename in sorted(self.routes, key=lambda route: route[0]):
            methods = [method for method in ("GET", "POST") if _may(kind, method, request)]
            if methods:
                yield {
                    "name": prefix,
                    "url": reverse(f"api:{basename}-list", request=request),
                    "about": (inspect.getdoc(kind) or "").partition("\n\n")[0].replace("\n", " "),
                    "methods": methods,
                }


def _may(kind: type[ViewSetMixin], method: str, request: Request) -> bool:
    """Whether the list of a view set answers this person: by its permissions, and by what its rows show to them."""
    action = {"GET": "list", "POST": "create"}[method]
    if not hasattr(kind, action):
        return False
    view = kind(request=request, kwargs={}, action=action, format_kwarg=None)
    with override_method(view, request, method) as asked:
        if not all(permission.has_permission(asked, view) for permission in view.get_permissions()):
            return False
    if method == "POST" or getattr(view, "queryset", None) is None:
        return True
    rows = view.get_queryset()
    return not (isinstance(rows, QuerySet) and rows.query.is_empty())
