"""The redaction desk: an officer makes the version that reviewers may read, and the blind view is built from it."""

import hashlib
import json
from collections import Counter
from collections.abc import Mapping
from typing import Any

from django.core.files.base import ContentFile
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.core.uploads import accept
from talent.choices.assessment import AssessmentState
from talent.models import Assessment, AssessmentEvidence, BlindView, Redaction
from talent.models.assessment_evidence import BLIND_FILES
from talent.queries.identity import known_names
from talent.rules import blinding, stripping

RUN = "talent.change_assessment"


def require(actor: User, permission: str = RUN) -> None:
    """Raises ``NOT_PERMITTED`` unless ``actor`` is active and holds ``permission``."""
    if not actor.is_active or not actor.has_perm(permission):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))


def fingerprint(evidence: AssessmentEvidence) -> str:
    """SHA-256 of what an officer redacts; another text or file makes an earlier redaction void."""
    return hashlib.sha256(f"{evidence.text}\n{evidence.domain}\n{evidence.file_sha256}".encode()).hexdigest()


def redaction_of(evidence: AssessmentEvidence) -> Redaction | None:
    """The redaction that holds: the newest, if the evidence is still as it was then."""
    newest = max(evidence.redactions.all(), key=lambda row: row.pk, default=None)
    return newest if newest is not None and newest.source_sha256 == fingerprint(evidence) else None


@transaction.atomic
def redact(
    *, evidence_id: int, text: str, actor: User, left_reason: str = "", upload: Any = None
) -> Redaction:  # fmt: skip
    """Record what reviewers may read of a piece of evidence; a redacted copy of its file is stripped and searched too.

    Raises ``NOT_PERMITTED``, ``NOT_OPEN``, ``OWN_CASE``, ``TEXT_MISSING``, ``NOT_BLIND`` (the detector still sees
    something and no reason is given, or a name is left, which no reason allows), and what ``uploads.accept`` raises.
    """
    require(actor)
    cases = Assessment.objects.select_for_update(of=("self",)).select_related("person__user")
    assessment = cases.get(evidence=evidence_id)
    evidence = AssessmentEvidence.objects.get(pk=evidence_id)
    if assessment.state != AssessmentState.OPEN:
        raise RuleViolation("NOT_OPEN", _("Evidence is redacted before blind scoring begins."))
    if assessment.person.user_id == actor.pk:
        raise RuleViolation("OWN_CASE", _("Nobody redacts their own case."))
    if not text.strip():
        raise RuleViolation("TEXT_MISSING", _("Leave reviewers something to read."), field="text")
    names = known_names(assessment.person)
    content, kind, words = _copy(upload)
    left = blinding.find(text, names) + blinding.find(words, names)
    if any(one.kind is blinding.Kind.NAME for one in left) or (left and not left_reason.strip()):
        raise RuleViolation(
            "NOT_BLIND", _("Still to be taken out: %(words)s") % {"words": ", ".join(sorted({x.text for x in left}))},
            field="text", facts={"kinds": _counts(left)},
        )  # fmt: skip
    row = Redaction(
        evidence=evidence, text=text.strip(), source_sha256=fingerprint(evidence), by=actor, file_kind=kind,
        found=_counts(blinding.find(evidence.text, names)), left=_counts(left), left_reason=left_reason.strip(),
    )  # fmt: skip
    if content:
        row.file.save(f"{hashlib.sha256(content).hexdigest()[:32]}.{kind}", ContentFile(content), save=False)
    row.save()
    return row


def _copy(upload: Any) -> tuple[bytes, str, str]:
    """The redacted copy without hidden facts, its kind, and the words on it."""
    if not upload:
        return b"", "", ""
    accepted = accept(upload, kinds=BLIND_FILES)
    try:
        clean = stripping.strip(accepted.content.read(), accepted.kind)
    finally:
        accepted.content.close()
    words = stripping.text_of_pdf(clean) if str(accepted.kind) == "pdf" else ""
    return clean, str(accepted.kind), words


def _counts(findings: list[blinding.Finding]) -> dict[str, int]:
    return dict(sorted(Counter(str(one.kind) for one in findings).items()))


def build_view(assessment: Assessment, actor: User | None) -> BlindView:
    """Freeze the blind view of an assessment whose evidence is all redacted; part of the step ``begin``."""
    evidence = assessment.evidence.prefetch_related("redactions")
    place = {row["key"]: number for number, row in enumerate(assessment.round.rubric.content["criteria"])}
    items = [
        _item(one, redaction, assessment.round.opened_on.year)
        for one in sorted(evidence, key=lambda one: (place.get(one.criterion, len(place)), one.pk))
        if (redaction := redaction_of(one)) is not None
    ]
    content = {"number": assessment.number, "items": items}
    digest = hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
    return BlindView.objects.create(
        assessment=assessment, content=content, sha256=digest, built_by=actor, built_at=timezone.now()
    )


def _item(evidence: AssessmentEvidence, redaction: Redaction, this_year: int) -> Mapping[str, Any]:
    """One item by construction: bands instead of years, redacted words instead of those handed in."""
    year, years = evidence.year, evidence.experience_years
    return {
        "criterion": evidence.criterion, "form": evidence.form, "domain": evidence.domain, "text": redaction.text,
        "when": "" if year is None else "recent" if blinding.is_recent(year, this_year) else "earlier",
        "experience": "" if years is None else blinding.experience_band(years),
        "file": redaction.pk if redaction.file else None,
    }  # fmt: skip
