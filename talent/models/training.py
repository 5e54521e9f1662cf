"""Training: programmes that lead to a level of a scheme, their cohorts, and who took part with what result."""

from typing import Any, Self

from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from innovation.core.history import track
from innovation.organisations.models import Organisation
from talent.choices.credentials import CohortState, TrainingResult
from talent.models.credential_triggers import PassedAfterAttending, SeatsHold
from talent.models.credentials import Credential
from talent.models.identity import NoIdentityNumber
from talent.models.person import Person
from talent.models.schemes import SchemeVersion, in_language
from talent.models.visibility import sees_people, sees_talent_figures


class BaseQuerySet(models.QuerySet[Any]):
    """What a training base runs: all for the office and its managers, their own for the people of a base."""

    base = "base"

    def visible_to(self, user: Any) -> Self:
        if sees_talent_figures(user):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(**{f"{self.base}__in": Organisation.objects.of_member(user)})


@track()
class TrainingProgramme(models.Model):
    """What a training base teaches, in whole hours; who passes has attended ``attendance_percent`` of them.

    ``version`` and ``level`` say what a pass leads to; without them it leads to no credential.
    """

    code = models.CharField(_("code"), max_length=30, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    base = models.ForeignKey(
        Organisation, models.PROTECT, related_name="training_programmes", verbose_name=_("training base")
    )
    version = models.ForeignKey(
        SchemeVersion, models.PROTECT, null=True, blank=True, related_name="programmes",
        verbose_name=_("version of the scheme"),
    )  # fmt: skip
    level = models.CharField(pgettext_lazy("credential", "level"), max_length=30, blank=True)
    hours = models.PositiveSmallIntegerField(_("hours"))
    attendance_percent = models.PositiveSmallIntegerField(_("hours to attend, per cent"), default=80)
    modules = models.JSONField(_("modules"), default=list, blank=True)

    objects = BaseQuerySet.as_manager()

    class Meta:
        verbose_name = _("training programme")
        verbose_name_plural = _("training programmes")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="talent_programme_hours",
                condition=Q(hours__gte=1, attendance_percent__gte=1, attendance_percent__lte=100),
                violation_error_message=_("At least one hour, and between 1 and 100 per cent."),
            ),
        ]

    def __str__(self) -> str:
        return in_language(self.name_zh, self.name_en)

    @property
    def needed_hours(self) -> int:
        """Whole hours that have to be attended, rounded up."""
        return -(-self.hours * self.attendance_percent // 100)


class CohortQuerySet(BaseQuerySet):
    base = "programme__base"


@track()
class Cohort(models.Model):
    """One run of a programme with its seats. ``filed_on``: the day its passes were filed for unified numbers."""

    programme = models.ForeignKey(
        TrainingProgramme, models.PROTECT, related_name="cohorts", verbose_name=pgettext_lazy("credential", "programme")
    )
    number = models.CharField(_("cohort"), max_length=30)
    seats = models.PositiveSmallIntegerField(_("seats"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    state = models.CharField(
        _("state"), max_length=9, choices=CohortState.choices, default=CohortState.PLANNED, editable=False
    )
    filed_on = models.DateField(_("filed"), null=True, blank=True, editable=False)

    objects = CohortQuerySet.as_manager()

    class Meta:
        verbose_name = _("cohort")
        verbose_name_plural = _("cohorts")
        ordering = ["-starts_on", "id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_cohort_number_once",
                fields=["programme", "number"],
                violation_error_message=_("This programme has a cohort of that number already."),
            ),
            models.CheckConstraint(
                name="talent_cohort_period",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="talent_cohort_has_seats",
                condition=Q(seats__gte=1),
                violation_error_message=_("At least one seat."),
            ),
            models.CheckConstraint(
                name="talent_cohort_filed_when_finished",
                condition=Q(filed_on=None) | Q(state=CohortState.FINISHED),
                violation_error_message=_("A cohort is filed once it is finished."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} · {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("talent:cohort", args=[self.pk])


class EnrolmentQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """All for the office; their own for each person; those of its cohorts for the people of a base."""
        if sees_people(user):
            return self
        if not user.is_authenticated:
            return self.none()
        bases = Organisation.objects.of_member(user)
        return self.filter(Q(person__user=user) | Q(cohort__programme__base__in=bases))


@track()
class Enrolment(models.Model):
    """A person in a cohort: hours attended, result, post found afterwards, unified number."""

    cohort = models.ForeignKey(Cohort, models.PROTECT, related_name="enrolments", verbose_name=_("cohort"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="enrolments", verbose_name=_("person"))
    enrolled_at = models.DateTimeField(_("enrolled"), default=timezone.now, editable=False)
    attended_hours = models.PositiveSmallIntegerField(_("hours attended"), default=0)
    result = models.CharField(
        _("result"), max_length=7, choices=TrainingResult.choices, default=TrainingResult.PENDING, editable=False
    )
    result_on = models.DateField(_("result of"), null=True, blank=True, editable=False)
    placed_at = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("placed at")
    )
    placed_on = models.DateField(_("placed"), null=True, blank=True)
    unified_number = models.CharField(_("unified number"), max_length=60, blank=True, editable=False)
    credential = models.OneToOneField(
        Credential, models.PROTECT, null=True, blank=True, related_name="enrolment", editable=False,
        verbose_name=_("credential"),
    )  # fmt: skip

    objects = EnrolmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("enrolment")
        verbose_name_plural = _("enrolments")
        ordering = ["cohort_id", "id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_enrolled_once",
                fields=["cohort", "person"],
                violation_error_message=_("This person is in the cohort already."),
            ),
            models.UniqueConstraint(
                name="talent_unified_number_once",
                fields=["unified_number"],
                condition=~Q(unified_number=""),
                violation_error_message=_("This number is given already."),
            ),
            models.CheckConstraint(
                name="talent_result_known",
                condition=Q(result__in=TrainingResult.values),
                violation_error_message=_("Choose a result."),
            ),
            models.CheckConstraint(
                name="talent_placed_after_pass",
                condition=Q(placed_at=None, placed_on=None)
                | Q(placed_at__isnull=False, placed_on__isnull=False, result=TrainingResult.PASSED),
                violation_error_message=_("Who passed is placed at an organisation on a day."),
            ),
            models.CheckConstraint(
                name="talent_numbered_after_pass",
                condition=Q(unified_number="") | Q(result=TrainingResult.PASSED),
                violation_error_message=_("Only who passed gets a unified number."),
            ),
        ]
        triggers = [
            NoIdentityNumber(name="no_identity_number"),
            SeatsHold(name="talent_seats"),
            PassedAfterAttending(name="talent_pass_attendance"),
        ]

    def __str__(self) -> str:
        return f"{self.person} – {self.cohort}"
