"""The support ratio in the API. Exact numbers are ``[num, den]``; working time is hundredths of full time."""

from fractions import Fraction
from typing import Any

from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from innovation.organisations.models import Organisation
from talent.actions import plans, ratio
from talent.choices.ratio import BandFlag, RatioCode, RatioState
from talent.models import (
    Laboratory,
    LaboratoryProgramme,
    RatioDefinition,
    RatioMonthEnd,
    RatioSnapshot,
    StaffPlan,
    StaffReturn,
)
from talent.queries.plans import PlanInputs
from talent.queries.ratio import Scope


@extend_schema_field({"type": "array", "items": {"type": "integer"}, "minItems": 2, "maxItems": 2, "nullable": True})
class ExactField(serializers.Field):
    """A fraction as ``[num, den]``; null is not known."""

    def __init__(self, **options: Any) -> None:
        super().__init__(read_only=True, **options)

    def to_representation(self, value: Fraction | int) -> list[int]:
        exact = Fraction(value)
        return [exact.numerator, exact.denominator]


class RatioDefinitionSerializer(serializers.ModelSerializer):
    """One version of who counts, with its target, band and sources."""

    class Meta:
        model = RatioDefinition
        fields = [
            "id", "code", "version", "name_zh", "name_en", "text_zh", "text_en", "support", "professionals",
            "target_num", "target_den", "band_low", "band_high", "source", "state", "target_source", "target_state",
            "valid_from", "valid_to", "chosen",
        ]  # fmt: skip
        read_only_fields = fields


class RatioMonthEndSerializer(serializers.ModelSerializer):
    """A month end whose figures are kept. POST takes a past one."""

    class Meta:
        model = RatioMonthEnd
        fields = ["id", "as_of", "main", "laboratories", "taken_at", "taken_by"]
        read_only_fields = ["main", "laboratories", "taken_at", "taken_by"]
        # The action says which month is kept already; the field would refuse it first.
        extra_kwargs = {"as_of": {"validators": []}}

    def create(self, validated_data: dict[str, Any]) -> RatioMonthEnd:
        return ratio.keep_month(as_of=validated_data["as_of"], actor=self.context["request"].user)


class RatioSnapshotSerializer(serializers.ModelSerializer):
    """What one definition gave for one laboratory; null is not known, ``laboratory`` null stands outside any."""

    class Meta:
        model = RatioSnapshot
        fields = [
            "id", "month", "definition", "organisation", "laboratory", "p_fte_centi", "s_fte_centi", "posts",
            "confirmed", "declared_on",
        ]  # fmt: skip
        read_only_fields = fields


class StaffReturnSerializer(serializers.ModelSerializer):
    """A statement that a list of posts is complete. POST makes one, for leads and editors of the organisation."""

    laboratory = serializers.PrimaryKeyRelatedField(queryset=Laboratory.objects.all())

    class Meta:
        model = StaffReturn
        fields = ["id", "laboratory", "as_of", "note", "declared_by", "declared_at"]
        read_only_fields = ["declared_by", "declared_at"]
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> StaffReturn:
        return ratio.declare_complete(
            laboratory_id=validated_data["laboratory"].pk, as_of=validated_data["as_of"],
            note=validated_data.get("note", ""), actor=self.context["request"].user,
        )  # fmt: skip


class LaboratoryProgrammeSerializer(serializers.ModelSerializer):
    """A programme of laboratories with its members by date."""

    class Meta:
        model = LaboratoryProgramme
        fields = ["id", "code", "name_zh", "name_en"]
        read_only_fields = fields


class RatioQuestion(serializers.Serializer):
    """Whose laboratories at which month end by which definition; empty means all, the latest, the city's own."""

    month = serializers.PrimaryKeyRelatedField(queryset=RatioMonthEnd.objects.all(), required=False, allow_null=True)
    definition = serializers.ChoiceField(RatioCode.choices, required=False)
    organisation = serializers.PrimaryKeyRelatedField(
        queryset=Organisation.objects.all(), required=False, allow_null=True
    )
    programme = serializers.PrimaryKeyRelatedField(
        queryset=LaboratoryProgramme.objects.all(), required=False, allow_null=True
    )

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if data.get("organisation") and data.get("programme"):
            raise serializers.ValidationError({"programme": plans.ONE_SCOPE})
        return data

    @property
    def scope(self) -> Scope:
        return Scope(self.validated_data.get("organisation"), self.validated_data.get("programme"))


class RatioUnitSerializer(serializers.Serializer):
    """One laboratory of a board."""

    organisation = serializers.IntegerField(source="organisation.pk")
    laboratory = serializers.IntegerField(source="laboratory.pk", allow_null=True, default=None)
    status = serializers.ChoiceField(RatioState.choices, source="answer.status")
    p_fte_centi = serializers.IntegerField(source="figures.p_fte_centi", allow_null=True)
    s_fte_centi = serializers.IntegerField(source="figures.s_fte_centi", allow_null=True)
    required_fte = ExactField(source="answer.required")
    required_posts = serializers.IntegerField(source="answer.required_posts", allow_null=True)
    gap_fte = ExactField(source="answer.gap")
    gap_posts = serializers.IntegerField(source="answer.gap_posts", allow_null=True)
    surplus_fte = ExactField(source="answer.surplus")
    coverage = ExactField(source="answer.coverage")
    ratio_per_10 = ExactField(source="answer.ratio_per_10")
    band_flag = serializers.ChoiceField(BandFlag.choices, source="answer.band_flag", allow_null=True)
    declared_on = serializers.DateField(allow_null=True)


class RatioBoardSerializer(serializers.Serializer):
    """A scope at a month end: the roll-up with both gaps, and each laboratory."""

    as_of = serializers.DateField()
    definition = serializers.IntegerField(source="definition.pk")
    status = serializers.ChoiceField(RatioState.choices, source="sums.status")
    laboratories = serializers.IntegerField(source="sums.total")
    unknown = serializers.IntegerField(source="sums.unknown")
    p_fte_centi = serializers.IntegerField(source="sums.p_fte_centi", allow_null=True)
    s_fte_centi = serializers.IntegerField(source="sums.s_fte_centi", allow_null=True)
    sum_required_posts = serializers.IntegerField(source="sums.sum_required_posts", allow_null=True)
    org_required_posts = serializers.IntegerField(source="sums.org_required_posts", allow_null=True)
    org_required_fte = ExactField(source="sums.org_required")
    sum_gap_posts = serializers.IntegerField(source="sums.sum_gap_posts", allow_null=True)
    net_gap_posts = serializers.IntegerField(source="sums.net_gap_posts", allow_null=True)
    sharing_saves_posts = serializers.IntegerField(source="sums.sharing_saves_posts", allow_null=True)
    surplus_fte = ExactField(source="sums.surplus")
    ratio_per_10 = ExactField(source="sums.ratio_per_10")
    units = RatioUnitSerializer(many=True, source="lines")


class PlanInputsField(serializers.JSONField):
    """Rates and amounts as ``"num/den"``, quarters and prices (fen) as integers; what is left out takes its default."""

    def to_internal_value(self, data: Any) -> PlanInputs:
        return PlanInputs.from_data(super().to_internal_value(data)).check()

    def to_representation(self, value: Any) -> Any:
        return value.as_data() if isinstance(value, PlanInputs) else value


class StaffPlanSerializer(serializers.ModelSerializer):
    """A saved staff plan. POST names month end, definition, at most one scope, and the inputs."""

    inputs = PlanInputsField()

    class Meta:
        model = StaffPlan
        fields = [
            "id", "name", "note", "month", "definition", "organisation", "programme", "start", "inputs", "created_at",
            "created_by", "archived_at",
        ]  # fmt: skip
        read_only_fields = ["start", "created_at", "created_by", "archived_at"]
        # The action says which name is taken; the constraint would refuse it first.
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> StaffPlan:
        data = validated_data
        return plans.save_plan(
            name=data["name"], note=data.get("note", ""), month=data["month"], definition=data["definition"],
            scope=Scope(data.get("organisation"), data.get("programme")), inputs=data["inputs"],
            actor=self.context["request"].user,
        )  # fmt: skip


class PlanQuarterSerializer(serializers.Serializer):
    """One quarter of a course; ``gap`` below zero is a surplus."""

    quarter = serializers.IntegerField(source="number")
    p = ExactField()
    s = ExactField()
    gap = ExactField()


class PlanCoursesSerializer(serializers.Serializer):
    """The three courses of a plan."""

    low = PlanQuarterSerializer(many=True)
    base = PlanQuarterSerializer(many=True)
    high = PlanQuarterSerializer(many=True)
