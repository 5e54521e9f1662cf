"""The office of blind assessments: rounds are edited; cases, redactions and scores are read and acted upon.

Scores come into sight at the lock. The vault of years of birth has no admin.
"""

import json
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from innovation.accounts.choices import Role
from innovation.accounts.models import User
from innovation.core.admin import ActForm, ActionAdmin, ActionForm, Admin, ReadInline, ReadOnlyAdmin
from talent.actions import assessing
from talent.actions.rubrics import publish_rubric
from talent.admin.personal import PersonalAdmin
from talent.choices.assessment import AssessmentOutcome, AssessmentState
from talent.models import (
    Assessment,
    AssessmentEvidence,
    AssessmentRound,
    AssessmentRubric,
    BlindReview,
    BlindView,
    Redaction,
    Score,
    ScoreChange,
)


class RubricForm(ActionForm):
    """Publishes the next version of a rubric by its action."""

    class Meta:
        model = AssessmentRubric
        fields = ["code", "title_zh", "title_en", "content", "status", "source"]

    def act(self) -> AssessmentRubric:
        data = self.cleaned_data
        return publish_rubric(actor=self.actor, **{name: data[name] for name in self._meta.fields or []})


@admin.register(AssessmentRubric)
class AssessmentRubricAdmin(ActionAdmin):
    """Rubrics by version; a new version is added and none is changed."""

    add_form = RubricForm
    list_display = ["title_zh", "title_en", "code", "version", "status", "published_at"]
    list_filter = ["status"]
    search_fields = ["code", "title_zh", "title_en"]
    fields = ["code", "version", "title_zh", "title_en", "readable", "status", "source", "published_at"]
    readonly_fields = ["readable"]

    @admin.display(description=_("content"))
    def readable(self, rubric: AssessmentRubric) -> str:
        return format_html("<pre>{}</pre>", json.dumps(rubric.content, ensure_ascii=False, indent=1))


@admin.register(AssessmentRound)
class AssessmentRoundAdmin(Admin):
    """Rounds: what for, by which rubric, until when."""

    list_display = ["title_zh", "title_en", "code", "role_kind", "rubric", "opened_on", "scores_due_on"]
    list_filter = ["role_kind", "opened_on"]
    search_fields = ["code", "title_zh", "title_en"]
    date_hierarchy = "opened_on"
    list_select_related = ["rubric"]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        """Rubric and opening day stay once somebody is assessed: results of a round are compared."""
        fixed = ["rubric", "opened_on", "role_kind"] if obj is not None and obj.assessments.exists() else []
        return [*super().get_readonly_fields(request, obj), *fixed]

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class EvidenceInline(ReadInline):
    model = AssessmentEvidence
    fields = ["criterion", "form", "domain", "text", "file_name", "added_at"]


class ReviewInline(ReadInline):
    model = BlindReview
    fields = ["reviewer", "state", "declared_at", "submitted_at", "end_reason"]

    def get_queryset(self, request: HttpRequest) -> QuerySet[BlindReview]:
        return super().get_queryset(request).select_related("reviewer")


class OpenForm(ActionForm):
    """Opens an assessment by the same action as the page."""

    class Meta:
        model = Assessment
        fields = ["round", "person"]

    def act(self) -> Assessment:
        data = self.cleaned_data
        return assessing.open_assessment(round_id=data["round"].pk, person_id=data["person"].pk, actor=self.actor)


class _Step(ActForm):
    permission = "talent.change_assessment"
    states: frozenset[str] = frozenset()

    class Meta:
        model = Assessment
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.state in cls.states


class _Reasoned(_Step):
    reason = forms.CharField(label=_("Reason"), max_length=2000, widget=UnfoldAdminTextareaWidget)


class AskForm(_Step):
    title = _("Ask a reviewer")
    states = frozenset({AssessmentState.OPEN, AssessmentState.BLIND_SCORING})
    reviewer = forms.ModelChoiceField(
        label=_("Reviewer"), queryset=User.objects.none(), widget=UnfoldAdminSelectWidget
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        rows = User.objects.filter(is_active=True, groups__name=Role.REVIEWER).order_by("name", "email")
        self.fields["reviewer"].queryset = rows

    def act(self) -> Assessment:
        assessing.assign_reviewer(
            assessment_id=self.instance.pk, reviewer_id=self.cleaned_data["reviewer"].pk, actor=self.actor
        )
        return self.instance


class BeginForm(_Step):
    title = _("Begin blind scoring")
    states = frozenset({AssessmentState.OPEN})

    def act(self) -> Assessment:
        return assessing.begin_scoring(assessment_id=self.instance.pk, actor=self.actor)


class LockForm(_Step):
    title = _("Lock the scores")
    states = frozenset({AssessmentState.BLIND_SCORING})

    def act(self) -> Assessment:
        return assessing.lock_scores(assessment_id=self.instance.pk, actor=self.actor)


class ModerateForm(_Reasoned):
    title = _("Open a round of discussion")
    states = frozenset({AssessmentState.LOCKED})

    def act(self) -> Assessment:
        return assessing.open_moderation(
            assessment_id=self.instance.pk, note=self.cleaned_data["reason"], actor=self.actor
        )


class ReopenForm(_Reasoned):
    title = _("Open scoring again")
    states = frozenset({AssessmentState.LOCKED, AssessmentState.MODERATION, AssessmentState.UNBLINDED})

    def act(self) -> Assessment:
        return assessing.reopen_scoring(
            assessment_id=self.instance.pk, reason=self.cleaned_data["reason"], actor=self.actor
        )


class UnblindForm(_Step):
    title = _("Unblind")
    states = frozenset({AssessmentState.LOCKED, AssessmentState.MODERATION})

    def act(self) -> Assessment:
        return assessing.unblind(assessment_id=self.instance.pk, actor=self.actor)


class DiligenceForm(_Reasoned):
    title = _("Write down due diligence")
    states = frozenset({AssessmentState.UNBLINDED})

    def act(self) -> Assessment:
        return assessing.record_diligence(
            assessment_id=self.instance.pk, findings=self.cleaned_data["reason"], actor=self.actor
        )


class DecideForm(_Reasoned):
    title = pgettext_lazy("assessment", "Decide")
    permission = "talent.decide_assessment"
    states = frozenset({AssessmentState.UNBLINDED})
    outcome = forms.ChoiceField(
        label=_("Outcome"), choices=AssessmentOutcome.choices, widget=UnfoldAdminSelectWidget
    )  # fmt: skip

    def act(self) -> Assessment:
        data = self.cleaned_data
        return assessing.decide(
            assessment_id=self.instance.pk, outcome=data["outcome"], reason=data["reason"], actor=self.actor
        )


class AnswerForm(DecideForm):
    title = _("Answer the appeal")
    states = frozenset({AssessmentState.APPEAL})

    def act(self) -> Assessment:
        data = self.cleaned_data
        return assessing.answer_appeal(
            assessment_id=self.instance.pk, outcome=data["outcome"], answer=data["reason"], actor=self.actor
        )


class CloseForm(_Step):
    title = _("Close")
    states = frozenset({AssessmentState.DECIDED})

    def act(self) -> Assessment:
        return assessing.close(assessment_id=self.instance.pk, actor=self.actor)


@admin.register(Assessment)
class AssessmentAdmin(PersonalAdmin, ActionAdmin):
    """Cases with their names, for who may read them; each step by its action."""

    add_form = OpenForm
    acts = {
        "reviewer": AskForm, "begin": BeginForm, "lock": LockForm, "moderate": ModerateForm, "reopen": ReopenForm,
        "unblind": UnblindForm, "diligence": DiligenceForm, "decide": DecideForm, "answer": AnswerForm,
        "close": CloseForm,
    }  # fmt: skip
    list_display = ["number", "person", "round", "state", "outcome", "opened_at", "locked_at", "decided_at"]
    list_filter = ["state", "outcome", "round"]
    search_fields = ["number"]
    date_hierarchy = "opened_at"
    list_select_related = ["person", "round"]
    inlines = [EvidenceInline, ReviewInline]


class EvidenceForm(ActionForm):
    """Adds evidence by the same action as the page; files come by the page."""

    criterion = forms.CharField(label=_("criterion"), max_length=40, widget=UnfoldAdminTextInputWidget)

    class Meta:
        model = AssessmentEvidence
        fields = ["assessment", "criterion", "form", "domain", "text", "year", "experience_years"]

    def act(self) -> AssessmentEvidence:
        data = dict(self.cleaned_data)
        return assessing.add_evidence(assessment_id=data.pop("assessment").pk, actor=self.actor, **data)


@admin.register(AssessmentEvidence)
class AssessmentEvidenceAdmin(PersonalAdmin, ActionAdmin):
    """Evidence as handed in."""

    add_form = EvidenceForm
    list_display = ["assessment", "criterion", "form", "domain", "file_name", "added_at"]
    list_filter = ["form"]
    search_fields = ["assessment__number", "domain"]
    list_select_related = ["assessment"]


@admin.register(Redaction)
class RedactionAdmin(PersonalAdmin, ReadOnlyAdmin):
    """The log of redaction."""

    list_display = ["evidence", "at", "by", "found", "left", "left_reason"]
    date_hierarchy = "at"
    search_fields = ["evidence__assessment__number"]
    list_select_related = ["evidence", "by"]


@admin.register(BlindView)
class BlindViewAdmin(PersonalAdmin, ReadOnlyAdmin):
    """What reviewers were given."""

    list_display = ["assessment", "sha256", "built_at", "built_by"]
    search_fields = ["assessment__number"]
    list_select_related = ["assessment", "built_by"]


@admin.register(BlindReview)
class BlindReviewAdmin(PersonalAdmin, ReadOnlyAdmin):
    """Who was asked to score what."""

    list_display = ["assessment", "reviewer", "state", "invited_at", "declared_at", "submitted_at"]
    list_filter = ["state"]
    search_fields = ["assessment__number", "reviewer__email", "reviewer__name"]
    list_select_related = ["assessment", "reviewer"]
    fields = [
        "assessment", "reviewer", "state", "invited_at", "invited_by", "conflict", "conflict_note", "declared_at",
        "submitted_at", "end_reason",
    ]  # fmt: skip


class ChangeInline(ReadInline):
    model = ScoreChange
    fields = ["stage", "before", "after", "reason", "at", "by"]


@admin.register(Score)
class ScoreAdmin(PersonalAdmin, ReadOnlyAdmin):
    """Locked scores; those of cases that are still scored are nobody's to read."""

    list_display = ["review", "criterion", "mark", "at"]
    list_filter = ["criterion", "mark"]
    search_fields = ["review__assessment__number"]
    list_select_related = ["review__assessment"]
    inlines = [ChangeInline]

    def get_queryset(self, request: HttpRequest) -> QuerySet[Score]:
        return super().get_queryset(request).visible_to(request.user)


@admin.register(ScoreChange)
class ScoreChangeAdmin(PersonalAdmin, ReadOnlyAdmin):
    """Marks changed after the lock."""

    list_display = ["score", "stage", "before", "after", "at", "by"]
    list_filter = ["stage"]
    search_fields = ["score__review__assessment__number"]
    list_select_related = ["score", "by"]
