"""Shapes of kept test cases of definitions in the API."""

from rest_framework import serializers

from innovation.calls.models import DefinitionCase
from innovation.calls.rules.definitions import Kind


class DefinitionCaseSerializer(serializers.ModelSerializer):
    class Meta:
        model = DefinitionCase
        fields = ["id", "kind", "family", "title", "asked", "sample", "expected", "kept_at"]


class KeepDefinitionCaseSerializer(serializers.Serializer):
    """``expected`` left out: what the version answers now."""

    kind = serializers.CharField()
    family = serializers.CharField()
    version = serializers.IntegerField()
    title = serializers.CharField(max_length=120)
    asked = serializers.DictField(child=serializers.CharField(), default=dict)
    sample = serializers.DictField(default=dict)
    expected = serializers.DictField(allow_null=True, default=None)

    def validate_kind(self, value: str) -> str:
        if value not in {str(kind) for kind in Kind}:
            raise serializers.ValidationError("form, rubric, process, deadlines, score_sheet, message")
        return value


class DefinitionTrialSerializer(serializers.Serializer):
    """A kept case run against a version; ``got`` is what it answers."""

    case = DefinitionCaseSerializer()
    passed = serializers.BooleanField()
    got = serializers.DictField()
    error = serializers.CharField(allow_blank=True)
