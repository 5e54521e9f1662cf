"""Check the answers, declare, send; then the receipt, on the page and as PDF."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.http import content_disposition_header
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.calls import kinds
from innovation.calls.actions.submitting import SENT, submit
from innovation.calls.choices import ApplicationState
from innovation.calls.fault_words import fault_text
from innovation.calls.forms.applying import DeclarationForm
from innovation.calls.models import Application, Submission
from innovation.calls.queries import applying
from innovation.calls.queries.codes import code_names
from innovation.calls.receipts import receipt_pdf, submitted_moment, submitted_sections
from innovation.calls.rules import forms
from innovation.calls.shown import in_language, shown_sections
from innovation.calls.views.applications import OwnApplication, waits_for_partner
from innovation.calls.views.sections import shown_files
from innovation.core.components import Fact
from innovation.core.views import FormPage, PageView


class CheckPage(OwnApplication, FormPage):
    """Every answer on one page with what is still missing; the declaration and the button that sends it."""

    template_name = "calls/applying/check.html"
    form_class = DeclarationForm
    title = _("Check your answers")
    arrived_at: datetime

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        # The moment that counts for the deadline, before any wait.
        self.arrived_at = timezone.now()
        if request.user.is_authenticated and not applying.is_open(self.application):
            # The second click of an impatient hand, and a page left open: to what the first one made.
            return HttpResponseRedirect(self.application.get_absolute_url())
        return super().dispatch(request, *args, **kwargs)

    @cached_property
    def application(self) -> Application:
        """Sent, the page needs the row alone: form and call are read by ``submit``, under its lock."""
        if self.request.method != "POST":
            return super().application
        found = applying.of_applicant(self.request.user).select_related(None).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def is_returned(self) -> bool:
        return self.application.state == ApplicationState.RETURNED

    def get_form_kwargs(self) -> dict[str, Any]:
        consent = kinds.consent(self.application.call.kind)
        agreement = consent.asked(self.application) if consent is not None else None
        return super().get_form_kwargs() | {"asks_answer": self.is_returned, "agreement": agreement}

    def form_valid(self, form: DeclarationForm) -> HttpResponse:
        receipt = submit(
            application_id=self.application.pk, actor=self.request.user, arrived_at=self.arrived_at,
            declared=form.cleaned_data["declaration"], answer=form.cleaned_data.get("answer", ""),
            agreed=form.cleaned_data.get("agreed", ""),
        )  # fmt: skip
        return HttpResponseRedirect(reverse("calls:receipt", args=[self.application.pk, receipt.serial]))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.application
        applying.read_once(application)
        content, answers = application.form.content, applying.answers_of(application)
        shown = forms.visible(content, answers, application.state)
        own = {field["key"] for section, field in forms.fields(content) if self.access.sees(section["key"])}
        missing = self.missing(content, answers)
        return super().get_context_data(
            application=application, access=self.access, missing=missing, is_returned=self.is_returned,
            sections=shown_sections(content, answers, code_names(content, answers), shown & own,
                                    shown_files(application)),
            waits_for=waits_for_partner(application), submit_label=self.label(), **kwargs,
        )  # fmt: skip

    def label(self) -> str:
        return gettext("Send the answers") if self.is_returned else gettext("Submit application")

    def missing(self, content: Any, answers: Any) -> list[tuple[str, str, str]]:
        """What refuses the submission: address of the field, its label, what is wrong."""
        application, index = self.application, forms.by_key(content)
        files = applying.file_facts(applying.files_by_field(application))
        event = SENT[ApplicationState(application.state)]
        faults = forms.missing_and_wrong(content, answers, files, application.state, for_event=event)
        return [
            (
                f"{reverse('calls:section', args=[application.pk, fault.section])}?check=1#field-{fault.field}",
                in_language(index[fault.field]["label"]),
                fault_text(index[fault.field], fault),
            )
            for fault in faults
            if fault.level == forms.Level.ERROR and self.access.sees(fault.section)
        ]


class _OwnSubmission(OwnApplication):
    @cached_property
    def submission(self) -> Submission:
        rows = Submission.objects.select_related("form", "application__call", "application__organisation")
        found = rows.filter(application=self.application, serial=self.kwargs["serial"]).first()
        if found is None or self.access.sections is not None:
            raise Http404
        return found


class ReceiptPage(_OwnSubmission, PageView):
    """Number, moment with its zone, hash, PDF copy, and what happens next."""

    template_name = "calls/applying/receipt.html"
    title = _("Application received")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            application=self.application, submission=self.submission, facts=self.facts(),
            sections=submitted_sections(self.submission), **kwargs,
        )  # fmt: skip

    def facts(self) -> Sequence[Fact]:
        return [
            Fact(_("Project"), self.name),
            Fact(_("Call"), self.application.call.title),
            Fact(pgettext_lazy("application", "Received"), submitted_moment(self.submission)),
            Fact(_("Sent by"), self.submission.submitted_label),
            Fact(_("SHA-256"), self.submission.sha256),
        ]


class ReceiptPdf(_OwnSubmission, View):
    """The copy of what was sent, made when it is asked for, from what can never change."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        name = f"{self.application.number}-{self.submission.serial}.pdf"
        return HttpResponse(
            receipt_pdf(self.submission), content_type="application/pdf",
            headers={"Content-Disposition": content_disposition_header(as_attachment=True, filename=name)},
        )  # fmt: skip
