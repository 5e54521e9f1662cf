"""The planning board: what hiring, training, sharing and keeping staff would do about a gap; saved plans."""

import json
from collections.abc import Sequence
from fractions import Fraction
from http import HTTPStatus
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import Role
from innovation.core.components import Fact
from innovation.core.display import unit_of
from innovation.core.errors import RuleViolation
from innovation.core.exports import Kind
from innovation.core.tables import TableColumn
from innovation.core.views import ConfirmForm, ConfirmPage, Crumb, FormPage, PageView, TableView
from innovation.reports.content import ReportData
from innovation.reports.rendering.view import shown
from talent.actions.plans import archive_plan, save_plan
from talent.forms.ratio import PlanForm, SavePlanForm
from talent.models import StaffPlan
from talent.models.visibility import sees_talent_figures
from talent.queries.plans import PlanAnswer, PlanInputs, Start
from talent.queries.ratio import Scope
from talent.reports import plans as reports
from talent.reports.support_ratio import CODE, answer_of, scope_words
from talent.views.ratio import TITLE, RatioScope

PLAN, PLANS = _("Plan staff"), _("Staff plans")
SAVERS = (Role.TALENT_OFFICER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR)
CLOSED_IN = 6
"""Quarters in which the intake that is suggested at first would train for today's gap."""


def saves_plans(user: Any) -> bool:
    """Whether ``user`` may keep staff plans; the action asks for the permission itself."""
    return bool(sees_talent_figures(user) and user.has_role(*SAVERS))


class PlanPage(RatioScope, PageView):
    """The planning board. The address holds the whole plan, to keep and send; nothing is written."""

    title = PLAN
    lead = _("Pull the four levers and see what becomes of the gap, quarter by quarter. Nothing is written.")
    template_name = "talent/ratio/plan.html"

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, self.url("ratio")), (PLAN, None)]

    @cached_property
    def start(self) -> Start | None:
        return None if self.board is None else Start.of(self.board)

    @cached_property
    def form(self) -> PlanForm:
        given = self.request.GET if "quarters" in self.request.GET else None
        return PlanForm(given, initial=self.suggested())

    def suggested(self) -> PlanInputs:
        """Usual rates, and training that would close the gap of today in a few quarters."""
        inputs = PlanInputs()
        if self.start is None:
            return inputs
        a_quarter = Fraction(self.start.sum_gap_posts, CLOSED_IN) / (inputs.pass_rate * inputs.placement_rate)
        return PlanInputs(trainees=Fraction(ceil(a_quarter)))

    @cached_property
    def inputs(self) -> PlanInputs | None:
        if not self.form.is_bound:
            return self.suggested()
        found: PlanInputs | None = self.form.cleaned_data.get("inputs") if self.form.is_valid() else None
        return found

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        context = self.get_context_data()
        status = HTTPStatus.UNPROCESSABLE_ENTITY if self.form.errors else HTTPStatus.OK
        return self.render_to_response(context, status=status)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = {
            "asked": self.asked, "form": self.form, "board": self.board, "month": self.month, "start": self.start,
            "hidden": list(self.scope_query().items()), "fresh_url": self.url("ratio_plan"),
        }  # fmt: skip
        if self.board is not None:
            context["scope_name"] = scope_words(self.board.scope)
        if self.start is not None and self.inputs is not None and self.month is not None:
            context |= self.answered(PlanAnswer(self.start, self.inputs, self.month.as_of))
        return super().get_context_data(**context | kwargs)

    def answered(self, answer: PlanAnswer) -> dict[str, Any]:
        """The answer, and the form that keeps the plan."""
        save = None
        if saves_plans(self.request.user):
            save = SavePlanForm(initial={"inputs": json.dumps(answer.inputs.as_data())}, auto_id="save-%s")
        return {
            "sentence": reports.sentence(answer),
            "sections": self.draw(*reports.plan_sections(answer)),
            "save": save,
            "save_url": self.url("staff_plan_save"),
        }


class SavePlan(RatioScope, FormPage):
    """Keep a plan under a name."""

    title = _("Save this plan")
    allowed = staticmethod(saves_plans)
    form_class = SavePlanForm
    submit_label = _("Save the plan")

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        return HttpResponseRedirect(self.url("ratio_plan"))

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, self.url("ratio")), (PLAN, self.url("ratio_plan")), (self.title, None)]

    def form_valid(self, form: SavePlanForm) -> HttpResponseBase:
        if self.month is None or self.definition is None:
            raise RuleViolation("PLAN_NO_START", _("No laboratory here has figures to begin with."))
        data = form.cleaned_data
        saved = save_plan(
            name=data["name"], note=data["note"], month=self.month, definition=self.definition, scope=self.scope,
            inputs=data["inputs"], actor=self.request.user,
        )  # fmt: skip
        return HttpResponseRedirect(saved.get_absolute_url())

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.url("ratio_plan"), **kwargs)


def whose(plan: StaffPlan) -> str:
    """Whose gap a plan is about."""
    return scope_words(Scope(plan.organisation, plan.programme))


class PlanList(TableView):
    """Plans that were kept."""

    title = PLANS
    lead = _("Plans that were kept under a name, each with the figures it began with.")
    allowed = staticmethod(sees_talent_figures)
    default_sort = "-saved"
    empty_title = _("No plan is saved yet")
    empty_text = _("Open the planning board, pull the levers, and save what you find under a name.")
    columns = (
        TableColumn(_("Plan"), "name", key="name", order_by=("name",), heading=True,
                    link=lambda row: row.get_absolute_url()),
        TableColumn(_("Whose laboratories"), whose, key="of"),
        TableColumn(_("From month end"), "month.as_of", Kind.DATE, key="as_of", order_by=("month__as_of",)),
        TableColumn(_("Definition"), lambda row: row.definition.number, key="definition"),
        TableColumn(_("Saved by"), lambda row: str(row.created_by or ""), key="by"),
        TableColumn(_("Saved"), "created_at", Kind.DATETIME, key="saved", order_by=("created_at",)),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[StaffPlan]:
        rows = StaffPlan.objects.visible_to(self.request.user).filter(archived_at=None)
        return rows.select_related("month", "definition", "organisation", "programme", "created_by")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:ratio")), (PLANS, None)]


class OnePlan:
    """Mixin of the pages of one plan."""

    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def plan(self) -> StaffPlan:
        rows = StaffPlan.objects.visible_to(self.request.user).select_related(
            "month", "definition", "organisation", "programme", "created_by"
        )
        found = rows.filter(pk=self.kwargs["pk"]).first()
        if found is None:
            raise Http404
        return found


class SavedPlan(OnePlan, PageView):
    """One plan, reckoned anew from what was kept with it."""

    template_name = "talent/ratio/saved_plan.html"
    allowed = staticmethod(sees_talent_figures)

    def get_title(self) -> str:
        return self.plan.name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(TITLE, reverse("talent:ratio")), (PLANS, reverse("talent:staff_plans")), (self.plan.name, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        answer = answer_of(self.plan)
        sections = shown(ReportData("", reports.plan_sections(answer)), unit_of(self.request), links=True).sections
        return super().get_context_data(
            plan=self.plan, sections=sections, sentence=reports.sentence(answer), facts=self.facts(answer),
            may_archive=saves_plans(self.request.user) and self.plan.archived_at is None,
            report_url=f"{reverse('reports:ask', args=[CODE])}?{urlencode({'plan': self.plan.pk})}", **kwargs,
        )  # fmt: skip

    def facts(self, answer: PlanAnswer) -> list[Fact]:
        """Whose plan, from when, by which definition."""
        plan = self.plan
        return [
            Fact(_("Whose laboratories"), whose(plan)),
            Fact(_("From month end"), plan.month.as_of.isoformat()),
            Fact(_("Definition"), str(plan.definition)),
            Fact(_("Laboratories, of them not known"), f"{answer.start.laboratories} / {answer.start.unknown}"),
            Fact(_("Saved by"), str(plan.created_by or "")),
            Fact(_("Note"), plan.note or None, unknown=_("None")),
        ]


class ArchivePlan(OnePlan, ConfirmPage):
    """Take a plan off the list."""

    title = _("Archive this plan")
    allowed = staticmethod(saves_plans)
    submit_label = _("Archive the plan")
    warning = _("It leaves the list and stays readable at its address.")
    done_message = _("The plan is archived.")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(PLANS, reverse("talent:staff_plans")), (self.plan.name, self.plan.get_absolute_url()),
                (self.title, None)]  # fmt: skip

    def facts(self) -> Sequence[Fact]:
        return [Fact(_("Plan"), self.plan.name), Fact(_("Whose laboratories"), whose(self.plan))]

    def act(self, form: ConfirmForm) -> None:
        archive_plan(plan_id=self.plan.pk, actor=self.request.user)

    def get_success_url(self) -> str:
        return reverse("talent:staff_plans")

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(cancel_url=self.plan.get_absolute_url(), **kwargs)
