"""Reviewers to keep; reviews, checks, results and searches to look at: they move by their actions alone."""

from typing import Any

from django import forms
from django.contrib import admin
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from innovation.calls.actions.assigning import ASSIGNABLE, COORDINATE, replace_reviewer
from innovation.calls.choices import RelationSource, ReviewState
from innovation.calls.models import (
    DiscussionRound,
    GateOverride,
    GateResult,
    LikenessRun,
    Review,
    ReviewerProfile,
    ReviewerRelation,
    ReviewSummary,
    ReviewVersion,
    Screening,
    SharedDetail,
    TextLikeness,
)
from innovation.core.admin import ActForm, ActsAdmin, Admin, ReadOnlyAdmin


@admin.register(ReviewerProfile)
class ReviewerProfileAdmin(Admin):
    list_display = ["user", "industries", "keywords", "load_limit", "is_active", "declared_on"]
    list_filter = ["is_active"]
    search_fields = ["user__name", "user__email"]
    list_select_related = ["user"]


@admin.register(ReviewerRelation)
class ReviewerRelationAdmin(Admin):
    """What the office records about a reviewer's relations; a declared one is looked at."""

    list_display = ["user", "organisation", "relation", "kind", "source", "since", "until", "recorded_at"]
    list_filter = ["relation", "kind", "source"]
    search_fields = ["user__name", "user__email", "organisation__name_zh", "organisation__name_en"]
    list_select_related = ["user", "organisation"]

    def save_model(self, request: HttpRequest, obj: ReviewerRelation, form: Any, change: bool) -> None:
        if not change:
            obj.source, obj.recorded_by = RelationSource.OFFICE, request.user
        super().save_model(request, obj, form, change)


class ReplaceReviewForm(ActForm):
    """End a review and ask somebody else in one step."""

    title = _("Replace the reviewer")
    permission = COORDINATE
    reason = forms.CharField(label=_("Reason"), max_length=300, widget=UnfoldAdminTextInputWidget)
    instead = forms.ModelChoiceField(
        label=_("Asked instead"), queryset=ReviewerProfile.objects.filter(is_active=True).select_related("user"),
        required=False, widget=UnfoldAdminSelectWidget,
    )  # fmt: skip
    fact_fields = {"reviewer": "instead"}

    class Meta:
        model = Review
        fields: list[str] = []

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.state != ReviewState.REPLACED and record.application.state in ASSIGNABLE

    def act(self) -> Review:
        instead = self.cleaned_data["instead"]
        replace_reviewer(
            review_id=self.instance.pk, reason=self.cleaned_data["reason"], actor=self.actor,
            reviewer_id=instead.user_id if instead else None,
        )  # fmt: skip
        return self.instance


@admin.register(Review)
class ReviewAdmin(ReadOnlyAdmin, ActsAdmin):
    acts = {"replace": ReplaceReviewForm}
    list_display = ["application", "reviewer", "state", "due_on", "conflict", "submitted_at", "reminded_at"]
    list_filter = ["state", "application__call"]
    search_fields = ["application__number", "reviewer__name", "reviewer__email"]
    date_hierarchy = "invited_at"
    list_select_related = ["application__call", "reviewer"]


@admin.register(ReviewVersion)
class ReviewVersionAdmin(ReadOnlyAdmin):
    list_display = ["review", "serial", "at", "reason"]
    search_fields = ["review__application__number"]
    list_select_related = ["review__application__call"]


@admin.register(ReviewSummary)
class ReviewSummaryAdmin(ReadOnlyAdmin):
    list_display = ["application", "rank", "is_tied", "n", "mean", "sd", "min", "max", "closed_at", "closed_by"]
    list_filter = ["application__call"]
    search_fields = ["application__number", "application__title"]
    list_select_related = ["application__call", "closed_by"]


@admin.register(DiscussionRound)
class DiscussionRoundAdmin(ReadOnlyAdmin):
    list_display = ["application", "due_on", "opened_at", "opened_by"]
    search_fields = ["application__number", "note"]
    list_select_related = ["application__call", "opened_by"]


@admin.register(Screening)
class ScreeningAdmin(ReadOnlyAdmin):
    list_display = ["application", "rubric", "passed", "is_verified", "ran_at", "ran_by"]
    list_filter = ["passed", "is_verified", "rubric"]
    search_fields = ["application__number", "application__title"]
    date_hierarchy = "ran_at"
    list_select_related = ["application__call", "rubric", "ran_by"]


@admin.register(GateResult)
class GateResultAdmin(ReadOnlyAdmin):
    list_display = ["screening", "gate", "text_zh", "outcome", "is_veto", "is_unverified"]
    list_filter = ["outcome", "is_veto", "is_unverified"]
    search_fields = ["screening__application__number", "gate", "text_zh"]
    list_select_related = ["screening__application__call", "screening__rubric"]


@admin.register(GateOverride)
class GateOverrideAdmin(ReadOnlyAdmin):
    list_display = ["result", "outcome", "reason", "by", "at"]
    list_filter = ["outcome"]
    search_fields = ["result__screening__application__number", "reason"]
    list_select_related = ["result", "by"]


@admin.register(LikenessRun)
class LikenessRunAdmin(ReadOnlyAdmin):
    list_display = ["submission", "state", "progress", "created_at", "finished_at", "error"]
    list_filter = ["state"]
    search_fields = ["submission__application__number"]
    list_select_related = ["submission__application__call"]


@admin.register(TextLikeness)
class TextLikenessAdmin(ReadOnlyAdmin):
    list_display = ["submission", "other", "containment_ppm", "jaccard_ppm", "found_at"]
    search_fields = ["submission__application__number", "other__application__number"]
    list_select_related = ["submission__application__call", "other__application__call"]


@admin.register(SharedDetail)
class SharedDetailAdmin(ReadOnlyAdmin):
    list_display = ["submission", "other", "kind", "text", "found_at"]
    list_filter = ["kind"]
    search_fields = ["submission__application__number", "other__application__number", "text"]
    list_select_related = ["submission__application__call", "other__application__call"]
