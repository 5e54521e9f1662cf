"""What the writers of an application leave behind: answers, files, what was submitted, what was asked again."""

import pgtrigger
from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.calls.models.applications import Application
from innovation.calls.models.definitions import FormDefinition
from innovation.core.append_only import AppendOnly
from innovation.core.history import track
from innovation.core.uploads import DOCUMENTS


@track()
class Answer(models.Model):
    """What stands in one field. ``revision`` grows with each change, so that two tabs cannot overwrite each other."""

    application = models.ForeignKey(Application, models.CASCADE, verbose_name=_("application"), related_name="answers")
    key = models.CharField(_("field"), max_length=80)
    value = models.JSONField(_("answer"), null=True, encoder=DjangoJSONEncoder)
    revision = models.PositiveIntegerField(_("revision"), default=1)
    saved_at = models.DateTimeField(_("saved"), default=timezone.now)
    saved_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")

    class Meta:
        verbose_name = _("answer")
        verbose_name_plural = _("answers")
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(
                name="answer_once",
                fields=["application", "key"],
                violation_error_message=_("This field has an answer already."),
            )
        ]

    def __str__(self) -> str:
        return self.key


@track()
class AnswerFile(models.Model):
    """A file handed in for one field. Taken out of a draft it stays known by its hash (``removed_at``)."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name=_("application"), related_name="files")
    key = models.CharField(_("field"), max_length=80)
    file = models.FileField(_("file"), upload_to="applications/", editable=False)
    file_name = models.CharField(_("file name"), max_length=120, editable=False)
    file_kind = models.CharField(_("kind of file"), max_length=8, editable=False)
    size = models.BigIntegerField(_("size (bytes)"), editable=False)
    sha256 = models.CharField(_("SHA-256"), max_length=64, editable=False)
    uploaded_at = models.DateTimeField(_("handed in"), default=timezone.now, editable=False)
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+", editable=False
    )
    removed_at = models.DateTimeField(_("taken out"), null=True, editable=False)

    class Meta:
        verbose_name = _("file of an application")
        verbose_name_plural = _("files of applications")
        ordering = ["id"]
        constraints = [
            models.CheckConstraint(
                name="answer_file_kind_of_file_known",
                condition=Q(file_kind__in=[str(kind) for kind in sorted(DOCUMENTS)]),
                violation_error_message=_("This kind of file is not taken."),
            )
        ]

    def __str__(self) -> str:
        return self.file_name


class SubmittedIsWhole(pgtrigger.Trigger):
    """The submissions of a case are numbered from 1 without a gap."""

    when = pgtrigger.Before
    operation = pgtrigger.Insert
    func = """
        IF NEW.serial <> (
            SELECT COALESCE(max(serial), 0) + 1 FROM calls_submission WHERE application_id = NEW.application_id
        ) THEN
            RAISE EXCEPTION 'Submissions of a case are numbered without a gap.'
                USING ERRCODE = '23514', CONSTRAINT = TG_NAME;
        END IF;
        RETURN NEW;
    """


class Submission(models.Model):
    """What was submitted, as it stood then: form, answers, names and hashes of files. Never changed.

    ``sha256`` is the hash of form, answers and files in canonical JSON; it stands on the receipt.
    """

    application = models.ForeignKey(
        Application, models.PROTECT, verbose_name=_("application"), related_name="submissions"
    )
    serial = models.PositiveIntegerField(_("which time"))
    form = models.ForeignKey(FormDefinition, models.PROTECT, verbose_name=_("form"), related_name="+")
    answers = models.JSONField(_("answers"), encoder=DjangoJSONEncoder)
    files = models.JSONField(_("files"), encoder=DjangoJSONEncoder)
    sha256 = models.CharField(_("SHA-256"), max_length=64)
    submitted_at = models.DateTimeField(_("submitted"))
    submitted_by = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+")
    submitted_label = models.CharField(_("by"), max_length=200)

    class Meta:
        verbose_name = _("submission")
        verbose_name_plural = _("submissions")
        ordering = ["application", "serial"]
        constraints = [
            models.UniqueConstraint(
                name="submission_serial_once",
                fields=["application", "serial"],
                violation_error_message=_("This submission is recorded already."),
            ),
            models.CheckConstraint(
                name="submission_hash_form",
                condition=Q(sha256__regex=r"^[0-9a-f]{64}$"),
                violation_error_message=_("A SHA-256 has 64 hexadecimal digits."),
            ),
        ]
        triggers = [AppendOnly(name="submission_append_only"), SubmittedIsWhole(name="submission_serial_gapless")]

    def __str__(self) -> str:
        return f"{self.application} · {self.serial}"


@track()
class InfoRequest(models.Model):
    """What the office asks the applicant for; only the asked fields are open until it is answered or lapses."""

    application = models.ForeignKey(Application, models.PROTECT, verbose_name=_("application"), related_name="requests")
    text = models.TextField(_("what is asked"))
    fields = models.JSONField(_("fields to mend"), default=list, blank=True)
    asked_at = models.DateTimeField(_("asked"), default=timezone.now, editable=False)
    asked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.PROTECT, verbose_name=_("by"), related_name="+", editable=False
    )
    due_on = models.DateField(_("answer due"), null=True)
    answer = models.TextField(_("answer"), blank=True, editable=False)
    answered_at = models.DateTimeField(_("answered"), null=True, editable=False)

    class Meta:
        verbose_name = _("request for information")
        verbose_name_plural = _("requests for information")
        ordering = ["-id"]
        constraints = [
            models.UniqueConstraint(
                name="info_request_one_open",
                fields=["application"],
                condition=Q(answered_at=None),
                violation_error_message=_("A request is open already."),
            )
        ]

    def __str__(self) -> str:
        return self.text[:60]
