"""Dated facts of a fund in the API: POST records one by its action. Amounts are integer fen, shares num/den."""

from collections.abc import Callable
from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from funds.actions import terms
from funds.models import Commitment, FeeTerm, FundLimit, FundTerm, SubFundInterest, WaterfallTier
from funds.models.dated import DatedRecord

PERIOD = ["valid_from", "valid_to", "document", "recorded_at", "recorded_by", "superseded_at"]
KNOWLEDGE = ["recorded_at", "recorded_by", "superseded_at"]


class DatedSerializer(serializers.ModelSerializer):
    """``action`` records the fact; columns ``x_num`` and ``x_den`` become its argument ``x``, relations their key."""

    action: Callable[..., DatedRecord]

    def create(self, validated_data: dict[str, Any]) -> DatedRecord:
        arguments: dict[str, Any] = {"actor": self.context["request"].user}
        for name, value in validated_data.items():
            if name.endswith("_num"):
                share = name.removesuffix("_num")
                arguments[share] = _share(share, value, validated_data.get(f"{share}_den"))
            elif hasattr(value, "pk"):
                arguments[f"{name}_id"] = value.pk
            elif not name.endswith("_den") and value is not None:
                arguments[name] = value
        return type(self).action(**arguments)


def _share(name: str, num: int | None, den: int | None) -> Fraction | None:
    if num is None and den is None:
        return None
    if num is None or not den or den < 0:
        raise serializers.ValidationError({f"{name}_den": [_("A share has a numerator and a denominator above 0.")]})
    return Fraction(num, den)


class CommitmentSerializer(DatedSerializer):
    action = staticmethod(terms.record_commitment)
    investor_name = serializers.CharField(source="investor.name_zh", read_only=True)

    class Meta:
        model = Commitment
        fields = ["id", "fund", "investor", "investor_name", "source", "amount_fen", *PERIOD]
        read_only_fields = KNOWLEDGE
        # The action decides what an overlap means; the constraint would refuse it first.
        validators: list[Any] = []


class FundTermSerializer(DatedSerializer):
    action = staticmethod(terms.record_term)

    class Meta:
        model = FundTerm
        fields = ["id", "fund", "phase", "approved_by", "approved_on", *PERIOD]
        read_only_fields = KNOWLEDGE
        extra_kwargs = {"valid_to": {"required": True, "allow_null": False}}
        validators: list[Any] = []


class FeeTermSerializer(DatedSerializer):
    action = staticmethod(terms.record_fee_term)

    class Meta:
        model = FeeTerm
        fields = ["id", "fund", "phase", "rate_num", "rate_den", "basis", *PERIOD]
        read_only_fields = KNOWLEDGE
        validators: list[Any] = []


class WaterfallTierSerializer(DatedSerializer):
    action = staticmethod(terms.record_tier)

    class Meta:
        model = WaterfallTier
        fields = [
            "id", "fund", "position", "kind", "amount_fen", "first_loss_num", "first_loss_den", "hurdle_num",
            "hurdle_den", "manager_num", "manager_den", "concession_num", "concession_den", "concession_to",
            "compounding", "day_count", "bearer", "condition", *PERIOD,
        ]  # fmt: skip
        read_only_fields = KNOWLEDGE
        validators: list[Any] = []


class FundLimitSerializer(DatedSerializer):
    action = staticmethod(terms.record_limit)

    class Meta:
        model = FundLimit
        fields = [
            "id", "fund", "kind", "share_num", "share_den", "basis", "amount_fen", "count", "policy", "source",
            "status", *PERIOD,
        ]  # fmt: skip
        read_only_fields = KNOWLEDGE
        validators: list[Any] = []


class SubFundInterestSerializer(DatedSerializer):
    action = staticmethod(terms.record_interest)

    class Meta:
        model = SubFundInterest
        fields = ["id", "investment", "sub_fund", "share_num", "share_den", *PERIOD]
        read_only_fields = KNOWLEDGE
        validators: list[Any] = []


class EndSerializer(serializers.Serializer):
    last_day = serializers.DateField()


class WithdrawSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300)
