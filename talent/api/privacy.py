"""Consents and reads in the API."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.core.api import ReadOnlyViewSet
from talent.actions.consents import withdraw_consent
from talent.models import AccessLog, Consent, ConsentText
from talent.serializers.privacy import AccessLogSerializer, ConsentSerializer, ConsentTextSerializer


class ConsentTextViewSet(ReadOnlyViewSet):
    """What people are asked to agree to, in all versions."""

    permission_classes = [permissions.IsAuthenticated]
    queryset = ConsentText.objects.order_by("id")
    serializer_class = ConsentTextSerializer
    filterset_fields = {"purpose": ["exact"], "superseded_at": ["isnull"]}
    ordering_fields = ["id", "valid_from"]


class ConsentViewSet(mixins.CreateModelMixin, ReadOnlyViewSet):
    """One's own consents; those of all people for the office. POST gives one in the caller's own name."""

    permission_classes = [permissions.IsAuthenticated]
    queryset = Consent.objects.order_by("id")
    serializer_class = ConsentSerializer
    filterset_fields = {"purpose": ["exact"], "person": ["exact"], "ended_at": ["isnull"]}
    ordering_fields = ["id", "given_at"]

    @extend_schema(request=None, responses=ConsentSerializer)
    @action(detail=True, methods=["post"])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Withdraw one's own consent."""
        consent = self.get_object()
        if consent.person.user_id != request.user.pk:
            self.permission_denied(request)
        done = withdraw_consent(consent_id=consent.pk, actor=request.user)
        return Response(self.get_serializer(done).data)


class AccessLogViewSet(ReadOnlyViewSet):
    """Who looked at one's data; for the privacy officer and the audit at everybody's."""

    permission_classes = [permissions.IsAuthenticated]
    queryset = AccessLog.objects.order_by("-id")
    serializer_class = AccessLogSerializer
    filterset_fields = {"person": ["exact"], "purpose": ["exact"], "door": ["exact"], "at": ["gte", "lte"]}
    ordering_fields = ["id", "at"]


routes = [
    ("consent-texts", ConsentTextViewSet, "consenttext"),
    ("consents", ConsentViewSet, "consent"),
    ("reads", AccessLogViewSet, "accesslog"),
]
