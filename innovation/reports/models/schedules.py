from collections.abc import Callable, Mapping
from datetime import date, datetime, time
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.core.exceptions import ValidationError
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.core.errors import RuleViolation
from innovation.core.history import track
from innovation.reports import registry, rules
from innovation.reports.choices import DayRule, Every
from innovation.reports.content import canonical_json, sha256

if TYPE_CHECKING:
    from innovation.accounts.models import User


DAY_WITHIN_PERIOD = reduce(
    or_,
    (
        Q(every=every.value, day_rule=day_rule.value, day__gte=1, day__lte=most)
        for (every, day_rule), most in rules.MAX_DAYS.items()
    ),
)


def parameters_hash(parameters: Mapping[str, Any]) -> str:
    """SHA-256 of canonical parameters."""
    return sha256(canonical_json(parameters))


def every_language() -> list[str]:
    return [code for code, _name in settings.LANGUAGES]


class ReportScheduleQuerySet(models.QuerySet["ReportSchedule"]):
    def visible_to(self, user: "User") -> "ReportScheduleQuerySet":
        """The schedules of the kinds that one of the person's roles may ask."""
        return self.filter(kind__in=[kind.code for kind in registry.kinds_for(user)])

    def due(self, now: datetime) -> "ReportScheduleQuerySet":
        return self.filter(active=True, next_due__lte=now)


@track()
class ReportSchedule(models.Model):
    """A report that is made by itself for every week, month, quarter or year, and who is told.

    ``next_first`` is the first day of the next period it owes and ``next_due`` the moment that report is due.
    """

    kind = models.CharField(_("report"), max_length=60)
    parameters = models.JSONField(_("parameters"), default=dict, blank=True)
    parameters_hash = models.CharField(max_length=64, editable=False)
    every = models.CharField(_("how often"), max_length=10, choices=Every, default=Every.MONTH)
    day = models.PositiveSmallIntegerField(
        _("day"), default=5, validators=[MinValueValidator(1)], help_text=_("Counted from the end of the period.")
    )
    day_rule = models.CharField(_("counted in"), max_length=10, choices=DayRule, default=DayRule.WORKING)
    at = models.TimeField(_("time"), default=time(8), help_text=_("China Standard Time."))
    languages = ArrayField(
        models.CharField(max_length=10, choices=settings.LANGUAGES), verbose_name=_("languages"), default=every_language
    )
    subscribers = models.ManyToManyField(
        settings.AUTH_USER_MODEL, through="Subscription", related_name="+", verbose_name=_("subscribers")
    )
    active = models.BooleanField(_("active"), default=True)
    is_default = models.BooleanField(_("came with the product"), default=False, editable=False)
    next_first = models.DateField(_("next period begins"), editable=False)
    next_due = models.DateTimeField(_("next report due"), editable=False)

    objects = ReportScheduleQuerySet.as_manager()

    class Meta:
        verbose_name = _("report schedule")
        verbose_name_plural = _("report schedules")
        ordering = ["kind", "every", "pk"]
        indexes = [models.Index(fields=["next_due"], condition=Q(active=True), name="reports_schedule_due")]
        constraints = [
            models.UniqueConstraint(
                fields=["kind", "parameters_hash", "every"], name="reports_schedule_once",
                violation_error_message=_("There is such a schedule already: same report, parameters and period."),
            ),
            models.CheckConstraint(
                condition=Q(languages__len__gt=0), name="reports_schedule_has_language",
                violation_error_message=_("Choose at least one language."),
            ),
            models.CheckConstraint(
                condition=DAY_WITHIN_PERIOD, name="reports_schedule_day_within_period",
                violation_error_message=_("The day is too late: the report must be made before the next period ends."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.title} ({self.get_every_display()})"

    def clean(self) -> None:
        """Fill in the canonical parameters and the next period, so that constraints can be checked."""
        try:
            kind = registry.get(self.kind)
            self.parameters = registry.canonical_parameters(kind.clean(self.parameters or {}, scheduled=True))
        except RuleViolation as violation:
            field = "kind" if violation.code == "REPORT_KIND_UNKNOWN" else "parameters"
            raise ValidationError({field: str(violation)}) from violation
        self.parameters_hash = parameters_hash(self.parameters)
        self.languages = [code for code, _name in settings.LANGUAGES if code in self.languages]

    @property
    def title(self) -> str | Promise:
        return registry.title_of(self.kind)

    def due_of(self, period: rules.Period, is_working_day: Callable[[date], bool]) -> datetime:
        """The moment the report of ``period`` is due, in the zone of the installation."""
        return rules.due_at(
            period, day=self.day, day_rule=self.day_rule, at=self.at, zone=timezone.get_default_timezone(),
            is_working_day=is_working_day,
        )  # fmt: skip


@track()
class Subscription(models.Model):
    """A person who is told when a scheduled report is ready or has failed."""

    schedule = models.ForeignKey(ReportSchedule, models.CASCADE, related_name="subscriptions")
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.CASCADE, related_name="report_subscriptions", verbose_name=_("person")
    )

    class Meta:
        verbose_name = _("subscription")
        verbose_name_plural = _("subscriptions")
        constraints = [
            models.UniqueConstraint(
                fields=["schedule", "user"], name="reports_subscription_once",
                violation_error_message=_("This person is subscribed already."),
            )
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.user} – {self.schedule}"
