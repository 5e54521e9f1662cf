"""Shape of earlier awards in the API."""

from rest_framework import serializers

from innovation.calls.models import EarlierAward


class EarlierAwardSerializer(serializers.ModelSerializer):
    class Meta:
        model = EarlierAward
        fields = ["id", "organisation", "funder", "number", "title", "programme", "leader", "amount_fen", "awarded_on",
                  "ends_on", "state"]  # fmt: skip
