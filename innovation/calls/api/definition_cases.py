"""Kept test cases of definitions: list, keep, run against a version."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import permissions, status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound
from rest_framework.request import Request
from rest_framework.response import Response

from innovation.calls.actions.definition_cases import keep_case
from innovation.calls.models import Definition, DefinitionCase
from innovation.calls.queries.definitions import MODELS
from innovation.calls.queries.outcomes import run_cases
from innovation.calls.serializers import definition_cases as shapes
from innovation.core.api import ReadOnlyViewSet
from innovation.core.api.viewsets import IsStaff

ASKED = [
    OpenApiParameter("kind", OpenApiTypes.STR, required=True),
    OpenApiParameter("family", OpenApiTypes.STR, required=True),
    OpenApiParameter("version", OpenApiTypes.INT, required=True),
]


class DefinitionCaseViewSet(ReadOnlyViewSet):
    """Sample values kept with a family of definitions, and what is expected of them."""

    queryset = DefinitionCase.objects.all()
    serializer_class = shapes.DefinitionCaseSerializer
    permission_classes = [IsStaff, permissions.DjangoModelPermissions]
    filterset_fields = ["kind", "family"]
    ordering_fields = ["id", "title"]

    @extend_schema(request=shapes.KeepDefinitionCaseSerializer, responses={201: shapes.DefinitionCaseSerializer})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Keep a case; one of the same title is written over."""
        given = shapes.KeepDefinitionCaseSerializer(data=request.data)
        given.is_valid(raise_exception=True)
        data = given.validated_data
        made = keep_case(
            definition=_version(data), title=data["title"], asked=data["asked"], sample=data["sample"],
            expected=data["expected"], actor=request.user,
        )  # fmt: skip
        return Response(self.get_serializer(made).data, status=status.HTTP_201_CREATED)

    @extend_schema(parameters=ASKED, responses=shapes.DefinitionTrialSerializer(many=True), filters=False)
    @action(detail=False, filter_backends=[], pagination_class=None)
    def run(self, request: Request, **kwargs: Any) -> Response:
        """Every kept case against one version: as expected or not."""
        trials = run_cases(_version(request.query_params))
        return Response(shapes.DefinitionTrialSerializer(trials, many=True).data)


def _version(asked: Any) -> Definition:
    kinds = {str(kind): model for kind, model in MODELS.items()}
    model, version = kinds.get(str(asked.get("kind"))), str(asked.get("version"))
    found = (
        model.objects.filter(family=asked.get("family"), version=version).first()
        if model and version.isdigit()
        else None
    )
    if found is None:
        raise NotFound
    return found


routes = [("definition-cases", DefinitionCaseViewSet, "definitioncase")]
