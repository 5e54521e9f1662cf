"""Shapes of needs of challenge calls in the API. Amounts are whole fen."""

from rest_framework import serializers

from innovation.calls.models import Need


class ChallengeNeedSerializer(serializers.ModelSerializer):
    owner = serializers.CharField(source="organisation.name", read_only=True)

    class Meta:
        model = Need
        fields = ["id", "organisation", "owner", "title", "summary", "targets", "top_fen", "wanted_by", "state",
                  "posted_at", "call"]  # fmt: skip
        read_only_fields = ["state", "posted_at", "call"]
