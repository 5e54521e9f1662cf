"""Files and data of own applications, and what may be chosen while one types."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse, JsonResponse
from django.views.generic import View

from innovation.calls.application_export import application_zip
from innovation.calls.queries import applying
from innovation.calls.queries.codes import suggestions
from innovation.calls.views.applications import OwnApplication
from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import PageMixin

LOOKUPS = ("industry", "division", "organisation")


class AnswerFilePage(PageMixin, View):
    """A file as it came in, for those who may read the application; never shown inside the page."""

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        file = applying.file_of(request.user, pk)
        if file is None:
            raise Http404
        return FileResponse(
            file.file.open("rb"), as_attachment=True, filename=file.file_name,
            content_type=CONTENT_TYPES[FileKind(file.file_kind)],
        )  # fmt: skip


class OwnData(OwnApplication, View):
    """Everything about the application that its writers know, with its files."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if self.access.sections is not None:
            raise Http404
        name = f"{self.application.number or f'draft-{self.application.pk}'}.zip"
        content = application_zip(self.application)
        return FileResponse(content, as_attachment=True, filename=name, content_type="application/zip")


class Lookup(PageMixin, View):
    """Industries, places and organisations that fit what is being typed: the value to store, its label, a code."""

    def get(self, request: HttpRequest, kind: str) -> JsonResponse:
        if kind not in LOOKUPS:
            raise Http404
        rows = suggestions(kind, request.GET.get("q", "")[:100], request.user)
        return JsonResponse({"found": [{"value": value, "label": label, "code": code} for value, label, code in rows]})
