"""Shapes of appeals in the API."""

from rest_framework import serializers

from innovation.calls.models import Appeal


class ApplicationAppealSerializer(serializers.ModelSerializer):
    class Meta:
        model = Appeal
        fields = ["id", "application", "against", "text", "submitted_at", "due_on", "state", "reason", "remedy",
                  "examined_at"]  # fmt: skip


class HandInAppealSerializer(serializers.Serializer):
    """Why the refusal is wrong."""

    application = serializers.IntegerField()
    text = serializers.CharField(max_length=5000)
