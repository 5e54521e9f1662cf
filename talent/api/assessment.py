"""Assessments, and the reviewer's blind cases, in the API. Nothing here filters or sorts by a person."""

from collections.abc import Iterable
from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import permissions
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.core.api import ReadOnlyViewSet
from innovation.core.api.viewsets import EntrySerializer, IsStaff
from innovation.core.errors import RuleViolation
from talent.actions import assessing, blind_scoring
from talent.api.limits import PersonalRecords
from talent.choices.assessment import AssessmentState
from talent.choices.privacy import ReadPurpose
from talent.models import Assessment, AssessmentRound, AssessmentRubric, BlindReview, Person
from talent.models.visibility import sees_people
from talent.serializers import assessment as serializers


class AssessmentRubricViewSet(ReadOnlyViewSet):
    """Rubrics in all their versions."""

    queryset = AssessmentRubric.objects.all()
    serializer_class = serializers.AssessmentRubricSerializer
    filterset_fields = ["code"]
    ordering_fields = ["id"]


class AssessmentRoundViewSet(ReadOnlyViewSet):
    """Rounds of assessment."""

    queryset = AssessmentRound.objects.all()
    serializer_class = serializers.AssessmentRoundSerializer
    filterset_fields = ["code", "role_kind"]
    ordering_fields = ["id", "opened_on"]


class AssessmentViewSet(PersonalRecords, ReadOnlyViewSet):
    """Cases with their names for the office, one's own for each person; steps for who may take them."""

    read_purpose = ReadPurpose.ASSESSMENT
    queryset = Assessment.objects.select_related("person", "round")
    serializer_class = serializers.AssessmentSerializer
    permission_classes = [permissions.IsAuthenticated]
    filterset_fields = ["round", "state", "outcome", "number"]
    ordering_fields = ["id", "opened_at", "decided_at"]

    def get_queryset(self) -> QuerySet[Any]:
        """For managers every case by its number; the serializer keeps the person from them."""
        rows = super().get_queryset()
        is_manager = not getattr(self, "swagger_fake_view", False) and not sees_people(self.request.user)
        return rows | self.queryset.all().by_number(self.request.user) if is_manager else rows

    def _read(self, records: Iterable[Any]) -> None:
        """That somebody read the case with its name is kept for the person."""
        if sees_people(self.request.user):
            super()._read(records)

    @extend_schema(responses=EntrySerializer(many=True), filters=False)
    @action(detail=True, permission_classes=[IsStaff], pagination_class=None, filter_backends=[], url_path="history")
    def history(self, request: Request, **kwargs: Any) -> Response:
        """Who changed what and when; for who may read names, because the history holds them."""
        if not sees_people(request.user):
            raise NotFound
        return super().history(request, **kwargs)

    @extend_schema(request=serializers.OpenAssessmentSerializer, responses=serializers.AssessmentSerializer)
    @action(detail=False, methods=["post"], url_path="open", filter_backends=[], pagination_class=None)
    def open_case(self, request: Request) -> Response:
        """Open an assessment of a person in a round."""
        given = serializers.OpenAssessmentSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        person = Person.objects.visible_to(request.user).filter(uuid=given.validated_data["person"]).first()
        if person is None:
            raise NotFound
        made = assessing.open_assessment(
            round_id=given.validated_data["round"].pk, person_id=person.pk, actor=request.user
        )
        return Response(self.get_serializer(made).data, status=201)

    @extend_schema(request=serializers.AssessmentStepSerializer, responses=serializers.AssessmentSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def act(self, request: Request, **kwargs: Any) -> Response:
        """Take a step of the case."""
        case = self.get_object()
        given = serializers.AssessmentStepSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        _take(case.pk, given.validated_data, request.user)
        return Response(self.get_serializer(self.get_object()).data)


def _take(pk: int, data: dict[str, str], actor: Any) -> None:
    step, reason, outcome = data["step"], data["reason"], data["decided_outcome"]
    acts = {
        "begin": lambda: assessing.begin_scoring(assessment_id=pk, actor=actor),
        "lock": lambda: assessing.lock_scores(assessment_id=pk, actor=actor),
        "moderate": lambda: assessing.open_moderation(assessment_id=pk, note=reason, actor=actor),
        "reopen": lambda: assessing.reopen_scoring(assessment_id=pk, reason=reason, actor=actor),
        "unblind": lambda: assessing.unblind(assessment_id=pk, actor=actor),
        "diligence": lambda: assessing.record_diligence(assessment_id=pk, findings=reason, actor=actor),
        "decide": lambda: assessing.decide(assessment_id=pk, outcome=outcome, reason=reason, actor=actor),
        "answer": lambda: assessing.answer_appeal(assessment_id=pk, outcome=outcome, answer=reason, actor=actor),
        "close": lambda: assessing.close(assessment_id=pk, actor=actor),
        "appeal": lambda: assessing.appeal(assessment_id=pk, text=reason, actor=actor),
    }
    acts[step]()


class BlindReviewViewSet(ReadOnlyViewSet):
    """The cases asked of oneself. The packet comes after the declaration and has no identity before unblinding."""

    queryset = BlindReview.objects.select_related("assessment__round__rubric").exclude(
        assessment__state=AssessmentState.OPEN
    )
    serializer_class = serializers.BlindReviewSerializer
    permission_classes = [permissions.IsAuthenticated]
    filterset_fields = {"state": ["exact"]}
    ordering_fields = ["id"]

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().of(self.request.user)

    def get_serializer_class(self) -> Any:
        return serializers.BlindReviewDetailSerializer if self.action == "retrieve" else self.serializer_class

    def history(self, request: Request, **kwargs: Any) -> Response:
        """Not offered: the history names who works on the case."""
        return Response(status=404)

    @extend_schema(request=serializers.BlindDeclarationSerializer, responses=serializers.BlindReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    def declare(self, request: Request, **kwargs: Any) -> Response:
        """Say whether there is a conflict of interest, before anything can be read; a later one ends the review."""
        review = self.get_object()
        given = serializers.BlindDeclarationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        try:
            blind_scoring.declare(review_id=review.pk, actor=request.user, **data)
        except RuleViolation as violation:
            if violation.code != "DECLARED_ALREADY" or not data["conflict"]:
                raise
            blind_scoring.report_conflict(review_id=review.pk, note=data["note"], actor=request.user)
        return Response(serializers.BlindReviewDetailSerializer(self.get_object()).data)

    @extend_schema(request=serializers.BlindSheetSerializer, responses=serializers.BlindReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    def save(self, request: Request, **kwargs: Any) -> Response:
        """Keep a draft."""
        review = self.get_object()
        blind_scoring.save_draft(review_id=review.pk, sheet=self._sheet(request), actor=request.user)
        return Response(serializers.BlindReviewDetailSerializer(self.get_object()).data)

    @extend_schema(request=serializers.BlindSheetSerializer, responses=serializers.BlindReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, **kwargs: Any) -> Response:
        """Hand the scores in; they cannot be changed after."""
        review = self.get_object()
        blind_scoring.submit(review_id=review.pk, sheet=self._sheet(request), actor=request.user)
        return Response(serializers.BlindReviewDetailSerializer(self.get_object()).data)

    def _sheet(self, request: Request) -> blind_scoring.Sheet:
        given = serializers.BlindSheetSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        return blind_scoring.Sheet(**given.validated_data)


routes: list[tuple[str, Any, str]] = [
    ("assessment-rubrics", AssessmentRubricViewSet, "assessmentrubric"),
    ("assessment-rounds", AssessmentRoundViewSet, "assessmentround"),
    ("assessments", AssessmentViewSet, "assessment"),
    ("blind-reviews", BlindReviewViewSet, "blindreview"),
]
