"""Papers of a case: agreement and board page as PDF, files of reports and objections."""

from typing import Any

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.views.generic import View

from innovation.calls.documents import agreement_pdf, board_page_pdf
from innovation.calls.models import AgendaItem, Agreement, LateDocument, Minutes, ObjectionFile, ReportFile
from innovation.calls.models.following import works_here
from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import PageMixin

FILES: dict[str, Any] = {"report": ReportFile, "objection": ObjectionFile, "late": LateDocument, "minutes": Minutes}


def pdf_response(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or ""
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


class AgreementPdf(PageMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = Agreement.objects.visible_to(request.user).select_related("application__call").filter(pk=pk).first()
        if found is None:
            raise Http404
        return pdf_response(agreement_pdf(found), f"{found.application.number}-{found.version}.pdf")


class BoardPagePdf(PageMixin, View):
    allowed = staticmethod(works_here)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = AgendaItem.objects.visible_to(request.user).select_related("application__call", "meeting")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404
        return pdf_response(board_page_pdf(found), f"{found.application.number}-board.pdf")


class FollowingFile(PageMixin, View):
    """A kept file, to whoever may read the record that it belongs to."""

    def get(self, request: HttpRequest, kind: str, pk: int) -> FileResponse:
        model = FILES.get(kind)
        found = model.objects.visible_to(request.user).filter(pk=pk).first() if model else None
        if found is None:
            raise Http404
        content_type = CONTENT_TYPES[FileKind(found.file_kind)]
        return FileResponse(found.file.open(), as_attachment=True, filename=found.file_name, content_type=content_type)
