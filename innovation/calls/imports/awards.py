"""Earlier awards from a file: a dry run first, then whole or not at all, with a receipt."""

import datetime
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.calls.imports.award_rows import check_rows, difference, known_awards
from innovation.calls.models import AwardImport, EarlierAward
from innovation.calls.models.earlier import FACTS
from innovation.core import uploads
from innovation.core.errors import RuleViolation
from innovation.organisations.imports import sheet_lines

SEND = "calls.add_awardimport"
DAYS = ("awarded_on", "ends_on")


@transaction.atomic
def send_awards(*, upload: Any, actor: User) -> AwardImport:
    """Check a CSV or XLSX of earlier awards and keep it with what was found; nothing is written yet.

    Raises what ``uploads.accept`` refuses, ``FILE_DAMAGED`` and what ``check_rows`` raises; PermissionDenied.
    """
    _require(actor)
    accepted = uploads.accept(upload)
    try:
        report = check_rows(sheet_lines(accepted.content.read()))
    except ValueError as error:
        raise RuleViolation("FILE_DAMAGED", str(error), field="file") from error
    accepted.content.seek(0)
    return AwardImport.objects.create(
        file=File(accepted.content, name=accepted.stored_name), file_name=accepted.name, size=accepted.size,
        file_kind=str(accepted.kind), sha256=accepted.sha256, recorded_by=actor, report=report,
    )  # fmt: skip


@transaction.atomic
def confirm_awards(*, import_id: int, actor: User) -> AwardImport:
    """Write every row of a checked file. The report then counts what was written.

    Raises ``ALREADY_WRITTEN``, ``FILE_HAS_PROBLEMS``, ``ALREADY_IMPORTED``; PermissionDenied.
    """
    _require(actor)
    file = AwardImport.objects.select_for_update(of=("self",)).get(pk=import_id)
    if file.written_at:
        raise RuleViolation("ALREADY_WRITTEN", _("This file is written already."))
    if not file.is_good:
        raise RuleViolation("FILE_HAS_PROBLEMS", _("Mend what is wrong and send the file again."))
    if AwardImport.objects.filter(sha256=file.sha256, written_at__isnull=False).exists():
        raise RuleViolation("ALREADY_IMPORTED", _("This file was imported already."))
    file.report["counts"] = _write(file)
    file.written_at = timezone.now()
    file.save(update_fields=["report", "written_at"])
    return file


def _write(file: AwardImport) -> dict[str, int]:
    rows = [_read_back(row) for row in file.report["lines"]]
    known = known_awards(rows)
    counts, changed, fresh = {"new": 0, "changed": 0, "same": 0}, [], []
    for facts in rows:
        standing = known.get((facts["funder"], facts["number"]))
        what = difference(facts, standing)
        counts[what] += 1
        if standing is None:
            fresh.append(EarlierAward(origin=file, **facts))
        elif what == "changed":
            for name in facts.keys() & {*FACTS}:
                setattr(standing, name, facts[name])
            standing.origin = file
            changed.append(standing)
    EarlierAward.objects.bulk_create(fresh)
    EarlierAward.objects.bulk_update(changed, [*FACTS, "origin"])
    return counts


def _read_back(row: dict[str, Any]) -> dict[str, Any]:
    """A stored line with its days as days."""
    return row | {name: datetime.date.fromisoformat(row[name]) for name in DAYS if row.get(name)}


def _require(actor: User) -> None:
    if not actor.has_perm(SEND):
        raise PermissionDenied
