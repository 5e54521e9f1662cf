"""Proposals: what a fund looks at, from the first contact to the vote of its committee."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.deals import DealSource, DealState, DiligenceArea, DiligenceState, Instrument
from funds.choices.records import InvestmentMode, Stage
from funds.models.deal_states import STATE_NAMES, TRANSITIONS
from funds.models.deal_triggers import DecidedByCommittee, FrozenBeforeCommittee, OpenDealOnly
from funds.models.fund import Fund
from funds.models.investment import Investment
from funds.models.papers import Paper
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track
from innovation.organisations.models import Organisation


@track()
class Deal(models.Model):
    """A proposal of one fund to put money into one company.

    ``amount_fen`` is what is asked for, ``pre_money_fen`` the value of the company before it. ``investment`` is the
    holding: given from the start for a follow-on, made by the approving decision else. After the vote the ledger
    tells where the holding stands.
    """

    transitions = TRANSITIONS
    state_names = STATE_NAMES

    code = models.CharField(_("code"), max_length=40, unique=True)
    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="deals")
    company = models.ForeignKey(Organisation, models.PROTECT, verbose_name=_("company"), related_name="deals")
    investment = models.ForeignKey(
        Investment, models.PROTECT, verbose_name=_("holding"), null=True, blank=True, related_name="deals",
        help_text=_("For a follow-on: the holding that grows. Otherwise the approving decision makes it."),
    )  # fmt: skip
    is_follow_on = models.BooleanField(_("follow-on"), default=False, editable=False)
    stage = models.CharField(_("stage at entry"), max_length=20, choices=Stage)
    mode = models.CharField(_("mode"), max_length=20, choices=InvestmentMode, default=InvestmentMode.DIRECT)
    instrument = models.CharField(_("instrument"), max_length=20, choices=Instrument)
    amount_fen = models.BigIntegerField(_("amount (fen)"))
    pre_money_fen = models.BigIntegerField(_("value before the money (fen)"), null=True, blank=True)
    source = models.CharField(_("how it was found"), max_length=20, choices=DealSource, default=DealSource.OWN)
    summary = models.TextField(_("why to invest"), blank=True)
    risks = models.TextField(_("main risks"), blank=True)
    lead = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("responsible"), related_name="+")
    state = models.CharField(_("state"), max_length=12, choices=DealState, default=DealState.SOURCING, editable=False)
    opened_on = models.DateField(_("opened"), default=timezone.localdate)
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-opened_on", "-id"]
        constraints = [
            models.CheckConstraint(
                name="deal_amount_positive",
                condition=Q(amount_fen__gt=0),
                violation_error_message=_("The amount asked for is above zero."),
            ),
            models.CheckConstraint(
                name="deal_pre_money_positive",
                condition=Q(pre_money_fen=None) | Q(pre_money_fen__gt=0),
                violation_error_message=_("The value of the company is above zero."),
            ),
            models.CheckConstraint(
                name="deal_follow_on_names_holding",
                condition=Q(is_follow_on=False) | Q(investment__isnull=False),
                violation_error_message=_("A follow-on names its holding."),
            ),
            models.CheckConstraint(
                name="deal_approved_has_holding",
                condition=~Q(state=DealState.APPROVED) | Q(investment__isnull=False),
                violation_error_message=_("An approved proposal has its holding."),
            ),
            models.CheckConstraint(
                name="deal_state_known",
                condition=Q(state__in=DealState.values),
                violation_error_message=_("This is not a state of a proposal."),
            ),
        ]
        triggers = [
            FrozenBeforeCommittee(name="deal_frozen_before_committee"),
            DecidedByCommittee(name="deal_decided_by_committee"),
        ]

    def __str__(self) -> str:
        """The code, with the company's name where that is loaded: naming a row never costs a query."""
        return f"{self.code} {self.company}" if Deal.company.is_cached(self) else self.code

    def get_absolute_url(self) -> str:
        return reverse("funds:deal", args=[self.pk])


@track()
class DiligenceItem(models.Model):
    """One question of due diligence with its finding. A proposal goes to the committee when none is open."""

    deal = models.ForeignKey(Deal, models.CASCADE, verbose_name=_("proposal"), related_name="items")
    area = models.CharField(_("area"), max_length=12, choices=DiligenceArea)
    question = models.CharField(_("question"), max_length=300)
    state = models.CharField(_("answer"), max_length=12, choices=DiligenceState, default=DiligenceState.OPEN)
    finding = models.TextField(_("finding"), blank=True)
    responsible = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("responsible"), null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    due_on = models.DateField(_("due"), null=True, blank=True)
    done_on = models.DateField(_("answered"), null=True, blank=True, editable=False)
    paper = models.ForeignKey(
        Paper, models.PROTECT, verbose_name=_("paper"), null=True, blank=True, related_name="diligence_items"
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("due diligence item")
        verbose_name_plural = _("due diligence items")
        ordering = ["deal", "area", "id"]
        constraints = [
            models.UniqueConstraint(
                name="diligence_question_once",
                fields=["deal", "question"],
                violation_error_message=_("This question is on the list already."),
            ),
            models.CheckConstraint(
                name="diligence_answer_has_finding",
                condition=Q(state__in=[DiligenceState.OPEN, DiligenceState.CLEAR]) | ~Q(finding=""),
                violation_error_message=_("Say what was found, or why the question is not needed."),
            ),
            models.CheckConstraint(
                name="diligence_answered_on",
                condition=Q(state=DiligenceState.OPEN, done_on=None)
                | ~Q(state=DiligenceState.OPEN) & Q(done_on__isnull=False),
                violation_error_message=_("An answer has its day, an open question has none."),
            ),
        ]
        triggers = [OpenDealOnly(name="diligence_before_committee")]

    def __str__(self) -> str:
        return self.question


class DealPaper(models.Model):
    """A paper attached to a proposal."""

    deal = models.ForeignKey(Deal, models.PROTECT, verbose_name=_("proposal"), related_name="paper_links")
    paper = models.ForeignKey(Paper, models.PROTECT, verbose_name=_("paper"), related_name="deal_links")

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper of a proposal")
        verbose_name_plural = _("papers of proposals")
        ordering = ["deal", "id"]
        constraints = [
            models.UniqueConstraint(
                name="deal_paper_once",
                fields=["deal", "paper"],
                violation_error_message=_("This paper is attached already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.deal_id} · {self.paper_id}"
