"""Self-evaluations and filing extracts in the API: the same actions as pages and admin."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status
from rest_framework.decorators import action
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from funds.actions import evaluation, filing
from funds.models import EvaluationRun, EvaluationScheme, FilingExtract
from funds.serializers import evaluation as forms
from funds.serializers.reinvestment import ReasonSerializer
from innovation.core.api import ReadOnlyViewSet


class SchemeViewSet(ReadOnlyViewSet):
    """Schemes of performance evaluation with their weights."""

    queryset = EvaluationScheme.objects.prefetch_related("indicators")
    serializer_class = forms.SchemeSerializer
    filterset_fields = ["code", "version", "status"]
    ordering_fields = ["code", "version"]


class RunViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Self-evaluations of funds. The actions decide who may do what."""

    queryset = EvaluationRun.objects.prefetch_related("scores")
    serializer_class = forms.EvaluationRunSerializer
    permission_classes = [IsAuthenticated]
    filterset_fields = ["fund", "year", "scheme", "state"]
    ordering_fields = ["id", "year"]

    @extend_schema(request=forms.ScoreSerializer, responses={201: forms.ScoreSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def score(self, request: Request, **kwargs: Any) -> Response:
        """Score one indicator, or score it anew."""
        form = forms.ScoreSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        form.save(run_id=self.get_object().pk)
        return Response(form.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=forms.EvaluationRunSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def submit(self, request: Request, **kwargs: Any) -> Response:
        """Send it for confirmation."""
        run = evaluation.submit_run(run_id=self.get_object().pk, actor=request.user)
        return Response(self.get_serializer(run).data)

    @extend_schema(request=ReasonSerializer, responses=forms.EvaluationRunSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def confirm(self, request: Request, **kwargs: Any) -> Response:
        """Confirm what another person prepared."""
        asked = _read(ReasonSerializer, request)
        run = evaluation.confirm_run(run_id=self.get_object().pk, actor=request.user, **asked)
        return Response(self.get_serializer(run).data)

    @extend_schema(request=ReasonSerializer, responses=forms.EvaluationRunSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], url_path="return")
    def send_back(self, request: Request, **kwargs: Any) -> Response:
        """Return it with the reason."""
        asked = _read(ReasonSerializer, request)
        run = evaluation.return_run(run_id=self.get_object().pk, actor=request.user, **asked)
        return Response(self.get_serializer(run).data)


class ExtractViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Extracts for the national register. The actions decide who may do what."""

    queryset = FilingExtract.objects.all()
    serializer_class = forms.ExtractSerializer
    permission_classes = [IsAuthenticated]
    filterset_fields = ["fund", "year", "state"]
    ordering_fields = ["id", "year", "due_on"]

    @extend_schema(request=forms.TruthCommitmentSerializer, responses=forms.ExtractSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def commit(self, request: Request, **kwargs: Any) -> Response:
        """Commit to the truth of what another person made."""
        asked = _read(forms.TruthCommitmentSerializer, request)
        row = filing.commit_extract(extract_id=self.get_object().pk, actor=request.user, **asked)
        return Response(self.get_serializer(row).data)

    @extend_schema(request=forms.FiledSerializer, responses=forms.ExtractSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def file(self, request: Request, **kwargs: Any) -> Response:
        """Record that it was filed."""
        asked = _read(forms.FiledSerializer, request)
        row = filing.file_extract(extract_id=self.get_object().pk, actor=request.user, **asked)
        return Response(self.get_serializer(row).data)


def _read(form: type[serializers.Serializer], request: Request) -> dict[str, Any]:
    asked = form(data=request.data)
    asked.is_valid(raise_exception=True)
    return asked.validated_data


routes = [
    ("evaluation-schemes", SchemeViewSet, "evaluationscheme"),
    ("evaluation-runs", RunViewSet, "evaluationrun"),
    ("filing-extracts", ExtractViewSet, "filingextract"),
]
