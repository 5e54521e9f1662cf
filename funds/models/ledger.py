"""The append-only ledger of a fund, chained by hashes, and the periods that are closed."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Length
from django.db.models.lookups import Exact
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.ledger import GRANT_KINDS, HOLDING_KINDS, INCOME_KINDS, INVESTING_KINDS, EventKind
from funds.models.bookkeeping_triggers import LockFund
from funds.models.fund import Fund
from funds.models.grant_triggers import GrantGuard
from funds.models.grants import GrantAward
from funds.models.investment import Investment
from funds.models.ledger_triggers import LedgerGuard
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly
from innovation.core.history import track

RELIEVING_KINDS = (EventKind.EXIT_PARTIAL, EventKind.EXIT_FULL, EventKind.WRITE_OFF)
SIGNED_KINDS = (EventKind.FX,)


class LedgerEvent(models.Model):
    """One fact in a fund's books, never changed: a correction is a REVERSAL and a new event.

    ``amount_fen``: money in or out, proceeds of an exit, impairment recorded. ``cost_relieved_fen``: cost that an
    exit or write-off takes out of the holding. A REVERSAL carries the value date and the opposite amounts of the
    event it ``reverses``, and its ``effect`` is that event's kind, so that every figure is a plain sum.
    ``seq`` counts within the fund; ``hash`` = SHA-256 over the row and ``prev_hash`` (funds.rules.chain). A grant and
    its return name the ``award`` under which the money was given.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="events", db_index=False)
    seq = models.BigIntegerField(_("number"))
    investment = models.ForeignKey(
        Investment, models.PROTECT, verbose_name=_("investment"), null=True, blank=True, related_name="events",
        db_index=False,
    )  # fmt: skip
    award = models.ForeignKey(
        GrantAward, models.PROTECT, verbose_name=_("award"), null=True, blank=True, related_name="events",
        db_index=False,
    )  # fmt: skip
    kind = models.CharField(_("kind"), max_length=24, choices=EventKind)
    effect = models.CharField(_("effect"), max_length=24, choices=EventKind, editable=False)
    value_date = models.DateField(_("value date"))
    recorded_at = models.DateTimeField(_("recorded"))
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    cost_relieved_fen = models.BigIntegerField(_("cost relieved (fen)"), default=0)
    reverses = models.OneToOneField(
        "self", models.PROTECT, verbose_name=_("reverses"), null=True, blank=True, related_name="reversed_by"
    )
    document = models.CharField(_("source document"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, blank=True,
        related_name="+", db_index=False,
    )  # fmt: skip
    prev_hash = models.BinaryField(_("hash before"), max_length=32)
    hash = models.BinaryField(_("hash"), max_length=32)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("ledger event")
        verbose_name_plural = _("ledger events")
        ordering = ["fund", "seq"]
        permissions = [("record_late_event", _("Can record events into a closed period"))]
        # Each carries all that a sum needs: figures as of a date are read from the index alone, in holding order.
        indexes = [
            models.Index(
                fields=["investment", "value_date"],
                include=["recorded_at", "effect", "amount_fen", "cost_relieved_fen"],
                condition=Q(investment__isnull=False),
                name="ledger_by_holding",
            ),
            models.Index(
                fields=["investment", "value_date"],
                include=["recorded_at", "effect", "amount_fen", "cost_relieved_fen"],
                condition=Q(investment__isnull=False) & ~Q(effect__in=sorted(INCOME_KINDS)),
                name="ledger_capital",
            ),
            models.Index(
                fields=["investment", "value_date"],
                include=["recorded_at", "amount_fen"],
                condition=Q(investment__isnull=False, effect__in=sorted(INCOME_KINDS)),
                name="ledger_income",
            ),
            models.Index(
                fields=["fund", "value_date"],
                include=["recorded_at", "effect", "amount_fen"],
                condition=Q(investment=None),
                name="ledger_of_fund",
            ),
            models.Index(
                fields=["award", "value_date"],
                include=["recorded_at", "effect", "amount_fen"],
                condition=Q(award__isnull=False),
                name="ledger_of_award",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                name="ledger_seq_once_per_fund",
                fields=["fund", "seq"],
                violation_error_message=_("Another entry took this number; try again."),
            ),
            models.CheckConstraint(
                name="ledger_holding_named",
                # Interest may come from a holding's loan or from the fund's own account.
                condition=Q(effect=EventKind.INTEREST)
                | Q(effect__in=sorted(HOLDING_KINDS), investment__isnull=False)
                | ~Q(effect__in=sorted(HOLDING_KINDS)) & Q(investment=None),
                violation_error_message=_("Events of a holding name it, events of the fund name none."),
            ),
            models.CheckConstraint(
                name="ledger_grant_names_award",
                condition=Q(effect__in=sorted(GRANT_KINDS), award__isnull=False)
                | ~Q(effect__in=sorted(GRANT_KINDS)) & Q(award=None),
                violation_error_message=_("A grant and its return name their award, and no other event does."),
            ),
            models.CheckConstraint(
                name="ledger_reversal_names_event",
                condition=Q(kind=EventKind.REVERSAL, reverses__isnull=False) & ~Q(effect=EventKind.REVERSAL)
                | Q(reverses=None, effect=F("kind")) & ~Q(kind=EventKind.REVERSAL),
                violation_error_message=_("A reversal names the event it reverses, and no other event does."),
            ),
            models.CheckConstraint(
                name="ledger_amount_signs",
                condition=Q(effect__in=SIGNED_KINDS)
                | Q(kind=EventKind.REVERSAL, amount_fen__lte=0, cost_relieved_fen__lte=0)
                | Q(amount_fen__gte=0, cost_relieved_fen__gte=0) & ~Q(kind=EventKind.REVERSAL),
                violation_error_message=_("Amounts are positive; only a reversal carries opposite signs."),
            ),
            models.CheckConstraint(
                name="ledger_amount_not_empty",
                condition=~Q(amount_fen=0, cost_relieved_fen=0),
                violation_error_message=_("An event moves money or cost."),
            ),
            models.CheckConstraint(
                name="ledger_relief_by_exits_only",
                condition=Q(cost_relieved_fen=0) | Q(effect__in=RELIEVING_KINDS),
                violation_error_message=_("Only exits and write-offs relieve cost."),
            ),
            models.CheckConstraint(
                name="ledger_exit_relieves_cost",
                condition=~Q(effect__in=RELIEVING_KINDS) | ~Q(cost_relieved_fen=0),
                violation_error_message=_("An exit or write-off says which cost it relieves."),
            ),
            models.CheckConstraint(
                name="ledger_write_off_brings_nothing",
                condition=~Q(effect=EventKind.WRITE_OFF) | Q(amount_fen=0),
                violation_error_message=_("A write-off brings no money; book an exit instead."),
            ),
            models.CheckConstraint(
                name="ledger_not_in_future",
                condition=Q(value_date__lte=F("recorded_at__date")),
                violation_error_message=_("The value date lies after the day of recording."),
            ),
            models.CheckConstraint(
                name="ledger_hash_length",
                condition=Exact(Length("hash"), 32) & Exact(Length("prev_hash"), 32),
                violation_error_message=_("A hash has 32 bytes."),
            ),
        ]
        triggers = [
            AppendOnly(name="ledger_append_only"),
            LedgerGuard(
                name="ledger_guard",
                investing=[str(kind) for kind in (*INVESTING_KINDS, *SIGNED_KINDS)],
                full_exit=str(EventKind.EXIT_FULL),
            ),
            GrantGuard(name="ledger_grants"),
        ]

    def __str__(self) -> str:
        return f"{self.fund.code} #{self.seq}"


@track()
class PeriodClose(models.Model):
    """The books of a fund are closed up to and including ``through``; later entries before it need a reason.

    Another person may open them again with a reason; the row stays, and a second close is a row of its own.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="closes", db_index=False)
    through = models.DateField(_("closed through"))
    closed_at = models.DateTimeField(_("closed"), default=timezone.now, editable=False)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("closed by"), related_name="+"
    )
    reopened_at = models.DateTimeField(_("opened again"), null=True, blank=True, editable=False)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("opened again by"), null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    reopen_reason = models.CharField(_("reason for opening"), max_length=400, null=True, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("closed period")
        verbose_name_plural = _("closed periods")
        ordering = ["fund", "-through"]
        permissions = [("reopen_period", _("Can open a closed period again"))]
        constraints = [
            models.UniqueConstraint(
                name="period_closed_once",
                fields=["fund", "through"],
                condition=Q(reopened_at=None),
                violation_error_message=_("This period is closed already."),
            ),
            models.CheckConstraint(
                name="period_reopened_whole",
                condition=Q(reopened_at=None, reopened_by=None, reopen_reason=None)
                | Q(
                    reopened_at__isnull=False,
                    reopened_at__gte=F("closed_at"),
                    reopened_by__isnull=False,
                    reopen_reason__isnull=False,
                )
                & ~Q(reopen_reason=""),
                violation_error_message=_("Opening a period again needs its person, its time and its reason."),
            ),
            models.CheckConstraint(
                name="period_reopened_by_another",
                condition=Q(reopened_by=None) | ~Q(reopened_by=F("closed_by")),
                violation_error_message=_("Who closed a period does not open it again."),
            ),
        ]
        triggers = [
            AppendOnly(name="period_append_only", allow_once=["reopened_at", "reopened_by", "reopen_reason"]),
            LockFund(name="period_locks_fund"),
        ]

    def __str__(self) -> str:
        return f"{self.fund.code} {self.through}"
