"""Files of funds or commitments on their way into the records."""

from typing import Any

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from funds.choices.files import RecordFile
from funds.models.visibility import OfficeQuerySet
from innovation.core.jobs import Job, JobState


class RecordImport(Job):
    """One file of records: checked as a dry run, shown row by row, then written whole or not at all."""

    class Step(models.TextChoices):
        CHECK = "check", _("Check")
        WRITE = "write", _("Write")

    task_name = "funds.tasks.work_on_record_import"

    kind = models.CharField(_("contents"), max_length=12, choices=RecordFile)
    step = models.CharField(_("step"), max_length=8, choices=Step, default=Step.CHECK, editable=False)
    file = models.FileField(_("file"), upload_to="imports/", editable=False)
    file_name = models.CharField(_("file name"), max_length=120, editable=False)
    file_kind = models.CharField(_("kind of file"), max_length=8, editable=False)
    size = models.BigIntegerField(_("size (bytes)"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    report = models.JSONField(_("report of the check"), default=dict, editable=False)
    written_at = models.DateTimeField(_("written"), null=True, editable=False)

    objects = OfficeQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("import of records")
        verbose_name_plural = _("imports of records")
        ordering = ["-id"]
        constraints = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                name="record_import_written_once",
                fields=["sha256", "kind"],
                condition=Q(written_at__isnull=False),
                violation_error_message=_("This file was imported already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("funds:record_import", args=[self.pk])

    @property
    def errors(self) -> list[dict[str, Any]]:
        return self.report.get("errors", [])

    @property
    def is_ready(self) -> bool:
        """Whether the check found nothing wrong and the file may be written."""
        return self.step == self.Step.CHECK and self.state == JobState.DONE and not self.errors
