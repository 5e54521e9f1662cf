"""Stress in the API: reverse stress and what-if answers, which write nothing; scenarios, simulations, outcome data."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from funds.actions.stress import stressable, target_of
from funds.api.tolerance import AnswerSerializer, FenField, FractionField, SeesFunds
from funds.models import OutcomeParameter, Scenario, StressRun
from funds.queries.stressed import Stressed
from funds.queries.sums import Moment
from funds.queries.whatif import Supposed, WhatIf, load
from funds.rules.stress.reverse import ReverseStress, StressState
from funds.serializers.stress import (
    AskRunSerializer,
    OutcomeParameterSerializer,
    ScenarioSerializer,
    StressQuestion,
    StressRunSerializer,
    WhatIfSerializer,
)
from innovation.core.api import ReadOnlyViewSet
from innovation.core.api.throttles import ReadThrottle


class FailureSerializer(serializers.Serializer):
    """A position and what its failure would add to the loss."""

    holding = serializers.IntegerField(source="0")
    adds_fen = FenField(source="1")

    def to_representation(self, instance: Any) -> dict[str, Any]:
        return {"holding": instance[0], "adds_fen": FenField().to_representation(instance[1])}


class ReverseStressSerializer(serializers.Serializer):
    """What would have to happen for the cap to break. Fen of the whole fund; of the government's part for groups."""

    state = serializers.ChoiceField([state.value for state in StressState])
    loss_now_fen = FenField(source="loss_now")
    target_fen = FenField(source="target")
    headroom_fen = FenField(source="headroom")
    utilisation = FractionField(allow_null=True)
    loss_if_all_fail_fen = FenField(source="loss_if_all_fail")
    max_new_total_loss_investment_fen = FenField(source="max_new_total_loss_investment", allow_null=True)
    markdown_to_breach = FractionField(allow_null=True)
    failures = FailureSerializer(many=True)
    k_min = serializers.IntegerField(allow_null=True)
    k_min_ids = serializers.ListField(child=serializers.IntegerField())
    k_max = serializers.IntegerField(allow_null=True)
    k_max_ids = serializers.ListField(child=serializers.IntegerField())


class WhatIfAnswerSerializer(serializers.Serializer):
    """The same question now and supposed; ``stress`` is null where no cap is tested."""

    now = AnswerSerializer()
    then = AnswerSerializer()
    stress_now = serializers.SerializerMethodField()
    stress_then = serializers.SerializerMethodField()

    @extend_schema(responses=ReverseStressSerializer)
    def get_stress_now(self, found: WhatIf) -> Any:
        return _reverse(found.stress_now)

    @extend_schema(responses=ReverseStressSerializer)
    def get_stress_then(self, found: WhatIf) -> Any:
        return _reverse(found.stress_then)


def _reverse(on: Any) -> Any:
    found: ReverseStress | None = on.reverse() if isinstance(on, Stressed) else None
    return None if found is None else ReverseStressSerializer(found).data


class StressViewSet(viewsets.ViewSet):
    """Answers about a fund or group that write nothing."""

    permission_classes = [SeesFunds]
    throttle_classes = [ReadThrottle]

    @extend_schema(parameters=[StressQuestion], responses=ReverseStressSerializer)
    def list(self, request: Request) -> Response:
        """Reverse stress of a fund or group: markdown, failures and new money that reach the cap."""
        asked = StressQuestion(data=request.query_params)
        asked.is_valid(raise_exception=True)
        loaded = load(asked.target, asked.moment)
        document = asked.validated_data.get("document")
        on = stressable(loaded.view, loaded.chosen(document.pk if document else None))
        return Response(ReverseStressSerializer(on.reverse()).data)

    @extend_schema(request=WhatIfSerializer, responses=WhatIfAnswerSerializer)
    @action(detail=False, methods=["post"], url_path="what-if")
    def what_if(self, request: Request) -> Response:
        """The exact answer for a supposed portfolio. Nothing is written."""
        asked = WhatIfSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        found = load(asked.target, asked.moment).suppose(asked.validated_data["supposed"])
        return Response(WhatIfAnswerSerializer(found).data)


class OutcomeParameterViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Sourced outcome data. POST adds a row; a row is taken out of use in the administration."""

    queryset = OutcomeParameter.objects.order_by("id")
    serializer_class = OutcomeParameterSerializer
    filterset_fields = ["table", "region", "stage", "measure", "status"]
    ordering_fields = ["id", "table", "recorded_at"]


class ScenarioViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Saved what-ifs. POST saves one; ``answer`` computes it anew for its own day and knowledge."""

    queryset = Scenario.objects.all()
    serializer_class = ScenarioSerializer
    filterset_fields = ["fund", "group", "as_of", "created_by"]
    ordering_fields = ["id", "created_at"]

    @extend_schema(responses=WhatIfAnswerSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def answer(self, request: Request, **kwargs: Any) -> Response:
        """What the scenario answers."""
        scenario = self.get_object()
        loaded = load(target_of(scenario.fund, scenario.group), Moment(scenario.as_of, scenario.known_at))
        return Response(WhatIfAnswerSerializer(loaded.suppose(Supposed.from_data(scenario.changes))).data)


class StressRunViewSet(ReadOnlyViewSet):
    """Simulations. POST asks for one; follow ``state`` until it is done."""

    queryset = StressRun.objects.all()
    serializer_class = StressRunSerializer
    filterset_fields = ["fund", "group", "kind", "state", "as_of"]
    ordering_fields = ["id", "as_of", "created_at"]

    @extend_schema(request=AskRunSerializer, responses={202: StressRunSerializer})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Ask for a simulation."""
        asked = AskRunSerializer(data=request.data, context=self.get_serializer_context())
        asked.is_valid(raise_exception=True)
        return Response(self.get_serializer(asked.save()).data, status=status.HTTP_202_ACCEPTED)


routes = [
    ("stress", StressViewSet, "stress"),
    ("outcome-parameters", OutcomeParameterViewSet, "outcomeparameter"),
    ("scenarios", ScenarioViewSet, "scenario"),
    ("stress-runs", StressRunViewSet, "stressrun"),
]
