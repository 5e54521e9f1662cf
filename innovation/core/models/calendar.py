from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from innovation.core.history import track
from innovation.core.workdays import Calendar, DayKind


@track()
class WorkingDayException(models.Model):
    """A day on which the State Council's notice overrides the week: a day off, or a weekend day worked."""

    date = models.DateField(_("day"), unique=True)
    kind = models.CharField(_("kind"), max_length=4, choices=[(DayKind.OFF, _("Day off")), (DayKind.WORK, _("Worked"))])
    holiday = models.CharField(_("holiday"), max_length=50)
    source = models.CharField(_("source"), max_length=200, help_text=_("Number of the State Council's notice."))

    class Meta:
        verbose_name = _("exception of the working week")
        verbose_name_plural = _("working-day calendar")
        ordering = ["date"]
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["off", "work"]), name="core_workday_kind_known",
                violation_error_message=_("A day is off or worked."),
            ),
            models.CheckConstraint(
                condition=~Q(source=""), name="core_workday_has_source",
                violation_error_message=_("Name the notice that says so."),
            ),
            # Monday to Friday are worked anyway, so a row that says so is a slip.
            models.CheckConstraint(
                condition=Q(kind="off") | Q(date__iso_week_day__in=[6, 7]), name="core_workday_worked_is_weekend",
                violation_error_message=_("Only a Saturday or Sunday can be made a working day."),
            ),
        ]  # fmt: skip

    def __str__(self) -> str:
        return f"{self.date:%Y-%m-%d} {self.get_kind_display()} ({self.holiday})"


def calendar() -> Calendar:
    """The calendar as it is recorded now; one query."""
    return Calendar.of(WorkingDayException.objects.values_list("date", "kind"))
