"""Stored papers, always sent as a download."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from funds.models import Paper
from funds.models.visibility import sees_funds
from innovation.core.components import Fact
from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import PageMixin


def paper_facts(paper: Paper) -> dict[str, Any]:
    """One paper as a line of a list."""
    return {
        "title": paper.title,
        "kind": paper.get_kind_display(),
        "url": reverse("funds:paper", args=[paper.pk]),
        "sha256": paper.sha256,
        "day": paper.recorded_at,
        "file_name": paper.file_name,
    }


def paper_fact(label: Any, paper: Paper | None) -> Fact:
    """A paper as a line of a definition list."""
    return Fact(
        label,
        paper.title if paper else None,
        reverse("funds:paper", args=[paper.pk]) if paper else "",
        unknown=_("None attached"),
    )


class PaperFile(PageMixin, View):
    """The file as it came in."""

    allowed = staticmethod(sees_funds)

    def get(self, request: HttpRequest, pk: int) -> FileResponse:
        paper = Paper.objects.visible_to(request.user).filter(pk=pk).first()
        if paper is None:
            raise Http404
        return FileResponse(
            paper.file.open("rb"), as_attachment=True, filename=paper.file_name,
            content_type=CONTENT_TYPES[FileKind(paper.file_kind)],
        )  # fmt: skip
