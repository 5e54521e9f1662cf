"""Stress: sourced outcome data, saved what-if scenarios, and runs of the simulation."""

from fractions import Fraction
from typing import Any

from django.conf import settings
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.figures import Counted, OutcomeMeasure, StressKind
from funds.choices.tolerance import CapTest, SourceStatus
from funds.models.fund import Fund, FundGroup
from funds.models.policy import PolicyDocument, ToleranceRule
from funds.models.stress_triggers import FrozenWhenDone
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.core.jobs import Job, JobState

LEAST_DRAWS, MOST_DRAWS = 1_000, 1_000_000
LARGEST_SEED = 2**63 - 1
SHARES = (
    OutcomeMeasure.SHARE, OutcomeMeasure.TOTAL_LOSS, OutcomeMeasure.BELOW_COST, OutcomeMeasure.CORRELATION,
)  # fmt: skip


class OutcomeQuerySet(OfficeQuerySet["OutcomeParameter"]):
    def in_use(self) -> "OutcomeQuerySet":
        """The rows that new runs may use."""
        return self.filter(retired_at=None)


@track()
class OutcomeParameter(models.Model):
    """One sourced number about what becomes of investments: a share, a failure rate, a correlation, a tail.

    Rows of one ``table`` belong together. ``stage`` empty: all stages. A share's range ``lower`` to ``upper`` is in
    hundredths of a multiple; ``upper`` empty is the open tail, 0 to 0 a total loss.
    """

    table = models.SlugField(_("table"), max_length=40)
    region = models.CharField(
        _("region"), max_length=20, help_text=_("Whose investments the number is about, e.g. US or CN-3301.")
    )
    stage = models.CharField(_("stage"), max_length=20, blank=True)
    measure = models.CharField(_("measure"), max_length=12, choices=OutcomeMeasure)
    lower = models.PositiveIntegerField(_("from multiple (hundredths)"), null=True, blank=True)
    upper = models.PositiveIntegerField(_("to multiple (hundredths)"), null=True, blank=True)
    value_num = models.BigIntegerField(_("value, numerator"), validators=[MinValueValidator(0)])
    value_den = models.BigIntegerField(_("value, denominator"), default=1, validators=[MinValueValidator(1)])
    counted = models.CharField(_("what is counted"), max_length=12, choices=Counted, default=Counted.INVESTMENTS)
    losses = models.PositiveIntegerField(_("losses in the record"), null=True, blank=True)
    observations = models.PositiveIntegerField(_("decided investments in the record"), null=True, blank=True)
    vintage = models.CharField(_("years"), max_length=20, blank=True)
    source = models.CharField(_("source"), max_length=300)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)
    note = models.CharField(_("note"), max_length=300, blank=True)
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    retired_at = models.DateTimeField(_("no longer used from"), null=True, blank=True, editable=False)

    objects = OutcomeQuerySet.as_manager()

    class Meta:
        verbose_name = _("outcome parameter")
        verbose_name_plural = _("outcome parameters")
        ordering = ["table", "measure", "stage", F("lower").asc(nulls_first=True), "pk"]
        constraints = [
            models.UniqueConstraint(
                "table", "measure", "stage", "lower", "upper", name="outcome_once_in_use",
                condition=Q(retired_at=None), nulls_distinct=False,
                violation_error_message=_("This table has such a row in use already."),
            ),
            models.CheckConstraint(
                name="outcome_value_in_range",
                condition=Q(value_den__gte=1, value_num__gte=0)
                & (~Q(measure__in=SHARES) | Q(value_num__lte=F("value_den"))),
                violation_error_message=_("A share or correlation lies between 0 and 1, no number below 0."),
            ),
            models.CheckConstraint(
                name="outcome_range_of_shares",
                condition=Q(measure=OutcomeMeasure.SHARE, lower__isnull=False)
                & (Q(upper=None) | Q(upper__gte=F("lower")))
                | ~Q(measure=OutcomeMeasure.SHARE) & Q(lower=None, upper=None),
                violation_error_message=_("A share of outcomes names its range, and nothing else does."),
            ),
            models.CheckConstraint(
                name="outcome_record_in_order",
                condition=Q(losses=None, observations=None)
                | Q(losses__isnull=False, observations__isnull=False, losses__lte=F("observations")),
                violation_error_message=_("A record has no more losses than decided investments."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return " · ".join(part for part in (self.table, self.stage, str(self.get_measure_display())) if part)

    @property
    def value(self) -> Fraction:
        return Fraction(self.value_num, self.value_den)

    def as_data(self) -> dict[str, Any]:
        """The row as a run keeps it."""
        names = (
            "id", "table", "region", "stage", "measure", "lower", "upper", "value_num", "value_den", "counted",
            "losses", "observations", "vintage", "source", "status",
        )  # fmt: skip
        return {name: getattr(self, name) for name in names}


def _one_target(name: str) -> models.CheckConstraint:
    return models.CheckConstraint(
        name=name,
        condition=Q(fund__isnull=False, group=None) | Q(fund=None, group__isnull=False),
        violation_error_message=_("It is about a fund or about a group, not both."),
    )


class Scenario(models.Model):
    """A saved what-if. ``changes`` hold what is supposed (``funds.queries.whatif.Supposed``); the answer is recomputed.

    Never changed and never part of the books: another supposition is another scenario. ``archived_at`` takes it off
    the lists.
    """

    name = models.CharField(_("name"), max_length=100)
    note = models.TextField(_("note"), blank=True)
    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="scenarios", verbose_name=_("fund")
    )
    group = models.ForeignKey(
        FundGroup, models.PROTECT, null=True, blank=True, related_name="scenarios", verbose_name=_("group of funds")
    )
    as_of = models.DateField(_("as of"))
    known_at = models.DateTimeField(_("known at"))
    changes = models.JSONField(_("what is supposed"))
    created_at = models.DateTimeField(_("saved"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("saved by"),
    )  # fmt: skip
    archived_at = models.DateTimeField(_("archived"), null=True, blank=True, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("what-if scenario")
        verbose_name_plural = _("what-if scenarios")
        ordering = ["-created_at", "-pk"]
        constraints = [
            _one_target("scenario_of_fund_or_group"),
            models.UniqueConstraint(
                "fund", "group", "name", name="scenario_name_once", condition=Q(archived_at=None),
                nulls_distinct=False, violation_error_message=_("There is a scenario of this name already."),
            ),
        ]  # fmt: skip
        triggers = [AppendOnly(name="scenario_stays", allow_once=("archived_at",))]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("funds:scenario", args=[self.pk])


class StressRun(Job):
    """One simulation: the question with its cap and reading, the seed, the rows it used, and the frozen result.

    ``parameters`` are the choices (``funds.queries.simulated.Choices``), ``parameter_rows`` the outcome rows as they
    stood, ``result`` the figures with their digest; ``breaches`` of ``draws`` scenarios broke the cap.
    """

    task_name = "funds.tasks.simulate"

    kind = models.CharField(_("kind"), max_length=12, choices=StressKind, default=StressKind.BY_FUND_END)
    fund = models.ForeignKey(
        Fund, models.PROTECT, null=True, blank=True, related_name="stress_runs", verbose_name=_("fund")
    )
    group = models.ForeignKey(
        FundGroup, models.PROTECT, null=True, blank=True, related_name="stress_runs", verbose_name=_("group of funds")
    )
    document = models.ForeignKey(PolicyDocument, models.PROTECT, related_name="+", verbose_name=_("policy document"))
    rule = models.ForeignKey(
        ToleranceRule, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("rule")
    )
    as_of = models.DateField(_("as of"))
    known_at = models.DateTimeField(_("known at"))
    theta = models.JSONField(_("definition of the rate"))
    cap_num = models.BigIntegerField(_("cap, numerator"))
    cap_den = models.BigIntegerField(_("cap, denominator"))
    cap_test = models.CharField(_("test"), max_length=2, choices=CapTest, default=CapTest.LE)
    parameters = models.JSONField(_("parameters"))
    parameter_rows = models.JSONField(_("outcome rows used"))
    seed = models.BigIntegerField(
        _("seed"), validators=[MinValueValidator(0), MaxValueValidator(LARGEST_SEED)],
    )  # fmt: skip
    draws = models.PositiveIntegerField(
        _("scenarios drawn"), default=10_000,
        validators=[MinValueValidator(LEAST_DRAWS), MaxValueValidator(MOST_DRAWS)],
    )  # fmt: skip
    engine_version = models.CharField(_("engine"), max_length=40, blank=True, editable=False)
    inputs_hash = models.CharField(_("hash of the inputs"), max_length=64, blank=True, editable=False)
    breaches = models.PositiveIntegerField(_("scenarios with a breach"), null=True, editable=False)
    result = models.JSONField(_("result"), default=dict, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("stress run")
        verbose_name_plural = _("stress runs")
        ordering = ["-id"]
        indexes = [
            *Job.Meta.indexes,
            models.Index(fields=["fund", "as_of"], name="stress_run_of_fund", condition=Q(state=JobState.DONE)),
            models.Index(fields=["group", "as_of"], name="stress_run_of_group", condition=Q(state=JobState.DONE)),
        ]
        constraints = [
            *Job.Meta.constraints,
            _one_target("stress_run_of_fund_or_group"),
            models.CheckConstraint(
                name="stress_run_cap_is_a_share",
                condition=Q(cap_den__gte=1, cap_num__gte=0, cap_num__lte=F("cap_den")),
                violation_error_message=_("A cap lies between 0 and 1."),
            ),
            models.CheckConstraint(
                name="stress_run_draws_in_range",
                condition=Q(draws__gte=LEAST_DRAWS, draws__lte=MOST_DRAWS),
                violation_error_message=_("A run draws between 1,000 and 1,000,000 scenarios."),
            ),
            models.CheckConstraint(
                name="stress_run_seed_not_negative",
                condition=Q(seed__gte=0),
                violation_error_message=_("A seed is not below zero."),
            ),
            models.CheckConstraint(
                name="stress_run_result_when_done",
                condition=Q(state=JobState.DONE, breaches__isnull=False, breaches__lte=F("draws"))
                | ~Q(state=JobState.DONE) & Q(breaches=None),
                violation_error_message=_("A run has its result exactly when it is done."),
            ),
        ]
        triggers = [FrozenWhenDone(name="stress_run_is_frozen")]

    def __str__(self) -> str:
        return f"{self.pk} {self.get_kind_display()}"

    def get_absolute_url(self) -> str:
        return reverse("funds:stress_run", args=[self.pk])

    @property
    def cap(self) -> Fraction:
        return Fraction(self.cap_num, self.cap_den)

    @property
    def probability(self) -> Fraction | None:
        """The share of scenarios with a breach; None while the run is not done."""
        return None if self.breaches is None else Fraction(self.breaches, self.draws)
