"""The applicant's own applications: the list, a new draft, the task list of a draft, the status of a case."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.calls import status_panels
from innovation.calls.actions import drafts
from innovation.calls.choices import ENDED_STATES, ApplicationState, PartnerState
from innovation.calls.forms.applying import StartForm
from innovation.calls.models import Application, Call
from innovation.calls.process_map import ProcessMap, process_map
from innovation.calls.queries import applying
from innovation.calls.rules import forms
from innovation.calls.shown import in_language
from innovation.core import transitions
from innovation.core.components import Fact, Moment, Status, Task, TaskState, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import ConfirmPage, Crumb, FormPage, PageMixin, PageView, TableView

TASK_STATES = {
    forms.Status.NOT_STARTED: TaskState.TODO,
    forms.Status.IN_PROGRESS: TaskState.STARTED,
    forms.Status.COMPLETE: TaskState.DONE,
    forms.Status.HAS_ERRORS: TaskState.PROBLEM,
}
GOOD = {ApplicationState.APPROVED, ApplicationState.ACTIVE, ApplicationState.ENTITLED, ApplicationState.NOTICED}
NEEDS_YOU = {ApplicationState.DRAFT, ApplicationState.RETURNED, ApplicationState.APPROVED_WITH_CONDITIONS}


def public_status(application: Application) -> Status:
    """The state in the applicant's words."""
    state = ApplicationState(application.state)
    tone = Tone.NOTICE if state in NEEDS_YOU else Tone.OK if state in GOOD else Tone.INFO
    return Status(application.state_names[state].public, Tone.IDLE if state in ENDED_STATES else tone)


def next_step(application: Application) -> str:
    """What happens next, in the applicant's words; empty where nothing does."""
    return str(application.state_names[ApplicationState(application.state)].next_step)


def due_day(application: Application) -> date | None:
    """The day by which something has to happen; for a draft the day on which the call closes."""
    end = application.call.closes_at
    if application.state == ApplicationState.DRAFT and end:
        return timezone.localdate(end)
    return application.due_on


class OwnApplication(PageMixin):
    """A page of one application that the person takes part in; a stranger finds nothing there."""

    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def application(self) -> Application:
        rows = applying.of_applicant(self.request.user).prefetch_related("members")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @cached_property
    def access(self) -> applying.Access:
        found = applying.access(self.application, self.request.user)
        if found is None:
            raise Http404
        return found

    @property
    def name(self) -> str:
        return self.application.title or gettext("Application without a title yet")

    def breadcrumbs(self) -> Sequence[Crumb]:
        here = (self.name, self.application.get_absolute_url())
        return [(gettext("My applications"), reverse("calls:applications")), here, (self.get_title(), None)]


class LeadOnly(OwnApplication):
    """A page for those alone who lead the application."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and not self.access.leads:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


def _project(row: Application) -> SafeString:
    """Title, and below it call and number, which files hold in columns of their own."""
    below = " · ".join(part for part in (row.call.title, row.number or "") if part)
    return format_html(
        '<a href="{}">{}</a><br><span class="quiet">{}</span>', row.get_absolute_url(),
        row.title or gettext("Without a title yet"), below,
    )  # fmt: skip


def _where(row: Application) -> SafeString:
    """The state, and below it what happens next."""
    status, after = status_html(public_status(row)), next_step(row)
    return format_html('{}<br><span class="quiet">{}</span>', status, after) if after else status


class MyApplications(TableView):
    """Every application that the person takes part in, with what happens next."""

    title = _("My applications")
    lead = _("What you began or take part in, where it stands, and what happens next.")
    template_name = "calls/applying/applications.html"
    default_sort = "-begun"
    empty_title = _("You have no application yet")
    empty_text = _("Choose an open call and begin one there.")
    columns = (
        TableColumn(_("Project"), lambda row: row.title or gettext("Without a title yet"), key="project", heading=True,
                    cell=_project, order_by=("title",)),
        TableColumn(_("Call"), lambda row: row.call.title, key="call", order_by=("call__title_zh",), files_only=True),
        TableColumn(_("Applicant"), lambda row: row.organisation and row.organisation.name, key="organisation"),
        TableColumn(pgettext_lazy("application", "Number"), "number", key="number", order_by=("number",),
                    files_only=True),
        TableColumn(_("State and what happens next"), lambda row: str(public_status(row).label), key="state",
                    order_by=("state",), cell=_where),
        TableColumn(_("What happens next"), next_step, key="next", files_only=True),
        TableColumn(pgettext_lazy("deadline", "By"), due_day, Kind.DATE, key="due", order_by=("due_on",)),
        TableColumn(pgettext_lazy("moment", "Begun"), "created_at", Kind.DATETIME, key="begun",
                    order_by=("created_at",)),
    )  # fmt: skip

    def get_queryset(self) -> Any:
        return applying.of_applicant(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]


class StartPage(FormPage):
    """Begin an application to a call, for one of the person's organisations."""

    template_name = "calls/applying/start.html"
    form_class = StartForm
    submit_label = _("Begin the application")

    @cached_property
    def call(self) -> Call:
        found = Call.objects.visible_to(self.request.user).filter(code=self.kwargs["code"]).first()
        if found is None:
            raise Http404
        return found

    def handle_no_permission(self) -> Any:
        told = gettext("Sign in to apply to “%(call)s”, or create an account first.")
        messages.info(self.request, told % {"call": self.call.title})
        return super().handle_no_permission()

    def get_title(self) -> str:
        return gettext("Apply: %(call)s") % {"call": self.call.title}

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return reverse("calls:applications")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("My applications"), reverse("calls:applications")), (self.get_title(), None)]

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"call": self.call, "user": self.request.user}

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mine = applying.of_applicant(self.request.user).filter(call=self.call)
        return super().get_context_data(call=self.call, mine=mine, takes=self.call.takes_at(timezone.now()), **kwargs)

    def form_valid(self, form: StartForm) -> HttpResponse:
        draft = drafts.start_draft(
            call_id=self.call.pk, actor=self.request.user, organisation_id=form.cleaned_data.get("organisation")
        )
        return HttpResponseRedirect(draft.get_absolute_url())


class ApplicationPage(OwnApplication, PageView):
    """The task list while something may be typed; the status with its steps in any case."""

    def get_template_names(self) -> list[str]:
        return ["calls/applying/tasks.html" if applying.is_open(self.application) else "calls/applying/status.html"]

    def get_title(self) -> str:
        return self.name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("My applications"), reverse("calls:applications")), (self.name, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        application = self.application
        more = self.what_to_do() if applying.is_open(application) else self.what_was()
        return super().get_context_data(
            application=application, access=self.access, status=public_status(application),
            next_step=next_step(application), due=application.due_on, facts=self.facts(), events=self.events(),
            panels=status_panels.panels_for(application, self.request.user), **more, **kwargs,
        )  # fmt: skip

    def what_to_do(self) -> dict[str, Any]:
        """What the task list shows besides; a draft has not been returned yet, so that nothing can be asked of it."""
        is_returned = self.application.state == ApplicationState.RETURNED
        request = self.application.requests.filter(answered_at=None).first() if is_returned else None
        return {"tasks": self.tasks(), "info_request": request, "is_late": self.is_late()}

    def what_was(self) -> dict[str, Any]:
        """What the status page shows besides: the steps so far, on the map too, and what was sent."""
        return {
            "moments": moments(self.application), "process_map": self.map(),
            "submissions": list(self.application.submissions.order_by("-serial")),
        }  # fmt: skip

    def map(self) -> ProcessMap:
        """Where the case stands on the way of its process."""
        past = set(transitions.steps_of(self.application).values_list("from_state", flat=True))
        return process_map(self.application.process.content, public=True, now=self.application.state, past=past)

    def is_late(self) -> bool:
        """Whether the call has closed over a draft that was not sent."""
        return self.application.state == ApplicationState.DRAFT and not self.application.call.takes_at(timezone.now())

    def events(self) -> frozenset[str]:
        """The steps that this person may take now."""
        return frozenset(transitions.available(self.application, self.request.user))

    def facts(self) -> list[Fact]:
        application = self.application
        call = application.call
        rows = [
            Fact(_("Call"), call.title, call.get_absolute_url()),
            Fact(_("Applicant"), str(application.organisation or application.created_by)),
        ]
        if application.number:
            rows.append(Fact(pgettext_lazy("application", "Number"), application.number))
        if application.state == ApplicationState.DRAFT:
            end = call.closes_at and gettext("%(moment)s, China Standard Time") % {
                "moment": f"{timezone.localtime(call.closes_at):%Y-%m-%d %H:%M}"
            }
            rows.append(Fact(_("Closes"), end or _("Open all the time")))
        return rows

    def tasks(self) -> list[Task]:
        """One line a section, as far as this person sees it; of a returned case those with something to mend."""
        application = self.application
        content, answers = application.form.content, applying.answers_of(application)
        files = applying.file_facts(applying.files_by_field(application))
        titles = {section["key"]: in_language(section["title"]) for section in content["sections"]}
        open_now = forms.editable(content, answers, application.state, drafts.asked_fields(application))
        asked = {section["key"] for section, field in forms.fields(content) if field["key"] in open_now}
        waiting = self.untouched(open_now)
        return [
            Task(
                titles[row.section], reverse("calls:section", args=[application.pk, row.section]),
                TaskState.TODO if row.section in waiting else TASK_STATES[row.status],
                gettext("asked for, nothing changed yet") if row.section in waiting else _task_hint(row),
            )
            for row in forms.progress(content, answers, files, application.state)
            if self.access.sees(row.section) and (application.state == ApplicationState.DRAFT or row.section in asked)
        ]  # fmt: skip

    def untouched(self, open_now: frozenset[str]) -> frozenset[str]:
        """Sections of a returned case of which nothing was written since the office asked."""
        application = self.application
        if application.state != ApplicationState.RETURNED:
            return frozenset()
        since = application.state_since
        fresh = {answer.key for answer in application.answers.all() if answer.saved_at > since}
        fresh |= {file.key for file in application.files.all() if file.uploaded_at > since}
        asked = {(section["key"], field["key"]) for section, field in forms.fields(application.form.content)
                 if field["key"] in open_now}  # fmt: skip
        return frozenset({key for key, _field in asked} - {key for key, field in asked if field in fresh})


def _task_hint(row: forms.Progress) -> str:
    wrong = sum(not fault.is_missing for fault in row.faults)
    words = [gettext("%(answered)s of %(shown)s answered") % {"answered": row.answered, "shown": row.shown}]
    if wrong:
        words.append(gettext("%(count)s to mend") % {"count": wrong})
    return " · ".join(words)


def moments(application: Application) -> list[Moment]:
    """The steps of the case in public words, newest first; a step that changes no public word is not told."""
    steps = applying.public_steps(application)
    found = [Moment(when=timezone.localtime(at), title=state.public, text=state.next_step) for at, state in steps]
    return [*reversed(found), Moment(when=timezone.localtime(application.created_at), title=_("Draft begun"))]


class MembersOnly(OwnApplication):
    """A page for the applicant's own people, not for those of its partners."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and self.access.is_partner:
            raise Http404
        return super().dispatch(request, *args, **kwargs)


class _GivingUp(LeadOnly, ConfirmPage):
    """Asks once more before an application is given up."""

    dangerous = True
    event = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_authenticated and self.access.leads and request.method == "GET" and not self._is_possible():
            return HttpResponseRedirect(self.application.get_absolute_url())
        return super().dispatch(request, *args, **kwargs)

    def _is_possible(self) -> bool:
        return self.event in transitions.available(self.application, self.request.user)

    @property
    def cancel_url(self) -> str:  # type: ignore[override]
        return self.application.get_absolute_url()

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("Project"), self.name), Fact(_("Call"), self.application.call.title)]


class DeletePage(_GivingUp):
    title = _("Delete the draft")
    submit_label = _("Delete the draft")
    warning = _("Nobody can open the draft any more; you may begin a new one while the call is open.")
    event = "delete"

    def get_success_url(self) -> str:
        return reverse("calls:applications")

    def act(self, form: Any) -> None:
        drafts.delete_draft(application_id=self.application.pk, actor=self.request.user)
        messages.success(self.request, _("The draft is deleted."))


class WithdrawPage(_GivingUp):
    title = _("Withdraw the application")
    submit_label = _("Withdraw the application")
    warning = _("The office stops working on it. This cannot be undone; you may apply again while the call is open.")
    event = "withdraw"

    def get_success_url(self) -> str:
        return self.application.get_absolute_url()

    def act(self, form: Any) -> None:
        drafts.withdraw(application_id=self.application.pk, actor=self.request.user)
        messages.success(self.request, _("The application is withdrawn."))


def waits_for_partner(application: Application) -> list[str]:
    """Partners who take part and have not said that their part is done."""
    rows = application.partners.filter(state__in=[PartnerState.INVITED, PartnerState.ACCEPTED])
    return [partner.name for partner in rows]
