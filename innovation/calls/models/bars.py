"""Who may not apply for a while, and why."""

from datetime import date

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from innovation.organisations.models import Organisation


class BarQuerySet(models.QuerySet["Bar"]):
    def on(self, day: date) -> "BarQuerySet":
        """Bars in force on ``day``, both ends included."""
        return self.filter(Q(until=None) | Q(until__gte=day), since__lte=day)


@track()
class Bar(models.Model):
    """An organisation that is kept from new applications, such as three years after data fraud."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="application_bars"
    )
    reason = models.CharField(_("reason"), max_length=300)
    since = models.DateField(_("first day"))
    until = models.DateField(_("last day"), null=True, blank=True, help_text=_("Empty: until it is lifted."))
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("recorded by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip

    objects = BarQuerySet.as_manager()

    class Meta:
        verbose_name = _("bar from applications")
        verbose_name_plural = _("bars from applications")
        ordering = ["-since"]
        constraints = [
            models.CheckConstraint(
                name="bar_days_in_order",
                condition=Q(until=None) | Q(until__gte=F("since")),
                violation_error_message=_("A bar ends after it begins."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.organisation} {self.since}"

    def holds_on(self, day: date) -> bool:
        """Whether it is in force on ``day``, as ``BarQuerySet.on`` asks the database."""
        return self.since <= day and (self.until is None or self.until >= day)
