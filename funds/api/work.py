"""The work list in the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, viewsets
from rest_framework.request import Request
from rest_framework.response import Response

from funds.queries.work import has_work, kept, work_of
from funds.serializers.work import WorkQuery, WorkSerializer
from innovation.core.api.throttles import ReadThrottle


class HasWork(permissions.BasePermission):
    """The office, and whoever may sit on a panel."""

    def has_permission(self, request: Request, view: Any) -> bool:
        return has_work(request.user)


class WorkViewSet(viewsets.ViewSet):
    """What waits for whoever asks."""

    permission_classes = [permissions.IsAuthenticated, HasWork]
    throttle_classes = [ReadThrottle]

    @extend_schema(parameters=[WorkQuery], responses=WorkSerializer)
    def list(self, request: Request) -> Response:
        """Everything that waits for this person, or one kind, fund, what is theirs by name, what is overdue."""
        query = WorkQuery(data=request.query_params)
        query.is_valid(raise_exception=True)
        today = timezone.localdate()
        items = kept(work_of(request.user, today), today, **query.validated_data)
        late = sum(item.is_overdue(today) for item in items)
        return Response(WorkSerializer({"count": len(items), "overdue": late, "items": items}).data)


routes = [("fund-work", WorkViewSet, "fundwork")]
