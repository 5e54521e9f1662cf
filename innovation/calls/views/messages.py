"""Messages of the office to many: choose, preview of exactly who gets what, confirm once, log."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from innovation.calls.actions.messages import FOR_APPLICANTS, MOST, WRITE, confirm, discard, prepare
from innovation.calls.choices import LeftOut, LineState
from innovation.calls.filters.desk import DeskFilters
from innovation.calls.forms.messages import MessageForm
from innovation.calls.message_words import missing_words
from innovation.calls.models import Application, MessageBatch, MessageLine
from innovation.calls.queries.desk import desk_cases
from innovation.calls.queries.messages import batches, texts_for_applicants
from innovation.calls.views.desk import works_on_cases
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.jobs import JobState
from innovation.core.tables import TableColumn
from innovation.core.views import ConfirmForm, Crumb, FormPage, TableView

OWN_WORDS = "office_message"
"""The mail text that has little more than the officer's own words."""
NO_CASES = _("Choose applications first.")


def writes(user: Any) -> bool:
    """Who may write to applicants."""
    return works_on_cases(user) and user.has_perm(WRITE)


def batch_status(batch: MessageBatch) -> Status:
    """Waits for confirmation, thrown away, being handed over, handed over, or stopped."""
    if batch.discarded_at is not None:
        return Status(_("Thrown away"), Tone.IDLE)
    if batch.confirmed_at is None:
        return Status(_("Preview, nothing has left"), Tone.NOTICE)
    state = batch.run.state
    if state == JobState.FAILED:
        return Status(_("Stopped by an error"), Tone.BAD)
    return Status(_("Handed to the mail"), Tone.OK) if state == JobState.DONE else Status(_("On its way"), Tone.INFO)


def why_left_out(line: MessageLine) -> str:
    """The reason in words, with what is missing."""
    reason = LeftOut(line.left_out).label
    return f"{reason}: {missing_words(line.missing)}" if line.left_out == LeftOut.NO_VALUE else str(reason)


def _moment(value: Any) -> str:
    return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else "–"


COLUMNS = (
    TableColumn(_("Mail text"), lambda row: row.template.title, key="text", heading=True,
                link=lambda row: row.get_absolute_url()),
    TableColumn(_("State"), lambda row: str(batch_status(row).label), key="state",
                cell=lambda row: status_html(batch_status(row))),
    TableColumn(_("Ready"), "ready", Kind.INTEGER, key="ready"),
    TableColumn(_("Left out"), "left_out", Kind.INTEGER, key="left_out"),
    TableColumn(_("Handed over"), "handed_over", Kind.INTEGER, key="handed_over"),
    TableColumn(_("Prepared by"), lambda row: str(row.created_by), key="by"),
    TableColumn(_("Prepared"), lambda row: _moment(row.created_at), key="created", order_by=("created_at",)),
)  # fmt: skip


class Messages(TableView):
    """All messages, also those that were only prepared."""

    title = _("Messages to applicants")
    lead = _("Each was previewed before it left; open one to read who got which words and who was left out.")
    allowed = staticmethod(writes)
    columns = COLUMNS
    default_sort = "-created"
    empty_title = _("No messages yet")
    empty_text = _("Choose applications on the work list and write to them.")

    def get_queryset(self) -> Any:
        return batches(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Applications"), reverse("calls:desk")), (self.title, None)]


class NewMessage(FormPage):
    """Which words for whom; the first POST comes from the work list with the chosen applications."""

    title = _("Write to applicants")
    lead = _("Nothing leaves yet: next you see exactly who gets what.")
    submit_label = _("Preview")
    allowed = staticmethod(writes)
    form_class = MessageForm
    request: HttpRequest

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        messages.error(request, NO_CASES)
        return HttpResponseRedirect(reverse("calls:desk"))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if "form_token" in request.POST:
            return super().post(request, *args, **kwargs)
        if not self.chosen:
            return self.get(request)
        if len(self.chosen) > MOST:
            messages.error(request, gettext("Write to at most %(most)s applications at once.") % {"most": MOST})
            return HttpResponseRedirect(reverse("calls:desk"))
        return self.render_to_response(self.get_context_data())

    @cached_property
    def chosen(self) -> list[int]:
        """The ticked applications, or all that the filter of the work list finds."""
        rows = desk_cases(self.request.user)
        if "everything" in self.request.POST:
            rows = DeskFilters(QueryDict(self.request.POST.get("filters", "")), rows, request=self.request).qs
        else:
            rows = rows.filter(pk__in=[one for one in self.request.POST.getlist("case") if one.isdecimal()])
        return list(rows.order_by("pk").values_list("pk", flat=True)[: MOST + 1])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        count = len(self.chosen)
        told = ngettext("%(count)s application is chosen.", "%(count)s applications are chosen.", count)
        return super().get_context_data(lead=f"{told % {'count': count}} {self.lead}", **kwargs)

    def get_form_kwargs(self) -> dict[str, Any]:
        given = super().get_form_kwargs()
        if "form_token" not in self.request.POST:
            usual = texts_for_applicants(FOR_APPLICANTS).filter(family=OWN_WORDS).first()
            given |= {"data": None, "files": None, "initial": {"case": self.chosen, "template": usual}}
        cases = Application.objects.visible_to(self.request.user)
        return given | {"templates": texts_for_applicants(FOR_APPLICANTS), "cases": cases}

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        self.batch = prepare(
            template_id=data["template"].pk, application_ids=[case.pk for case in data["case"]],
            audience=data["audience"], note=data["note"], actor=self.request.user,
        )  # fmt: skip

    def get_success_url(self) -> str:
        return self.batch.get_absolute_url()

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("calls:desk")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Applications"), reverse("calls:desk")), (self.title, None)]


class MessagePage(FormPage):
    """The preview with its one button, later the log."""

    template_name = "calls/desk/message.html"
    submit_label = _("Send these messages")
    allowed = staticmethod(writes)
    form_class = ConfirmForm

    @cached_property
    def batch(self) -> MessageBatch:
        found = batches(self.request.user).filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return gettext("Message: %(text)s") % {"text": self.batch.template.title}

    def breadcrumbs(self) -> Sequence[Crumb]:
        here = (gettext("Messages to applicants"), reverse("calls:messages"))
        return [(gettext("Applications"), reverse("calls:desk")), here, (self.batch.template.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        lines = list(self.batch.lines.select_related("application", "person"))
        return super().get_context_data(
            batch=self.batch, facts=self.facts(), run=getattr(self.batch, "run", None),
            kept=[line for line in lines if line.state != LineState.LEFT_OUT],
            dropped=[(line, why_left_out(line)) for line in lines if line.state == LineState.LEFT_OUT], **kwargs,
        )  # fmt: skip

    def facts(self) -> list[Fact]:
        batch = self.batch
        by = {"who": batch.created_by, "when": _moment(batch.created_at)}
        confirmed = {"who": batch.confirmed_by, "when": _moment(batch.confirmed_at)}
        return [
            Fact(_("State"), str(batch_status(batch).label)),
            Fact(_("Mail text"), str(batch.template)),
            Fact(_("For whom"), batch.get_audience_display()),
            Fact(_("Your words"), batch.note or None, unknown=_("None")),
            Fact(_("Prepared"), gettext("%(when)s by %(who)s") % by),
            Fact(_("Confirmed"), gettext("%(when)s by %(who)s") % confirmed if batch.confirmed_at else None,
                 unknown=_("Not confirmed: nothing has left.")),
        ]  # fmt: skip

    def act(self, form: Any) -> None:
        if "discard" in self.request.POST:
            discard(batch_id=self.batch.pk, actor=self.request.user)
            messages.success(self.request, gettext("Thrown away; nothing has left."))
            return
        confirm(batch_id=self.batch.pk, actor=self.request.user)
        messages.success(self.request, gettext("Confirmed. The messages leave now, each once."))

    def get_success_url(self) -> str:
        return self.batch.get_absolute_url()
