"""Runs of the matcher, and what it proposed."""

from typing import Any, Self

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from innovation.core.jobs import Job, JobState
from talent.choices.matching import Objective, ProposalState
from talent.choices.people import RoleKind
from talent.models.demands import Demand
from talent.models.identity import NoIdentityNumber
from talent.models.matching_triggers import RunStays
from talent.models.person import Person
from talent.models.rounds import MatchRound
from talent.models.visibility import sees_people
from talent.rules.matching.problem import RULE_VERSION

MOST_SECONDS = 1_200
OBJECTIVES = [(each.value, each.label) for each in (Objective.MAX_TOTAL, Objective.LEXIMIN)]
"""What the matcher can be asked for; the runs of rounds have an objective of their own."""


class MatchingQuerySet(models.QuerySet[Any]):
    def visible_to(self, user: Any) -> Self:
        """Runs and proposals name people: for the talent office, and for whom the law appoints."""
        return self if sees_people(user) else self.none()


class MatchRun(Job):
    """One question to the matcher: who of one kind serves which open demand, or the matching of a round.

    ``snapshot`` holds what the matcher was given, ``inputs_hash`` its SHA-256, ``result`` the frozen answer.
    """

    task_name = "talent.tasks.match_people"

    role_kind = models.CharField(_("kind of people"), max_length=20, choices=RoleKind.choices)
    day = models.DateField(_("as of"), default=timezone.localdate)
    objective = models.CharField(
        _("objective"), max_length=15, choices=[*OBJECTIVES, (Objective.STABLE.value, Objective.STABLE.label)],
        default=Objective.MAX_TOTAL.value,
    )  # fmt: skip
    round = models.ForeignKey(
        MatchRound, models.PROTECT, null=True, blank=True, related_name="runs", editable=False,
        verbose_name=_("matching round"),
    )  # fmt: skip
    change_penalty = models.PositiveSmallIntegerField(
        _("penalty of a moved mandate (points of fit)"), default=10, validators=[MaxValueValidator(100)]
    )
    per_institute = models.PositiveSmallIntegerField(
        _("most demands of one owner per person"), null=True, blank=True, validators=[MinValueValidator(1)]
    )
    replan = models.BooleanField(
        _("plan running mandates anew"), default=False,
        help_text=_("Without it running mandates stay, and only what is left is matched."),
    )  # fmt: skip
    seconds = models.PositiveSmallIntegerField(
        _("time limit (seconds)"), default=300,
        validators=[MinValueValidator(5), MaxValueValidator(MOST_SECONDS)],
    )  # fmt: skip
    snapshot = models.JSONField(_("inputs"), default=dict, editable=False)
    inputs_hash = models.CharField(_("hash of the inputs"), max_length=64, editable=False)
    rule_version = models.CharField(_("rules"), max_length=20, default=RULE_VERSION, editable=False)
    served = models.PositiveIntegerField(_("demands served"), null=True, editable=False)
    result = models.JSONField(_("result"), default=dict, editable=False)

    objects = MatchingQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("matching")
        verbose_name_plural = _("matchings")
        ordering = ["-id"]
        constraints = [
            *Job.Meta.constraints,
            models.CheckConstraint(
                name="talent_match_run_seconds",
                condition=Q(seconds__gte=5, seconds__lte=MOST_SECONDS),
                violation_error_message=_("Between 5 and 1,200 seconds."),
            ),
            models.CheckConstraint(
                name="talent_match_run_result_when_done",
                condition=Q(state=JobState.DONE, served__isnull=False) | ~Q(state=JobState.DONE) & Q(served=None),
                violation_error_message=_("A matching has its result exactly when it is done."),
            ),
            models.CheckConstraint(
                name="talent_match_run_stable_for_rounds",
                condition=Q(round=None) & ~Q(objective=Objective.STABLE)
                | Q(round__isnull=False, objective=Objective.STABLE),
                violation_error_message=_("The runs of rounds, and they alone, are stable for both sides."),
            ),
        ]
        triggers = [RunStays(name="talent_match_run_stays")]

    def __str__(self) -> str:
        return f"{self.pk} {self.get_role_kind_display()}"

    def get_absolute_url(self) -> str:
        if self.round_id:
            return reverse("talent:round", args=[self.round_id])
        return reverse("talent:match_run", args=[self.pk])


@track()
class MatchProposal(models.Model):
    """One pair that a run proposes; a named officer confirms it or sets it aside, with a reason.

    ``parts`` are the points of the fit in hundredths, ``cost`` what is lost in total fit and in served demands when
    this pair may not be (null: not computed in time).
    """

    run = models.ForeignKey(MatchRun, models.PROTECT, related_name="proposals", verbose_name=_("matching"))
    demand = models.ForeignKey(Demand, models.PROTECT, related_name="proposals", verbose_name=_("demand"))
    person = models.ForeignKey(Person, models.PROTECT, related_name="proposals", verbose_name=_("person"))
    fit = models.PositiveSmallIntegerField(_("fit"))
    parts = models.JSONField(_("parts of the fit"))
    checks = models.JSONField(_("hard checks"), default=list)
    next_best = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("next best person")
    )
    next_fit = models.PositiveSmallIntegerField(_("fit of the next best"), null=True, blank=True)
    cost_fit = models.IntegerField(_("cost of not choosing (fit)"), null=True, blank=True)
    cost_served = models.IntegerField(_("cost of not choosing (demands)"), null=True, blank=True)
    before = models.ForeignKey(
        Person, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("proposed in the last run")
    )
    state = models.CharField(
        _("decision"), max_length=10, choices=ProposalState.choices, default=ProposalState.OPEN, editable=False
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("decided by"),
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True, editable=False)

    objects = MatchingQuerySet.as_manager()

    class Meta:
        verbose_name = _("proposal of a matching")
        verbose_name_plural = _("proposals of matchings")
        ordering = ["run_id", "demand_id"]
        constraints = [
            models.UniqueConstraint(
                name="talent_proposal_once",
                fields=["run", "demand"],
                violation_error_message=_("A matching proposes one person for a demand."),
            ),
            models.CheckConstraint(
                name="talent_proposal_fit",
                condition=Q(fit__lte=100),
                violation_error_message=_("A fit lies between 0 and 100."),
            ),
            models.CheckConstraint(
                name="talent_proposal_decided",
                condition=Q(state=ProposalState.OPEN, decided_at=None, decided_by=None)
                | Q(state=ProposalState.CONFIRMED, decided_at__isnull=False, decided_by__isnull=False)
                | Q(state=ProposalState.SET_ASIDE, decided_at__isnull=False, decided_by__isnull=False) & ~Q(reason=""),
                violation_error_message=_("A decision has a name and a moment; what is set aside has a reason."),
            ),
        ]
        triggers = [NoIdentityNumber(name="no_identity_number")]

    def __str__(self) -> str:
        cached = MatchProposal.demand.is_cached(self) and MatchProposal.person.is_cached(self)
        return f"{self.demand.code} – {self.person}" if cached else f"#{self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("talent:match_proposal", args=[self.pk])
