"""Rounds, rankings and results as the API shows and takes them."""

from typing import Any

from rest_framework import serializers

from talent.actions import rankings, rounds
from talent.models import (
    Laboratory,
    MatchRound,
    Person,
    Placement,
    RankedChoice,
    Ranking,
    RoundHost,
    RoundOffer,
    Technology,
)


class MatchRoundSerializer(serializers.ModelSerializer):
    """A round with its days; it moves by ``step``, ``run`` and ``publish``."""

    class Meta:
        model = MatchRound
        fields = [
            "id", "kind", "title_zh", "title_en", "opens_on", "people_by", "hosts_by", "starts_on", "ends_on", "load",
            "state",
        ]  # fmt: skip
        read_only_fields = ["state"]

    def create(self, validated_data: dict[str, Any]) -> MatchRound:
        return rounds.save_round(actor=self.context["request"].user, **validated_data)

    def update(self, instance: MatchRound, validated_data: dict[str, Any]) -> MatchRound:
        return rounds.save_round(actor=self.context["request"].user, round_id=instance.pk, **validated_data)


class RoundOfferSerializer(serializers.ModelSerializer):
    """Places that people rank, and the side whose they are with its places in all."""

    name = serializers.CharField(source="__str__", read_only=True)
    round = serializers.IntegerField(source="host.round_id", read_only=True)
    organisation = serializers.IntegerField(source="host.organisation_id", read_only=True)
    laboratory = serializers.IntegerField(source="host.laboratory_id", read_only=True, allow_null=True)
    in_all = serializers.IntegerField(source="host.places", read_only=True)

    class Meta:
        model = RoundOffer
        fields = ["id", "round", "host", "organisation", "laboratory", "technology", "places", "in_all", "name"]
        read_only_fields = fields


class OfferPlacesSerializer(serializers.Serializer):
    """Places of a laboratory, or those on a technology with those of its institute in all."""

    laboratory = serializers.PrimaryKeyRelatedField(queryset=Laboratory.objects.all(), required=False)
    technology = serializers.PrimaryKeyRelatedField(queryset=Technology.objects.all(), required=False)
    places = serializers.IntegerField(min_value=1, max_value=500)
    in_all = serializers.IntegerField(min_value=1, max_value=500, required=False)


class RoundStepSerializer(serializers.Serializer):
    """A step of a round: open, close, cancel, take_back."""

    event = serializers.CharField()
    reason = serializers.CharField(required=False, default="", allow_blank=True)


class RankedChoiceSerializer(serializers.ModelSerializer):
    """One line of a ranking."""

    class Meta:
        model = RankedChoice
        fields = ["position", "offer", "person"]
        read_only_fields = fields


class RankingSerializer(serializers.ModelSerializer):
    """A ranking. POST gives ``order``: places for a person, people for a side (``host``), the most wanted first."""

    round = serializers.PrimaryKeyRelatedField(queryset=MatchRound.objects.all())
    person = serializers.PrimaryKeyRelatedField(queryset=Person.objects.all(), required=False, allow_null=True)
    host = serializers.PrimaryKeyRelatedField(queryset=RoundHost.objects.all(), required=False, allow_null=True)
    order = serializers.ListField(child=serializers.IntegerField(), write_only=True, max_length=2000)
    submit = serializers.BooleanField(write_only=True, default=False)
    no_conflict = serializers.BooleanField(write_only=True, default=False)
    choices = RankedChoiceSerializer(many=True, read_only=True)

    class Meta:
        model = Ranking
        fields = [
            "id", "round", "person", "host", "state", "changed_at", "submitted_at", "choices", "order", "submit",
            "no_conflict",
        ]  # fmt: skip
        read_only_fields = ["state", "changed_at", "submitted_at"]
        validators: list[Any] = []

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        if bool(attrs.get("person")) == bool(attrs.get("host")):
            raise serializers.ValidationError({"person": str(Ranking._meta.constraints[1].violation_error_message)})
        return attrs

    def create(self, validated_data: dict[str, Any]) -> Ranking:
        actor, order, submit = self.context["request"].user, validated_data["order"], validated_data["submit"]
        if host := validated_data.get("host"):
            return rankings.rank_people(host_id=host.pk, person_ids=order, actor=actor, submit=submit)
        return rankings.rank_places(
            round_id=validated_data["round"].pk, person_id=validated_data["person"].pk, offer_ids=order, actor=actor,
            submit=submit, no_conflict=validated_data["no_conflict"],
        )  # fmt: skip


class PlacementSerializer(serializers.ModelSerializer):
    """What a round gave a person. The rank of the other side is for the office alone."""

    class Meta:
        model = Placement
        fields = ["id", "run", "person", "offer", "why_not", "own_rank", "by_hand", "reason", "mandate"]
        read_only_fields = fields


class OverrideSerializer(serializers.Serializer):
    """Other places, or none, and why."""

    offer_id = serializers.IntegerField(required=False, allow_null=True, default=None)
    reason = serializers.CharField(max_length=500)
