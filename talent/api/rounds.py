"""Rounds of stable matching in the API: the same actions as pages and admin."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.core.api import ReadOnlyViewSet, ViewSet
from talent.actions import rounds
from talent.api.limits import PersonalRecords
from talent.choices.privacy import ReadPurpose
from talent.models import MatchRound, Placement, Ranking, RoundOffer
from talent.serializers import rounds as shapes
from talent.serializers.matching import MatchRunSerializer


class MatchRoundViewSet(ViewSet):
    """Rounds: the office all, others those in which they may rank."""

    permission_classes = [IsAuthenticated]
    queryset = MatchRound.objects.all()
    serializer_class = shapes.MatchRoundSerializer
    filterset_fields = ["kind", "state"]
    ordering_fields = ["id", "opens_on"]

    @extend_schema(request=shapes.OfferPlacesSerializer, responses=shapes.RoundOfferSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def places(self, request: Request, **kwargs: Any) -> Response:
        """Record places, or change those of the same laboratory or technology."""
        form = shapes.OfferPlacesSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        offer = rounds.offer_places(round_id=self.get_object().pk, actor=request.user, **form.validated_data)
        return Response(shapes.RoundOfferSerializer(offer).data)

    @extend_schema(request=shapes.RoundStepSerializer, responses=shapes.MatchRoundSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def step(self, request: Request, **kwargs: Any) -> Response:
        """Open, close, cancel, take the result back."""
        form = shapes.RoundStepSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        moved = rounds.step(round_id=self.get_object().pk, actor=request.user, **form.validated_data)
        return Response(self.get_serializer(moved).data)

    @extend_schema(request=None, responses=MatchRunSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def run(self, request: Request, **kwargs: Any) -> Response:
        """Run the matching; look at ``matchings`` until it is done."""
        run = rounds.ask_run(round_id=self.get_object().pk, actor=request.user)
        return Response(MatchRunSerializer(run).data)

    @extend_schema(request=None, responses=shapes.MatchRoundSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def publish(self, request: Request, **kwargs: Any) -> Response:
        """Publish the result: each pair becomes a mandate."""
        moved = rounds.publish(round_id=self.get_object().pk, actor=request.user)
        return Response(self.get_serializer(moved).data)


class RoundOfferViewSet(ReadOnlyViewSet):
    """Places of rounds."""

    permission_classes = [IsAuthenticated]
    queryset = RoundOffer.objects.select_related("technology", "host__organisation", "host__laboratory")
    serializer_class = shapes.RoundOfferSerializer
    filterset_fields = ["host__round", "technology"]
    ordering_fields = ["id"]


class RankingViewSet(PersonalRecords, mixins.CreateModelMixin, ReadOnlyViewSet):
    """Rankings: one's own and those of one's organisations; the office all. POST replaces what stands."""

    permission_classes = [IsAuthenticated]
    read_purpose = ReadPurpose.MATCHING
    queryset = Ranking.objects.prefetch_related("choices")
    serializer_class = shapes.RankingSerializer
    filterset_fields = ["round", "person", "host", "state"]
    ordering_fields = ["id"]


class PlacementViewSet(PersonalRecords, ReadOnlyViewSet):
    """Results of rounds: the office all, others what concerns them once published."""

    permission_classes = [IsAuthenticated]
    read_purpose = ReadPurpose.MATCHING
    queryset = Placement.objects.all()
    serializer_class = shapes.PlacementSerializer
    filterset_fields = ["run", "run__round", "person", "why_not"]
    ordering_fields = ["id"]

    @extend_schema(request=shapes.OverrideSerializer, responses=shapes.PlacementSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def override(self, request: Request, **kwargs: Any) -> Response:
        """Give a person other places, or none, by hand and with a reason."""
        form = shapes.OverrideSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = rounds.override(placement_id=self.get_object().pk, actor=request.user, **form.validated_data)
        return Response(self.get_serializer(row).data)


routes = [
    ("matching-rounds", MatchRoundViewSet, "matchround"),
    ("matching-round-places", RoundOfferViewSet, "roundoffer"),
    ("matching-rankings", RankingViewSet, "ranking"),
    ("matching-placements", PlacementViewSet, "placement"),
]
