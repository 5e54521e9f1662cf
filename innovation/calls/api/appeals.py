"""Appeals in the API: handed in by the applicant, answered by the acts of the page."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.calls.actions.appealing import appeal
from innovation.calls.api.following import ActsViewSet
from innovation.calls.models import Appeal, Application
from innovation.calls.serializers import appeals as shapes


class ApplicationAppealViewSet(ActsViewSet):
    """Appeals against refusals; the acts ``withdraw_appeal`` and ``examine_appeal`` end them."""

    permission_classes = [permissions.IsAuthenticated]
    queryset = Appeal.objects.select_related("application")
    serializer_class = shapes.ApplicationAppealSerializer
    filterset_fields = ["application", "state"]
    ordering_fields = ["id", "due_on"]

    @extend_schema(request=shapes.HandInAppealSerializer, responses={201: shapes.ApplicationAppealSerializer})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Appeal against the refusal of an own application."""
        given = shapes.HandInAppealSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        case = Application.objects.visible_to(request.user).filter(pk=given.validated_data["application"]).first()
        if case is None:
            raise NotFound
        made = appeal(application_id=case.pk, text=given.validated_data["text"], actor=request.user)
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


routes = [("application-appeals", ApplicationAppealViewSet, "applicationappeal")]
