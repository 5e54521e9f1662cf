"""Alerts, kept results and special tiers in the API."""

from typing import Any

from rest_framework import serializers

from funds.actions.special_tiers import request_special_tier
from funds.imports.records import upload_records
from funds.models import (
    Alert,
    AlertThreshold,
    RecordImport,
    SpecialTierApproval,
    TierEvidence,
    ToleranceResult,
)


class AlertSerializer(serializers.ModelSerializer):
    class Meta:
        model = Alert
        fields = [
            "id", "fund", "group", "kind", "level", "matter", "rule", "document", "investment", "as_of", "known_at",
            "facts", "state", "opened_at", "cleared_at", "acknowledged_by", "acknowledged_at", "closed_by",
            "closed_at", "close_reason",
        ]  # fmt: skip


class AlertThresholdSerializer(serializers.ModelSerializer):
    class Meta:
        model = AlertThreshold
        fields = ["id", "kind", "share_num", "days", "enabled", "note"]


class CloseSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300)


class ToleranceResultSerializer(serializers.ModelSerializer):
    """Shares and money are exact fractions as text, in fen; ``*_bp`` are rounded basis points."""

    class Meta:
        model = ToleranceResult
        fields = [
            "id", "fund", "group", "document", "rule", "scope", "as_of", "known_at", "numerator", "denominator",
            "cap", "rate_bp", "used_bp", "status", "reason", "level", "binding", "unverified", "inputs_hash",
            "engine_version", "recorded_at",
        ]  # fmt: skip


class TierEvidenceSerializer(serializers.ModelSerializer):
    class Meta:
        model = TierEvidence
        fields = ["id", "file_name", "file_kind", "size", "sha256", "added_at", "added_by"]


class SpecialTierSerializer(serializers.ModelSerializer):
    """A special tier. POST asks for it (multipart with ``upload`` for a file); nothing changes before approval."""

    files = TierEvidenceSerializer(many=True, read_only=True)
    upload = serializers.FileField(write_only=True, required=False)

    class Meta:
        model = SpecialTierApproval
        fields = [
            "id", "binding", "rule", "state", "evidence", "valid_from", "valid_to", "requested_by", "requested_at",
            "decided_by", "decided_at", "decision_reason", "expired_at", "files", "upload",
        ]  # fmt: skip
        read_only_fields = [
            "state", "requested_by", "requested_at", "decided_by", "decided_at", "decision_reason", "expired_at",
        ]  # fmt: skip

    def create(self, validated_data: dict[str, Any]) -> SpecialTierApproval:
        upload = validated_data.pop("upload", None)
        binding, rule = validated_data.pop("binding"), validated_data.pop("rule")
        return request_special_tier(
            binding_id=binding.pk, rule_id=rule.pk, files=[upload] if upload else [],
            actor=self.context["request"].user, **validated_data,
        )  # fmt: skip


class DecideSerializer(serializers.Serializer):
    approve = serializers.BooleanField()
    reason = serializers.CharField(max_length=2000)


class UploadSerializer(serializers.Serializer):
    upload = serializers.FileField()


class RecordImportSerializer(serializers.ModelSerializer):
    """A file of funds or commitments. POST the file: it is checked as a dry run, then ``confirm`` writes it."""

    file = serializers.FileField(write_only=True)

    class Meta:
        model = RecordImport
        fields = [
            "id", "kind", "file", "file_name", "size", "sha256", "step", "state", "progress", "error", "report",
            "created_by", "created_at", "written_at",
        ]  # fmt: skip
        read_only_fields = ["file_name", "size", "sha256", "step", "report", "created_by", "written_at"]

    def create(self, validated_data: dict[str, Any]) -> RecordImport:
        actor = self.context["request"].user
        return upload_records(upload=validated_data["file"], kind=validated_data["kind"], actor=actor)
