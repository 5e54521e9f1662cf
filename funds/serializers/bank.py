"""Movements of accounts as the API shows and settles them. Amounts are integer fen, above zero came in."""

from typing import Any

from rest_framework import serializers

from funds.actions.bank import set_aside, settle_by_booking, settle_by_entry, settle_by_notice
from funds.choices.ledger import ENTERED_KINDS
from funds.models import BankLine


class BankLineSerializer(serializers.ModelSerializer):
    matched_fen = serializers.IntegerField(read_only=True)

    class Meta:
        model = BankLine
        fields = [
            "id", "statement", "fund", "row", "day", "amount_fen", "counterparty", "purpose", "reference",
            "matched_fen", "set_aside_because", "set_aside_by",
        ]  # fmt: skip


class SettleSerializer(serializers.Serializer):
    """One of: ``call_line``, ``distribution_line``, ``entry``, or ``kind`` with what that kind needs."""

    call_line = serializers.IntegerField(required=False)
    distribution_line = serializers.IntegerField(required=False)
    entry = serializers.IntegerField(required=False)
    kind = serializers.ChoiceField(choices=ENTERED_KINDS, required=False)
    investment = serializers.IntegerField(required=False)
    award = serializers.IntegerField(required=False)
    cost_relieved_fen = serializers.IntegerField(default=0)
    reason = serializers.CharField(max_length=400, allow_blank=True, default="")
    late = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if len({"call_line", "distribution_line", "entry", "kind"} & attrs.keys()) != 1:
            raise serializers.ValidationError(self.fields["kind"].error_messages["required"])
        return attrs

    def settle(self, line_id: int) -> Any:
        data: dict[str, Any] = dict(self.validated_data)
        asked = {"line_id": line_id, "actor": self.context["request"].user}
        for word in ("call", "distribution"):
            if f"{word}_line" in data:
                return settle_by_notice(word=word, notice_line_id=data[f"{word}_line"], **asked)
        if "entry" in data:
            return settle_by_entry(event_id=data["entry"], **asked)
        return settle_by_booking(
            kind=data["kind"], investment_id=data.get("investment"), cost_relieved_fen=data["cost_relieved_fen"],
            award_id=data.get("award"), reason=data["reason"], late=data["late"], **asked,
        )  # fmt: skip


class SetAsideSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=400)

    def settle(self, line_id: int) -> Any:
        return set_aside(line_id=line_id, actor=self.context["request"].user, **self.validated_data)
