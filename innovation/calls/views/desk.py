"""The officer's desk: the work list of all cases, one step for many, and the case page with its tabs."""

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from django.views.generic import View

from innovation.accounts.choices import STAFF_ROLES
from innovation.calls import desk_tabs
from innovation.calls.actions import bulk
from innovation.calls.choices import ApplicationState
from innovation.calls.filters.desk import DeskFilters
from innovation.calls.models import Application
from innovation.calls.queries.board import open_events
from innovation.calls.queries.desk import WORKED_ON, desk_cases, is_overdue
from innovation.calls.views.following import buttons, money_text
from innovation.core.components import Fact, Status, Tab, Tone
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, PageMixin, PageView, TableView


def works_on_cases(user: Any) -> bool:
    """Whoever works for the programme."""
    return bool(user.is_authenticated and user.has_role(*STAFF_ROLES))


def staff_status(case: Application) -> Status:
    """The state in the words of the office."""
    names = case.state_names[ApplicationState(case.state)]
    return Status(names.staff, Tone.NOTICE if case.state in WORKED_ON else Tone.INFO)


def _due(case: Application) -> SafeString | str:
    if case.state not in WORKED_ON and case.due_on is None:
        return "–"
    if case.due_on is None:
        return status_html(Status(gettext("Calendar not known yet"), Tone.IDLE))
    if not is_overdue(case, timezone.localdate()):
        return case.due_on.isoformat()
    return format_html("{} {}", case.due_on.isoformat(), status_html(Status(gettext("Overdue"), Tone.BAD)))


def _pick(case: Application) -> SafeString:
    label = gettext("Choose %(number)s") % {"number": case.number}
    return format_html('<input type="checkbox" form="bulk" name="case" value="{}" aria-label="{}">', case.pk, label)


def _name(case: Application) -> SafeString:
    """Title, and below it number and applicant, which files hold in columns of their own."""
    who = " · ".join(part for part in (case.number or "", str(case.organisation or "")) if part)
    address = reverse("calls:case", args=[case.pk])
    return format_html('<a href="{}">{}</a><br><span class="quiet">{}</span>', address, case.title or case.number, who)


def _state(case: Application) -> SafeString:
    """The state, and whether texts or details are like those of another case."""
    marks = [(case.is_alike, gettext("Similar texts")), (case.is_shared, gettext("Shared details"))]
    shown = [staff_status(case), *(Status(label, Tone.NOTICE) for is_so, label in marks if is_so)]
    return format_html_join(mark_safe("<br>"), "{}", ((status_html(one),) for one in shown))


def _reviews(case: Application) -> str:
    return f"{case.reviews_in}/{case.reviews_asked}"


COLUMNS = (
    TableColumn(_("Choose"), "pk", Kind.INTEGER, key="pick", cell=_pick),
    TableColumn(_("Due"), "due_on", Kind.DATE, key="due", order_by=("due_on",), cell=_due),
    TableColumn(pgettext_lazy("application", "Title"), lambda row: row.title or row.number, key="title", heading=True,
                order_by=("title",), cell=_name),
    TableColumn(pgettext_lazy("application", "Number"), "number", key="number", order_by=("number",), files_only=True),
    TableColumn(_("Applicant"), lambda row: str(row.organisation or ""), key="applicant",
                order_by=("organisation__name_zh",), files_only=True),
    TableColumn(_("Call"), lambda row: row.call.title, key="call", order_by=("call__title_zh",)),
    TableColumn(_("State"), lambda row: str(staff_status(row).label), key="state", order_by=("state",),
                cell=_state),
    TableColumn(pgettext_lazy("amount", "Requested"), "requested_fen", Kind.MONEY, key="requested",
                order_by=("requested_fen",)),
    TableColumn(_("Reviews in"), _reviews, key="reviews", order_by=("reviews_in",)),
    TableColumn(_("Similar texts"), lambda row: gettext("Yes") if row.is_alike else "", key="alike",
                files_only=True),
    TableColumn(_("Shared details"), lambda row: gettext("Yes") if row.is_shared else "", key="shared",
                files_only=True),
    TableColumn(_("Officer"), lambda row: str(row.officer or ""), key="officer", order_by=("officer__name",)),
)  # fmt: skip


class Desk(TableView):
    """Every case by due day; several can be chosen for one step."""

    title = _("Applications")
    lead = _("What waits for the office, by due day; late in red, grey where the calendar is not known.")
    template_name = "calls/desk/desk.html"
    allowed = staticmethod(works_on_cases)
    columns = COLUMNS
    filterset_class = DeskFilters
    default_sort = "due"
    empty_title = _("No cases here")
    empty_text = _("Cases appear when applicants submit them. Change the filter to see others.")

    def get_queryset(self) -> Any:
        return desk_cases(self.request.user)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Start"), reverse("home")), (self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(
            acts=[(key, label) for key, (label, _work) in bulk.ACTS.items()],
            may_write=self.request.user.has_perm("calls.add_messagebatch"), may_step=takes_steps(self.request.user),
            **kwargs,
        )  # fmt: skip


def takes_steps(user: Any) -> bool:
    """Whoever may check or coordinate cases; each step asks for its own right besides."""
    return works_on_cases(user) and any(
        user.has_perm(f"calls.{act}_application") for act in ("screen", "coordinate")
    )  # fmt: skip


class BulkPage(PageMixin, View):
    """First what would happen to each chosen case, then the same for real."""

    allowed = staticmethod(takes_steps)

    def post(self, request: HttpRequest) -> HttpResponse:
        act = request.POST.get("act", "")
        keys = [int(one) for one in request.POST.getlist("case") if one.isdecimal()]
        cases = list(desk_cases(request.user).filter(pk__in=keys).order_by("pk"))
        if act not in bulk.ACTS or not cases:
            messages.error(request, gettext("Choose cases and a step first."))
            return HttpResponseRedirect(reverse("calls:desk"))
        if "confirm" in request.POST:
            lines = bulk.perform(act=act, cases=cases, actor=request.user)
            for line in lines:
                if line.refusal is not None:
                    messages.error(request, f"{line.case.number}: {line.refusal}")
            count = sum(line.refusal is None for line in lines)
            messages.success(request, gettext("Done for %(count)s cases.") % {"count": count})
            return HttpResponseRedirect(reverse("calls:desk"))
        lines = bulk.rehearse(act=act, cases=cases, actor=request.user)
        context = {
            "title": gettext("Preview: %(step)s") % {"step": bulk.ACTS[act][0]}, "lines": lines, "act": act,
            "count": sum(line.refusal is None for line in lines), "label": bulk.ACTS[act][0],
            "breadcrumbs": [(gettext("Applications"), reverse("calls:desk")), (gettext("Preview"), None)],
        }  # fmt: skip
        return render(request, "calls/desk/bulk.html", context)


class CaseMixin(PageMixin):
    """A page of one case for the staff."""

    allowed = staticmethod(works_on_cases)
    kwargs: dict[str, Any]
    request: HttpRequest

    @cached_property
    def case(self) -> Application:
        rows = Application.objects.visible_to(self.request.user).select_related(
            "call__rubric", "call__score_sheet", "organisation", "officer", "form", "process", "created_by"
        )
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found

    @property
    def home_url(self) -> str:
        return reverse("calls:case", args=[self.kwargs["pk"]])

    def breadcrumbs(self) -> Sequence[Crumb]:
        here: list[Crumb] = [(gettext("Applications"), reverse("calls:desk")), (self.case.number or "", self.home_url)]
        return [*here, (self.get_title(), None)]


CHECKS = (
    ("check_pass", "case_pass", _("Let pass as eligible")),
    ("check_fail", "case_fail", pgettext_lazy("application", "Refuse")),
    ("ask", "case_ask", _("Return with questions")),
)  # fmt: skip
"""Event of the process, page, label."""


class CasePage(CaseMixin, PageView):
    """One case: facts, allowed steps, and the tab that is open."""

    template_name = "calls/desk/case.html"

    def get_title(self) -> str:
        return str(self.case)

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(gettext("Applications"), reverse("calls:desk")), (self.case.number or "", None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        known = desk_tabs.tabs()
        asked = self.request.GET.get("tab", "")
        tab = next((one for one in known if one.key == asked), known[0])
        tabs = [Tab(one.label, f"{self.home_url}?tab={one.key}", current=one is tab) for one in known]
        names = self.case.state_names[ApplicationState(self.case.state)]
        return super().get_context_data(
            case=self.case, next_step=names.next_step, tabs=tabs, tab=tab, facts=self.facts(), steps=self.steps(),
            status=staff_status(self.case), **tab.build(self.case, self.request.user), **kwargs,
        )  # fmt: skip

    def facts(self) -> list[Fact]:
        case, unit = self.case, unit_of(self.request)
        made = [Fact(_("Made from it"), one.get("label"), href=one.get("url", "")) for one in case.result.values()]
        return [
            Fact(_("Applicant"), str(case.organisation or case.created_by)),
            Fact(_("Call"), case.call.title, case.call.get_absolute_url()),
            Fact(_("Due"), case.due_on and case.due_on.isoformat(), unknown=_("No deadline")),
            Fact(pgettext_lazy("amount", "Requested"), money_text(case.requested_fen, unit),
                 unknown=_("The form does not ask for money.")),
            Fact(pgettext_lazy("amount", "Award"), money_text(case.award_fen, unit), unknown=_("Not decided yet.")),
            Fact(_("Officer in charge"), case.officer and str(case.officer), unknown=_("Nobody yet"),
                 change=self.officer_url()),
            *([Fact(_("Outcome"), case.get_outcome_display())] if case.outcome else []),
            *([Fact(_("Lesson"), case.lesson)] if case.lesson else []),
            *made,
        ]  # fmt: skip

    def officer_url(self) -> str:
        """Where to put somebody else in charge, for those who may."""
        may = self.request.user.has_perm("calls.screen_application")
        return reverse("calls:case_officer", args=[self.case.pk]) if may else ""

    def steps(self) -> list[tuple[str, str]]:
        """Address and label of what this person may do with the case now."""
        case, user = self.case, self.request.user
        offered = []
        events = open_events(case)
        if user.has_perm("calls.screen_application"):
            offered += [(name, label) for event, name, label in CHECKS if event in events]
        reviewed = {ApplicationState.ELIGIBLE, ApplicationState.IN_REVIEW}
        if user.has_perm("calls.coordinate_application") and case.state in reviewed:
            offered.append(("case_assign", _("Ask a reviewer")))
            if case.state == ApplicationState.IN_REVIEW:
                offered.append(("case_discuss", _("Open a discussion")))
        here = [(reverse(f"calls:{name}", args=[case.pk]), str(label)) for name, label in offered]
        return here + [(address, str(label)) for label, address in buttons(case, user)]
