"""The public page of a certificate: anybody with its code sees whether it is in force now; and its PDF."""

from collections.abc import Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact, Status, Tone
from innovation.core.views import Crumb, PageView, everyone, signed_in
from talent.actions.reading import record_reads
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.models import Credential
from talent.queries import credentials as queries
from talent.reports.certificate import address_of, certificate_pdf, dated_facts, in_force_on, public_holder
from talent.reports.qr import qr_svg


def public(code: str) -> Credential | None:
    """The credential of a public code; nothing for what was never granted, and for an erased person."""
    rows = queries.with_names(Credential.objects.exclude(granted_on=None)).filter(person__erased_at=None)
    return rows.filter(code=code.strip().upper()).first()


def live_status(credential: Credential) -> Status:
    """What a visitor reads now."""
    in_force = in_force_on(credential, timezone.localdate())
    if in_force:
        return Status(credential.names.public, Tone.OK)
    return Status(credential.names.public if not credential.is_live else _("No longer in force"), Tone.BAD)


class VerifyCertificate(PageView):
    """Type the code of a certificate."""

    template_name = "talent/credentials/check.html"
    title = _("Check a credential")
    lead = _("Scan the QR code of the certificate, or type the code that stands in its address.")
    allowed = staticmethod(everyone)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        code = "".join(request.GET.get("code", "").split()).upper()[:40]
        found = public(code) if code else None
        if found is not None:
            return HttpResponseRedirect(reverse("talent:certificate", args=[found.code]))
        return self.render_to_response(self.get_context_data(code=code))


class CertificatePage(PageView):
    """One certificate with its live status; the holder's name only where the holder shows it."""

    template_name = "talent/credentials/certificate.html"
    allowed = staticmethod(everyone)

    @cached_property
    def credential(self) -> Credential:
        found = public(self.kwargs["code"])
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return str(self.credential)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Check a credential"), reverse("talent:certificates")), (self.get_title(), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one = self.credential
        facts = [
            Fact(_("Holder"), public_holder(one)), *(Fact(label, text) for label, text in dated_facts(one)),
            *([Fact(_("Ended"), f"{one.ended_on}")] if one.ended_on else []),
            Fact(_("Recognised by"), ", ".join(one.version.scheme.recognised_by) or None, unknown=_("Not recorded")),
            Fact(_("Code"), one.code),
        ]  # fmt: skip
        label = gettext("QR code to the page that says whether it is in force")
        return super().get_context_data(
            credential=one, status=live_status(one), facts=facts, qr=qr_svg(address_of(one), label),
            is_own=self.request.user.is_authenticated and one.person.user_id == self.request.user.pk, **kwargs,
        )  # fmt: skip


class CertificateFile(PageView):
    """The certificate as PDF with name and QR code, for its holder and the office."""

    allowed = staticmethod(signed_in)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        rows = queries.with_names(Credential.objects.visible_to(request.user).exclude(granted_on=None))
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        record_reads(request.user, found.person, ("version", "level", "number"), ReadPurpose.CASE, ReadDoor.FILE)
        name = content_disposition_header(as_attachment=True, filename=f"{found.code}.pdf") or ""
        content = certificate_pdf(found)
        return HttpResponse(content, content_type="application/pdf", headers={"Content-Disposition": name})
