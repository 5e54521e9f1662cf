"""Reports by API: which there are, asking, following the progress, taking the files."""

from typing import Any

from django.db.models import Prefetch
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiResponse, extend_schema
from rest_framework import permissions, status, viewsets
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from innovation.core.api.throttles import ReadThrottle
from innovation.core.api.viewsets import ReadOnlyViewSet
from innovation.reports import actions, registry
from innovation.reports.choices import Format
from innovation.reports.filters import RunFilter
from innovation.reports.models import ReportFile, ReportRun
from innovation.reports.serializers import KindSerializer, QuestionSerializer, RunSerializer
from innovation.reports.views import file_response, reads_reports


class ReadsReports(permissions.IsAuthenticated):
    """Whoever may ask at least one kind. Asking changes no record of the programme, so auditors may too."""

    def has_permission(self, request: Request, view: APIView) -> bool:
        return super().has_permission(request, view) and reads_reports(request.user)


class KindViewSet(viewsets.ViewSet):
    """The kinds of report that the caller may ask, with their parameters."""

    permission_classes = [ReadsReports]
    throttle_classes = [ReadThrottle]

    @extend_schema(responses=KindSerializer(many=True))
    def list(self, request: Request) -> Response:
        return Response(KindSerializer(registry.kinds_for(request.user), many=True).data)


class RunViewSet(ReadOnlyViewSet):
    """Ask for a report with POST; the answer is its run. Poll it until ``state`` is done, then take its files."""

    queryset = ReportRun.objects.prefetch_related(Prefetch("files", ReportFile.objects.defer("content")))
    serializer_class = RunSerializer
    permission_classes = [ReadsReports]
    filterset_class = RunFilter
    ordering_fields = ["id", "as_of", "known_at", "created_at"]

    @extend_schema(request=QuestionSerializer, responses={201: RunSerializer, 200: RunSerializer})
    def create(self, request: Request) -> Response:
        """201 for a new run; 200 with the run that exists when the same question was asked before."""
        question = QuestionSerializer(data=request.data)
        question.is_valid(raise_exception=True)
        run, created = actions.request_run(actor=request.user, **question.validated_data)
        body = self.get_serializer(run).data
        return Response(
            body,
            status=status.HTTP_201_CREATED if created else status.HTTP_200_OK,
            headers={"Location": request.build_absolute_uri(f"{request.path}{run.pk}/")},
        )

    @extend_schema(request=None, responses=RunSerializer)
    @action(detail=True, methods=["post"])
    def retry(self, request: Request, pk: str | None = None) -> Response:
        """Try a failed run again."""
        run = actions.retry(run=self.get_object(), actor=request.user)
        return Response(self.get_serializer(run).data)

    @extend_schema(responses={(200, "application/octet-stream"): OpenApiResponse(OpenApiTypes.BINARY)}, filters=False)
    @action(detail=True, url_path=f"files/(?P<file_format>{'|'.join(Format.values)})", url_name="file")
    def file(self, request: Request, file_format: str, **kwargs: Any) -> HttpResponse:
        """The file itself, as an attachment."""
        files = ReportFile.objects.select_related("run").filter(run=self.get_object())
        return file_response(get_object_or_404(files, format=file_format), request.user)


routes = [("report-kinds", KindViewSet, "report-kind"), ("report-runs", RunViewSet, "report-run")]
