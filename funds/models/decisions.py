"""Committees, and what they decided: meeting, votes, recusals, minutes, papers. Sealed once, never changed."""

from fractions import Fraction

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from funds.choices.deals import BUYING_SUBJECTS, DecisionOutcome, DecisionSubject, VoteChoice
from funds.models.deal_triggers import OpenDecisionOnly, SealByVotes
from funds.models.deals import Deal
from funds.models.fund import Fund
from funds.models.investment import Investment
from funds.models.papers import Paper
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly
from innovation.core.history import track


@track()
class Committee(models.Model):
    """Who decides on investments: of one fund, or of every fund that has none of its own (``fund`` None).

    ``quorum`` members must take part; ``majority_num/majority_den`` of those present must vote for.
    """

    name_zh = models.CharField(_("Chinese name"), max_length=200)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    fund = models.ForeignKey(
        Fund, models.PROTECT, verbose_name=_("fund"), null=True, blank=True, related_name="committees",
        help_text=_("Empty: it decides for every fund."),
    )  # fmt: skip
    quorum = models.PositiveSmallIntegerField(_("quorum"))
    majority_num = models.PositiveSmallIntegerField(_("majority, numerator"), default=2)
    majority_den = models.PositiveSmallIntegerField(_("majority, denominator"), default=3)
    is_active = models.BooleanField(_("in office"), default=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("committee")
        verbose_name_plural = _("committees")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="committee_quorum_positive",
                condition=Q(quorum__gt=0),
                violation_error_message=_("At least one member must take part."),
            ),
            models.CheckConstraint(
                name="committee_majority_share",
                condition=Q(majority_num__gt=0, majority_den__gt=0, majority_num__lte=F("majority_den")),
                violation_error_message=_("The majority lies above 0 and at most at 1."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def name(self) -> str:
        """The name in the reader's language, the other where one is missing."""
        chinese = (get_language() or "").startswith("zh")
        return self.name_zh if chinese or not self.name_en else self.name_en

    @property
    def majority(self) -> Fraction:
        return Fraction(self.majority_num, self.majority_den)


@track()
class CommitteeMember(models.Model):
    """A seat of a committee. ``user`` where the member has an account: exemption panels must not overlap."""

    committee = models.ForeignKey(Committee, models.CASCADE, verbose_name=_("committee"), related_name="members")
    name = models.CharField(_("name"), max_length=100)
    position = models.CharField(_("position"), max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("account"), null=True, blank=True, related_name="+"
    )
    is_active = models.BooleanField(_("in office"), default=True)

    class Meta:
        verbose_name = _("committee member")
        verbose_name_plural = _("committee members")
        ordering = ["committee", "id"]
        constraints = [
            models.UniqueConstraint(
                name="committee_member_once",
                fields=["committee", "name"],
                violation_error_message=_("This person is a member already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class DecisionQuerySet(OfficeQuerySet["Decision"]):
    def sealed(self) -> "DecisionQuerySet":
        """Decisions that stand: a row without seal is one whose recording was never finished."""
        return self.filter(sealed_at__isnull=False)


class Decision(models.Model):
    """What a committee decided, with the rules of its vote as they were then.

    Votes and papers are written while ``sealed_at`` is empty; sealing sets it and ``sha256`` once, and the database
    then refuses any change and any further vote. ``amount_fen`` is what was approved to be paid.
    """

    Outcome = DecisionOutcome

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="decisions")
    number = models.CharField(_("number"), max_length=60)
    subject = models.CharField(_("subject"), max_length=12, choices=DecisionSubject)
    deal = models.ForeignKey(
        Deal, models.PROTECT, verbose_name=_("proposal"), null=True, blank=True, related_name="decisions"
    )
    investment = models.ForeignKey(
        Investment, models.PROTECT, verbose_name=_("holding"), null=True, blank=True, related_name="decisions"
    )
    committee = models.ForeignKey(Committee, models.PROTECT, verbose_name=_("committee"), related_name="decisions")
    met_on = models.DateField(_("day of the meeting"))
    quorum = models.PositiveSmallIntegerField(_("quorum"))
    majority_num = models.PositiveSmallIntegerField(_("majority, numerator"))
    majority_den = models.PositiveSmallIntegerField(_("majority, denominator"))
    outcome = models.CharField(_("outcome"), max_length=12, choices=DecisionOutcome)
    amount_fen = models.BigIntegerField(_("approved amount (fen)"), null=True, blank=True)
    conditions = models.TextField(_("conditions"), blank=True)
    reason = models.TextField(_("reasons"))
    minutes = models.TextField(_("minutes"), blank=True)
    papers = models.ManyToManyField(Paper, through="DecisionPaper", verbose_name=_("papers"), related_name="decisions")
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip
    sealed_at = models.DateTimeField(_("sealed"), null=True, editable=False)
    sha256 = models.CharField(_("fingerprint (SHA-256)"), max_length=64, null=True, editable=False)

    objects = DecisionQuerySet.as_manager()

    class Meta:
        verbose_name = _("committee decision")
        verbose_name_plural = _("committee decisions")
        ordering = ["-met_on", "-id"]
        constraints = [
            models.UniqueConstraint(
                name="decision_number_once_per_fund",
                fields=["fund", "number"],
                violation_error_message=_("This fund has a decision with this number already."),
            ),
            models.UniqueConstraint(
                name="decision_approves_deal_once",
                fields=["deal"],
                condition=Q(outcome=DecisionOutcome.APPROVED),
                violation_error_message=_("This proposal is approved already."),
            ),
            models.CheckConstraint(
                name="decision_has_its_object",
                condition=Q(deal__isnull=False, subject__in=sorted(BUYING_SUBJECTS))
                | Q(deal=None, investment__isnull=False),
                violation_error_message=_("A decision names its proposal or its holding."),
            ),
            models.CheckConstraint(
                name="decision_amount",
                condition=Q(amount_fen=None) & ~Q(outcome=DecisionOutcome.APPROVED, subject__in=sorted(BUYING_SUBJECTS))
                | Q(amount_fen__isnull=False, amount_fen__gt=0),
                violation_error_message=_("An approved investment has its amount, and it is above zero."),
            ),
            models.CheckConstraint(
                name="decision_reasoned",
                condition=~Q(reason=""),
                violation_error_message=_("A decision needs its reasons."),
            ),
            models.CheckConstraint(
                name="decision_after_meeting",
                condition=Q(met_on__lte=F("recorded_at__date")),
                violation_error_message=_("The meeting lies after the day of recording."),
            ),
            models.CheckConstraint(
                name="decision_sealed_with_fingerprint",
                condition=Q(sealed_at=None, sha256=None) | Q(sealed_at__isnull=False, sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("A sealed decision has its fingerprint."),
            ),
        ]
        triggers = [
            AppendOnly(name="decision_append_only", allow_once=("sealed_at", "sha256")),
            SealByVotes(name="decision_sealed_by_votes"),
        ]

    def __str__(self) -> str:
        return self.number

    def get_absolute_url(self) -> str:
        return reverse("funds:decision", args=[self.pk])

    @property
    def majority(self) -> Fraction:
        return Fraction(self.majority_num, self.majority_den)


class Vote(models.Model):
    """How one member voted. ``name`` and ``position`` as they were then; ``user`` where the member has an account."""

    decision = models.ForeignKey(Decision, models.PROTECT, verbose_name=_("decision"), related_name="votes")
    member = models.ForeignKey(
        CommitteeMember, models.PROTECT, verbose_name=_("member"), null=True, related_name="votes",
    )  # fmt: skip
    name = models.CharField(_("name"), max_length=100)
    position = models.CharField(_("position"), max_length=200, blank=True)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("account"), null=True, blank=True,
        related_name="investment_votes",
    )  # fmt: skip
    choice = models.CharField(_("vote"), max_length=8, choices=VoteChoice)
    reason = models.CharField(_("reason"), max_length=400, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("vote")
        verbose_name_plural = _("votes")
        ordering = ["decision", "id"]
        constraints = [
            models.UniqueConstraint(
                name="vote_once",
                fields=["decision", "name"],
                violation_error_message=_("This member has voted already."),
            ),
            models.CheckConstraint(
                name="vote_choice_known",
                condition=Q(choice__in=VoteChoice.values),
                violation_error_message=_("This is not a vote."),
            ),
            models.CheckConstraint(
                name="vote_recusal_reasoned",
                condition=~Q(choice=VoteChoice.RECUSED, reason=""),
                violation_error_message=_("Who recuses says why."),
            ),
        ]
        triggers = [
            AppendOnly(name="vote_append_only"),
            OpenDecisionOnly(name="vote_before_seal"),
        ]

    def __str__(self) -> str:
        return f"{self.name}: {self.get_choice_display()}"


class DecisionPaper(models.Model):
    """A paper that lay before the committee, or its signed minutes."""

    decision = models.ForeignKey(Decision, models.PROTECT, verbose_name=_("decision"), related_name="paper_links")
    paper = models.ForeignKey(Paper, models.PROTECT, verbose_name=_("paper"), related_name="decision_links")

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of a decision")
        verbose_name_plural = _("papers of decisions")
        ordering = ["decision", "id"]
        constraints = [
            models.UniqueConstraint(
                name="decision_paper_once",
                fields=["decision", "paper"],
                violation_error_message=_("This paper is attached already."),
            )
        ]
        triggers = [
            AppendOnly(name="decision_paper_append_only"),
            OpenDecisionOnly(name="decision_paper_before_seal"),
        ]

    def __str__(self) -> str:
        return f"{self.decision_id} · {self.paper_id}"
