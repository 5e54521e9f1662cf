"""Capital calls and distributions, split over the investors to the fen, and what was paid of them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.ledger import EventKind
from funds.choices.records import LineSource, NoticeState
from funds.models.fund import Fund
from funds.models.ledger import LedgerEvent
from funds.models.notice_triggers import PaymentsFit, WithinCommitment, sums_up
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.organisations.models import Organisation


class Notice(models.Model):
    """A notice to all investors of a fund; its lines sum to it exactly. Money in fen.

    ``recallable_fen`` is a part of ``amount_fen``: of a distribution what the fund may call again, of a call what
    calls such distributions back (domain 4.10: it counts as paid in once more, and not against the commitment).
    """

    event_kind: EventKind

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="%(class)ss")
    number = models.PositiveIntegerField(_("number"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    recallable_fen = models.BigIntegerField(_("of which recallable (fen)"), default=0)
    notice_on = models.DateField(_("day of the notice"))
    due_on = models.DateField(_("due"))
    purpose = models.CharField(_("purpose"), max_length=200)
    document = models.CharField(_("source document"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=10, choices=NoticeState, default=NoticeState.ISSUED)
    issued_at = models.DateTimeField(_("issued"), default=timezone.now, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("issued by"), null=True, related_name="+"
    )
    cancel_reason = models.CharField(_("reason of the cancellation"), max_length=400, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["fund", "-number"]
        constraints = [
            models.UniqueConstraint(
                name="%(class)s_number_once",
                fields=["fund", "number"],
                violation_error_message=_("This number is taken."),
            ),
            models.CheckConstraint(
                name="%(class)s_amounts",
                condition=Q(amount_fen__gt=0, recallable_fen__gte=0, recallable_fen__lte=F("amount_fen")),
                violation_error_message=_("The amount is above zero; what is recallable is a part of it."),
            ),
            models.CheckConstraint(
                name="%(class)s_days_in_order",
                condition=Q(due_on__gte=F("notice_on")),
                violation_error_message=_("It is due on the day of the notice or later."),
            ),
            models.CheckConstraint(
                name="%(class)s_cancelled_with_reason",
                condition=Q(state="CANCELLED") & ~Q(cancel_reason="") | Q(state="ISSUED", cancel_reason=""),
                violation_error_message=_("A cancellation has its reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self._meta.verbose_name} {self.number}"

    def get_absolute_url(self) -> str:
        return reverse("funds:notice", args=[self._meta.model_name, self.pk])


class NoticeLine(models.Model):
    """One investor's part of a notice, by source of its money; ``position`` is the order of the split."""

    position = models.PositiveSmallIntegerField(_("position"))
    investor = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("investor"), related_name="%(class)ss")
    source = models.CharField(_("source of the money"), max_length=12, choices=LineSource)
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    recallable_fen = models.BigIntegerField(_("of which recallable (fen)"), default=0)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["notice", "position"]
        constraints = [
            models.UniqueConstraint(
                name="%(class)s_once",
                fields=["notice", "investor", "source"],
                violation_error_message=_("This investor has a line already."),
            ),
            models.CheckConstraint(
                name="%(class)s_amounts",
                condition=Q(amount_fen__gte=0, recallable_fen__gte=0, recallable_fen__lte=F("amount_fen")),
                violation_error_message=_("A part is zero or more; what is recallable is a part of it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notice_id}/{self.position}"


@track()
class Call(Notice):
    """A capital call (缴款通知)."""

    event_kind = EventKind.CALL

    class Meta(Notice.Meta):
        verbose_name = _("capital call")
        verbose_name_plural = _("capital calls")
        permissions = [("issue_notice", _("Can issue capital calls and distributions"))]
        triggers = [sums_up("call")]


@track()
class Distribution(Notice):
    """A distribution (分配)."""

    event_kind = EventKind.DISTRIBUTION

    is_last = models.BooleanField(
        _("last distribution"), default=False,
        help_text=_("Nothing comes after it: what is missing of the capital is a loss, and a first loss is settled."),
    )  # fmt: skip

    class Meta(Notice.Meta):
        verbose_name = _("distribution")
        verbose_name_plural = _("distributions")
        triggers = [sums_up("distribution")]


class CallLine(NoticeLine):
    """What one investor is to pay; of it ``fees_fen`` and ``expenses_fen``, the rest is for investments."""

    notice = models.ForeignKey(Call, models.PROTECT, verbose_name=_("capital call"), related_name="lines")
    fees_fen = models.BigIntegerField(_("of which management fee (fen)"), default=0)
    expenses_fen = models.BigIntegerField(_("of which fund expenses (fen)"), default=0)

    class Meta(NoticeLine.Meta):
        verbose_name = _("line of a capital call")
        verbose_name_plural = _("lines of capital calls")
        constraints = [
            *NoticeLine.Meta.constraints,
            models.CheckConstraint(
                name="callline_calls_money",
                condition=~Q(source=LineSource.CARRY),
                violation_error_message=_("Carried interest is paid out, never called."),
            ),
            models.CheckConstraint(
                name="call_line_uses",
                condition=Q(fees_fen__gte=0, expenses_fen__gte=0, amount_fen__gte=F("fees_fen") + F("expenses_fen")),
                violation_error_message=_("Fees and expenses are parts of what is called."),
            ),
        ]
        triggers = [
            AppendOnly(name="call_line_append_only"),
            WithinCommitment(name="call_line_within_commitment"),
            sums_up("call", of_line=True),
        ]


class DistributionLine(NoticeLine):
    """What one investor is to get."""

    notice = models.ForeignKey(Distribution, models.PROTECT, verbose_name=_("distribution"), related_name="lines")

    class Meta(NoticeLine.Meta):
        verbose_name = _("line of a distribution")
        verbose_name_plural = _("lines of distributions")
        triggers = [AppendOnly(name="distribution_line_append_only"), sums_up("distribution", of_line=True)]


class Payment(models.Model):
    """An entry of the ledger that pays (a part of) one line. It counts while its entry is not taken back."""

    call_line = models.ForeignKey(
        CallLine, models.PROTECT, verbose_name=_("line of a capital call"), null=True, blank=True,
        related_name="payments",
    )  # fmt: skip
    distribution_line = models.ForeignKey(
        DistributionLine, models.PROTECT, verbose_name=_("line of a distribution"), null=True, blank=True,
        related_name="payments",
    )  # fmt: skip
    event = models.OneToOneField(LedgerEvent, models.PROTECT, verbose_name=_("entry"), related_name="payment")

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment")
        verbose_name_plural = _("payments")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="payment_of_one_line",
                condition=Q(call_line=None, distribution_line__isnull=False)
                | Q(call_line__isnull=False, distribution_line=None),
                violation_error_message=_("A payment belongs to one line."),
            )
        ]
        triggers = [AppendOnly(name="payment_append_only"), PaymentsFit(name="payment_fits")]

    def __str__(self) -> str:
        return f"{self.pk}"


NOTICES: dict[str, Any] = {"call": Call, "distribution": Distribution}
"""The kinds of notice by the word that stands in addresses."""
