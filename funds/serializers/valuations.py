"""Valuation work in the API: papers with their inputs, decisions, rounds. Amounts are integer fen."""

from typing import Any

from django.utils.translation import gettext_lazy as _
from rest_framework import serializers

from funds.actions import valuation_papers, valuation_rounds
from funds.actions.valuation_papers import Words
from funds.models import Threshold, ValuationPaper, ValuationRound
from funds.queries.valuation_work import LINE_STATES, Line
from funds.rules.valuation_methods import METHODS
from funds.serializers.records import acting
from innovation.core.money import Unit


class TypedInputsSerializer(serializers.Serializer):
    """Inputs as typed, by key; ``unit`` is that of their amounts."""

    unit = serializers.ChoiceField(Unit.choices, default=Unit.WAN)
    now = serializers.DictField(child=serializers.CharField(), default=dict)
    entry = serializers.DictField(child=serializers.CharField(), default=dict)
    source = serializers.DictField(child=serializers.CharField(), default=dict)


class ValuationPaperSerializer(serializers.ModelSerializer):
    """A value while it is worked on. POST and PATCH save a draft; ``submit``, ``approve`` and ``return`` move it.

    ``inputs_typed`` has what a person would type; ``inputs`` shows what was read from it.
    """

    inputs_typed = TypedInputsSerializer(write_only=True)
    objections = serializers.SerializerMethodField()

    class Meta:
        model = ValuationPaper
        fields = [
            "id", "investment", "valid_at", "state", "method", "level", "standard", "inputs", "inputs_typed",
            "fair_value_fen", "computed_fen", "calibrated_fen", "entry_price_fen", "adjustment_reason",
            "correction_reason", "document", "prepared_by", "prepared_at", "submitted_at", "decided_by", "decided_at",
            "decision_reason", "valuation", "objections",
        ]  # fmt: skip
        read_only_fields = [
            "state", "inputs", "computed_fen", "calibrated_fen", "entry_price_fen", "prepared_by", "prepared_at",
            "submitted_at", "decided_by", "decided_at", "decision_reason", "valuation",
        ]  # fmt: skip
        # The action refuses a second open paper with the reason; the constraint stands behind it.
        validators: list[Any] = []

    def get_objections(self, paper: ValuationPaper) -> list[str]:
        """Codes of what stands against submitting; only for a single open paper."""
        if paper.state not in {"DRAFT", "RETURNED"} or isinstance(self.parent, serializers.ListSerializer):
            return []
        return [problem.code for problem in valuation_papers.objections(paper)[0]]

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        typed, method = data.get("inputs_typed"), data.get("method", getattr(self.instance, "method", ""))
        known = {entry.key for entry in METHODS[method].inputs} if method in METHODS else set()
        for column in ("now", "entry", "source"):
            unknown = sorted(set((typed or {}).get(column, {})) - known)
            if unknown:
                message = _("This method has no input %(keys)s.") % {"keys": ", ".join(unknown)}
                raise serializers.ValidationError({"inputs_typed": message})
        return data

    def create(self, validated_data: dict[str, Any]) -> ValuationPaper:
        return self._save(validated_data, validated_data["investment"].pk, validated_data["valid_at"], None)

    def update(self, instance: ValuationPaper, validated_data: dict[str, Any]) -> ValuationPaper:
        return self._save(validated_data, instance.investment_id, instance.valid_at, instance.pk)

    def _save(self, data: dict[str, Any], investment_id: int, valid_at: Any, pk: int | None) -> ValuationPaper:
        typed = data["inputs_typed"]
        names = ("level", "standard", "adjustment_reason", "correction_reason", "document")
        words = Words(
            method=data["method"],
            fair_value_fen=data.get("fair_value_fen"),
            unit=typed["unit"],
            now=typed["now"],
            entry=typed["entry"],
            sources=typed["source"],
            **{name: data[name] for name in names if name in data},
        )
        asked = {"investment_id": investment_id, "valid_at": valid_at, "words": words, "paper_id": pk}
        return valuation_papers.save_paper(**acting(self, asked))


class PaperDecisionSerializer(serializers.Serializer):
    reason = serializers.CharField(required=False, allow_blank=True, default="")


class ValuationRoundSerializer(serializers.ModelSerializer):
    """A quarter end. POST opens its round; ``lock`` closes it when every line is approved."""

    due_on = serializers.DateField(required=False)

    class Meta:
        model = ValuationRound
        fields = ["id", "quarter_end", "state", "due_on", "opened_at", "opened_by", "locked_at", "locked_by"]
        read_only_fields = ["state", "opened_at", "opened_by", "locked_at", "locked_by"]
        validators: list[Any] = []
        extra_kwargs = {"quarter_end": {"validators": []}}

    def create(self, validated_data: dict[str, Any]) -> ValuationRound:
        return valuation_rounds.open_round(**acting(self, validated_data))


class RoundLineSerializer(serializers.Serializer):
    """One live holding of a round."""

    investment = serializers.IntegerField(source="investment.pk")
    code = serializers.CharField(source="investment.code")
    fund = serializers.CharField(source="investment.fund.code")
    state = serializers.ChoiceField(list(LINE_STATES))
    remaining_fen = serializers.IntegerField(source="remaining")
    paper = serializers.IntegerField(source="paper.pk", allow_null=True, default=None)
    fair_value_fen = serializers.SerializerMethodField()

    def get_fair_value_fen(self, line: Line) -> int | None:
        return line.value.fair_value_fen if line.value else None


class ThresholdSerializer(serializers.ModelSerializer):
    class Meta:
        model = Threshold
        fields = ["id", "key", "fund", "valid_from", "num", "den", "source", "status"]
