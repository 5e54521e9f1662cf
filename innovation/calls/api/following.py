"""What follows from a case in the API: the same rows as the pages; notices are open to everybody."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, PermissionDenied, ValidationError
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.calls.forms.acts import ACTS, acts_on
from innovation.calls.models import Agreement, ChangeRequest, Decision, Entitlement, Milestone, Notice, Payment
from innovation.calls.serializers import following as shapes
from innovation.core.api import ReadOnlyViewSet
from innovation.core.fields import MoneyField
from innovation.core.money import Unit, from_fen


class ActsViewSet(ReadOnlyViewSet):
    """Rows of cases, and the acts that the caller may take upon each."""

    @extend_schema(responses={(200, "application/json"): OpenApiTypes.OBJECT})
    @action(detail=True, filter_backends=[], pagination_class=None, permission_classes=[IsAuthenticated])
    def acts(self, request: Request, **kwargs: Any) -> Response:
        """Names of the acts that are possible now, with their fields; amounts are given in fen."""
        record = self.get_object()
        found = {act.name: list(act(record=record).fields) for act in acts_on(record, request.user)}
        return Response({"acts": found})

    @extend_schema(
        request={"application/json": OpenApiTypes.OBJECT}, responses={(200, "application/json"): OpenApiTypes.OBJECT}
    )
    @action(
        detail=True, methods=["post"], url_path="acts/(?P<act>[a-z_]+)", filter_backends=[], pagination_class=None,
        permission_classes=[IsAuthenticated],
    )  # fmt: skip
    def act(self, request: Request, act: str, **kwargs: Any) -> Response:
        """Take one act; refused by the same rules as on the page."""
        record, known = self.get_object(), ACTS.get(act)
        if known is None or known.model is not type(record):
            raise NotFound
        if not known.allowed(request.user, record):
            raise PermissionDenied
        form = known(_typed(known, record, request.data), request.FILES, record=record)
        if not form.is_valid():
            raise ValidationError(form.errors.get_json_data())
        known.run(record, form.cleaned_data, request.user)
        record.refresh_from_db()
        return Response(self.get_serializer(record).data)


def _typed(act: Any, record: Any, data: Any) -> dict[str, Any]:
    """The caller's JSON as the form reads it: fen become yuan with their unit."""
    given = dict(data.items())
    for name, field in act(record=record).fields.items():
        if isinstance(field, MoneyField) and isinstance(given.get(name), int):
            given |= {f"{name}_amount": f"{from_fen(given.pop(name), Unit.YUAN):f}", f"{name}_unit": Unit.YUAN}
    return given


class DecisionViewSet(ReadOnlyViewSet):
    """Decisions on applications; never changed."""

    queryset = Decision.objects.all()
    serializer_class = shapes.CaseDecisionSerializer
    filterset_fields = ["application", "event"]
    ordering_fields = ["id", "decided_at"]


class NoticeViewSet(ReadOnlyViewSet):
    """Public notices, without log-in."""

    permission_classes = [AllowAny]
    queryset = Notice.objects.select_related("application__call")
    serializer_class = shapes.NoticeSerializer
    filterset_fields = ["application__call"]
    ordering_fields = ["id", "published_at"]


class AgreementViewSet(ActsViewSet):
    """Agreements with milestones, shares and signatures. They are signed on the page, after a password."""

    queryset = Agreement.objects.prefetch_related("milestones__agreement", "shares", "signatures")
    serializer_class = shapes.CaseAgreementSerializer
    filterset_fields = ["application", "state"]
    ordering_fields = ["id"]


class MilestoneViewSet(ActsViewSet):
    """Milestones; the act ``report`` hands a report in."""

    queryset = Milestone.objects.select_related("agreement__application")
    serializer_class = shapes.CaseMilestoneSerializer
    filterset_fields = ["agreement", "agreement__application"]
    ordering_fields = ["id", "due_on"]


class PaymentViewSet(ActsViewSet):
    """Payments and refunds of cases, in fen."""

    queryset = Payment.objects.all()
    serializer_class = shapes.CasePaymentSerializer
    filterset_fields = ["application", "state"]
    ordering_fields = ["id", "ordered_at"]


class ChangeViewSet(ActsViewSet):
    """Requests for changes."""

    queryset = ChangeRequest.objects.all()
    serializer_class = shapes.CaseChangeSerializer
    filterset_fields = ["application", "state"]
    ordering_fields = ["id"]


class EntitlementViewSet(ActsViewSet):
    """Titles, memberships and permits: all for the office, else one's own; the office suspends and reinstates."""

    queryset = Entitlement.objects.all()
    serializer_class = shapes.EntitlementSerializer
    filterset_fields = ["organisation", "kind", "state"]
    ordering_fields = ["id", "valid_to"]


routes = [
    ("application-decisions", DecisionViewSet, "applicationdecision"),
    ("public-notices", NoticeViewSet, "publicnotice"),
    ("application-agreements", AgreementViewSet, "applicationagreement"),
    ("application-milestones", MilestoneViewSet, "applicationmilestone"),
    ("application-payments", PaymentViewSet, "applicationpayment"),
    ("application-changes", ChangeViewSet, "applicationchange"),
    ("entitlements", EntitlementViewSet, "entitlement"),
]
