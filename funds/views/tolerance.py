"""Portfolio and loss tolerance: what a manager reads, as of any day and as known at any moment."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext

from funds.choices.records import Stage
from funds.forms import ScopeForm
from funds.models import Fund, FundGroup, Investment
from funds.queries.portfolio import portfolio_of
from funds.queries.tolerance import Target, evaluated, members
from funds.reports import words
from funds.reports.history import history_chart
from funds.reports.results import at_moment, scope_code
from funds.reports.sections import Result, result_of
from funds.reports.stress import stress_link
from funds.reports.tolerance import TITLE
from funds.views.holdings import holdings_table
from funds.views.moments import MomentPage
from funds.views.scopes import project_choices, scope_choices, stage_choices
from innovation.core.display import unit_of
from innovation.core.tables import Table
from innovation.core.views import Crumb
from innovation.reports.content import ReportData, Section
from innovation.reports.rendering.view import ShownSection, shown


class TolerancePage(MomentPage):
    """One fund, stage, project or group."""

    template_name = "funds/tolerance.html"
    form_class = ScopeForm

    @cached_property
    def target(self) -> Target:
        kind, key = self.form.scope_parts() or ("", 0)
        user = self.request.user
        if kind == "group":
            group = _found(FundGroup.objects.visible_to(user), key)
            return Target.of_group(group, self._stage(Investment.objects.filter(fund__groups=group)))
        if kind == "project":
            rows = Investment.objects.visible_to(user).select_related("fund", "company")
            return Target.of_project(_found(rows, key))
        fund = _found(Fund.objects.visible_to(user), key)
        if project := self._project(fund):
            return Target.of_project(project)
        stage = self._stage(fund.investments.all())
        return Target.of_stage(fund, stage) if stage else Target.of_fund(fund)

    def _project(self, fund: Fund) -> Investment | None:
        """The chosen project; one of another fund is left from an earlier choice, so the whole fund is meant."""
        key = self.form.cleaned_data.get("project")
        rows = Investment.objects.visible_to(self.request.user).select_related("fund", "company")
        return rows.filter(pk=key, fund=fund).first() if key else None

    def _stage(self, rows: QuerySet[Investment]) -> str:
        """The asked stage; empty, with an error on the page, where none of ``rows`` can have it."""
        stage = self.form.cleaned_data.get("stage") or ""
        if not stage or stage in Stage.values or rows.filter(stage=stage).exists():
            return stage
        problem = gettext("There is no stage “%(stage)s”. The whole fund is shown; choose one of its stages.")
        self.form.add_error("stage", problem % {"stage": stage})
        return ""

    @cached_property
    def result(self) -> Result:
        view = evaluated(self.target, self.moment)[0]
        return result_of(portfolio_of(view), document_id=self.form.cleaned_data.get("document"))

    @cached_property
    def table(self) -> Table:
        result = self.result  # what the address asks wrongly is known once the target is found
        return holdings_table(self.request, result, refusal=self.refusal)

    def get_title(self) -> str:
        return words.name_of(self.target)

    def breadcrumbs(self) -> Sequence[Crumb]:
        every = reverse("funds:tolerance")
        trail: list[Crumb] = [(TITLE, self.at_same_times(every))]
        if self.target.fund is not None and (self.target.stage or self.target.investment is not None):
            fund = self.target.fund
            trail.append((fund.name, self.at_same_times(f"{every}?scope=fund-{fund.pk}")))
        elif self.target.group is not None and self.target.stage:
            group = self.target.group
            trail.append((group.name, self.at_same_times(f"{every}?scope=group-{group.pk}")))
        return [*trail, (self.get_title(), None)]

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return self.respond([self.table])

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        result = self.result
        return super().get_context_data(
            result=result,
            sections=self.sections(),
            table=self.table,
            permalink=f"{self.request.path}?{self.fixed_query()}",
            report_url=self.report_url(
                group=self.target.group and self.target.group.pk,
                fund=self.target.fund and self.target.fund.pk,
                stage=self.target.stage,
                unit=unit_of(self.request).value,
            ),
            ledger_url=self.ledger_url(),
            stress_url=self.stress_url(),
            timeline_url=f"{reverse('funds:timeline')}?{self.fixed_query()}" if self.result.has_history else "",
            scopes=scope_choices(self.request.user, self.target),
            stages=stage_choices(result.view, self.target),
            projects=project_choices(self.request.user, self.target),
            **kwargs,
        )

    def stress_url(self) -> str:
        """The stress page of a fund or group that tests a cap; empty for parts of a fund."""
        target = self.target
        if target.stage or target.investment is not None or self.result.answer.tolerance.effective_cap is None:
            return ""
        return stress_link(target, self.moment)

    def ledger_url(self) -> str:
        """The books of a grant fund, which has no holdings to list; empty for every other scope."""
        fund = self.target.fund
        if fund is None or self.result.has_rate or self.result.rows:
            return ""
        return at_moment(reverse("funds:ledger", args=[fund.pk]), self.moment)

    def sections(self) -> dict[str, ShownSection]:
        """The parts of the report by name, drawn in the reader's unit of money."""
        names = ("headline", "by_stage", "readings", "bridge", "to_the_cap", "rules")
        made = {name: part for name in names if (part := getattr(self.result, name)()) is not None}
        data = ReportData(self.result.sentence, tuple(made.values()))
        report = shown(data, unit_of(self.request), links=True)
        return dict(zip(made, report.sections, strict=True))

    def fixed_query(self) -> str:
        """The address of exactly these figures, for ever: both times written out."""
        query = self.request.GET.copy()
        chosen = {"project"} if self.target.investment is None else {"project", "stage"}
        for name in (self.form.errors.keys() | chosen) & query.keys():
            del query[name]
        query["scope"] = scope_code(self.target)
        query["as_of"] = self.as_of.isoformat()
        query["known_at"] = timezone.localtime(self.known_at).isoformat()
        query["unit"] = unit_of(self.request).value
        return query.urlencode()


class TimelinePage(TolerancePage):
    """The time line of the scope alone: the tolerance page loads it after its figures, without scripts it is a page."""

    template_name = "funds/timeline.html"

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        part = self.over_time()
        facts = {"section": part, "title": self.get_title()}
        if request.htmx:
            return render(request, "funds/_timeline.html", facts)
        return self.render_to_response(super(TolerancePage, self).get_context_data(**facts))

    def over_time(self) -> ShownSection | None:
        target = self.target
        funds = members(target.group, self.as_of) if target.group is not None else (target.fund,)
        chart = history_chart(target, funds, self.moment)
        if chart is None:
            return None
        data = ReportData("", (Section(gettext("Over time"), charts=(chart,)),))
        return shown(data, unit_of(self.request), links=True).sections[0]


def _found(rows: Any, key: int) -> Any:
    row = rows.filter(pk=key).first()
    if row is None:
        raise Http404
    return row
