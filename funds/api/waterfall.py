"""The waterfall of a fund in the API: who gets what if everything were sold at fair value. Whole fen."""

from typing import Any

from django.http import Http404
from drf_spectacular.utils import extend_schema, extend_schema_field
from rest_framework import serializers, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from funds.api.tolerance import MomentQuery, moment_of
from funds.choices.records import TierKind
from funds.queries.commitments import investor_names
from funds.queries.holdings import books_of
from funds.queries.waterfall import Sold, sold
from funds.reports.waterfall import PartyRow, StepRow, party_rows, step_rows, step_text


class StepOfWaterfallSerializer(serializers.Serializer):
    """One step; ``limit_fen`` null is all that is left. The three parts sum to the amount."""

    kind = serializers.ChoiceField(TierKind.choices, source="step.tier.kind")
    position = serializers.IntegerField(source="step.tier.position", help_text="0: a step that no row states.")
    says = serializers.SerializerMethodField()
    limit_fen = serializers.IntegerField(source="step.limit", allow_null=True)
    amount_fen = serializers.IntegerField(source="amount")
    government_fen = serializers.IntegerField(source="government")
    others_fen = serializers.IntegerField(source="others")
    manager_fen = serializers.IntegerField(source="manager")
    conceded_fen = serializers.IntegerField(source="conceded")

    def get_says(self, row: StepRow) -> str:
        return step_text(row.step.tier)


class PartOfWaterfallSerializer(serializers.Serializer):
    """What one investor gets; the last may be the manager's carry, which has no paid-in capital."""

    name = serializers.CharField()
    source = serializers.CharField()
    paid_in_fen = serializers.IntegerField(source="paid_in", allow_null=True)
    capital_fen = serializers.IntegerField(source="capital")
    gain_fen = serializers.IntegerField(source="gain")
    total_fen = serializers.IntegerField(source="total")


class SoldSerializer(serializers.Serializer):
    """The money that is shared, step by step and by party."""

    as_of = serializers.DateField(source="moment.as_of")
    known_at = serializers.DateTimeField(source="moment.known_at")
    paid_in_fen = serializers.IntegerField(source="plan.paid_in")
    distributed_fen = serializers.IntegerField(source="plan.distributed")
    nav_fen = serializers.IntegerField(source="nav")
    accrued_carry_fen = serializers.IntegerField(source="accrued_carry")
    net_nav_fen = serializers.IntegerField(source="net_nav")
    steps = serializers.SerializerMethodField()
    parties = serializers.SerializerMethodField()

    @extend_schema_field(StepOfWaterfallSerializer(many=True))
    def get_steps(self, found: Sold) -> list[dict[str, Any]]:
        return StepOfWaterfallSerializer(step_rows(found), many=True).data

    @extend_schema_field(PartOfWaterfallSerializer(many=True))
    def get_parties(self, found: Sold) -> list[dict[str, Any]]:
        names = investor_names({party.key[0] for party in found.parties if isinstance(party.key, tuple)})
        rows: list[PartyRow] = party_rows(found, names)
        return PartOfWaterfallSerializer(rows, many=True).data


class WaterfallOfFund(viewsets.GenericViewSet):
    """Adds ``waterfall/`` to the view set of funds."""

    @extend_schema(parameters=[MomentQuery], responses=SoldSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def waterfall(self, request: Request, **kwargs: Any) -> Response:
        """Who gets what if everything were sold at fair value; 404 for grant money and before anything is paid in."""
        moment, fund = moment_of(request)["moment"], self.get_object()
        found = sold(fund, moment, books_of([fund], moment)[fund.pk])
        if found is None:
            raise Http404
        return Response(SoldSerializer(found).data)
