"""Reviews: who judges which case, what was handed in, rounds of discussion, and what stood when scoring closed."""

from fractions import Fraction
from typing import Any

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import STAFF_ROLES
from innovation.calls.choices import COUNTING_REVIEWS, WAITING_REVIEWS, ReviewState
from innovation.calls.models.answers import Submission
from innovation.calls.models.applications import Application
from innovation.calls.models.screening import OfficeQuerySet
from innovation.core.append_only import AppendOnly
from innovation.core.history import track


class ReviewQuerySet(models.QuerySet["Review"]):
    def visible_to(self, user: Any) -> "ReviewQuerySet":
        """Every review for the staff; a reviewer's own otherwise, without those given to somebody else."""
        if not user.is_authenticated:
            return self.none()
        return self if user.has_role(*STAFF_ROLES) else self.of(user)

    def of(self, user: Any) -> "ReviewQuerySet":
        """The reviews asked of ``user``, also for staff that reviews."""
        return self.filter(reviewer=user).exclude(state=ReviewState.REPLACED)

    def counting(self) -> "ReviewQuerySet":
        return self.filter(state__in=COUNTING_REVIEWS)

    def waiting(self) -> "ReviewQuerySet":
        return self.filter(state__in=WAITING_REVIEWS)


class ReadAfterDeclaration(pgtrigger.Trigger):
    """A review is written and handed in only after the reviewer said that there is no conflict."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert | pgtrigger.Update
    func = """
        IF NEW.state IN ('open', 'submitted') AND NEW.conflict IS DISTINCT FROM false THEN
            RAISE EXCEPTION 'A review begins with the declaration that there is no conflict of interest.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NEW;
    """


@track()
class Review(models.Model):
    """One reviewer and one case. ``draft`` holds what is being written: points, texts, comment."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name=_("application"), related_name="reviews")
    reviewer = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("reviewer"), related_name="reviews"
    )
    state = models.CharField(
        _("state"), max_length=10, choices=ReviewState, default=ReviewState.INVITED, editable=False
    )
    invited_at = models.DateTimeField(_("invited"), default=timezone.now, editable=False)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("invited by"), related_name="+", editable=False
    )
    due_on = models.DateField(_("due"), null=True)
    conflict = models.BooleanField(_("conflict of interest"), null=True, editable=False)
    conflict_note = models.CharField(_("which conflict"), max_length=300, blank=True, editable=False)
    declared_at = models.DateTimeField(_("declared"), null=True, editable=False)
    draft = models.JSONField(_("draft"), default=dict, editable=False, encoder=DjangoJSONEncoder)
    saved_at = models.DateTimeField(_("saved"), null=True, editable=False)
    submitted_at = models.DateTimeField(_("handed in"), null=True, editable=False)
    total_num = models.BigIntegerField(_("total, numerator"), null=True, editable=False)
    total_den = models.BigIntegerField(_("total, denominator"), null=True, editable=False)
    reminded_at = models.DateTimeField(_("reminded"), null=True, editable=False)
    end_reason = models.CharField(_("why it ended"), max_length=300, blank=True, editable=False)

    objects = ReviewQuerySet.as_manager()

    class Meta:
        verbose_name = _("review")
        verbose_name_plural = _("reviews")
        ordering = ["id"]
        indexes = [models.Index(name="review_of_person", fields=["reviewer", "state", "due_on"])]
        constraints = [
            models.UniqueConstraint(
                name="review_once",
                fields=["application", "reviewer"],
                violation_error_message=_("This person reviews the case already."),
            ),
            models.CheckConstraint(
                name="review_state_known",
                condition=Q(state__in=ReviewState.values),
                violation_error_message=_("This is not a state of a review."),
            ),
            models.CheckConstraint(
                name="review_handed_in_with_total",
                condition=~Q(state=ReviewState.SUBMITTED)
                | Q(submitted_at__isnull=False, total_num__gte=0, total_den__gt=0),
                violation_error_message=_("A review that was handed in has a total."),
            ),
        ]
        triggers = [ReadAfterDeclaration(name="review_declared_first")]

    def __str__(self) -> str:
        return f"{self.application.number} · {self.get_state_display()}"

    def get_absolute_url(self) -> str:
        return reverse("reviews:review", args=[self.pk])

    @property
    def total(self) -> Fraction | None:
        """0 to 100, exact."""
        return None if self.total_num is None else Fraction(self.total_num, self.total_den)


class ReviewVersion(models.Model):
    """What was handed in, as it stood then; a revision in a round of discussion is a further row with its reason."""

    review = models.ForeignKey(Review, models.PROTECT, verbose_name=_("review"), related_name="versions")
    serial = models.PositiveSmallIntegerField(_("which time"))
    submission = models.ForeignKey(Submission, models.PROTECT, verbose_name=_("submission judged"), related_name="+")
    points = models.JSONField(_("points"), encoder=DjangoJSONEncoder)
    texts = models.JSONField(_("texts"), default=dict)
    comment = models.TextField(_("comment"), blank=True)
    divergence_text = models.TextField(_("why so far from the others"), blank=True)
    reason = models.CharField(_("reason of the revision"), max_length=500, blank=True)
    total_num = models.BigIntegerField(_("total, numerator"))
    total_den = models.BigIntegerField(_("total, denominator"))
    at = models.DateTimeField(_("handed in"), default=timezone.now)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("review as handed in")
        verbose_name_plural = _("reviews as handed in")
        ordering = ["review", "serial"]
        constraints = [
            models.UniqueConstraint(
                name="review_version_once",
                fields=["review", "serial"],
                violation_error_message=_("This version exists already."),
            ),
            models.CheckConstraint(
                name="review_version_revised_with_reason",
                condition=Q(serial=1) | ~Q(reason=""),
                violation_error_message=_("A revision says why."),
            ),
            models.CheckConstraint(
                name="review_version_total_in_range",
                condition=Q(total_den__gt=0, total_num__gte=0) & Q(total_num__lte=models.F("total_den") * 100),
                violation_error_message=_("A total lies between 0 and 100."),
            ),
        ]
        triggers = [AppendOnly(name="review_version_append_only")]

    def __str__(self) -> str:
        return f"{self.review} · {self.serial}"


@track()
class DiscussionRound(models.Model):
    """Reviewers of a case are far apart and may each revise once, with a reason, until ``due_on``."""

    application = models.OneToOneField(
        Application, models.PROTECT, verbose_name=_("application"), related_name="discussion"
    )
    note = models.TextField(_("what is to be discussed"))
    due_on = models.DateField(_("until"))
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("opened by"), related_name="+", editable=False
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of discussion")
        verbose_name_plural = _("rounds of discussion")
        ordering = ["-id"]

    def __str__(self) -> str:
        return str(self.application)


class ReviewSummary(models.Model):
    """What stood when scoring closed: figures of 0 to 100 to six places, the score exact, the rank among the cases
    closed together. Never changed.
    """

    application = models.OneToOneField(
        Application, models.PROTECT, verbose_name=_("application"), related_name="review_summary"
    )
    n = models.PositiveSmallIntegerField(_("reviews"))
    mean = models.DecimalField(_("mean"), max_digits=9, decimal_places=6, null=True)
    sd = models.DecimalField(_("standard deviation"), max_digits=9, decimal_places=6, null=True)
    min = models.DecimalField(_("lowest"), max_digits=9, decimal_places=6, null=True)
    max = models.DecimalField(_("highest"), max_digits=9, decimal_places=6, null=True)
    score_num = models.BigIntegerField(_("score, numerator"), null=True)
    score_den = models.BigIntegerField(_("score, denominator"), null=True)
    score_rule = models.CharField(_("score of a case"), max_length=12)
    tie_breaks = models.JSONField(_("tie-breaks"), default=list, encoder=DjangoJSONEncoder)
    rank = models.PositiveIntegerField(_("rank"), null=True)
    is_tied = models.BooleanField(_("shared rank"), default=False)
    ranked_of = models.PositiveIntegerField(_("cases ranked together"))
    closed_at = models.DateTimeField(_("closed"))
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("closed by"), related_name="+"
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("result of a review")
        verbose_name_plural = _("results of reviews")
        ordering = ["application__call", "rank", "id"]
        constraints = [
            models.CheckConstraint(
                name="review_summary_score_of_reviews",
                condition=Q(n=0, score_num=None, rank=None) | Q(n__gt=0, score_num__gte=0, score_den__gt=0, rank__gt=0),
                violation_error_message=_("A case with reviews has a score and a rank, others have none."),
            )
        ]
        triggers = [AppendOnly(name="review_summary_append_only")]

    def __str__(self) -> str:
        return f"{self.application} · {self.rank}"

    @property
    def score(self) -> Fraction | None:
        return None if self.score_num is None else Fraction(self.score_num, self.score_den)
