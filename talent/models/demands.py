"""What people are wanted for, and who may not serve it."""

from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.organisations.models import Division, Organisation
from talent.choices.matching import (
    ConflictSource,
    DemandKind,
    DemandState,
    MatchLevel,
    MatchSector,
    MatchSkill,
    MatchStage,
    Tongue,
)
from talent.choices.people import RoleKind
from talent.models.identity import NoIdentityNumber
from talent.models.matching_triggers import SuspendFirst
from talent.models.person import Person
from talent.models.visibility import sees_people, sees_talent_figures


class OwnedQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """All for the office and its managers; for others those of the organisations that they belong to."""
        if sees_talent_figures(user):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(organisation__in=Organisation.objects.of_member(user))


@track()
class Technology(models.Model):
    """A technology of an institute on its way to the market: it may need a manager, a founder and assistants."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="technologies", verbose_name=_("institute")
    )
    sector = models.CharField(_("sector"), max_length=20, choices=MatchSector.choices)
    trl = models.PositiveSmallIntegerField(
        _("technology readiness level"), validators=[MinValueValidator(1), MaxValueValidator(9)]
    )

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("technology")
        verbose_name_plural = _("technologies")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                name="talent_technology_trl",
                condition=Q(trl__gte=1, trl__lte=9),
                violation_error_message=_("Readiness levels go from 1 to 9."),
            ),
        ]

    def __str__(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en


@track()
class Demand(models.Model):
    """Somebody is wanted: for whom, with which skills and level, how much work, on which days.

    ``load`` is in points (1 to 4 by stage and urgency); ``technology`` ties the demands of one technology to a chain.
    """

    code = models.CharField(_("code"), max_length=30, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    kind = models.CharField(_("kind"), max_length=10, choices=DemandKind.choices, default=DemandKind.PROJECT)
    role_kind = models.CharField(_("wanted"), max_length=20, choices=RoleKind.choices, default=RoleKind.TECH_MANAGER)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="talent_demands", verbose_name=_("owner")
    )
    technology = models.ForeignKey(
        Technology, models.PROTECT, null=True, blank=True, related_name="demands", verbose_name=_("technology")
    )
    division = models.ForeignKey(
        Division, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("division")
    )
    sector = models.CharField(_("sector"), max_length=20, choices=MatchSector.choices, blank=True)
    stage = models.CharField(_("stage"), max_length=10, choices=MatchStage.choices, blank=True)
    skills = ArrayField(
        models.CharField(max_length=20, choices=MatchSkill.choices), verbose_name=_("skills needed"), default=list,
        blank=True,
    )  # fmt: skip
    languages = ArrayField(
        models.CharField(max_length=20, choices=Tongue.choices), verbose_name=_("languages needed"), default=list,
        blank=True,
    )  # fmt: skip
    level = models.PositiveSmallIntegerField(
        _("level needed"), choices=MatchLevel.choices, default=MatchLevel.CANDIDATE
    )
    load = models.PositiveSmallIntegerField(
        _("load (points)"), default=2, validators=[MinValueValidator(1), MaxValueValidator(4)],
        help_text=_("One to four points, by stage and urgency."),
    )  # fmt: skip
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    is_priority = models.BooleanField(_("priority"), default=False)
    of_small_firm = models.BooleanField(_("of a small firm"), default=False)
    state = models.CharField(
        _("state"), max_length=10, choices=DemandState.choices, default=DemandState.OPEN, editable=False
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = OwnedQuerySet.as_manager()

    class Meta:
        verbose_name = _("demand")
        verbose_name_plural = _("demands")
        ordering = ["code"]
        indexes = [models.Index(fields=["state", "role_kind"], name="talent_demand_open")]
        constraints = [
            models.CheckConstraint(
                name="talent_demand_period",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="talent_demand_load",
                condition=Q(load__gte=1, load__lte=4),
                violation_error_message=_("A demand takes one to four points."),
            ),
            models.CheckConstraint(
                name="talent_demand_words_known",
                condition=Q(
                    skills__contained_by=list(MatchSkill.values),
                    languages__contained_by=list(Tongue.values),
                    level__in=MatchLevel.values,
                    role_kind__in=RoleKind.values,
                    state__in=DemandState.values,
                ),
                violation_error_message=_("Choose from the list."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        return f"{self.code} {self.name}"

    def get_absolute_url(self) -> str:
        return reverse("talent:demand", args=[self.pk])

    @property
    def name(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en


class ConflictQuerySet(models.QuerySet["ConflictDeclaration"]):
    def visible_to(self, user: Any) -> Self:
        """All for the office; each person their own."""
        if sees_people(user):
            return self
        return self.filter(person__user=user) if user.is_authenticated else self.none()

    def live(self, day: Any) -> Self:
        """Conflicts that stand on ``day``."""
        rows = self.exclude(source=ConflictSource.NONE).filter(cleared_at=None)
        return rows.filter(Q(valid_to=None) | Q(valid_to__gte=day))


class ConflictDeclaration(models.Model):
    """What a person said about interests in an organisation, or in one demand of it. Silence is not "none".

    Append-only; a conflict that ended is cleared once, by name and reason.
    """

    person = models.ForeignKey(Person, models.PROTECT, related_name="conflicts", verbose_name=_("person"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, related_name="talent_conflicts", verbose_name=_("organisation")
    )
    demand = models.ForeignKey(
        Demand, models.PROTECT, null=True, blank=True, related_name="conflicts", verbose_name=_("demand"),
        help_text=_("Empty: all demands of the organisation."),
    )  # fmt: skip
    source = models.CharField(_("interest"), max_length=12, choices=ConflictSource.choices)
    note = models.CharField(_("note"), max_length=300, blank=True)
    valid_to = models.DateField(_("until"), null=True, blank=True)
    declared_at = models.DateTimeField(_("declared"), default=timezone.now, editable=False)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("declared by"),
    )  # fmt: skip
    cleared_at = models.DateTimeField(_("cleared"), null=True, blank=True, editable=False)
    cleared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("cleared by"),
    )  # fmt: skip
    cleared_reason = models.CharField(_("why cleared"), max_length=300, null=True, blank=True, editable=False)

    objects = ConflictQuerySet.as_manager()

    class Meta:
        verbose_name = _("declaration of interests")
        verbose_name_plural = _("declarations of interests")
        ordering = ["-declared_at", "-id"]
        indexes = [models.Index(fields=["person", "organisation"], name="talent_conflict_of_pair")]
        constraints = [
            models.CheckConstraint(
                name="talent_conflict_source_known",
                condition=Q(source__in=ConflictSource.values),
                violation_error_message=_("Choose from the list."),
            ),
            models.CheckConstraint(
                name="talent_conflict_cleared_with_reason",
                condition=Q(cleared_at=None, cleared_reason=None)
                | Q(cleared_at__isnull=False, cleared_reason__isnull=False),
                violation_error_message=_("Say why the conflict no longer stands."),
            ),
        ]
        triggers = [
            NoIdentityNumber(name="no_identity_number"),
            AppendOnly(name="talent_conflict_stays", allow_once=("cleared_at", "cleared_by", "cleared_reason")),
            SuspendFirst(name="talent_conflict_suspends"),
        ]

    def __str__(self) -> str:
        return str(self.get_source_display())
