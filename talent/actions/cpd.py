"""Entries of continuing education: filed with their proof, verified by another person, audited by a sample."""

from datetime import date
from fractions import Fraction
from typing import Any

from django.core.exceptions import PermissionDenied
from django.core.files import File
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core.days import months_later
from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS, Accepted, accept
from talent.actions.clean import refuse_invalid
from talent.actions.credentials import refuse_same_unit
from talent.actions.permitted import require
from talent.choices.credentials import FILING_STATES, AuditVerdict, EntryState, Verdict
from talent.models import AuditLook, AuditSample, CpdCycle, CpdEntry, Verification
from talent.models.credential_states import holds_or_keeps
from talent.rules.audit import drawn

VERIFY = "talent.decide_credential"


def file_entry(
    *, cycle_id: int, category: str, title: str, day: date, quantity: Fraction, actor: User, upload: Any = None
) -> CpdEntry:
    """File what was done on ``day``: ``quantity`` in the category's unit, with its proof.

    The holder does so, or an officer. Raises RuleViolation CYCLE_CLOSED, NOT_FILING, CATEGORY_UNKNOWN, OUTSIDE_CYCLE,
    IN_FUTURE, CLAIM_TOO_LATE, EVIDENCE_MISSING, EVIDENCE_USED, INVALID, what ``uploads.accept`` raises;
    PermissionDenied.
    """
    accepted = accept(upload, kinds=DOCUMENTS) if upload else None
    entry = CpdEntry(
        category=category, title=title.strip(), day=day,
        quantity_num=quantity.numerator, quantity_den=quantity.denominator,
    )  # fmt: skip
    try:
        return _file(cycle_id, entry, accepted, actor)
    finally:
        if accepted is not None:
            accepted.content.close()


@transaction.atomic
def _file(cycle_id: int, entry: CpdEntry, accepted: Accepted | None, actor: User) -> CpdEntry:
    cycle = _locked_cycle(cycle_id)
    if not holds_or_keeps(actor, cycle.credential):
        raise PermissionDenied
    _refuse_unfit(cycle, entry.category, entry.day, has_proof=accepted is not None)
    entry.cycle, entry.person = cycle, cycle.credential.person
    if accepted is not None:
        same = CpdEntry.objects.filter(person=entry.person, sha256=accepted.sha256)
        if same.filter(state__in=(EntryState.CLAIMED, EntryState.VERIFIED)).exists():
            raise RuleViolation("EVIDENCE_USED", _("This file is the proof of another entry already."), field="file")
        entry.file_name, entry.file_kind = accepted.name, str(accepted.kind)
        entry.sha256 = accepted.sha256
    refuse_invalid(entry, exclude=["file"])
    if accepted is not None:
        entry.file.save(accepted.stored_name, File(accepted.content), save=False)
    entry.save()
    return entry


def _locked_cycle(cycle_id: int) -> CpdCycle:
    rows = CpdCycle.objects.select_for_update(of=("self",))
    return rows.select_related("credential__person", "credential__version__scheme", "version__scheme").get(pk=cycle_id)


def _refuse_unfit(cycle: CpdCycle, category: str, day: date, *, has_proof: bool) -> None:
    """What stands against an entry before its proof is read."""
    today = timezone.localdate()
    if cycle.closed_on is not None:
        raise RuleViolation("CYCLE_CLOSED", _("This cycle is closed: nothing more is filed in it."))
    if cycle.credential.state not in FILING_STATES:
        raise RuleViolation("NOT_FILING", _("Nothing can be filed while the credential is in this state."))
    if day > today:
        raise RuleViolation("IN_FUTURE", _("This day lies in the future."), field="day")
    if not cycle.starts_on <= day <= cycle.ends_on:
        raise RuleViolation(
            "OUTSIDE_CYCLE", _("The day lies outside of the cycle, %(cycle)s.") % {"cycle": cycle}, field="day"
        )
    rules = cycle.rules
    known = rules.categories.get(category) if rules else None
    if known is None:
        raise RuleViolation("CATEGORY_UNKNOWN", _("Choose a category of these rules."), field="category")
    months = (cycle.version.rules.get("cpd") or {}).get("claim_window_months")
    if months and day < months_later(today, -months):
        raise RuleViolation(
            "CLAIM_TOO_LATE", _("Entries are filed within %(months)s months.") % {"months": months}, field="day"
        )
    if known.evidence_required and not has_proof:
        raise RuleViolation("EVIDENCE_MISSING", _("Attach the proof."), field="file")


@transaction.atomic
def withdraw_entry(*, entry_id: int, actor: User) -> CpdEntry:
    """Take back an entry that nobody has verified yet. Raises NOT_WAITING; PermissionDenied."""
    entry = _locked_entry(entry_id)
    if not holds_or_keeps(actor, entry.cycle.credential):
        raise PermissionDenied
    if entry.state != EntryState.CLAIMED:
        raise RuleViolation("NOT_WAITING", _("Only an entry that waits for verification is taken back."))
    entry.state = EntryState.WITHDRAWN
    entry.save(update_fields=["state"])
    return entry


def _locked_entry(entry_id: int) -> CpdEntry:
    CpdCycle.objects.select_for_update().get(entries=entry_id)
    rows = CpdEntry.objects.select_for_update(of=("self",))
    return rows.select_related("cycle__credential__person", "cycle__credential__version__scheme").get(pk=entry_id)


@transaction.atomic
def verify_entry(*, entry_id: int, verdict: str, method: str, note: str, actor: User) -> CpdEntry:
    """Accept or refuse an entry; a refusal says why. Never one's own, for a senior level never one's unit's.

    Raises RuleViolation NOT_WAITING, OWN_ENTRY, SAME_UNIT, NOTE_MISSING, EVIDENCE_USED; PermissionDenied.
    """
    require(actor, VERIFY)
    entry = _locked_entry(entry_id)
    _refuse_own(entry, actor)
    if entry.state != EntryState.CLAIMED or entry.cycle.closed_on is not None:
        raise RuleViolation("NOT_WAITING", _("This entry does not wait for verification."))
    if verdict == Verdict.REFUSED and not note.strip():
        raise RuleViolation("NOTE_MISSING", _("Say why it is refused."), field="note")
    accepted = verdict == Verdict.ACCEPTED
    counted = CpdEntry.objects.filter(person=entry.person, state=EntryState.VERIFIED)
    if accepted and entry.sha256 and counted.filter(sha256=entry.sha256).exists():
        raise RuleViolation("EVIDENCE_USED", _("This proof was counted already; refuse the entry."))
    Verification.objects.create(entry=entry, method=method, verdict=verdict, note=note.strip(), verifier=actor)
    entry.state = EntryState.VERIFIED if accepted else EntryState.REFUSED
    entry.save(update_fields=["state"])
    return entry


def _refuse_own(entry: CpdEntry, actor: User) -> None:
    if entry.person.user_id == actor.pk:
        raise RuleViolation("OWN_ENTRY", _("Nobody verifies what is their own."))
    refuse_same_unit(entry.cycle.credential, actor)


# ── The audit sample ─────────────────────────────────────────────────────────────────────────────
@transaction.atomic
def draw_sample(*, seed: str, share: Fraction, verified_from: date, verified_to: date, actor: User) -> AuditSample:
    """Draw ``share`` of the entries verified in these days, by ``seed``. Raises NOTHING_TO_DRAW, INVALID;
    PermissionDenied without ``talent.add_auditsample``.
    """
    require(actor, "talent.add_auditsample")
    keys = population(verified_from, verified_to)
    if not keys:
        raise RuleViolation("NOTHING_TO_DRAW", _("No entry was verified in these days."), field="verified_from")
    sample = AuditSample(
        seed=seed.strip(), share_num=share.numerator, share_den=share.denominator, verified_from=verified_from,
        verified_to=verified_to, population=len(keys), drawn_by=actor,
    )  # fmt: skip
    refuse_invalid(sample)
    sample.save()
    AuditLook.objects.bulk_create(
        AuditLook(sample=sample, entry_id=key) for key in drawn(keys, seed=sample.seed, share=share)
    )
    return sample


def population(verified_from: date, verified_to: date) -> list[int]:
    """The keys of entries that stand verified and were accepted from one day to another, both included."""
    rows = CpdEntry.objects.filter(
        state=EntryState.VERIFIED, verifications__verdict=Verdict.ACCEPTED,
        verifications__at__date__gte=verified_from, verifications__at__date__lte=verified_to,
    )  # fmt: skip
    return sorted(set(rows.values_list("pk", flat=True)))


@transaction.atomic
def look_again(*, look_id: int, verdict: str, note: str, actor: User) -> AuditLook:
    """Record what the second look found, by somebody other than the first verifier and the holder.

    An entry found wrong stops counting where its cycle is still open; a closed one stands, and the finding with it.
    Raises RuleViolation LOOKED_ALREADY, SAME_PERSON, OWN_ENTRY, SAME_UNIT, NOTE_MISSING; PermissionDenied without
    ``talent.change_auditlook``.
    """
    require(actor, "talent.change_auditlook")
    look = AuditLook.objects.select_for_update(of=("self",)).get(pk=look_id)
    if look.verdict:
        raise RuleViolation("LOOKED_ALREADY", _("Somebody has looked at this entry already."))
    entry = _locked_entry(look.entry_id)
    _refuse_own(entry, actor)
    if entry.verifications.filter(verifier=actor).exists():
        raise RuleViolation("SAME_PERSON", _("You verified this entry: somebody else takes the second look."))
    if verdict == AuditVerdict.WRONG and not note.strip():
        raise RuleViolation("NOTE_MISSING", _("Say what was found wrong."), field="note")
    look.verdict, look.note = verdict, note.strip()
    look.looked_by, look.looked_at = actor, timezone.now()
    look.save()
    if verdict == AuditVerdict.WRONG and entry.cycle.closed_on is None:
        entry.state = EntryState.REFUSED
        entry.save(update_fields=["state"])
    return look
