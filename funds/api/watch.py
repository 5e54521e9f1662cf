"""Alerts, kept results and special tiers in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, status
from rest_framework.decorators import action
from rest_framework.parsers import FormParser, JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from funds.actions import alerts, special_tiers
from funds.imports.records import confirm_records
from funds.models import Alert, AlertThreshold, RecordImport, SpecialTierApproval, ToleranceResult
from funds.serializers import watch as serializers
from innovation.core.api import ReadOnlyViewSet

# Whoever may act is decided by the action behind each of these.
SIGNED_IN = [permissions.IsAuthenticated]


class AlertViewSet(ReadOnlyViewSet):
    """Alerts. ``acknowledge`` and ``close`` are the two acts upon one."""

    queryset = Alert.objects.all()
    serializer_class = serializers.AlertSerializer
    filterset_fields = {
        "fund": ["exact"], "group": ["exact"], "kind": ["exact"], "level": ["exact"], "state": ["exact"],
        "opened_at": ["gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["id", "opened_at", "level"]

    @extend_schema(request=None)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=SIGNED_IN)
    def acknowledge(self, request: Request, **kwargs: Any) -> Response:
        """Say that somebody has seen it."""
        alert = alerts.acknowledge(alert_id=self.get_object().pk, actor=request.user)
        return Response(self.get_serializer(alert).data)

    @extend_schema(request=serializers.CloseSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=SIGNED_IN)
    def close(self, request: Request, **kwargs: Any) -> Response:
        """Close it with what was done about it."""
        form = serializers.CloseSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        alert = alerts.close(alert_id=self.get_object().pk, actor=request.user, **form.validated_data)
        return Response(self.get_serializer(alert).data)


class AlertThresholdViewSet(ReadOnlyViewSet):
    """Where each kind of alert begins."""

    queryset = AlertThreshold.objects.all()
    serializer_class = serializers.AlertThresholdSerializer
    filterset_fields = ["kind", "enabled"]
    ordering_fields = ["kind"]


class ToleranceResultViewSet(ReadOnlyViewSet):
    """What each document answered at month ends, as it was kept."""

    queryset = ToleranceResult.objects.all()
    serializer_class = serializers.ToleranceResultSerializer
    filterset_fields = {
        "fund": ["exact"], "group": ["exact"], "document": ["exact"], "rule": ["exact"], "status": ["exact"],
        "level": ["exact"], "as_of": ["exact", "gte", "lte"], "known_at": ["gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["id", "as_of", "rate_bp", "used_bp"]


class SpecialTierViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Special tiers: asked for, decided by another person, expired by their last day."""

    queryset = SpecialTierApproval.objects.prefetch_related("files")
    serializer_class = serializers.SpecialTierSerializer
    parser_classes = [JSONParser, FormParser, MultiPartParser]
    filterset_fields = ["binding", "binding__fund", "binding__group", "rule", "state"]
    ordering_fields = ["id", "requested_at", "valid_from"]

    @extend_schema(request=serializers.DecideSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=SIGNED_IN)
    def decide(self, request: Request, **kwargs: Any) -> Response:
        """Approve or refuse, with the reason; whoever asked cannot decide."""
        form = serializers.DecideSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        decided = special_tiers.decide_special_tier(
            approval_id=self.get_object().pk, actor=request.user, **form.validated_data
        )
        return Response(self.get_serializer(decided).data)

    @extend_schema(request=serializers.UploadSerializer, responses={201: serializers.TierEvidenceSerializer})
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=SIGNED_IN)
    def evidence(self, request: Request, **kwargs: Any) -> Response:
        """Attach a file while the request waits."""
        form = serializers.UploadSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        file = special_tiers.add_evidence(approval_id=self.get_object().pk, actor=request.user, **form.validated_data)
        return Response(serializers.TierEvidenceSerializer(file).data, status=status.HTTP_201_CREATED)


class RecordImportViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Files of funds or commitments: POST one, read the report of the dry run, then confirm."""

    queryset = RecordImport.objects.all()
    serializer_class = serializers.RecordImportSerializer
    parser_classes = [JSONParser, MultiPartParser]
    filterset_fields = ["kind", "step", "state", "sha256"]
    ordering_fields = ["id", "created_at"]

    @extend_schema(request=None, responses={202: serializers.RecordImportSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def confirm(self, request: Request, **kwargs: Any) -> Response:
        """Write what the dry run showed; follow ``state`` until it is done."""
        row = confirm_records(import_id=self.get_object().pk, actor=request.user)
        return Response(self.get_serializer(row).data, status=status.HTTP_202_ACCEPTED)


routes = [
    ("alerts", AlertViewSet, "alert"),
    ("alert-thresholds", AlertThresholdViewSet, "alertthreshold"),
    ("tolerance-results", ToleranceResultViewSet, "toleranceresult"),
    ("special-tiers", SpecialTierViewSet, "specialtier"),
    ("record-imports", RecordImportViewSet, "recordimport"),
]
