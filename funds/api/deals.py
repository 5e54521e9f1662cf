"""The way from a proposal to its payments in the API: the same actions as pages and admin."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, status
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from funds.actions.agreements import give_up_tranche, meet_condition
from funds.actions.deals import attach_paper, begin_diligence, propose, withdraw
from funds.actions.tranches import pay_tranche
from funds.api import companies
from funds.models import (
    Agreement,
    Committee,
    Deal,
    Decision,
    DiligenceItem,
    LedgerEvent,
    MonitoringNote,
    Paper,
    Tranche,
)
from funds.queries.deals import ask_of, with_payment
from funds.rules.deals import ask_problems
from funds.serializers import deals as shapes
from funds.serializers.records import LedgerEventSerializer
from innovation.core.api import ReadOnlyViewSet, ViewSet

WARNINGS = {"type": "object", "properties": {"warnings": {"type": "array", "items": {"type": "object"}}}}


class PaperViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Stored papers, known by their SHA-256."""

    queryset = Paper.objects.all()
    serializer_class = shapes.PaperSerializer
    parser_classes = [MultiPartParser]
    filterset_fields = ["company", "kind", "sha256"]
    ordering_fields = ["id", "recorded_at"]


class DealViewSet(ViewSet):
    """Proposals."""

    queryset = Deal.objects.all()
    serializer_class = shapes.DealSerializer
    filterset_fields = ["fund", "company", "investment", "state", "stage", "code"]
    ordering_fields = ["opened_on", "amount_fen", "code"]

    def _moved(self, deal: Deal) -> Response:
        deal.refresh_from_db()
        return Response(self.get_serializer(deal).data)

    @extend_schema(request=None, responses=shapes.DealSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def begin(self, request: Request, **kwargs: Any) -> Response:
        """Begin due diligence."""
        return self._moved(begin_diligence(deal_id=self.get_object().pk, actor=request.user))

    @extend_schema(request=None, responses=shapes.DealSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def propose(self, request: Request, **kwargs: Any) -> Response:
        """Lay the proposal before the committee."""
        return self._moved(propose(deal_id=self.get_object().pk, actor=request.user))

    @extend_schema(request=shapes.DealReasonSerializer, responses=shapes.DealSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Close a proposal that is not followed up."""
        form = shapes.DealReasonSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        return self._moved(withdraw(deal_id=self.get_object().pk, actor=request.user, **form.validated_data))

    @extend_schema(responses={(200, "application/json"): WARNINGS})
    @action(detail=True, filter_backends=[], pagination_class=None)
    def warnings(self, request: Request, **kwargs: Any) -> Response:
        """What would stand against an approval now: money left, phase of the fund, ticket and concentration."""
        found = ask_problems(ask_of(self.get_object()))
        rows = [{"code": one.code, "message": str(one.message), "field": one.field} for one in found]
        return Response({"warnings": rows})

    @extend_schema(request={"application/json": {"type": "object"}}, responses=shapes.DealSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def papers(self, request: Request, **kwargs: Any) -> Response:
        """Attach the stored paper named in ``paper``."""
        deal = self.get_object()
        attach_paper(deal_id=deal.pk, paper_id=int(request.data.get("paper", 0)), actor=request.user)
        return self._moved(deal)


class DiligenceItemViewSet(ViewSet):
    """Questions of due diligence with their answers."""

    queryset = DiligenceItem.objects.all()
    serializer_class = shapes.DiligenceItemSerializer
    filterset_fields = ["deal", "area", "state", "responsible"]
    ordering_fields = ["id", "due_on"]


class CommitteeViewSet(ReadOnlyViewSet):
    """Committees with their members."""

    queryset = Committee.objects.prefetch_related("members")
    serializer_class = shapes.CommitteeSerializer
    filterset_fields = ["fund", "is_active"]
    ordering_fields = ["id"]


class DecisionViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Decisions of committees with their votes; never changed."""

    queryset = Decision.objects.sealed().prefetch_related("votes", "papers")
    serializer_class = shapes.DecisionSerializer
    filterset_fields = ["fund", "deal", "investment", "subject", "outcome", "number"]
    ordering_fields = ["met_on", "id"]


class AgreementViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Signed agreements; an amendment is a new one that supersedes."""

    queryset = Agreement.objects.all()
    serializer_class = shapes.AgreementSerializer
    filterset_fields = ["investment", "decision", "number"]
    ordering_fields = ["signed_on", "id"]


class TrancheViewSet(ReadOnlyViewSet):
    """Tranches with whether they are paid; their acts are ``meet``, ``give-up`` and ``pay``."""

    # The acts ask for permissions of their own; a tranche itself is made with its agreement.
    queryset = with_payment(Tranche.objects.all())
    serializer_class = shapes.TrancheSerializer
    filterset_fields = ["agreement", "agreement__investment", "state"]
    ordering_fields = ["id", "due_on"]

    def _shown(self, pk: int) -> Response:
        return Response(self.get_serializer(self.get_queryset().get(pk=pk)).data)

    @extend_schema(request=shapes.MetSerializer, responses=shapes.TrancheSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[IsAuthenticated])
    def meet(self, request: Request, **kwargs: Any) -> Response:
        """Record that the condition is met."""
        form = shapes.MetSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        tranche = self.get_object()
        meet_condition(tranche_id=tranche.pk, actor=request.user, **form.validated_data)
        return self._shown(tranche.pk)

    @extend_schema(request=shapes.DealReasonSerializer, responses=shapes.TrancheSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[IsAuthenticated], url_path="give-up")
    def give_up(self, request: Request, **kwargs: Any) -> Response:
        """Record that the tranche is not paid any more."""
        form = shapes.DealReasonSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        tranche = self.get_object()
        give_up_tranche(tranche_id=tranche.pk, actor=request.user, **form.validated_data)
        return self._shown(tranche.pk)

    @extend_schema(request=shapes.PaySerializer, responses={201: LedgerEventSerializer})
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[IsAuthenticated])
    def pay(self, request: Request, **kwargs: Any) -> Response:
        """Book the entry that pays the tranche. 202 when it waits for a second person."""
        form = shapes.PaySerializer(data=request.data)
        form.is_valid(raise_exception=True)
        tranche = self.get_object()
        booked = pay_tranche(tranche_id=tranche.pk, actor=request.user, **form.validated_data)
        if not isinstance(booked, LedgerEvent):
            return Response({"proposal": booked.pk}, status=status.HTTP_202_ACCEPTED)
        return Response(LedgerEventSerializer(booked).data, status=status.HTTP_201_CREATED)


class MonitoringNoteViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Notes on holdings; never changed."""

    queryset = MonitoringNote.objects.all()
    serializer_class = shapes.MonitoringNoteSerializer
    filterset_fields = ["investment", "kind", "rating"]
    ordering_fields = ["noted_on", "id"]


routes = [
    ("papers", PaperViewSet, "paper"),
    ("deals", DealViewSet, "deal"),
    ("diligence-items", DiligenceItemViewSet, "diligenceitem"),
    ("committees", CommitteeViewSet, "committee"),
    ("decisions", DecisionViewSet, "decision"),
    ("agreements", AgreementViewSet, "agreement"),
    ("tranches", TrancheViewSet, "tranche"),
    ("monitoring-notes", MonitoringNoteViewSet, "monitoringnote"),
    *companies.routes,
]
