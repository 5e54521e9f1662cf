"""Awards of grant money as the API shows and takes them. Amounts are integer fen."""

from typing import Any

from rest_framework import serializers

from funds.actions.grants import change_award, record_award
from funds.models import GrantAward


class GrantAwardSerializer(serializers.ModelSerializer):
    recipient_name = serializers.CharField(source="recipient.name_zh", read_only=True)
    paid_fen = serializers.SerializerMethodField()
    returned_fen = serializers.SerializerMethodField()
    left_fen = serializers.SerializerMethodField()

    class Meta:
        model = GrantAward
        fields = [
            "id", "fund", "code", "recipient", "recipient_name", "title", "committed_fen", "starts_on", "years",
            "review_on", "document", "paid_fen", "returned_fen", "left_fen",
        ]  # fmt: skip
        # The action refuses a code twice with the reason; the constraint stands behind it.
        validators: list[Any] = []

    def get_paid_fen(self, award: GrantAward) -> int:
        """Everything paid under the award."""
        return getattr(award, "paid_fen", 0)

    def get_returned_fen(self, award: GrantAward) -> int:
        """What the recipient paid back."""
        return getattr(award, "returned_fen", 0)

    def get_left_fen(self, award: GrantAward) -> int:
        """What may still be paid."""
        return award.committed_fen - self.get_paid_fen(award) + self.get_returned_fen(award)

    def create(self, validated_data: dict[str, Any]) -> GrantAward:
        fund = validated_data.pop("fund")
        return record_award(fund_id=fund.pk, actor=self.context["request"].user, **validated_data)


class ChangeAwardSerializer(serializers.Serializer):
    """Terms to change; what is left out stays."""

    title = serializers.CharField(max_length=200, required=False)
    committed_fen = serializers.IntegerField(required=False)
    starts_on = serializers.DateField(required=False)
    years = serializers.IntegerField(required=False, min_value=1, max_value=30)
    review_on = serializers.DateField(required=False, allow_null=True)
    document = serializers.CharField(max_length=200, required=False, allow_blank=True)

    def change(self, award: GrantAward) -> GrantAward:
        return change_award(award_id=award.pk, actor=self.context["request"].user, **self.validated_data)
