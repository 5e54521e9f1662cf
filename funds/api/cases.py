"""Exemption cases in the API."""

from typing import Any

from django.http import HttpResponse
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from funds.models import CaseFreeze, ExemptionCase, SealedFile
from funds.queries.cases import broken_steps
from funds.serializers import cases as serializers
from innovation.core.api import ReadOnlyViewSet


class ExemptionCaseViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Exemption cases with persons, documents and decisions. POST opens one by hand."""

    queryset = ExemptionCase.objects.select_related("fund").prefetch_related("persons", "decisions", "evidence")
    serializer_class = serializers.ExemptionCaseSerializer
    filterset_fields = {
        "fund": ["exact"], "investment": ["exact"], "state": ["exact"], "outcome": ["exact"], "ground": ["exact"],
        "due_on": ["gte", "lte"], "opened_at": ["gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["id", "due_on", "opened_at", "loss_fen"]

    @extend_schema(responses=serializers.ChainSerializer)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def chain(self, request: Request, **kwargs: Any) -> Response:
        """The steps with their hashes, recomputed; ``broken`` lists the numbers that do not verify."""
        case = self.get_object()
        steps = list(case.steps.order_by("seq"))
        facts = {"broken": broken_steps(case), "head": bytes(steps[-1].hash).hex(), "steps": steps}
        return Response(serializers.ChainSerializer(facts).data)

    @extend_schema(responses=serializers.FrozenSerializer)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def frozen(self, request: Request, **kwargs: Any) -> Response:
        """What was known, frozen: the canonical JSON text and its SHA-256."""
        row = CaseFreeze.objects.filter(case=self.get_object()).first()
        if row is None:
            raise NotFound
        return Response(serializers.FrozenSerializer(row).data)

    @extend_schema(responses={(200, "application/zip"): OpenApiTypes.BINARY})
    @action(detail=True, filter_backends=[], pagination_class=None)
    def sealed(self, request: Request, **kwargs: Any) -> HttpResponse:
        """The sealed file of an archived case."""
        case = self.get_object()
        row = SealedFile.objects.filter(case=case).first()
        if row is None:
            raise NotFound
        disposition = f'attachment; filename="{case.code}.zip"'
        return HttpResponse(
            bytes(row.content), content_type="application/zip", headers={"Content-Disposition": disposition}
        )
