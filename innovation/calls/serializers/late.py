"""Shapes of late documents in the API."""

from rest_framework import serializers

from innovation.calls.models import LateDocument


class LateDocumentSerializer(serializers.ModelSerializer):
    class Meta:
        model = LateDocument
        fields = ["id", "application", "title", "why", "file_name", "size", "sha256", "recorded_at", "state", "reason",
                  "examined_at"]  # fmt: skip


class HandInLateSerializer(serializers.Serializer):
    """A file that comes after the submission, what it is, and why it comes late."""

    application = serializers.IntegerField()
    title = serializers.CharField(max_length=200)
    why = serializers.CharField(max_length=2000)
    file = serializers.FileField()
