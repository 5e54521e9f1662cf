"""Alerts on funds and groups: what a sweep found, who has seen it, why it was closed."""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import AlertKind, AlertState, WarningLevel
from funds.models.fund import Fund, FundGroup
from funds.models.investment import Investment
from funds.models.policy import PolicyDocument, ToleranceRule
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track

ALERT_LEVELS = (WarningLevel.YELLOW, WarningLevel.ORANGE, WarningLevel.RED)


@track()
class Alert(models.Model):
    """One warning on one fund or group. A higher level of the same matter is another alert.

    ``matter`` names what the warning is about (kind, rule, holding, …) within its fund or group. While the matter
    stands (``cleared_at`` None) there is one alert a level, so that each is told once however often the sweep runs;
    when it no longer stands, the sweep clears it, and a later recurrence is a new alert. ``facts`` hold the figures
    as they were when it was opened: exact shares as text, money in fen.
    """

    fund = models.ForeignKey(Fund, models.PROTECT, verbose_name=_("fund"), null=True, blank=True, related_name="alerts")
    group = models.ForeignKey(
        FundGroup, models.PROTECT, verbose_name=_("group"), null=True, blank=True, related_name="alerts"
    )
    kind = models.CharField(_("kind"), max_length=16, choices=AlertKind)
    level = models.CharField(_("level"), max_length=8, choices=WarningLevel)
    matter = models.CharField(_("matter"), max_length=80)
    rule = models.ForeignKey(
        ToleranceRule, models.PROTECT, verbose_name=_("rule"), null=True, blank=True, related_name="+"
    )
    document = models.ForeignKey(
        PolicyDocument, models.PROTECT, verbose_name=_("policy document"), null=True, blank=True, related_name="+"
    )
    investment = models.ForeignKey(
        Investment, models.PROTECT, verbose_name=_("investment"), null=True, blank=True, related_name="+"
    )
    as_of = models.DateField(_("as of"))
    known_at = models.DateTimeField(_("known at"))
    facts = models.JSONField(_("figures"), default=dict, blank=True)
    state = models.CharField(_("state"), max_length=14, choices=AlertState, default=AlertState.OPEN)
    opened_at = models.DateTimeField(_("opened"), default=timezone.now)
    cleared_at = models.DateTimeField(_("no longer so since"), null=True, blank=True)
    acknowledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("acknowledged by"), null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    acknowledged_at = models.DateTimeField(_("acknowledged"), null=True, blank=True)
    closed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("closed by"), null=True, blank=True,
        related_name="+",
    )  # fmt: skip
    closed_at = models.DateTimeField(_("closed"), null=True, blank=True)
    close_reason = models.CharField(_("reason of closing"), max_length=300, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("alert")
        verbose_name_plural = _("alerts")
        ordering = ["-opened_at", "-pk"]
        permissions = [("handle_alert", _("Can acknowledge and close alerts"))]
        indexes = [models.Index(fields=["state", "level"], condition=~Q(state="CLOSED"), name="alert_standing")]
        constraints = [
            models.CheckConstraint(
                name="alert_fund_or_group",
                condition=Q(fund=None, group__isnull=False) | Q(fund__isnull=False, group=None),
                violation_error_message=_("An alert is about one fund or one group."),
            ),
            models.CheckConstraint(
                name="alert_level_warns",
                condition=Q(level__in=ALERT_LEVELS),
                violation_error_message=_("An alert is yellow, orange or red."),
            ),
            models.CheckConstraint(
                name="alert_closed_with_reason",
                condition=Q(state=AlertState.CLOSED, closed_at__isnull=False) & ~Q(close_reason="")
                | ~Q(state=AlertState.CLOSED) & Q(closed_at=None, closed_by=None, close_reason=""),
                violation_error_message=_("An alert is closed with its time and reason."),
            ),
            models.CheckConstraint(
                name="alert_acknowledged_whole",
                condition=Q(acknowledged_by=None, acknowledged_at=None)
                | Q(acknowledged_by__isnull=False, acknowledged_at__isnull=False),
                violation_error_message=_("An acknowledgement has its person and its time."),
            ),
            models.CheckConstraint(
                name="alert_cleared_is_closed",
                condition=Q(cleared_at=None) | Q(state=AlertState.CLOSED),
                violation_error_message=_("An alert whose matter no longer stands is closed."),
            ),
            models.UniqueConstraint(
                name="alert_once_per_level",
                fields=["fund", "group", "matter", "level"],
                condition=Q(cleared_at=None),
                nulls_distinct=False,
                violation_error_message=_("This alert stands already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.get_level_display()} · {self.opened_at:%Y-%m-%d}"

    def get_absolute_url(self) -> str:
        return reverse("funds:alert", args=[self.pk])

    @property
    def subject(self) -> Fund | FundGroup | None:
        """The fund or group."""
        return self.fund or self.group


@track()
class AlertThreshold(models.Model):
    """Where a kind of alert begins, as data. Levels of a cap come from its rule and need no row here."""

    kind = models.CharField(_("kind"), max_length=16, choices=AlertKind, unique=True)
    share_num = models.PositiveIntegerField(_("share, percent"), null=True, blank=True)
    days = models.PositiveIntegerField(_("days"), null=True, blank=True)
    enabled = models.BooleanField(_("in use"), default=True)
    note = models.CharField(_("note"), max_length=300, blank=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("threshold of alerts")
        verbose_name_plural = _("thresholds of alerts")
        ordering = ["kind"]
        constraints = [
            models.CheckConstraint(
                name="alert_threshold_share",
                condition=Q(share_num=None) | Q(share_num__gt=0, share_num__lte=100),
                violation_error_message=_("A share lies between 0 and 100 %."),
            ),
            models.CheckConstraint(
                name="alert_threshold_days",
                condition=Q(days=None) | Q(days__gt=0, days__lte=3650),
                violation_error_message=_("A number of days lies between 1 and 3,650."),
            ),
        ]

    def __str__(self) -> str:
        return self.get_kind_display()
