"""Shapes of messages to applicants in the API."""

from rest_framework import serializers

from innovation.calls.actions.messages import MOST
from innovation.calls.choices import Audience
from innovation.calls.models import MessageBatch, MessageLine


class MessageLineSerializer(serializers.ModelSerializer):
    class Meta:
        model = MessageLine
        fields = ["id", "application", "person", "email", "subject", "text", "state", "left_out", "missing",
                  "written_at"]  # fmt: skip
        ref_name = "ApplicationMessageLine"


class MessageBatchSerializer(serializers.ModelSerializer):
    ready = serializers.IntegerField(read_only=True)
    left_out = serializers.IntegerField(read_only=True)
    handed_over = serializers.IntegerField(read_only=True)

    class Meta:
        model = MessageBatch
        fields = ["id", "template", "audience", "note", "created_at", "created_by", "confirmed_at", "confirmed_by",
                  "discarded_at", "ready", "left_out", "handed_over"]  # fmt: skip
        ref_name = "ApplicationMessage"


class MessageDetailSerializer(MessageBatchSerializer):
    lines = MessageLineSerializer(many=True, read_only=True)

    class Meta(MessageBatchSerializer.Meta):
        fields = [*MessageBatchSerializer.Meta.fields, "lines"]
        ref_name = "ApplicationMessageDetail"


class PrepareMessageSerializer(serializers.Serializer):
    """Which mail text for which applications."""

    template = serializers.IntegerField()
    applications = serializers.ListField(child=serializers.IntegerField(), min_length=1, max_length=MOST)
    audience = serializers.ChoiceField(choices=Audience.choices, default=Audience.LEADS)
    note = serializers.CharField(default="", allow_blank=True, max_length=3_000)
