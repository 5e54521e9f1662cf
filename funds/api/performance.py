"""Performance in the API: rates with their status, exact amounts, at any two times."""

from typing import Any

from django.http import Http404
from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from funds.api.tolerance import FractionField, MomentQuery, SeesFunds, moment_of
from funds.choices.figures import IndexMoneyStatus, IrrStatus
from funds.choices.records import FundClass
from funds.models import IndexSeries
from funds.queries.bridge import Step
from funds.queries.fund_performance import FundPerformance, fund_performance
from funds.queries.performance import Cut, Line, performance
from funds.queries.returns import DAY_COUNT, NoPme
from funds.reports.rates import line_name
from innovation.core.api.throttles import ReadThrottle


class PerformanceQuery(MomentQuery):
    index = serializers.SlugField(required=False, help_text=_("Code of the market index to compare with."))

    def validate_index(self, code: str) -> IndexSeries:
        series = IndexSeries.objects.filter(code=code).first()
        if series is None:
            raise serializers.ValidationError(_("There is no such index."))
        return series


class FundPerformanceQuery(PerformanceQuery):
    since = serializers.DateField(required=False, help_text=_("The day on which the bridge begins."))
    model = serializers.IntegerField(required=False, min_value=1, help_text=_("Key of the pacing model."))

    def validate(self, data: dict[str, Any]) -> dict[str, Any]:
        data = super().validate(data)
        since = data.get("since")
        if since and since > data["moment"].as_of:
            raise serializers.ValidationError({"since": _("The bridge begins on or before the as-of day.")})
        return data


class IrrSerializer(serializers.Serializer):
    """An internal rate of return with its status; under one year ``period_return`` is the number to show."""

    status = serializers.ChoiceField(IrrStatus.choices)
    rate = serializers.FloatField(allow_null=True)
    rates = serializers.ListField(child=serializers.FloatField())
    under_one_year = serializers.BooleanField(allow_null=True)
    period_return = serializers.FloatField(allow_null=True)
    day_count = serializers.SerializerMethodField()

    def get_day_count(self, irr: Any) -> str:
        return DAY_COUNT.value


class MultiplesSerializer(serializers.Serializer):
    pic = FractionField(allow_null=True)
    dpi = FractionField(allow_null=True)
    rvpi = FractionField(allow_null=True)
    tvpi = FractionField(allow_null=True)


class PmeSerializer(serializers.Serializer):
    """Market equivalents, or ``problem`` and the day for which the index has no level."""

    problem = serializers.ChoiceField([(code.value, code.value) for code in NoPme], allow_null=True)
    missing = serializers.DateField(allow_null=True)
    ks_pme = serializers.FloatField(source="pme.ks_pme", default=None, allow_null=True)
    ln_status = serializers.ChoiceField(IndexMoneyStatus.choices, source="pme.ln_status", default=None, allow_null=True)
    ln_nav_fen = serializers.FloatField(source="pme.ln_nav", default=None, allow_null=True)
    ln_irr = IrrSerializer(source="pme.ln_irr", default=None, allow_null=True)
    ln_spread = serializers.FloatField(source="pme.ln_spread", default=None, allow_null=True)
    direct_alpha = IrrSerializer(source="pme.direct_alpha", default=None, allow_null=True)
    direct_alpha_log = serializers.FloatField(source="pme.direct_alpha_log", default=None, allow_null=True)
    pme_plus_lambda = serializers.FloatField(source="pme.plus_scale", default=None, allow_null=True)
    pme_plus_irr = IrrSerializer(source="pme.plus_irr", default=None, allow_null=True)


class LineSerializer(serializers.Serializer):
    """A fund or a cut: net of investors (null for a stage), gross of investments. Amounts in fen."""

    cut = serializers.ChoiceField([(cut.value, cut.value) for cut in Cut])
    key = serializers.CharField()
    name = serializers.SerializerMethodField()
    first_call = serializers.DateField(allow_null=True)
    committed_fen = serializers.IntegerField(source="committed", allow_null=True)
    paid_in_fen = serializers.IntegerField(source="paid_in", allow_null=True)
    distributions_fen = serializers.IntegerField(source="distributions", allow_null=True)
    nav_fen = serializers.IntegerField(source="nav", allow_null=True, help_text="After accrued carry.")
    accrued_carry_fen = serializers.IntegerField(source="accrued_carry")
    net = IrrSerializer(allow_null=True)
    multiples = MultiplesSerializer(allow_null=True)
    invested_fen = serializers.IntegerField(source="invested")
    proceeds_fen = serializers.IntegerField(source="proceeds")
    fair_value_fen = serializers.IntegerField(source="fair_value")
    gross = IrrSerializer()
    gross_multiples = MultiplesSerializer()
    pme = PmeSerializer(allow_null=True)

    def get_name(self, line: Line) -> str:
        return line_name(line)


class QuarterSerializer(serializers.Serializer):
    day = serializers.DateField()
    paid_in_fen = serializers.IntegerField(source="paid_in")
    distributions_fen = serializers.IntegerField(source="distributions")
    net_cash_fen = serializers.IntegerField(source="net_cash", help_text="Of investors, without carry.")
    nav_fen = serializers.IntegerField(source="nav", help_text="After fees, before carry.")
    carry_paid_fen = serializers.IntegerField(source="carry_paid", help_text="Part of the distributions.")
    accrued_carry_fen = serializers.IntegerField(source="accrued_carry", help_text="Part of the net asset value.")
    net_nav_fen = serializers.IntegerField(source="net_nav", help_text="After carry.")
    invested_fen = serializers.IntegerField(source="invested")
    proceeds_fen = serializers.IntegerField(source="proceeds")
    fair_value_fen = serializers.IntegerField(source="fair_value")


class PerformanceSerializer(serializers.Serializer):
    as_of = serializers.DateField(source="moment.as_of")
    known_at = serializers.DateTimeField(source="moment.known_at")
    index = serializers.CharField(source="index.code", default=None, allow_null=True)
    lines = LineSerializer(many=True)
    j_curve = QuarterSerializer(many=True, source="quarters")


class StepSerializer(serializers.Serializer):
    step = serializers.ChoiceField([(step.value, step.value) for step in Step])
    amount_fen = serializers.IntegerField()


class FlowSerializer(serializers.Serializer):
    """One row of a rate; ``is_value`` marks the value at the as-of day."""

    day = serializers.DateField()
    paid_fen = serializers.IntegerField(source="paid")
    received_fen = serializers.IntegerField(source="received")
    is_value = serializers.BooleanField()


class HoldingPerformanceSerializer(serializers.Serializer):
    investment = serializers.IntegerField(source="investment.pk")
    company = serializers.CharField(source="investment.company.name")
    stage = serializers.CharField(source="investment.stage")
    share = FractionField(allow_null=True)
    figures = LineSerializer(source="line")


class BridgeSerializer(serializers.Serializer):
    """From ``opening`` to ``closing``; the steps sum to the change."""

    since = serializers.DateField()
    until = serializers.DateField()
    opening_fen = serializers.IntegerField(source="opening")
    closing_fen = serializers.IntegerField(source="closing")
    steps = serializers.SerializerMethodField()

    @extend_schema_field(StepSerializer(many=True))
    def get_steps(self, found: Any) -> list[dict[str, Any]]:
        return [{"step": step.value, "amount_fen": amount} for step, amount in found.steps]


class PacingYearSerializer(serializers.Serializer):
    """A year of life after the as-of day, in fen: a model's expectation."""

    year = serializers.IntegerField()
    call_fen = serializers.FloatField(source="call")
    distribution_fen = serializers.FloatField(source="distribution")
    nav_fen = serializers.FloatField(source="nav")


class FundPerformanceSerializer(serializers.Serializer):
    """Everything about the performance of one fund."""

    as_of = serializers.DateField(source="moment.as_of")
    known_at = serializers.DateTimeField(source="moment.known_at")
    index = serializers.CharField(source="index.code", default=None, allow_null=True)
    figures = LineSerializer(source="line")
    net_rows = FlowSerializer(many=True)
    gross_rows = FlowSerializer(many=True)
    j_curve = QuarterSerializer(many=True, source="quarters")
    bridge = BridgeSerializer()
    holdings = HoldingPerformanceSerializer(many=True)
    stages = LineSerializer(many=True)
    industries = LineSerializer(many=True)
    pacing_model = serializers.IntegerField(source="projection.model.pk", default=None, allow_null=True)
    projection = PacingYearSerializer(many=True, source="projection.years", default=[])


class PerformanceOfFund(viewsets.GenericViewSet):
    """Adds ``performance/`` to the view set of funds."""

    @extend_schema(parameters=[FundPerformanceQuery], responses=FundPerformanceSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def performance(self, request: Request, **kwargs: Any) -> Response:
        """Rates, multiples, market equivalents, bridge, concentration and projection; 404 for a grant ledger."""
        asked, fund = moment_of(request, FundPerformanceQuery), self.get_object()
        if fund.fund_class == FundClass.GRANT:
            raise Http404
        found: FundPerformance = fund_performance(
            fund, asked["moment"], since=asked.get("since"), index=asked.get("index"), model=asked.get("model")
        )
        return Response(FundPerformanceSerializer(found).data)


class PerformanceViewSet(viewsets.ViewSet):
    """The performance of all funds."""

    permission_classes = [SeesFunds]
    throttle_classes = [ReadThrottle]

    @extend_schema(parameters=[PerformanceQuery], responses=PerformanceSerializer)
    def list(self, request: Request) -> Response:
        """Every fund, and the cuts by vintage, class, group and stage."""
        asked = moment_of(request, PerformanceQuery)
        return Response(PerformanceSerializer(performance(asked["moment"], index=asked.get("index"))).data)
