"""Late documents in the API: handed in by the applicant, examined by the act of the page."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status
from rest_framework.exceptions import NotFound
from rest_framework.parsers import JSONParser, MultiPartParser
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.calls.actions.late import hand_in_late
from innovation.calls.api.following import ActsViewSet
from innovation.calls.models import Application, LateDocument
from innovation.calls.serializers import late as shapes


class LateDocumentViewSet(ActsViewSet):
    """Documents that came after the submission; the act ``examine_late`` accepts or refuses one."""

    permission_classes = [permissions.IsAuthenticated]
    parser_classes = [JSONParser, MultiPartParser]
    queryset = LateDocument.objects.select_related("application")
    serializer_class = shapes.LateDocumentSerializer
    filterset_fields = ["application", "state"]
    ordering_fields = ["id", "recorded_at"]

    @extend_schema(
        request={"multipart/form-data": shapes.HandInLateSerializer}, responses={201: shapes.LateDocumentSerializer}
    )
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Hand in a document after the submission of an own application; the same file twice is one."""
        given = shapes.HandInLateSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        case = Application.objects.visible_to(request.user).filter(pk=data["application"]).first()
        if case is None:
            raise NotFound
        made = hand_in_late(
            application_id=case.pk, title=data["title"], why=data["why"], upload=data["file"], actor=request.user
        )
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


routes = [("application-late-documents", LateDocumentViewSet, "applicationlatedocument")]
