"""Assessments and blind reviews in the API; a packet is exactly the record that the reviewer's pages show."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from talent.choices.assessment import AFTER_DECISION, AssessmentOutcome
from talent.models import Assessment, AssessmentRound, AssessmentRubric, BlindReview
from talent.models.visibility import sees_people
from talent.queries.blind import NamedPacket, packet_of
from talent.rules.rubric import TOP_MARK


class AssessmentRubricSerializer(serializers.ModelSerializer):
    source_status = serializers.CharField(source="status", read_only=True)

    class Meta:
        model = AssessmentRubric
        fields = ["id", "code", "version", "title_zh", "title_en", "content", "source_status", "source"]


class AssessmentRoundSerializer(serializers.ModelSerializer):
    role = serializers.CharField(source="role_kind", read_only=True)

    class Meta:
        model = AssessmentRound
        fields = [
            "id", "code", "title_zh", "title_en", "role", "rubric", "opened_on", "scores_due_on", "least_reviewers",
        ]  # fmt: skip


class AssessmentSerializer(serializers.ModelSerializer):
    """With the public number of the person for who may read names, and for the person."""

    person = serializers.SerializerMethodField(help_text="Null for who knows the case by its number.")
    assessment_state = serializers.CharField(source="state", read_only=True)
    decided_outcome = serializers.CharField(source="outcome", read_only=True)
    reasons = serializers.SerializerMethodField(help_text="Empty before the decision.")

    class Meta:
        model = Assessment
        fields = [
            "id", "number", "round", "person", "assessment_state", "decided_outcome", "reasons", "opened_at",
            "locked_at", "unblinded_at", "decided_at", "appeal", "answer",
        ]  # fmt: skip

    @extend_schema_field(serializers.UUIDField(allow_null=True))
    def get_person(self, case: Assessment) -> str | None:
        user = self.context["request"].user
        return str(case.person.uuid) if sees_people(user) or case.person.user_id == user.pk else None

    @extend_schema_field(serializers.CharField())
    def get_reasons(self, case: Assessment) -> str:
        return case.reason if case.state in AFTER_DECISION else ""


class OpenAssessmentSerializer(serializers.Serializer):
    round = serializers.PrimaryKeyRelatedField(queryset=AssessmentRound.objects.all())
    person = serializers.UUIDField(help_text="Public number of the person.")


class AssessmentStepSerializer(serializers.Serializer):
    """What a step may need: ``reason`` for most, ``outcome`` to decide and to answer an appeal."""

    step = serializers.ChoiceField(
        choices=["begin", "lock", "moderate", "reopen", "unblind", "diligence", "decide", "answer", "close", "appeal"]
    )
    reason = serializers.CharField(required=False, allow_blank=True, default="", max_length=3000)
    decided_outcome = serializers.CharField(required=False, allow_blank=True, default="")

    def validate_decided_outcome(self, value: str) -> str:
        if value and value not in AssessmentOutcome.values:
            raise serializers.ValidationError(list(AssessmentOutcome.values))
        return value


class BlindItemSerializer(serializers.Serializer):
    form = serializers.CharField()
    domain = serializers.CharField()
    text = serializers.CharField()
    when = serializers.CharField(help_text="recent (within 5 years), earlier or empty")
    experience = serializers.CharField(help_text="band of years, or empty")
    file = serializers.IntegerField(allow_null=True)


class BlindCriterionSerializer(serializers.Serializer):
    key = serializers.CharField()
    title = serializers.CharField()
    weight = serializers.IntegerField()
    anchors = serializers.SerializerMethodField()
    items = BlindItemSerializer(many=True)

    @extend_schema_field(serializers.DictField(child=serializers.CharField()))
    def get_anchors(self, criterion: Any) -> dict[str, str]:
        return dict(criterion.anchors)


class BlindPacketSerializer(serializers.Serializer):
    number = serializers.CharField()
    round = serializers.CharField()
    rubric = serializers.CharField()
    criteria = BlindCriterionSerializer(many=True)
    sha256 = serializers.CharField()
    person = serializers.SerializerMethodField(help_text="Null until the case is unblinded.")

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_person(self, packet: Any) -> str | None:
        return packet.person if isinstance(packet, NamedPacket) else None


class BlindReviewSerializer(serializers.ModelSerializer):
    number = serializers.CharField(source="assessment.number", read_only=True)
    due_on = serializers.DateField(source="assessment.round.scores_due_on", read_only=True)
    review_state = serializers.CharField(source="state", read_only=True)

    class Meta:
        model = BlindReview
        fields = ["id", "number", "due_on", "review_state", "invited_at", "declared_at", "submitted_at"]


class BlindReviewDetailSerializer(BlindReviewSerializer):
    packet = serializers.SerializerMethodField(help_text="Null before the declaration.")

    class Meta(BlindReviewSerializer.Meta):
        fields = [*BlindReviewSerializer.Meta.fields, "draft", "packet"]

    @extend_schema_field(BlindPacketSerializer(allow_null=True))
    def get_packet(self, review: BlindReview) -> dict[str, Any] | None:
        packet = packet_of(review)
        return None if packet is None else BlindPacketSerializer(packet).data


class BlindDeclarationSerializer(serializers.Serializer):
    conflict = serializers.BooleanField()
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class BlindSheetSerializer(serializers.Serializer):
    marks = serializers.DictField(child=serializers.IntegerField(min_value=0, max_value=TOP_MARK))
    reasons = serializers.DictField(child=serializers.CharField(allow_blank=True, max_length=2000))
