"""Files of people or skills on their way into the registry."""

from typing import Any, Self

from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from innovation.core.jobs import Job, JobState
from talent.choices.imports import TalentFile
from talent.models.visibility import sees_people


class ImportQuerySet(models.QuerySet["TalentImport"]):
    def visible_to(self, user: Any) -> Self:
        """Files of the office."""
        return self if sees_people(user) else self.none()


class TalentImport(Job):
    """One file: checked as a dry run, shown, then written whole or not at all. The file is deleted once written."""

    class Step(models.TextChoices):
        CHECK = "check", _("Check")
        WRITE = "write", _("Write")

    task_name = "talent.tasks.work_on_import"

    kind = models.CharField(_("contents"), max_length=8, choices=TalentFile.choices)
    release = models.CharField(
        _("release of the list"), max_length=40, blank=True, help_text=_("For ESCO: its version, such as v1.2.")
    )
    step = models.CharField(_("step"), max_length=8, choices=Step.choices, default=Step.CHECK, editable=False)
    file = models.FileField(_("file"), upload_to="imports/", blank=True, editable=False)
    file_name = models.CharField(_("file name"), max_length=120, editable=False)
    size = models.BigIntegerField(_("size (bytes)"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    report = models.JSONField(_("report of the check"), default=dict, editable=False)
    written_at = models.DateTimeField(_("written"), null=True, editable=False)

    objects = ImportQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("import of people or skills")
        verbose_name_plural = _("imports of people or skills")
        ordering = ["-id"]
        constraints = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                name="talent_import_written_once",
                fields=["sha256", "kind"],
                condition=Q(written_at__isnull=False),
                violation_error_message=_("This file was imported already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.pk} {self.file_name}"

    def get_absolute_url(self) -> str:
        return reverse("talent:import", args=[self.pk])

    @property
    def errors(self) -> list[dict[str, Any]]:
        return self.report.get("errors", [])

    @property
    def is_ready(self) -> bool:
        """Whether the check found nothing wrong and the file may be written."""
        return self.step == self.Step.CHECK and self.state == JobState.DONE and not self.errors
