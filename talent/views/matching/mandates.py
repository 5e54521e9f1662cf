"""Mandates: the lists, one mandate with its explanation, and the answers of both sides."""

from collections.abc import Sequence
from typing import Any

from django.db.models import QuerySet
from django.http import Http404
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.core import transitions
from innovation.core.components import Fact, Moment, Tone
from innovation.core.exports import Kind
from innovation.core.icons import status_html
from innovation.core.tables import TableColumn
from innovation.core.views import ConfirmPage, Crumb, PageView, TableView
from talent.actions import mandates
from talent.choices.matching import ENDED_MANDATES, WAITING_MANDATES
from talent.choices.privacy import ReadPurpose
from talent.filters.matching import MandateFilters
from talent.forms.matching import OutcomeForm, TextForm, WhyForm
from talent.models import Mandate, Person
from talent.models.visibility import sees_talent_figures
from talent.queries.standing import standing_of
from talent.views.matching.base import MANDATE_FIELDS, MANDATES, Act, holds, mandate_status, one
from talent.views.matching.words import check_rows, part_rows
from talent.views.personal import PersonalPage, PersonalTable

MY_MANDATES = _("My mandates")
PLAIN, WITH_REASON = ("accept", "agree", "deliver"), ("decline", "suspend", "resume", "end")


def has_mandates(user: Any) -> bool:
    """People with a mandate, and members of organisations that own a demand; the office has the whole list."""
    return not sees_talent_figures(user) and standing_of(user).has_mandates


class MandateList(PersonalTable, TableView):
    """All mandates that the reader may see."""

    read_fields = MANDATE_FIELDS
    read_purpose = ReadPurpose.MATCHING
    lead = _("Who works on what. A proposal waits 14 days for both sides.")
    filterset_class = MandateFilters
    default_sort = "-proposed"
    empty_title = _("No mandate yet")
    empty_text = _("A mandate follows from a proposal of the matcher, or is proposed by hand on the page of a demand.")
    columns = (
        TableColumn(
            _("Demand"), lambda row: str(row.demand), key="demand", heading=True, order_by=("demand__code",),
            link=lambda row: row.get_absolute_url(),
        ),
        TableColumn(_("Person"), lambda row: str(row.person), key="person", order_by=("person__pinyin",)),
        TableColumn(_("Owner"), lambda row: row.demand.organisation.name, key="owner"),
        TableColumn(_("Role"), lambda row: row.get_role_display(), key="role"),
        TableColumn(_("Load (points)"), "load", Kind.INTEGER, key="load", order_by=("load",)),
        TableColumn(_("From"), "starts_on", Kind.DATE, key="from", order_by=("starts_on",)),
        TableColumn(_("To"), "ends_on", Kind.DATE, key="to", order_by=("ends_on",)),
        TableColumn(
            _("Answer by"), lambda row: row.answer_by if row.state in WAITING_MANDATES else None, Kind.DATE, key="by",
            unknown=_("No answer is awaited"),
        ),
        TableColumn(
            _("State"), lambda row: row.get_state_display(), key="state", order_by=("state",),
            cell=lambda row: status_html(mandate_status(row)),
        ),
        TableColumn(
            pgettext_lazy("mandate", "Proposed"), "proposed_at", Kind.DATETIME, key="proposed",
            order_by=("proposed_at",),
        ),
    )  # fmt: skip

    def get_title(self) -> Any:
        return MANDATES if sees_talent_figures(self.request.user) else MY_MANDATES

    def get_queryset(self) -> QuerySet[Mandate]:
        return Mandate.objects.visible_to(self.request.user).select_related("person", "demand__organisation")

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(self.get_title(), None)]


class OneMandate(PersonalPage):
    """Mixin of the pages of one mandate."""

    read_fields = MANDATE_FIELDS
    read_purpose = ReadPurpose.MATCHING
    request: Any
    kwargs: dict[str, Any]

    @cached_property
    def mandate(self) -> Mandate:
        rows = Mandate.objects.visible_to(self.request.user)
        related = ("person", "demand__organisation", "proposal__run", "proposed_by")
        return one(rows.select_related(*related), self.kwargs["pk"])

    def people_read(self) -> Person:
        return self.mandate.person

    def record(self) -> Mandate:
        return self.mandate


class MandatePage(OneMandate, PageView):
    """One mandate: why this person, who decided, what both sides answered, what came of it, and the way to object."""

    template_name = "talent/matching/mandate.html"

    def get_title(self) -> str:
        return self.mandate.demand.name

    def breadcrumbs(self) -> Sequence[Crumb]:
        return [(MANDATES, reverse("talent:mandates")), (self.mandate.demand.code, None)]

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        mandate, user = self.mandate, self.request.user
        is_person = mandate.person.user_id == user.pk
        sees_why = is_person or user.has_perm("talent.view_matchproposal")
        explained = mandate.proposal if sees_why and not mandate.by_hand else None
        return super().get_context_data(
            mandate=mandate,
            status=mandate_status(mandate),
            next_step=Mandate.state_names[mandate.state].next_step,
            facts=self.facts(),
            acts=self.acts(),
            explained=explained,
            parts=part_rows(explained) if explained else [],
            checks=check_rows(explained) if explained else [],
            may_object=is_person and not mandate.objected_at,
            may_answer=bool(mandate.objected_at) and not mandate.objection_answer and user.has_perm(
                "talent.change_mandate"),
            may_record=mandate.state in ENDED_MANDATES and user.has_perm("talent.add_mandateoutcome"),
            outcomes=[
                Moment(each.recorded_at, f"{each.get_occasion_display()}: {each.achieved} %", each.text)
                for each in mandate.outcomes.all()
            ],
            steps=[self.moment(step) for step in transitions.steps_of(mandate)],
            **kwargs,
        )  # fmt: skip

    @staticmethod
    def moment(step: Any) -> Moment:
        names = {state: name.staff for state, name in Mandate.state_names.items()}
        title = f"{names[step.from_state]} → {names[step.to_state]}"
        return Moment(step.at, title, step.reason, step.actor_label, Tone.IDLE)

    def acts(self) -> list[tuple[Any, str]]:
        """Label and address of each step that the reader may take now."""
        mandate = self.mandate
        return [
            (step.label, reverse("talent:mandate_step", args=[mandate.pk, event]))
            for event, step in Mandate.transitions.get(mandate.state, {}).items()
            if event in PLAIN + WITH_REASON and transitions.may(step, mandate, self.request.user)
        ]

    def facts(self) -> list[Fact]:
        mandate = self.mandate
        waits = mandate.state in WAITING_MANDATES
        return [
            Fact(_("Person"), str(mandate.person)),
            Fact(_("Demand"), str(mandate.demand), mandate.demand.get_absolute_url()
                 if sees_talent_figures(self.request.user) else ""),
            Fact(_("Owner"), mandate.demand.organisation.name),
            Fact(_("Role"), mandate.get_role_display()),
            Fact(_("Engagement"), mandate.get_engagement_display()),
            Fact(_("Load (points)"), str(mandate.load)),
            Fact(_("Days"), f"{mandate.starts_on} – {mandate.ends_on}"),
            Fact(_("Answer by"), mandate.answer_by.isoformat() if waits else None, unknown=_("No answer is awaited")),
            Fact(_("Decided by"), str(mandate.proposed_by)),
            Fact(_("How it was chosen"), _("By hand") if mandate.by_hand else _("Proposed by the matcher, confirmed")),
            Fact(_("Reason"), mandate.reason or None, unknown=_("None was needed")),
            Fact(_("Ended"), mandate.ended_on.isoformat() if mandate.ended_on else None, unknown=_("Not ended")),
        ]  # fmt: skip


class MandateAct(OneMandate, Act):
    """An act upon a mandate."""

    def breadcrumbs(self) -> Sequence[Crumb]:
        code = self.mandate.demand.code
        return [(MANDATES, reverse("talent:mandates")), (code, self.cancel_url), (self.get_title(), None)]


class StepPage(MandateAct, ConfirmPage):
    """Take one step; what ends or refuses asks for a reason."""

    @property
    def event(self) -> str:
        return self.kwargs["event"]

    @cached_property
    def step(self) -> Any:
        step = Mandate.transitions.get(self.mandate.state, {}).get(self.event)
        if step is None or self.event not in PLAIN + WITH_REASON:
            raise Http404
        if not transitions.may(step, self.mandate, self.request.user):
            raise Http404
        return step

    def get_title(self) -> Any:
        return self.step.label

    @property
    def submit_label(self) -> Any:  # type: ignore[override]
        return self.step.label

    @property
    def warning(self) -> Any:  # type: ignore[override]
        return self.step.next_step

    def facts(self) -> list[Fact]:
        mandate = self.mandate
        return [
            Fact(_("Person"), str(mandate.person)), Fact(_("Demand"), str(mandate.demand)),
            Fact(_("Days"), f"{mandate.starts_on} – {mandate.ends_on}"), Fact(_("Load (points)"), str(mandate.load)),
        ]  # fmt: skip

    def get_form_class(self) -> Any:
        return WhyForm if self.event in WITH_REASON else super().get_form_class()

    def act(self, form: Any) -> None:
        reason = form.cleaned_data.get("reason", "")
        mandates.take_step(mandate_id=self.mandate.pk, event=self.event, actor=self.request.user, reason=reason)


class RecordOutcome(MandateAct):
    title = _("Record the outcome")
    form_class = OutcomeForm
    allowed = holds("talent.add_mandateoutcome")

    def get_initial(self) -> dict[str, Any]:
        ended = self.mandate.ended_on
        late = ended and (timezone.localdate() - ended).days >= 365  # noqa: PLR2004 - a year
        return {"occasion": "year" if late else "end"}

    def act(self, form: OutcomeForm) -> None:
        mandates.record_outcome(mandate_id=self.mandate.pk, actor=self.request.user, **form.values())


class ObjectPage(MandateAct):
    title = _("Object to this proposal")
    lead = _("Say what is wrong about how you were judged. A named officer answers.")
    form_class = TextForm
    submit_label = _("Object")

    def act(self, form: TextForm) -> None:
        mandates.object_to(mandate_id=self.mandate.pk, actor=self.request.user, **form.values())


class AnswerPage(MandateAct):
    title = _("Answer the objection")
    form_class = TextForm
    submit_label = _("Answer")
    allowed = holds("talent.change_mandate")

    def act(self, form: TextForm) -> None:
        mandates.answer_objection(mandate_id=self.mandate.pk, actor=self.request.user, **form.values())
