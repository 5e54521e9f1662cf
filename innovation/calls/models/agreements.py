"""Agreements: versions known by their hash, their milestones and shares, and the signatures of both sides."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import AgreementState, DueReason, Side, SignedBy
from innovation.calls.models.agreement_triggers import MilestoneStays, OfferedIsWhole, PartOfDraft, SignedAsOffered
from innovation.calls.models.applications import Application
from innovation.calls.models.following import FollowingQuerySet
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.organisations.models import Organisation


class AgreementQuerySet(FollowingQuerySet["Agreement"]):
    def offered(self) -> "AgreementQuerySet":
        """Versions that both sides may read: not the drafts of the office."""
        return self.exclude(state=AgreementState.DRAFT)

    def visible_to(self, user: object) -> "AgreementQuerySet":
        rows = super().visible_to(user)
        return rows if getattr(user, "is_staff", False) else rows.offered()


@track()
class Agreement(models.Model):
    """One version of the agreement of a case. ``sha256`` is the hash of text, targets, milestones and shares.

    ``targets`` are ``{"text": …, "value": …}``, frozen with the version; amounts in fen.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name=_("application"), related_name="agreements"
    )
    version = models.PositiveSmallIntegerField(_("version"))
    text = models.TextField(_("text"))
    targets = models.JSONField(_("targets"), default=list, blank=True, encoder=DjangoJSONEncoder)
    award_fen = models.BigIntegerField(_("award (fen)"))
    own_fen = models.BigIntegerField(_("own money (fen)"), default=0)
    state = models.CharField(
        _("state"), max_length=10, choices=AgreementState, default=AgreementState.DRAFT, editable=False
    )
    sha256 = models.CharField(_("SHA-256"), max_length=64, blank=True, editable=False)
    created_at = models.DateTimeField(_("created"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("created by"), related_name="+", editable=False
    )
    offered_at = models.DateTimeField(_("offered"), null=True, editable=False)
    in_force_at = models.DateTimeField(_("in force"), null=True, editable=False)

    objects = AgreementQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement of a case")
        verbose_name_plural = _("agreements of cases")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="agreement_version_once",
                fields=["application", "version"],
                violation_error_message=_("This version exists already."),
            ),
            models.UniqueConstraint(
                name="agreement_one_in_force",
                fields=["application"],
                condition=Q(state=AgreementState.IN_FORCE),
                violation_error_message=_("One version is in force at a time."),
            ),
            models.CheckConstraint(
                name="agreement_money_not_negative",
                condition=Q(award_fen__gte=0, own_fen__gte=0),
                violation_error_message=_("Amounts are not below zero."),
            ),
        ]
        triggers = [OfferedIsWhole(name="agreement_whole_when_offered")]

    def __str__(self) -> str:
        return f"{self.application_id} · {self.version}"


@track()
class AgreementShare(models.Model):
    """A party's share of the award in hundredths of a percent."""

    case_path = "agreement__application"

    agreement = models.ForeignKey(Agreement, models.CASCADE, verbose_name=_("agreement"), related_name="shares")
    name = models.CharField(_("party"), max_length=200)
    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), null=True, blank=True, related_name="+"
    )
    share_hundredths = models.PositiveIntegerField(_("share (hundredths of a percent)"))

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("share of an agreement")
        verbose_name_plural = _("shares of agreements")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="agreement_share_is_part",
                condition=Q(share_hundredths__lte=10_000),
                violation_error_message=_("A share lies between nothing and all."),
            )
        ]
        triggers = [PartOfDraft(name="agreement_share_of_draft")]

    def __str__(self) -> str:
        return self.name


@track()
class Milestone(models.Model):
    """What has to be reached by a day for an amount. The day moves only with a ``DueChange``."""

    case_path = "agreement__application"

    agreement = models.ForeignKey(Agreement, models.CASCADE, verbose_name=_("agreement"), related_name="milestones")
    number = models.PositiveSmallIntegerField(_("number"))
    title = models.CharField(_("title"), max_length=200)
    target = models.TextField(_("what has to be reached"), blank=True)
    due_on = models.DateField(_("due"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(
                name="milestone_number_once",
                fields=["agreement", "number"],
                violation_error_message=_("This milestone exists already."),
            ),
            models.CheckConstraint(
                name="milestone_amount_not_negative",
                condition=Q(amount_fen__gte=0),
                violation_error_message=_("Amounts are not below zero."),
            ),
        ]
        triggers = [MilestoneStays(name="milestone_stays")]

    def __str__(self) -> str:
        return f"{self.number}. {self.title}"


class DueChange(models.Model):
    """Why the due day of a milestone moved, and from where to where."""

    case_path = "milestone__agreement__application"

    milestone = models.ForeignKey(Milestone, models.PROTECT, verbose_name=_("milestone"), related_name="due_changes")
    due_before = models.DateField(_("due before"))
    due_after = models.DateField(_("due after"))
    reason = models.CharField(_("reason"), max_length=8, choices=DueReason)
    note = models.CharField(_("note"), max_length=300, blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("move of a due day")
        verbose_name_plural = _("moves of due days")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="due_change_moves",
                condition=~Q(due_after=F("due_before")),
                violation_error_message=_("The day stays the same."),
            ),
            models.CheckConstraint(
                name="due_change_reason_known",
                condition=Q(reason__in=DueReason.values),
                violation_error_message=_("Being overdue is no reason to move a day."),
            ),
        ]
        triggers = [AppendOnly(name="due_change_append_only")]

    def __str__(self) -> str:
        return f"{self.due_before} → {self.due_after}"


class Signature(models.Model):
    """One side's signature under one version, with the hash that it saw and how the person showed who it is."""

    case_path = "agreement__application"

    agreement = models.ForeignKey(Agreement, models.PROTECT, verbose_name=_("agreement"), related_name="signatures")
    side = models.CharField(_("side"), max_length=10, choices=Side)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    method = models.CharField(_("shown by"), max_length=14, choices=SignedBy)
    signed_at = models.DateTimeField(_("signed"), default=timezone.now)
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("signed by"), related_name="+"
    )
    signed_label = models.CharField(_("name"), max_length=500)

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("signature")
        verbose_name_plural = _("signatures")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="signature_once_per_side",
                fields=["agreement", "side"],
                violation_error_message=_("This side has signed already."),
            ),
            models.UniqueConstraint(
                name="signature_once_per_person",
                fields=["agreement", "signed_by"],
                violation_error_message=_("Nobody signs for both sides."),
            ),
        ]
        triggers = [AppendOnly(name="signature_append_only"), SignedAsOffered(name="signature_as_offered")]

    def __str__(self) -> str:
        return self.signed_label
