"""Reviews and the office's cases in the API; a packet is exactly the record that the pages show."""

from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from innovation.calls.models import Application, GateResult, Review, Screening
from innovation.calls.queries.packets import NamedPacket, packet_of


class PacketSerializer(serializers.Serializer):
    number = serializers.CharField()
    call = serializers.CharField()
    field = serializers.CharField()
    title = serializers.CharField()
    sections = serializers.SerializerMethodField()
    sha256 = serializers.CharField()
    submitted_on = serializers.DateField()
    applicant = serializers.SerializerMethodField(help_text="Null in blind calls.")

    @extend_schema_field(serializers.ListField(child=serializers.DictField()))
    def get_sections(self, packet: Any) -> list[dict[str, Any]]:
        return [
            {
                "key": section.key, "title": section.title,
                "fields": [
                    {"key": one.key, "label": one.label, "text": one.text, "heads": list(one.heads),
                     "rows": [list(row) for row in one.rows]}
                    for one in section.fields
                ],
            }
            for section in packet.sections
        ]  # fmt: skip

    @extend_schema_field(serializers.CharField(allow_null=True))
    def get_applicant(self, packet: Any) -> str | None:
        return packet.applicant if isinstance(packet, NamedPacket) else None


class OwnReviewSerializer(serializers.ModelSerializer):
    number = serializers.CharField(source="application.number", read_only=True)
    call = serializers.CharField(source="application.call.code", read_only=True)
    review_state = serializers.CharField(source="state", read_only=True)

    class Meta:
        model = Review
        fields = ["id", "number", "call", "review_state", "invited_at", "due_on", "declared_at", "submitted_at"]


class OwnReviewDetailSerializer(OwnReviewSerializer):
    packet = serializers.SerializerMethodField(help_text="Null before the declaration.")

    class Meta(OwnReviewSerializer.Meta):
        fields = [*OwnReviewSerializer.Meta.fields, "draft", "packet"]

    @extend_schema_field(PacketSerializer(allow_null=True))
    def get_packet(self, review: Review) -> dict[str, Any] | None:
        packet = packet_of(review)
        return None if packet is None else PacketSerializer(packet).data


class ReviewDeclarationSerializer(serializers.Serializer):
    conflict = serializers.BooleanField()
    note = serializers.CharField(required=False, allow_blank=True, default="", max_length=300)


class ReviewWrittenSerializer(serializers.Serializer):
    points = serializers.DictField(child=serializers.IntegerField(allow_null=True))
    texts = serializers.DictField(child=serializers.CharField(allow_blank=True), required=False, default=dict)
    comment = serializers.CharField(required=False, allow_blank=True, default="")
    divergence_text = serializers.CharField(required=False, allow_blank=True, default="")
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class OfficeCaseSerializer(serializers.ModelSerializer):
    case_state = serializers.CharField(source="state", read_only=True)
    call_code = serializers.CharField(source="call.code", read_only=True)

    class Meta:
        model = Application
        fields = [
            "id", "number", "call_code", "title", "organisation", "case_state", "requested_fen", "own_fen",
            "submitted_at", "state_since", "due_on", "officer",
        ]  # fmt: skip


class GateResultSerializer(serializers.ModelSerializer):
    class Meta:
        model = GateResult
        fields = ["gate", "outcome", "text_zh", "text_en", "comparisons", "is_veto", "is_unverified"]


class ScreeningSerializer(serializers.ModelSerializer):
    gates = GateResultSerializer(many=True, read_only=True)

    class Meta:
        model = Screening
        fields = ["id", "application", "submission", "rubric", "passed", "is_verified", "ran_at", "facts", "gates"]


class CaseReviewSerializer(serializers.ModelSerializer):
    """A review as the office sees it; the total of 0 to 100 as an exact fraction."""

    class Meta:
        model = Review
        fields = ["id", "application", "reviewer", "state", "due_on", "conflict", "submitted_at", "total_num",
                  "total_den", "end_reason"]  # fmt: skip


class ReplaceReviewerSerializer(serializers.Serializer):
    """``reviewer`` left out: nobody is asked yet."""

    reason = serializers.CharField(max_length=300)
    reviewer = serializers.IntegerField(allow_null=True, default=None)
    due_on = serializers.DateField(allow_null=True, default=None)


class ScoreSheetFileSerializer(serializers.Serializer):
    """A workbook as downloaded; ``dry_run`` true changes nothing."""

    file = serializers.FileField()
    hand_in = serializers.BooleanField(default=False)
    dry_run = serializers.BooleanField(default=True)


class ScoreSheetLineSerializer(serializers.Serializer):
    """What one review of the file came to."""

    review_id = serializers.IntegerField()
    number = serializers.CharField()
    scored = serializers.IntegerField()
    criteria = serializers.IntegerField()
    is_good = serializers.BooleanField()
    handed_in = serializers.BooleanField()
    refusal = serializers.CharField(allow_blank=True)
    faults = serializers.ListField(child=serializers.ListField())
