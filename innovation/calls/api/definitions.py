"""What officers configure, by program: six kinds of definitions with their versions, files, tests and publishing.

Everything goes through the same actions as in the administration; who may write and who may publish is theirs to say.
"""

import json
from typing import Any

from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiParameter, extend_schema
from rest_framework import status
from rest_framework.decorators import action
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.viewsets import GenericViewSet

from innovation.calls.actions import definitions as acts
from innovation.calls.models import Definition
from innovation.calls.queries import trying
from innovation.calls.queries.definitions import MODELS, compared, exported, faults_of
from innovation.calls.queries.stored import TRIED, run_stored, runs_on_stored
from innovation.calls.rules.definition_files import write_file
from innovation.calls.rules.definitions import Kind
from innovation.calls.serializers import definitions as shapes
from innovation.core.api import ReadOnlyViewSet
from innovation.core.api.idempotency import once
from innovation.core.api.throttles import ReadThrottle, WriteThrottle
from innovation.core.api.viewsets import IsStaff

CHOICES = ("state", "event", "role", "application_kind", "day", "language")


class DefinitionKindsViewSet(GenericViewSet):
    """The kinds of definitions that officers configure. POST an exported file to bring it in as a draft."""

    permission_classes = [IsStaff]
    throttle_classes = [ReadThrottle, WriteThrottle]
    serializer_class = shapes.DefinitionKindSerializer
    pagination_class = None

    @extend_schema(responses=shapes.DefinitionKindSerializer(many=True))
    def list(self, request: Request, **kwargs: Any) -> Response:
        """Each kind with the number of its families and the address of its list."""
        rows = [
            {
                "kind": kind, "name": str(model._meta.verbose_name_plural),
                "families": model.objects.values("family").distinct().count(),
                "url": reverse(f"api:definition-{kind}-list", request=request),
            }
            for kind, model in MODELS.items()
        ]  # fmt: skip
        return Response(shapes.DefinitionKindSerializer(rows, many=True).data)

    @extend_schema(request=shapes.DefinitionFileSerializer, responses={201: shapes.DefinitionDetailSerializer})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """A draft from an exported file, sent as the body. A family that exists gets its next version."""
        return once(request, self._bring_in)

    def _bring_in(self, request: Request) -> Response:
        made = acts.import_definition(data=json.dumps(request.data).encode(), actor=request.user)
        return Response(shapes.DefinitionDetailSerializer(made).data, status=status.HTTP_201_CREATED)


class DefinitionViewSet(ReadOnlyViewSet):
    """Versions of one kind of definition."""

    kind: Kind
    permission_classes = [IsStaff]
    serializer_class = shapes.DefinitionSerializer
    filterset_fields = {"family": ["exact"], "state": ["exact"], "source_status": ["exact"]}
    ordering_fields = ["family", "version", "created_at", "published_at"]
    ordering = ["family", "-version"]

    def get_serializer_class(self) -> type[Any]:
        return self.serializer_class if self.action == "list" else shapes.DefinitionDetailSerializer

    @extend_schema(responses={201: shapes.DefinitionDetailSerializer})
    def create(self, request: Request, **kwargs: Any) -> Response:
        """Write a draft. Its content may still be wrong; ``faults`` names what keeps it from being published."""
        given = self._given(shapes.DefinitionDetailSerializer)
        family = given.pop("family")
        made = acts.create_draft(kind=self.kind, family=family, actor=request.user, fields=given)
        return self._shown(made, status.HTTP_201_CREATED)

    def partial_update(self, request: Request, **kwargs: Any) -> Response:
        """Write over a draft; what is published stays as it is. The family is never changed."""
        given = self._given(shapes.DefinitionDetailSerializer, partial=True)
        return self._shown(acts.save_draft(definition=self.get_object(), actor=request.user, fields=given))

    def destroy(self, request: Request, **kwargs: Any) -> Response:
        """Throw a draft away."""
        acts.delete_draft(definition=self.get_object(), actor=request.user)
        return Response(status=status.HTTP_204_NO_CONTENT)

    @extend_schema(request=None, responses=shapes.DefinitionDetailSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def publish(self, request: Request, **kwargs: Any) -> Response:
        """Freeze a draft for good, so that calls may name it."""
        return self._shown(acts.publish(definition=self.get_object(), actor=request.user))

    @extend_schema(request=shapes.DefinitionReasonSerializer, responses={201: shapes.DefinitionDetailSerializer})
    @action(detail=True, methods=["post"], filter_backends=[], url_path="new-version")
    def new_version(self, request: Request, **kwargs: Any) -> Response:
        """A draft with the same content as the next version."""
        given = self._given(shapes.DefinitionReasonSerializer)
        made = acts.new_version(definition=self.get_object(), actor=request.user, **given)
        return self._shown(made, status.HTTP_201_CREATED)

    @extend_schema(request=None, responses=shapes.DefinitionDetailSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def retire(self, request: Request, **kwargs: Any) -> Response:
        """No longer offer it for new calls; calls and cases that have it keep it."""
        return self._shown(acts.retire(definition=self.get_object(), actor=request.user))

    @extend_schema(request=shapes.DefinitionSourceSerializer, responses=shapes.DefinitionDetailSerializer)
    @action(detail=True, methods=["post"], filter_backends=[])
    def confirm(self, request: Request, **kwargs: Any) -> Response:
        """Record that somebody held it against its published text."""
        given = self._given(shapes.DefinitionSourceSerializer)
        return self._shown(acts.confirm_rule(definition=self.get_object(), actor=request.user, **given))

    @extend_schema(request=shapes.DefinitionTrySerializer, responses=shapes.DefinitionTriedSerializer)
    @action(detail=True, methods=["post"], filter_backends=[], url_path="try")
    def attempt(self, request: Request, **kwargs: Any) -> Response:
        """Preview and test run with sample values. Nothing is kept."""
        definition, given = self.get_object(), self._given(shapes.DefinitionTrySerializer)
        told: dict[str, Any] = {
            "faults": trying.faults(definition, faults_of(definition)),
            "preview": [],
            "answers": [],
        }
        told["faults"] = [dict(zip(("path", "message", "code"), row, strict=True)) for row in told["faults"]]
        if not told["faults"]:
            asked = {name: str(given[name]) for name in CHOICES if given.get(name)}
            told |= {"preview": trying.preview(definition), "answers": _answered(definition, asked, given["sample"])}
        return Response(shapes.DefinitionTriedSerializer(told).data)

    @extend_schema(responses=shapes.DefinitionFileSerializer)
    @action(detail=True, filter_backends=[])
    def file(self, request: Request, **kwargs: Any) -> HttpResponse:
        """The definition as a file that another installation can read."""
        definition = self.get_object()
        response = HttpResponse(write_file(exported(definition)), "application/json; charset=utf-8")
        name = f"{self.kind}-{definition.family}-{definition.version}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    @extend_schema(
        parameters=[
            OpenApiParameter("with", OpenApiTypes.INT, description="Another version; the one before if empty.")
        ],
        responses=shapes.DefinitionComparedSerializer,
    )
    @action(detail=True, filter_backends=[], pagination_class=None)
    def differences(self, request: Request, **kwargs: Any) -> Response:
        """What this version changed against another one."""
        asked = request.query_params.get("with", "")
        if asked and not (asked.isascii() and asked.isdigit() and len(asked) < 10):  # noqa: PLR2004 - a number of PostgreSQL
            raise ValidationError({"with": [_("The number of a version.")]})
        other, rows = compared(self.get_object(), int(asked) if asked else None)
        told = {"other": other.version if other else None, "differences": rows}
        return Response(shapes.DefinitionComparedSerializer(told).data)

    def _given(self, shape: type[Any], *, partial: bool = False) -> dict[str, Any]:
        form = shape(data=self.request.data, partial=partial)
        form.is_valid(raise_exception=True)
        return dict(form.validated_data)

    def _shown(self, definition: Definition, code: int = status.HTTP_200_OK) -> Response:
        return Response(shapes.DefinitionDetailSerializer(definition).data, status=code)


class TriedOnCasesViewSet(DefinitionViewSet):
    """Versions that can be tried on stored applications: forms, rubrics, processes."""

    @extend_schema(responses=shapes.DefinitionStoredSerializer)
    @action(detail=True, filter_backends=[], pagination_class=None)
    def stored(self, request: Request, **kwargs: Any) -> Response:
        """Which stored applications this version would judge otherwise. Nothing is kept. 404 while it has faults."""
        definition = self.get_object()
        if not runs_on_stored(definition):
            raise NotFound
        return Response(shapes.DefinitionStoredSerializer(run_stored(definition, request.user)).data)


def _answered(definition: Definition, asked: dict[str, str], sample: dict[str, Any]) -> list[trying.Sheet]:
    try:
        return trying.answer(definition, asked, sample)
    except (ValueError, TypeError, AttributeError, KeyError) as error:
        raise ValidationError({"sample": [_("These values do not fit this definition.")]}) from error


def _of(kind: Kind, model: type[Definition]) -> type[DefinitionViewSet]:
    """The view set of one kind; its name is what the index says of it."""
    about = f"Definitions of the kind {kind}: versions, drafts, publishing, test runs, files."
    facts = {"kind": kind, "queryset": model.objects.all(), "__doc__": about, "__module__": __name__}
    base = TriedOnCasesViewSet if kind in TRIED else DefinitionViewSet
    return type(f"{model.__name__}ViewSet", (base,), facts)


routes = [
    *((f"definitions/{kind}", _of(kind, model), f"definition-{kind}") for kind, model in MODELS.items()),
    ("definitions", DefinitionKindsViewSet, "definition"),
]
