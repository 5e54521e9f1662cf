"""Fair values of holdings, with the day they hold for and the time they became known."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from funds.choices.records import ValuationMethod
from funds.models.investment import Investment
from funds.models.visibility import OfficeQuerySet
from innovation.core.append_only import AppendOnly


class Valuation(models.Model):
    """An approved fair value (IPEV; AMAC guideline of 2018). A correction supersedes it and never changes it."""

    investment = models.ForeignKey(
        Investment, models.PROTECT, verbose_name=_("investment"), related_name="valuations", db_index=False
    )
    valid_at = models.DateField(_("valid at"))
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now)
    superseded_at = models.DateTimeField(_("superseded"), null=True, blank=True, editable=False)
    fair_value_fen = models.BigIntegerField(_("fair value (fen)"))
    method = models.CharField(_("method"), max_length=30, choices=ValuationMethod)
    document = models.CharField(_("source document"), max_length=200, blank=True)
    prepared_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("prepared by"), null=True, blank=True, related_name="+"
    )
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("approved by"), null=True, blank=True, related_name="+"
    )

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("valuation")
        verbose_name_plural = _("valuations")
        ordering = ["-valid_at", "-recorded_at"]
        constraints = [
            models.CheckConstraint(
                name="valuation_not_negative",
                condition=Q(fair_value_fen__gte=0),
                violation_error_message=_("A fair value is zero or more."),
            ),
            models.CheckConstraint(
                name="valuation_not_in_future",
                condition=Q(recorded_at__date__gte=F("valid_at")),
                violation_error_message=_("A value cannot be recorded before the day it holds for."),
            ),
            models.CheckConstraint(
                name="valuation_superseded_later",
                condition=Q(superseded_at=None) | Q(superseded_at__gte=F("recorded_at")),
                violation_error_message=_("A value is superseded after it is recorded."),
            ),
            models.CheckConstraint(
                name="valuation_four_eyes",
                condition=Q(approved_by=None) | ~Q(approved_by=F("prepared_by")),
                violation_error_message=_("The approver is not the author."),
            ),
            models.UniqueConstraint(
                name="valuation_one_current_per_day",
                fields=["investment", "valid_at"],
                condition=Q(superseded_at=None),
                violation_error_message=_("This holding has a current value for that day; supersede it."),
            ),
            models.UniqueConstraint(
                name="valuation_recorded_once",
                fields=["investment", "valid_at", "recorded_at"],
                include=["superseded_at", "fair_value_fen"],
                violation_error_message=_("This value is recorded already."),
            ),
        ]
        triggers = [AppendOnly(name="valuation_append_only", allow_once=("superseded_at",))]

    def __str__(self) -> str:
        return f"{self.investment} {self.valid_at}"
