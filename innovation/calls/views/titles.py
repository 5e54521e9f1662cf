"""Titles with a term: the office's register, one's own, and the public verification of a certificate by its number."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.calls import kinds
from innovation.calls.choices import EntitlementState
from innovation.calls.documents import certificate_pdf
from innovation.calls.filters.titles import TitleFilters
from innovation.calls.models import Entitlement
from innovation.calls.models.following import works_here
from innovation.calls.views.following import buttons
from innovation.calls.views.papers import pdf_response
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, PageView, TableView, everyone

TONES = {EntitlementState.VALID: Tone.OK, EntitlementState.SUSPENDED: Tone.NOTICE}
SOON = timedelta(days=90)


def title_status(title: Entitlement) -> Status:
    """Valid, suspended or ended; of a valid one also that it ends within ninety days."""
    state = EntitlementState(title.state)
    if state == EntitlementState.VALID and title.valid_to and title.valid_to - timezone.localdate() <= SOON:
        return Status(_("Valid, ends soon"), Tone.NOTICE)
    return Status(title.get_state_display(), TONES.get(state, Tone.BAD))


def kind_name(title: Entitlement) -> str:
    return dict(kinds.choices()).get(title.kind, title.kind)


def _columns(link: Any) -> tuple[TableColumn, ...]:
    return (
        TableColumn(_("Certificate"), "number", key="number", heading=True, order_by=("number",), link=link),
        TableColumn(_("Holder"), "holder", key="holder", order_by=("holder",)),
        TableColumn(pgettext_lazy("entitlement", "Title"), lambda row: row.title, key="title", order_by=("title_zh",)),
        TableColumn(_("Kind"), kind_name, key="kind", order_by=("kind",)),
        TableColumn(_("Valid from"), "valid_from", Kind.DATE, key="from", order_by=("valid_from",)),
        TableColumn(_("Valid to"), "valid_to", Kind.DATE, key="to", order_by=("valid_to",), unknown=_("without end")),
        TableColumn(_("State"), lambda row: str(title_status(row).label), key="state", order_by=("state",),
                    cell=lambda row: status_html(title_status(row))),
    )  # fmt: skip


class Register(TableView):
    """Every title for the office: what ends next comes first; a number leads to its case, where it is acted upon."""

    title = _("Register of titles")
    lead = _("Certificates, memberships and permits with their terms; suspend, reinstate or revoke them on their case.")
    allowed = staticmethod(works_here)
    filterset_class = TitleFilters
    default_sort = "to"
    columns = _columns(lambda row: f"{reverse('calls:case', args=[row.application_id])}?tab=agreement")
    empty_title = _("No title has been issued yet")
    empty_text = _("Approved cases of kinds with a term get one when their certificate is issued.")

    def get_queryset(self) -> QuerySet[Entitlement]:
        return Entitlement.objects.visible_to(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]


class OwnTitles(TableView):
    """What the person and the organisations of the person hold."""

    title = _("My certificates")
    lead = _("Titles, memberships and permits that you or your organisations hold, with their last day.")
    default_sort = "to"
    columns = _columns(lambda row: row.get_absolute_url())
    empty_title = _("No certificate yet")
    empty_text = _("You get one when an application for a title is approved and its public notice is over.")

    def get_queryset(self) -> QuerySet[Entitlement]:
        return Entitlement.objects.of_holder(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]


class VerifyPage(PageView):
    """Anybody types the number of a certificate and is led to what the office says about it."""

    template_name = "calls/following/verify.html"
    title = _("Verify a certificate")
    lead = _("Type the number that stands on the certificate.")
    allowed = staticmethod(everyone)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        number = request.GET.get("number", "").strip().upper()[:40]
        found = Entitlement.objects.filter(number=number).first() if number else None
        if found is not None:
            return HttpResponseRedirect(found.get_absolute_url())
        return self.render_to_response(self.get_context_data(number=number))


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

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Verify a certificate"), reverse("calls:verify")), (self.get_title(), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        one, user = self.entitlement, self.request.user
        facts = [
            Fact(pgettext_lazy("entitlement", "Title"), one.title), Fact(_("Holder"), one.holder),
            Fact(_("Valid from"), str(one.valid_from)),
            Fact(_("Valid to"), str(one.valid_to) if one.valid_to else None, unknown=_("without end")),
            *([Fact(_("Suspended since"), str(one.suspended_on))] if one.suspended_on else []),
            *([Fact(_("Ended"), str(one.ended_on))] if one.ended_on else []),
        ]  # fmt: skip
        return super().get_context_data(
            entitlement=one, facts=facts, status=title_status(one),
            acts=buttons(one, user) if works_here(user) else [], **kwargs,
        )  # fmt: skip


class CertificatePdf(Certificate):
    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        address = f"{settings.SITE_URL}{self.entitlement.get_absolute_url()}"
        return pdf_response(certificate_pdf(self.entitlement, address), f"{self.entitlement.number}.pdf")
