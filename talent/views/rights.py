"""My rights: a copy, a correction, an erasure, an objection; and how my requests stand."""

from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Any

from allauth.account.decorators import reauthentication_required
from django.contrib import messages
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.decorators import method_decorator
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind, disposition
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, TableView
from talent.actions import rights
from talent.actions.reading import record_reads
from talent.choices.privacy import ReadPurpose, RightsKind, RightsState
from talent.forms.privacy import CorrectionForm, EraseForm, RequestForm
from talent.models import Person, RightsRequest
from talent.queries.erasable import code_of, obstacles, places
from talent.queries.own import copy_of
from talent.reports.own_copy import copy_pdf
from talent.views.consents import OwnRecord, crumbs

TONES = {
    RightsState.RECEIVED: Tone.NOTICE, RightsState.IN_WORK: Tone.INFO, RightsState.GRANTED: Tone.OK,
    RightsState.REFUSED: Tone.BAD, RightsState.WITHDRAWN: Tone.IDLE,
}  # fmt: skip


def rights_status(request: RightsRequest) -> Status:
    """The state of a request; past its day it is late."""
    if request.is_late(timezone.localdate()):
        return Status(_("Late"), Tone.BAD)
    return Status(request.get_state_display(), TONES[RightsState(request.state)])


COLUMNS = (
    TableColumn(
        pgettext_lazy("record", "Number"), "pk", Kind.INTEGER, key="number", order_by=("pk",), heading=True,
        link=lambda row: row.get_absolute_url(),
    ),
    TableColumn(_("Kind"), lambda row: row.get_kind_display(), key="kind", order_by=("kind",)),
    TableColumn(_("Asked"), "asked_at", Kind.DATETIME, key="asked", order_by=("asked_at", "pk")),
    TableColumn(_("Answer by"), "due_on", Kind.DATE, key="due", order_by=("due_on", "pk")),
    TableColumn(
        _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
        cell=lambda row: status_html(rights_status(row)),
    ),
)  # fmt: skip


class MyRequests(OwnRecord, TableView):
    """What I asked for on my data, and by when it is answered."""

    title = _("My requests on my data")
    lead = _("Each is answered within 15 working days.")
    template_name = "talent/privacy/requests.html"
    default_sort = "-asked"
    columns = COLUMNS
    empty_title = _("You have not asked for anything yet")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs((self.title, None))

    def get_queryset(self) -> QuerySet[RightsRequest]:
        return RightsRequest.objects.filter(person=self.person)


@method_decorator(reauthentication_required(allow_get=False, app="allauth.mfa"), name="dispatch")
class OwnCopy(OwnRecord, View):
    """The copy of one's record as JSON or PDF, made when it is asked for, by whoever has just shown the password."""

    def get(self, request: HttpRequest, form: str) -> HttpResponse:
        name = f"{gettext('my-data')}-{timezone.localdate():%Y-%m-%d}"
        response: HttpResponse
        if form == "pdf":
            response = HttpResponse(copy_pdf(self.person), content_type="application/pdf")
        else:
            options = {"ensure_ascii": False, "indent": 2, "default": str}
            response = JsonResponse(copy_of(self.person), encoder=DjangoJSONEncoder, json_dumps_params=options)
        response.headers["Content-Disposition"] = disposition(name, form)
        response.headers["Cache-Control"] = "no-store"
        return response


class _Ask(OwnRecord, FormPage, ABC):
    """A form of the person that ends in a request."""

    @property
    def cancel_url(self) -> str:
        return reverse("talent:consents")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return crumbs((self.title, None))

    @abstractmethod
    def asked(self, form: Any) -> RightsRequest:
        """File the request; may raise RuleViolation."""

    def form_valid(self, form: Any) -> HttpResponse:
        request = self.asked(form)
        words = gettext("Received. You have an answer by %(day)s.") % {"day": request.due_on}
        messages.success(self.request, words)
        return HttpResponseRedirect(request.get_absolute_url())


class Correct(_Ask):
    """Propose other values for one's own record."""

    title = _("Propose a correction")
    lead = _("Nothing changes before the office has looked; what was verified is verified again.")
    form_class = CorrectionForm
    submit_label = _("Propose the correction")

    def get_initial(self) -> dict[str, Any]:
        return {name: getattr(self.person, name) for name in CorrectionForm.FACTS}

    def asked(self, form: Any) -> RightsRequest:
        data = form.cleaned_data
        values = {name: data[name] for name in CorrectionForm.FACTS}
        return rights.propose_correction(
            person_id=self.person.pk, values=values, words=data["words"], actor=self.request.user
        )


class AskOther(_Ask):
    """Ask for access, object, or ask something else."""

    title = _("Ask the privacy officer")
    form_class = RequestForm
    submit_label = _("Send the request")

    def get_initial(self) -> dict[str, Any]:
        return {"subject": self.request.GET.get("about", "")[:120], "kind": self.request.GET.get("kind", "")}

    def asked(self, form: Any) -> RightsRequest:
        data = form.cleaned_data
        return rights.ask(
            person_id=self.person.pk, kind=data["kind"], words=data["words"], subject=data["subject"],
            actor=self.request.user,
        )  # fmt: skip


@method_decorator(reauthentication_required(allow_get=True, app="allauth.mfa"), name="dispatch")
class AskErasure(_Ask):
    """Everything that would go, place by place; then the typed code asks for it."""

    title = _("Ask to be erased")
    lead = _("This is where the registry keeps something about you, and what becomes of it.")
    template_name = "talent/privacy/erase.html"
    form_class = EraseForm
    submit_label = _("Ask to erase me")

    @cached_property
    def places(self) -> list[Any]:
        return places(self.person)

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"code": code_of(self.person, self.places)}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        standing = obstacles(self.person, timezone.localdate())
        return super().get_context_data(
            places=self.places, code=code_of(self.person, self.places), obstacles=standing, **kwargs
        )

    def asked(self, form: Any) -> RightsRequest:
        return rights.ask(person_id=self.person.pk, kind=RightsKind.ERASURE, actor=self.request.user)


class KeepLonger(OwnRecord, View):
    """One click: keep my data a further year."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        wish = rights.keep_longer(person_id=self.person.pk, actor=request.user)
        messages.success(request, gettext("Kept until %(day)s.") % {"day": wish.until})
        return redirect("talent:consents")


class TakeBack(OwnRecord, View):
    """One click: take a request back."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: int) -> HttpResponse:
        found = get_object_or_404(RightsRequest.objects.open().filter(person=self.person), pk=pk)
        rights.take_back(request_id=found.pk, actor=request.user)
        messages.success(request, gettext("Taken back."))
        return redirect("talent:my_requests")


def request_facts(request: RightsRequest) -> list[Fact]:
    """What was asked, when, and by when it is answered."""
    changes = [
        Fact(
            Person._meta.get_field(name).verbose_name,
            f"{change['from'] or '–'} → {change['to'] or '–'}",
        )
        for name, change in request.changes.items()
    ]
    return [
        Fact(_("Kind"), request.get_kind_display()),
        Fact(_("Asked"), f"{timezone.localtime(request.asked_at):%Y-%m-%d %H:%M}"),
        Fact(_("Answer by"), f"{request.due_on:%Y-%m-%d}"),
        *([Fact(_("About"), request.subject)] if request.subject else []),
        *changes,
        Fact(_("In words"), request.words or None, unknown=_("Nothing was written")),
    ]


def read_for_rights(user: Any, request: RightsRequest) -> None:
    """Keep that somebody else looked at the record to answer."""
    record_reads(user, request.person, ["words", *request.changes], ReadPurpose.RIGHTS)
