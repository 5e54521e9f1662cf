"""Saved scenarios: the list, one recomputed for its own day or for today, and taking one off the list."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from funds.actions import stress
from funds.models import Scenario
from funds.models.visibility import sees_funds
from funds.queries.portfolio import portfolio_of
from funds.queries.sums import Moment
from funds.queries.whatif import Supposed, WhatIf, load
from funds.reports import whatif as reports
from funds.reports import words
from funds.reports.stress import stress_link
from funds.views.stress.scope import STRESS, saves_scenarios
from innovation.core.components import Fact
from innovation.core.display import unit_of
from innovation.core.errors import RuleViolation
from innovation.core.exports import Kind
from innovation.core.tables import TableColumn
from innovation.core.views import ConfirmPage, Crumb, PageView, TableView
from innovation.reports.content import ReportData, Section
from innovation.reports.rendering.view import shown


class ScenarioList(TableView):
    """What was supposed and kept."""

    title = _("What-if scenarios")
    lead = _("Suppositions about a portfolio that were kept under a name. None of them is in the books.")
    allowed = staticmethod(sees_funds)
    default_sort = "-saved"
    empty_title = _("No scenario is saved yet")
    empty_text = _("Open the stress page of a fund, suppose something, and save it under a name.")
    columns = (
        TableColumn(
            _("Scenario"), "name", key="name", order_by=("name",), heading=True,
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(_("Fund or group"), lambda row: (row.group or row.fund).name, key="of"),
        TableColumn(_("As of"), "as_of", Kind.DATE, key="as_of", order_by=("as_of",)),
        TableColumn(_("Saved by"), lambda row: str(row.created_by or ""), key="by"),
        TableColumn(_("Saved"), "created_at", Kind.DATETIME, key="saved", order_by=("created_at",)),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[Scenario]:
        rows = Scenario.objects.visible_to(self.request.user).filter(archived_at=None)
        return rows.select_related("fund", "group", "created_by")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(STRESS, reverse("funds:stress")), (self.title, None)]


class OneScenario:
    """Mixin of the pages of one scenario."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def scenario(self) -> Scenario:
        rows = Scenario.objects.visible_to(self.request.user).select_related("fund", "group", "created_by")
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found


class ScenarioPage(OneScenario, PageView):
    """One scenario, computed anew for its own day and knowledge, or with ``?today=1`` for today."""

    template_name = "funds/stress/scenario.html"
    allowed = staticmethod(sees_funds)

    def get_title(self) -> str:
        return self.scenario.name

    def breadcrumbs(self) -> Sequence[Crumb]:
        listed = (ScenarioList.title, reverse("funds:scenarios"))
        return [(STRESS, reverse("funds:stress")), listed, (self.scenario.name, None)]

    @cached_property
    def moment(self) -> Moment:
        if self.request.GET.get("today"):
            now = timezone.now()
            return Moment(timezone.localdate(now), now)
        return Moment(self.scenario.as_of, self.scenario.known_at)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        scenario = self.scenario
        target = stress.target_of(scenario.fund, scenario.group)
        loaded = load(target, self.moment)
        found, problem = None, ""
        supposed = Supposed.from_data(scenario.changes)
        try:
            found = loaded.suppose(supposed)
        except RuleViolation as violation:
            problem = str(violation)
        return super().get_context_data(
            scenario=scenario,
            facts=self.facts(words.name_of(target)),
            problem=problem,
            supposed=reports.supposed_lines(supposed, portfolio_of(loaded.view).names, loaded.view.funds),
            outcome=reports.outcome(found) if found else "",
            section=self.section(found) if found else None,
            today=bool(self.request.GET.get("today")),
            stress_url=stress_link(target, self.moment),
            may_archive=saves_scenarios(self.request.user) and scenario.archived_at is None,
            **kwargs,
        )

    def section(self, found: WhatIf) -> Any:
        part = Section("", figures=reports.answer_figures(found), tables=reports.comparison_tables(found))
        return shown(ReportData("", (part,)), unit_of(self.request), links=True).sections[0]

    def facts(self, name: str) -> list[Fact]:
        scenario, moment = self.scenario, self.moment
        return [
            Fact(_("Fund or group"), name),
            Fact(_("As of"), moment.as_of.isoformat()),
            Fact(_("Known at"), timezone.localtime(moment.known_at).strftime("%Y-%m-%d %H:%M")),
            Fact(_("Saved by"), str(scenario.created_by or "") or None),
            Fact(_("Saved"), timezone.localtime(scenario.created_at).strftime("%Y-%m-%d %H:%M")),
            Fact(_("Note"), scenario.note or None, unknown=gettext("No note")),
        ]


class ArchiveScenario(OneScenario, ConfirmPage):
    """Take a scenario off the lists; it stays readable at its address."""

    title = _("Archive this scenario")
    allowed = staticmethod(saves_scenarios)
    submit_label = _("Archive the scenario")
    warning = _("It leaves the lists and frees its name. Its page stays.")
    done_message = _("The scenario is archived.")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(STRESS, reverse("funds:stress")), (self.scenario.name, self.scenario.get_absolute_url())]

    def facts(self) -> list[Fact]:
        return [Fact(_("Scenario"), self.scenario.name)]

    def act(self, form: Any) -> None:
        stress.archive_scenario(scenario_id=self.scenario.pk, actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("funds:scenarios")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.scenario.get_absolute_url(), **kwargs)
