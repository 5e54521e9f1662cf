"""Merge of two records of one person: what would happen, and doing it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from pghistory.models import Event

from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.append_only import AppendOnly
from innovation.core.errors import RuleViolation
from talent.actions.match_inputs import declare
from talent.choices.people import OrcidState, RoleState
from talent.choices.skills import ProofState
from talent.models import ConflictDeclaration, Evidence, Person, PersonMerge, SkillClaim
from talent.models.access_log import KeptReads
from talent.rules.merging import RANK, kept_by_default

SURVIVOR, LOSER = "survivor", "loser"
ENDED = (RoleState.WITHDRAWN, RoleState.ERASED)
FIELDS = ("family_name", "given_name", "name_en", "home", "offers", "available_until")
PERMISSION = "talent.change_person"
LABELS = {field.name: field for field in Person._meta.concrete_fields}


@dataclass(frozen=True)
class FieldChoice:
    """One field of the two records; ``kept`` says whose value wins."""

    name: str
    label: str
    survivor: Any
    loser: Any
    kept: str

    @property
    def differs(self) -> bool:
        return (self.survivor or None) != (self.loser or None)


@dataclass(frozen=True)
class Preview:
    """What a merge would do; ``moves`` are table names with numbers of rows. ``refusal`` says why it may not happen."""

    survivor: Person
    loser: Person
    fields: list[FieldChoice]
    moves: list[tuple[str, int]]
    refusal: RuleViolation | None


def preview(survivor: Person, loser: Person, choices: Mapping[str, str] | None = None) -> Preview:
    """Field by field which value wins, and how many rows of each table move. Writes nothing."""
    moves = []
    for model, field in references():
        count = model._base_manager.filter(**{field.attname: loser.pk}).count()
        # That somebody has an entry in the vault is nobody's business either.
        if count and model._meta.default_permissions:
            moves.append((f"{capfirst(str(model._meta.verbose_name_plural))}", count))
    return Preview(survivor, loser, choose(survivor, loser, choices or {}), moves, refusal(survivor, loser))


def references() -> list[tuple[type[models.Model], models.ForeignKey[Any, Any]]]:
    """Every foreign key to a person whose rows move: histories and what never changes stay as they are."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        frozen = any(isinstance(trigger, (AppendOnly, KeptReads)) for trigger in getattr(model._meta, "triggers", ()))
        if issubclass(model, Event) or model is Person or frozen or not model._meta.managed:
            continue
        found += [
            (model, field)
            for field in model._meta.local_fields
            if isinstance(field, models.ForeignKey) and field.remote_field.model is Person
        ]
    return found


def choose(survivor: Person, loser: Person, choices: Mapping[str, str]) -> list[FieldChoice]:
    """Whose value wins in each field: the kept record's unless it is empty, or as ``choices`` says.

    Raises ``MERGE_CHOICE``.
    """
    found = []
    for name in FIELDS:
        ours, theirs = getattr(survivor, name), getattr(loser, name)
        kept = choices.get(name) or kept_by_default(ours, theirs)
        if kept not in {SURVIVOR, LOSER}:
            raise RuleViolation("MERGE_CHOICE", _("Choose one of the two records for each field."), field=name)
        found.append(FieldChoice(name, str(LABELS[name].verbose_name), ours, theirs, kept))
    return found


def refusal(survivor: Person, loser: Person) -> RuleViolation | None:
    """Why the two may not be merged, None when they may."""
    if survivor.pk == loser.pk:
        return RuleViolation("MERGE_SELF", _("Choose two different records."))
    if any(person.merged_into_id or person.erased_at for person in (survivor, loser)):
        return RuleViolation("MERGE_DONE", _("One of the records was merged or erased already."))
    if survivor.user_id and loser.user_id:
        return RuleViolation("MERGE_TWO_ACCOUNTS", _("Both have an account of their own, so they are two people."))
    if survivor.orcid and loser.orcid:
        return RuleViolation("MERGE_TWO_IDS", _("Both have an ORCID iD of their own, so they are two people."))
    return None


@transaction.atomic
def merge_people(
    *, survivor_id: int, loser_id: int, actor: User, choices: Mapping[str, str] | None = None, reason: str = ""
) -> PersonMerge:
    """Make ``loser`` a signpost to ``survivor``: values as chosen, profiles, posts, skills and the rest move.

    Raises ``NOT_PERMITTED``, those of :func:`refusal`, ``MERGE_CHOICE``, ``MERGE_CONFLICT`` when the posts of both
    exceed full time or a table holds a row that only one of the two may have. Nothing changes then.
    """
    if not actor.has_perm(PERMISSION):
        raise RuleViolation("NOT_PERMITTED", _("Your role does not allow this step."))
    rows = Person.objects.select_for_update(of=("self",)).filter(pk__in={survivor_id, loser_id}).order_by("pk")
    found = {person.pk: person for person in rows}
    survivor, loser = found[survivor_id], found[loser_id]
    if problem := refusal(survivor, loser):
        raise problem
    chosen = choose(survivor, loser, choices or {})
    _settle_roles(survivor, loser)
    _join_skills(survivor, loser)
    moved = _move(survivor, loser)
    _carry_conflicts(survivor, loser, actor)
    _apply(survivor, loser, chosen)
    return PersonMerge.objects.create(
        survivor=survivor, loser=loser, choices={choice.name: choice.kept for choice in chosen}, moved=moved,
        reason=reason.strip(), actor=actor,
    )  # fmt: skip


def _settle_roles(survivor: Person, loser: Person) -> None:
    """Of two profiles of a kind that stand, the one that is further goes on; the other is withdrawn."""
    for profile in loser.roles.select_related("person").order_by("pk"):
        twin = survivor.roles.filter(kind=profile.kind).exclude(state__in=ENDED).first()
        if twin is None or profile.state in ENDED:
            continue
        weaker = min((twin, profile), key=lambda each: RANK[each.state])
        changes = {"state_since": timezone.now()}
        transitions.apply(weaker, "withdraw", actor=None, facts={"merge": loser.pk}, changes=changes)


def _join_skills(survivor: Person, loser: Person) -> None:
    """A skill that both claim stays once, the better proven one, with the evidence of both."""
    held = {claim.skill_id: claim for claim in survivor.skills.all()}
    order = list(ProofState.values)
    for claim in SkillClaim.objects.filter(person=loser, skill_id__in=held):
        twin = held[claim.skill_id]
        better, worse = sorted((twin, claim), key=lambda each: (order.index(each.state), each.level), reverse=True)
        for evidence in Evidence.objects.filter(claims=worse):
            evidence.claims.add(better)
        worse.delete()


def _move(survivor: Person, loser: Person) -> dict[str, int]:
    moved = {}
    for model, field in references():
        try:
            with transaction.atomic():
                rows = model._base_manager.filter(**{field.attname: loser.pk})
                count = rows.update(**{field.attname: survivor.pk})
        except IntegrityError as error:
            raise RuleViolation(
                "MERGE_CONFLICT",
                _("“%(table)s” holds rows of both that cannot stand together. Settle them first: %(detail)s")
                % {"table": model._meta.verbose_name_plural, "detail": str(error.__cause__ or error).splitlines()[0]},
                facts={"table": model._meta.label},
            ) from error
        if count:
            moved[f"{model._meta.label}.{field.name}"] = count
    return moved


def _carry_conflicts(survivor: Person, loser: Person, actor: User) -> None:
    """What was declared stays as it was said; a conflict that stands is declared again for who goes on."""
    for row in ConflictDeclaration.objects.live(timezone.localdate()).filter(person=loser).order_by("pk"):
        declare(
            person_id=survivor.pk, organisation_id=row.organisation_id, demand_id=row.demand_id, source=row.source,
            note=row.note, valid_to=row.valid_to, actor=actor,
        )  # fmt: skip


def _apply(survivor: Person, loser: Person, chosen: list[FieldChoice]) -> None:
    """The loser gives up account, iD and directory first, because each of them is held once."""
    user_id, orcid = survivor.user_id or loser.user_id, survivor.orcid or loser.orcid
    state, verified = (
        (survivor.orcid_state, survivor.orcid_verified_at) if survivor.orcid
        else (loser.orcid_state, loser.orcid_verified_at)
    )  # fmt: skip
    names = [survivor.former_names, loser.former_names]
    if loser.whole_name != survivor.whole_name:
        names.append(loser.whole_name)
    loser.user_id, loser.orcid, loser.orcid_state, loser.orcid_verified_at = None, None, OrcidState.NONE, None
    loser.is_listed, loser.merged_into = False, survivor
    loser.save()
    Person.objects.filter(merged_into=loser).update(merged_into=survivor)
    for choice in chosen:
        setattr(survivor, choice.name, choice.survivor if choice.kept == SURVIVOR else choice.loser)
    survivor.user_id, survivor.orcid, survivor.orcid_state, survivor.orcid_verified_at = user_id, orcid, state, verified
    survivor.former_names = "、".join(dict.fromkeys(name for name in names if name))[:300]
    survivor.save()
