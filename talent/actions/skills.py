"""Skills of people: claimed, proven by evidence, verified; the change of a claim takes its proof away."""

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext as _

from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from innovation.core.uploads import DOCUMENTS, accept
from innovation.organisations.models import Organisation
from talent.choices.skills import ProofState
from talent.models import Evidence, Person, Skill, SkillClaim
from talent.rules.skills import fresh_after

OFFICE = "talent.change_skillclaim"
MOST = 60
"""Claims of one person (proposal): more are a list, not a profile."""


@transaction.atomic
def claim_skill(*, person_id: int, skill_id: int, level: int, actor: User, note: str = "") -> SkillClaim:
    """Claim a skill, or change the level or note of the claim; a changed claim begins anew.

    Raises ``NOT_YOURS``, ``NO_SUCH_SKILL``, ``TOO_MANY``.
    """
    person = _own(person_id, actor)
    skill = Skill.objects.claimable().filter(pk=skill_id).first()
    if skill is None:
        raise RuleViolation("NO_SUCH_SKILL", _("Choose a skill of the lists."), field="skill")
    claim = person.skills.filter(skill=skill).first()
    if claim is None:
        if person.skills.count() >= MOST:
            raise RuleViolation("TOO_MANY", _("At most %(most)s skills. Take one out first.") % {"most": MOST})
        return SkillClaim.objects.create(person=person, skill=skill, level=level, note=note.strip())
    if (claim.level, claim.note) == (level, note.strip()):
        return claim
    claim.level, claim.note = level, note.strip()
    claim.save(update_fields=["level", "note"])
    _move(claim, "reset", actor=None)
    return _support(claim)


@transaction.atomic
def drop_claim(*, claim_id: int, actor: User) -> None:
    """Take a skill out of the own profile. Raises ``NOT_YOURS``."""
    claim = SkillClaim.objects.get(pk=claim_id)
    _own(claim.person_id, actor)
    claim.delete()


@transaction.atomic
def add_evidence(
    *, person_id: int, claim_ids: Sequence[int], kind: str, title: str, actor: User, upload: Any = None,
    issuer: str = "", issued_on: date | None = None, expires_on: date | None = None,
) -> Evidence:  # fmt: skip
    """Add a paper for the named claims of the same person; each becomes supported.

    Raises ``NOT_YOURS``, ``NO_CLAIM``, ``DAYS_IN_ORDER`` and what ``uploads.accept`` refuses.
    """
    person = _own(person_id, actor)
    claims = list(person.skills.filter(pk__in=claim_ids).order_by("pk"))
    if not claims:
        raise RuleViolation("NO_CLAIM", _("Say which skills it proves."), field="claims")
    if issued_on and expires_on and expires_on < issued_on:
        raise RuleViolation("DAYS_IN_ORDER", _("The last day lies before the first."), field="expires_on")
    evidence = Evidence(
        person=person, kind=kind, title=title.strip(), issuer=issuer.strip(), issued_on=issued_on,
        expires_on=expires_on,
    )  # fmt: skip
    if upload is not None:
        accepted = accept(upload, kinds=DOCUMENTS)
        with accepted.content:
            evidence.file_name, evidence.file_kind = accepted.name, str(accepted.kind)
            evidence.size, evidence.sha256 = accepted.size, accepted.sha256
            evidence.file.save(accepted.stored_name, File(accepted.content), save=False)
    evidence.save()
    evidence.claims.set(claims)
    for claim in claims:
        _support(claim)
    return evidence


@transaction.atomic
def judge_claim(*, claim_id: int, is_proven: bool, actor: User, reason: str = "") -> SkillClaim:
    """The officer's verdict on a claim by its evidence.

    Raises ``NOT_PERMITTED``, ``OWN_PROFILE``, ``SAME_UNIT``, ``NO_EVIDENCE``, ``NO_SUCH_TRANSITION``.
    """
    # The person's lock: neither the claim nor its evidence changes while it is judged.
    Person.objects.select_for_update(no_key=True, of=("self",)).get(skills=claim_id)
    claim = SkillClaim.objects.select_related("person", "skill").get(pk=claim_id)
    today = timezone.localdate()
    if not is_proven:
        return _move(claim, "refuse", actor=actor, reason=reason)
    facts = {
        "is_self": claim.person.user_id == actor.pk,
        "same_unit": _same_unit(claim.person, actor, today),
        "level": claim.level,
        "has_evidence": in_force(claim, today),
    }
    changes = {"verified_by": actor, "verified_on": today}
    return _move(claim, "verify", actor=actor, reason=reason, facts=facts, changes=changes)


def in_force(claim: SkillClaim, today: date) -> bool:
    """Whether evidence that has not run out stands for the claim."""
    return claim.evidence.filter(_standing(today)).exists()


def _standing(today: date) -> Q:
    """Evidence that was neither taken out nor has run out."""
    return Q(Q(expires_on=None) | Q(expires_on__gte=today), removed_at=None)


def sweep(*, today: date) -> int:
    """Every morning: what was verified too long ago, or by evidence that has run out, is to be verified again."""
    proven = Evidence.objects.filter(_standing(today), claims=OuterRef("pk"))
    old = SkillClaim.objects.filter(Q(verified_on__lte=fresh_after(today)) | ~Exists(proven), state=ProofState.VERIFIED)
    done = 0
    for claim in list(old.order_by("pk")):
        try:
            _move(claim, "age", actor=None)
            done += 1
        except (RuleViolation, SkillClaim.DoesNotExist):
            continue  # moved or dropped a moment ago by its person
    return done


def _same_unit(person: Person, actor: User, today: date) -> bool:
    units = person.affiliations.on(today).values("organisation")
    own = Q(pk__in=Organisation.objects.of_member(actor).values("pk"))
    own |= Q(talent_affiliations__person__user=actor)
    return Organisation.objects.filter(own, pk__in=units).exists()


def _support(claim: SkillClaim) -> SkillClaim:
    """Evidence that stands for a claim lifts it from claimed or stale."""
    is_low = claim.state in {ProofState.CLAIMED, ProofState.STALE}
    return _move(claim, "support", actor=None) if is_low and in_force(claim, timezone.localdate()) else claim


def _move(claim: SkillClaim, event: str, *, actor: User | None, **more: Any) -> SkillClaim:
    if event == "reset" and claim.state == ProofState.CLAIMED:
        return claim
    changes = {"state_since": timezone.now()} | more.pop("changes", {})
    return transitions.apply(claim, event, actor=actor, changes=changes, **more)


def _own(person_id: int, actor: User) -> Person:
    person = Person.objects.select_for_update(no_key=True, of=("self",)).get(pk=person_id)
    if person.user_id != actor.pk and not actor.has_perm(OFFICE):
        raise RuleViolation("NOT_YOURS", _("This is somebody else's profile."))
    return person
