"""Grants of earlier years and of other funders, taken in from files, so that the office sees who was funded before."""

import datetime
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import AwardState
from innovation.calls.models.following import StaffQuerySet, StoredFile
from innovation.core.history import track
from innovation.organisations.models import Organisation


@track()
class AwardImport(StoredFile):
    """A file of earlier awards with what its check found; written whole, once, or not at all.

    ``report``: ``counts`` (new, changed, same), ``lines`` as they are written, ``heads`` and ``wrong`` (the rows that
    cannot be taken, each cell with what is wrong with it).
    """

    report = models.JSONField(_("what the check found"), default=dict, encoder=DjangoJSONEncoder, editable=False)
    written_at = models.DateTimeField(_("written"), null=True, editable=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("file of earlier awards")
        verbose_name_plural = _("files of earlier awards")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="award_import_written_once",
                fields=["sha256"],
                condition=Q(written_at__isnull=False),
                violation_error_message=_("This file was taken in already."),
            )
        ]

    def get_absolute_url(self) -> str:
        return reverse("calls:award_file", args=[self.pk])

    @property
    def is_good(self) -> bool:
        return not self.report.get("wrong")


@track()
class EarlierAward(models.Model):
    """One grant, known by its funder and number; a later file may tell more of it."""

    organisation = models.ForeignKey(
        Organisation, models.PROTECT, verbose_name=_("organisation"), related_name="earlier_awards"
    )
    funder = models.CharField(_("funder"), max_length=200)
    number = models.CharField(_("number"), max_length=80)
    title = models.CharField(_("project"), max_length=200)
    programme = models.CharField(_("programme"), max_length=200, blank=True)
    leader = models.CharField(_("leader of the project"), max_length=100, blank=True)
    amount_fen = models.BigIntegerField(_("awarded amount"))
    awarded_on = models.DateField(_("awarded on"))
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    state = models.CharField(_("state"), max_length=8, choices=AwardState)
    origin = models.ForeignKey(
        AwardImport, models.PROTECT, verbose_name=_("file it came from"), related_name="awards", editable=False
    )
    recorded_at = models.DateTimeField(_("recorded"), default=timezone.now, editable=False)

    objects = StaffQuerySet.as_manager()

    class Meta:
        verbose_name = _("earlier award")
        verbose_name_plural = _("earlier awards")
        ordering = ["-awarded_on", "id"]
        constraints = [
            models.UniqueConstraint(
                name="earlier_award_once",
                fields=["funder", "number"],
                violation_error_message=_("An award of this funder and number is recorded already."),
            ),
            models.CheckConstraint(
                name="earlier_award_sound",
                condition=Q(amount_fen__gte=0) & ~Q(number="") & ~Q(funder="") & ~Q(title=""),
                violation_error_message=_("An award has funder, number, project and an amount of zero or more."),
            ),
            models.CheckConstraint(
                name="earlier_award_days_in_order",
                condition=Q(ends_on=None) | Q(ends_on__gte=F("awarded_on")),
                violation_error_message=_("A project ends after it was awarded."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def runs_between(self, start: datetime.date | None, end: datetime.date | None) -> bool:
        """Whether its time touches the days from ``start`` to ``end``; without an end it lasts while it is running."""
        over = self.state != AwardState.RUNNING if self.ends_on is None else bool(start and self.ends_on < start)
        return not over and not (end and self.awarded_on > end)

    @property
    def facts(self) -> dict[str, Any]:
        """What a file may change, by column."""
        return {name: getattr(self, name) for name in FACTS}


FACTS = ("organisation_id", "title", "programme", "leader", "amount_fen", "awarded_on", "ends_on", "state")
