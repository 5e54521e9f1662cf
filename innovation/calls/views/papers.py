"""Papers of a case: agreement, certificate and board page as PDF, files of reports and objections, verification."""

from typing import Any

from django.conf import settings
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.calls.documents import agreement_pdf, board_page_pdf, certificate_pdf
from innovation.calls.models import AgendaItem, Agreement, Entitlement, Minutes, ObjectionFile, ReportFile
from innovation.calls.models.following import works_here
from innovation.core.components import Fact, Status, Tone
from innovation.core.uploads import CONTENT_TYPES, FileKind
from innovation.core.views import PageMixin, PageView, everyone

FILES: dict[str, Any] = {"report": ReportFile, "objection": ObjectionFile, "minutes": Minutes}


def _pdf(content: bytes, name: str) -> HttpResponse:
    disposition = content_disposition_header(as_attachment=True, filename=name) or ""
    return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": disposition})


class AgreementPdf(PageMixin, View):
    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = Agreement.objects.visible_to(request.user).select_related("application__call").filter(pk=pk).first()
        if found is None:
            raise Http404
        return _pdf(agreement_pdf(found), f"{found.application.number}-{found.version}.pdf")


class BoardPagePdf(PageMixin, View):
    allowed = staticmethod(works_here)

    def get(self, request: HttpRequest, pk: int) -> HttpResponse:
        rows = AgendaItem.objects.visible_to(request.user).select_related("application__call", "meeting")
        found = rows.filter(pk=pk).first()
        if found is None:
            raise Http404
        return _pdf(board_page_pdf(found), f"{found.application.number}-board.pdf")


class FollowingFile(PageMixin, View):
    """A kept file, to whoever may read the record that it belongs to."""

    def get(self, request: HttpRequest, kind: str, pk: int) -> FileResponse:
        model = FILES.get(kind)
        found = model.objects.visible_to(request.user).filter(pk=pk).first() if model else None
        if found is None:
            raise Http404
        content_type = CONTENT_TYPES[FileKind(found.file_kind)]
        return FileResponse(found.file.open(), as_attachment=True, filename=found.file_name, content_type=content_type)


class Certificate(PageView):
    """Anybody can verify a certificate by its number: holder, term and whether it is in force."""

    template_name = "calls/following/certificate.html"
    allowed = staticmethod(everyone)

    @cached_property
    def entitlement(self) -> Entitlement:
        found = Entitlement.objects.filter(number=self.kwargs["number"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return self.entitlement.number

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.entitlement
        facts = [
            Fact(_("Title"), one.title_zh), Fact(_("Holder"), one.holder), Fact(_("Valid from"), str(one.valid_from)),
            Fact(_("Valid to"), str(one.valid_to) if one.valid_to else None, unknown=_("without end")),
            *([Fact(_("Ended"), str(one.ended_on))] if one.ended_on else []),
        ]  # fmt: skip
        tone = Tone.OK if one.state == "VALID" else Tone.BAD
        status = Status(one.get_state_display(), tone)
        return super().get_context_data(entitlement=one, facts=facts, status=status, **kwargs)


class CertificatePdf(Certificate):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = f"{settings.SITE_URL}{self.entitlement.get_absolute_url()}"
        return _pdf(certificate_pdf(self.entitlement, address), f"{self.entitlement.number}.pdf")
