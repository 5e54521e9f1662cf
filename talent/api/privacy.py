"""Consents and reads in the API."""

from typing import Any

from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.core.api import ReadOnlyViewSet
from talent.actions import rights
from talent.actions.consents import withdraw_consent
from talent.actions.erasing import erase_confirmed
from talent.api.limits import PersonalRecords
from talent.choices.privacy import ReadPurpose
from talent.models import AccessLog, Consent, ConsentText, RightsRequest
from talent.models.rights_states import ANSWERS
from talent.queries.erasable import code_of, obstacles, places
from talent.serializers.privacy import (
    AccessLogSerializer,
    ConsentSerializer,
    ConsentTextSerializer,
    DryRunSerializer,
    EraseSerializer,
    ReceiptSerializer,
    RightsAnswerSerializer,
    RightsRequestSerializer,
)


class ConsentTextViewSet(ReadOnlyViewSet):
    """What people are asked to agree to, in all versions."""

    permission_classes = [permissions.IsAuthenticated]
    queryset = ConsentText.objects.order_by("id")
    serializer_class = ConsentTextSerializer
    filterset_fields = {"purpose": ["exact"], "superseded_at": ["isnull"]}
    ordering_fields = ["id", "valid_from"]


class ConsentViewSet(PersonalRecords, mixins.CreateModelMixin, ReadOnlyViewSet):
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


class RightsRequestViewSet(PersonalRecords, mixins.CreateModelMixin, ReadOnlyViewSet):
    """Requests on one's own data; the queue of all people for the privacy officer."""

    read_purpose = ReadPurpose.RIGHTS
    permission_classes = [permissions.IsAuthenticated]
    queryset = RightsRequest.objects.order_by("due_on", "id")
    serializer_class = RightsRequestSerializer
    filterset_fields = {"kind": ["exact"], "state": ["exact"], "due_on": ["lte", "gte"]}
    ordering_fields = ["id", "due_on", "asked_at"]

    def _answered(self) -> RightsRequest:
        """The request, for who answers it and is not its person."""
        found = self.get_object()
        if not self.request.user.has_perm(ANSWERS) or found.person.user_id == self.request.user.pk:
            self.permission_denied(self.request)
        return found

    @extend_schema(request=RightsAnswerSerializer, responses=RightsRequestSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def answer(self, request: Request, **kwargs: Any) -> Response:
        """Grant or refuse, with words for the person."""
        asked = RightsAnswerSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        done = rights.answer(request_id=self._answered().pk, actor=request.user, **asked.validated_data)
        return Response(self.get_serializer(done).data)

    @extend_schema(responses=DryRunSerializer, filters=False)
    @action(detail=True, filter_backends=[], pagination_class=None, url_path="dry-run")
    def dry_run(self, request: Request, **kwargs: Any) -> Response:
        """Everything that an erasure would change, with the code that confirms this very list."""
        person = self._answered().person
        found = places(person)
        against = obstacles(person, timezone.localdate())
        return Response(DryRunSerializer({"code": code_of(person, found), "obstacles": against, "places": found}).data)

    @extend_schema(request=EraseSerializer, responses=ReceiptSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def erase(self, request: Request, **kwargs: Any) -> Response:
        """Carry the erasure out. Cannot be undone."""
        asked = EraseSerializer(data=request.data)
        asked.is_valid(raise_exception=True)
        code = asked.validated_data["code"]
        case = erase_confirmed(request_id=self._answered().pk, code=code, actor=request.user)
        return Response(ReceiptSerializer(case).data)


routes = [
    ("consent-texts", ConsentTextViewSet, "consenttext"),
    ("consents", ConsentViewSet, "consent"),
    ("reads", AccessLogViewSet, "accesslog"),
    ("rights-requests", RightsRequestViewSet, "rightsrequest"),
]
