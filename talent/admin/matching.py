"""Matching in the office: profiles, demands, declared interests, runs, proposals and mandates."""

from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from innovation.core.admin import ActForm, ActionAdmin, ActionForm, Admin, ReadInline, ReadOnlyAdmin, TabularInline
from talent.actions import mandates, match_inputs, matching
from talent.admin.personal import PersonalAdmin
from talent.choices.matching import (
    ENDED_MANDATES,
    LIVE_MANDATES,
    ConflictSource,
    DemandState,
    Engagement,
    MandateState,
    ProposalState,
)
from talent.models import (
    CapacityPeriod,
    ConflictDeclaration,
    Demand,
    Mandate,
    MandateOutcome,
    MatchProfile,
    MatchProposal,
    MatchRun,
    Technology,
)
from talent.models.matching import OBJECTIVES

PERSON_SEARCH = ["person__name_zh", "person__name_en", "person__pinyin"]


def _reason(length: int) -> forms.CharField:
    return forms.CharField(label=_("reason"), max_length=length, widget=UnfoldAdminTextareaWidget)


class _OnSite:
    """Records whose own page shows them best."""

    def view_on_site(self, row: Any) -> str:
        return row.get_absolute_url()


class _NoDelete:
    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class PeriodInline(TabularInline):
    model = CapacityPeriod
    fields = ["valid_from", "valid_to", "points"]


@admin.register(MatchProfile)
class MatchProfileAdmin(PersonalAdmin, _NoDelete, Admin):
    list_display = ["person", "is_open", "level", "skills_shown", "capacity_points"]
    list_filter = ["is_open", "level"]
    search_fields = PERSON_SEARCH
    autocomplete_fields = ["person"]
    list_select_related = ["person"]
    inlines = [PeriodInline]

    @admin.display(description=_("skills"))
    def skills_shown(self, profile: MatchProfile) -> str:
        return " · ".join(profile.skills) or "–"


@admin.register(Technology)
class TechnologyAdmin(_NoDelete, Admin):
    list_display = ["code", "name_zh", "name_en", "organisation", "sector", "trl"]
    list_filter = ["sector", "trl"]
    search_fields = ["code", "name_zh", "name_en"]
    autocomplete_fields = ["organisation"]
    list_select_related = ["organisation"]


@admin.register(Demand)
class DemandAdmin(_OnSite, _NoDelete, Admin):
    list_display = ["code", "name_zh", "role_kind", "organisation", "level", "load", "starts_on", "ends_on", "state"]
    list_filter = ["state", "role_kind", "kind", "sector", "is_priority"]
    search_fields = ["code", "name_zh", "name_en", "organisation__name_zh"]
    autocomplete_fields = ["organisation", "technology", "division"]
    readonly_fields = ["state", "recorded_at"]
    date_hierarchy = "starts_on"
    list_select_related = ["organisation"]

    def has_change_permission(self, request: HttpRequest, obj: Demand | None = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == DemandState.OPEN)


class DeclareForm(ActionForm):
    """A declaration that reached the office on paper."""

    fact_fields = {"organisation_id": "organisation", "demand_id": "demand"}

    class Meta:
        model = ConflictDeclaration
        fields = ["person", "organisation", "demand", "source", "note", "valid_to"]

    def act(self) -> ConflictDeclaration:
        data = dict(self.cleaned_data)
        rows = {f"{name}_id": row.pk for name in ("person", "organisation", "demand") if (row := data.pop(name))}
        return match_inputs.declare(actor=self.actor, **rows, **data)


class ClearForm(ActForm):
    title = _("Record that the conflict no longer stands")
    permission = "talent.change_conflictdeclaration"
    reason = _reason(300)

    class Meta:
        model = ConflictDeclaration
        fields: list[str] = []

    @classmethod
    def fits(cls, record: ConflictDeclaration) -> bool:
        return record.source != ConflictSource.NONE and record.cleared_at is None

    def act(self) -> ConflictDeclaration:
        return match_inputs.clear_conflict(conflict_id=self.instance.pk, actor=self.actor, **self.cleaned_data)


@admin.register(ConflictDeclaration)
class ConflictDeclarationAdmin(PersonalAdmin, ActionAdmin):
    add_form = DeclareForm
    acts = {"clear": ClearForm}
    list_display = ["person", "organisation", "demand", "source", "valid_to", "declared_at", "cleared_at"]
    list_filter = ["source", "cleared_at"]
    search_fields = [*PERSON_SEARCH, "organisation__name_zh"]
    autocomplete_fields = ["person", "organisation", "demand"]
    date_hierarchy = "declared_at"
    list_select_related = ["person", "organisation", "demand"]


class RunForm(ActionForm):
    """Asks the matcher by the same action as the page."""

    objective = forms.ChoiceField(label=_("objective"), choices=OBJECTIVES, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = MatchRun
        fields = ["role_kind", "day", "objective", "per_institute", "replan", "change_penalty", "seconds"]

    def act(self) -> MatchRun:
        return matching.ask_matching(actor=self.actor, **self.cleaned_data)


@admin.register(MatchRun)
class MatchRunAdmin(_OnSite, ActionAdmin):
    add_form = RunForm
    list_display = ["id", "role_kind", "day", "objective", "state", "progress", "served", "created_by", "created_at"]
    list_filter = ["role_kind", "objective", "state"]
    search_fields = ["inputs_hash"]
    date_hierarchy = "created_at"
    list_select_related = ["created_by"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[MatchRun]:
        return super().get_queryset(request).defer("snapshot")


class ConfirmForm(ActForm):
    title = _("Confirm the proposal")
    permission = "talent.change_matchproposal"
    engagement = forms.ChoiceField(label=_("engagement"), choices=Engagement.choices, widget=UnfoldAdminSelectWidget)

    class Meta:
        model = MatchProposal
        fields: list[str] = []

    @classmethod
    def fits(cls, record: MatchProposal) -> bool:
        return record.state == ProposalState.OPEN

    def act(self) -> MatchProposal:
        matching.confirm(proposal_id=self.instance.pk, actor=self.actor, **self.cleaned_data)
        return self.instance


class SetAsideForm(ConfirmForm):
    title = _("Set the proposal aside")
    engagement = None  # type: ignore[assignment]
    reason = _reason(500)

    def act(self) -> MatchProposal:
        matching.set_aside(proposal_id=self.instance.pk, actor=self.actor, **self.cleaned_data)
        return self.instance


@admin.register(MatchProposal)
class MatchProposalAdmin(PersonalAdmin, _OnSite, ActionAdmin):
    acts = {"confirm": ConfirmForm, "set-aside": SetAsideForm}
    list_display = ["demand", "person", "fit", "run", "cost_fit", "state", "decided_by", "decided_at"]
    list_filter = ["state", "run__role_kind"]
    search_fields = [*PERSON_SEARCH, "demand__code", "demand__name_zh"]
    list_select_related = ["demand", "person", "run", "decided_by"]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False


class ByHandForm(ActionForm):
    """A person chosen by hand."""

    fact_fields = {"person_id": "person"}

    class Meta:
        model = Mandate
        fields = ["person", "demand", "role", "engagement", "reason"]

    def act(self) -> Mandate:
        data = dict(self.cleaned_data)
        person, demand = data.pop("person"), data.pop("demand")
        return mandates.propose(person_id=person.pk, demand_id=demand.pk, actor=self.actor, **data)


class _Step(ActForm):
    permission = "talent.change_mandate"
    event = ""
    states: tuple[str, ...] = ()

    class Meta:
        model = Mandate
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Mandate) -> bool:
        return record.state in cls.states

    def act(self) -> Mandate:
        return mandates.take_step(mandate_id=self.instance.pk, event=self.event, actor=self.actor, **self.cleaned_data)


class AgreeForm(_Step):
    title, event = _("Accept as the owner"), "agree"
    states = (MandateState.PROPOSED, MandateState.BY_PERSON)


class DeliverForm(_Step):
    title, event, states = _("Delivered"), "deliver", (MandateState.ACTIVE,)


class SuspendForm(_Step):
    title, event = _("Suspend"), "suspend"
    states = tuple(state for state in LIVE_MANDATES if state != MandateState.SUSPENDED)
    reason = _reason(500)


class ResumeForm(_Step):
    title, event, states = _("Resume"), "resume", (MandateState.SUSPENDED,)
    reason = _reason(500)


class EndForm(_Step):
    title, event, states = _("End early"), "end", LIVE_MANDATES
    reason = _reason(500)


class OutcomeInline(ReadInline):
    model = MandateOutcome
    fields = ["occasion", "achieved", "text", "recorded_at", "recorded_by"]
    show_change_link = True


@admin.register(Mandate)
class MandateAdmin(PersonalAdmin, _OnSite, ActionAdmin):
    add_form = ByHandForm
    acts = {
        "agree": AgreeForm, "deliver": DeliverForm, "suspend": SuspendForm, "resume": ResumeForm, "end": EndForm,
    }  # fmt: skip
    list_display = ["demand", "person", "role", "load", "starts_on", "ends_on", "state", "answer_by", "by_hand"]
    list_filter = ["state", "role", "engagement", "by_hand"]
    search_fields = [*PERSON_SEARCH, "demand__code", "demand__name_zh"]
    autocomplete_fields = ["person", "demand"]
    date_hierarchy = "proposed_at"
    list_select_related = ["demand", "person"]
    inlines = [OutcomeInline]

    def get_inlines(self, request: HttpRequest, obj: Mandate | None) -> list[Any]:
        return list(self.inlines) if obj and obj.state in ENDED_MANDATES else []


@admin.register(MandateOutcome)
class MandateOutcomeAdmin(PersonalAdmin, ReadOnlyAdmin):
    """Recorded on the page of the mandate."""

    list_display = ["mandate", "occasion", "achieved", "recorded_at", "recorded_by"]
    list_filter = ["occasion"]
    search_fields = ["mandate__demand__code", "mandate__person__name_zh"]
    date_hierarchy = "recorded_at"
    list_select_related = ["mandate__demand", "mandate__person", "recorded_by"]
