"""Records of the funds part as the API shows and takes them. Amounts are integer fen, shares num/den."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from funds.actions.events import record_event, reverse_event
from funds.actions.policies import bind_policy
from funds.imports import steps
from funds.models import (
    Fund,
    FundGroup,
    FundPolicyBinding,
    Investment,
    LedgerEvent,
    PolicyDocument,
    PolicyTerm,
    PortfolioImport,
    ToleranceRule,
    Valuation,
)
from funds.models.states import FUND_TRANSITIONS
from funds.rules.portfolio_file import Mapping


class FundSerializer(serializers.ModelSerializer):
    class Meta:
        model = Fund
        fields = [
            "id", "code", "amac_code", "name_zh", "name_en", "kind", "fund_class", "state", "stage", "mode",
            "categories", "organisation", "manager", "parent", "starts_on", "investment_ends_on", "ends_on",
            "committed_fen", "government_num", "government_den", "others_first_loss_fen",
        ]  # fmt: skip
        # A fund moves by its steps (``move``), never by typing a state.
        read_only_fields = ["state"]


class MoveFundSerializer(serializers.Serializer):
    """One step of a fund's life."""

    event = serializers.ChoiceField(choices=sorted({event for table in FUND_TRANSITIONS.values() for event in table}))
    reason = serializers.CharField(max_length=300, allow_blank=True, default="")


class FundGroupSerializer(serializers.ModelSerializer):
    class Meta:
        model = FundGroup
        fields = ["id", "code", "name_zh", "name_en"]


class InvestmentSerializer(serializers.ModelSerializer):
    company_name = serializers.CharField(source="company.name_zh", read_only=True)

    class Meta:
        model = Investment
        fields = ["id", "fund", "code", "company", "company_name", "stage", "mode", "decided_on"]


@extend_schema_field(OpenApiTypes.STR)
class HexField(serializers.Field):
    """Bytes as hexadecimal text."""

    def to_representation(self, value: Any) -> str:
        return bytes(value).hex()


class LedgerEventSerializer(serializers.ModelSerializer):
    """An entry of the books. On POST the action decides; ``late`` books into a closed period."""

    hash = HexField(read_only=True)
    prev_hash = HexField(read_only=True)
    late = serializers.BooleanField(write_only=True, default=False)

    class Meta:
        model = LedgerEvent
        fields = [
            "id", "fund", "seq", "investment", "award", "kind", "effect", "value_date", "recorded_at", "amount_fen",
            "cost_relieved_fen", "reverses", "document", "reason", "actor", "prev_hash", "hash", "late",
        ]  # fmt: skip
        read_only_fields = ["seq", "effect", "recorded_at", "reverses", "actor"]

    def create(self, validated_data: dict[str, Any]) -> LedgerEvent:
        fund, investment = validated_data.pop("fund"), validated_data.pop("investment", None)
        award = validated_data.pop("award", None)
        return record_event(
            fund_id=fund.pk, investment_id=investment.pk if investment else None, award_id=award.pk if award else None,
            **acting(self, validated_data),
        )  # fmt: skip


class ReverseSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=400)
    late = serializers.BooleanField(default=False)

    def create(self, validated_data: dict[str, Any]) -> LedgerEvent:
        return reverse_event(**acting(self, validated_data))


class ValuationSerializer(serializers.ModelSerializer):
    class Meta:
        model = Valuation
        fields = [
            "id", "investment", "valid_at", "recorded_at", "superseded_at", "fair_value_fen", "method", "document",
            "prepared_by", "approved_by",
        ]  # fmt: skip


class ToleranceRuleSerializer(serializers.ModelSerializer):
    class Meta:
        model = ToleranceRule
        exclude = ["document"]


class PolicyTermSerializer(serializers.ModelSerializer):
    class Meta:
        model = PolicyTerm
        fields = ["key", "value", "unit", "wording_zh", "status"]


class PolicyDocumentSerializer(serializers.ModelSerializer):
    rules = ToleranceRuleSerializer(many=True, read_only=True)
    terms = PolicyTermSerializer(many=True, read_only=True)

    class Meta:
        model = PolicyDocument
        fields = "__all__"


class FundPolicyBindingSerializer(serializers.ModelSerializer):
    class Meta:
        model = FundPolicyBinding
        fields = ["id", "fund", "group", "document", "valid_from", "valid_to", "recorded_at", "superseded_at"]
        read_only_fields = ["recorded_at", "superseded_at"]
        # The action refuses an overlap with the reason; the constraint stands behind it.
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> FundPolicyBinding:
        target = {f"{name}_id": row.pk for name in ("fund", "group") if (row := validated_data.pop(name, None))}
        document = validated_data.pop("document")
        return bind_policy(document_id=document.pk, **target, **acting(self, validated_data))


class PortfolioImportSerializer(serializers.ModelSerializer):
    """A portfolio file. POST the file with its mapping: it is checked as a dry run, then ``confirm`` writes it."""

    file = serializers.FileField(write_only=True)
    mapping = serializers.JSONField()

    class Meta:
        model = PortfolioImport
        fields = [
            "id", "file", "file_name", "size", "sha256", "mapping", "step", "state", "progress", "note", "error",
            "report", "receipt", "created_by", "created_at", "written_at",
        ]  # fmt: skip
        read_only_fields = ["file_name", "size", "sha256", "step", "report", "receipt", "created_by", "written_at"]

    def validate_mapping(self, value: Any) -> Mapping:
        try:
            return Mapping.from_data(value)
        except (TypeError, AttributeError):
            known = ", ".join(Mapping.__dataclass_fields__)
            raise serializers.ValidationError(_("A mapping has these keys: %(keys)s.") % {"keys": known}) from None

    def create(self, validated_data: dict[str, Any]) -> PortfolioImport:
        actor = self.context["request"].user
        row = steps.upload_portfolio(upload=validated_data["file"], actor=actor)
        return steps.map_columns(import_id=row.pk, mapping=validated_data["mapping"], actor=actor)


def acting(serializer: serializers.BaseSerializer, data: dict[str, Any]) -> dict[str, Any]:
    """``data`` with the person who asks as ``actor``."""
    return data | {"actor": serializer.context["request"].user}
