"""Needs of challenge calls: published ones open to everybody, own ones posted; moved by the acts of the page."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import permissions, status
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.calls.actions.needs import post_need
from innovation.calls.api.following import ActsViewSet
from innovation.calls.models import Need
from innovation.calls.serializers import needs as shapes


class ChallengeNeedViewSet(ActsViewSet):
    """Needs for which challenge calls ask for bids."""

    permission_classes = [permissions.IsAuthenticatedOrReadOnly]
    queryset = Need.objects.select_related("organisation")
    serializer_class = shapes.ChallengeNeedSerializer
    filterset_fields = ["state", "organisation", "call"]
    ordering_fields = ["id", "posted_at", "wanted_by"]

    @extend_schema(request=shapes.ChallengeNeedSerializer, responses={201: shapes.ChallengeNeedSerializer})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Post a need of one's organisation."""
        given = self.get_serializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        made = post_need(
            organisation_id=data["organisation"].pk, title=data["title"], summary=data["summary"],
            targets=data["targets"], top_fen=data.get("top_fen"), wanted_by=data.get("wanted_by"), actor=request.user,
        )  # fmt: skip
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)


routes = [("challenge-needs", ChallengeNeedViewSet, "challengeneed")]
