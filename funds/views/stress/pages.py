"""Reverse stress of a fund or group with its simulations and scenarios, and the list of all runs."""

from collections.abc import Sequence
from typing import Any

from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions.stress import NOT_STRESSED
from funds.choices.figures import StressKind
from funds.models import Scenario, StressRun
from funds.models.visibility import sees_funds
from funds.queries.outcomes import outcome_tables
from funds.queries.simulated import Choices, Failures, draft, grid, sensitivity
from funds.queries.stressed import NotStressed, Stressed
from funds.queries.whatif import Supposed, WhatIf
from funds.reports import stress as reports
from funds.reports import stress_runs, words
from funds.reports.whatif import scenarios_table
from funds.views.scopes import scope_choices
from funds.views.stress.scope import STRESS, StressScope, asks_runs, saves_scenarios
from innovation.core.components import Status, Tone
from innovation.core.display import unit_of
from innovation.core.errors import RuleViolation
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.jobs import JobState
from innovation.core.tables import TableColumn
from innovation.core.views import Crumb, PageView, TableView
from innovation.reports.content import Section

MOST_RUNS, MOST_SCENARIOS = 20, 20
JOB_TONES = {
    JobState.QUEUED: Tone.INFO, JobState.RUNNING: Tone.INFO, JobState.DONE: Tone.OK, JobState.FAILED: Tone.BAD,
}  # fmt: skip


def job_status(run: StressRun) -> Status:
    """How far a run has come, in words."""
    return Status(JobState(run.state).label, JOB_TONES[JobState(run.state)])


def of_target(page: StressScope) -> Q:
    """Rows about the page's fund or group."""
    target = page.target
    return Q(group=target.group) if target.group is not None else Q(fund=target.fund)


class StressPage(StressScope, PageView):
    """How far one fund or group is from its cap, and how likely it gets there."""

    template_name = "funds/stress/stress.html"

    def get_title(self) -> str:
        return gettext("Stress: %(name)s") % {"name": words.name_of(self.target)}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return self.trail()

    @cached_property
    def runs(self) -> list[StressRun]:
        """Finished runs up to the page's times, the latest first."""
        rows = StressRun.objects.visible_to(self.request.user).filter(of_target(self), state=JobState.DONE)
        rows = rows.filter(as_of__lte=self.as_of, finished_at__lte=self.known_at).order_by("-as_of", "-finished_at")
        return list(rows[:MOST_RUNS])

    @cached_property
    def scenarios(self) -> list[tuple[Scenario, WhatIf | str]]:
        """Saved scenarios, each answered for the page's own day."""
        rows = Scenario.objects.visible_to(self.request.user).filter(of_target(self), archived_at=None)
        return [(scenario, self._answered(scenario)) for scenario in rows[:MOST_SCENARIOS]]

    def _answered(self, scenario: Scenario) -> WhatIf | str:
        try:
            return self.loaded.suppose(Supposed.from_data(scenario.changes))
        except RuleViolation as violation:
            return str(violation)

    def sections(self) -> dict[str, Any]:
        on, unit = self.on, unit_of(self.request).value
        latest = {kind: next((run for run in self.runs if run.kind == kind), None) for kind in StressKind}
        parts = {
            "probability": Section(
                "",
                figures=tuple(stress_runs.probability_figure(kind, run) for kind, run in latest.items()),
                tables=(stress_runs.runs_table(self.runs),),
            ),
            "scenarios": Section("", tables=(scenarios_table(self.scenarios),)),
        }
        if isinstance(on, Stressed):
            parts["reverse"] = reports.reverse_section(on, self.names, unit)
        return dict(zip(parts, self.draw(*parts.values()), strict=True))

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        on, user = self.on, self.request.user
        context = self.scope_context() | {
            "sections": self.sections(),
            "reason": NOT_STRESSED[on] if isinstance(on, NotStressed) else "",
            "outcome": reports.sentence(on.reverse()) if isinstance(on, Stressed) else "",
            "answer_status": Status(words.status_of(self.answer).label, Tone(words.status_of(self.answer).tone)),
            "whatif_url": self.url("whatif"),
            "run_url": self.fixed_url("stress_ask") if asks_runs(user) else "",
            "sensitivity_url": self.url("sensitivity") if isinstance(on, Stressed) else "",
            "tolerance_url": self.url("tolerance"),
            "may_save": saves_scenarios(user),
        }
        return super().get_context_data(**context | kwargs)


class SensitivityPage(StressScope, PageView):
    """P(breach) by the end of the fund at other correlations and rates, by convolution: no run, nothing stored."""

    template_name = "funds/stress/sensitivity.html"

    def get_title(self) -> str:
        return gettext("Sensitivity")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return self.trail((self.get_title(), None))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        facts = self.facts()
        if request.htmx:
            return render(request, "funds/stress/_sensitivity.html", facts)
        return self.render_to_response(self.get_context_data(**self.scope_context(), **facts))

    def facts(self) -> dict[str, Any]:
        """The table of every outcome table that has failure rates, or why there is none."""
        if isinstance(self.on, NotStressed):
            return {"reason": NOT_STRESSED[self.on]}
        found, reason = [], ""
        for name, rows in sorted(outcome_tables().items()):
            if not rows.serves(StressKind.BY_FUND_END):
                continue
            choices = Choices(StressKind.BY_FUND_END, name, sensitivity()[0][0])
            try:
                drawn = draft(self.on, self.loaded.books, self.moment, rows, choices)
            except RuleViolation as violation:
                reason = str(violation)
                continue
            if isinstance(drawn, Failures):
                found.append((rows, drawn))
        parts = [Section("", tables=(self._grid(rows.table, drawn), stress_runs.parameters_table(rows)))
                 for rows, drawn in found]  # fmt: skip
        return {"sections": self.draw(*parts), "reason": reason}

    @staticmethod
    def _grid(table: str, drawn: Failures) -> Any:
        rows = [
            [stress_runs.as_share(share) for share in row]
            for row in grid(lambda rho, factor: drawn.closed_form(rho=rho, factor=factor))
        ]
        title = gettext("Probability of breach by the end of the fund, data of %(table)s") % {"table": table}
        note = gettext(
            "Computed without drawing: each live position fails wholly by its yearly rate; ρ is the correlation. "
            "Positions are rounded to a four-hundredth of the room that is left."
        )
        return stress_runs.grid_table(title, rows, sensitivity()[1], note)


class RunList(TableView):
    """All simulations, the latest first; without a scope the stress page is this list."""

    title = STRESS
    lead = _("How far funds are from their caps, and how likely they get there. Choose a fund or look at a run.")
    allowed = staticmethod(sees_funds)
    template_name = "funds/stress/runs.html"
    default_sort = "-number"
    empty_title = _("No simulation was asked for yet")
    empty_text = _("Choose a fund or group above and ask for one.")
    columns = (
        TableColumn(_("Run no."), "pk", Kind.INTEGER, key="number", order_by=("pk",)),
        TableColumn(
            _("Fund or group"), lambda run: (run.group or run.fund).name, key="name", heading=True,
            link=lambda run: run.get_absolute_url(),
        ),
        TableColumn(_("Kind"), lambda run: run.get_kind_display(), key="kind", order_by=("kind",)),
        TableColumn(_("As of"), "as_of", Kind.DATE, key="as_of", order_by=("as_of",)),
        TableColumn(
            _("Probability of breach"), "probability", Kind.PERCENT, key="probability",
            unknown=_("Not finished"),
        ),
        TableColumn(_("Scenarios"), "draws", Kind.INTEGER, key="draws", order_by=("draws",)),
        TableColumn(
            _("State"), lambda run: run.get_state_display(), key="state", order_by=("state",),
            cell=lambda run: status_html(job_status(run)),
        ),
        TableColumn(_("Asked for by"), lambda run: str(run.created_by or ""), key="by"),
        TableColumn(_("Asked for"), "created_at", Kind.DATETIME, key="created", order_by=("created_at",)),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[StressRun]:
        rows = StressRun.objects.visible_to(self.request.user).select_related("fund", "group", "created_by")
        return rows.defer("result", "parameter_rows", "parameters", "theta")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(STRESS, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scopes = scope_choices(self.request.user, None)
        return super().get_context_data(scopes=scopes, scenarios_url=reverse("funds:scenarios"), **kwargs)


def stress(request: HttpRequest) -> HttpResponseBase:
    """One scope when the address names one, else the list of runs."""
    page = StressPage if request.GET.get("scope") else RunList
    return page.as_view()(request)
