from typing import TYPE_CHECKING

from django.conf import settings
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Func, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from innovation.core.append_only import AppendOnly
from innovation.core.jobs import Job, JobState
from innovation.reports import registry
from innovation.reports.choices import Format
from innovation.reports.models.triggers import FileOfRunningRun, RunsStay, RunStandsFast

if TYPE_CHECKING:
    from innovation.accounts.models import User

MAX_FILE_BYTES = 50 * 1024 * 1024
HASH = r"^[0-9a-f]{64}$"
KNOWN_ON = Func(
    "known_at",
    template=f"((%(expressions)s AT TIME ZONE '{settings.TIME_ZONE}')::date)",
    output_field=models.DateField(),
)


class ReportRunQuerySet(models.QuerySet["ReportRun"]):
    def visible_to(self, user: "User") -> "ReportRunQuerySet":
        """The runs of the kinds that one of the person's roles may ask."""
        return self.filter(kind__in=[kind.code for kind in registry.kinds_for(user)])

    def failed(self) -> "ReportRunQuerySet":
        return self.filter(state=JobState.FAILED)


class ReportRun(Job):
    """One question with its answer: kind, parameters, as-of, known-at and language, and the files made of it.

    The question is fixed from the start and the answer once it is there; the database refuses anything else.
    Asking the same question again leads to the same row.
    """

    task_name = "innovation.reports.tasks.make_report"

    kind = models.CharField(_("report"), max_length=60, editable=False)
    kind_version = models.CharField(_("version of the report"), max_length=20, editable=False)
    parameters = models.JSONField(_("parameters"), default=dict, editable=False)
    parameters_hash = models.CharField(max_length=64, editable=False, validators=[RegexValidator(HASH)])
    period = models.CharField(_("period"), max_length=10, blank=True, editable=False)
    as_of = models.DateField(_("as of"), editable=False, help_text=_("The day the figures are true for."))
    known_at = models.DateTimeField(
        _("known at"), editable=False, help_text=_("Only what was recorded until this moment counts.")
    )
    language = models.CharField(_("language"), max_length=10, choices=settings.LANGUAGES, editable=False)
    schedule = models.ForeignKey(
        "reports.ReportSchedule", models.PROTECT, null=True, blank=True, editable=False, related_name="runs",
        verbose_name=_("schedule"),
    )  # fmt: skip
    asked_by = models.CharField(_("asked by"), max_length=500, editable=False)
    mail_to_asker = models.BooleanField(_("mail when ready"), default=False, editable=False)
    inputs_hash = models.CharField(_("hash of the inputs"), max_length=64, blank=True, editable=False)
    data_hash = models.CharField(_("hash of the data"), max_length=64, blank=True, editable=False)
    engine_version = models.CharField(_("version of the product"), max_length=20, blank=True, editable=False)
    notified_at = models.DateTimeField(_("people told"), null=True, editable=False)

    objects = ReportRunQuerySet.as_manager()

    class Meta(Job.Meta):
        verbose_name = _("report run")
        verbose_name_plural = _("report runs")
        ordering = ["-pk"]
        indexes = [
            *Job.Meta.indexes,
            models.Index(fields=["kind", "-id"], name="reports_run_kind"),
            models.Index(fields=["id"], condition=Q(notified_at=None), name="reports_run_untold"),
        ]
        constraints = [
            *Job.Meta.constraints,
            models.UniqueConstraint(
                fields=["kind", "parameters_hash", "period", "language"], condition=~Q(period=""),
                name="reports_run_once_a_period",
                violation_error_message=_("This report was made for this period already."),
            ),
            models.UniqueConstraint(
                fields=["kind", "kind_version", "parameters_hash", "as_of", "known_at", "language"],
                condition=Q(period=""), name="reports_run_once_a_question",
                violation_error_message=_("This question was asked already."),
            ),
            models.CheckConstraint(
                condition=Q(as_of__lte=KNOWN_ON),
                name="reports_run_known_after_as_of",
                violation_error_message=_("A report cannot be known before the day it is true for."),
            ),
            models.CheckConstraint(
                condition=~Q(state=JobState.DONE)
                | (Q(data_hash__regex=HASH) & Q(inputs_hash__regex=HASH) & Q(finished_at__isnull=False)),
                name="reports_run_done_has_hashes",
                violation_error_message=_("A finished report carries the hashes of its inputs and data."),
            ),
            models.CheckConstraint(
                condition=Q(parameters_hash__regex=HASH), name="reports_run_parameters_hash",
                violation_error_message=_("The hash of the parameters is missing."),
            ),
        ]  # fmt: skip
        triggers = [RunStandsFast(name="stands_fast"), RunsStay(name="stays")]

    def __str__(self) -> str:
        return f"{self.title} {self.period or self.as_of.isoformat()}"

    def get_absolute_url(self) -> str:
        return reverse("reports:run", args=[self.pk])

    @property
    def title(self) -> str | Promise:
        """Name of the kind, or its bare code when this installation no longer has it."""
        return registry.title_of(self.kind)


class ReportFileQuerySet(models.QuerySet["ReportFile"]):
    def visible_to(self, user: "User") -> "ReportFileQuerySet":
        return self.filter(run__in=ReportRun.objects.visible_to(user))

    def without_content(self) -> "ReportFileQuerySet":
        return self.defer("content")


class ReportFile(models.Model):
    """One file of a finished run, held in the database.

    Web and worker may run on different machines without a shared disk; here a file is written in the transaction
    that finishes its run, is in the same backup as the figures it shows, and is guarded against change by a trigger.
    Reports are small (kilobytes to a few megabytes); MAX_FILE_BYTES keeps it so.
    """

    run = models.ForeignKey(ReportRun, models.PROTECT, related_name="files", verbose_name=_("report run"))
    format = models.CharField(_("format"), max_length=5, choices=Format)
    content = models.BinaryField(_("content"), editable=False)
    size = models.PositiveIntegerField(_("size (bytes)"))
    sha256 = models.CharField("SHA-256", max_length=64)

    objects = ReportFileQuerySet.as_manager()

    class Meta:
        verbose_name = _("report file")
        verbose_name_plural = _("report files")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["run", "format"], name="reports_file_once_a_format",
                violation_error_message=_("The run has this file already."),
            ),
            models.CheckConstraint(
                condition=Q(format__in=Format.values), name="reports_file_format_known",
                violation_error_message=_("This is not a format of a report."),
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=MAX_FILE_BYTES), name="reports_file_size",
                violation_error_message=_("A report file has between 1 byte and 50 MiB."),
            ),
            models.CheckConstraint(
                condition=Q(sha256__regex=HASH), name="reports_file_hash",
                violation_error_message=_("The hash of the file is missing."),
            ),
        ]  # fmt: skip
        triggers = [AppendOnly(name="append_only"), FileOfRunningRun(name="running_run")]

    def __str__(self) -> str:
        return f"{self.run_id} {self.format}"

    def get_absolute_url(self) -> str:
        return reverse("reports:download", args=[self.run_id, self.format])
