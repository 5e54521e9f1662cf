"""Matching in the API: the same actions as pages and admin."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.core.api import ReadOnlyViewSet, ViewSet
from talent.actions import mandates, match_inputs, matching
from talent.api.limits import PersonalRecords
from talent.choices.privacy import ReadPurpose
from talent.models import (
    ConflictDeclaration,
    Demand,
    Mandate,
    MandateOutcome,
    MatchProfile,
    MatchProposal,
    MatchRun,
    Technology,
)
from talent.serializers import matching as shapes


class TechnologyViewSet(ViewSet):
    """Technologies that need a manager, a founder, assistants."""

    queryset = Technology.objects.all()
    serializer_class = shapes.TechnologySerializer
    filterset_fields = ["organisation", "sector", "trl"]
    ordering_fields = ["id", "code"]


class DemandViewSet(ViewSet):
    """Demands."""

    queryset = Demand.objects.all()
    serializer_class = shapes.DemandSerializer
    filterset_fields = ["organisation", "technology", "role_kind", "kind", "sector", "stage", "level", "state"]
    ordering_fields = ["id", "code", "starts_on"]

    @extend_schema(request=None, responses=shapes.DemandSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def close(self, request: Request, **kwargs: Any) -> Response:
        """Close a demand that is not followed up."""
        demand = match_inputs.close_demand(demand_id=self.get_object().pk, actor=request.user)
        return Response(self.get_serializer(demand).data)


class MatchProfileViewSet(PersonalRecords, ViewSet):
    """What the matcher may use of people; each person has their own."""

    read_purpose = ReadPurpose.MATCHING
    permission_classes = [IsAuthenticated]
    queryset = MatchProfile.objects.all()
    serializer_class = shapes.MatchProfileSerializer
    filterset_fields = ["person", "is_open", "level"]
    ordering_fields = ["id"]


class ConflictViewSet(PersonalRecords, mixins.CreateModelMixin, ReadOnlyViewSet):
    """Declared interests; each person their own."""

    read_purpose = ReadPurpose.MATCHING
    permission_classes = [IsAuthenticated]
    queryset = ConflictDeclaration.objects.all()
    serializer_class = shapes.ConflictSerializer
    filterset_fields = ["person", "organisation", "demand", "source"]
    ordering_fields = ["id", "declared_at"]

    @extend_schema(request=shapes.MatchReasonSerializer, responses=shapes.ConflictSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def clear(self, request: Request, **kwargs: Any) -> Response:
        """Record that a conflict no longer stands."""
        form = shapes.MatchReasonSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        row = match_inputs.clear_conflict(conflict_id=self.get_object().pk, actor=request.user, **form.validated_data)
        return Response(self.get_serializer(row).data)


class MatchRunViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Matchings with their frozen results."""

    queryset = MatchRun.objects.defer("snapshot")
    serializer_class = shapes.MatchRunSerializer
    filterset_fields = ["role_kind", "objective", "state", "day"]
    ordering_fields = ["id", "day"]


class MatchProposalViewSet(PersonalRecords, ReadOnlyViewSet):
    """Proposed pairs; decided by ``confirm`` and ``set-aside``."""

    read_purpose = ReadPurpose.MATCHING
    queryset = MatchProposal.objects.all()
    serializer_class = shapes.MatchProposalSerializer
    filterset_fields = ["run", "demand", "person", "state"]
    ordering_fields = ["id", "fit"]

    @extend_schema(request=shapes.EngagementSerializer, responses=shapes.MandateSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[IsAuthenticated])
    def confirm(self, request: Request, **kwargs: Any) -> Response:
        """Confirm: both sides are asked."""
        form = shapes.EngagementSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        mandate = matching.confirm(proposal_id=self.get_object().pk, actor=request.user, **form.validated_data)
        return Response(shapes.MandateSerializer(mandate).data)

    @extend_schema(request=shapes.SetAsideProposalSerializer, responses=shapes.MatchProposalSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[IsAuthenticated],
            url_path="set-aside")  # fmt: skip
    def set_aside(self, request: Request, **kwargs: Any) -> Response:
        """Set aside with a reason; ``instead_id`` proposes another person by hand."""
        form = shapes.SetAsideProposalSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        proposal = self.get_object()
        matching.set_aside(proposal_id=proposal.pk, actor=request.user, **form.validated_data)
        proposal.refresh_from_db()
        return Response(self.get_serializer(proposal).data)


class MandateViewSet(PersonalRecords, mixins.CreateModelMixin, ReadOnlyViewSet):
    """Mandates: the office all, people and owners theirs."""

    read_purpose = ReadPurpose.MATCHING
    permission_classes = [IsAuthenticated]
    queryset = Mandate.objects.all()
    serializer_class = shapes.MandateSerializer
    filterset_fields = ["person", "demand", "state", "role", "by_hand"]
    ordering_fields = ["id", "proposed_at"]

    @extend_schema(request=shapes.MandateStepSerializer, responses=shapes.MandateSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def step(self, request: Request, **kwargs: Any) -> Response:
        """Accept, decline, deliver, suspend, resume or end."""
        form = shapes.MandateStepSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        mandate = mandates.take_step(mandate_id=self.get_object().pk, actor=request.user, **form.validated_data)
        return Response(self.get_serializer(mandate).data)


class MandateOutcomeViewSet(PersonalRecords, mixins.CreateModelMixin, ReadOnlyViewSet):
    """What came of mandates; never changed."""

    read_purpose = ReadPurpose.MATCHING
    queryset = MandateOutcome.objects.all()
    serializer_class = shapes.MandateOutcomeSerializer
    filterset_fields = ["mandate", "occasion"]
    ordering_fields = ["id", "recorded_at"]


routes = [
    ("technologies", TechnologyViewSet, "technology"),
    ("talent-demands", DemandViewSet, "talentdemand"),
    ("matching-profiles", MatchProfileViewSet, "matchprofile"),
    ("declared-interests", ConflictViewSet, "conflictdeclaration"),
    ("matchings", MatchRunViewSet, "matchrun"),
    ("matching-proposals", MatchProposalViewSet, "matchproposal"),
    ("mandates", MandateViewSet, "mandate"),
    ("mandate-outcomes", MandateOutcomeViewSet, "mandateoutcome"),
]
