"""How a fund's books are kept: its limit for a second person, whether they are complete, entries that wait."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.ledger import EventKind, ProposalState
from funds.models.bookkeeping_triggers import CompleteBooks, DecidedOnce
from funds.models.fund import Fund
from funds.models.grants import GrantAward
from funds.models.investment import Investment
from funds.models.ledger import LedgerEvent
from funds.models.notices import CallLine, DistributionLine
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track


@track()
class BookTerms(models.Model):
    """The terms under which one fund's ledger is kept; a fund without a row has no limit and incomplete books.

    ``approval_limit_fen``: an entry that moves more money or cost than this waits for a second person; None: none
    does. ``is_complete``: every movement of cash is in the books, so that cash may never be below zero and the calls
    never exceed the commitment. Books taken over from a list of holdings begin incomplete.
    """

    fund = models.OneToOneField(Fund, models.PROTECT, verbose_name=_("fund"), related_name="book_terms")
    approval_limit_fen = models.BigIntegerField(_("second person above (fen)"), null=True, blank=True)
    is_complete = models.BooleanField(_("books complete"), default=False)
    changed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("changed by"), null=True, blank=True, related_name="+"
    )
    changed_at = models.DateTimeField(_("changed"), default=timezone.now, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("terms of the books")
        verbose_name_plural = _("terms of the books")
        ordering = ["fund"]
        constraints = [
            models.CheckConstraint(
                name="book_terms_limit_positive",
                condition=Q(approval_limit_fen=None) | Q(approval_limit_fen__gte=0),
                violation_error_message=_("The limit is zero or more."),
            )
        ]
        triggers = [CompleteBooks(name="book_terms_complete")]

    def __str__(self) -> str:
        return self.fund.code


@track()
class EntryProposal(models.Model):
    """An entry above its fund's limit, not in the books until another person approves it.

    It books ``kind``; with ``reverses`` it takes that event back first, and ``kind`` REVERSAL does only that.
    Amounts in fen as in LedgerEvent. ``event`` is the entry that the approval made.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="proposals")
    kind = models.CharField(_("kind"), max_length=24, choices=EventKind)
    investment = models.ForeignKey(
        Investment, models.PROTECT, verbose_name=_("investment"), null=True, blank=True, related_name="+"
    )
    award = models.ForeignKey(
        GrantAward, models.PROTECT, verbose_name=_("award"), null=True, blank=True, related_name="+"
    )
    value_date = models.DateField(_("value date"))
    amount_fen = models.BigIntegerField(_("amount (fen)"), default=0)
    cost_relieved_fen = models.BigIntegerField(_("cost relieved (fen)"), default=0)
    reverses = models.ForeignKey(
        LedgerEvent, models.PROTECT, verbose_name=_("takes back"), null=True, blank=True, related_name="proposals"
    )
    document = models.CharField(_("source document"), max_length=200, blank=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    late = models.BooleanField(_("into a closed period"), default=False)
    state = models.CharField(_("state"), max_length=12, choices=ProposalState, default=ProposalState.WAITING)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("proposed by"), related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), null=True, blank=True, related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decision_reason = models.CharField(_("reason of the decision"), max_length=400, blank=True)
    call_line = models.ForeignKey(
        CallLine, models.PROTECT, verbose_name=_("pays the line of a call"), null=True, blank=True, related_name="+"
    )
    distribution_line = models.ForeignKey(
        DistributionLine, models.PROTECT, verbose_name=_("pays the line of a distribution"), null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    details = models.JSONField(_("what it settles"), default=dict, blank=True)
    event = models.OneToOneField(
        LedgerEvent, models.PROTECT, verbose_name=_("entry"), null=True, blank=True, related_name="proposal"
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposed entry")
        verbose_name_plural = _("proposed entries")
        ordering = ["-id"]
        permissions = [("decide_entryproposal", _("Can approve or refuse proposed entries"))]
        constraints = [
            models.CheckConstraint(
                name="proposal_decided_whole",
                condition=Q(state="WAITING", decided_by=None, decided_at=None)
                | Q(decided_by__isnull=False, decided_at__isnull=False) & ~Q(state="WAITING"),
                violation_error_message=_("A decision needs its person and its time."),
            ),
            models.CheckConstraint(
                name="proposal_four_eyes",
                condition=~Q(state__in=["APPROVED", "REFUSED"]) | ~Q(decided_by=F("proposed_by")),
                violation_error_message=_("Who proposes an entry does not approve it."),
            ),
            models.CheckConstraint(
                name="proposal_approved_is_booked",
                condition=Q(state="APPROVED", event__isnull=False) | Q(event=None) & ~Q(state="APPROVED"),
                violation_error_message=_("An approved proposal has its entry in the books, and no other has."),
            ),
            models.CheckConstraint(
                name="proposal_reversal_names_event",
                condition=~Q(kind=EventKind.REVERSAL) | Q(reverses__isnull=False),
                violation_error_message=_("A reversal names the event it reverses, and no other event does."),
            ),
            models.UniqueConstraint(
                name="proposal_once_per_reversal",
                fields=["reverses"],
                condition=Q(state="WAITING"),
                violation_error_message=_("A proposal to take this entry back waits already."),
            ),
        ]
        triggers = [DecidedOnce(name="proposal_decided_once")]

    def __str__(self) -> str:
        return f"{self.fund_id}/{self.pk} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("funds:proposal", args=[self.pk])

    @property
    def size_fen(self) -> int:
        """What the limit is compared with: the larger of money and cost moved."""
        return max(abs(self.amount_fen), abs(self.cost_relieved_fen))
