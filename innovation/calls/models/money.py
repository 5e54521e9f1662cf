"""Reports on milestones, their checks, payments and refunds; requests for changes."""

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import ChangeState, PaymentState
from innovation.calls.models.agreement_triggers import WithinAward
from innovation.calls.models.agreements import Milestone
from innovation.calls.models.applications import Application
from innovation.calls.models.following import FollowingQuerySet, StoredFile
from innovation.core.append_only import AppendOnly
from innovation.core.history import track


class MilestoneReport(models.Model):
    """One version of the report on a milestone: text by section (``choices.ReportSection``); never changed."""

    case_path = "milestone__agreement__application"

    milestone = models.ForeignKey(Milestone, models.PROTECT, verbose_name=_("milestone"), related_name="reports")
    serial = models.PositiveSmallIntegerField(_("which time"))
    sections = models.JSONField(_("sections"), encoder=DjangoJSONEncoder)
    submitted_at = models.DateTimeField(_("submitted"), default=timezone.now)
    submitted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("submitted by"), related_name="+"
    )

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("report on a milestone")
        verbose_name_plural = _("reports on milestones")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="milestone_report_serial_once",
                fields=["milestone", "serial"],
                violation_error_message=_("This report is recorded already."),
            )
        ]
        triggers = [AppendOnly(name="milestone_report_append_only")]

    def __str__(self) -> str:
        return f"{self.milestone_id} · {self.serial}"


class ReportFile(StoredFile):
    case_path = "report__milestone__agreement__application"

    report = models.ForeignKey(MilestoneReport, models.PROTECT, verbose_name=_("report"), related_name="files")

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of a report")
        verbose_name_plural = _("files of reports")
        ordering = ["id"]
        triggers = [AppendOnly(name="report_file_append_only")]


class MilestoneCheck(models.Model):
    """The office's answer to a report: passed, or failed with a reason and the sections that are open again."""

    case_path = "report__milestone__agreement__application"

    report = models.OneToOneField(MilestoneReport, models.PROTECT, verbose_name=_("report"), related_name="check_made")
    passed = models.BooleanField(_("passed"))
    reason = models.TextField(_("reason"), blank=True)
    reopened = models.JSONField(_("sections open again"), default=list, blank=True)
    checked_at = models.DateTimeField(_("checked"), default=timezone.now)
    checked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("checked by"), related_name="+"
    )

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("check of a milestone")
        verbose_name_plural = _("checks of milestones")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="milestone_check_failed_with_reason",
                condition=Q(passed=True) | ~Q(reason=""),
                violation_error_message=_("Say why the check failed."),
            )
        ]
        triggers = [AppendOnly(name="milestone_check_append_only")]

    def __str__(self) -> str:
        return str(_("passed") if self.passed else _("failed"))


@track()
class Payment(models.Model):
    """Money of a case in fen: above zero for a passed check, below zero (a refund) with a reason.

    Ordered first, which reserves it, then paid or cancelled once.
    """

    application = models.ForeignKey(Application, models.PROTECT, verbose_name=_("application"), related_name="payments")
    passed_check = models.ForeignKey(
        MilestoneCheck, models.PROTECT, verbose_name=_("check"), null=True, blank=True, related_name="payments"
    )
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    state = models.CharField(
        _("state"), max_length=10, choices=PaymentState, default=PaymentState.ORDERED, editable=False
    )
    ordered_at = models.DateTimeField(_("ordered"), default=timezone.now, editable=False)
    ordered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("ordered by"), related_name="+", editable=False
    )
    paid_on = models.DateField(_("paid on"), null=True, blank=True)
    reference = models.CharField(_("reference of the bank"), max_length=100, blank=True)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("settled by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="payment_for_check_or_refund_with_reason",
                condition=Q(amount_fen__gt=0, passed_check__isnull=False)
                | (Q(amount_fen__lt=0, passed_check=None) & ~Q(reason="")),
                violation_error_message=_("A payment rests on a check; a refund is below zero and has its reason."),
            ),
            models.UniqueConstraint(
                name="payment_once_per_check",
                fields=["passed_check"],
                condition=~Q(state=PaymentState.CANCELLED),
                violation_error_message=_("This check has been paid already."),
            ),
            models.CheckConstraint(
                name="payment_paid_on_day",
                condition=~Q(state=PaymentState.PAID) | Q(paid_on__isnull=False),
                violation_error_message=_("Name the day of the payment."),
            ),
        ]
        triggers = [WithinAward(name="payment_within_award")]

    def __str__(self) -> str:
        return f"{self.application_id} · {self.get_state_display()}"


@track()
class ChangeRequest(models.Model):
    """What the applicant wants to change; unanswered it lapses, and the project goes on as agreed."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name=_("application"), related_name="changes")
    text = models.TextField(_("what is to change and why"))
    targets_changed = models.BooleanField(_("targets change"), default=False)
    new_targets = models.TextField(_("new targets"), blank=True)
    milestone = models.ForeignKey(
        Milestone, models.PROTECT, verbose_name=_("milestone"), null=True, blank=True, related_name="changes"
    )
    new_due_on = models.DateField(_("new due day"), null=True, blank=True)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("asked by"), related_name="+", editable=False
    )
    due_on = models.DateField(_("answer due"), null=True, editable=False)
    board_agreed_at = models.DateTimeField(_("board agreed"), null=True, editable=False)
    board_agreed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("for the board"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip
    state = models.CharField(_("state"), max_length=10, choices=ChangeState, default=ChangeState.OPEN, editable=False)
    reason = models.TextField(_("reason of the answer"), blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("answered by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("request for a change")
        verbose_name_plural = _("requests for changes")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="change_one_open",
                fields=["application"],
                condition=Q(state=ChangeState.OPEN),
                violation_error_message=_("A request is open already."),
            ),
            models.CheckConstraint(
                name="change_of_targets_by_board",
                condition=~Q(state=ChangeState.APPROVED, targets_changed=True) | Q(board_agreed_at__isnull=False),
                violation_error_message=_("The board has to agree to changed targets."),
            ),
            models.CheckConstraint(
                name="change_due_names_milestone",
                condition=Q(new_due_on=None) | Q(milestone__isnull=False),
                violation_error_message=_("Say which milestone gets the new day."),
            ),
        ]

    def __str__(self) -> str:
        return self.text[:60]
