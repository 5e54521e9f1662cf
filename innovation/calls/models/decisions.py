"""Decisions: proposed by one person, made by another, never changed; and the conditions of an approval."""

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import AWARDING_EVENTS, DecidedEvent, Outcome
from innovation.calls.models.applications import Application
from innovation.calls.models.board import AgendaItem
from innovation.calls.models.following import FollowingQuerySet, StaffQuerySet
from innovation.core.append_only import AppendOnly
from innovation.core.history import track


class DecidedAsProposed(pgtrigger.Trigger):
    """A decision names the proposer, the case and the event of its own proposal."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    func = """
        IF NOT EXISTS (
            SELECT FROM calls_proposal WHERE id = NEW.proposal_id AND application_id = NEW.application_id
                AND proposed_by_id = NEW.proposed_by_id AND event = NEW.event
        ) THEN
            RAISE EXCEPTION 'A decision follows its proposal.' USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NEW;
    """


class Proposal(models.Model):
    """What an officer lays before whoever decides. ``settled_at``: decided, or replaced by a later proposal.

    ``conditions`` are ``{"text": …, "due_on": "2026-09-01"}``; amounts in fen.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name=_("application"), related_name="proposals"
    )
    event = models.CharField(_("decision"), max_length=30, choices=DecidedEvent)
    award_fen = models.BigIntegerField(_("award (fen)"), null=True, blank=True)
    conditions = models.JSONField(_("conditions"), default=list, blank=True, encoder=DjangoJSONEncoder)
    outcome = models.CharField(_("outcome"), max_length=30, choices=Outcome, blank=True)
    lesson = models.TextField(_("lesson"), blank=True)
    exemption_case = models.CharField(_("exemption case"), max_length=80, blank=True)
    reasons = models.TextField(_("reasons"))
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("proposed by"), related_name="+"
    )
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now)
    settled_at = models.DateTimeField(_("settled"), null=True, editable=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal for a decision")
        verbose_name_plural = _("proposals for decisions")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="proposal_one_open",
                fields=["application"],
                condition=Q(settled_at=None),
                violation_error_message=_("A proposal is open already."),
            ),
            models.CheckConstraint(
                name="proposal_event_known",
                condition=Q(event__in=DecidedEvent.values),
                violation_error_message=_("This is not a decision."),
            ),
            models.CheckConstraint(
                name="proposal_award_only_when_approved",
                condition=Q(award_fen=None) | Q(award_fen__gte=0, event__in=sorted(AWARDING_EVENTS)),
                violation_error_message=_("Only an approval has an award, and it is not below zero."),
            ),
            models.CheckConstraint(
                name="proposal_has_reasons",
                condition=~Q(reasons=""),
                violation_error_message=_("Give the reasons."),
            ),
        ]
        triggers = [AppendOnly(name="proposal_append_only", allow_once=("settled_at",))]

    def __str__(self) -> str:
        return f"{self.get_event_display()} ({self.application_id})"


class Decision(models.Model):
    """What was decided; a wrong decision is undone by a further one (``revert``), never edited.

    ``order_reason``: why the order of the ranking was left. ``votes`` counts the votes of the board by choice.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name=_("application"), related_name="decisions"
    )
    proposal = models.OneToOneField(Proposal, models.PROTECT, verbose_name=_("proposal"), related_name="decision")
    item = models.ForeignKey(
        AgendaItem, models.PROTECT, verbose_name=_("item of the agenda"), null=True, blank=True,
        related_name="decisions",
    )  # fmt: skip
    event = models.CharField(_("decision"), max_length=30, choices=DecidedEvent)
    award_fen = models.BigIntegerField(_("award (fen)"), null=True, blank=True)
    reasons = models.TextField(_("reasons"))
    order_reason = models.TextField(_("why the order was left"), blank=True)
    votes = models.JSONField(_("votes"), default=dict, blank=True, encoder=DjangoJSONEncoder)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("proposed by"), related_name="+"
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), related_name="+"
    )
    decided_at = models.DateTimeField(_("decided"), default=timezone.now)

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("decision on an application")
        verbose_name_plural = _("decisions on applications")
        ordering = ["-id"]
        constraints = [
            models.CheckConstraint(
                name="call_decision_four_eyes",
                condition=~Q(decided_by=F("proposed_by")),
                violation_error_message=_("Another person than the one who proposed it decides."),
            ),
            models.CheckConstraint(
                name="call_decision_in_meeting",
                condition=~Q(event__in=["approve", "approve_with_conditions", "reject", "reserve"])
                | Q(item__isnull=False),
                violation_error_message=_("The board decides in a meeting."),
            ),
        ]
        triggers = [
            AppendOnly(name="call_decision_append_only"),
            DecidedAsProposed(name="call_decision_as_proposed"),
        ]

    def __str__(self) -> str:
        return f"{self.get_event_display()} {self.decided_at:%Y-%m-%d}"


@track()
class Condition(models.Model):
    """A condition of an approval: what has to be shown by when, and what showed it."""

    case_path = "decision__application"

    decision = models.ForeignKey(Decision, models.PROTECT, verbose_name=_("decision"), related_name="conditions")
    text = models.CharField(_("condition"), max_length=500)
    due_on = models.DateField(_("due"))
    evidence = models.TextField(_("evidence"), blank=True, editable=False)
    met_at = models.DateTimeField(_("met"), null=True, editable=False)
    met_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("confirmed by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = FollowingQuerySet.as_manager()

    class Meta:
        verbose_name = _("condition of an approval")
        verbose_name_plural = _("conditions of approvals")
        ordering = ["due_on", "id"]
        constraints = [
            models.CheckConstraint(
                name="case_condition_met_with_evidence",
                condition=Q(met_at=None, met_by=None)
                | (Q(met_at__isnull=False, met_by__isnull=False) & ~Q(evidence="")),
                violation_error_message=_("Name the evidence that the condition is met."),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
