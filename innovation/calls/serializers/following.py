"""Shapes of what follows from a case in the API. Amounts are whole fen."""

from rest_framework import serializers

from innovation.calls.models import (
    Agreement,
    AgreementShare,
    ChangeRequest,
    Decision,
    Entitlement,
    Milestone,
    Notice,
    Payment,
    Signature,
)


class CaseDecisionSerializer(serializers.ModelSerializer):
    class Meta:
        model = Decision
        fields = ["id", "application", "event", "award_fen", "reasons", "decided_at"]
        ref_name = "ApplicationDecision"


class NoticeSerializer(serializers.ModelSerializer):
    """What everybody may read of a decision on notice."""

    number = serializers.CharField(source="application.number")
    call = serializers.CharField(source="application.call.code")
    is_stopped = serializers.SerializerMethodField()

    class Meta:
        model = Notice
        fields = ["id", "number", "call", "title", "applicant", "award_fen", "days", "published_at", "ends_on",
                  "is_stopped", "ended_at"]  # fmt: skip
        ref_name = "PublicNotice"

    def get_is_stopped(self, notice: Notice) -> bool:
        return notice.stopped_on is not None


class CaseMilestoneSerializer(serializers.ModelSerializer):
    application = serializers.IntegerField(source="agreement.application_id", read_only=True)

    class Meta:
        model = Milestone
        fields = ["id", "application", "agreement", "number", "title", "target", "due_on", "amount_fen"]


class CaseShareSerializer(serializers.ModelSerializer):
    class Meta:
        model = AgreementShare
        fields = ["name", "share_hundredths"]


class CaseSignatureSerializer(serializers.ModelSerializer):
    class Meta:
        model = Signature
        fields = ["side", "sha256", "signed_at"]


class CaseAgreementSerializer(serializers.ModelSerializer):
    milestones = CaseMilestoneSerializer(many=True)
    shares = CaseShareSerializer(many=True)
    signatures = CaseSignatureSerializer(many=True)

    class Meta:
        model = Agreement
        fields = ["id", "application", "version", "state", "text", "targets", "award_fen", "own_fen", "sha256",
                  "offered_at", "in_force_at", "milestones", "shares", "signatures"]  # fmt: skip


class CasePaymentSerializer(serializers.ModelSerializer):
    class Meta:
        model = Payment
        fields = ["id", "application", "passed_check", "amount_fen", "reason", "state", "ordered_at", "paid_on"]


class CaseChangeSerializer(serializers.ModelSerializer):
    class Meta:
        model = ChangeRequest
        fields = ["id", "application", "text", "targets_changed", "new_targets", "milestone", "new_due_on", "asked_at",
                  "due_on", "state", "reason", "answered_at"]  # fmt: skip


class EntitlementSerializer(serializers.ModelSerializer):
    class Meta:
        model = Entitlement
        fields = ["id", "number", "application", "organisation", "holder", "kind", "title_zh", "title_en",
                  "valid_from", "valid_to", "state", "suspended_on", "ended_on", "renewed_from"]  # fmt: skip
