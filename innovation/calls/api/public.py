"""Calls for everybody, without log-in: what is open, coming and closed, and what each asks for."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from rest_framework.permissions import AllowAny

from innovation.calls.filters.public import CallFilters
from innovation.calls.models import Call
from innovation.calls.queries import public
from innovation.calls.serializers import public as shapes
from innovation.core.api import ReadOnlyViewSet

DETAIL = ("form", "rubric", "deadlines", "score_sheet")


class CallViewSet(ReadOnlyViewSet):
    """Calls for applications: open, coming and closed. Public; the detail holds form, eligibility and scoring."""

    queryset = Call.objects.all()
    serializer_class = shapes.PublicCallSerializer
    permission_classes = [AllowAny]
    filterset_class = CallFilters
    lookup_field = "code"
    ordering_fields = ["opens_at", "closes_at", "published_at", "code"]
    ordering = ["-opens_at", "id"]

    def get_queryset(self) -> QuerySet[Any]:
        rows = public.published(timezone.now())
        if getattr(self, "swagger_fake_view", False):
            return rows.none()
        return rows if self.action == "list" else rows.select_related(*DETAIL).prefetch_related("documents")

    def get_serializer_class(self) -> type[Any]:
        return self.serializer_class if self.action == "list" else shapes.PublicCallDetailSerializer


routes = [("calls", CallViewSet, "publiccall")]
