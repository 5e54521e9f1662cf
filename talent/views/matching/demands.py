"""Demands: the list, one demand with its mandates and its chain, and the acts upon it."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _

from innovation.core.components import Fact, Status, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import Table, TableColumn
from innovation.core.views import ConfirmPage, Crumb, FormPage, PageView, TableView
from talent.actions import mandates, match_inputs
from talent.choices.matching import LIVE_MANDATES, DemandState
from talent.choices.privacy import ReadPurpose
from talent.filters.matching import DemandFilters
from talent.forms.matching import ByHandForm, DemandForm, TechnologyForm
from talent.models import Demand, Mandate, Person
from talent.queries.matching import pool
from talent.views.matching.base import (
    DEMANDS,
    MANDATE_FIELDS,
    Act,
    figures_allowed,
    holds,
    level_words,
    mandate_status,
    needs_words,
    one,
)
from talent.views.personal import PersonalPage


def demand_status(demand: Any) -> Status:
    return Status(demand.get_state_display(), Tone.INFO if demand.state == DemandState.OPEN else Tone.IDLE)


class DemandList(TableView):
    """All demands."""

    title = DEMANDS
    lead = _("Projects, posts and technologies that want somebody. The matcher serves what is open.")
    allowed = staticmethod(figures_allowed)
    template_name = "talent/matching/demands.html"
    filterset_class = DemandFilters
    default_sort = "code"
    empty_title = _("No demand is recorded yet")
    empty_text = _("Record the first one: who is wanted, for whom, with which skills, when.")
    columns = (
        TableColumn(_("Code"), "code", key="code", order_by=("code",), link=lambda row: row.get_absolute_url()),
        TableColumn(_("Demand"), "name", key="name", heading=True),
        TableColumn(_("Wanted"), lambda row: row.get_role_kind_display(), key="wanted", order_by=("role_kind",)),
        TableColumn(_("Owner"), lambda row: row.organisation.name, key="owner", order_by=("organisation__pinyin",)),
        TableColumn(_("Skills needed"), lambda row: needs_words(row.skills, row.languages) or "–", key="skills"),
        TableColumn(_("Level needed"), lambda row: level_words(row.level), key="level", order_by=("level",)),
        TableColumn(_("Load (points)"), "load", Kind.INTEGER, key="load", order_by=("load",)),
        TableColumn(_("From"), "starts_on", Kind.DATE, key="from", order_by=("starts_on",)),
        TableColumn(_("To"), "ends_on", Kind.DATE, key="to", order_by=("ends_on",)),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
            cell=lambda row: status_html(demand_status(row)),
        ),
    )  # fmt: skip

    def get_queryset(self) -> QuerySet[Demand]:
        return Demand.objects.visible_to(self.request.user).select_related("organisation")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.title, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        user = self.request.user
        return super().get_context_data(
            may_add=user.has_perm("talent.add_demand"), may_add_technology=user.has_perm("talent.add_technology"),
            **kwargs,
        )  # fmt: skip


MANDATE_COLUMNS = (
    TableColumn(
        _("Person"), lambda row: str(row.person), key="person", heading=True, link=lambda row: row.get_absolute_url()
    ),
    TableColumn(_("Role"), lambda row: row.get_role_display(), key="role"),
    TableColumn(_("Load (points)"), "load", Kind.INTEGER, key="load"),
    TableColumn(_("From"), "starts_on", Kind.DATE, key="from"),
    TableColumn(_("To"), "ends_on", Kind.DATE, key="to"),
    TableColumn(
        _("State"), lambda row: row.get_state_display(), key="state",
        cell=lambda row: status_html(mandate_status(row)),
    ),
)  # fmt: skip


class DemandPage(PersonalPage, PageView):
    """One demand: what it asks for, who works on it, the chain of its technology."""

    read_fields = MANDATE_FIELDS
    read_purpose = ReadPurpose.MATCHING
    template_name = "talent/matching/demand.html"

    @cached_property
    def demand(self) -> Demand:
        rows = Demand.objects.visible_to(self.request.user).select_related("organisation", "technology", "division")
        return one(rows, self.kwargs["pk"])

    @cached_property
    def mandates(self) -> list[Mandate]:
        rows = Mandate.objects.visible_to(self.request.user).filter(demand=self.demand)
        return list(rows.select_related("person", "demand"))

    def people_read(self) -> list[Person]:
        return [row.person for row in self.mandates]

    def get_title(self) -> str:
        return self.demand.name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(DEMANDS, reverse("talent:demands")), (self.demand.code, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        demand, user = self.demand, self.request.user
        table = Table(self.request, MANDATE_COLUMNS, self.mandates, _("Mandates of this demand"),
                      empty_title=_("Nobody is proposed yet"))  # fmt: skip
        is_open = demand.state == DemandState.OPEN and user.has_perm("talent.change_demand")
        return super().get_context_data(
            demand=demand, status=demand_status(demand), facts=demand_facts(demand), table=table, is_open=is_open,
            may_propose=is_open and user.has_perm("talent.add_mandate"), chain=self.chain(), **kwargs,
        )  # fmt: skip

    def chain(self) -> list[dict[str, Any]]:
        """The demands of the same technology, from the laboratory to the market, and whether somebody serves each."""
        if self.demand.technology_id is None:
            return []
        rows = list(Demand.objects.filter(technology=self.demand.technology_id).order_by("role_kind", "code"))
        live = Mandate.objects.filter(demand__in=rows, state__in=LIVE_MANDATES)
        served = set(live.values_list("demand_id", flat=True))
        return [
            {
                "demand": row,
                "status": Status(_("Somebody serves it"), Tone.OK)
                if row.pk in served
                else Status(_("Nobody serves it"), Tone.NOTICE),
            }
            for row in rows
        ]


def demand_facts(demand: Demand) -> list[Fact]:
    """What a demand asks for."""
    nothing = _("Not asked for")
    return [
        Fact(_("Code"), demand.code),
        Fact(_("Kind"), demand.get_kind_display()),
        Fact(_("Wanted"), demand.get_role_kind_display()),
        Fact(_("Owner"), demand.organisation.name, demand.organisation.get_absolute_url()),
        Fact(_("Technology"), str(demand.technology) if demand.technology else None, unknown=_("None")),
        Fact(_("Division"), str(demand.division) if demand.division else None, unknown=nothing),
        Fact(_("Sector"), demand.get_sector_display() or None, unknown=nothing),
        Fact(_("Stage"), demand.get_stage_display() or None, unknown=nothing),
        Fact(_("Skills needed"), needs_words(demand.skills, demand.languages) or None, unknown=nothing),
        Fact(_("Level needed"), level_words(demand.level)),
        Fact(_("Load (points)"), str(demand.load)),
        Fact(_("Days"), f"{demand.starts_on} – {demand.ends_on}"),
        Fact(_("Priority"), _("Served before others") if demand.is_priority else _("Like others")),
    ]


class NewTechnology(FormPage):
    """Record a technology; its demands follow."""

    title = _("Record a technology")
    form_class = TechnologyForm
    allowed = holds("talent.add_technology")
    done_message = _("The technology is recorded. Name it in its demands.")

    def act(self, form: TechnologyForm) -> None:
        match_inputs.save_technology(actor=self.request.user, **form.values())

    def get_success_url(self) -> str:
        return reverse("talent:demands")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(DEMANDS, reverse("talent:demands")), (self.title, None)]


class NewDemand(FormPage):
    """Record a demand."""

    title = _("Record a demand")
    form_class = DemandForm
    allowed = holds("talent.add_demand")
    demand: Demand

    def act(self, form: DemandForm) -> None:
        self.demand = match_inputs.save_demand(actor=self.request.user, **form.values())

    def get_success_url(self) -> str:
        return self.demand.get_absolute_url()

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(DEMANDS, reverse("talent:demands")), (self.title, None)]


class DemandAct(Act):
    """An act upon a demand."""

    @cached_property
    def demand(self) -> Demand:
        return one(Demand.objects.visible_to(self.request.user).select_related("organisation"), self.kwargs["pk"])

    def record(self) -> Demand:
        return self.demand

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(DEMANDS, reverse("talent:demands")), (self.demand.code, self.cancel_url), (self.get_title(), None)]


class EditDemand(DemandAct):
    title = _("Change the demand")
    form_class = DemandForm
    allowed = holds("talent.change_demand")

    def get_initial(self) -> dict[str, Any]:
        return DemandForm.initial_of(self.demand)

    def act(self, form: DemandForm) -> None:
        match_inputs.save_demand(actor=self.request.user, demand_id=self.demand.pk, **form.values())


class CloseDemand(DemandAct, ConfirmPage):
    title = _("Close the demand")
    submit_label = _("Close the demand")
    allowed = holds("talent.change_demand")
    warning = _("A closed demand is not matched any more.")

    def act(self, form: Any) -> None:
        match_inputs.close_demand(demand_id=self.demand.pk, actor=self.request.user)


class ProposeByHand(PersonalPage, DemandAct):
    """Choose a person without the matcher, or a member of a team."""

    read_purpose = ReadPurpose.MATCHING
    title = _("Propose a person by hand")
    lead = _("The same checks hold as for the matcher: interests declared, no conflict, capacity on every day.")
    form_class = ByHandForm
    submit_label = _("Propose")
    allowed = holds("talent.add_mandate")

    def people_read(self) -> QuerySet[Person]:
        return Person.objects.filter(pk__in=pool(self.demand.role_kind).values("person_id"))

    def get_form_kwargs(self) -> dict[str, Any]:
        return super().get_form_kwargs() | {"people": self.people_read()}

    def act(self, form: ByHandForm) -> None:
        data = form.values()
        person = data.pop("person")
        mandates.propose(person_id=person.pk, demand_id=self.demand.pk, actor=self.request.user, **data)
