"""Exemption cases in the API: the same records and acts as on the case desk."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from funds.actions.case_opening import open_case
from funds.models import CaseDecision, CasePerson, CaseStep, Evidence, ExemptionCase
from funds.models.fund import Fund
from funds.models.investment import Investment


@extend_schema_field(OpenApiTypes.STR)
class HexField(serializers.Field):
    """Bytes of a hash as hexadecimal digits."""

    def to_representation(self, value: Any) -> str:
        return bytes(value).hex()


class CaseStepSerializer(serializers.ModelSerializer):
    hash = HexField(read_only=True)
    prev_hash = HexField(read_only=True)

    class Meta:
        model = CaseStep
        fields = [
            "seq",
            "event",
            "from_state",
            "to_state",
            "at",
            "actor",
            "actor_label",
            "note",
            "facts",
            "prev_hash",
            "hash",
        ]


class CasePersonSerializer(serializers.ModelSerializer):
    class Meta:
        model = CasePerson
        fields = ["id", "name", "function", "regime"]


class EvidenceSerializer(serializers.ModelSerializer):
    sha256 = serializers.CharField(source="file_id", read_only=True)

    class Meta:
        model = Evidence
        fields = ["id", "sha256", "kind", "name", "note", "later", "at", "added_by"]


class CaseDecisionSerializer(serializers.ModelSerializer):
    class Meta:
        model = CaseDecision
        fields = ["round", "outcome", "reasons", "law", "prepared_by", "decided_by", "at"]


class ExemptionCaseSerializer(serializers.ModelSerializer):
    """POST opens a case by hand; loss in fen. Everything else moves by the acts of the case desk."""

    fund = serializers.PrimaryKeyRelatedField(queryset=Fund.objects.all())
    investment = serializers.PrimaryKeyRelatedField(
        queryset=Investment.objects.all(), required=False, allow_null=True, default=None
    )
    state_name = serializers.CharField(source="names.staff", read_only=True)
    next_step = serializers.CharField(source="names.next_step", read_only=True)
    persons = CasePersonSerializer(many=True, read_only=True)
    decisions = CaseDecisionSerializer(many=True, read_only=True)
    evidence = EvidenceSerializer(many=True, read_only=True)

    class Meta:
        model = ExemptionCase
        fields = [
            "id", "code", "fund", "investment", "ground", "event", "breach", "procedure", "state", "state_name",
            "next_step", "outcome", "loss_fen", "loss_on", "summary", "opened_at", "opened_by", "handler", "due_on",
            "frozen_at", "decided_at", "appeal_until", "archived_at", "persons", "decisions", "evidence",
        ]  # fmt: skip
        read_only_fields = [
            "ground", "event", "breach", "procedure", "state", "outcome", "opened_at", "opened_by", "handler", "due_on",
            "frozen_at", "decided_at", "appeal_until", "archived_at",
        ]  # fmt: skip
        extra_kwargs = {"summary": {"required": True, "allow_blank": False}}

    def create(self, validated_data: dict[str, Any]) -> ExemptionCase:
        holding = validated_data["investment"]
        return open_case(
            fund_id=validated_data["fund"].pk, investment_id=holding.pk if holding else None,
            loss_fen=validated_data["loss_fen"], loss_on=validated_data["loss_on"], summary=validated_data["summary"],
            actor=self.context["request"].user,
        )  # fmt: skip


class FrozenSerializer(serializers.Serializer):
    """The frozen set: canonical text and its hash."""

    sha256 = serializers.CharField()
    content = serializers.CharField()


class ChainSerializer(serializers.Serializer):
    """The proof of a case's chain: its steps, and the numbers of those that do not verify."""

    broken = serializers.ListField(child=serializers.IntegerField())
    head = serializers.CharField()
    steps = CaseStepSerializer(many=True)
