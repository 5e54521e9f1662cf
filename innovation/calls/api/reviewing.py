"""A reviewer's own reviews; for the office the cases and the checks of their eligibility."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import permissions
from rest_framework.decorators import action
from rest_framework.parsers import MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.calls.actions import assigning, reviewing
from innovation.calls.actions.score_upload import read_workbook, rehearse, take_in
from innovation.calls.models import Application, Review, Screening
from innovation.calls.serializers import reviewing as serializers
from innovation.core.api import ReadOnlyViewSet
from innovation.core.api.viewsets import IsStaff


class OwnReviewViewSet(ReadOnlyViewSet):
    """The reviews asked of oneself. The packet comes after the declaration; in blind calls it has no identity."""

    queryset = Review.objects.select_related(
        "application__call__score_sheet", "application__organisation", "application__created_by"
    )
    serializer_class = serializers.OwnReviewSerializer
    permission_classes = [permissions.IsAuthenticated]
    filterset_fields = {"state": ["exact"], "due_on": ["gte", "lte"]}
    ordering_fields = ["id", "due_on"]

    def get_queryset(self) -> QuerySet[Any]:
        return super().get_queryset().of(self.request.user)

    def get_serializer_class(self) -> Any:
        return serializers.OwnReviewDetailSerializer if self.action == "retrieve" else self.serializer_class

    def history(self, request: Request, **kwargs: Any) -> Response:
        """Not offered: the history names who else works on the case."""
        return Response(status=404)

    @extend_schema(request=serializers.ReviewDeclarationSerializer, responses=serializers.OwnReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    def declare(self, request: Request, **kwargs: Any) -> Response:
        """Say whether there is a conflict of interest, before anything can be read."""
        review = self.get_object()
        given = serializers.ReviewDeclarationSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        reviewing.declare(review_id=review.pk, actor=request.user, **given.validated_data)
        return Response(serializers.OwnReviewDetailSerializer(self.get_object()).data)

    @extend_schema(request=serializers.ReviewWrittenSerializer, responses=serializers.OwnReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    def save(self, request: Request, **kwargs: Any) -> Response:
        """Keep a draft."""
        review = self.get_object()
        written, _reason = self._written(request)
        reviewing.save_draft(review_id=review.pk, written=written, actor=request.user)
        return Response(serializers.OwnReviewDetailSerializer(self.get_object()).data)

    @extend_schema(request=serializers.ReviewWrittenSerializer, responses=serializers.OwnReviewDetailSerializer)
    @action(detail=True, methods=["post"])
    def submit(self, request: Request, **kwargs: Any) -> Response:
        """Hand the review in, or revise it once in a round of discussion with a reason."""
        review = self.get_object()
        written, reason = self._written(request)
        reviewing.submit_review(review_id=review.pk, written=written, actor=request.user, reason=reason)
        return Response(serializers.OwnReviewDetailSerializer(self.get_object()).data)

    @extend_schema(
        request={"multipart/form-data": serializers.ScoreSheetFileSerializer},
        responses=serializers.ScoreSheetLineSerializer(many=True), filters=False,
    )  # fmt: skip
    @action(
        detail=False, methods=["post"], url_path="score-sheets", filter_backends=[], pagination_class=None,
        parser_classes=[MultiPartParser],
    )  # fmt: skip
    def score_sheets(self, request: Request, **kwargs: Any) -> Response:
        """Take in a workbook filled in offline; by default only say what each row would do."""
        given = serializers.ScoreSheetFileSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        work = rehearse if given.validated_data["dry_run"] else take_in
        lines = work(
            rows=read_workbook(given.validated_data["file"]), hand_in=given.validated_data["hand_in"],
            actor=request.user,
        )  # fmt: skip
        return Response(serializers.ScoreSheetLineSerializer(lines, many=True).data)

    def _written(self, request: Request) -> tuple[reviewing.Written, str]:
        given = serializers.ReviewWrittenSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        facts = dict(given.validated_data)
        reason = facts.pop("reason")
        return reviewing.Written(**facts), reason


class CaseReviewViewSet(ReadOnlyViewSet):
    """The reviews of all cases for the staff; a reviewer can be replaced."""

    queryset = Review.objects.select_related("application")
    serializer_class = serializers.CaseReviewSerializer
    permission_classes = [IsStaff]
    filterset_fields = ["application", "state", "reviewer"]
    ordering_fields = ["id", "due_on"]

    @extend_schema(request=serializers.ReplaceReviewerSerializer, responses=serializers.CaseReviewSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def replace(self, request: Request, **kwargs: Any) -> Response:
        """End this review with its reason and ask somebody else, in one step; the scores are kept aside."""
        given = serializers.ReplaceReviewerSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data, review = given.validated_data, self.get_object()
        made = assigning.replace_reviewer(
            review_id=review.pk, reason=data["reason"], reviewer_id=data["reviewer"], due_on=data["due_on"],
            actor=request.user,
        )  # fmt: skip
        review.refresh_from_db()
        return Response(self.get_serializer(made or review).data)


class OfficeCaseViewSet(ReadOnlyViewSet):
    """Submitted cases for the staff."""

    queryset = Application.objects.select_related("call")
    serializer_class = serializers.OfficeCaseSerializer
    permission_classes = [IsStaff]
    filterset_fields = {
        "call__code": ["exact"], "state": ["exact"], "officer": ["exact", "isnull"], "due_on": ["gte", "lte"],
    }  # fmt: skip
    ordering_fields = ["id", "due_on", "submitted_at"]


class ScreeningViewSet(ReadOnlyViewSet):
    """Checks of eligibility with their gates."""

    queryset = Screening.objects.prefetch_related("gates")
    serializer_class = serializers.ScreeningSerializer
    filterset_fields = {"application": ["exact"], "passed": ["exact"]}
    ordering_fields = ["id", "ran_at"]


routes = [
    ("case-reviews", CaseReviewViewSet, "casereview"),
    ("reviews", OwnReviewViewSet, "review"),
    ("cases", OfficeCaseViewSet, "officecase"),
    ("screenings", ScreeningViewSet, "screening"),
]
