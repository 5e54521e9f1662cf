"""Merge of two records of one body: what would happen, and doing it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.db import IntegrityError, models, transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _
from pghistory.models import Event

from innovation.accounts.models import User
from innovation.core.append_only import AppendOnly
from innovation.core.errors import RuleViolation
from innovation.core.history import label_of
from innovation.organisations.choices import MembershipRole, NameOrigin
from innovation.organisations.models import (
    Contact,
    Membership,
    Organisation,
    OrganisationMerge,
    OrganisationName,
    OrganisationRole,
)
from innovation.organisations.rules import Period, joined_periods, span

SURVIVOR, LOSER = "survivor", "loser"
FIELDS = (
    "name_zh", "name_en", "sector", "status", "industry", "division", "parent", "controlling_group", "founded",
    "address", "website", "remarks",
)  # fmt: skip
_RANK = {MembershipRole.LEAD: 2, MembershipRole.EDITOR: 1, MembershipRole.VIEWER: 0}


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
        return self.survivor != self.loser and not (_empty(self.survivor) and _empty(self.loser))

    @property
    def value(self) -> Any:
        return self.survivor if self.kept == SURVIVOR else self.loser


@dataclass(frozen=True)
class Reference:
    """A column somewhere that points at organisations. Rows of an ``append_only`` table keep their old pointer."""

    model: type[models.Model]
    field: models.ForeignKey
    append_only: bool

    @property
    def label(self) -> str:
        return f"{capfirst(str(self.model._meta.verbose_name_plural))} – {self.field.verbose_name}"

    def rows(self, organisation_id: int) -> models.QuerySet:
        return self.model._base_manager.filter(**{self.field.attname: organisation_id})


@dataclass(frozen=True)
class Move:
    reference: Reference
    count: int


@dataclass(frozen=True)
class Preview:
    """What a merge would do. ``refusal`` is set when it may not happen."""

    survivor: Organisation
    loser: Organisation
    fields: list[FieldChoice]
    moves: list[Move]
    refusal: RuleViolation | None


def references() -> list[Reference]:
    """Every foreign key to an organisation in the whole product, link tables included, histories left out."""
    found = []
    for model in apps.get_models(include_auto_created=True):
        if issubclass(model, Event) or model is OrganisationMerge or model._meta.proxy or not model._meta.managed:
            continue
        frozen = any(isinstance(trigger, AppendOnly) for trigger in getattr(model._meta, "triggers", ()))
        found += [
            Reference(model, field, frozen)
            for field in model._meta.local_fields
            if isinstance(field, models.ForeignKey) and field.remote_field.model is Organisation
        ]
    return found


def preview(survivor: Organisation, loser: Organisation, choices: Mapping[str, str] | None = None) -> Preview:
    """Field by field which value wins, and how many rows of each table move. Writes nothing."""
    moves = [Move(reference, reference.rows(loser.pk).count()) for reference in references()]
    return Preview(
        survivor=survivor,
        loser=loser,
        fields=choose(survivor, loser, choices or {}),
        moves=[move for move in moves if move.count],
        refusal=refusal(survivor, loser),
    )


def choose(survivor: Organisation, loser: Organisation, choices: Mapping[str, str]) -> list[FieldChoice]:
    """Whose value wins in each field: the kept record's unless it is empty, or as ``choices`` says."""
    found = []
    for name in FIELDS:
        ours, theirs = getattr(survivor, name), getattr(loser, name)
        default = LOSER if _empty(ours) and not _empty(theirs) else SURVIVOR
        kept = choices.get(name, default)
        if kept not in {SURVIVOR, LOSER}:
            raise RuleViolation("MERGE_CHOICE", _("Choose one of the two records for each field."), field=name)
        found.append(FieldChoice(name, str(Organisation._meta.get_field(name).verbose_name), ours, theirs, kept))
    return found


def refusal(survivor: Organisation, loser: Organisation) -> RuleViolation | None:
    """Why the two may not be merged, None when they may."""
    if survivor.pk == loser.pk:
        return RuleViolation("MERGE_SELF", _("Choose two different records."))
    if survivor.merged_into_id or loser.merged_into_id:
        return RuleViolation("MERGE_DONE", _("One of the records has been merged already."))
    if survivor.uscc and loser.uscc:
        return RuleViolation(
            "MERGE_TWO_CODES",
            _("Both records have a valid unified social credit code, so they are two legal persons."),
            facts={"survivor": survivor.uscc, "loser": loser.uscc},
        )
    return None


@transaction.atomic
def merge_organisations(
    *, survivor_id: int, loser_id: int, actor: User, choices: Mapping[str, str] | None = None, reason: str = ""
) -> OrganisationMerge:
    """Make ``loser`` a signpost to ``survivor``: values as chosen, all references re-pointed, names kept.

    ``choices`` maps field names to ``"survivor"`` or ``"loser"``. Raises RuleViolation: ``NOT_PERMITTED``, those of
    :func:`refusal`, ``MERGE_CONFLICT`` when a table holds a row that only one of the two may have. Nothing changes
    then.
    """
    if not actor.has_perm("organisations.merge_organisation"):
        raise RuleViolation("NOT_PERMITTED", _("You may not merge organisations."))
    locked = {row.pk: row for row in _locked({survivor_id, loser_id})}
    if len(locked) < len({survivor_id, loser_id}):
        raise RuleViolation("MERGE_GONE", _("One of the records does not exist any more."))
    survivor, loser = locked[survivor_id], locked[loser_id]
    if problem := refusal(survivor, loser):
        raise problem
    fields = choose(survivor, loser, choices or {})
    codes = {"uscc": [survivor.uscc, loser.uscc], "local_code": [survivor.local_code, loser.local_code]}
    _join_own_rows(survivor, loser)
    _bury(loser, survivor)
    moved = _move(loser, survivor)
    _apply(survivor, loser, fields, uscc=codes["uscc"][0] or codes["uscc"][1])
    return OrganisationMerge.objects.create(
        survivor=survivor,
        loser=loser,
        values={"codes": codes, "fields": {choice.name: _as_json(choice) for choice in fields}},
        moved=moved,
        reason=reason,
        actor=actor,
        actor_label=label_of(actor),
    )


def _locked(ids: Iterable[int]) -> models.QuerySet[Organisation]:
    """Both rows, locked in the order of their numbers, so that two merges never wait for each other in a circle."""
    return Organisation.objects.filter(pk__in=ids).order_by("pk").select_for_update(of=("self",))


def _bury(loser: Organisation, survivor: Organisation) -> None:
    """Turn the loser into a signpost; its name and local code live on as another name of the survivor."""
    if (loser.name_zh, loser.name_en) != (survivor.name_zh, survivor.name_en) or loser.local_code:
        OrganisationName.objects.create(
            organisation=survivor,
            name_zh=loser.name_zh,
            name_en=loser.name_en,
            code=loser.local_code or "",
            origin=NameOrigin.MERGED,
            until=timezone.localdate(),
        )
    # Links upwards are cut on both sides first; the chosen ones are set again on the survivor.
    Organisation.objects.filter(pk__in=[survivor.pk, loser.pk]).update(parent=None, controlling_group=None)
    Organisation.objects.filter(pk=loser.pk).update(uscc=None, merged_into=survivor)


def _move(loser: Organisation, survivor: Organisation) -> dict[str, int]:
    """Re-point every reference; return the number of rows per table and column."""
    moved = {}
    for reference in references():
        if reference.append_only:
            continue
        try:
            with transaction.atomic():
                count = reference.rows(loser.pk).update(**{reference.field.attname: survivor.pk})
        except IntegrityError as error:
            raise RuleViolation(
                "MERGE_CONFLICT",
                _("“%(table)s” holds a row for each record where only one may be. Settle these rows first.")
                % {"table": reference.label},
                facts={"table": reference.model._meta.label, "detail": str(error.__cause__ or error).splitlines()[0]},
            ) from error
        if count:
            moved[f"{reference.model._meta.label}.{reference.field.name}"] = count
    return moved


def _apply(survivor: Organisation, loser: Organisation, fields: list[FieldChoice], *, uscc: str | None) -> None:
    survivor.uscc = uscc
    for choice in fields:
        value = choice.value
        if isinstance(value, Organisation) and value.pk == loser.pk:
            value = choice.loser  # the kept record stood below the other one: it moves up to that one's place
        if isinstance(value, Organisation) and value.pk == survivor.pk:
            value = None
        setattr(survivor, choice.name, value)
    try:
        with transaction.atomic():
            survivor.save()
    except IntegrityError as error:
        raise RuleViolation(
            "MERGE_CONFLICT",
            _("The kept record would stand above itself. Choose another parent organisation or group."),
            facts={"detail": str(error.__cause__ or error).splitlines()[0]},
        ) from error


def _join_own_rows(survivor: Organisation, loser: Organisation) -> None:
    """Make one of what both have: memberships of one person, roles at one time, main contacts."""
    held = {membership.user_id: membership for membership in survivor.memberships.all()}
    for membership in Membership.objects.filter(organisation=loser, user_id__in=held):
        kept = held[membership.user_id]
        if _RANK[membership.role] > _RANK[kept.role]:
            Membership.objects.filter(pk=kept.pk).update(role=membership.role)
        membership.delete()
    if survivor.contacts.filter(is_main=True).exists():
        Contact.objects.filter(organisation=loser, is_main=True).update(is_main=False)
    roles = OrganisationRole.objects.filter(Q(organisation=survivor) | Q(organisation=loser))
    by_key = {role.pk: role for role in roles}
    for kind in {role.kind_id for role in by_key.values()}:
        of_kind = [Period(pk, role.valid_from, role.valid_to) for pk, role in by_key.items() if role.kind_id == kind]
        for group in joined_periods(of_kind):
            if len(group) == 1:
                continue
            keep = min(group, key=lambda period: (by_key[period.key].organisation_id != survivor.pk, period.key))
            OrganisationRole.objects.filter(pk__in=[period.key for period in group if period != keep]).delete()
            first, last = span(group)
            OrganisationRole.objects.filter(pk=keep.key).update(valid_from=first, valid_to=last)


def _empty(value: Any) -> bool:
    return value is None or value == ""


def _as_json(choice: FieldChoice) -> dict[str, Any]:
    def plain(value: Any) -> Any:
        return value.pk if isinstance(value, models.Model) else None if value is None else str(value)

    return {"survivor": plain(choice.survivor), "loser": plain(choice.loser), "kept": choice.kept}
