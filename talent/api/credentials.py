"""Credentials, schemes, continuing education and training in the API; the same actions as the pages."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import mixins, permissions, status, viewsets
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.core.api import ReadOnlyViewSet
from innovation.core.api.throttles import ReadThrottle
from talent.actions import cpd, credentials, renewals
from talent.api.limits import PersonalRecords
from talent.models import (
    AuditLook,
    AuditSample,
    Cohort,
    CpdCycle,
    CpdEntry,
    Credential,
    Enrolment,
    Person,
    Scheme,
    SchemeVersion,
    TrainingProgramme,
)
from talent.queries.credentials import count_cycle, open_cycle, with_names
from talent.queries.training import counted
from talent.serializers import credentials as shapes
from talent.views.certificates import public


class _Visible(ReadOnlyViewSet):
    """What the queryset shows is what one may see; no model permission is asked of holders for their own."""

    permission_classes = [permissions.IsAuthenticated]


class SchemeViewSet(_Visible):
    """Credential schemes with their levels."""

    queryset = Scheme.objects.all()
    serializer_class = shapes.CredentialSchemeSerializer
    filterset_fields = ["code", "kind"]
    ordering_fields = ["id", "code"]


class SchemeVersionViewSet(_Visible):
    """Dated rules; ``status`` says how well they are known."""

    queryset = SchemeVersion.objects.all()
    serializer_class = shapes.SchemeVersionSerializer
    filterset_fields = {"scheme": ["exact"], "status": ["exact"], "valid_from": ["gte", "lte"]}
    ordering_fields = ["id", "valid_from"]


class CredentialViewSet(PersonalRecords, _Visible):
    """One's own credentials; all for the office. POST begins a candidacy, the acts are the steps."""

    queryset = with_names(Credential.objects.all())
    serializer_class = shapes.CredentialSerializer
    filterset_fields = {"state": ["exact"], "version": ["exact"], "person": ["exact"], "expires_on": ["gte", "lte"]}
    ordering_fields = ["id", "expires_on", "granted_on"]

    @extend_schema(request=shapes.OpenCredentialSerializer, responses={201: shapes.CredentialSerializer})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Become a candidate."""
        given = shapes.OpenCredentialSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        people = Person.objects.current().visible_to(request.user)
        wanted = {"pk": data["person"]} if "person" in data else {"user": request.user}
        person = people.filter(**wanted).first()
        if person is None:
            raise NotFound
        made = credentials.open_credential(
            person_id=person.pk, version_id=data["version"].pk, level=data["level"], actor=request.user
        )
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    def _step(self, request: Request, work: Any, *, with_reason: bool = False) -> Response:
        given = shapes.CredentialStepSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        reason = {"reason": given.validated_data["reason"]} if with_reason else {}
        moved = work(credential_id=self.get_object().pk, actor=request.user, **reason)
        return Response(self.get_serializer(moved).data)

    @extend_schema(request=shapes.CredentialStepSerializer, responses=shapes.CredentialSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def apply(self, request: Request, **kwargs: Any) -> Response:
        """Ask for the assessment."""
        return self._step(request, credentials.apply_for_assessment)

    @extend_schema(request=shapes.CredentialStepSerializer, responses=shapes.CredentialSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], url_path="file-renewal")
    def file_renewal(self, request: Request, **kwargs: Any) -> Response:
        """File the renewal."""
        return self._step(request, renewals.file_renewal)

    @extend_schema(request=shapes.CredentialStepSerializer, responses=shapes.CredentialSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def renew(self, request: Request, **kwargs: Any) -> Response:
        """Renew by the credits of the cycle; ``reason`` becomes the note."""
        given = shapes.CredentialStepSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        note = given.validated_data["reason"]
        moved = renewals.renew(credential_id=self.get_object().pk, note=note, actor=request.user)
        return Response(self.get_serializer(moved).data)

    @extend_schema(request=shapes.CredentialStepSerializer, responses=shapes.CredentialSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], url_path="return-renewal")
    def return_renewal(self, request: Request, **kwargs: Any) -> Response:
        """Give a renewal back with its reason."""
        return self._step(request, renewals.return_renewal, with_reason=True)

    @extend_schema(request=shapes.GrantCredentialSerializer, responses=shapes.CredentialSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def grant(self, request: Request, **kwargs: Any) -> Response:
        """Grant by the rules of the day."""
        given = shapes.GrantCredentialSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        moved = credentials.grant(credential_id=self.get_object().pk, actor=request.user, **given.validated_data)
        return Response(self.get_serializer(moved).data)

    @extend_schema(responses=shapes.StandingSerializer)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def standing(self, request: Request, **kwargs: Any) -> Response:
        """How the open cycle stands by its rules; 404 where none is open."""
        cycle = open_cycle(self.get_object())
        if cycle is None:
            raise NotFound
        return Response(shapes.StandingSerializer(count_cycle(cycle)).data)


class CpdCycleViewSet(PersonalRecords, _Visible):
    """Cycles of continuing education; closed ones keep what they were counted as."""

    queryset = CpdCycle.objects.all()
    serializer_class = shapes.CpdCycleSerializer
    filterset_fields = ["credential", "purpose", "is_met"]
    ordering_fields = ["id", "starts_on", "ends_on"]


class CpdEntryViewSet(PersonalRecords, _Visible):
    """Entries with their proof. POST (multipart) files one, ``verify`` and ``withdraw`` are the acts."""

    queryset = CpdEntry.objects.all()
    serializer_class = shapes.CpdEntrySerializer
    filterset_fields = {"cycle": ["exact"], "person": ["exact"], "state": ["exact"], "day": ["gte", "lte"]}
    ordering_fields = ["id", "day", "filed_at"]

    @extend_schema(request=shapes.FileEntrySerializer, responses={201: shapes.CpdEntrySerializer})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """File an entry in an open cycle of one's own."""
        given = shapes.FileEntrySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        cycle = given.validated_data["cycle"]
        if not CpdCycle.objects.visible_to(request.user).filter(pk=cycle.pk).exists():
            raise NotFound
        made = cpd.file_entry(cycle_id=cycle.pk, actor=request.user, **given.values())
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.VerifyEntrySerializer, responses=shapes.CpdEntrySerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def verify(self, request: Request, **kwargs: Any) -> Response:
        """Accept or refuse."""
        given = shapes.VerifyEntrySerializer(data=request.data)
        given.is_valid(raise_exception=True)
        done = cpd.verify_entry(entry_id=self.get_object().pk, actor=request.user, **given.validated_data)
        return Response(self.get_serializer(done).data)

    @extend_schema(request=None, responses=shapes.CpdEntrySerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Take back an entry that waits."""
        done = cpd.withdraw_entry(entry_id=self.get_object().pk, actor=request.user)
        return Response(self.get_serializer(done).data)


class AuditSampleViewSet(_Visible):
    """Audit samples, seeded."""

    queryset = AuditSample.objects.all()
    serializer_class = shapes.AuditSampleSerializer
    filterset_fields = ["seed"]
    ordering_fields = ["id"]


class AuditLookViewSet(PersonalRecords, _Visible):
    """Entries of samples with what the second look found."""

    queryset = AuditLook.objects.all()
    serializer_class = shapes.AuditLookSerializer
    filterset_fields = ["sample", "entry", "verdict"]
    ordering_fields = ["id"]


class TrainingProgrammeViewSet(_Visible):
    """What training bases teach."""

    queryset = TrainingProgramme.objects.all()
    serializer_class = shapes.TrainingProgrammeSerializer
    filterset_fields = ["base", "version", "level"]
    ordering_fields = ["id", "code"]


class CohortViewSet(_Visible):
    """Cohorts with seats, passes and placements."""

    queryset = Cohort.objects.all()
    serializer_class = shapes.CohortSerializer
    filterset_fields = {"programme": ["exact"], "state": ["exact"], "starts_on": ["gte", "lte"]}
    ordering_fields = ["id", "starts_on"]

    def get_queryset(self) -> Any:
        return counted(super().get_queryset())


class EnrolmentViewSet(PersonalRecords, _Visible):
    """Who took part with what result."""

    queryset = Enrolment.objects.all()
    serializer_class = shapes.EnrolmentSerializer
    filterset_fields = ["cohort", "person", "result"]
    ordering_fields = ["id"]


class CertificateViewSet(mixins.RetrieveModelMixin, viewsets.GenericViewSet):
    """The public check of a certificate by its code, open to anybody."""

    permission_classes = [permissions.AllowAny]
    throttle_classes = [ReadThrottle]
    queryset = Credential.objects.none()
    serializer_class = shapes.CertificateSerializer
    lookup_field = "code"
    filter_backends: list[Any] = []

    def get_object(self) -> Credential:
        found = public(self.kwargs["code"])
        if found is None:
            raise NotFound
        return found


routes = [
    ("credential-schemes", SchemeViewSet, "credentialscheme"),
    ("credential-scheme-versions", SchemeVersionViewSet, "schemeversion"),
    ("credentials", CredentialViewSet, "credential"),
    ("cpd-cycles", CpdCycleViewSet, "cpdcycle"),
    ("cpd-entries", CpdEntryViewSet, "cpdentry"),
    ("audit-samples", AuditSampleViewSet, "auditsample"),
    ("audit-looks", AuditLookViewSet, "auditlook"),
    ("training-programmes", TrainingProgrammeViewSet, "trainingprogramme"),
    ("training-cohorts", CohortViewSet, "cohort"),
    ("training-enrolments", EnrolmentViewSet, "enrolment"),
    ("certificates", CertificateViewSet, "certificate"),
]
