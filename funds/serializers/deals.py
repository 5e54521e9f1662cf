"""Proposals, decisions, agreements and tranches as the API shows and takes them. Amounts are integer fen."""

from fractions import Fraction
from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from funds.actions import agreements, deals, decisions
from funds.actions.papers import store_paper
from funds.choices.deals import VoteChoice
from funds.models import (
    Agreement,
    Committee,
    CommitteeMember,
    Deal,
    Decision,
    DiligenceItem,
    MonitoringNote,
    Paper,
    Tranche,
    Vote,
)
from funds.rules.decisions import Ballot
from innovation.accounts.models import User


def actor_of(serializer: serializers.BaseSerializer) -> User:
    return serializer.context["request"].user


class PaperSerializer(serializers.ModelSerializer):
    """A stored paper. POST the file; its content comes back at ``file_url``."""

    file = serializers.FileField(write_only=True)
    file_url = serializers.CharField(source="get_absolute_url", read_only=True)

    class Meta:
        model = Paper
        fields = [
            "id", "company", "kind", "title", "file", "file_url", "file_name", "file_kind", "size", "sha256",
            "recorded_at", "recorded_by",
        ]  # fmt: skip
        read_only_fields = ["file_name", "file_kind", "size", "sha256", "recorded_at", "recorded_by"]
        extra_kwargs = {"title": {"required": False, "allow_blank": True}}

    def create(self, validated_data: dict[str, Any]) -> Paper:
        company = validated_data.get("company")
        return store_paper(
            upload=validated_data["file"], kind=validated_data["kind"], title=validated_data.get("title", ""),
            company_id=company.pk if company else None, actor=actor_of(self),
        )  # fmt: skip


class DiligenceItemSerializer(serializers.ModelSerializer):
    """A question of due diligence; PATCH answers it."""

    class Meta:
        model = DiligenceItem
        fields = ["id", "deal", "area", "question", "state", "finding", "responsible", "due_on", "done_on", "paper"]
        read_only_fields = ["done_on"]
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> DiligenceItem:
        deal = validated_data.pop("deal")
        return deals.save_item(deal_id=deal.pk, actor=actor_of(self), **validated_data)

    def update(self, instance: DiligenceItem, validated_data: dict[str, Any]) -> DiligenceItem:
        validated_data.pop("deal", None)
        return deals.save_item(deal_id=instance.deal_id, item_id=instance.pk, actor=actor_of(self), **validated_data)


class DealSerializer(serializers.ModelSerializer):
    """A proposal; its state moves by the acts begin, propose, withdraw and by decisions."""

    class Meta:
        model = Deal
        fields = [
            "id", "code", "fund", "company", "investment", "is_follow_on", "stage", "mode", "instrument", "amount_fen",
            "pre_money_fen", "source", "summary", "risks", "lead", "state", "opened_on",
        ]  # fmt: skip
        read_only_fields = ["is_follow_on", "lead", "state"]
        extra_kwargs = {"code": {"required": False, "allow_blank": True}}

    def create(self, validated_data: dict[str, Any]) -> Deal:
        return deals.save_deal(actor=actor_of(self), **validated_data)

    def update(self, instance: Deal, validated_data: dict[str, Any]) -> Deal:
        return deals.save_deal(deal_id=instance.pk, actor=actor_of(self), **validated_data)


class DealReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=1000)


class CommitteeMemberSerializer(serializers.ModelSerializer):
    class Meta:
        model = CommitteeMember
        fields = ["id", "name", "position", "user", "is_active"]


class CommitteeSerializer(serializers.ModelSerializer):
    members = CommitteeMemberSerializer(many=True, read_only=True)

    class Meta:
        model = Committee
        fields = ["id", "name_zh", "name_en", "fund", "quorum", "majority_num", "majority_den", "is_active", "members"]


class VoteSerializer(serializers.ModelSerializer):
    class Meta:
        model = Vote
        fields = ["name", "position", "user", "choice", "reason"]


class BallotSerializer(serializers.Serializer):
    """One member's vote."""

    member = serializers.CharField(max_length=100)
    choice = serializers.ChoiceField(choices=VoteChoice.choices)
    reason = serializers.CharField(max_length=400, required=False, allow_blank=True, default="")


class DecisionSerializer(serializers.ModelSerializer):
    """A committee's decision. POST it with ``ballots`` of all members; it is sealed at once and never changed.

    Give ``deal`` for a proposal, else ``investment`` and ``subject``.
    """

    ballots = BallotSerializer(many=True, write_only=True)
    votes = VoteSerializer(many=True, read_only=True)
    papers = serializers.PrimaryKeyRelatedField(many=True, queryset=Paper.objects.all(), required=False)

    class Meta:
        model = Decision
        fields = [
            "id", "fund", "number", "subject", "deal", "investment", "committee", "met_on", "quorum", "majority_num",
            "majority_den", "outcome", "amount_fen", "conditions", "reason", "minutes", "papers", "ballots", "votes",
            "recorded_at", "recorded_by", "sealed_at", "sha256",
        ]  # fmt: skip
        read_only_fields = [
            "fund", "quorum", "majority_num", "majority_den", "recorded_at", "recorded_by", "sealed_at", "sha256",
        ]  # fmt: skip
        extra_kwargs = {"subject": {"required": False}}
        validators: list[Any] = []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if not attrs.get("deal") and not (attrs.get("investment") and attrs.get("subject")):
            raise serializers.ValidationError(_("Name the proposal, or the holding and the subject."))
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Decision:
        data = dict(validated_data)
        deal, investment = data.pop("deal", None), data.pop("investment", None)
        subject, papers = data.pop("subject", ""), data.pop("papers", [])
        ballots = [Ballot(**ballot) for ballot in data.pop("ballots")]
        facts = data | {
            "committee_id": data.pop("committee").pk, "ballots": ballots, "paper_ids": [paper.pk for paper in papers],
            "actor": actor_of(self),
        }  # fmt: skip
        facts.pop("committee", None)
        if deal:
            return decisions.decide_deal(deal_id=deal.pk, **facts)
        return decisions.decide_holding(investment_id=investment.pk, subject=subject, **facts)


class TrancheSerializer(serializers.ModelSerializer):
    """A tranche; ``is_paid`` follows from the ledger."""

    is_paid = serializers.BooleanField(read_only=True)

    class Meta:
        model = Tranche
        fields = [
            "id", "agreement", "number", "amount_fen", "condition", "due_on", "state", "met_on", "met_paper", "is_paid",
        ]  # fmt: skip
        read_only_fields = fields


class PromiseSerializer(serializers.Serializer):
    """One tranche of an agreement that is recorded."""

    amount_fen = serializers.IntegerField(min_value=1)
    condition = serializers.CharField(required=False, allow_blank=True, default="")
    due_on = serializers.DateField(required=False, allow_null=True, default=None)


class AgreementSerializer(serializers.ModelSerializer):
    """A signed agreement; ``promises`` are its tranches. An amendment names what it ``supersedes``."""

    promises = PromiseSerializer(many=True, write_only=True, required=False)

    class Meta:
        model = Agreement
        fields = [
            "id", "investment", "decision", "number", "signed_on", "instrument", "amount_fen", "pre_money_fen",
            "share_num", "share_den", "redeem_from", "terms", "paper", "supersedes", "promises", "recorded_at",
            "recorded_by",
        ]  # fmt: skip
        read_only_fields = ["recorded_at", "recorded_by"]
        validators: list[Any] = []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        num, den = attrs.get("share_num"), attrs.get("share_den")
        if (num is None) != (den is None) or den == 0:
            raise serializers.ValidationError({"share_den": _("Give numerator and denominator of the share.")})
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Agreement:
        data = dict(validated_data)
        rows = {
            f"{name}_id": row.pk
            for name in ("investment", "decision", "paper", "supersedes")
            if (row := data.pop(name, None))
        }
        num, den = data.pop("share_num", None), data.pop("share_den", None)
        promises = [agreements.Promise(**promise) for promise in data.pop("promises", [])]
        share = None if num is None else Fraction(num, den)
        return agreements.sign_agreement(promises=promises, share=share, actor=actor_of(self), **rows, **data)


class MetSerializer(serializers.Serializer):
    met_on = serializers.DateField()
    note = serializers.CharField()
    paper_id = serializers.IntegerField(required=False, allow_null=True, default=None)


class PaySerializer(serializers.Serializer):
    value_date = serializers.DateField()
    document = serializers.CharField(max_length=200)


class MonitoringNoteSerializer(serializers.ModelSerializer):
    class Meta:
        model = MonitoringNote
        fields = [
            "id", "investment", "noted_on", "kind", "rating", "text", "next_on", "paper", "recorded_at", "recorded_by",
        ]  # fmt: skip
        read_only_fields = ["recorded_at", "recorded_by"]

    def create(self, validated_data: dict[str, Any]) -> MonitoringNote:
        data = dict(validated_data)
        paper = data.pop("paper", None)
        return agreements.note_holding(
            investment_id=data.pop("investment").pk, paper_id=paper.pk if paper else None, actor=actor_of(self), **data
        )
