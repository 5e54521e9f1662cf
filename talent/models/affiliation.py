"""Where people work: laboratories, and dated posts with their share of working time."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from innovation.organisations.models import Organisation
from talent.choices.people import FrascatiClass, PostClass, PostDuty, ResearcherProfile
from talent.models.affiliation_triggers import ChangedWithinFullTime, NewWithinFullTime
from talent.models.identity import NoIdentityNumber
from talent.models.person import Person
from talent.models.visibility import sees_people, sees_talent_figures


class LaboratoryQuerySet(models.QuerySet["Laboratory"]):
    def visible_to(self, user: Any) -> Self:
        """All for the office and its managers; for others those of the organisations that they belong to."""
        if sees_talent_figures(user):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=Organisation.objects.of_member(user))


@track()
class Laboratory(models.Model):
    """A laboratory or other research unit of an organisation; the smallest unit of the support ratio."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="laboratories", verbose_name=_("organisation")
    )
    code = models.CharField(_("code"), max_length=30)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    opened_on = models.DateField(_("opening day"), null=True, blank=True)
    closed_on = models.DateField(_("closing day"), null=True, blank=True)

    objects = LaboratoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("laboratory")
        verbose_name_plural = _("laboratories")
        ordering = ["organisation_id", "code"]
        constraints = [
            models.UniqueConstraint(
                name="talent_laboratory_code",
                fields=["organisation", "code"],
                violation_error_message=_("This organisation has a laboratory of this code already."),
            ),
            models.CheckConstraint(
                name="talent_laboratory_period",
                condition=Q(opened_on=None) | Q(closed_on=None) | Q(closed_on__gte=F("opened_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en


class AffiliationQuerySet(models.QuerySet["Affiliation"]):
    def visible_to(self, user: Any) -> Self:
        """All for the office; one's own posts; for a member of an organisation the posts there."""
        if sees_people(user):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(Q(person__user=user) | Q(organisation__in=Organisation.objects.of_member(user)))

    def on(self, day: Any) -> Self:
        """Posts held on ``day``."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


@track()
class Affiliation(models.Model):
    """A post of a person at an organisation from one day to another (both included).

    ``fte_centi`` is its share of full working time in hundredths (full-time equivalent, Frascati Manual 2015).
    "Current" is computed from the days, never stored.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="affiliations", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="talent_affiliations", verbose_name=_("organisation")
    )
    laboratory = models.ForeignKey(
        Laboratory, models.PROTECT, null=True, blank=True, related_name="affiliations", verbose_name=_("laboratory")
    )
    title = models.CharField(_("post"), max_length=120)
    duty = models.CharField(_("kind of work"), max_length=30, choices=PostDuty.choices)
    post_class = models.CharField(_("class of post"), max_length=10, choices=PostClass.choices)
    r_profile = models.CharField(_("researcher profile"), max_length=2, choices=ResearcherProfile.choices, blank=True)
    frascati_class = models.CharField(_("Frascati class"), max_length=10, choices=FrascatiClass.choices)
    fte_centi = models.PositiveSmallIntegerField(
        _("share of full working time (hundredths)"), help_text=_("100 is full time, 50 is half.")
    )
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)
    funding = models.CharField(_("paid from"), max_length=120, blank=True)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("confirmed by"),
    )  # fmt: skip
    confirmed_at = models.DateTimeField(_("confirmed"), null=True, blank=True, editable=False)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = AffiliationQuerySet.as_manager()

    class Meta:
        verbose_name = _("post held")
        verbose_name_plural = _("posts held")
        ordering = ["person_id", "-valid_from", "id"]
        indexes = [models.Index(fields=["organisation", "laboratory"], name="talent_post_by_unit")]
        constraints = [
            models.CheckConstraint(
                name="talent_post_fte",
                condition=Q(fte_centi__gte=1, fte_centi__lte=100),
                violation_error_message=_("Between 1 and 100 hundredths of full time."),
            ),
            models.CheckConstraint(
                name="talent_post_period",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The last day lies before the first."),
            ),
        ]
        triggers = [
            NoIdentityNumber(name="no_identity_number"),
            NewWithinFullTime(name="talent_new_post_within_full_time"),
            ChangedWithinFullTime(name="talent_post_within_full_time"),
        ]

    def __str__(self) -> str:
        return f"{self.title}, {self.organisation}"
