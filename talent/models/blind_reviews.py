"""Who scores which assessment blind, the scores, and every change of a mark after the lock."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from talent.choices.assessment import AFTER_LOCK, BlindReviewState, ChangeStage
from talent.models.assessment_triggers import (
    PERSON_OF_CHANGE,
    PERSON_OF_SCORE,
    ChangeAfterLock,
    IndependentReviewer,
    KeptUntilErased,
    ScoreWhileOpen,
)
from talent.models.assessments import Assessment
from talent.models.identity import NoIdentityNumber
from talent.models.visibility import sees_people
from talent.rules.rubric import TOP_MARK


class BlindReviewQuerySet(models.QuerySet["BlindReview"]):
    def visible_to(self, user: Any) -> Self:
        """Who reviews what: the office; a reviewer's own otherwise. The person assessed never learns it."""
        return self if sees_people(user) else self.of(user)

    def of(self, user: Any) -> Self:
        """The reviews asked of ``user``."""
        return self.filter(reviewer=user) if user.is_authenticated else self.none()

    def counting(self) -> Self:
        """Reviews whose scores count: handed in, and no conflict declared since."""
        return self.filter(state=BlindReviewState.SUBMITTED)


@track(exclude=("draft",))
class BlindReview(models.Model):
    """One reviewer and one assessment. ``draft`` holds what is being written and is emptied when it is handed in."""

    assessment = models.ForeignKey(Assessment, models.PROTECT, related_name="reviews", verbose_name=_("assessment"))
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="blind_reviews", verbose_name=_("reviewer")
    )
    state = models.CharField(
        _("state"), max_length=10, choices=BlindReviewState.choices, default=BlindReviewState.INVITED, editable=False
    )
    invited_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+", editable=False,
        verbose_name=_("invited by"),
    )  # fmt: skip
    conflict = models.BooleanField(_("conflict of interest"), null=True, editable=False)
    conflict_note = models.CharField(_("which conflict"), max_length=300, blank=True, editable=False)
    declared_at = models.DateTimeField(_("declared"), null=True, editable=False)
    draft = models.JSONField(_("draft"), default=dict, blank=True, editable=False)
    saved_at = models.DateTimeField(_("saved"), null=True, editable=False)
    submitted_at = models.DateTimeField(_("handed in"), null=True, editable=False)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True, editable=False)

    objects = BlindReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("blind review")
        verbose_name_plural = _("blind reviews")
        ordering = ["assessment_id", "id"]
        indexes = [models.Index(fields=["reviewer", "state"], name="talent_blind_review_of")]
        constraints = [
            models.UniqueConstraint(
                name="talent_blind_review_once",
                fields=["assessment", "reviewer"],
                violation_error_message=_("This person reviews the case already."),
            ),
            models.CheckConstraint(
                name="talent_blind_review_declared",
                condition=Q(state__in=[BlindReviewState.INVITED, BlindReviewState.DECLINED])
                | Q(state__in=[BlindReviewState.OPEN, BlindReviewState.SUBMITTED], conflict=False)
                | Q(state=BlindReviewState.CONFLICTED, conflict=True),
                violation_error_message=_("Scores need a declaration that there is no conflict of interest."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number"), IndependentReviewer(name="blind_review_independent")]

    def __str__(self) -> str:
        return f"{self.assessment} · {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("talent:blind_review", args=[self.pk])


class ScoreQuerySet(models.QuerySet[Any]):
    """``path`` leads from a row to its assessment."""

    path = "review__assessment"

    def visible_to(self, user: Any) -> Self:
        """Locked scores for the office. Before the lock nobody reads them, so that nobody is led by them."""
        return self.filter(**{f"{self.path}__state__in": AFTER_LOCK}) if sees_people(user) else self.none()


class ChangeQuerySet(ScoreQuerySet):
    path = "score__review__assessment"


class Score(models.Model):
    """The mark of 0 to 4 that a reviewer gave for one criterion, with its reason. Never changed."""

    review = models.ForeignKey(BlindReview, models.PROTECT, related_name="scores", verbose_name=_("blind review"))
    criterion = models.CharField(_("criterion"), max_length=40)
    mark = models.PositiveSmallIntegerField(_("mark"))
    reason = models.TextField(_("reason"), max_length=2000)
    at = models.DateTimeField(_("given"), default=timezone.now)

    objects = ScoreQuerySet.as_manager()

    class Meta:
        verbose_name = _("score")
        verbose_name_plural = _("scores")
        ordering = ["review_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_score_once",
                fields=["review", "criterion"],
                violation_error_message=_("This criterion has a mark already."),
            ),
            models.CheckConstraint(
                name="talent_score_on_scale",
                condition=Q(mark__gte=0, mark__lte=TOP_MARK),
                violation_error_message=_("Marks go from 0 to 4."),
            ),
        ]
        triggers = [
            NoIdentityNumber(name="no_identity_number"),
            ScoreWhileOpen(name="score_while_open"),
            KeptUntilErased(name="score_kept", words={"reason": "''"}, person=PERSON_OF_SCORE),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.mark}"


class ScoreChange(models.Model):
    """A mark changed after the lock, with its reason. The score itself stays; the newest change is what counts."""

    score = models.ForeignKey(Score, models.PROTECT, related_name="changes", verbose_name=_("score"))
    stage = models.CharField(_("stage"), max_length=13, choices=ChangeStage.choices)
    before = models.PositiveSmallIntegerField(_("mark before"))
    after = models.PositiveSmallIntegerField(_("mark after"))
    reason = models.TextField(_("reason"), max_length=2000)
    at = models.DateTimeField(_("changed"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", verbose_name=_("by"))

    objects = ChangeQuerySet.as_manager()

    class Meta:
        verbose_name = _("change of a score")
        verbose_name_plural = _("changes of scores")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="talent_score_change_on_scale",
                condition=Q(after__gte=0, after__lte=TOP_MARK) & ~Q(after=F("before")),
                violation_error_message=_("Another mark of 0 to 4."),
            ),
            models.CheckConstraint(
                name="talent_score_change_stage_known",
                condition=Q(stage__in=ChangeStage.values),
                violation_error_message=_("Choose a stage."),
            ),
        ]
        triggers = [
            NoIdentityNumber(name="no_identity_number"),
            ChangeAfterLock(name="score_change_after_lock"),
            KeptUntilErased(name="score_change_kept", words={"reason": "''"}, person=PERSON_OF_CHANGE),
        ]

    def __str__(self) -> str:
        return f"{self.before} → {self.after}"
