"""Performance evaluation (绩效评价): schemes with weights as versioned data, and a fund's yearly self-evaluation."""

from fractions import Fraction

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import SourceStatus
from funds.models.fund import Fund
from funds.models.policy import BilingualText
from funds.models.policy_work_triggers import ConfirmedStays, ScoresOfOpenRun, UsedSchemeStays
from funds.models.visibility import OfficeQuerySet
from funds.rules import evaluation
from innovation.core.history import track
from innovation.core.transitions import StateName, Table, Transition


@track()
class EvaluationScheme(BilingualText):
    """One version of a published scheme. A run keeps the version it began with."""

    code = models.CharField(_("code"), max_length=60)
    version = models.PositiveIntegerField(_("version"), default=1)
    source = models.CharField(_("source"), max_length=300)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)
    effective_from = models.DateField(_("in force from"), null=True, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation scheme")
        verbose_name_plural = _("evaluation schemes")
        ordering = ["code", "-version"]
        constraints = [
            models.UniqueConstraint(
                name="scheme_version_once",
                fields=["code", "version"],
                violation_error_message=_("This version of the scheme exists already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.text} v{self.version}"


@track()
class EvaluationIndicator(BilingualText):
    """One indicator of a scheme; ``weight_num/weight_den`` points of 100."""

    class Dimension(models.TextChoices):
        POLICY = "POLICY", _("Fit with policy")
        LAYOUT = "LAYOUT", _("Better layout of productive forces")
        EXECUTION = "EXECUTION", _("Capacity to carry policy out")

    scheme = models.ForeignKey(EvaluationScheme, models.PROTECT, verbose_name=_("scheme"), related_name="indicators")
    dimension = models.CharField(_("dimension"), max_length=12, choices=Dimension)
    code = models.CharField(_("code"), max_length=20)
    weight_num = models.BigIntegerField(_("weight, numerator"))
    weight_den = models.BigIntegerField(_("weight, denominator"), default=1)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation indicator")
        verbose_name_plural = _("evaluation indicators")
        ordering = ["scheme", "code"]
        constraints = [
            models.UniqueConstraint(
                name="indicator_once",
                fields=["scheme", "code"],
                violation_error_message=_("This scheme has an indicator of that code."),
            ),
            models.CheckConstraint(
                name="indicator_weight",
                condition=Q(weight_num__gt=0, weight_den__gt=0),
                violation_error_message=_("A weight is above zero."),
            ),
        ]
        triggers = [UsedSchemeStays(name="indicator_of_used_scheme_stays")]

    def __str__(self) -> str:
        return f"{self.code} {self.text}"

    @property
    def weight(self) -> Fraction:
        return Fraction(self.weight_num, self.weight_den)

    def as_rule(self) -> evaluation.Indicator:
        return evaluation.Indicator(self.code, self.dimension, self.weight)


@track()
class EvaluationRun(models.Model):
    """The self-evaluation of one fund for one year, confirmed by another person than its author."""

    class State(models.TextChoices):
        DRAFT = "DRAFT", _("Draft")
        SUBMITTED = "SUBMITTED", _("Submitted")
        RETURNED = "RETURNED", _("Returned")
        CONFIRMED = "CONFIRMED", _("Confirmed")

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), related_name="evaluations")
    year = models.PositiveIntegerField(_("year"))
    scheme = models.ForeignKey(EvaluationScheme, models.PROTECT, verbose_name=_("scheme"), related_name="runs")
    state = models.CharField(_("state"), max_length=10, choices=State, default=State.DRAFT, editable=False)
    total_num = models.BigIntegerField(_("score, numerator"), null=True, blank=True, editable=False)
    total_den = models.BigIntegerField(_("score, denominator"), null=True, blank=True, editable=False)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("prepared by"), related_name="+", editable=False
    )
    prepared_at = models.DateTimeField(_("prepared"), default=timezone.now, editable=False)
    submitted_at = models.DateTimeField(_("submitted"), null=True, blank=True, editable=False)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("decided by"), null=True, blank=True, related_name="+",
        editable=False,
    )  # fmt: skip
    decided_at = models.DateTimeField(_("decided"), null=True, blank=True, editable=False)
    decision_reason = models.TextField(_("reason of the decision"), blank=True, editable=False)

    objects = OfficeQuerySet.as_manager()
    transitions: Table = {
        State.DRAFT: {"submit": Transition(State.SUBMITTED, "funds.add_evaluationrun", _("Submit it"))},
        State.RETURNED: {"submit": Transition(State.SUBMITTED, "funds.add_evaluationrun", _("Submit it"))},
        State.SUBMITTED: {
            "confirm": Transition(State.CONFIRMED, "funds.confirm_evaluation", _("Confirm it")),
            "return": Transition(State.RETURNED, "funds.confirm_evaluation", _("Return it")),
        },
    }
    state_names = {
        State.DRAFT: StateName(_("Draft"), _("Draft"), _("Score every indicator with its reason, then submit it.")),
        State.SUBMITTED: StateName(_("Submitted"), _("Submitted"), _("Another person confirms or returns it.")),
        State.RETURNED: StateName(_("Returned"), _("Returned"), _("Mend what the reason says and submit it again.")),
        State.CONFIRMED: StateName(_("Confirmed"), _("Confirmed"), _("It stands in the annual evaluation file.")),
    }

    class Meta:
        verbose_name = _("evaluation run")
        verbose_name_plural = _("evaluation runs")
        ordering = ["-year", "fund"]
        permissions = [("confirm_evaluation", _("Can confirm and return self-evaluations"))]
        constraints = [
            models.UniqueConstraint(
                name="run_once_a_year",
                fields=["fund", "year", "scheme"],
                violation_error_message=_("This fund has a run for that year under this scheme."),
            ),
            models.CheckConstraint(
                name="run_four_eyes",
                condition=Q(decided_by=None) | ~Q(decided_by=F("prepared_by")),
                violation_error_message=_("Who prepared an evaluation does not confirm it."),
            ),
            models.CheckConstraint(
                name="run_confirmed_whole",
                condition=Q(state="CONFIRMED", total_num__gte=0, total_den__gt=0, decided_by__isnull=False)
                & Q(decided_at__isnull=False, total_num__isnull=False, total_den__isnull=False)
                | Q(total_num=None, total_den=None) & ~Q(state="CONFIRMED"),
                violation_error_message=_("A confirmed evaluation has its score and who confirmed it."),
            ),
        ]
        triggers = [ConfirmedStays(name="run_confirmed_stays")]

    def __str__(self) -> str:
        return f"{self.fund.name} {self.year}"

    def get_absolute_url(self) -> str:
        return reverse("funds:evaluation", args=[self.pk])

    @property
    def total(self) -> Fraction | None:
        return None if self.total_num is None else Fraction(self.total_num, self.total_den or 1)


@track()
class EvaluationScore(models.Model):
    """The score of one indicator, 0 to 100 in hundredths, with its reason."""

    run = models.ForeignKey(EvaluationRun, models.PROTECT, verbose_name=_("run"), related_name="scores")
    indicator = models.ForeignKey(
        EvaluationIndicator, models.PROTECT, verbose_name=_("indicator"), related_name="scores"
    )
    hundredths = models.PositiveIntegerField(_("score (hundredths)"))
    reason = models.TextField(_("reason and evidence"))

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("evaluation score")
        verbose_name_plural = _("evaluation scores")
        ordering = ["run", "indicator"]
        constraints = [
            models.UniqueConstraint(
                name="score_once",
                fields=["run", "indicator"],
                violation_error_message=_("This indicator has its score."),
            ),
            models.CheckConstraint(
                name="score_in_range",
                condition=Q(hundredths__lte=10_000) & ~Q(reason=""),
                violation_error_message=_("A score lies between 0 and 100 and has its reason."),
            ),
        ]
        triggers = [ScoresOfOpenRun(name="score_of_open_run")]

    def __str__(self) -> str:
        return f"{self.indicator.code} {self.value}"

    @property
    def value(self) -> Fraction:
        return Fraction(self.hundredths, 100)
