"""Figures that the office sets itself, as dated rows with a source: no threshold is a constant in code."""

from fractions import Fraction

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from funds.choices.tolerance import SourceStatus
from funds.models.fund import Fund
from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track


@track()
class Threshold(models.Model):
    """One figure from a day on, for all funds or for one; the newest row that began counts, a fund's own first."""

    class Key(models.TextChoices):
        CALIBRATION = "CALIBRATION", _("Calibration: difference to the entry price that is accepted (share)")
        LAST_ROUND_DAYS = "LAST_ROUND_DAYS", _("Price of the latest financing: days after which it warns")
        ROUND_DUE = "ROUND_DUE", _("Valuation round: working days after the quarter until it is due")
        ROUND_CHASE = "ROUND_CHASE", _("Valuation round: days before the due day at which a mail reminds")
        IDLE_CASH = "IDLE_CASH", _("Idle money: cash over paid-in that warns (share)")
        IDLE_DAYS = "IDLE_DAYS", _("Idle money: days since the last investment that warn")
        CALLED_BEHIND = "CALLED_BEHIND", _("Progress: called money behind the time passed that warns (share)")
        INVESTED_BEHIND = "INVESTED_BEHIND", _("Progress: invested over paid-in below which it warns (share)")

    key = models.CharField(_("figure"), max_length=20, choices=Key)
    fund = models.ForeignKey(
        Fund, models.CASCADE, verbose_name=_("fund"), null=True, blank=True, related_name="thresholds",
        help_text=_("Empty: holds for all funds."),
    )  # fmt: skip
    valid_from = models.DateField(_("from"))
    num = models.BigIntegerField(_("value, numerator"))
    den = models.BigIntegerField(_("value, denominator"), default=1)
    source = models.CharField(_("source"), max_length=300)
    status = models.CharField(_("status"), max_length=12, choices=SourceStatus, default=SourceStatus.UNVERIFIED)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("threshold")
        verbose_name_plural = _("thresholds")
        ordering = ["key", "fund", "-valid_from"]
        constraints = [
            models.CheckConstraint(
                name="threshold_is_number",
                condition=Q(num__gte=0, den__gt=0),
                violation_error_message=_("A threshold is zero or more."),
            ),
            models.UniqueConstraint(
                name="threshold_once_a_day",
                fields=["key", "fund", "valid_from"],
                nulls_distinct=False,
                violation_error_message=_("This figure has a row from that day already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_key_display()}: {self.value}"

    @property
    def value(self) -> Fraction:
        return Fraction(self.num, self.den)
