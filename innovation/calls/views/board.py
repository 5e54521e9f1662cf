"""Meetings of the board and the list of decided cases, for the office."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.calls.actions.board import COORDINATE, call_meeting
from innovation.calls.choices import ApplicationState, BoardChoice
from innovation.calls.figure_words import FIGURE_NAMES, figure_text
from innovation.calls.forms.meeting import MeetingForm
from innovation.calls.models import AgendaItem, Application, Meeting
from innovation.calls.models.following import works_here
from innovation.calls.queries.board import FIGURES, WAITING
from innovation.calls.views.following import buttons
from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, FormPage, PageView, TableView

AFTER_REVIEW = (
    *WAITING, ApplicationState.APPROVED, ApplicationState.APPROVED_WITH_CONDITIONS, ApplicationState.REJECTED,
    ApplicationState.NOTICED, ApplicationState.OBJECTED, ApplicationState.ACTIVE, ApplicationState.IN_CHANGE,
    ApplicationState.SUSPENDED, ApplicationState.CLOSED, ApplicationState.ENTITLED, ApplicationState.LEAVING,
    ApplicationState.EXPIRED, ApplicationState.RENEWED, ApplicationState.REVOKED,
)  # fmt: skip


def staff_status(case: Application) -> Status:
    return Status(case.state_names[ApplicationState(case.state)].staff, Tone.INFO)


class CaseList(TableView):
    """Cases after the review, the next due first."""

    title = _("Decisions and projects")
    lead = _("Cases from the ranking to their end: decide, notice, agreement, milestones, payments, titles.")
    allowed = staticmethod(works_here)
    default_sort = "due"
    empty_title = _("No case has reached the board yet")
    empty_text = _("Close the review of a call; its ranked cases come here.")
    columns = (
        TableColumn(
            _("Application"), str, key="case", heading=True, order_by=("number",),
            link=lambda row: f"{reverse('calls:case', args=[row.pk])}?tab=decisions",
        ),
        TableColumn(_("Applicant"), lambda row: str(row.organisation or row.created_by), key="applicant"),
        TableColumn(_("Call"), lambda row: row.call.title, key="call"),
        TableColumn(
            _("State"), lambda row: str(staff_status(row).label), key="state", order_by=("state",),
            cell=lambda row: status_html(staff_status(row)),
        ),
        TableColumn(pgettext_lazy("amount", "Award"), "award_fen", Kind.MONEY, key="award", order_by=("award_fen",)),
        TableColumn(_("Due"), "due_on", Kind.DATE, key="due", order_by=("due_on", "pk")),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[Application]:
        rows = Application.objects.visible_to(self.request.user).filter(state__in=AFTER_REVIEW)
        return rows.select_related("call", "organisation", "created_by")


class MeetingList(TableView):
    """Meetings of the board, the newest first."""

    title = _("Meetings of the board")
    lead = _("Each meeting decides on the ranked cases of one call.")
    allowed = staticmethod(works_here)
    template_name = "calls/following/meetings.html"
    default_sort = "-held"
    empty_title = _("No meeting has been called yet")
    empty_text = _("Call one for a call whose review is closed.")
    columns = (
        TableColumn(_("Meeting"), "title", key="title", heading=True, link=lambda row: row.get_absolute_url()),
        TableColumn(_("Call"), lambda row: row.call.title, key="call"),
        TableColumn(pgettext_lazy("meeting", "When"), "held_at", Kind.DATETIME, key="held", order_by=("held_at",)),
        TableColumn(pgettext_lazy("application", "Cases"), "cases", Kind.INTEGER, key="cases"),
    )

    def get_queryset(self) -> QuerySet[Meeting]:
        return Meeting.objects.visible_to(self.request.user).select_related("call").annotate(cases=Count("items"))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_call=self.request.user.has_perm(COORDINATE), **kwargs)


class MeetingNew(FormPage):
    """Call the board together."""

    allowed = staticmethod(lambda user: user.has_perm(COORDINATE))
    title = _("Call a meeting of the board")
    form_class = MeetingForm
    submit_label = _("Call the meeting")

    @property
    def cancel_url(self) -> str:
        return reverse("calls:meetings")

    def form_valid(self, form: MeetingForm) -> HttpResponse:
        data = form.cleaned_data
        meeting = call_meeting(
            call_id=data["call"].pk, title=data["title"], held_at=data["held_at"], place=data["place"],
            quorum=data["quorum"], member_ids=[one.pk for one in data["members"]], chair_id=data["chair"].pk,
            actor=self.request.user,
        )  # fmt: skip
        return redirect(meeting.get_absolute_url())


class MeetingPage(PageView):
    """Members, agenda with the frozen figures, votes, minutes, and what each may do."""

    template_name = "calls/following/meeting.html"
    allowed = staticmethod(works_here)

    @cached_property
    def meeting(self) -> Meeting:
        rows = Meeting.objects.visible_to(self.request.user).select_related("call").filter(pk=self.kwargs["pk"])
        found = rows.prefetch_related("members__user", "minutes").first()
        if found is None:
            raise Http404
        return found

    def get_title(self) -> str:
        return self.meeting.title

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(_("Meetings of the board"), reverse("calls:meetings")), (self.meeting.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        meeting, user = self.meeting, self.request.user
        facts = [
            Fact(_("Call"), meeting.call.title),
            Fact(pgettext_lazy("meeting", "When"), f"{timezone.localtime(meeting.held_at):%Y-%m-%d %H:%M}"),
            Fact(_("Where"), meeting.place or None, unknown=_("Not said.")), Fact(_("Quorum"), str(meeting.quorum)),
            Fact(_("Members"), ", ".join(str(member) for member in meeting.members.all())),
        ]  # fmt: skip
        items = meeting.items.select_related("application", "meeting").prefetch_related(
            "votes", "recusals__member__user", "decisions", "application__proposals"
        )
        return super().get_context_data(
            meeting=meeting, facts=facts, acts=buttons(meeting, user), rows=[self.row(item) for item in items],
            figures=[FIGURE_NAMES[name] for name in FIGURES], minutes=meeting.minutes.all(), **kwargs,
        )  # fmt: skip

    def row(self, item: AgendaItem) -> dict[str, Any]:
        chosen = [vote.choice for vote in item.votes.all()]
        proposal = next((one for one in item.application.proposals.all() if one.settled_at is None), None)
        user = self.request.user
        return {
            "item": item, "proposal": proposal,
            "figures": [(FIGURE_NAMES[name], figure_text(name, item.figures.get(name))) for name in FIGURES],
            "votes": [(choice.label, chosen.count(choice)) for choice in BoardChoice if choice in chosen],
            "decision": next(iter(item.decisions.all()), None),
            "acts": buttons(item, user) + (buttons(proposal, user) if proposal else []),
        }  # fmt: skip
