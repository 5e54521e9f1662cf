"""Messages to applicants: prepare a preview, read who would get what, confirm once, read the log."""

from typing import Any

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status
from rest_framework.decorators import action
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.calls.actions import messages as acts
from innovation.calls.models import MessageBatch
from innovation.calls.queries.messages import batches
from innovation.calls.serializers import messages as shapes
from innovation.core.api import ReadOnlyViewSet


class ApplicationMessageViewSet(ReadOnlyViewSet):
    """Messages of the office to many applicants."""

    queryset = MessageBatch.objects.all()
    serializer_class = shapes.MessageBatchSerializer
    filterset_fields = {"template": ["exact"], "confirmed_at": ["isnull"], "discarded_at": ["isnull"]}
    ordering_fields = ["id", "created_at"]

    def get_queryset(self) -> QuerySet[Any]:
        if getattr(self, "swagger_fake_view", False):
            return MessageBatch.objects.none()
        return batches(self.request.user).prefetch_related("lines")

    def get_serializer_class(self) -> type[Any]:
        return self.serializer_class if self.action == "list" else shapes.MessageDetailSerializer

    @extend_schema(request=shapes.PrepareMessageSerializer, responses={201: shapes.MessageDetailSerializer})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Fill the text for everybody and keep it as a preview; nothing leaves."""
        given = shapes.PrepareMessageSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        batch = acts.prepare(
            template_id=data["template"], application_ids=data["applications"], audience=data["audience"],
            note=data["note"], actor=request.user,
        )  # fmt: skip
        return self._shown(batch.pk, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=shapes.MessageDetailSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[permissions.IsAuthenticated])
    def confirm(self, request: Request, **kwargs: Any) -> Response:
        """Let the preview leave, once however often this is asked."""
        batch = self.get_object()
        acts.confirm(batch_id=batch.pk, actor=request.user)
        return self._shown(batch.pk)

    @extend_schema(request=None, responses=shapes.MessageDetailSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], permission_classes=[permissions.IsAuthenticated])
    def discard(self, request: Request, **kwargs: Any) -> Response:
        """Throw a preview away."""
        batch = self.get_object()
        acts.discard(batch_id=batch.pk, actor=request.user)
        return self._shown(batch.pk)

    def _shown(self, pk: int, code: int = status.HTTP_200_OK) -> Response:
        return Response(shapes.MessageDetailSerializer(self.get_queryset().get(pk=pk)).data, status=code)


routes = [("application-messages", ApplicationMessageViewSet, "applicationmessage")]
