"""The panel of a case: seats, recusals, votes with reasons, the decision, and the appeal."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from funds.choices.cases import CaseOutcome, CaseState
from funds.models.case_triggers import AppealInTerm, DecisionGuard, OnlyInStates, SeatGuard, VoteGuard
from funds.models.cases import ExemptionCase
from funds.models.policy import PolicyDocument
from funds.rules.cases import FIRST, ON_APPEAL
from innovation.core.append_only import AppendOnly

SITTING = (CaseState.PANEL, CaseState.APPEAL)
ROUNDS = [(FIRST, _("First decision")), (ON_APPEAL, _("Decision on the appeal"))]


class PanelMember(models.Model):
    """A seat on the panel of one round. Who is recused stays named, with the reason."""

    case = models.ForeignKey(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="panel")
    round = models.PositiveSmallIntegerField(_("round"), choices=ROUNDS, default=FIRST)
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("member"), related_name="panel_seats"
    )
    is_chair = models.BooleanField(_("chair"), default=False)
    appointed_at = models.DateTimeField(_("appointed"))
    appointed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("appointed by"), null=True, related_name="+"
    )
    recused_at = models.DateTimeField(_("recused"), null=True, blank=True)
    recusal_reason = models.TextField(_("reason of the recusal"), null=True, blank=True)

    class Meta:
        verbose_name = _("member of a panel")
        verbose_name_plural = _("members of panels")
        ordering = ["case", "round", "-is_chair", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="panel_member_once",
                fields=["case", "round", "user"],
                violation_error_message=_("This person sits on the panel already."),
            ),
            models.UniqueConstraint(
                name="panel_one_chair",
                fields=["case", "round"],
                condition=Q(is_chair=True, recused_at=None),
                violation_error_message=_("The panel has its chair already."),
            ),
            models.CheckConstraint(
                name="panel_recusal_has_reason",
                condition=Q(recused_at=None, recusal_reason=None)
                | Q(recused_at__isnull=False, recusal_reason__isnull=False) & ~Q(recusal_reason=""),
                violation_error_message=_("A recusal has its reason."),
            ),
            models.CheckConstraint(
                name="panel_round_known",
                condition=Q(round__in=(FIRST, ON_APPEAL)),
                violation_error_message=_("A panel sits for the first decision or on the appeal."),
            ),
        ]
        triggers = [
            AppendOnly(name="panel_append_only", allow_once=("recused_at", "recusal_reason")),
            OnlyInStates(name="panel_while_sitting", states=SITTING),
            SeatGuard(name="panel_seat_guard"),
        ]

    def __str__(self) -> str:
        return str(self.user)


class PanelVote(models.Model):
    """One member's vote with its written reasons; a changed mind supersedes, until the decision."""

    case = models.ForeignKey(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="votes")
    member = models.ForeignKey(PanelMember, models.PROTECT, verbose_name=_("member"), related_name="votes")
    outcome = models.CharField(_("vote"), max_length=16, choices=CaseOutcome)
    reasons = models.TextField(_("reasons"))
    at = models.DateTimeField(_("when"))
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True)

    class Meta:
        verbose_name = _("vote of a panel")
        verbose_name_plural = _("votes of panels")
        ordering = ["case", "pk"]
        constraints = [
            models.UniqueConstraint(
                name="vote_one_current",
                fields=["member"],
                condition=Q(superseded_at=None),
                violation_error_message=_("This member has voted already."),
            ),
            models.CheckConstraint(
                name="vote_has_reasons",
                condition=~Q(reasons=""),
                violation_error_message=_("A vote has its written reasons."),
            ),
        ]
        triggers = [
            AppendOnly(name="vote_append_only", allow_once=("superseded_at",)),
            OnlyInStates(name="vote_while_sitting", states=SITTING),
            VoteGuard(name="vote_guard"),
        ]

    def __str__(self) -> str:
        return f"{self.member_id}: {self.get_outcome_display()}"


class CaseDecision(models.Model):
    """What the panel decided in a round: prepared by the case officer, decided by the chair, never the same person.

    ``law`` is the policy that the panel applied; it must be named where the policy of the day of the investment
    decision differs from today's.
    """

    case = models.ForeignKey(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="decisions")
    round = models.PositiveSmallIntegerField(_("round"), choices=ROUNDS)
    outcome = models.CharField(_("outcome"), max_length=16, choices=CaseOutcome)
    reasons = models.TextField(_("reasons"))
    law = models.ForeignKey(
        PolicyDocument, models.PROTECT, verbose_name=_("policy applied"), null=True, blank=True, related_name="+"
    )
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("prepared by"), related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), related_name="+"
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("decision of a case")
        verbose_name_plural = _("decisions of cases")
        ordering = ["case", "round"]
        constraints = [
            models.UniqueConstraint(
                name="decision_once_per_round",
                fields=["case", "round"],
                violation_error_message=_("This case is decided already."),
            ),
            models.CheckConstraint(
                name="decision_four_eyes",
                condition=~Q(prepared_by=F("decided_by")),
                violation_error_message=_("Who prepares the case does not decide it."),
            ),
            models.CheckConstraint(
                name="decision_has_reasons",
                condition=~Q(reasons="") & Q(outcome__in=CaseOutcome.values),
                violation_error_message=_("A decision has its written reasons."),
            ),
        ]
        triggers = [
            AppendOnly(name="decision_append_only"),
            OnlyInStates(name="decision_while_sitting", states=SITTING),
            DecisionGuard(name="decision_guard"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}: {self.get_outcome_display()}"


class Appeal(models.Model):
    """The one appeal of the manager against the decision."""

    case = models.OneToOneField(ExemptionCase, models.PROTECT, verbose_name=_("case"), related_name="appeal")
    text = models.TextField(_("grounds of the appeal"))
    at = models.DateTimeField(_("when"))
    made_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("made by"), related_name="+")

    class Meta:
        verbose_name = _("appeal")
        verbose_name_plural = _("appeals")
        constraints = [
            models.CheckConstraint(
                name="appeal_has_grounds",
                condition=~Q(text=""),
                violation_error_message=_("An appeal says why."),
            ),
        ]
        triggers = [
            AppendOnly(name="appeal_append_only"),
            OnlyInStates(name="appeal_of_decided_case", states=(CaseState.DECIDED,)),
            AppealInTerm(name="appeal_in_term"),
        ]

    def __str__(self) -> str:
        return f"{self.case_id}"
