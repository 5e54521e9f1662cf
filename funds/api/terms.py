"""Commitments and terms in the API. POST records; ``end`` and ``withdraw`` supersede; nothing is changed."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from funds.actions import terms
from funds.models import Commitment, FeeTerm, FundLimit, FundTerm, SubFundInterest, WaterfallTier
from funds.serializers import terms as serializers
from innovation.core.api import ReadOnlyViewSet

PERIOD_FILTERS = {
    "valid_from": ["gte", "lte"],
    "valid_to": ["gte", "lte", "isnull"],
    "recorded_at": ["gte", "lte"],
    "superseded_at": ["isnull"],
}


class DatedViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """A dated fact of a fund."""

    ordering_fields = ["id", "valid_from", "recorded_at"]

    @extend_schema(request=serializers.EndSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def end(self, request: Request, **kwargs: Any) -> Response:
        """Let the fact end on a day; the answer is the entry that now stands."""
        form = serializers.EndSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        ended = terms.end_fact(record=self.get_object(), actor=request.user, **form.validated_data)
        return Response(self.get_serializer(ended).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=serializers.WithdrawSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Take a mistaken fact back, with the reason."""
        form = serializers.WithdrawSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = terms.withdraw_fact(record=self.get_object(), actor=request.user, **form.validated_data)
        return Response(self.get_serializer(row).data)


class CommitmentViewSet(DatedViewSet):
    """Who has committed how much to which fund."""

    queryset = Commitment.objects.select_related("investor")
    serializer_class = serializers.CommitmentSerializer
    filterset_fields = {"fund": ["exact"], "investor": ["exact"], "source": ["exact"], **PERIOD_FILTERS}
    ordering_fields = [*DatedViewSet.ordering_fields, "amount_fen"]


class FundTermViewSet(DatedViewSet):
    """Investment, exit and extension periods."""

    queryset = FundTerm.objects.all()
    serializer_class = serializers.FundTermSerializer
    filterset_fields = {"fund": ["exact"], "phase": ["exact"], **PERIOD_FILTERS}


class FeeTermViewSet(DatedViewSet):
    """Management fee by phase."""

    queryset = FeeTerm.objects.all()
    serializer_class = serializers.FeeTermSerializer
    filterset_fields = {"fund": ["exact"], "phase": ["exact"], "basis": ["exact"], **PERIOD_FILTERS}


class WaterfallTierViewSet(DatedViewSet):
    """Steps of the waterfall, with first loss and profit concession."""

    queryset = WaterfallTier.objects.all()
    serializer_class = serializers.WaterfallTierSerializer
    filterset_fields = {"fund": ["exact"], "kind": ["exact"], **PERIOD_FILTERS}


class FundLimitViewSet(DatedViewSet):
    """Concentration, ticket and share limits."""

    queryset = FundLimit.objects.all()
    serializer_class = serializers.FundLimitSerializer
    filterset_fields = {"fund": ["exact"], "kind": ["exact"], "status": ["exact"], **PERIOD_FILTERS}


class SubFundInterestViewSet(DatedViewSet):
    """Shares of mother funds in sub-funds."""

    queryset = SubFundInterest.objects.select_related("investment")
    serializer_class = serializers.SubFundInterestSerializer
    filterset_fields = {
        "investment": ["exact"], "investment__fund": ["exact"], "sub_fund": ["exact"], **PERIOD_FILTERS
    }  # fmt: skip


routes = [
    ("commitments", CommitmentViewSet, "commitment"),
    ("fund-terms", FundTermViewSet, "fundterm"),
    ("fee-terms", FeeTermViewSet, "feeterm"),
    ("waterfall-tiers", WaterfallTierViewSet, "waterfalltier"),
    ("fund-limits", FundLimitViewSet, "fundlimit"),
    ("sub-fund-interests", SubFundInterestViewSet, "subfundinterest"),
]
