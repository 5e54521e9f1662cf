"""Local reinvestment and the money progress of funds in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, serializers, status, viewsets
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.permissions import IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from funds.actions import reinvestment as actions
from funds.api.tolerance import FractionField, MomentQuery, SeesFunds, moment_of
from funds.models import Fund, ReinvestmentClaim
from funds.queries.progress import FundProgress, progress_of_funds
from funds.serializers import reinvestment as forms
from innovation.core.api import ReadOnlyViewSet
from innovation.core.api.throttles import ReadThrottle


class ClaimViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """Claims: the office sees all, a fund's manager those of its funds. The actions decide who may do what."""

    queryset = ReinvestmentClaim.objects.all()
    serializer_class = forms.ClaimSerializer
    permission_classes = [IsAuthenticated]
    filterset_fields = {"fund": ["exact"], "state": ["exact"], "company": ["exact"], "recognised_on": ["gte", "lte"]}
    ordering_fields = ["id", "invested_on", "claimed_fen"]

    def _act(self, request: Request, name: str, form: type[serializers.Serializer] | None = None) -> Response:
        data: dict[str, Any] = {}
        if form is not None:
            asked = form(data=request.data)
            asked.is_valid(raise_exception=True)
            data = asked.validated_data
        claim = getattr(actions, f"{name}_claim")(claim_id=self.get_object().pk, actor=request.user, **data)
        return Response(self.get_serializer(claim).data)

    @extend_schema(request={"multipart/form-data": forms.ProofSerializer}, responses={201: forms.ProofSerializer})
    @action(detail=True, methods=["post"], filter_backends=[], parser_classes=[MultiPartParser, JSONParser])
    def proofs(self, request: Request, **kwargs: Any) -> Response:
        """Add a document that proves the claim."""
        form = forms.ProofSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        form.save(claim_id=self.get_object().pk)
        return Response(form.data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=forms.ClaimSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def submit(self, request: Request, **kwargs: Any) -> Response:
        """Send a draft to the office."""
        return self._act(request, "submit")

    @extend_schema(request=None, responses=forms.ClaimSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def take(self, request: Request, **kwargs: Any) -> Response:
        """Take it into review."""
        return self._act(request, "take")

    @extend_schema(request=forms.RecogniseSerializer, responses=forms.ClaimSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def recognise(self, request: Request, **kwargs: Any) -> Response:
        """Recognise up to what was claimed, on a ground of the list."""
        return self._act(request, "recognise", forms.RecogniseSerializer)

    @extend_schema(request=forms.ReasonSerializer, responses=forms.ClaimSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def refuse(self, request: Request, **kwargs: Any) -> Response:
        """Refuse it with the reason."""
        return self._act(request, "refuse", forms.ReasonSerializer)

    @extend_schema(request=forms.RevokeSerializer, responses=forms.ClaimSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def revoke(self, request: Request, **kwargs: Any) -> Response:
        """Take a recognition back from a day on."""
        return self._act(request, "revoke", forms.RevokeSerializer)


class LeverageSerializer(serializers.Serializer):
    """One of the three ratios, with its letter and its numerator."""

    letter = serializers.CharField()
    numerator_fen = serializers.IntegerField(source="numerator")
    government_fen = serializers.IntegerField(source="government")
    ratio = FractionField(allow_null=True)


class ProgressSerializer(serializers.Serializer):
    """The money progress of one fund; amounts in fen, shares exact."""

    fund = serializers.IntegerField(source="fund.pk")
    code = serializers.CharField(source="fund.code")
    committed_fen = serializers.IntegerField(source="committed")
    called_share = FractionField(allow_null=True)
    invested_share = FractionField(allow_null=True)
    idle_share = FractionField(allow_null=True)
    idle_days = serializers.IntegerField(allow_null=True)
    government_share = FractionField(source="shares.computed", allow_null=True)
    public_share = FractionField(source="shares.public", allow_null=True)
    leverage = LeverageSerializer(many=True)
    recognised_fen = serializers.IntegerField(source="recognised")
    multiple_paid_in = FractionField(allow_null=True)
    multiple_committed = FractionField(allow_null=True)
    warnings = serializers.SerializerMethodField()

    def get_warnings(self, one: FundProgress) -> list[str]:
        return [str(warned.key) for warned in one.warnings]


class ProgressViewSet(viewsets.ViewSet):
    """Called, invested and idle money, shares, leverage and reinvestment of every fund."""

    permission_classes = [SeesFunds]
    throttle_classes = [ReadThrottle]

    @extend_schema(parameters=[MomentQuery], responses=ProgressSerializer(many=True))
    def list(self, request: Request) -> Response:
        """Every fund by code, at two times."""
        rows = progress_of_funds(list(Fund.objects.order_by("code")), moment_of(request)["moment"])
        return Response(ProgressSerializer(rows, many=True).data)


routes = [
    ("reinvestment-claims", ClaimViewSet, "reinvestmentclaim"),
    ("money-progress", ProgressViewSet, "moneyprogress"),
]
