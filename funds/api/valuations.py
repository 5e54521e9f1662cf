"""Valuation work in the API: the same actions as pages and admin."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from funds.actions import valuation_papers, valuation_rounds
from funds.models import Threshold, ValuationPaper, ValuationRound
from funds.queries.valuation_work import lines_of
from funds.serializers import valuations as serializers
from innovation.core.api import ReadOnlyViewSet, ViewSet


class ValuationPaperViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Fair values while they are worked on; approved ones stand in ``valuations``."""

    queryset = ValuationPaper.objects.select_related("investment")
    serializer_class = serializers.ValuationPaperSerializer
    filterset_fields = {
        "investment": ["exact"], "investment__fund": ["exact"], "state": ["exact"], "method": ["exact"],
        "valid_at": ["exact", "gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["id", "valid_at", "submitted_at"]

    @extend_schema(request=serializers.ValuationPaperSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def revise(self, request: Request, **kwargs: Any) -> Response:
        """Save a draft or a returned paper anew, with all its inputs."""
        form = self.get_serializer(self.get_object(), data=request.data)
        form.is_valid(raise_exception=True)
        form.save()
        return Response(form.data)

    @extend_schema(request=None, responses=serializers.ValuationPaperSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def submit(self, request: Request, **kwargs: Any) -> Response:
        """Send a draft for approval; everything that stands against it is named."""
        paper = valuation_papers.submit_paper(paper_id=self.get_object().pk, actor=request.user)
        return Response(self.get_serializer(paper).data)

    @extend_schema(request=serializers.PaperDecisionSerializer, responses=serializers.ValuationPaperSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[IsAuthenticated])
    def approve(self, request: Request, **kwargs: Any) -> Response:
        """Approve the value of another person: it counts from now on."""
        paper = valuation_papers.approve_paper(
            paper_id=self.get_object().pk, actor=request.user, **self._decision(request)
        )
        return Response(self.get_serializer(paper).data)

    @extend_schema(request=serializers.PaperDecisionSerializer, responses=serializers.ValuationPaperSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[IsAuthenticated], url_path="return")
    def send_back(self, request: Request, **kwargs: Any) -> Response:
        """Return it with the reason."""
        paper = valuation_papers.return_paper(
            paper_id=self.get_object().pk, actor=request.user, **self._decision(request)
        )
        return Response(self.get_serializer(paper).data)

    def _decision(self, request: Request) -> dict[str, Any]:
        form = serializers.PaperDecisionSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return form.validated_data


class ValuationRoundViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Valuation rounds of the quarter ends."""

    queryset = ValuationRound.objects.all()
    serializer_class = serializers.ValuationRoundSerializer
    filterset_fields = ["quarter_end", "state"]
    ordering_fields = ["quarter_end"]

    @extend_schema(responses=serializers.RoundLineSerializer(many=True))
    @action(detail=True, filter_backends=[], pagination_class=None)
    def lines(self, request: Request, **kwargs: Any) -> Response:
        """Every live holding of the quarter with its state."""
        return Response(serializers.RoundLineSerializer(lines_of(self.get_object().quarter_end), many=True).data)

    @extend_schema(request=None, responses=serializers.ValuationRoundSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[IsAuthenticated])
    def lock(self, request: Request, **kwargs: Any) -> Response:
        """Lock the round: from then on a value of the quarter is a correction."""
        row = valuation_rounds.lock_round(round_id=self.get_object().pk, actor=request.user)
        return Response(self.get_serializer(row).data)


class ThresholdViewSet(ViewSet):
    """The office's own figures, as dated rows."""

    queryset = Threshold.objects.all()
    serializer_class = serializers.ThresholdSerializer
    filterset_fields = ["key", "fund", "valid_from"]
    ordering_fields = ["key", "valid_from"]


routes = [
    ("valuation-papers", ValuationPaperViewSet, "valuationpaper"),
    ("valuation-rounds", ValuationRoundViewSet, "valuationround"),
    ("thresholds", ThresholdViewSet, "threshold"),
]
