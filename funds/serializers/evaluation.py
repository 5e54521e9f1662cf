"""Self-evaluations and filing extracts in the API."""

from fractions import Fraction
from typing import Any

from rest_framework import serializers

from funds.actions import evaluation, filing
from funds.models import EvaluationIndicator, EvaluationRun, EvaluationScheme, EvaluationScore, FilingExtract
from funds.serializers.records import acting


class IndicatorSerializer(serializers.ModelSerializer):
    class Meta:
        model = EvaluationIndicator
        fields = ["id", "dimension", "code", "zh", "en", "weight_num", "weight_den"]


class SchemeSerializer(serializers.ModelSerializer):
    indicators = IndicatorSerializer(many=True, read_only=True)

    class Meta:
        model = EvaluationScheme
        fields = ["id", "code", "version", "zh", "en", "source", "status", "effective_from", "indicators"]


class ScoreSerializer(serializers.ModelSerializer):
    """The score of one indicator; on POST ``score`` is 0 to 100 with at most two decimals."""

    score = serializers.DecimalField(max_digits=5, decimal_places=2, write_only=True)

    class Meta:
        model = EvaluationScore
        fields = ["id", "indicator", "score", "hundredths", "reason"]
        read_only_fields = ["hundredths"]

    def create(self, validated_data: dict[str, Any]) -> EvaluationScore:
        data = validated_data | {"score": Fraction(validated_data["score"])}
        return evaluation.score_indicator(**acting(self, data))


class EvaluationRunSerializer(serializers.ModelSerializer):
    """A self-evaluation; the score is an exact fraction once it is confirmed."""

    scores = ScoreSerializer(many=True, read_only=True)

    class Meta:
        model = EvaluationRun
        fields = [
            "id", "fund", "year", "scheme", "state", "total_num", "total_den", "prepared_by", "submitted_at",
            "decided_by", "decided_at", "decision_reason", "scores",
        ]  # fmt: skip
        read_only_fields = [name for name in fields if name not in {"fund", "year", "scheme"}]
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> EvaluationRun:
        return evaluation.start_run(**acting(self, validated_data))


class ExtractSerializer(serializers.ModelSerializer):
    """An extract for the national register; POST makes it, or makes a draft anew."""

    class Meta:
        model = FilingExtract
        fields = [
            "id", "fund", "year", "state", "due_on", "content", "sha256", "made_by", "made_at", "commitment",
            "committed_by", "committed_at", "filed_on", "receipt",
        ]  # fmt: skip
        read_only_fields = [name for name in fields if name not in {"fund", "year"}]
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> FilingExtract:
        return filing.make_extract(**acting(self, validated_data))


class TruthCommitmentSerializer(serializers.Serializer):
    commitment = serializers.CharField()


class FiledSerializer(serializers.Serializer):
    filed_on = serializers.DateField()
    receipt = serializers.CharField(max_length=200)
