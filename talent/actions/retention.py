"""What is kept no longer than needed: the daily run over the table of ``rules.retention``, and its simulation."""

from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.db.models.deletion import ProtectedError
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from innovation.core import outbox, transitions
from innovation.core.errors import RuleViolation
from talent.actions.consents import expire_shares
from talent.actions.erasing import erase_person
from talent.actions.exports import run_out
from talent.actions.wiping import delete_rows, empty_rows
from talent.choices.assessment import AssessmentState
from talent.choices.people import RoleState
from talent.choices.privacy import RIGHTS_OPEN, ExportState
from talent.models import (
    AccessLog,
    AssessmentEvidence,
    Consent,
    CpdEntry,
    DataHold,
    Evidence,
    ExportRequest,
    Person,
    Redaction,
    RetentionRun,
    RightsRequest,
    RoleProfile,
    SkillClaim,
    TalentImport,
)
from talent.rules.retention import ASK_BEFORE, DAYS, Kept, cutoff, last_day

ENDED = {Kept.REJECTED: RoleState.REJECTED, Kept.WITHDRAWN: RoleState.WITHDRAWN, Kept.EXPIRED: RoleState.EXPIRED}
BATCH = 20_000


def begun_before(day: date) -> datetime:
    """The first moment of ``day`` in the zone of the office: what began earlier is due."""
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def due_roles(kept: Kept, state: RoleState, today: date) -> "QuerySet[RoleProfile]":
    """Profiles whose term is over and whose person nothing holds."""
    held = DataHold.objects.standing(today).filter(person=OuterRef("person"))
    over = RoleProfile.objects.filter(state=state, state_since__lt=begun_before(cutoff(kept, today)))
    return over.filter(~Exists(held), person__erased_at=None).order_by("pk")


def _reads(today: date) -> "QuerySet[AccessLog]":
    return AccessLog.objects.filter(at__lt=begun_before(cutoff(Kept.READS, today)))


def _evidence(today: date) -> "QuerySet[Evidence]":
    """Files whose claims were all decided more than a year ago; the row with its hash and the verdict stay."""
    over = cutoff(Kept.EVIDENCE, today)
    late = SkillClaim.objects.filter(Q(verified_on=None) | Q(verified_on__gte=over), evidence=OuterRef("pk"))
    held = DataHold.objects.standing(today).filter(person=OuterRef("person"))
    decided = Evidence.objects.filter(claims__isnull=False).exclude(file="")
    return decided.filter(~Exists(late), ~Exists(held)).distinct()


def _assessed(today: date) -> "QuerySet[AssessmentEvidence]":
    """Files of assessments that were closed, and decided more than a year ago, by people whom nothing holds."""
    held = DataHold.objects.standing(today).filter(person=OuterRef("assessment__person"))
    rows = AssessmentEvidence.objects.exclude(file="").filter(~Exists(held), **_closed_before(today))
    return rows.order_by("pk")


def _redacted(today: date) -> "QuerySet[Redaction]":
    """The redacted copies of the same assessments."""
    held = DataHold.objects.standing(today).filter(person=OuterRef("evidence__assessment__person"))
    closed = {f"evidence__{name}": value for name, value in _closed_before(today).items()}
    return Redaction.objects.exclude(file="").filter(~Exists(held), **closed).order_by("pk")


def _closed_before(today: date) -> dict[str, Any]:
    over = begun_before(cutoff(Kept.EVIDENCE, today))
    return {"assessment__state": AssessmentState.CLOSED, "assessment__decided_at__lt": over}


def _proven(today: date) -> "QuerySet[CpdEntry]":
    """Proofs of education in cycles that were closed more than a year ago, of people whom nothing holds."""
    held = DataHold.objects.standing(today).filter(person=OuterRef("person"))
    over = CpdEntry.objects.filter(cycle__closed_on__lt=cutoff(Kept.EVIDENCE, today)).exclude(file="")
    return over.filter(~Exists(held)).order_by("pk")


def _imports(today: date) -> "QuerySet[TalentImport]":
    """Files that were sent in and never written into the registry."""
    over = TalentImport.objects.filter(created_at__lt=begun_before(cutoff(Kept.IMPORTS, today)))
    return over.exclude(file="")


def _requests(today: date) -> "QuerySet[RightsRequest]":
    over = RightsRequest.objects.filter(answered_at__lt=begun_before(cutoff(Kept.REQUESTS, today)))
    return over.exclude(state__in=RIGHTS_OPEN).exclude(words="", answer="", changes={})


def _exports(today: date) -> "QuerySet[ExportRequest]":
    return ExportRequest.objects.filter(state=ExportState.READY, usable_until__lt=today)


def _shares(today: date) -> "QuerySet[Consent]":
    return Consent.objects.filter(ended_at=None, expires_on__lt=today)


def due(today: date) -> dict[str, int]:
    """How much of what is due on ``today``; reads only."""
    counts = {kept.value: due_roles(kept, state, today).count() for kept, state in ENDED.items()}
    counts[Kept.DRAFT.value] = due_roles(Kept.DRAFT, RoleState.DRAFT, today).count()
    others: dict[str, QuerySet[Any]] = {
        Kept.EVIDENCE.value: _evidence(today), "assessed": _assessed(today), "redacted": _redacted(today),
        "proven": _proven(today), Kept.IMPORTS.value: _imports(today),
        Kept.READS.value: _reads(today), Kept.REQUESTS.value: _requests(today), Kept.EXPORTS.value: _exports(today),
        "shares": _shares(today), "asked": to_ask(today),
    }  # fmt: skip
    return counts | {name: rows.count() for name, rows in others.items()}


def run_retention(*, today: date, simulate: bool = False) -> RetentionRun:
    """Apply the rules as they stand on ``today`` and keep the counts; ``simulate`` only counts.

    Each person and profile goes in a transaction of its own, so that one that cannot go holds up no other;
    those are counted as ``refused``.
    """
    if simulate:
        return RetentionRun.objects.create(day=today, simulated=True, counts=due(today))
    counts: dict[str, int] = {"refused": 0}
    for kept, state in ENDED.items():
        counts[kept.value] = _each(due_roles(kept, state, today), _end_role, counts)
    counts[Kept.DRAFT.value] = _each(due_roles(Kept.DRAFT, RoleState.DRAFT, today), _drop_draft, counts)
    counts["shares"] = expire_shares(today)
    counts[Kept.EXPORTS.value] = run_out(today)
    counts |= drop_files(today)
    counts[Kept.REQUESTS.value] = _forget_requests(today)
    counts[Kept.READS.value] = _reads(today).delete()[0]
    counts["asked"] = sum(ask_to_keep(profile) for profile in to_ask(today))
    return RetentionRun.objects.create(day=today, simulated=False, counts=counts)


def _each(rows: "QuerySet[RoleProfile]", act: Callable[[RoleProfile], None], counts: dict[str, int]) -> int:
    done = 0
    for key in list(rows.values_list("pk", flat=True)[:BATCH]):
        try:
            with transaction.atomic():
                # What its person went on with meanwhile, or what fell with another profile, is due no more.
                profile = rows.select_for_update(of=("self",)).filter(pk=key).first()
                if profile is None:
                    continue
                act(profile)
            done += 1
        except (RuleViolation, ProtectedError):
            counts["refused"] += 1
    return done


def _drop_draft(profile: RoleProfile) -> None:
    """A draft that nobody went on with for 90 days; nothing was decided on it."""
    delete_rows(RoleProfile.objects.filter(pk=profile.pk))


def _end_role(profile: RoleProfile) -> None:
    """The profile goes; with the last one the person becomes a number."""
    over = (*ENDED.values(), RoleState.ERASED)
    others = RoleProfile.objects.filter(person=profile.person_id).exclude(pk=profile.pk).exclude(state__in=over)
    if not others.exists():
        erase_person(person_id=profile.person_id, cause="retention", actor=None)
        return
    for event in ("withdraw", "erase") if profile.state != RoleState.WITHDRAWN else ("erase",):
        transitions.apply(profile, event, actor=None, changes={"state_since": timezone.now()})


@transaction.atomic
def drop_files(today: date) -> dict[str, int]:
    """Delete the stored files whose term is over; hash and verdict stay. Returns how many of which."""
    evidence = Evidence.objects.filter(pk__in=_evidence(today).values("pk"))
    nameless = {"file": "", "file_name": ""}
    blind = {"file": "", "file_kind": ""}
    return {
        Kept.EVIDENCE.value: empty_rows(evidence, nameless),
        "assessed": empty_rows(_assessed(today), nameless | blind),
        "redacted": empty_rows(_redacted(today), blind, guards=["redaction_kept"]),
        "proven": empty_rows(_proven(today), nameless),
        Kept.IMPORTS.value: empty_rows(_imports(today), {"file": "", "report": {}}),
    }


@transaction.atomic
def _forget_requests(today: date) -> int:
    return empty_rows(_requests(today), {"words": "", "answer": "", "changes": {}, "subject": ""})


# ── "Keep it longer?" ────────────────────────────────────────────────────────────────────────────
def to_ask(today: date) -> "QuerySet[RoleProfile]":
    """Expired profiles that go within 30 days, of people with an account whom nothing holds."""
    first = cutoff(Kept.EXPIRED, today)
    rows = due_roles(Kept.EXPIRED, RoleState.EXPIRED, today + timedelta(days=ASK_BEFORE))
    rows = rows.filter(Q(state_since__gte=begun_before(first)), person__user__is_active=True)
    return rows.select_related("person__user")


def ask_to_keep(profile: RoleProfile) -> bool:
    """Ask the person, once for each term; returns whether a mail was written."""
    person: Person = profile.person
    if person.user is None:
        return False
    last = last_day(Kept.EXPIRED, timezone.localtime(profile.state_since).date())
    with translation.override(person.user.language or "zh-hans"):
        return outbox.send_mail(
            to=person.user.email, key=f"talent-keep-{profile.pk}-{last}",
            subject=_("Your record in the registry of talent ends on %(day)s") % {"day": last},
            text=_(
                "Your profile expired %(years)s years ago. After %(day)s your name, words and files are deleted. "
                "To keep them for another year, open “My data and consents” and choose “Keep my record longer”."
            ) % {"years": DAYS[Kept.EXPIRED] // 365, "day": last},
        )  # fmt: skip
