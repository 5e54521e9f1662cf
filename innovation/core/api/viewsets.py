"""Bases of the API's views."""

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from innovation.core import history
from innovation.core.api.filters import Filters, Ordering
from innovation.core.api.idempotency import once
from innovation.core.api.pagination import CursorPagination
from innovation.core.api.throttles import ReadThrottle, WriteThrottle


class IsStaff(permissions.IsAuthenticated):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and request.user.is_staff


class ChangeSerializer(serializers.Serializer):
    field = serializers.CharField()
    label = serializers.CharField()
    before = serializers.JSONField(allow_null=True)
    after = serializers.JSONField(allow_null=True)


class EntrySerializer(serializers.Serializer):
    """One event of a record's history."""

    at = serializers.DateTimeField()
    actor = serializers.CharField()
    action = serializers.CharField()
    request_id = serializers.CharField()
    changes = ChangeSerializer(many=True)


class _Base(viewsets.GenericViewSet):
    """Shows what ``queryset.visible_to(user)`` shows; writing needs Django's add, change or delete permission."""

    permission_classes = [permissions.IsAuthenticated, permissions.DjangoModelPermissions]
    filter_backends = [Filters, Ordering]
    pagination_class = CursorPagination
    throttle_classes = [ReadThrottle, WriteThrottle]

    def get_queryset(self) -> QuerySet[Any]:
        rows = super().get_queryset()
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        if not hasattr(rows, "visible_to"):
            raise ImproperlyConfigured(f"{rows.model.__name__}'s QuerySet needs visible_to(user)")
        return rows.visible_to(self.request.user)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        super().initial(request, *args, **kwargs)
        work = getattr(self, "post", None)
        if request.method == "POST" and work is not None:
            self.post = lambda request, *args, **kwargs: once(request, work, *args, **kwargs)

    @extend_schema(responses=EntrySerializer(many=True), filters=False)
    @action(detail=True, permission_classes=[IsStaff], pagination_class=None, filter_backends=[], url_path="history")
    def history(self, request: Request, **kwargs: Any) -> Response:
        """Who changed what and when, newest first. Staff only."""
        entries = history.history_of(self.get_object())
        return Response(EntrySerializer(entries, many=True).data)


class ReadOnlyViewSet(mixins.ListModelMixin, mixins.RetrieveModelMixin, _Base):
    """List and detail."""


class ViewSet(mixins.CreateModelMixin, mixins.UpdateModelMixin, ReadOnlyViewSet):
    """List, detail, create and change. Deleting is never the default: records are ended, not removed."""
