"""Stress in the API: sourced outcome data, saved scenarios, simulations. Exact numbers are ``[num, den]``."""

from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from funds.actions import stress
from funds.choices.figures import StressKind
from funds.data.outcomes import shipped
from funds.models import Fund, FundGroup, OutcomeParameter, PolicyDocument, Scenario, StressRun
from funds.models.stress import LARGEST_SEED, LEAST_DRAWS, MOST_DRAWS
from funds.queries.simulated import Choices
from funds.queries.sums import Moment
from funds.queries.tolerance import Target
from funds.queries.whatif import Supposed


class OutcomeParameterSerializer(serializers.ModelSerializer):
    """One sourced number about what becomes of investments; ``retired_at`` set: no new run uses it."""

    class Meta:
        model = OutcomeParameter
        fields = [
            "id", "table", "region", "stage", "measure", "lower", "upper", "value_num", "value_den", "counted",
            "losses", "observations", "vintage", "source", "status", "note", "recorded_at", "retired_at",
        ]  # fmt: skip
        read_only_fields = ["recorded_at", "retired_at"]


class StressQuestion(serializers.Serializer):
    """A fund or a group at two times; empty times mean today and now."""

    fund = serializers.PrimaryKeyRelatedField(queryset=Fund.objects.all(), required=False, allow_null=True)
    group = serializers.PrimaryKeyRelatedField(queryset=FundGroup.objects.all(), required=False, allow_null=True)
    as_of = serializers.DateField(required=False)
    known_at = serializers.DateTimeField(required=False)
    document = serializers.PrimaryKeyRelatedField(
        queryset=PolicyDocument.objects.all(), required=False, allow_null=True,
        help_text=_("Whose answer is asked; empty takes the one nearest to its cap."),
    )  # fmt: skip

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        if bool(data.get("fund")) == bool(data.get("group")):
            raise serializers.ValidationError(_("It is about a fund or about a group, not both."))
        now = timezone.now()
        known_at = data.get("known_at") or now
        as_of = data.get("as_of") or timezone.localdate(known_at)
        if known_at > now:
            raise serializers.ValidationError({"known_at": _("This moment is still to come.")})
        if as_of > timezone.localdate(now):
            raise serializers.ValidationError({"as_of": _("This day is still to come.")})
        target = stress.target_of(data.get("fund"), data.get("group"))
        return data | {"moment": Moment(as_of, known_at), "target": target}

    @property
    def target(self) -> Target:
        found: Target = self.validated_data["target"]
        return found

    @property
    def moment(self) -> Moment:
        found: Moment = self.validated_data["moment"]
        return found


class SupposedField(serializers.JSONField):
    """What is supposed: ``changes`` (holding, kind MARK_DOWN or WRITE_OFF, share, impaired), ``new`` money (fund,
    amount_fen, stage, mode, lost, called), ``reading`` (fields of the definition), ``cap``, ``others``."""

    def to_internal_value(self, data: Any) -> Supposed:
        return Supposed.from_data(super().to_internal_value(data))

    def to_representation(self, value: Any) -> Any:
        return value.as_data() if isinstance(value, Supposed) else value


class WhatIfSerializer(StressQuestion):
    """A supposition to be answered; nothing is written."""

    supposed = SupposedField()


class ScenarioSerializer(serializers.ModelSerializer):
    """A saved what-if. POST names the fund or group, the two times and what is supposed."""

    changes = SupposedField()

    class Meta:
        model = Scenario
        fields = [
            "id", "name", "note", "fund", "group", "as_of", "known_at", "changes", "created_at", "created_by",
            "archived_at",
        ]  # fmt: skip
        read_only_fields = ["created_at", "created_by", "archived_at"]
        # The action says which name is taken; the constraint would refuse it first.
        validators: list[Any] = []

    def create(self, validated_data: dict[str, Any]) -> Scenario:
        data = validated_data
        return stress.save_scenario(
            target=stress.target_of(data.get("fund"), data.get("group")),
            moment=Moment(data["as_of"], data["known_at"]),
            supposed=data["changes"],
            name=data["name"],
            note=data.get("note", ""),
            actor=self.context["request"].user,
        )


class StressRunSerializer(serializers.ModelSerializer):
    """A simulation: its question, seed and rows, and, once ``state`` is done, its frozen result."""

    class Meta:
        model = StressRun
        fields = [
            "id", "kind", "fund", "group", "document", "rule", "as_of", "known_at", "theta", "cap_num", "cap_den",
            "cap_test", "parameters", "parameter_rows", "seed", "draws", "state", "progress", "note", "error",
            "engine_version", "inputs_hash", "breaches", "result", "created_by", "created_at", "finished_at",
        ]  # fmt: skip
        read_only_fields = fields


class AskRunSerializer(StressQuestion):
    """What a new simulation is asked with."""

    kind = serializers.ChoiceField(StressKind.choices, default=StressKind.BY_FUND_END)
    table = serializers.SlugField(max_length=40)
    rho_num = serializers.IntegerField(min_value=0, default=3)
    rho_den = serializers.IntegerField(min_value=1, default=20)
    years = serializers.DecimalField(
        max_digits=5, decimal_places=2, min_value=0, required=False, allow_null=True,
        help_text=_("Empty: to the end of each fund. Only for failures by the end of the fund."),
    )  # fmt: skip
    uncalled = serializers.BooleanField(default=False)
    draws = serializers.IntegerField(min_value=LEAST_DRAWS, max_value=MOST_DRAWS, default=lambda: shipped()["draws"])
    seed = serializers.IntegerField(min_value=0, max_value=LARGEST_SEED, required=False, allow_null=True)

    def create(self, validated_data: dict[str, Any]) -> StressRun:
        data = validated_data
        years, document = data.get("years"), data.get("document")
        choices = Choices(
            StressKind(data["kind"]), data["table"], Fraction(data["rho_num"], data["rho_den"]),
            None if years is None else Fraction(years), data["uncalled"],
        )  # fmt: skip
        return stress.ask_run(
            target=self.target, moment=self.moment, choices=choices, draws=data["draws"], seed=data.get("seed"),
            document_id=document.pk if document else None, actor=self.context["request"].user,
        )  # fmt: skip
