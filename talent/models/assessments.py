"""Rounds of assessment, the rubric they use, and the assessment of one person in one round."""

from fractions import Fraction
from typing import Any, Self

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import Role
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from talent.choices.assessment import (
    AFTER_DECISION,
    AFTER_UNBLINDING,
    AssessmentOutcome,
    AssessmentState,
    RubricStatus,
)
from talent.choices.people import RoleKind
from talent.models.assessment_states import STATE_NAMES, TRANSITIONS
from talent.models.identity import NoIdentityNumber
from talent.models.person import Person
from talent.models.visibility import sees_people, sees_talent_figures
from talent.rules.assessing import LEAST_REVIEWERS

DECIDES = (Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR)


def _in_language(zh: str, en: str) -> str:
    chinese = (get_language() or "").startswith("zh")
    return zh if chinese or not en else en


class FiguresQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """What names nobody: for everyone who reads figures of the talent part."""
        return self if sees_talent_figures(user) else self.none()


class AssessmentRubric(models.Model):
    """One version of a rubric: criteria with weights and anchored marks, gates, what counts as evidence.

    Never changed: a new version is a new row, and a round keeps the version it began with. ``content`` has the shape
    that ``talent.rules.rubric.rubric_of`` reads, with texts in both languages.
    """

    code = models.SlugField(_("code"), max_length=40)
    version = models.PositiveSmallIntegerField(_("version"))
    title_zh = models.CharField(_("Chinese title"), max_length=120)
    title_en = models.CharField(_("English title"), max_length=120, blank=True)
    content = models.JSONField(_("content"), encoder=DjangoJSONEncoder)
    status = models.CharField(_("source"), max_length=10, choices=RubricStatus.choices, default=RubricStatus.PROPOSAL)
    source = models.CharField(_("where it comes from"), max_length=300, blank=True)
    published_at = models.DateTimeField(_("published"), default=timezone.now, editable=False)

    objects = FiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment rubric")
        verbose_name_plural = _("assessment rubrics")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="talent_rubric_version",
                fields=["code", "version"],
                violation_error_message=_("This rubric has a version of this number already."),
            )
        ]
        triggers = [AppendOnly(name="assessment_rubric_append_only")]

    def __str__(self) -> str:
        return f"{_in_language(self.title_zh, self.title_en)} · {self.version}"


@track()
class AssessmentRound(models.Model):
    """People of one role kind who are assessed together, under one rubric. Results are compared inside a round."""

    code = models.SlugField(_("code"), max_length=40, unique=True)
    title_zh = models.CharField(_("Chinese title"), max_length=160)
    title_en = models.CharField(_("English title"), max_length=160, blank=True)
    role_kind = models.CharField(_("role"), max_length=20, choices=RoleKind.choices, default=RoleKind.FOUNDER)
    rubric = models.ForeignKey(
        AssessmentRubric, models.PROTECT, related_name="rounds", verbose_name=_("assessment rubric")
    )
    opened_on = models.DateField(_("opened"), default=timezone.localdate)
    scores_due_on = models.DateField(_("reviews due"))
    least_reviewers = models.PositiveSmallIntegerField(_("reviewers at least"), default=LEAST_REVIEWERS)

    objects = FiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of assessment")
        verbose_name_plural = _("rounds of assessment")
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="talent_round_two_reviewers",
                condition=Q(least_reviewers__gte=LEAST_REVIEWERS, least_reviewers__lte=9),
                violation_error_message=_("Two to nine independent reviewers."),
            ),
            models.CheckConstraint(
                name="talent_round_period",
                condition=Q(scores_due_on__gte=F("opened_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="talent_round_role_known",
                condition=Q(role_kind__in=RoleKind.values),
                violation_error_message=_("Choose a kind."),
            ),
        ]

    def __str__(self) -> str:
        return _in_language(self.title_zh, self.title_en)


class AssessmentQuerySet(models.QuerySet["Assessment"]):
    def visible_to(self, user: Any) -> Self:
        """With the name: the talent office and whom the law appoints; each person their own. Reviewers: none."""
        if sees_people(user):
            return self
        return self.of(user)

    def of(self, user: Any) -> Self:
        """The assessments of ``user`` as a person."""
        return self.filter(person__user=user) if user.is_authenticated else self.none()

    def by_number(self, user: Any) -> Self:
        """Without the name, for whoever runs or decides: pages that show the number alone."""
        if sees_people(user):
            return self
        return self if user.is_authenticated and user.has_role(*DECIDES) else self.none()


@track()
class Assessment(models.Model):
    """One person in one round. ``number`` is the pseudonym under which reviewers and managers know the case."""

    transitions = TRANSITIONS
    state_names = STATE_NAMES

    number = models.CharField(_("pseudonym"), max_length=10, unique=True, editable=False)
    round = models.ForeignKey(
        AssessmentRound, models.PROTECT, related_name="assessments", verbose_name=_("round of assessment")
    )
    person = models.ForeignKey(Person, models.PROTECT, related_name="assessments", verbose_name=_("person"))
    state = models.CharField(
        _("state"), max_length=13, choices=AssessmentState.choices, default=AssessmentState.OPEN, editable=False
    )
    opened_at = models.DateTimeField(_("opened"), default=timezone.now, editable=False)
    opened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("opened by"),
    )  # fmt: skip
    locked_at = models.DateTimeField(_("scores locked"), null=True, editable=False)
    score_num = models.BigIntegerField(_("score at the lock, numerator"), null=True, editable=False)
    score_den = models.BigIntegerField(_("score at the lock, denominator"), null=True, editable=False)
    unblinded_at = models.DateTimeField(_("unblinded"), null=True, editable=False)
    diligence = models.TextField(_("findings of due diligence"), blank=True, editable=False)
    outcome = models.CharField(
        _("outcome"), max_length=12, choices=AssessmentOutcome.choices, blank=True, editable=False
    )
    reason = models.TextField(_("reasons of the decision"), blank=True, editable=False)
    decided_at = models.DateTimeField(_("decided"), null=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, editable=False, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    appeal = models.TextField(_("appeal"), blank=True, editable=False)
    answer = models.TextField(_("answer to the appeal"), blank=True, editable=False)

    objects = AssessmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assessment")
        verbose_name_plural = _("assessments")
        ordering = ["-id"]
        permissions = [("decide_assessment", _("Can decide assessments and answer appeals"))]
        constraints = [
            models.UniqueConstraint(
                name="talent_assessment_once",
                fields=["round", "person"],
                violation_error_message=_("This person is assessed in this round already."),
            ),
            models.CheckConstraint(
                name="talent_assessment_state_known",
                condition=Q(state__in=AssessmentState.values),
                violation_error_message=_("Choose a state."),
            ),
            models.CheckConstraint(
                name="talent_assessment_outcome",
                condition=Q(outcome="", decided_at=None) & ~Q(state__in=AFTER_DECISION)
                | Q(outcome__in=AssessmentOutcome.values, decided_at__isnull=False, state__in=AFTER_DECISION),
                violation_error_message=_("A decided assessment has an outcome, others have none."),
            ),
            models.CheckConstraint(
                name="talent_assessment_unblinded",
                condition=~Q(state__in=AFTER_UNBLINDING) | Q(unblinded_at__isnull=False, locked_at__isnull=False),
                violation_error_message=_("Scores are locked before the name is shown."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("talent:assessment", args=[self.pk])

    @property
    def locked_score(self) -> Fraction | None:
        """The mean score of 0 to 100 as it stood at the lock, exact."""
        return None if self.score_num is None else Fraction(self.score_num, self.score_den or 1)
