"""Mandates: a person works on a demand, as both sides have accepted, and what came of it."""

from typing import Any, Self

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.organisations.models import Organisation
from talent.choices.matching import (
    LIVE_MANDATES,
    WAITING_MANDATES,
    Engagement,
    MandateRole,
    MandateState,
    OutcomeOccasion,
)
from talent.models.demands import Demand
from talent.models.identity import NoIdentityNumber
from talent.models.mandate_states import STATE_NAMES, TRANSITIONS
from talent.models.matching import MatchProposal
from talent.models.matching_triggers import NoLiveConflict, WithinCapacity
from talent.models.person import Person
from talent.models.visibility import sees_talent_figures


class MandateQuerySet(models.QuerySet["Mandate"]):
    def visible_to(self, user: Any) -> Self:
        """All for the office and its managers; one's own; those of demands of one's organisations."""
        if sees_talent_figures(user):
            return self
        if not user.is_authenticated:
            return self.none()
        mine = Organisation.objects.of_member(user)
        return self.filter(Q(person__user=user) | Q(demand__organisation__in=mine))

    def waiting(self) -> Self:
        """Those that somebody has still to answer."""
        return self.filter(state__in=WAITING_MANDATES)


@track()
class Mandate(models.Model):
    """A person for a demand, from one day to another (both included), with its load in points.

    ``by_hand`` marks what the officer chose against or without the matcher; then ``reason`` says why.
    """

    transitions = TRANSITIONS
    state_names = STATE_NAMES

    person = models.ForeignKey(Person, models.PROTECT, related_name="mandates", verbose_name=_("person"))
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="mandates", verbose_name=_("demand"))
    proposal = models.ForeignKey(
        MatchProposal, models.PROTECT, null=True, blank=True, related_name="mandates", editable=False,
        verbose_name=_("proposal"),
    )  # fmt: skip
    role = models.CharField(_("role"), max_length=6, choices=MandateRole.choices, default=MandateRole.LEAD)
    engagement = models.CharField(
        _("engagement"), max_length=12, choices=Engagement.choices, default=Engagement.MANAGING
    )
    load = models.PositiveSmallIntegerField(_("load (points)"))
    starts_on = models.DateField(_("from"))
    ends_on = models.DateField(_("to"))
    state = models.CharField(
        _("state"), max_length=20, choices=MandateState.choices, default=MandateState.PROPOSED, editable=False
    )
    answer_by = models.DateField(_("answer by"))
    ended_on = models.DateField(_("ended"), null=True, blank=True, editable=False)
    by_hand = models.BooleanField(_("chosen by hand"), default=False, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("decided by")
    )
    proposed_at = models.DateTimeField(_("proposed"), default=timezone.now, editable=False)
    objection = models.TextField(_("objection"), max_length=1000, blank=True, editable=False)
    objected_at = models.DateTimeField(_("objected"), null=True, blank=True, editable=False)
    objection_answer = models.TextField(_("answer to the objection"), max_length=1000, blank=True, editable=False)

    objects = MandateQuerySet.as_manager()

    class Meta:
        verbose_name = _("mandate")
        verbose_name_plural = _("mandates")
        ordering = ["-proposed_at", "-id"]
        indexes = [models.Index(fields=["person", "state"], name="talent_mandate_of_person")]
        constraints = [
            models.UniqueConstraint(
                name="talent_mandate_one_lead",
                fields=["demand"],
                condition=Q(role=MandateRole.LEAD, state__in=LIVE_MANDATES),
                violation_error_message=_("This demand has a lead already."),
            ),
            models.UniqueConstraint(
                name="talent_mandate_pair_once",
                fields=["demand", "person"],
                condition=Q(state__in=LIVE_MANDATES),
                violation_error_message=_("This person has a mandate for the demand already."),
            ),
            models.CheckConstraint(
                name="talent_mandate_period",
                condition=Q(ends_on__gte=F("starts_on")),
                violation_error_message=_("The last day lies before the first."),
            ),
            models.CheckConstraint(
                name="talent_mandate_load",
                condition=Q(load__gte=1, load__lte=4),
                violation_error_message=_("A mandate takes one to four points."),
            ),
            models.CheckConstraint(
                name="talent_mandate_by_hand_has_reason",
                condition=Q(by_hand=False) | ~Q(reason=""),
                violation_error_message=_("Say why this person was chosen by hand."),
            ),
            models.CheckConstraint(
                name="talent_mandate_state_known",
                condition=Q(state__in=MandateState.values),
                violation_error_message=_("Choose a state."),
            ),
        ]
        triggers = [
            NoIdentityNumber(name="no_identity_number"),
            WithinCapacity(name="talent_mandate_within_capacity"),
            NoLiveConflict(name="talent_mandate_without_conflict"),
        ]

    def __str__(self) -> str:
        cached = Mandate.demand.is_cached(self) and Mandate.person.is_cached(self)
        return f"{self.demand.code} – {self.person}" if cached else f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("talent:mandate", args=[self.pk])


class MandateOutcomeQuerySet(models.QuerySet["MandateOutcome"]):
    def visible_to(self, user: Any) -> Self:
        """As the mandate is."""
        return self if sees_talent_figures(user) else self.filter(mandate__in=Mandate.objects.visible_to(user))


class MandateOutcome(models.Model):
    """What came of a mandate: ``achieved`` of 100 of what was agreed. Never changed."""

    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="outcomes", verbose_name=_("mandate"))
    occasion = models.CharField(_("when"), max_length=4, choices=OutcomeOccasion.choices)
    achieved = models.PositiveSmallIntegerField(_("achieved of what was agreed (%)"))
    text = models.TextField(_("what came of it"), max_length=1000)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, related_name="+", editable=False, verbose_name=_("recorded by")
    )

    objects = MandateOutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome of a mandate")
        verbose_name_plural = _("outcomes of mandates")
        ordering = ["mandate_id", "recorded_at"]
        constraints = [
            models.UniqueConstraint(
                name="talent_outcome_once",
                fields=["mandate", "occasion"],
                violation_error_message=_("This outcome is recorded already."),
            ),
            models.CheckConstraint(
                name="talent_outcome_percent",
                condition=Q(achieved__lte=100),
                violation_error_message=_("Between 0 and 100."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number"), AppendOnly(name="talent_outcome_stays")]

    def __str__(self) -> str:
        return f"{self.get_occasion_display()}: {self.achieved} %"
