"""Around the ratio: what an organisation says of its list of posts, programmes of laboratories, saved staff plans."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.organisations.models import Organisation
from talent.models.affiliation import Laboratory
from talent.models.identity import NoIdentityNumber
from talent.models.ratio import FiguresQuerySet, PublicQuerySet, RatioDefinition, RatioMonthEnd
from talent.models.visibility import sees_talent_figures


class StaffReturnQuerySet(models.QuerySet["StaffReturn"]):
    def visible_to(self, user: Any) -> Self:
        """All for whoever reads figures; for a member of an organisation those of its laboratories."""
        if sees_talent_figures(user):
            return self
        if not user.is_authenticated:
            return self.none()
        return self.filter(laboratory__organisation__in=Organisation.objects.of_member(user))


class StaffReturn(models.Model):
    """An organisation says that the list of posts of a laboratory is complete as of a day.

    Without it a side of the ratio on which no post is recorded is not known, and never zero.
    """

    laboratory = models.ForeignKey(
        Laboratory, models.PROTECT, related_name="staff_returns", verbose_name=_("laboratory")
    )
    as_of = models.DateField(_("complete as of"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    declared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("declared by"),
    )  # fmt: skip
    declared_at = models.DateTimeField(_("declared"), default=timezone.now, editable=False)

    objects = StaffReturnQuerySet.as_manager()

    class Meta:
        verbose_name = _("statement that a list of posts is complete")
        verbose_name_plural = _("statements that lists of posts are complete")
        ordering = ["-as_of", "laboratory_id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_staff_return_once",
                fields=["laboratory", "as_of"],
                violation_error_message=_("This was said for this day already."),
            )
        ]
        triggers = [NoIdentityNumber(name="no_identity_number"), AppendOnly(name="staff_return_append_only")]

    def __str__(self) -> str:
        return f"{self.laboratory} · {self.as_of}"


@track()
class LaboratoryProgramme(models.Model):
    """A programme of the city that reaches over laboratories of several organisations."""

    code = models.CharField(_("code"), max_length=30, unique=True)
    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)

    objects = PublicQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme of laboratories")
        verbose_name_plural = _("programmes of laboratories")
        ordering = ["code"]

    def __str__(self) -> str:
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en


class ProgrammeLaboratoryQuerySet(PublicQuerySet):
    def on(self, day: date) -> Self:
        """Laboratories that belonged to a programme on ``day``."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day)


@track()
class ProgrammeLaboratory(models.Model):
    """A laboratory belongs to a programme from one day to another, both included."""

    programme = models.ForeignKey(
        LaboratoryProgramme, models.CASCADE, related_name="members", verbose_name=_("programme")
    )
    laboratory = models.ForeignKey(Laboratory, models.PROTECT, related_name="programmes", verbose_name=_("laboratory"))
    valid_from = models.DateField(_("from"))
    valid_to = models.DateField(_("to"), null=True, blank=True)

    objects = ProgrammeLaboratoryQuerySet.as_manager()

    class Meta:
        verbose_name = _("laboratory of a programme")
        verbose_name_plural = _("laboratories of programmes")
        ordering = ["programme_id", "laboratory_id", "valid_from"]
        constraints = [
            models.UniqueConstraint(
                name="talent_programme_laboratory_once",
                fields=["programme", "laboratory"],
                condition=Q(valid_to=None),
                violation_error_message=_("This laboratory belongs to the programme already."),
            ),
            models.CheckConstraint(
                name="talent_programme_laboratory_period",
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")),
                violation_error_message=_("The last day lies before the first."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.programme} · {self.laboratory}"


class StaffPlan(models.Model):
    """A saved staff plan: whose gap, at which month end, by which definition, and what is to be done about it.

    ``start`` are the figures it began with and ``inputs`` the rates, levers and prices (``talent.queries.plans``);
    both never change, and the answer is reckoned anew from them. ``archived_at`` takes it off the lists.
    """

    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note"), blank=True)
    month = models.ForeignKey(RatioMonthEnd, models.PROTECT, related_name="plans", verbose_name=_("month end"))
    definition = models.ForeignKey(RatioDefinition, models.PROTECT, related_name="+", verbose_name=_("definition"))
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, null=True, blank=True, related_name="staff_plans",
        verbose_name=_("organisation"),
    )  # fmt: skip
    programme = models.ForeignKey(
        LaboratoryProgramme, models.PROTECT, null=True, blank=True, related_name="staff_plans",
        verbose_name=_("programme"),
    )  # fmt: skip
    start = models.JSONField(_("figures it began with"))
    inputs = models.JSONField(_("rates, levers and prices"))
    created_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("saved by"),
    )  # fmt: skip
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    objects = FiguresQuerySet.as_manager()

    class Meta:
        verbose_name = _("staff plan")
        verbose_name_plural = _("staff plans")
        ordering = ["-created_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                name="talent_staff_plan_name_once",
                fields=["name"],
                condition=Q(archived_at=None),
                violation_error_message=_("There is a plan of this name already."),
            ),
            models.CheckConstraint(
                name="talent_staff_plan_one_scope",
                condition=Q(organisation=None) | Q(programme=None),
                violation_error_message=_("A plan is about an organisation or about a programme, not both."),
            ),
        ]
        triggers = [
            NoIdentityNumber(name="no_identity_number"),
            AppendOnly(name="staff_plan_stays", allow_once=("archived_at",)),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("talent:staff_plan", args=[self.pk])
