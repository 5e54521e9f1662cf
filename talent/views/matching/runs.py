"""Matchings: ask, watch, read; decide on each proposal."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact, Figure
from innovation.core.exports import Kind
from innovation.core.figures import number_text, percent_text
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, FormPage, PageView, TableView
from talent.actions import matching
from talent.actions.reading import record_reads
from talent.choices.matching import ProposalState, Unserved
from talent.choices.privacy import ReadDoor, ReadPurpose
from talent.forms.matching import EngagementForm, RunForm, SetAsideForm
from talent.models import Demand, MatchProposal, MatchRun, Person
from talent.rules.matching.snapshot import Snapshot
from talent.views.matching.base import (
    MATCHING,
    Act,
    desk_allowed,
    holds,
    job_status,
    needs_words,
    one,
    proposal_status,
)
from talent.views.matching.words import check_rows, cost_words, part_rows, solution_words

READ_FIELDS = ("name_zh", "skills", "level", "fit")
GOALS = {
    "priority": _("Priority demands served"),
    "served": _("Demands served"),
    "total_fit": _("Total fit, less the penalty of moves"),
    "worst_first": _("Worst fits raised"),
    "moves": _("Fewest moves"),
    "order": _("First of equal plans"),
}
SIGNED = frozenset({"priority", "served", "total_fit", "moves"})
"""Goals that are kept as costs: shown with the sign turned."""


class RunList(TableView):
    """All matchings, the latest first."""

    title = MATCHING
    lead = _("The matcher proposes, a named officer decides, both sides accept.")
    allowed = staticmethod(desk_allowed)
    template_name = "talent/matching/runs.html"
    default_sort = "-number"
    empty_title = _("The matcher was not asked yet")
    empty_text = _("Ask it when people have their matching profile and demands are open.")
    columns = (
        TableColumn(pgettext_lazy("matching", "Run no."), "pk", Kind.INTEGER, key="number", order_by=("pk",)),
        TableColumn(
            _("Kind of people"), lambda run: run.get_role_kind_display(), key="kind", heading=True,
            link=lambda run: run.get_absolute_url(),
        ),
        TableColumn(_("As of"), "day", Kind.DATE, key="day", order_by=("day",)),
        TableColumn(_("Objective"), lambda run: run.get_objective_display(), key="objective"),
        TableColumn(_("Demands served"), "served", Kind.INTEGER, key="served", unknown=_("Not finished")),
        TableColumn(_("To be decided"), "undecided", Kind.INTEGER, key="undecided", order_by=("undecided",)),
        TableColumn(
            _("State"), lambda run: run.get_state_display(), key="state", order_by=("state",),
            cell=lambda run: status_html(job_status(run)),
        ),
        TableColumn(_("Asked for by"), lambda run: str(run.created_by or ""), key="by"),
        TableColumn(_("Asked for"), "created_at", Kind.DATETIME, key="created", order_by=("created_at",)),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[MatchRun]:
        rows = MatchRun.objects.visible_to(self.request.user).select_related("created_by").defer("snapshot", "result")
        return rows.annotate(undecided=Count("proposals", filter=Q(proposals__state=ProposalState.OPEN)))

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(may_ask=self.request.user.has_perm("talent.add_matchrun"), **kwargs)


class AskRun(FormPage):
    """Ask the matcher."""

    title = _("Ask the matcher")
    lead = _("What people and demands say now is kept with the run, so that its answer can be checked later.")
    form_class = RunForm
    allowed = holds("talent.add_matchrun")
    submit_label = _("Match")
    run: MatchRun

    def act(self, form: RunForm) -> None:
        self.run = matching.ask_matching(actor=self.request.user, **form.values())

    def get_initial(self) -> dict[str, Any]:
        return {"objective": "max_total"}

    def get_success_url(self) -> str:
        return self.run.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(MATCHING, reverse("talent:match_runs")), (self.title, None)]


PROPOSALS = (
    TableColumn(_("Demand"), lambda row: str(row.demand), key="demand", heading=True,
                link=lambda row: row.get_absolute_url(), order_by=("demand__code",)),
    TableColumn(_("Person"), lambda row: str(row.person), key="person", order_by=("person__pinyin",)),
    TableColumn(_("Fit"), "fit", Kind.INTEGER, key="fit", order_by=("fit",)),
    TableColumn(_("Next best"), lambda row: f"{row.next_best} ({row.next_fit})" if row.next_best else None,
                key="next", unknown=_("Nobody else is eligible")),
    TableColumn(_("Lost when not chosen"), cost_words, key="cost", unknown=_("Not computed in time")),
    TableColumn(_("Since the last run"),
                lambda row: gettext("new") if row.before is None
                else gettext("as before") if row.before_id == row.person_id else str(row.before), key="before"),
    TableColumn(_("Decision"), lambda row: row.get_state_display(), key="state", order_by=("state",),
                cell=lambda row: status_html(proposal_status(row))),
)  # fmt: skip
UNSERVED = (
    TableColumn(_("Demand"), lambda row: row["name"], key="demand", heading=True, link=lambda row: row["href"]),
    TableColumn(_("Needs"), lambda row: row["needs"] or "–", key="needs"),
    TableColumn(_("First reason"), lambda row: row["reason"], key="reason"),
    TableColumn(_("Would be solved by"), lambda row: row["ways"], key="ways"),
)
GOAL_COLUMNS = (
    TableColumn(_("Goal"), lambda row: GOALS[row[0]], key="goal", heading=True),
    TableColumn(_("Steps"), lambda row: row[1], Kind.INTEGER, key="steps"),
    TableColumn(_("Value"), lambda row: -row[2] if row[0] in SIGNED else None, Kind.INTEGER, key="value",
                unknown=_("A rank, not an amount")),
    TableColumn(_("Proved bound"), lambda row: -row[3] if row[0] in SIGNED else None, Kind.INTEGER, key="bound",
                unknown=_("A rank, not an amount")),
    TableColumn(_("Proved"), lambda row: gettext("yes") if row[4] else gettext("no: time ended"), key="proved"),
)  # fmt: skip


class OneRun:
    """Mixin of the pages of one matching."""

    request: Any
    kwargs: dict[str, Any]
    allowed = staticmethod(desk_allowed)

    @cached_property
    def run(self) -> MatchRun:
        return one(MatchRun.objects.visible_to(self.request.user).select_related("created_by"), self.kwargs["pk"])


class RunPage(OneRun, PageView):
    """One matching: progress, then proposals, what stays unserved and why, fairness, and how it was solved."""

    template_name = "talent/matching/run.html"

    def get_title(self) -> str:
        return gettext("Matching %(number)s: %(kind)s") % {
            "number": self.run.pk, "kind": self.run.get_role_kind_display(),
        }  # fmt: skip

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(MATCHING, reverse("talent:match_runs")), (self.get_title(), None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if self.run.served is None:
            return self.render_to_response(self.get_context_data(sheets=None))
        tables = self.tables()
        people = self.run.proposals.values_list("person_id", flat=True)
        record_reads(request.user, list(people), READ_FIELDS, ReadPurpose.MATCHING, ReadDoor.LIST)
        return self.respond(tables.values(), sheets=tables)

    def tables(self) -> dict[str, Table]:
        run = self.run
        rows = MatchProposal.objects.visible_to(self.request.user).filter(run=run)
        rows = rows.select_related("demand", "person", "next_best", "before")
        return {
            "proposals": Table(self.request, PROPOSALS, rows, pgettext_lazy("matching", "Proposals"), name="p",
                               default_sort="demand", empty_title=_("No pair was possible")),
            "unserved": Table(self.request, UNSERVED, self.unserved(), _("Unserved demands"), name="u",
                              empty_title=_("Every demand is served")),
            "goals": Table(self.request, GOAL_COLUMNS, run.result["goals"], _("How it was solved"), name="g"),
        }  # fmt: skip

    def unserved(self) -> list[dict[str, Any]]:
        rows = self.run.result["unserved"]
        demands = Demand.objects.in_bulk([row["demand"] for row in rows])
        people = {pk for row in rows for way in row["solutions"] for pk in way["people"]}
        names = {person.pk: str(person) for person in Person.objects.filter(pk__in=people)}
        return [
            {
                "name": str(demands[row["demand"]]),
                "href": demands[row["demand"]].get_absolute_url(),
                "needs": needs_words(demands[row["demand"]].skills, demands[row["demand"]].languages),
                "reason": Unserved(row["reason"]).label,
                "ways": gettext("; or: ").join(solution_words(way, names) for way in row["solutions"]),
            }
            for row in rows
        ]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.run
        return super().get_context_data(
            run=run,
            status=job_status(run),
            poll=reverse("talent:match_progress", args=[run.pk]) if run.is_open else "",
            facts=self.facts(),
            figures=run_figures(run) if run.served is not None else [],
            **kwargs,
        )

    def facts(self) -> list[Fact]:
        run, waits = self.run, gettext("Not finished")
        none = gettext("No limit")
        return [
            Fact(_("As of"), run.day.isoformat()),
            Fact(_("Objective"), run.get_objective_display()),
            Fact(_("Running mandates"), _("planned anew") if run.replan else _("stay as they are")),
            Fact(_("Most demands of one owner per person"), str(run.per_institute) if run.per_institute else None,
                 unknown=none),
            Fact(_("Time limit (seconds)"), str(run.seconds)),
            Fact(_("Rules"), run.rule_version),
            Fact(_("Solver"), run.result.get("solver"), unknown=waits),
            Fact(_("Random seed"), str(run.result["seed"]) if run.result else None, unknown=waits),
            Fact(_("Hash of the inputs"), run.inputs_hash),
            Fact(_("Asked for by"), str(run.created_by or "") or None),
        ]  # fmt: skip


def run_figures(run: MatchRun) -> list[Figure]:
    """What came out, and how fair it is."""
    result = run.result
    late = gettext("The comparison was not finished in time")
    price = result["price"]
    newly, small = result["newly"], result["small"]
    worst = "–" if result["worst_fit"] is None else result["worst_fit"]
    return [
        Figure(_("Demands served"), f"{run.served} / {result['demands']}"),
        Figure(_("Total fit"), str(result["total_fit"]),
               note=_("Worst pair: %(fit)s") % {"fit": worst}),
        Figure(_("Price of fairness"), None if price is None else str(price), unit=_("points of fit"), unknown=late,
               note=_("What it costs in total fit to raise the worst fit first")),
        Figure(_("Gini of load"), number_text(Fraction(*result["gini"]), 2), note=_("0: all carry the same")),
        Figure(_("Newly certified people used"), percent_text(Fraction(*newly)) if newly[1] else None,
               note=f"{newly[0]} / {newly[1]}", unknown=gettext("Nobody in the pool is newly certified")),
        Figure(_("Demands of small firms served"), percent_text(Fraction(*small)) if small[1] else None,
               note=f"{small[0]} / {small[1]}", unknown=gettext("No demand of a small firm was open")),
        Figure(_("Gap"), str(result["gap"]), note=_("0: proved to be the best")),
        Figure(_("Moved mandates"), str(result["changes"])),
    ]  # fmt: skip


class RunProgress(OneRun, PageView):
    """How far a matching is, for the page that waits for it."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self.run
        poll = reverse("talent:match_progress", args=[run.pk]) if run.is_open else ""
        facts = {"percent": run.progress, "poll": poll, "label": run.get_role_kind_display(), "note": run.note}
        response = render(request, "components/progress.html", facts)
        if not run.is_open:
            response["HX-Refresh"] = "true"
        return response


class OneProposal:
    """Mixin of the pages of one proposal."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def proposal(self) -> MatchProposal:
        rows = MatchProposal.objects.visible_to(self.request.user)
        related = ("run", "demand__organisation", "person", "next_best", "before", "decided_by")
        return one(rows.select_related(*related), self.kwargs["pk"])

    def record(self) -> MatchProposal:
        return self.proposal

    def trail(self) -> list[Crumb]:
        run = self.proposal.run
        return [(MATCHING, reverse("talent:match_runs")), (f"{run.pk}", run.get_absolute_url())]


class ProposalPage(OneProposal, PageView):
    """One proposal: parts of the fit, hard checks, next best person, what is lost without it, the decision."""

    template_name = "talent/matching/proposal.html"
    allowed = staticmethod(desk_allowed)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        record_reads(request.user, self.proposal.person, READ_FIELDS, ReadPurpose.MATCHING)
        return super().get(request, *args, **kwargs)

    def get_title(self) -> str:
        return f"{self.proposal.demand.name} – {self.proposal.person}"

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [*self.trail(), (self.proposal.demand.code, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        proposal, user = self.proposal, self.request.user
        undecided = proposal.state == ProposalState.OPEN and user.has_perm("talent.change_matchproposal")
        return super().get_context_data(
            proposal=proposal,
            status=proposal_status(proposal),
            facts=self.facts(),
            parts=part_rows(proposal),
            checks=check_rows(proposal),
            undecided=undecided,
            mandates=list(proposal.mandates.select_related("person", "demand")),
            **kwargs,
        )

    def facts(self) -> list[Fact]:
        row = self.proposal
        best = f"{row.next_best} ({row.next_fit})" if row.next_best else None
        before = _("not in the last run") if row.before is None else str(row.before)
        return [
            Fact(_("Demand"), str(row.demand), row.demand.get_absolute_url()),
            Fact(_("Owner"), row.demand.organisation.name),
            Fact(_("Person"), str(row.person)),
            Fact(_("Fit"), str(row.fit)),
            Fact(_("Next best"), best, unknown=_("Nobody else is eligible")),
            Fact(_("Lost when not chosen"), cost_words(row), unknown=_("Not computed in time")),
            Fact(_("Proposed in the last run"), before),
            Fact(_("Decided by"), str(row.decided_by) if row.decided_by else None, unknown=_("To be decided")),
            Fact(_("Reason"), row.reason or None, unknown=_("None was needed")),
        ]


class ProposalAct(OneProposal, Act):
    """A decision on a proposal."""

    allowed = holds("talent.change_matchproposal")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [*self.trail(), (self.proposal.demand.code, self.cancel_url), (self.get_title(), None)]


class Confirm(ProposalAct):
    title = _("Confirm the proposal")
    lead = _("The person and the owner of the demand have 14 days to accept or decline. Your name stands with it.")
    form_class = EngagementForm
    submit_label = _("Confirm")

    def act(self, form: EngagementForm) -> None:
        matching.confirm(proposal_id=self.proposal.pk, actor=self.request.user, **form.values())


class SetAside(ProposalAct):
    title = _("Set the proposal aside")
    lead = _("Say why. You may propose another eligible person by hand; the proposal stays marked as overridden.")
    form_class = SetAsideForm
    submit_label = _("Set aside")

    def get_form_kwargs(self) -> dict[str, Any]:
        run = MatchRun.objects.get(pk=self.proposal.run_id)
        pairs = Snapshot.from_data(run.snapshot).problem.pairs
        eligible = [person for person, demand in pairs if demand == self.proposal.demand_id]
        people = Person.objects.filter(pk__in=eligible).exclude(pk=self.proposal.person_id)
        return super().get_form_kwargs() | {"people": people}

    def form_valid(self, form: SetAsideForm) -> HttpResponse:
        instead = form.cleaned_data["instead"]
        mandate = matching.set_aside(
            proposal_id=self.proposal.pk, reason=form.cleaned_data["reason"], actor=self.request.user,
            instead_id=instead.pk if instead else None,
        )  # fmt: skip
        return HttpResponseRedirect((mandate or self.proposal).get_absolute_url())
