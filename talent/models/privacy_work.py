"""The privacy officer's records: exports with two pairs of eyes, impact assessments, breaches, runs and proofs."""

from datetime import date
from typing import Any, Self

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.choices import Role
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from talent.choices.privacy import AssessmentState, BreachState, ExportState, FieldPurpose
from talent.models.identity import NoIdentityNumber
from talent.models.rights import sees_requests


class ExportRequestQuerySet(models.QuerySet["ExportRequest"]):
    def visible_to(self, user: Any) -> Self:
        """All for who may approve or audit; for others what they asked for themselves."""
        if not user.is_authenticated:
            return self.none()
        if sees_requests(user) or user.has_role(Role.TALENT_OFFICER):
            return self
        return self.filter(asked_by=user)


@track()
class ExportRequest(models.Model):
    """A list of people that leaves the product: for a reason, marked with its number, above 100 rows by two people.

    ``filters`` are what was asked for, ``rows`` how many people it held when it was asked for.
    """

    list_key = models.CharField(_("list"), max_length=40)
    filters = models.JSONField(_("filters"), default=dict, blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    rows = models.PositiveIntegerField(_("rows"))
    state = models.CharField(_("state"), max_length=8, choices=ExportState.choices, editable=False)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("asked by")
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, related_name="+", editable=False,
        verbose_name=_("decided by"),
    )  # fmt: skip
    decision_reason = models.CharField(_("reason of the decision"), max_length=300, blank=True)
    usable_until = models.DateField(_("may be taken until"), null=True, blank=True, editable=False)
    taken = models.PositiveSmallIntegerField(_("times taken"), default=0, editable=False)

    objects = ExportRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("export of people")
        verbose_name_plural = _("exports of people")
        ordering = ["-asked_at"]
        permissions = [("approve_exportrequest", _("Can approve exports of people"))]
        constraints = [
            models.CheckConstraint(
                name="talent_export_reasoned",
                condition=~Q(reason=""),
                violation_error_message=_("Say what the list is for."),
            ),
            models.CheckConstraint(
                name="talent_export_two_people",
                condition=Q(decided_by=None) | ~Q(decided_by=F("asked_by")),
                violation_error_message=_("Somebody else has to decide."),
            ),
            models.CheckConstraint(
                name="talent_export_large_decided",
                condition=Q(rows__lte=100) | ~Q(state=ExportState.READY) | Q(decided_by__isnull=False),
                violation_error_message=_("Above 100 rows a second person has to agree."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        return f"E{self.pk:05d}" if self.pk else "E"

    def get_absolute_url(self) -> str:
        return reverse("talent:export", args=[self.pk])

    def may_be_taken(self, today: date) -> bool:
        """Whether the file can be had on ``today``."""
        return self.state == ExportState.READY and self.usable_until is not None and today <= self.usable_until


class PrivacyWorkQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """For the privacy officer, the audit and the administrator."""
        return self if sees_requests(user) else self.none()


@track()
class ImpactAssessment(models.Model):
    """What a use of personal data may do to people, weighed before it begins (PIPL 55 and 56); kept three years."""

    title = models.CharField(_("title"), max_length=200)
    purpose = models.CharField(_("purpose"), max_length=11, choices=FieldPurpose.choices)
    description = models.TextField(_("what is done with which data"))
    necessity = models.TextField(_("why it is lawful, justified and necessary"))
    risks = models.TextField(_("risks for people"))
    measures = models.TextField(_("measures against them"))
    state = models.CharField(
        _("state"), max_length=8, choices=AssessmentState.choices, default=AssessmentState.DRAFT, editable=False
    )
    written_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("written by"),
    )  # fmt: skip
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("approved by"),
    )  # fmt: skip
    approved_on = models.DateField(_("approved on"), null=True, blank=True, editable=False)
    review_on = models.DateField(_("review on"), null=True, blank=True)

    objects = PrivacyWorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("impact assessment")
        verbose_name_plural = _("impact assessments")
        ordering = ["-id"]
        permissions = [("approve_impactassessment", _("Can approve impact assessments"))]
        constraints = [
            models.CheckConstraint(
                name="talent_impact_approved_on_a_day",
                condition=Q(state=AssessmentState.DRAFT, approved_on=None)
                | Q(state=AssessmentState.APPROVED, approved_on__isnull=False, review_on__isnull=False),
                violation_error_message=_("An approved assessment has its day and the day of its review."),
            )
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        return self.title


@track()
class Breach(models.Model):
    """Personal data that got lost, open or changed, or may have: what, whom it concerns, who was told (PIPL 57).

    ``account`` is the account by which data was read, where that is how it happened: then the read log says whose.
    """

    title = models.CharField(_("title"), max_length=200)
    noticed_at = models.DateTimeField(_("noticed"), default=timezone.now)
    began_at = models.DateTimeField(_("began"))
    ended_at = models.DateTimeField(_("ended"))
    account = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, related_name="+", verbose_name=_("account"),
        help_text=_("The account by which data was read; empty: whoever read in this time."),
    )  # fmt: skip
    fields = ArrayField(
        models.CharField(max_length=60), default=list, blank=True, verbose_name=_("fields"),
        help_text=_("Only reads of these fields count, as the read log names them; empty: all."),
    )  # fmt: skip
    description = models.TextField(_("what happened"))
    harm = models.TextField(_("possible harm"), blank=True)
    measures = models.TextField(_("measures"), blank=True)
    state = models.CharField(
        _("state"), max_length=8, choices=BreachState.choices, default=BreachState.OPEN, editable=False
    )
    reported_at = models.DateTimeField(_("reported to the authority"), null=True, blank=True, editable=False)
    told_at = models.DateTimeField(_("people told"), null=True, blank=True, editable=False)
    told = models.PositiveIntegerField(_("number of people told"), default=0, editable=False)
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True, editable=False)

    objects = PrivacyWorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("breach")
        verbose_name_plural = _("breaches")
        ordering = ["-noticed_at"]
        constraints = [
            models.CheckConstraint(
                name="talent_breach_period",
                condition=Q(ended_at__gte=F("began_at")),
                violation_error_message=_("It ended before it began."),
            ),
            models.CheckConstraint(
                name="talent_breach_states",
                condition=Q(state=BreachState.OPEN, closed_at=None)
                | Q(state=BreachState.REPORTED, reported_at__isnull=False, closed_at=None)
                | Q(state=BreachState.CLOSED, closed_at__isnull=False),
                violation_error_message=_("A reported or closed breach has the moment of it."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        return self.title


class RetentionRun(models.Model):
    """One run of the retention rules, or a simulation of one: how much of what was due; never changed."""

    at = models.DateTimeField(_("time"), default=timezone.now)
    day = models.DateField(_("as of"))
    simulated = models.BooleanField(_("simulated"))
    counts = models.JSONField(_("counts"), default=dict)

    objects = PrivacyWorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("run of the retention rules")
        verbose_name_plural = _("runs of the retention rules")
        ordering = ["-at"]
        triggers = [AppendOnly(name="append_only")]

    def __str__(self) -> str:
        return f"{self.day:%Y-%m-%d}"


class PrivacyProof(models.Model):
    """A proof that no resident identity number is kept and that nothing is left of erased people; never changed.

    ``findings`` name table, column and key, never the number or the words that were found.
    """

    at = models.DateTimeField(_("time"), default=timezone.now)
    columns = models.PositiveIntegerField(_("columns looked at"))
    erased = models.PositiveIntegerField(_("erased people looked at"))
    findings = models.JSONField(_("findings"), default=list)

    objects = PrivacyWorkQuerySet.as_manager()

    class Meta:
        verbose_name = _("proof of privacy")
        verbose_name_plural = _("proofs of privacy")
        ordering = ["-at"]
        triggers = [AppendOnly(name="append_only")]

    def __str__(self) -> str:
        return f"{timezone.localtime(self.at):%Y-%m-%d %H:%M}"
