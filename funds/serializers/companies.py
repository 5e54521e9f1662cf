"""Quarterly figures and cap tables of companies as the API shows and takes them. Amounts are integer fen."""

from typing import Any

from rest_framework import serializers

from funds.actions.companies import record_quarter
from funds.imports.companies import send_cap_table
from funds.models import CapRecord, CompanyFile, CompanyQuarter
from funds.models.companies import FIGURES
from funds.serializers.deals import actor_of
from innovation.organisations.models import Organisation


class CompanyQuarterSerializer(serializers.ModelSerializer):
    """One quarter of a company. POST records it; other figures than those that stand need a reason."""

    class Meta:
        model = CompanyQuarter
        fields = [
            "id", "company", "quarter_end", *FIGURES, "source", "paper", "reason", "recorded_at", "superseded_at",
            "recorded_by",
        ]  # fmt: skip
        read_only_fields = ["recorded_at", "superseded_at", "recorded_by"]
        # The action supersedes what stands; the constraint would refuse it first.
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> CompanyQuarter:
        data = dict(validated_data)
        paper = data.pop("paper", None)
        return record_quarter(
            company_id=data.pop("company").pk, paper_id=paper.pk if paper else None, actor=actor_of(self), **data
        )


class CapRecordSerializer(serializers.ModelSerializer):
    """One object of a cap table in the Open Cap Format, whole."""

    class Meta:
        model = CapRecord
        fields = ["id", "company", "kind", "ocf_id", "effective_on", "data", "recorded_at", "superseded_at"]
        read_only_fields = fields


class CompanyFileSerializer(serializers.ModelSerializer):
    """An Open Cap Format package. POST checks it and keeps the report; ``confirm`` writes it."""

    file = serializers.FileField(write_only=True)
    company = serializers.PrimaryKeyRelatedField(queryset=Organisation.objects.all())

    class Meta:
        model = CompanyFile
        fields = [
            "id", "kind", "company", "file", "file_name", "sha256", "report", "created_at", "created_by", "written_at",
        ]  # fmt: skip
        read_only_fields = ["kind", "file_name", "sha256", "report", "created_at", "created_by", "written_at"]

    def create(self, validated_data: dict[str, Any]) -> CompanyFile:
        return send_cap_table(
            upload=validated_data["file"], company_id=validated_data["company"].pk, actor=actor_of(self)
        )
