"""Landing agreements in the API. Targets and what was reached are fen, or heads for jobs."""

from typing import Any

from rest_framework import serializers

from funds.actions import landing as actions
from funds.models import ClawBack, DutyActual, LandedDuty, LandedProject
from funds.serializers.records import acting


class LandedProjectSerializer(serializers.ModelSerializer):
    class Meta:
        model = LandedProject
        fields = ["id", "investment", "name", "place", "agreement", "signed_on", "created_by", "created_at"]
        read_only_fields = ["created_by", "created_at"]
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> LandedProject:
        return actions.record_project(**acting(self, validated_data))


class LandedDutySerializer(serializers.ModelSerializer):
    class Meta:
        model = LandedDuty
        fields = ["id", "project", "kind", "target", "due_on", "stake_fen"]
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> LandedDuty:
        project = validated_data.pop("project")
        return actions.add_duty(project_id=project.pk, **acting(self, validated_data))


class DutyActualSerializer(serializers.ModelSerializer):
    class Meta:
        model = DutyActual
        fields = ["id", "duty", "valid_at", "value", "document", "recorded_by", "recorded_at"]
        read_only_fields = ["recorded_by", "recorded_at"]

    def create(self, validated_data: dict[str, Any]) -> DutyActual:
        duty = validated_data.pop("duty")
        return actions.record_actual(duty_id=duty.pk, **acting(self, validated_data))


class ClawBackSerializer(serializers.ModelSerializer):
    """POST proposes what is owed for a missed duty; ``demand``, ``waive`` and ``pay`` decide it."""

    class Meta:
        model = ClawBack
        fields = [
            "id", "duty", "state", "amount_fen", "shortfall_num", "shortfall_den", "proposed_by", "proposed_at",
            "decided_by", "decided_at", "reason", "paid_on",
        ]  # fmt: skip
        read_only_fields = [name for name in fields if name != "duty"]
        extra_kwargs = {"duty": {"validators": []}}

    def create(self, validated_data: dict[str, Any]) -> ClawBack:
        return actions.propose_claw_back(**acting(self, {"duty_id": validated_data["duty"].pk}))


class PaidSerializer(serializers.Serializer):
    paid_on = serializers.DateField()
