"""Management fees as the API shows and takes them. Amounts are integer fen, rates exact fractions."""

from typing import Any

from rest_framework import serializers

from funds.actions.fees import charge_fee
from funds.models import EntryProposal, FeeCharge, Fund, LedgerEvent


class FeeChargeSerializer(serializers.ModelSerializer):
    class Meta:
        model = FeeCharge
        fields = ["id", "fund", "since", "until", "amount_fen", "parts", "event"]


class ChargeSerializer(serializers.Serializer):
    """The period to charge, both days included, and the day of payment."""

    fund = serializers.PrimaryKeyRelatedField(queryset=Fund.objects.all())
    since = serializers.DateField()
    until = serializers.DateField()
    value_date = serializers.DateField()
    document = serializers.CharField(max_length=200, allow_blank=True, default="")

    def create(self, validated_data: dict[str, Any]) -> LedgerEvent | EntryProposal:
        fund = validated_data.pop("fund")
        return charge_fee(fund_id=fund.pk, actor=self.context["request"].user, **validated_data)
