"""Landing agreements of "investment brings the plant" (以投带引): duties by date, what was reached, claw-back."""

from fractions import Fraction

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.models.investment import Investment
from funds.models.policy_work_triggers import SettledStays
from funds.models.visibility import OfficeQuerySet
from funds.rules import landing
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.core.transitions import StateName, Table, Transition


@track()
class LandedProject(models.Model):
    """What a company promised to bring here when a fund invested in it, by one agreement."""

    investment = models.ForeignKey(
        Investment, models.PROTECT, verbose_name=_("holding"), related_name="landed_projects"
    )
    name = models.CharField(_("name of the project"), max_length=200)
    place = models.CharField(_("place"), max_length=200)
    agreement = models.CharField(_("agreement"), max_length=200, help_text=_("Number or title of the document."))
    signed_on = models.DateField(_("signed on"))
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), related_name="+", editable=False
    )
    created_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("landed project")
        verbose_name_plural = _("landed projects")
        ordering = ["investment", "signed_on"]
        constraints = [
            models.UniqueConstraint(
                name="landed_agreement_once",
                fields=["investment", "agreement"],
                violation_error_message=_("This agreement is recorded for this holding already."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("funds:landed", args=[self.pk])


@track()
class LandedDuty(models.Model):
    """One dated duty. ``target`` is fen, or heads for jobs; ``stake_fen`` is owed back for a total shortfall."""

    class Kind(models.TextChoices):
        CAPEX = "CAPEX", _("Capital expenditure")
        JOBS = "JOBS", _("Jobs")
        TAX = "TAX", _("Tax paid")
        RND = "RND", _("Research and development")

    project = models.ForeignKey(LandedProject, models.PROTECT, verbose_name=_("landed project"), related_name="duties")
    kind = models.CharField(_("kind of duty"), max_length=8, choices=Kind)
    target = models.BigIntegerField(_("target (fen, or heads)"))
    due_on = models.DateField(_("due on"))
    stake_fen = models.BigIntegerField(_("owed back for a total shortfall (fen)"), default=0)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("duty of a landing agreement")
        verbose_name_plural = _("duties of landing agreements")
        ordering = ["project", "due_on", "kind"]
        constraints = [
            models.CheckConstraint(
                name="duty_amounts",
                condition=Q(target__gt=0, stake_fen__gte=0),
                violation_error_message=_("A duty has a target above zero, and what is owed back is zero or more."),
            ),
            models.UniqueConstraint(
                name="duty_once",
                fields=["project", "kind", "due_on"],
                violation_error_message=_("This duty is recorded for that day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.due_on}"

    @property
    def is_money(self) -> bool:
        return self.kind != self.Kind.JOBS

    def as_rule(self) -> landing.Duty:
        return landing.Duty(self.target, self.due_on, self.stake_fen)


class DutyActual(models.Model):
    """What was reached of a duty in all by a day. A correction is a later row of the same day."""

    duty = models.ForeignKey(LandedDuty, models.PROTECT, verbose_name=_("duty"), related_name="actuals")
    valid_at = models.DateField(_("by the day"))
    value = models.BigIntegerField(_("reached in all (fen, or heads)"))
    document = models.CharField(_("evidence"), max_length=200)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), related_name="+", editable=False
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("progress of a duty")
        verbose_name_plural = _("progress of duties")
        ordering = ["duty", "valid_at", "id"]
        constraints = [
            models.CheckConstraint(
                name="actual_not_negative",
                condition=Q(value__gte=0) & ~Q(document=""),
                violation_error_message=_("What was reached is zero or more, and names its evidence."),
            ),
            models.CheckConstraint(
                name="actual_not_in_future",
                condition=Q(recorded_at__date__gte=F("valid_at")),
                violation_error_message=_("What was reached cannot be recorded before its day."),
            ),
        ]
        triggers = [AppendOnly(name="actual_append_only")]

    def __str__(self) -> str:
        return f"{self.duty} {self.valid_at}"

    def as_rule(self) -> landing.Actual:
        return landing.Actual(self.valid_at, self.value, self.pk or 0)


@track()
class ClawBack(models.Model):
    """What is claimed back for a missed duty: computed when proposed, demanded by another person, paid or waived."""

    class State(models.TextChoices):
        PROPOSED = "PROPOSED", _("Proposed")
        DEMANDED = "DEMANDED", _("Demanded")
        PAID = "PAID", _("Paid back")
        WAIVED = "WAIVED", _("Waived")

    duty = models.OneToOneField(LandedDuty, models.PROTECT, verbose_name=_("duty"), related_name="claw_back")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.PROPOSED, editable=False)
    amount_fen = models.BigIntegerField(_("amount (fen)"), editable=False)
    shortfall_num = models.BigIntegerField(_("shortfall, numerator"), editable=False)
    shortfall_den = models.BigIntegerField(_("shortfall, denominator"), editable=False)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("proposed by"), related_name="+", editable=False
    )
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), null=True, blank=True, related_name="+",
        editable=False,
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    reason = models.TextField(_("reason"), blank=True, editable=False)
    paid_on = models.DateField(_("paid on"), null=True, blank=True, editable=False)

    objects = OfficeQuerySet.as_manager()
    transitions: Table = {
        State.PROPOSED: {
            "demand": Transition(State.DEMANDED, "funds.decide_clawback", _("Demand it")),
            "waive": Transition(State.WAIVED, "funds.decide_clawback", _("Waive it")),
        },
        State.DEMANDED: {
            "pay": Transition(State.PAID, "funds.decide_clawback", _("Record the payment")),
            "waive": Transition(State.WAIVED, "funds.decide_clawback", _("Waive it")),
        },
    }
    state_names = {
        State.PROPOSED: StateName(_("Proposed"), _("Proposed"), _("Another person demands or waives it.")),
        State.DEMANDED: StateName(_("Demanded"), _("Demanded"), _("The company pays it back.")),
        State.PAID: StateName(_("Paid back"), _("Paid back"), _("Nothing is left to do.")),
        State.WAIVED: StateName(_("Waived"), _("Waived"), _("Nothing is left to do.")),
    }

    class Meta:
        verbose_name = _("claw-back")
        verbose_name_plural = _("claw-backs")
        ordering = ["-id"]
        permissions = [("decide_clawback", _("Can demand and waive claw-backs"))]
        constraints = [
            models.CheckConstraint(
                name="clawback_amounts",
                condition=Q(amount_fen__gt=0, shortfall_num__gt=0, shortfall_den__gte=F("shortfall_num")),
                violation_error_message=_("A claw-back is above zero and rests on a shortfall of at most all."),
            ),
            models.CheckConstraint(
                name="clawback_decided_whole",
                condition=Q(state="PROPOSED", decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(state="PROPOSED"),
                violation_error_message=_("A decision needs its person and its time."),
            ),
            models.CheckConstraint(
                name="clawback_four_eyes",
                condition=Q(decided_by=None) | ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("Who proposed a claw-back does not decide it."),
            ),
            models.CheckConstraint(
                name="clawback_ends_whole",
                condition=Q(state="PAID", paid_on__isnull=False) | Q(state="WAIVED", paid_on=None) & ~Q(reason="")
                | Q(state__in=["PROPOSED", "DEMANDED"], paid_on=None),
                violation_error_message=_("A payment has its day, a waiver its reason."),
            ),
        ]  # fmt: skip
        triggers = [SettledStays(name="clawback_settled_stays")]

    def __str__(self) -> str:
        return f"{self.duty.project} · {self.duty}"

    @property
    def shortfall(self) -> Fraction:
        return Fraction(self.shortfall_num, self.shortfall_den)
