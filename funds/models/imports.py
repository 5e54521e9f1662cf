"""Portfolio files on their way into the books, and the mappings that read them."""

from typing import Any

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from funds.models.visibility import OfficeQuerySet
from innovation.core.history import track
from innovation.core.jobs import Job, JobState


@track()
class ColumnMapping(models.Model):
    """A saved way to read a kind of file (``funds.rules.portfolio_file.Mapping``), shared by the office."""

    name = models.CharField(_("name"), max_length=100, unique=True)
    content = models.JSONField(_("mapping"))
    created_at = models.DateTimeField(_("created"), auto_now_add=True)

    objects = OfficeQuerySet.as_manager()

    class Meta:
        verbose_name = _("column mapping")
        verbose_name_plural = _("column mappings")
        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class PortfolioImport(Job):
    """One file and how far it has come: checked as a dry run, shown, then written whole or not at all.

    ``report`` holds what the last check found (``funds.imports.check.Report.as_data``); ``receipt`` what was written.
    """

    class Step(models.TextChoices):
        MAP = "map", _("Columns to be chosen")
        CHECK = "check", _("Check")
        WRITE = "write", _("Write")

    task_name = "funds.tasks.work_on_import"

    step = models.CharField(_("step"), max_length=8, choices=Step, default=Step.MAP, editable=False)
    file = models.FileField(_("file"), upload_to="imports/", editable=False)
    file_name = models.CharField(_("file name"), max_length=120, editable=False)
    file_kind = models.CharField(_("kind of file"), max_length=8, editable=False)
    size = models.BigIntegerField(_("size (bytes)"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    header = models.JSONField(_("headings"), default=list, editable=False)
    sample = models.JSONField(_("first rows"), default=list, editable=False)
    mapping = models.JSONField(_("mapping"), default=dict, editable=False)
    mapping_sha256 = models.CharField(_("hash of the mapping"), max_length=64, blank=True, editable=False)
    report = models.JSONField(_("report of the check"), default=dict, editable=False)
    receipt = models.JSONField(_("receipt"), default=dict, editable=False)
    confirmed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, verbose_name=_("confirmed by"), null=True, editable=False,
        related_name="+",
    )  # fmt: skip
    written_at = models.DateTimeField(_("written"), null=True, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("portfolio import")
        verbose_name_plural = _("portfolio imports")
        ordering = ["-id"]
        constraints = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                name="import_written_once",
                fields=["sha256", "mapping_sha256"],
                condition=Q(written_at__isnull=False),
                violation_error_message=_("This file was imported with this mapping already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("funds:import", args=[self.pk])

    @property
    def error_count(self) -> int:
        return int(self.report.get("error_count", 0))

    @property
    def is_ready(self) -> bool:
        """Whether the check found nothing wrong and the file may be written."""
        return self.step == self.Step.CHECK and self.state == JobState.DONE and not self.error_count

    @property
    def totals(self) -> list[dict[str, Any]]:
        return self.report.get("totals", [])
