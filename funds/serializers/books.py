"""The keeping of books as the API shows and takes it. Amounts are integer fen."""

from typing import Any

from rest_framework import serializers

from funds.actions.books import set_book_terms
from funds.actions.entries import Request, approve_entry, refuse_entry, submit_entry, withdraw_entry
from funds.actions.events import Entry, close_period, reopen_period
from funds.choices.ledger import ENTERED_KINDS
from funds.models import BookTerms, EntryProposal, Fund, LedgerAnchor, LedgerEvent, LedgerProof, PeriodClose
from funds.serializers.records import HexField
from innovation.accounts.models import User


def actor_of(serializer: serializers.BaseSerializer) -> User:
    return serializer.context["request"].user


class BookTermsSerializer(serializers.ModelSerializer):
    """POST sets the terms of a fund, whether it had some before or not."""

    fund = serializers.PrimaryKeyRelatedField(queryset=Fund.objects.all())

    class Meta:
        model = BookTerms
        fields = ["id", "fund", "approval_limit_fen", "is_complete", "changed_by", "changed_at"]
        read_only_fields = ["changed_by", "changed_at"]
        extra_kwargs = {"approval_limit_fen": {"required": True}, "is_complete": {"required": True}}

    def create(self, validated_data: dict[str, Any]) -> BookTerms:
        return set_book_terms(fund_id=validated_data.pop("fund").pk, actor=actor_of(self), **validated_data)


class PeriodCloseSerializer(serializers.ModelSerializer):
    late_entries = serializers.IntegerField(read_only=True)
    late_values = serializers.IntegerField(read_only=True)

    class Meta:
        model = PeriodClose
        fields = [
            "id", "fund", "through", "closed_at", "closed_by", "reopened_at", "reopened_by", "reopen_reason",
            "late_entries", "late_values",
        ]  # fmt: skip
        read_only_fields = ["closed_at", "closed_by", "reopened_at", "reopened_by", "reopen_reason"]
        # The action refuses a second close with the day of the first.
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> PeriodClose:
        return close_period(
            fund_id=validated_data["fund"].pk, through=validated_data["through"], actor=actor_of(self)
        )  # fmt: skip


class BookReasonSerializer(serializers.Serializer):
    """A reason; its verb decides whether it may be empty."""

    reason = serializers.CharField(max_length=400, allow_blank=True, default="")

    def reopen(self, close: PeriodClose) -> PeriodClose:
        return reopen_period(close_id=close.pk, actor=actor_of(self), **self.validated_data)

    def approve(self, proposal: EntryProposal) -> EntryProposal:
        return approve_entry(proposal_id=proposal.pk, actor=actor_of(self), **self.validated_data)

    def refuse(self, proposal: EntryProposal) -> EntryProposal:
        return refuse_entry(proposal_id=proposal.pk, actor=actor_of(self), **self.validated_data)

    def withdraw(self, proposal: EntryProposal) -> EntryProposal:
        return withdraw_entry(proposal_id=proposal.pk, actor=actor_of(self), **self.validated_data)


class EntryProposalSerializer(serializers.ModelSerializer):
    class Meta:
        model = EntryProposal
        fields = [
            "id", "fund", "kind", "investment", "award", "value_date", "amount_fen", "cost_relieved_fen", "reverses",
            "document", "reason", "late", "state", "proposed_by", "proposed_at", "decided_by", "decided_at",
            "decision_reason", "event",
        ]  # fmt: skip


class SubmitSerializer(serializers.Serializer):
    """Something for the books: a new entry, an event to take back, or both in one step."""

    fund = serializers.PrimaryKeyRelatedField(queryset=Fund.objects.all())
    kind = serializers.ChoiceField(choices=ENTERED_KINDS, required=False)
    value_date = serializers.DateField(required=False)
    amount_fen = serializers.IntegerField(default=0)
    cost_relieved_fen = serializers.IntegerField(default=0)
    investment = serializers.IntegerField(required=False, allow_null=True)
    award = serializers.IntegerField(required=False, allow_null=True)
    document = serializers.CharField(max_length=200, default="", allow_blank=True)
    takes_back = serializers.PrimaryKeyRelatedField(queryset=LedgerEvent.objects.all(), required=False, allow_null=True)
    reason = serializers.CharField(max_length=400, default="", allow_blank=True)
    late = serializers.BooleanField(default=False)

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if attrs.get("kind") and not attrs.get("value_date"):
            raise serializers.ValidationError({"value_date": self.fields["value_date"].error_messages["required"]})
        return attrs

    def create(self, validated_data: dict[str, Any]) -> LedgerEvent | EntryProposal:
        data = validated_data
        entry = None
        if data.get("kind"):
            entry = Entry(
                data["kind"], data["value_date"], data["amount_fen"], data.get("investment"), data["cost_relieved_fen"],
                data["document"], data.get("award"),
            )  # fmt: skip
        target = data.get("takes_back")
        request = Request(data["fund"].pk, entry, target.pk if target else None, data["reason"], data["late"])
        return submit_entry(request=request, actor=actor_of(self))


class LedgerProofSerializer(serializers.ModelSerializer):
    class Meta:
        model = LedgerProof
        fields = ["id", "fund", "occasion", "proved_at", "actor", "funds", "entries", "anchors", "findings", "seconds"]
        read_only_fields = ["occasion", "proved_at", "actor", "funds", "entries", "anchors", "findings", "seconds"]


class LedgerAnchorSerializer(serializers.ModelSerializer):
    hash = HexField(read_only=True)

    class Meta:
        model = LedgerAnchor
        fields = ["id", "fund", "day", "seq", "hash", "made_at"]
