"""Exemption cases in the office: every record to look at, the procedure to edit, cases to open by hand."""

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from funds.actions.case_opening import open_case
from funds.casefile.words import EVENTS, short
from funds.models import (
    Appeal,
    CapBreach,
    CaseDeadline,
    CaseDecision,
    CaseFreeze,
    CasePerson,
    CaseProcedure,
    CaseStep,
    ChecklistAnswer,
    DecisionVoter,
    Evaluation,
    Evidence,
    ExemptionCase,
    NegativeFinding,
    PanelMember,
    PanelVote,
    SealedFile,
    Statement,
)
from innovation.core.admin import ActionAdmin, ActionForm, Admin, ReadOnlyAdmin, TabularInline
from innovation.core.fields import MoneyField


class DeadlineInline(TabularInline):
    model = CaseDeadline
    fields = ["state", "working_days"]
    state_fields = ()


@admin.register(CaseProcedure)
class CaseProcedureAdmin(Admin):
    """The terms of the procedure, versioned; one that cases run under is read-only."""

    list_display = ["version", "valid_from", "quorum", "appeal_days", "status", "source"]
    list_filter = ["status"]
    search_fields = ["version", "source"]
    state_fields = ()
    inlines = [DeadlineInline]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or not obj.cases.exists())

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and (obj is None or not obj.cases.exists())


class OpenCaseForm(ActionForm):
    loss_fen = MoneyField(label=_("loss"))

    class Meta:
        model = ExemptionCase
        fields = ["fund", "investment", "loss_on", "summary"]

    def act(self) -> ExemptionCase:
        data = self.cleaned_data
        return open_case(
            fund_id=data["fund"].pk, investment_id=data["investment"].pk if data["investment"] else None,
            loss_fen=data["loss_fen"], loss_on=data["loss_on"], summary=data["summary"], actor=self.actor,
        )  # fmt: skip


class PersonInline(TabularInline):
    model = CasePerson
    fields = ["name", "function", "regime"]
    can_delete = False
    show_change_link = False


@admin.register(ExemptionCase)
class ExemptionCaseAdmin(ActionAdmin):
    """The list of all cases; the work itself is done on the case desk, to which each row links."""

    add_form = OpenCaseForm
    list_display = ["code", "desk", "fund", "ground", "loss_on", "state", "outcome", "due_on", "handler", "opened_at"]
    list_filter = ["state", "outcome", "ground", "due_on"]
    search_fields = ["=id", "fund__code", "fund__name_zh", "investment__code", "investment__company__name_zh"]
    date_hierarchy = "opened_at"
    ordering = ["-pk"]
    list_select_related = ["fund", "handler"]
    state_fields = ("state", "outcome")
    inlines = [PersonInline]

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if obj is None:
            return [(None, {"fields": ["fund", "investment", "loss_fen", "loss_on", "summary"]})]
        return super().get_fieldsets(request, obj)

    def get_inlines(self, request: HttpRequest, obj: Any) -> list[Any]:
        return [] if obj is None else [PersonInline]

    @admin.display(description=_("case desk"))
    def desk(self, case: ExemptionCase) -> SafeString:
        return format_html('<a href="{}">{}</a>', case.get_absolute_url(), _("Open"))


class _OfCase(ReadOnlyAdmin):
    """Base of the records of a case: never edited here."""

    list_filter: tuple[Any, ...] = ()
    state_fields = ()

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).select_related("case")


@admin.register(CaseStep)
class CaseStepAdmin(_OfCase):
    list_display = ["case", "seq", "at", "act", "to_state", "actor_label", "note", "sha"]
    list_filter = ("event", "to_state")
    search_fields = ["=case__id", "actor_label", "note"]
    date_hierarchy = "at"

    @admin.display(description=_("event"), ordering="event")
    def act(self, step: CaseStep) -> str:
        return str(EVENTS.get(step.event, step.event))

    @admin.display(description=_("hash"))
    def sha(self, step: CaseStep) -> str:
        return short(bytes(step.hash).hex())


@admin.register(Evidence)
class EvidenceAdmin(_OfCase):
    list_display = ["case", "name", "kind", "later", "at", "added_by", "file_id"]
    list_filter = ("kind", "later")
    search_fields = ["=case__id", "name", "file__sha256"]
    raw_id_fields = ["file"]
    list_select_related = ["case", "added_by"]

    def get_fields(self, request: HttpRequest, obj: Any = None) -> list[str]:
        return ["case", "name", "kind", "note", "later", "at", "added_by", "file_id"]


@admin.register(CaseFreeze)
class CaseFreezeAdmin(_OfCase):
    list_display = ["case", "as_of", "known_at", "ledger_seq", "sha256", "frozen_by"]
    search_fields = ["=case__id", "sha256"]
    list_select_related = ["case", "frozen_by"]


@admin.register(SealedFile)
class SealedFileAdmin(_OfCase):
    list_display = ["case", "sha256", "chain_head", "size", "made_at"]
    search_fields = ["=case__id", "sha256"]
    exclude = ["content"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[SealedFile]:
        return super().get_queryset(request).defer("content")


@admin.register(CasePerson)
class CasePersonAdmin(_OfCase):
    list_display = ["case", "name", "function", "regime"]
    list_filter = ("regime",)
    search_fields = ["=case__id", "name"]


@admin.register(DecisionVoter)
class DecisionVoterAdmin(_OfCase):
    list_display = ["case", "name", "vote", "at"]
    search_fields = ["=case__id", "name"]


class _AnsweredAdmin(_OfCase):
    search_fields = ["=case__id", "person__name", "item__code"]
    list_select_related = ["case", "person", "item"]


@admin.register(ChecklistAnswer)
class ChecklistAnswerAdmin(_AnsweredAdmin):
    list_display = ["case", "person", "item", "result", "reason", "at", "superseded_at"]
    list_filter = ("result",)


@admin.register(NegativeFinding)
class NegativeFindingAdmin(_AnsweredAdmin):
    list_display = ["case", "person", "item", "hit", "reason", "at", "superseded_at"]
    list_filter = ("hit",)


@admin.register(Statement)
class StatementAdmin(_OfCase):
    list_display = ["case", "written_by", "saved_at", "submitted_at"]
    search_fields = ["=case__id"]
    list_select_related = ["case", "written_by"]


@admin.register(Evaluation)
class EvaluationAdmin(_OfCase):
    list_display = ["case", "organisation", "evaluator", "opinion", "at"]
    list_filter = ("opinion",)
    search_fields = ["=case__id", "evaluator"]
    list_select_related = ["case", "organisation"]


@admin.register(PanelMember)
class PanelMemberAdmin(_OfCase):
    list_display = ["case", "round", "user", "is_chair", "recused_at", "recusal_reason"]
    list_filter = ("round", "is_chair")
    search_fields = ["=case__id", "user__name", "user__email"]
    list_select_related = ["case", "user"]


@admin.register(PanelVote)
class PanelVoteAdmin(_OfCase):
    list_display = ["case", "member", "outcome", "at", "superseded_at"]
    list_filter = ("outcome",)
    search_fields = ["=case__id", "member__user__name"]
    list_select_related = ["case", "member__user"]


@admin.register(CaseDecision)
class CaseDecisionAdmin(_OfCase):
    list_display = ["case", "round", "outcome", "prepared_by", "decided_by", "at"]
    list_filter = ("outcome", "round")
    search_fields = ["=case__id", "reasons"]
    list_select_related = ["case", "prepared_by", "decided_by"]


@admin.register(Appeal)
class AppealAdmin(_OfCase):
    list_display = ["case", "made_by", "at"]
    search_fields = ["=case__id", "text"]
    list_select_related = ["case", "made_by"]


@admin.register(CapBreach)
class CapBreachAdmin(ReadOnlyAdmin):
    list_display = ["fund", "group", "document", "rule", "stage", "since", "until"]
    list_filter = ["since", "until"]
    search_fields = ["fund__code", "group__code", "document__code"]
    list_select_related = ["fund", "group", "document", "rule"]
