"""Companies' quarters, cap tables and their files in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from funds.actions.cap_entries import take_back_entry
from funds.imports.companies import confirm_file
from funds.models import CapRecord, CapReversal, CompanyFile, CompanyQuarter
from funds.serializers import companies as shapes
from innovation.core.api import ReadOnlyViewSet


class CompanyQuarterViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Quarterly figures. Members of a company see and report its own; the office sees all."""

    queryset = CompanyQuarter.objects.all()
    serializer_class = shapes.CompanyQuarterSerializer
    # Members of a company hold no permission of the office; the action asks for either.
    permission_classes = [IsAuthenticated]
    filterset_fields = {
        "company": ["exact"], "quarter_end": ["exact", "gte", "lte"], "source": ["exact"],
        "superseded_at": ["isnull"],
    }  # fmt: skip
    ordering_fields = ["id", "quarter_end", "recorded_at"]


class CapRecordViewSet(ReadOnlyViewSet):
    """Objects of cap tables (Open Cap Format); packages are sent as ``company-files``."""

    queryset = CapRecord.objects.all()
    serializer_class = shapes.CapRecordSerializer
    filterset_fields = {"company": ["exact"], "kind": ["exact"], "ocf_id": ["exact"], "superseded_at": ["isnull"]}
    ordering_fields = ["id", "effective_on"]

    @extend_schema(request=shapes.CapEntrySerializer, responses={201: shapes.CapRecordSerializer(many=True)})
    @action(detail=False, methods=["post"], filter_backends=[], pagination_class=None)
    def entries(self, request: Request, **kwargs: Any) -> Response:
        """Record a transaction by hand; returns the objects that it added, the transaction last."""
        entry = shapes.CapEntrySerializer(data=request.data, context=self.get_serializer_context())
        entry.is_valid(raise_exception=True)
        return Response(self.get_serializer(entry.save(), many=True).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.CapReversalSerializer, responses={201: shapes.CapReversalSerializer})
    @action(detail=True, methods=["post"], filter_backends=[], url_path="take-back")
    def take_back(self, request: Request, **kwargs: Any) -> Response:
        """Take back the entry made by hand that the object belongs to."""
        asked = shapes.CapReversalSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        done = take_back_entry(
            record_id=self.get_object().pk, reason=asked.validated_data["reason"], actor=request.user
        )
        return Response(shapes.CapReversalSerializer(done).data, status=status.HTTP_201_CREATED)


class CapReversalViewSet(ReadOnlyViewSet):
    """Entries of cap tables that were taken back; ``cap-records/{id}/take-back/`` takes one back."""

    queryset = CapReversal.objects.all()
    serializer_class = shapes.CapReversalSerializer
    filterset_fields = {"record": ["exact"], "record__company": ["exact"], "reversed_at": ["gte", "lte"]}
    ordering_fields = ["id", "reversed_at"]


class CompanyFileViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Files of companies with what their check found."""

    queryset = CompanyFile.objects.all()
    serializer_class = shapes.CompanyFileSerializer
    parser_classes = [MultiPartParser]
    # The actions ask for the permission that goes with the kind of file.
    permission_classes = [IsAuthenticated]
    filterset_fields = ["kind", "company", "sha256"]
    ordering_fields = ["id", "created_at"]

    @extend_schema(request=None, responses=shapes.CompanyFileSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def confirm(self, request: Request, **kwargs: Any) -> Response:
        """Write what the check showed."""
        row = confirm_file(file_id=self.get_object().pk, actor=request.user)
        return Response(self.get_serializer(row).data)


routes = [
    ("company-quarters", CompanyQuarterViewSet, "companyquarter"),
    ("cap-records", CapRecordViewSet, "caprecord"),
    ("cap-reversals", CapReversalViewSet, "capreversal"),
    ("company-files", CompanyFileViewSet, "companyfile"),
]
