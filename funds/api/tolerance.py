"""Loss tolerance in the API: exact fractions beside what people read, at any two times."""

from fractions import Fraction
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import permissions, serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from funds.choices.records import Stage
from funds.choices.tolerance import CapTest, MeasuredAt, StatusReason, ToleranceStatus, WarningLevel
from funds.models.visibility import sees_funds
from funds.queries.answers import Answer
from funds.queries.office import office
from funds.queries.questions import Target
from funds.queries.sums import Moment
from funds.queries.tolerance import ToleranceView, evaluate
from funds.reports import words
from funds.reports.tables import document_label
from funds.rules.figures import Money
from innovation.core.api.filters import GENERAL
from innovation.core.api.throttles import ReadThrottle
from innovation.core.figures import percent_text


class MomentQuery(serializers.Serializer):
    """The two times of a question; empty means today and now."""

    as_of = serializers.DateField(required=False, help_text=_("The day the figures are true for."))
    known_at = serializers.DateTimeField(
        required=False, help_text=_("Only what had been recorded by this moment counts.")
    )

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        now = timezone.now()
        known_at = data.get("known_at") or now
        if known_at > now:
            raise serializers.ValidationError({"known_at": _("This moment is still to come.")})
        as_of = data.get("as_of") or timezone.localdate(known_at)
        if as_of > timezone.localdate(now):
            raise serializers.ValidationError({"as_of": _("This day is still to come.")})
        return data | {"moment": Moment(as_of, known_at)}


RENDERED = GENERAL & {"format", "lang"}
"""What every address may carry: how the answer is written, not what it is about."""


class StageQuery(MomentQuery):
    stage = serializers.ChoiceField(Stage.choices, required=False, help_text=_("One stage of the fund only."))


EXACT = {"num": {"type": "integer"}, "den": {"type": "integer", "minimum": 1}}


@extend_schema_field({"type": "object", "properties": EXACT | {"display": {"type": "string"}}})
class FractionField(serializers.Field):
    """An exact number as ``{"num", "den", "display"}``; null where there is none."""

    def to_representation(self, value: Money) -> dict[str, Any]:
        exact = Fraction(value)
        return {"num": exact.numerator, "den": exact.denominator, "display": percent_text(exact)}


@extend_schema_field({"type": "object", "properties": EXACT})
class FenField(serializers.Field):
    """Exact fen as ``{"num", "den"}``: a government share may be a fraction of a fen."""

    def to_representation(self, value: Money) -> dict[str, int]:
        exact = Fraction(value)
        return {"num": exact.numerator, "den": exact.denominator}


class RateSerializer(serializers.Serializer):
    """A loss rate with its numerator before max(0, ·) and its denominator, both in fen."""

    numerator_signed_fen = FenField(source="numerator_signed")
    denominator_fen = FenField(source="denominator")
    rate = FractionField(allow_null=True)


class ReadingSerializer(serializers.Serializer):
    """One definition of the loss rate; ``policy`` marks the one that is tested."""

    code = serializers.CharField(source="theta.code")
    definition = serializers.SerializerMethodField()
    policy = serializers.BooleanField()
    result = RateSerializer(source="rate")

    def get_definition(self, reading: Any) -> str:
        return words.reading_label(reading.theta)


class AnswerSerializer(serializers.Serializer):
    """What one bound document says. Status and level as codes, ``sentence`` in the language of the request."""

    document = serializers.SerializerMethodField()
    document_name = serializers.SerializerMethodField()
    rule = serializers.CharField(source="rule.code", default=None, allow_null=True)
    stage = serializers.CharField(source="question.stage")
    status = serializers.ChoiceField(ToleranceStatus.choices, source="tolerance.status")
    reason = serializers.ChoiceField(StatusReason.choices, source="tolerance.reason", allow_null=True)
    level = serializers.ChoiceField(WarningLevel.choices, source="tolerance.level")
    problem = serializers.CharField(source="problem.code", default=None, allow_null=True)
    measured_at = serializers.ChoiceField(MeasuredAt.choices)
    binding = serializers.BooleanField(source="binds")
    indicative = serializers.BooleanField()
    unverified = serializers.BooleanField()
    result = RateSerializer(source="rate")
    cap = FractionField(source="terms.cap", default=None, allow_null=True)
    test = serializers.ChoiceField(CapTest.choices, source="terms.test", default=None, allow_null=True)
    special_cap = FractionField(source="terms.special.cap", default=None, allow_null=True)
    special_open = serializers.BooleanField(source="terms.special.is_open", default=None, allow_null=True)
    effective_cap = FractionField(source="tolerance.effective_cap", allow_null=True)
    utilisation = FractionField(source="tolerance.utilisation", allow_null=True)
    headroom_fen = FenField(source="tolerance.headroom", allow_null=True)
    headroom_share = FractionField(source="headroom_points", allow_null=True)
    largest_single_failure_fen = FenField(source="largest_delta", allow_null=True)
    breach_probability = FractionField(source="breach.probability", default=None, allow_null=True)
    breach_run = serializers.IntegerField(source="breach.pk", default=None, allow_null=True)
    breach_as_of = serializers.DateField(source="breach.as_of", default=None, allow_null=True)
    definition = serializers.SerializerMethodField()

    def get_document(self, answer: Answer) -> str | None:
        return str(answer.document) if answer.document else None

    def get_document_name(self, answer: Answer) -> str:
        return document_label(answer)

    @extend_schema(responses={"type": "object"})
    def get_definition(self, answer: Answer) -> dict[str, dict[str, Any]]:
        """Each field of the definition with its value and who says so: policy, implied or default."""
        values = answer.resolved.theta.as_data()
        return {
            name: {"value": values[name], "from": _origin(answer, name)} for name, _label in words.DEFINITION_FIELDS
        }


def _origin(answer: Answer, name: str) -> str:
    if answer.rule is None or name in answer.resolved.from_default:
        return "default"
    return "implied" if name in answer.resolved.implied else "policy"


class LossCountSerializer(serializers.Serializer):
    """Companies, beside the money that the cap counts."""

    lost_wholly = serializers.IntegerField(source="total_losses")
    companies = serializers.IntegerField(source="holdings")
    share = FractionField(source="rate", allow_null=True)


class ToleranceSerializer(serializers.Serializer):
    """The loss tolerance of one fund, stage, or group at two times."""

    name = serializers.SerializerMethodField()
    sentence = serializers.SerializerMethodField()
    as_of = serializers.DateField(source="moment.as_of")
    known_at = serializers.DateTimeField(source="moment.known_at")
    main = AnswerSerializer()
    answers = AnswerSerializer(many=True)
    stages = AnswerSerializer(many=True, source="stage_answers")
    readings = ReadingSerializer(many=True, source="main.readings")
    companies = LossCountSerializer(source="total_losses")
    definition_version = serializers.CharField()
    engine_version = serializers.CharField()
    inputs_hash = serializers.CharField()

    def get_name(self, view: ToleranceView) -> str:
        return words.name_of(view.target)

    def get_sentence(self, view: ToleranceView) -> str:
        return words.sentence(view.target, view.main)


class OverviewLineSerializer(serializers.Serializer):
    """One fund of the overview."""

    fund = serializers.IntegerField(source="fund.pk")
    code = serializers.CharField(source="fund.code")
    name = serializers.CharField(source="fund.name")
    sentence = serializers.SerializerMethodField()
    main = AnswerSerializer()
    companies = LossCountSerializer(source="figures.loss_count")

    def get_sentence(self, line: Any) -> str:
        return words.sentence(Target.of_fund(line.fund), line.main)


class OverviewSerializer(serializers.Serializer):
    as_of = serializers.DateField(source="moment.as_of")
    known_at = serializers.DateTimeField(source="moment.known_at")
    funds = OverviewLineSerializer(many=True, source="lines")


def moment_of(request: Request, query: type[MomentQuery] = MomentQuery) -> dict[str, Any]:
    """The checked times and scope of a request. Raises ValidationError, also for a parameter that nothing reads."""
    asked = query(data=request.query_params)
    unknown = sorted(set(request.query_params) - set(asked.fields) - RENDERED)
    if unknown:
        raise serializers.ValidationError({name: [_("There is no such parameter.")] for name in unknown})
    asked.is_valid(raise_exception=True)
    return asked.validated_data


class ToleranceOfFund(viewsets.GenericViewSet):
    """Adds ``tolerance/`` to the view set of funds."""

    @extend_schema(parameters=[StageQuery], responses=ToleranceSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def tolerance(self, request: Request, **kwargs: Any) -> Response:
        """The loss tolerance of this fund or of one of its stages."""
        asked, fund = moment_of(request, StageQuery), self.get_object()
        stage = asked.get("stage")
        target = Target.of_stage(fund, stage) if stage else Target.of_fund(fund)
        return Response(ToleranceSerializer(evaluate(target, asked["moment"].as_of, asked["moment"].known_at)).data)


class ToleranceOfGroup(viewsets.GenericViewSet):
    """Adds ``tolerance/`` to the view set of groups."""

    @extend_schema(parameters=[StageQuery], responses=ToleranceSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def tolerance(self, request: Request, **kwargs: Any) -> Response:
        """The loss tolerance of this group, or of one stage across it: the sums of its funds."""
        asked, group = moment_of(request, StageQuery), self.get_object()
        moment = asked["moment"]
        view = evaluate(Target.of_group(group, asked.get("stage") or ""), moment.as_of, moment.known_at)
        return Response(ToleranceSerializer(view).data)


class SeesFunds(permissions.IsAuthenticated):
    """Whoever may read funds, books and policies."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and sees_funds(request.user)


class ToleranceViewSet(viewsets.ViewSet):
    """The loss tolerance of all funds."""

    permission_classes = [SeesFunds]
    throttle_classes = [ReadThrottle]

    @extend_schema(parameters=[MomentQuery], responses=OverviewSerializer)
    def list(self, request: Request) -> Response:
        """Every fund beside its cap, by code."""
        return Response(OverviewSerializer(office(moment_of(request)["moment"])).data)
