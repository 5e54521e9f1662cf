"""Claims of local reinvestment in the API. Amounts are integer fen."""

from typing import Any

from rest_framework import serializers

from funds.actions import reinvestment as actions
from funds.models import CatalogueItem, ProofFile, ReinvestmentClaim
from funds.serializers.records import acting


class ClaimSerializer(serializers.ModelSerializer):
    """A claim. POST writes a draft; ``proofs``, ``submit`` and the decisions move it."""

    class Meta:
        model = ReinvestmentClaim
        fields = [
            "id", "fund", "investment", "company", "invested_on", "claimed_fen", "claimed_ground", "statement", "state",
            "created_by", "created_at", "submitted_at", "recognised_fen", "ground", "recognised_on", "decided_by",
            "decided_at", "decision_reason", "revoked_on", "revoked_by", "revocation_reason",
        ]  # fmt: skip
        read_only_fields = [
            "state", "created_by", "created_at", "submitted_at", "recognised_fen", "ground", "recognised_on",
            "decided_by", "decided_at", "decision_reason", "revoked_on", "revoked_by", "revocation_reason",
        ]  # fmt: skip
        extra_kwargs = {"company": {"required": False}, "invested_on": {"required": False}}
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> ReinvestmentClaim:
        return actions.save_claim(**acting(self, validated_data))


class ProofSerializer(serializers.ModelSerializer):
    file = serializers.FileField(write_only=True)

    class Meta:
        model = ProofFile
        fields = ["id", "file", "name", "kind", "size", "sha256", "added_by", "added_at"]
        read_only_fields = ["name", "kind", "size", "sha256", "added_by", "added_at"]

    def create(self, validated_data: dict[str, Any]) -> ProofFile:
        data = acting(self, {"claim_id": validated_data["claim_id"], "upload": validated_data["file"]})
        return actions.add_proof(**data)


class RecogniseSerializer(serializers.Serializer):
    recognised_fen = serializers.IntegerField()
    ground = serializers.PrimaryKeyRelatedField(queryset=CatalogueItem.objects.filter(kind="GROUND"))
    recognised_on = serializers.DateField()
    reason = serializers.CharField()


class ReasonSerializer(serializers.Serializer):
    reason = serializers.CharField()


class RevokeSerializer(ReasonSerializer):
    revoked_on = serializers.DateField()
