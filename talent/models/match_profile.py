"""What the matcher may know about a person, and when the person has room."""

from typing import Any, Self

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from talent.choices.matching import MatchLevel, MatchSector, MatchSkill, MatchStage, Tongue
from talent.models.person import Person
from talent.models.visibility import sees_people

MOST_POINTS = 40
"""No person carries more load points, whatever is typed."""


class ProfileQuerySet(models.QuerySet["MatchProfile"]):
    def visible_to(self, user: Any) -> Self:
        """As the person is."""
        if sees_people(user):
            return self
        return self.filter(person__user=user) if user.is_authenticated else self.none()


def _several(choices: type[models.Choices], label: Any) -> Any:
    return ArrayField(
        models.CharField(max_length=20, choices=choices.choices), verbose_name=label, default=list, blank=True
    )


def _known(field: str, choices: type[models.Choices]) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=f"talent_profile_{field}_known",
        condition=Q(**{f"{field}__contained_by": list(choices.values)}),
        violation_error_message=_("Choose from the list."),
    )


@track()
class MatchProfile(models.Model):
    """All that the matcher is given about a person. Age, sex, school, title and photo are not part of it.

    ``capacity_points`` is the load that the person can carry; periods of leave lower it. Without ``is_open`` the next
    run leaves the person out.
    """

    person = models.OneToOneField(Person, models.PROTECT, related_name="match_profile", verbose_name=_("person"))
    is_open = models.BooleanField(
        _("open to proposals"), default=True, help_text=_("Without it the next matching leaves the person out.")
    )
    skills = _several(MatchSkill, _("skills"))
    languages = _several(Tongue, _("languages"))
    sectors = _several(MatchSector, _("sectors"))
    stages = _several(MatchStage, _("stages with experience"))
    level = models.PositiveSmallIntegerField(_("level"), choices=MatchLevel.choices, default=MatchLevel.CANDIDATE)
    capacity_points = models.PositiveSmallIntegerField(
        _("capacity (points)"), default=10, validators=[MaxValueValidator(MOST_POINTS)],
        help_text=_("A mandate takes one to four points, ten are full time."),
    )  # fmt: skip

    objects = ProfileQuerySet.as_manager()

    class Meta:
        verbose_name = _("matching profile")
        verbose_name_plural = _("matching profiles")
        ordering = ["person_id"]
        constraints = [
            _known("skills", MatchSkill),
            _known("languages", Tongue),
            _known("sectors", MatchSector),
            _known("stages", MatchStage),
            models.CheckConstraint(
                name="talent_profile_level_known",
                condition=Q(level__in=MatchLevel.values),
                violation_error_message=_("Choose a level."),
            ),
            models.CheckConstraint(
                name="talent_profile_capacity",
                condition=Q(capacity_points__lte=MOST_POINTS),
                violation_error_message=_("At most 40 points."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}" if MatchProfile.person.is_cached(self) else f"#{self.person_id}"


class PeriodQuerySet(models.QuerySet["CapacityPeriod"]):
    def visible_to(self, user: Any) -> Self:
        """As the profile is."""
        if sees_people(user):
            return self
        return self.filter(profile__person__user=user) if user.is_authenticated else self.none()


@track()
class CapacityPeriod(models.Model):
    """Days on which a person can carry less than usual, such as leave. Both days are included."""

    profile = models.ForeignKey(MatchProfile, models.CASCADE, related_name="periods", verbose_name=_("profile"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"))
    points = models.PositiveSmallIntegerField(_("capacity on these days (points)"), default=0)

    objects = PeriodQuerySet.as_manager()

    class Meta:
        verbose_name = _("period of less capacity")
        verbose_name_plural = _("periods of less capacity")
        ordering = ["profile_id", "valid_from", "id"]
        constraints = [
            models.CheckConstraint(
                name="talent_capacity_period",
                condition=Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="talent_capacity_period_points",
                condition=Q(points__lte=MOST_POINTS),
                violation_error_message=_("At most 40 points."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.valid_from} – {self.valid_to}: {self.points}"
