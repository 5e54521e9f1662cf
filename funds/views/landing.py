"""Landing agreements: company → landed project beside the loss; duties, progress, claw-back."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.html import format_html
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from funds.actions import landing as actions
from funds.forms.landing import ActualForm, DutyForm, PaidForm, ProjectForm
from funds.forms.reinvestment import PlainForm, ReasonForm
from funds.models import ClawBack, DutyActual, LandedDuty, LandedProject
from funds.models.visibility import sees_funds
from funds.queries.landing import DutyLine, ProjectLine, project_lines
from funds.reports.amounts import fen
from funds.rules.landing import DutyStatus
from funds.views.moments import MomentPage
from funds.views.records import ActPage, status_of
from innovation.core.components import Fact, Status, Tone
from innovation.core.display import unit_of
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.money import Unit, format_fen
from innovation.core.tables import Table, TableColumn
from innovation.core.views import Crumb, FormPage

LIST = _("Landed projects")
STATUS = {
    DutyStatus.MET: Status(pgettext_lazy("landing", "Met"), Tone.OK),
    DutyStatus.RUNNING: Status(_("Running"), Tone.INFO),
    DutyStatus.PARTLY: Status(_("Missed in part"), Tone.NOTICE),
    DutyStatus.MISSED: Status(_("Missed"), Tone.BAD),
}

DUTY = pgettext_lazy("landing", "Duty")


def keeps_projects(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm(actions.KEEPS))


def decides_claw_backs(user: Any) -> bool:
    return bool(user.is_authenticated and user.has_perm(actions.DECIDES))


def amount_text(duty: LandedDuty, number: int | None, unit: Unit) -> str | None:
    """An amount of a duty for reading: money with its unit, heads for jobs."""
    if number is None:
        return None
    return format_fen(number, unit, with_unit=True) if duty.is_money else f"{number:,}"


class LandedList(MomentPage):
    """Every landed project beside the loss of its holding, as of a day."""

    title = LIST
    lead = _("What companies promised to bring here for an investment, what they reached, and what the fund lost.")
    template_name = "funds/landed_list.html"

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]

    @cached_property
    def table(self) -> Table:
        columns = (
            TableColumn(
                _("Project"), lambda line: line.project.name, key="project", heading=True,
                link=lambda line: line.project.get_absolute_url(),
            ),
            TableColumn(
                _("Company"), lambda line: line.project.investment.company.name, key="company",
                link=lambda line: reverse("funds:holding", args=[line.project.investment_id]),
            ),
            TableColumn(_("Fund"), lambda line: line.project.investment.fund.code, key="fund"),
            TableColumn(_("Duties met"), "met", Kind.INTEGER, key="met"),
            TableColumn(_("Duties missed"), "missed", Kind.INTEGER, key="missed"),
            TableColumn(_("Duties"), lambda line: len(line.duties), Kind.INTEGER, key="duties"),
            TableColumn(_("Owed back"), "owed", Kind.MONEY, key="owed"),
            TableColumn(
                _("Loss of the holding"), lambda line: None if line.loss is None else fen(line.loss), Kind.MONEY,
                key="loss", unknown=_("No entry in the books by this day"),
            ),
        )  # fmt: skip
        rows = project_lines(self.request.user, self.moment)
        return Table(
            self.request, columns, rows, gettext("Landed projects beside the loss"), name="landed", as_of=self.as_of,
            known_at=self.known_at, empty_title=_("No landing agreement is recorded"),
            empty_text=_("Officers record agreements with their duties."),
        )  # fmt: skip

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if self.table.export_format and not self.form.errors:
            return self.table.export()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        return super().get_context_data(table=self.table, may_write=keeps_projects(self.request.user), **kwargs)


class LandedPage(MomentPage):
    """One project: its duties with status on the day, what was told, claw-back, and the holding's loss."""

    template_name = "funds/landed.html"

    @cached_property
    def line(self) -> ProjectLine:
        rows = project_lines(self.request.user, self.moment, pk=self.kwargs["pk"])
        if not rows:
            raise Http404
        return rows[0]

    def get_title(self) -> str:
        return self.line.project.name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(LIST, reverse("funds:landed_list")), (self.line.project.name, None)]

    def facts(self) -> list[Fact]:
        project, unit, figures = self.line.project, unit_of(self.request), self.line.figures
        holding = project.investment
        facts = [
            Fact(_("Company"), holding.company.name, holding.company.get_absolute_url()),
            Fact(_("Holding"), f"{holding.fund.name} · {holding.code}", reverse("funds:holding", args=[holding.pk])),
            Fact(_("Place"), project.place),
            Fact(_("Agreement"), f"{project.agreement} · {project.signed_on}"),
        ]
        if figures is not None:
            facts += [
                Fact(_("Invested cost"), format_fen(fen(figures.cost), unit, with_unit=True)),
                Fact(_("Fair value"), format_fen(fen(figures.fair_value), unit, with_unit=True)),
                Fact(_("Loss of the holding"), format_fen(fen(self.line.loss), unit, with_unit=True)),
            ]
        return facts

    def duties(self) -> Table:
        unit, may = unit_of(self.request), keeps_projects(self.request.user)

        def acts(line: DutyLine) -> Any:
            progress = reverse("funds:landed_act", args=[line.duty.project_id, "actual"])
            claim = reverse("funds:landed_act", args=[line.duty.project_id, "claim"])
            found = format_html('<a href="{}?duty={}">{}</a>', progress, line.duty.pk, _("Record progress"))
            if line.owed and not hasattr(line.duty, "claw_back"):
                found += format_html(' · <a href="{}?duty={}">{}</a>', claim, line.duty.pk, _("Propose a claw-back"))
            return found

        columns = [
            TableColumn(DUTY, lambda line: line.duty.get_kind_display(), key="duty", heading=True),
            TableColumn(_("Due on"), lambda line: line.duty.due_on, Kind.DATE, key="due"),
            TableColumn(_("Target"), lambda line: amount_text(line.duty, line.duty.target, unit), key="target"),
            TableColumn(
                _("Reached in all"), lambda line: amount_text(line.duty, line.reached, unit), key="reached",
                unknown=_("Nothing was told by this day"),
            ),
            TableColumn(
                _("Status"), lambda line: str(STATUS[line.status].label), key="status",
                cell=lambda line: status_html(STATUS[line.status]),
            ),
            TableColumn(_("Owed back"), "owed", Kind.MONEY, key="owed"),
        ]  # fmt: skip
        if may:
            columns.append(TableColumn(_("Act"), lambda line: "", key="act", cell=acts))
        return Table(
            self.request, columns, list(self.line.duties), gettext("Duties"), name="duties", as_of=self.as_of,
            known_at=self.known_at, empty_title=_("No duty is recorded yet"),
        )  # fmt: skip

    def told(self) -> Table:
        unit = unit_of(self.request)
        rows = DutyActual.objects.filter(
            duty__project=self.line.project, valid_at__lte=self.as_of, recorded_at__lte=self.known_at
        ).select_related("duty", "recorded_by").prefetch_related("proofs").order_by("-valid_at", "-pk")  # fmt: skip
        columns = (
            TableColumn(_("By the day"), "valid_at", Kind.DATE, key="day", heading=True),
            TableColumn(DUTY, lambda row: str(row.duty), key="duty"),
            TableColumn(_("Reached in all"), lambda row: amount_text(row.duty, row.value, unit), key="value"),
            TableColumn(_("Evidence"), "document", key="document", link=proof_link),
            TableColumn(_("Recorded by"), lambda row: str(row.recorded_by), key="by"),
            TableColumn(_("Recorded"), "recorded_at", Kind.DATETIME, key="recorded"),
        )
        return Table(self.request, columns, list(rows), gettext("What was told"), name="told")

    def claw_backs(self) -> Table:
        rows = ClawBack.objects.filter(duty__project=self.line.project).select_related(
            "duty", "proposed_by", "decided_by"
        )

        def acts(row: ClawBack) -> Any:
            if row.state not in {"PROPOSED", "DEMANDED"} or row.proposed_by_id == self.request.user.pk:
                return ""
            names = ("demand", "waive") if row.state == "PROPOSED" else ("pay", "waive")
            links = [
                format_html(
                    '<a href="{}">{}</a>', reverse("funds:clawback_act", args=[row.pk, name]), ACTS[name].submit_label
                )
                for name in names
            ]
            return format_html("{} · {}", *links)

        columns = [
            TableColumn(DUTY, lambda row: str(row.duty), key="duty", heading=True),
            TableColumn(_("Amount"), "amount_fen", Kind.MONEY, key="amount"),
            TableColumn(_("Shortfall"), "shortfall", Kind.PERCENT, key="shortfall"),
            TableColumn(
                _("State"), lambda row: row.get_state_display(), key="state",
                cell=lambda row: status_html(status_of(row)),
            ),
            TableColumn(_("Proposed by"), lambda row: str(row.proposed_by), key="proposed"),
            TableColumn(_("Decided by"), lambda row: str(row.decided_by or ""), key="decided"),
            TableColumn(_("Reason"), "reason", key="reason"),
            TableColumn(_("Paid on"), "paid_on", Kind.DATE, key="paid", unknown=_("Not paid")),
        ]  # fmt: skip
        if decides_claw_backs(self.request.user):
            columns.append(TableColumn(_("Act"), lambda row: "", key="act", cell=acts))
        return Table(self.request, columns, list(rows), gettext("Claw-back"), name="clawback", empty_title=_("None"))

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        self.shown_tables = [self.duties(), self.told(), self.claw_backs()]
        for table in self.shown_tables:
            if table.export_format and not self.form.errors:
                return table.export()
        return super().get(request, *args, **kwargs)

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        may = keeps_projects(self.request.user)
        return super().get_context_data(
            facts=self.facts(), tables=self.shown_tables, project=self.line.project, may_write=may, **kwargs
        )


def proof_link(actual: DutyActual) -> str | None:
    """The file behind what was told, where one was handed in."""
    proof = next(iter(actual.proofs.all()), None)
    return reverse("funds:proof", args=[proof.pk]) if proof else None


class LandedNew(FormPage):
    title = _("Record a landing agreement")
    allowed = staticmethod(keeps_projects)
    form_class = ProjectForm
    submit_label = _("Record the agreement")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(LIST, reverse("funds:landed_list")), (self.title, None)]

    def act(self, form: BaseForm) -> None:
        data = {name: form.cleaned_data[name] for name in ProjectForm.base_fields}
        self.made = actions.record_project(actor=self.request.user, **data)

    def get_success_url(self) -> str:
        return self.made.get_absolute_url()


class ProjectAct(ActPage):
    """Base of what officers add to a project."""

    allowed = staticmethod(sees_funds)

    def get_records(self) -> QuerySet[LandedProject]:
        return LandedProject.objects.visible_to(self.request.user)

    def may(self, user: Any, record: Any) -> bool:
        return keeps_projects(user)

    @cached_property
    def duty(self) -> LandedDuty:
        number = self.request.GET.get("duty", "")
        found = self.record.duties.filter(pk=number).first() if number.isdecimal() else None
        if found is None:
            raise Http404
        return found


class AddDuty(ProjectAct):
    form_class, submit_label = DutyForm, _("Add a duty")

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        actions.add_duty(
            project_id=self.record.pk, kind=data["kind"], target=form.number("target", data["kind"]),
            due_on=data["due_on"], stake_fen=data["stake_fen"] or 0, actor=self.request.user,
        )  # fmt: skip


class AddActual(ProjectAct):
    form_class, submit_label = ActualForm, _("Record progress")

    def get_title(self) -> str:
        return f"{self.submit_label}: {self.duty}"

    def act(self, form: Any) -> None:
        data = form.cleaned_data
        actions.record_actual(
            duty_id=self.duty.pk, valid_at=data["valid_at"], value=form.number("value", self.duty.kind),
            document=data["document"], upload=data["upload"], actor=self.request.user,
        )  # fmt: skip


class ProposeClawBack(ProjectAct):
    form_class, submit_label = PlainForm, _("Propose a claw-back")

    def get_title(self) -> str:
        return f"{self.submit_label}: {self.duty}"

    def act(self, form: BaseForm) -> None:
        actions.propose_claw_back(duty_id=self.duty.pk, actor=self.request.user)


class ClawBackAct(ActPage):
    """Base of the decisions about a claw-back."""

    allowed = staticmethod(sees_funds)
    states: tuple[str, ...] = ()

    def get_records(self) -> QuerySet[ClawBack]:
        rows = ClawBack.objects.visible_to(self.request.user).select_related("duty__project")
        return rows.filter(state__in=self.states)

    def may(self, user: Any, record: Any) -> bool:
        return decides_claw_backs(user)

    @property
    def cancel_url(self) -> str:
        return self.record.duty.project.get_absolute_url()

    def get_success_url(self) -> str:
        return self.record.duty.project.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.record.duty.project.name, self.cancel_url), (self.submit_label, None)]


class Demand(ClawBackAct):
    form_class, submit_label, states = ReasonForm, _("Demand it"), ("PROPOSED",)

    def act(self, form: BaseForm) -> None:
        reason = form.cleaned_data["reason"]
        actions.demand_claw_back(claw_back_id=self.record.pk, reason=reason, actor=self.request.user)


class Waive(ClawBackAct):
    form_class, submit_label, states = ReasonForm, _("Waive it"), ("PROPOSED", "DEMANDED")

    def act(self, form: BaseForm) -> None:
        reason = form.cleaned_data["reason"]
        actions.waive_claw_back(claw_back_id=self.record.pk, reason=reason, actor=self.request.user)


class Pay(ClawBackAct):
    form_class, submit_label, states = PaidForm, _("Record the payment"), ("DEMANDED",)

    def act(self, form: BaseForm) -> None:
        paid_on = form.cleaned_data["paid_on"]
        actions.pay_claw_back(claw_back_id=self.record.pk, paid_on=paid_on, actor=self.request.user)


ADDS: dict[str, type[ProjectAct]] = {"duty": AddDuty, "actual": AddActual, "claim": ProposeClawBack}
ACTS: dict[str, type[ClawBackAct]] = {"demand": Demand, "waive": Waive, "pay": Pay}


def landed_act(request: HttpRequest, pk: int, act: str) -> Any:
    """The page of one thing to add to a project; unknown ones are not found."""
    if act not in ADDS:
        raise Http404
    return ADDS[act].as_view()(request, pk=pk)


def clawback_act(request: HttpRequest, pk: int, act: str) -> Any:
    """The page of one decision about a claw-back; unknown ones are not found."""
    if act not in ACTS:
        raise Http404
    return ACTS[act].as_view()(request, pk=pk)
