"""Own applications: list, begin, save answers, hand in files, submit, withdraw; by the same actions as the pages."""

from typing import Any

from django.db.models import QuerySet
from django.utils import timezone
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status
from rest_framework.decorators import action
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.calls.actions.drafts import Typed, save_answers, start_draft, withdraw
from innovation.calls.actions.files import add_file
from innovation.calls.actions.submitting import submit
from innovation.calls.fault_words import fault_text
from innovation.calls.models import Application
from innovation.calls.queries import applying
from innovation.calls.rules import forms
from innovation.calls.serializers import applying as shapes
from innovation.core.api import ReadOnlyViewSet


class OwnApplicationViewSet(ReadOnlyViewSet):
    """Your own applications: those that you write or read for an applicant."""

    queryset = Application.objects.all()
    permission_classes = [permissions.IsAuthenticated]
    serializer_class = shapes.OwnApplicationSerializer
    parser_classes = [JSONParser, MultiPartParser]
    filterset_fields = ["call__code", "organisation"]
    ordering_fields = ["created_at", "submitted_at", "title"]

    def get_queryset(self) -> QuerySet[Application]:
        if getattr(self, "swagger_fake_view", False):
            return Application.objects.none()
        user = self.request.user
        rows = applying.of_applicant(user).filter(members__user=user)
        return rows.prefetch_related("submissions") if self.action != "list" else rows

    def get_serializer_class(self) -> type[Any]:
        return shapes.OwnApplicationDetailSerializer if self.action == "retrieve" else self.serializer_class

    @extend_schema(request=shapes.StartApplicationSerializer, responses={201: shapes.OwnApplicationSerializer})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Begin a draft; where one stands already for the call and organisation, that one comes back."""
        form = shapes.StartApplicationSerializer(data=request.data, context=self.get_serializer_context())
        form.is_valid(raise_exception=True)
        draft = start_draft(
            call_id=form.validated_data["call"].pk, actor=request.user,
            organisation_id=form.validated_data.get("organisation"),
        )  # fmt: skip
        return Response(self.get_serializer(draft).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.SaveAnswersSerializer, responses=shapes.SavedAnswersSerializer, methods=["PATCH"])
    @action(detail=True, methods=["patch"], filter_backends=[])
    def answers(self, request: Request, **kwargs: Any) -> Response:
        """Save answers. A draft can always be saved; a field that changed meanwhile comes back as a conflict."""
        application = self.get_object()
        form = shapes.SaveAnswersSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        typed = {key: Typed(one["value"], one.get("base")) for key, one in form.validated_data["answers"].items()}
        saved = save_answers(application_id=application.pk, typed=typed, actor=request.user)
        index = forms.by_key(application.form.content)
        told = {key: [fault_text(index[key], fault) for fault in found] for key, found in saved.faults.items()}
        facts = {"revisions": saved.revisions, "conflicts": saved.conflicts, "closed": saved.closed}
        return Response(
            shapes.SavedAnswersSerializer(facts | {"faults": told, "saved_at": saved.saved_at}).data
        )  # fmt: skip

    @extend_schema(request={"multipart/form-data": shapes.OwnFileSerializer}, responses={201: shapes.OwnFileSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def files(self, request: Request, **kwargs: Any) -> Response:
        """Hand in a file for a field; it is looked at by its content. The same file twice is one."""
        application = self.get_object()
        form = shapes.OwnFileSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        kept = add_file(
            application_id=application.pk, key=form.validated_data["key"], upload=form.validated_data["file"],
            actor=request.user,
        )  # fmt: skip
        return Response(shapes.OwnFileSerializer(kept).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=shapes.SubmitApplicationSerializer, responses={201: shapes.OwnSubmissionSerializer})
    @action(detail=True, methods=["post"], filter_backends=[])
    def submit(self, request: Request, **kwargs: Any) -> Response:
        """Submit, or send the answers to what was asked; a repetition gets the first receipt again."""
        arrived_at = timezone.now()
        application = self.get_object()
        form = shapes.SubmitApplicationSerializer(data=request.data)
        form.is_valid(raise_exception=True)
        receipt = submit(
            application_id=application.pk, actor=request.user, declared=form.validated_data["declaration"],
            answer=form.validated_data["answer"], agreed=form.validated_data["agreed"], arrived_at=arrived_at,
        )  # fmt: skip
        return Response(shapes.OwnSubmissionSerializer(receipt).data, status=status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=shapes.OwnApplicationSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def withdraw(self, request: Request, **kwargs: Any) -> Response:
        """Take a submitted application back, before it is decided."""
        withdraw(application_id=self.get_object().pk, actor=request.user)
        return Response(self.get_serializer(self.get_object()).data)


routes = [("applications", OwnApplicationViewSet, "application")]
