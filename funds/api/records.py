"""Records of the funds part in the API: the same querysets and actions as pages and admin."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from funds import serializers
from funds.actions.fund_states import move_fund
from funds.api.performance import PerformanceOfFund
from funds.api.tolerance import ToleranceOfFund, ToleranceOfGroup
from funds.api.waterfall import WaterfallOfFund
from funds.imports.steps import confirm_import
from funds.models import (
    Fund,
    FundGroup,
    FundPolicyBinding,
    Investment,
    LedgerEvent,
    PolicyDocument,
    PortfolioImport,
    Valuation,
)
from funds.queries.ledger import broken_links
from innovation.core.api import ReadOnlyViewSet, ViewSet


class FundViewSet(ToleranceOfFund, PerformanceOfFund, WaterfallOfFund, ViewSet):
    """Funds."""

    queryset = Fund.objects.all()
    serializer_class = serializers.FundSerializer
    filterset_fields = ["code", "kind", "fund_class", "state", "stage", "mode", "manager", "parent"]
    ordering_fields = ["code", "starts_on", "committed_fen"]

    @extend_schema(responses={200: {"type": "object", "properties": {"broken": {"type": "array", "items": {}}}}})
    @action(detail=True, url_path="verify-ledger", filter_backends=[], pagination_class=None)
    def verify_ledger(self, request: Request, **kwargs: Any) -> Response:
        """Recompute the hash chain of the fund's books; ``broken`` lists the numbers that do not verify."""
        return Response({"broken": [seq for _fund, seq in broken_links(self.get_object().pk)]})

    @extend_schema(request=serializers.MoveFundSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[permissions.IsAuthenticated])
    def move(self, request: Request, **kwargs: Any) -> Response:
        """Take one step of the fund's life; the answer is the fund in its new state."""
        form = serializers.MoveFundSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        moved = move_fund(fund_id=self.get_object().pk, actor=request.user, **form.validated_data)
        return Response(self.get_serializer(moved).data)


class FundGroupViewSet(ToleranceOfGroup, ReadOnlyViewSet):
    """Groups of funds."""

    queryset = FundGroup.objects.all()
    serializer_class = serializers.FundGroupSerializer
    filterset_fields = ["code"]
    ordering_fields = ["code"]


class InvestmentViewSet(ViewSet):
    """Holdings of funds."""

    queryset = Investment.objects.select_related("company")
    serializer_class = serializers.InvestmentSerializer
    filterset_fields = ["fund", "company", "stage", "mode", "code"]
    ordering_fields = ["code", "decided_on"]


class LedgerViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """The books. POST records an event, ``reverse`` takes one back; nothing is changed or deleted."""

    queryset = LedgerEvent.objects.order_by("id")
    serializer_class = serializers.LedgerEventSerializer
    filterset_fields = {
        "fund": ["exact"],
        "investment": ["exact"],
        "award": ["exact"],
        "kind": ["exact"],
        "value_date": ["gte", "lte"],
        "recorded_at": ["gte", "lte"],
    }
    ordering_fields = ["id", "value_date", "recorded_at", "amount_fen"]

    @extend_schema(request=serializers.ReverseSerializer, responses={201: serializers.LedgerEventSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def reverse(self, request: Request, **kwargs: Any) -> Response:
        """Book the mirror of this event, with the reason."""
        form = serializers.ReverseSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        mirror = form.save(event_id=self.get_object().pk)
        return Response(self.get_serializer(mirror).data, status=status.HTTP_201_CREATED)


class ValuationViewSet(ReadOnlyViewSet):
    """Fair values that count or counted; a new one comes from an approved valuation paper."""

    queryset = Valuation.objects.all()
    serializer_class = serializers.ValuationSerializer
    filterset_fields = {"investment": ["exact"], "investment__fund": ["exact"], "valid_at": ["gte", "lte"]}
    ordering_fields = ["valid_at", "recorded_at"]


class PolicyViewSet(ReadOnlyViewSet):
    """Policy documents with their rules and terms, each with its status."""

    queryset = PolicyDocument.objects.prefetch_related("rules", "terms")
    serializer_class = serializers.PolicyDocumentSerializer
    filterset_fields = ["code", "version", "kind", "status"]
    ordering_fields = ["code", "version"]


class BindingViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Which policy binds which fund or group."""

    queryset = FundPolicyBinding.objects.all()
    serializer_class = serializers.FundPolicyBindingSerializer
    filterset_fields = ["fund", "group", "document"]
    ordering_fields = ["valid_from", "recorded_at"]


class PortfolioImportViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Portfolio files: POST one with its mapping, read the report of the dry run, then confirm."""

    queryset = PortfolioImport.objects.defer("sample")
    serializer_class = serializers.PortfolioImportSerializer
    parser_classes = [MultiPartParser]
    filterset_fields = ["step", "state", "sha256"]
    ordering_fields = ["id", "created_at"]

    @extend_schema(request=None, responses={202: serializers.PortfolioImportSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def confirm(self, request: Request, **kwargs: Any) -> Response:
        """Write what the dry run showed; follow ``state`` until it is done."""
        row = confirm_import(import_id=self.get_object().pk, actor=request.user)
        return Response(self.get_serializer(row).data, status=status.HTTP_202_ACCEPTED)
