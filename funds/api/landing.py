"""Landing agreements in the API: the same actions as pages and admin."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from funds.actions import landing as actions
from funds.models import ClawBack, DutyActual, LandedDuty, LandedProject
from funds.serializers import landing as forms
from funds.serializers.reinvestment import ReasonSerializer
from innovation.core.api import ReadOnlyViewSet


class LandedProjectViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """What companies promised to bring here for an investment."""

    queryset = LandedProject.objects.all()
    serializer_class = forms.LandedProjectSerializer
    filterset_fields = {"investment": ["exact"], "signed_on": ["gte", "lte"]}
    ordering_fields = ["id", "signed_on"]


class LandedDutyViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Dated duties of the agreements."""

    queryset = LandedDuty.objects.all()
    serializer_class = forms.LandedDutySerializer
    filterset_fields = {"project": ["exact"], "kind": ["exact"], "due_on": ["gte", "lte"]}
    ordering_fields = ["id", "due_on"]


class DutyActualViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """What was reached in all by a day; a correction is a new row."""

    queryset = DutyActual.objects.all()
    serializer_class = forms.DutyActualSerializer
    filterset_fields = {"duty": ["exact"], "duty__project": ["exact"], "valid_at": ["gte", "lte"]}
    ordering_fields = ["id", "valid_at"]


class ClawBackViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """What is claimed back for missed duties. The actions decide who may do what."""

    queryset = ClawBack.objects.all()
    serializer_class = forms.ClawBackSerializer
    permission_classes = [IsAuthenticated]
    filterset_fields = {"duty": ["exact"], "state": ["exact"]}
    ordering_fields = ["id", "amount_fen"]

    def _act(self, request: Request, name: str, form: type[serializers.Serializer]) -> Response:
        asked = form(data=request.data)
        asked.is_valid(raise_exception=True)
        act = getattr(actions, f"{name}_claw_back")
        row = act(claw_back_id=self.get_object().pk, actor=request.user, **asked.validated_data)
        return Response(self.get_serializer(row).data)

    @extend_schema(request=ReasonSerializer, responses=forms.ClawBackSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def demand(self, request: Request, **kwargs: Any) -> Response:
        """Demand what was proposed."""
        return self._act(request, "demand", ReasonSerializer)

    @extend_schema(request=ReasonSerializer, responses=forms.ClawBackSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def waive(self, request: Request, **kwargs: Any) -> Response:
        """Waive it with a reason."""
        return self._act(request, "waive", ReasonSerializer)

    @extend_schema(request=forms.PaidSerializer, responses=forms.ClawBackSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def pay(self, request: Request, **kwargs: Any) -> Response:
        """Record that it was paid back."""
        return self._act(request, "pay", forms.PaidSerializer)


routes = [
    ("landed-projects", LandedProjectViewSet, "landedproject"),
    ("landed-duties", LandedDutyViewSet, "landedduty"),
    ("duty-progress", DutyActualViewSet, "dutyactual"),
    ("claw-backs", ClawBackViewSet, "clawback"),
]
