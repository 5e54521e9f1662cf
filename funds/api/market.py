"""Market indices and pacing models in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from funds import serializers
from funds.imports.index_levels import write_levels
from funds.models import IndexSeries, IndexUpload, IndexValue, PacingModel
from innovation.core.api import ReadOnlyViewSet, ViewSet


class IndexSeriesViewSet(ViewSet):
    """Market indices that funds are compared with."""

    queryset = IndexSeries.objects.all()
    serializer_class = serializers.IndexSeriesSerializer
    filterset_fields = ["code", "kind"]
    ordering_fields = ["code"]


class IndexValueViewSet(ReadOnlyViewSet):
    """Levels of market indices, superseded ones too."""

    queryset = IndexValue.objects.all()
    serializer_class = serializers.IndexValueSerializer
    filterset_fields = {"series": ["exact"], "day": ["exact", "gte", "lte"], "superseded_at": ["isnull"]}
    ordering_fields = ["day", "recorded_at"]


class IndexUploadViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Files of index levels: POST one, read what the dry run found, then write it."""

    queryset = IndexUpload.objects.defer("levels")
    serializer_class = serializers.IndexUploadSerializer
    parser_classes = [MultiPartParser]
    filterset_fields = ["series", "sha256"]
    ordering_fields = ["id", "uploaded_at"]

    @extend_schema(request=None, responses={200: serializers.IndexUploadSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def write(self, request: Request, **kwargs: Any) -> Response:
        """Write what the dry run showed."""
        return Response(self.get_serializer(write_levels(upload_id=self.get_object().pk, actor=request.user)).data)


class PacingModelViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Pacing models, every version. Nothing is changed: POST under the same code records the next version."""

    queryset = PacingModel.objects.all()
    serializer_class = serializers.PacingModelSerializer
    filterset_fields = ["code", "version", "fund_class", "timing"]
    ordering_fields = ["code", "version", "recorded_at"]
