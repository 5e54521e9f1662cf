"""The support ratio in the API: definitions, month ends, kept figures, the board, staff plans."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from innovation.core.api import ReadOnlyViewSet
from innovation.core.api.throttles import ReadThrottle
from talent.models import (
    LaboratoryProgramme,
    RatioDefinition,
    RatioMonthEnd,
    RatioSnapshot,
    StaffPlan,
    StaffReturn,
)
from talent.models.visibility import sees_talent_figures
from talent.queries.ratio import board_of, latest_month
from talent.reports.support_ratio import answer_of, chosen_definition
from talent.serializers.ratio import (
    LaboratoryProgrammeSerializer,
    PlanCoursesSerializer,
    RatioBoardSerializer,
    RatioDefinitionSerializer,
    RatioMonthEndSerializer,
    RatioQuestion,
    RatioSnapshotSerializer,
    StaffPlanSerializer,
    StaffReturnSerializer,
)


class SeesFigures(permissions.IsAuthenticated):
    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and sees_talent_figures(request.user)


class RatioDefinitionViewSet(ReadOnlyViewSet):
    """Who counts as supporting staff and as professional, version by version."""

    queryset = RatioDefinition.objects.all()
    serializer_class = RatioDefinitionSerializer
    filterset_fields = ["code", "chosen"]
    ordering_fields = ["id", "code", "version"]


class RatioMonthEndViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Month ends whose figures are kept. POST keeps a past one, once and for good."""

    queryset = RatioMonthEnd.objects.all()
    serializer_class = RatioMonthEndSerializer
    filterset_fields = ["as_of"]
    ordering_fields = ["id", "as_of"]


class RatioSnapshotViewSet(ReadOnlyViewSet):
    """Kept figures of laboratories, by every definition. Never compare those of two definitions."""

    queryset = RatioSnapshot.objects.all()
    serializer_class = RatioSnapshotSerializer
    filterset_fields = ["month", "definition", "organisation", "laboratory"]
    ordering_fields = ["id"]


class StaffReturnViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Statements that lists of posts are complete. POST makes one."""

    queryset = StaffReturn.objects.all()
    serializer_class = StaffReturnSerializer
    # Leads and editors of the organisation speak for it without a permission of the office; the action decides.
    permission_classes = [permissions.IsAuthenticated]
    filterset_fields = ["laboratory", "as_of"]
    ordering_fields = ["id", "as_of"]


class LaboratoryProgrammeViewSet(ReadOnlyViewSet):
    """Programmes that reach over laboratories of several organisations."""

    queryset = LaboratoryProgramme.objects.all()
    serializer_class = LaboratoryProgrammeSerializer
    filterset_fields = ["code"]
    ordering_fields = ["id", "code"]


class SupportRatioViewSet(viewsets.ViewSet):
    """The board of a scope; nothing is written."""

    permission_classes = [SeesFigures]
    throttle_classes = [ReadThrottle]

    @extend_schema(parameters=[RatioQuestion], responses=RatioBoardSerializer)
    def list(self, request: Request) -> Response:
        """Both gaps of a scope at a month end, and each laboratory."""
        asked = RatioQuestion(data=request.query_params)
        asked.is_valid(raise_exception=True)
        month = asked.validated_data.get("month") or latest_month()
        if month is None:
            raise NotFound
        definition = chosen_definition(month, asked.validated_data.get("definition") or "")
        return Response(RatioBoardSerializer(board_of(month, definition, asked.scope)).data)


class StaffPlanViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Saved staff plans. POST saves one; ``projection`` reckons its three courses anew."""

    queryset = StaffPlan.objects.all()
    serializer_class = StaffPlanSerializer
    filterset_fields = ["month", "definition", "organisation", "programme", "created_by"]
    ordering_fields = ["id", "created_at"]

    @extend_schema(responses=PlanCoursesSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def projection(self, request: Request, **kwargs: Any) -> Response:
        """Quarter by quarter, low, base and high."""
        courses = answer_of(self.get_object()).courses
        return Response(PlanCoursesSerializer({str(course): path for course, path in courses.items()}).data)


routes = [
    ("ratio-definitions", RatioDefinitionViewSet, "ratiodefinition"),
    ("ratio-month-ends", RatioMonthEndViewSet, "ratiomonthend"),
    ("ratio-snapshots", RatioSnapshotViewSet, "ratiosnapshot"),
    ("staff-returns", StaffReturnViewSet, "staffreturn"),
    ("laboratory-programmes", LaboratoryProgrammeViewSet, "laboratoryprogramme"),
    ("support-ratio", SupportRatioViewSet, "supportratio"),
    ("staff-plans", StaffPlanViewSet, "staffplan"),
]
