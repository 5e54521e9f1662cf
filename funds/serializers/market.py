"""Market indices, their levels and uploads, and pacing models in the API."""

from typing import Any

from rest_framework import serializers

from funds.actions.pacing import record_pacing_model
from funds.imports.index_levels import check_levels
from funds.models import IndexSeries, IndexUpload, IndexValue, PacingModel
from funds.serializers.records import acting


class IndexSeriesSerializer(serializers.ModelSerializer):
    class Meta:
        model = IndexSeries
        fields = ["id", "code", "name_zh", "name_en", "kind", "publisher", "most_days_old"]


class IndexValueSerializer(serializers.ModelSerializer):
    class Meta:
        model = IndexValue
        fields = ["id", "series", "upload", "day", "level", "recorded_at", "superseded_at"]


class IndexUploadSerializer(serializers.ModelSerializer):
    """A file of levels. POST checks it as a dry run, ``write`` writes what the check showed."""

    file = serializers.FileField(write_only=True)

    class Meta:
        model = IndexUpload
        fields = [
            "id", "series", "file", "file_name", "sha256", "source", "licence_note", "dated", "findings",
            "uploaded_by", "uploaded_at", "written_at",
        ]  # fmt: skip
        read_only_fields = ["file_name", "sha256", "findings", "uploaded_by", "uploaded_at", "written_at"]
        # The file's hash is found by reading it; the constraint stands behind the check.
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> IndexUpload:
        series, upload = validated_data.pop("series"), validated_data.pop("file")
        return check_levels(series_id=series.pk, upload=upload, **acting(self, validated_data))


class PacingModelSerializer(serializers.ModelSerializer):
    """A pacing model. POST under a code that exists records its next version."""

    class Meta:
        model = PacingModel
        fields = [
            "id", "code", "version", "name_zh", "name_en", "fund_class", "call_rates", "life_years", "bow", "growth",
            "least_yield", "timing", "source", "recorded_at", "recorded_by",
        ]  # fmt: skip
        read_only_fields = ["version", "recorded_at", "recorded_by"]
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> PacingModel:
        return record_pacing_model(**acting(self, validated_data))
