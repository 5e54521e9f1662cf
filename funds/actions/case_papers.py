"""Documents enter the file of a case: as they are handed in, and from the committee's sealed decisions."""

import hashlib
from collections.abc import Iterable
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from funds.actions.case_steps import write_step
from funds.choices.cases import EvidenceKind
from funds.choices.deals import PaperKind
from funds.models import Decision, Evidence, EvidenceFile, ExemptionCase, Paper
from funds.queries import case_records
from innovation.accounts.models import User
from innovation.core.errors import RuleViolation

PROVES = {
    PaperKind.MINUTES: EvidenceKind.MINUTES,
    PaperKind.DILIGENCE: EvidenceKind.DUE_DILIGENCE,
    PaperKind.AGREEMENT: EvidenceKind.AGREEMENT,
    PaperKind.REPORT: EvidenceKind.FOLLOW_UP,
}
"""What a paper of a decision proves in a case; every other paper is an other document."""


def keep(
    case: ExemptionCase, file: EvidenceFile, *, kind: EvidenceKind, name: str, note: str, actor: User, at: datetime
) -> Evidence:
    """Store ``file`` once under its hash and enter it in the file of ``case``, "later" where that is frozen."""
    EvidenceFile.objects.bulk_create([file], ignore_conflicts=True)
    row = Evidence.objects.create(
        case=case, file_id=file.sha256, kind=kind, name=name, note=note, later=case.frozen_at is not None, at=at,
        added_by=actor,
    )  # fmt: skip
    write_step(case, "evidence", actor=actor, at=at, records=[case_records.evidence(row)])
    return row


def take_papers(case: ExemptionCase, decisions: Iterable[Decision], *, actor: User, at: datetime) -> None:
    """Copy the papers of sealed decisions into the file of ``case``, each content once.

    Raises RuleViolation PAPER_CHANGED where a stored paper is missing or no longer has the hash it came in with.
    """
    held = set(case.evidence.values_list("file_id", flat=True))
    for decision in decisions:
        for paper in decision.papers.all():
            if paper.sha256 in held:
                continue
            held.add(paper.sha256)
            file = EvidenceFile(sha256=paper.sha256, kind=paper.file_kind, size=paper.size, content=_content_of(paper))
            kind = PROVES.get(PaperKind(paper.kind), EvidenceKind.OTHER)
            keep(case, file, kind=kind, name=paper.file_name, note=decision.number, actor=actor, at=at)


def _content_of(paper: Paper) -> bytes:
    try:
        with paper.file.open("rb") as stored:
            content: bytes = stored.read()
    except FileNotFoundError:
        content = b""
    if hashlib.sha256(content).hexdigest() != paper.sha256:
        raise RuleViolation(
            "PAPER_CHANGED",
            _("The stored paper %(name)s is missing or was changed; nothing can be frozen.")
            % {"name": paper.file_name},
            facts={"paper": paper.pk, "sha256": paper.sha256},
        )
    return content
