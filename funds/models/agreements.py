"""Agreements with their tranches, the entries that paid them, and what was seen after the money went."""

from fractions import Fraction

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.deals import Instrument, MonitoringKind, MonitoringRating, TrancheState
from funds.models.deal_states import TRANCHE_STATE_NAMES, TRANCHE_TRANSITIONS
from funds.models.deal_triggers import AgreementWithinDecision, ReleaseMirrorsEntry, TranchesWithinAgreement
from funds.models.decisions import Decision
from funds.models.investment import Investment
from funds.models.ledger import LedgerEvent
from funds.models.papers import Paper
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly
from innovation.core.history import track


class Agreement(models.Model):
    """What was signed with the company; an amendment is a new row that supersedes the old one.

    ``share_num/share_den`` is the part of the company that the fund gets for ``amount_fen``. ``redeem_from`` is the
    first day on which the fund may ask for its money back (回购). ``decision`` is empty for what was signed before
    decisions were recorded here.
    """

    investment = models.ForeignKey(Investment, models.PROTECT, verbose_name=_("holding"), related_name="agreements")
    decision = models.ForeignKey(
        Decision, models.PROTECT, verbose_name=_("decision"), null=True, blank=True, related_name="agreements"
    )
    number = models.CharField(_("number"), max_length=60)
    signed_on = models.DateField(_("signed"))
    instrument = models.CharField(_("instrument"), max_length=20, choices=Instrument)
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    pre_money_fen = models.BigIntegerField(_("value before the money (fen)"), null=True, blank=True)
    share_num = models.BigIntegerField(_("share, numerator"), null=True, blank=True)
    share_den = models.BigIntegerField(_("share, denominator"), null=True, blank=True)
    redeem_from = models.DateField(_("redemption possible from"), null=True, blank=True)
    terms = models.TextField(_("terms"), blank=True)
    paper = models.ForeignKey(
        Paper, models.PROTECT, verbose_name=_("paper"), null=True, blank=True, related_name="agreements"
    )
    supersedes = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("replaces"), null=True, blank=True, related_name="superseded_by"
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("agreement")
        verbose_name_plural = _("agreements")
        ordering = ["-signed_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="agreement_number_once",
                fields=["investment", "number"],
                violation_error_message=_("This holding has an agreement with this number already."),
            ),
            models.CheckConstraint(
                name="agreement_amount_positive",
                condition=Q(amount_fen__gt=0) & (Q(pre_money_fen=None) | Q(pre_money_fen__gt=0)),
                violation_error_message=_("Amounts of an agreement are above zero."),
            ),
            models.CheckConstraint(
                name="agreement_share",
                condition=Q(share_num=None, share_den=None)
                | Q(share_num__gt=0, share_den__gt=0, share_num__lte=F("share_den")),
                violation_error_message=_("The share lies above 0 and at most at 1."),
            ),
            models.CheckConstraint(
                name="agreement_after_signing",
                condition=Q(signed_on__lte=F("recorded_at__date")),
                violation_error_message=_("The day of signing lies after the day of recording."),
            ),
        ]
        triggers = [
            AppendOnly(name="agreement_append_only"),
            AgreementWithinDecision(name="agreement_within_decision"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def share(self) -> Fraction | None:
        """The exact share of the company, None where it is not recorded."""
        return None if self.share_num is None else Fraction(self.share_num, self.share_den or 1)


@track()
class Tranche(models.Model):
    """One payment that an agreement promises. It is paid by an entry of the ledger, never by a state typed here."""

    transitions = TRANCHE_TRANSITIONS
    state_names = TRANCHE_STATE_NAMES

    agreement = models.ForeignKey(Agreement, models.PROTECT, verbose_name=_("agreement"), related_name="tranches")
    number = models.PositiveSmallIntegerField(_("number"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    condition = models.TextField(_("condition"), blank=True)
    due_on = models.DateField(_("due"), null=True, blank=True)
    state = models.CharField(
        _("state"), max_length=12, choices=TrancheState, default=TrancheState.PLANNED, editable=False
    )
    met_on = models.DateField(_("condition met"), null=True, blank=True, editable=False)
    met_paper = models.ForeignKey(
        Paper, models.PROTECT, verbose_name=_("proof of the condition"), null=True, blank=True, editable=False,
        related_name="tranches",
    )  # fmt: skip

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("tranche")
        verbose_name_plural = _("tranches")
        ordering = ["agreement", "number"]
        constraints = [
            models.UniqueConstraint(
                name="tranche_number_once",
                fields=["agreement", "number"],
                violation_error_message=_("This agreement has a tranche with this number already."),
            ),
            models.CheckConstraint(
                name="tranche_amount_positive",
                condition=Q(amount_fen__gt=0),
                violation_error_message=_("The amount of a tranche is above zero."),
            ),
            models.CheckConstraint(
                name="tranche_condition_met_on",
                condition=Q(state=TrancheState.READY, met_on__isnull=False) | ~Q(state=TrancheState.READY),
                violation_error_message=_("A condition is met on a day."),
            ),
        ]
        triggers = [TranchesWithinAgreement(name="tranches_within_agreement")]

    def __str__(self) -> str:
        return f"{self.agreement_id} #{self.number}"


class TranchePayment(models.Model):
    """The entry of the ledger that paid a tranche. When the entry is reversed, the tranche is to be paid again."""

    tranche = models.ForeignKey(Tranche, models.PROTECT, verbose_name=_("tranche"), related_name="payments")
    event = models.OneToOneField(
        LedgerEvent, models.PROTECT, verbose_name=_("ledger event"), related_name="tranche_payment"
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("payment of a tranche")
        verbose_name_plural = _("payments of tranches")
        ordering = ["tranche", "id"]
        triggers = [
            AppendOnly(name="tranche_payment_append_only"),
            ReleaseMirrorsEntry(name="tranche_paid_by_entry"),
        ]

    def __str__(self) -> str:
        return f"{self.tranche_id} ← {self.event_id}"


class MonitoringNote(models.Model):
    """What was seen of a holding after the money went. Never changed: who follows up must be able to show it."""

    investment = models.ForeignKey(Investment, models.PROTECT, verbose_name=_("holding"), related_name="notes")
    noted_on = models.DateField(_("day"), default=timezone.localdate)
    kind = models.CharField(_("kind"), max_length=8, choices=MonitoringKind)
    rating = models.CharField(_("judgement"), max_length=12, choices=MonitoringRating)
    text = models.TextField(_("what was seen"))
    next_on = models.DateField(_("look again by"), null=True, blank=True)
    paper = models.ForeignKey(
        Paper, models.PROTECT, verbose_name=_("paper"), null=True, blank=True, related_name="notes"
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("monitoring note")
        verbose_name_plural = _("monitoring notes")
        ordering = ["-noted_on", "-id"]
        indexes = [models.Index(fields=["investment", "-noted_on"], name="monitoring_latest")]
        constraints = [
            models.CheckConstraint(
                name="monitoring_not_in_future",
                condition=Q(noted_on__lte=F("recorded_at__date")),
                violation_error_message=_("The day lies after the day of recording."),
            ),
            models.CheckConstraint(
                name="monitoring_says_something",
                condition=~Q(text=""),
                violation_error_message=_("Say what was seen."),
            ),
            models.CheckConstraint(
                name="monitoring_next_later",
                condition=Q(next_on=None) | Q(next_on__gt=F("noted_on")),
                violation_error_message=_("The next look lies after this one."),
            ),
        ]
        triggers = [AppendOnly(name="monitoring_append_only")]

    def __str__(self) -> str:
        return f"{self.investment_id} {self.noted_on}"
