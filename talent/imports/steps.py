"""The way of a file: sent, checked as a dry run by a job, confirmed, written by a job whole or not at all."""

import tempfile
from typing import IO, Any

from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.core import jobs
from innovation.core.errors import RuleViolation
from innovation.core.resident_ids import refuse
from innovation.core.uploads import FileKind, accept, copy_hashed, display_name, scan
from talent.choices.imports import TalentFile
from talent.imports import esco, people
from talent.imports.lines import ESCO_HEADINGS, HEADINGS, cerif_lines, csv_lines
from talent.models import TalentImport

PERMISSION = "talent.add_talentimport"


def send_file(*, upload: Any, kind: str, actor: User, release: str = "") -> TalentImport:
    """Keep a file and start its dry run.

    Raises ``NOT_PERMITTED``, ``RELEASE_MISSING``, ``ALREADY_IMPORTED`` and what ``uploads.accept`` refuses.
    """
    if not actor.has_perm(PERMISSION):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    if kind == TalentFile.ESCO and not release.strip():
        raise RuleViolation("RELEASE_MISSING", _("Name the release of the list, such as v1.2."), field="release")
    content, name, size, digest = _taken(upload, kind)
    with content, transaction.atomic():
        if TalentImport.objects.filter(sha256=digest, kind=kind, written_at__isnull=False).exists():
            raise RuleViolation("ALREADY_IMPORTED", _("This file was imported already."), field="file")
        row = TalentImport.objects.create(
            kind=kind, release=release.strip(), file=File(content, name=f"{digest[:32]}.{kind}"), file_name=name,
            size=size, sha256=digest, created_by=actor,
        )  # fmt: skip
        jobs.enqueue(row)
    return row


def _taken(upload: Any, kind: str) -> tuple[IO[bytes], str, int, str]:
    """The file after it was looked at. XML is parsed without entities and document types, see ``lines``."""
    if kind != TalentFile.CERIF:
        accepted = accept(upload, kinds=[FileKind.CSV])
        return accepted.content, accepted.name, accepted.size, accepted.sha256
    refuse(str(upload.name), field="file")
    target = tempfile.TemporaryFile()  # noqa: SIM115 - handed to the caller
    try:
        size, digest = copy_hashed(upload.chunks(), target)
        scan(target)
    except BaseException:
        target.close()
        raise
    target.seek(0)
    return target, display_name(upload.name), size, digest


@transaction.atomic
def confirm_file(*, import_id: int, actor: User) -> TalentImport:
    """Write what the dry run showed. Raises ``NOT_PERMITTED``, ``IMPORT_NOT_READY``."""
    if not actor.has_perm(PERMISSION):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    row = TalentImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    if not row.is_ready or row.written_at:
        raise RuleViolation("IMPORT_NOT_READY", _("The check has not passed. Mend the file and send it again."))
    row.step, row.state, row.attempts, row.progress, row.note, row.error = (
        TalentImport.Step.WRITE, jobs.JobState.QUEUED, 0, 0, "", "",
    )  # fmt: skip
    row.sent_at = row.not_before = row.finished_at = None
    row.save()
    jobs.enqueue(row)
    return row


def work_on(job: TalentImport) -> None:
    """The job: check the file; in the second step write it, where the check still finds nothing wrong."""
    with job.file.open("rb") as content:
        checked = _checked(job.kind, content)
    if job.step == TalentImport.Step.CHECK:
        jobs.finish(job, report=checked.as_report())
        return
    if checked.errors:
        first = checked.errors[0]
        raise RuleViolation(
            "IMPORT_CHANGED_MEANWHILE",
            _("The records changed since the check. Line %(row)s: %(message)s Check the file again.") % first,
        )
    with transaction.atomic():
        if job.kind == TalentFile.ESCO:
            esco.write(checked.rows, job.release)
        else:
            people.write(checked.rows, job.created_by_id)
        stored = job.file.name
        jobs.finish(job, report=checked.as_report() | {"shown": []}, written_at=timezone.now(), file="")
        transaction.on_commit(lambda: job.file.storage.delete(stored))


def _checked(kind: str, content: IO[bytes]) -> people.Checked:
    if kind == TalentFile.ESCO:
        found = esco.check(csv_lines(content, ESCO_HEADINGS, ("uri", "name_en")))
    elif kind == TalentFile.CERIF:
        found = people.check(cerif_lines(content))
    else:
        found = people.check(csv_lines(content, HEADINGS, ()))
    if not found.read:
        raise RuleViolation("FILE_NO_ROWS", _("The file has a heading, but no row below it."), field="file")
    return found
