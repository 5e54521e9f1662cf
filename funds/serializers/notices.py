"""Capital calls and distributions as the API shows and takes them. Amounts are integer fen."""

from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from funds.actions.notices import cancel_notice, issue_notice, pay_line
from funds.models import Call, CallLine, Distribution, DistributionLine, EntryProposal, Fund, LedgerEvent
from funds.queries.notices import lines_of, standing
from innovation.accounts.models import User

LINE_FIELDS = [
    "id",
    "position",
    "investor",
    "source",
    "amount_fen",
    "recallable_fen",
    "paid_fen",
    "paid_on",
    "standing",
]
FIELDS = [
    "id", "fund", "number", "amount_fen", "recallable_fen", "notice_on", "due_on", "purpose", "document", "state",
    "issued_at", "issued_by", "cancel_reason", "paid_fen",
]  # fmt: skip
READ_ONLY = ["number", "state", "issued_at", "issued_by", "cancel_reason"]


class _LineSerializer(serializers.ModelSerializer):
    paid_fen = serializers.IntegerField(read_only=True)
    paid_on = serializers.DateField(read_only=True)
    standing = serializers.SerializerMethodField()

    def get_standing(self, line: Any) -> str:
        """OPEN, PART, PAID or OVERDUE, by the entries that stand today."""
        return standing(line.amount_fen, line.paid_fen, line.notice.due_on, timezone.localdate())


class CallLineSerializer(_LineSerializer):
    class Meta:
        model = CallLine
        fields = [*LINE_FIELDS, "fees_fen", "expenses_fen"]


class DistributionLineSerializer(_LineSerializer):
    class Meta:
        model = DistributionLine
        fields = LINE_FIELDS


class _NoticeSerializer(serializers.ModelSerializer):
    word: str
    paid_fen = serializers.IntegerField(read_only=True, default=0)
    fund = serializers.PrimaryKeyRelatedField(queryset=Fund.objects.all())

    def create(self, validated_data: dict[str, Any]) -> Call | Distribution:
        fund = validated_data.pop("fund")
        return issue_notice(word=self.word, fund_id=fund.pk, actor=_actor(self), **validated_data)


class CallSerializer(_NoticeSerializer):
    """A capital call; POST issues one, split over the investors."""

    word = "call"

    class Meta:
        model = Call
        fields = FIELDS
        read_only_fields = READ_ONLY


class DistributionSerializer(_NoticeSerializer):
    """A distribution; POST issues one, split over the investors."""

    word = "distribution"

    class Meta:
        model = Distribution
        fields = [*FIELDS, "is_last"]
        read_only_fields = READ_ONLY


class CancelSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=400, allow_blank=True, default="")

    def cancel(self, word: str, pk: int) -> Call | Distribution:
        return cancel_notice(word=word, notice_id=pk, actor=_actor(self), **self.validated_data)


class PayLineSerializer(serializers.Serializer):
    """What was paid of one line; without an amount all that is open."""

    line = serializers.IntegerField()
    value_date = serializers.DateField()
    amount_fen = serializers.IntegerField(required=False)
    document = serializers.CharField(max_length=200, allow_blank=True, default="")
    reason = serializers.CharField(max_length=400, allow_blank=True, default="")
    late = serializers.BooleanField(default=False)

    def pay(self, word: str, notice: Call | Distribution) -> LedgerEvent | EntryProposal:
        data = dict(self.validated_data)
        line = lines_of(notice).filter(pk=data.pop("line")).first()
        if line is None:
            raise serializers.ValidationError({"line": _("The notice has no such line.")})
        return pay_line(word=word, line_id=line.pk, actor=_actor(self), **data)


def _actor(serializer: serializers.BaseSerializer) -> User:
    return serializer.context["request"].user
