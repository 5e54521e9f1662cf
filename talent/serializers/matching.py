"""Demands, matchings and mandates as the API shows and takes them."""

from typing import Any

from rest_framework import serializers

from talent.actions import mandates, match_inputs, matching
from talent.choices.matching import Engagement, MatchLevel, MatchSkill, OutcomeOccasion
from talent.models import (
    ConflictDeclaration,
    Demand,
    Mandate,
    MandateOutcome,
    MatchProfile,
    MatchProposal,
    MatchRun,
    Person,
    Technology,
)
from talent.models.matching import OBJECTIVES


def _actor(serializer: serializers.BaseSerializer) -> Any:
    return serializer.context["request"].user


class TechnologySerializer(serializers.ModelSerializer):
    """A technology on its way to the market."""

    class Meta:
        model = Technology
        fields = ["id", "code", "name_zh", "name_en", "organisation", "sector", "trl"]

    def create(self, validated_data: dict[str, Any]) -> Technology:
        return match_inputs.save_technology(actor=_actor(self), **validated_data)

    def update(self, instance: Technology, validated_data: dict[str, Any]) -> Technology:
        return match_inputs.save_technology(actor=_actor(self), technology_id=instance.pk, **validated_data)


class DemandSerializer(serializers.ModelSerializer):
    """Who is wanted. The state moves by the act ``close``."""

    level = serializers.ChoiceField(choices=MatchLevel.choices, required=False)

    class Meta:
        model = Demand
        fields = [
            "id", "code", "name_zh", "name_en", "kind", "role_kind", "organisation", "technology", "division",
            "sector", "stage", "skills", "languages", "level", "load", "starts_on", "ends_on", "is_priority",
            "of_small_firm", "state",
        ]  # fmt: skip
        read_only_fields = ["state"]

    def create(self, validated_data: dict[str, Any]) -> Demand:
        return match_inputs.save_demand(actor=_actor(self), **validated_data)

    def update(self, instance: Demand, validated_data: dict[str, Any]) -> Demand:
        return match_inputs.save_demand(actor=_actor(self), demand_id=instance.pk, **validated_data)


class MatchProfileSerializer(serializers.ModelSerializer):
    """What the matcher may use of a person. POST makes it or changes it."""

    person = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all())
    skills = serializers.ListField(child=serializers.ChoiceField(choices=MatchSkill.choices), required=False)

    class Meta:
        model = MatchProfile
        fields = ["id", "person", "is_open", "skills", "languages", "sectors", "stages", "level", "capacity_points"]

    def create(self, validated_data: dict[str, Any]) -> MatchProfile:
        person = validated_data.pop("person")
        return match_inputs.save_profile(person_id=person.pk, actor=_actor(self), **validated_data)

    def update(self, instance: MatchProfile, validated_data: dict[str, Any]) -> MatchProfile:
        validated_data.pop("person", None)
        return match_inputs.save_profile(person_id=instance.person_id, actor=_actor(self), **validated_data)


class ConflictSerializer(serializers.ModelSerializer):
    """A declared interest, or the declaration that there is none."""

    person = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all())

    class Meta:
        model = ConflictDeclaration
        fields = [
            "id", "person", "organisation", "demand", "source", "note", "valid_to", "declared_at", "cleared_at",
            "cleared_reason",
        ]  # fmt: skip
        read_only_fields = ["declared_at", "cleared_at", "cleared_reason"]

    def create(self, validated_data: dict[str, Any]) -> ConflictDeclaration:
        rows = {f"{name}_id": row.pk for name in ("person", "organisation", "demand")
                if (row := validated_data.pop(name, None))}  # fmt: skip
        return match_inputs.declare(actor=_actor(self), **rows, **validated_data)


class MatchRunSerializer(serializers.ModelSerializer):
    """A matching. POST asks the matcher; look again until ``state`` is done. ``round``: the matching of a round."""

    objective = serializers.ChoiceField(choices=OBJECTIVES, required=False)

    class Meta:
        model = MatchRun
        fields = [
            "id", "round", "role_kind", "day", "objective", "change_penalty", "per_institute", "replan", "seconds",
            "state", "progress", "error", "inputs_hash", "rule_version", "served", "result", "created_at",
            "finished_at",
        ]  # fmt: skip
        read_only_fields = [
            "round", "state", "progress", "error", "inputs_hash", "rule_version", "served", "result", "created_at",
            "finished_at",
        ]  # fmt: skip

    def create(self, validated_data: dict[str, Any]) -> MatchRun:
        return matching.ask_matching(actor=_actor(self), **validated_data)


class MatchProposalSerializer(serializers.ModelSerializer):
    """A proposed pair with the parts of its fit in hundredths of points."""

    class Meta:
        model = MatchProposal
        fields = [
            "id", "run", "demand", "person", "fit", "parts", "checks", "next_best", "next_fit", "cost_fit",
            "cost_served", "before", "state", "decided_by", "decided_at", "reason",
        ]  # fmt: skip
        read_only_fields = fields


class EngagementSerializer(serializers.Serializer):
    engagement = serializers.ChoiceField(choices=Engagement.choices, default=Engagement.MANAGING)


class SetAsideProposalSerializer(serializers.Serializer):
    """Why, and the person (id) proposed instead, if any."""

    reason = serializers.CharField(max_length=500)
    instead_id = serializers.IntegerField(required=False, allow_null=True, default=None)


class MandateSerializer(serializers.ModelSerializer):
    """A mandate. POST proposes a person by hand, with a reason; steps move it."""

    reason = serializers.CharField(max_length=500)

    class Meta:
        model = Mandate
        fields = [
            "id", "person", "demand", "proposal", "role", "engagement", "load", "starts_on", "ends_on", "state",
            "answer_by", "ended_on", "by_hand", "reason", "proposed_at",
        ]  # fmt: skip
        read_only_fields = [
            "proposal", "load", "starts_on", "ends_on", "state", "answer_by", "ended_on", "by_hand", "proposed_at",
        ]  # fmt: skip
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> Mandate:
        person, demand = validated_data.pop("person"), validated_data.pop("demand")
        return mandates.propose(person_id=person.pk, demand_id=demand.pk, actor=_actor(self), **validated_data)


class MandateStepSerializer(serializers.Serializer):
    """One step; what ends or refuses needs a reason."""

    event = serializers.ChoiceField(choices=["accept", "agree", "decline", "suspend", "resume", "deliver", "end"])
    reason = serializers.CharField(max_length=500, required=False, allow_blank=True, default="")


class MandateOutcomeSerializer(serializers.ModelSerializer):
    """What came of a mandate, at its end and after twelve months."""

    occasion = serializers.ChoiceField(choices=OutcomeOccasion.choices)

    class Meta:
        model = MandateOutcome
        fields = ["id", "mandate", "occasion", "achieved", "text", "recorded_at"]
        read_only_fields = ["recorded_at"]
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> MandateOutcome:
        mandate = validated_data.pop("mandate")
        return mandates.record_outcome(mandate_id=mandate.pk, actor=_actor(self), **validated_data)


class MatchReasonSerializer(serializers.Serializer):
    reason = serializers.CharField(max_length=300)
