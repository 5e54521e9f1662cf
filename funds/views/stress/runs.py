"""Simulations: ask for one, watch it, read its frozen result."""

from collections.abc import Sequence
from fractions import Fraction
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions import stress
from funds.actions.stress import NOT_STRESSED
from funds.forms import RunForm
from funds.models import StressRun
from funds.models.visibility import sees_funds
from funds.queries.outcomes import outcome_tables, rows_of
from funds.queries.simulated import Choices
from funds.queries.stressed import NotStressed
from funds.queries.sums import Moment
from funds.reports import stress_runs, words
from funds.reports.stress import stress_link
from funds.views.stress.pages import job_status
from funds.views.stress.scope import STRESS, StressScope, asks_runs
from innovation.core.components import Fact
from innovation.core.display import unit_of
from innovation.core.figures import number_text, percent_text
from innovation.core.views import Crumb, FormPage, PageView
from innovation.reports.content import ReportData, Section
from innovation.reports.rendering.view import shown


class AskRun(StressScope, FormPage):
    """Ask for a simulation of a fund or group."""

    template_name = "funds/stress/ask.html"
    allowed = staticmethod(asks_runs)
    form_class = RunForm
    submit_label = _("Draw the scenarios")

    def get_title(self) -> str:
        return gettext("Simulate: %(name)s") % {"name": words.name_of(self.target)}

    def breadcrumbs(self) -> Sequence[Crumb]:
        return self.trail((_("Simulate"), None))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"tables": outcome_tables()}

    def form_valid(self, form: RunForm) -> HttpResponseBase:
        data = form.cleaned_data
        run = stress.ask_run(
            target=self.target, moment=self.moment, choices=form.choices, draws=data["draws"], seed=data["seed"],
            document_id=self.asked.cleaned_data.get("document"), actor=self.request.user,
        )  # fmt: skip
        return HttpResponseRedirect(run.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        reason = NOT_STRESSED[self.on] if isinstance(self.on, NotStressed) else ""
        return super().get_context_data(cancel_url=self.url("stress"), reason=reason, **kwargs)


class OneRun:
    """Mixin of the pages of one run."""

    request: Any
    kwargs: dict[str, Any]
    allowed = staticmethod(sees_funds)

    @cached_property
    def run(self) -> StressRun:
        rows = StressRun.objects.visible_to(self.request.user)
        found = rows.select_related("fund", "group", "document", "rule", "created_by").filter(pk=self.kwargs["pk"])
        run = found.first()
        if run is None:
            raise Http404
        return run


class RunPage(OneRun, PageView):
    """One run: its progress while it is drawn, then its result with seed, rows and interval."""

    template_name = "funds/stress/run.html"

    def get_title(self) -> str:
        return gettext("Run %(number)s: %(name)s") % {
            "number": self.run.pk,
            "name": (self.run.group or self.run.fund).name,
        }

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(STRESS, reverse("funds:stress")), (self.get_title(), None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        run = self.run
        target = stress.target_of(run.fund, run.group)
        return super().get_context_data(
            run=run,
            status=job_status(run),
            poll=reverse("funds:stress_progress", args=[run.pk]) if run.is_open else "",
            facts=self.facts(),
            section=self.section() if run.breaches is not None else None,
            stress_url=stress_link(target, Moment(run.as_of, run.known_at)),
            **kwargs,
        )

    def section(self) -> Any:
        run = self.run
        drawn = stress_runs.histogram_chart(run)
        part = Section(
            "",
            figures=stress_runs.run_figures(run),
            charts=(drawn,) if drawn else (),
            tables=(stress_runs.run_grid(run), stress_runs.parameters_table(rows_of(run.parameter_rows))),
        )
        return shown(ReportData("", (part,)), unit_of(self.request), links=True).sections[0]

    def facts(self) -> list[Fact]:
        run, choices = self.run, Choices.from_data(self.run.parameters)
        years = gettext("to the end of each fund") if choices.years is None else number_text(choices.years, 2)
        return [
            Fact(_("Kind"), run.get_kind_display()),
            Fact(_("Policy document"), str(run.document)),
            Fact(_("Cap"), percent_text(run.cap)),
            Fact(_("As of"), run.as_of.isoformat()),
            Fact(_("Known at"), timezone.localtime(run.known_at).strftime("%Y-%m-%d %H:%M:%S")),
            Fact(_("Outcome data"), choices.table),
            Fact(_("Correlation"), number_text(Fraction(choices.rho), 2)),
            Fact(_("Years to look ahead"), years),
            Fact(_("Scenarios"), number_text(run.draws)),
            Fact(_("Random seed"), str(run.seed)),
            Fact(_("Engine"), run.engine_version or None, unknown=gettext("Not finished")),
            Fact(_("Hash of the inputs"), run.inputs_hash or None, unknown=gettext("Not finished")),
            Fact(_("Hash of the result"), run.result.get("digest"), unknown=gettext("Not finished")),
            Fact(_("Asked for by"), str(run.created_by or "") or None),
        ]


class RunProgress(OneRun, PageView):
    """How far a run is, for the page that waits for it; reloads that page when it is done."""

    template_name = "components/progress.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        run = self.run
        poll = reverse("funds:stress_progress", args=[run.pk]) if run.is_open else ""
        facts = {"percent": run.progress, "poll": poll, "label": run.get_kind_display(), "note": run.note}
        response = render(request, self.template_name, facts)
        if not run.is_open:
            response["HX-Refresh"] = "true"
        return response
