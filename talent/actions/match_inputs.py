"""What the matcher is given is kept here: profiles with their capacity, technologies, demands, declared interests."""

from datetime import date
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core import transitions
from innovation.core.errors import RuleViolation
from talent.actions import mandate_mails
from talent.actions.clean import refuse_invalid
from talent.actions.permitted import require
from talent.choices.matching import OPEN_MANDATES, ConflictSource, DemandState
from talent.models import CapacityPeriod, ConflictDeclaration, Demand, Mandate, MatchProfile, Person, Technology

LATER_SUSPENDS = _("A conflict of interest was declared.")


def may_keep(actor: User, person: Person) -> bool:
    """The person, or the office."""
    return person.user_id == actor.pk or actor.has_perm("talent.change_matchprofile")


@transaction.atomic
def save_profile(*, person_id: int, actor: User, **values: Any) -> MatchProfile:
    """Say what the matcher may use of a person; ``values`` are fields of ``MatchProfile``.

    The level follows from credentials, so that only the office changes it. Raises RuleViolation INVALID,
    LEVEL_BY_OFFICE.
    """
    person = Person.objects.select_for_update().get(pk=person_id)
    if not may_keep(actor, person):
        raise PermissionDenied
    profile = MatchProfile.objects.filter(person=person).first() or MatchProfile(person=person)
    by_office = actor.has_perm("talent.change_matchprofile")
    if not by_office and values.get("level", profile.level) != profile.level:
        raise RuleViolation("LEVEL_BY_OFFICE", _("The level follows from credentials; the office enters it."),
                            field="level")  # fmt: skip
    for name, value in values.items():
        setattr(profile, name, value)
    refuse_invalid(profile)
    profile.save()
    return profile


@transaction.atomic
def add_period(*, person_id: int, valid_from: date, valid_to: date, points: int, actor: User) -> CapacityPeriod:
    """Lower a person's capacity on some days. Raises RuleViolation NO_PROFILE, INVALID.

    Mandates that then stand above it stay; the office sees them in its list.
    """
    profile = MatchProfile.objects.select_for_update(of=("self",)).select_related("person")
    found = profile.filter(person=person_id).first()
    if found is None:
        raise RuleViolation("NO_PROFILE", _("There is no matching profile yet."))
    if not may_keep(actor, found.person):
        raise PermissionDenied
    period = CapacityPeriod(profile=found, valid_from=valid_from, valid_to=valid_to, points=points)
    refuse_invalid(period)
    period.save()
    return period


@transaction.atomic
def remove_period(*, period_id: int, actor: User) -> None:
    """Take a period of less capacity back."""
    period = CapacityPeriod.objects.select_for_update(of=("self",)).select_related("profile__person").get(pk=period_id)
    if not may_keep(actor, period.profile.person):
        raise PermissionDenied
    period.delete()


@transaction.atomic
def save_technology(*, actor: User, technology_id: int | None = None, **values: Any) -> Technology:
    """Record a technology, or change the one of ``technology_id``. Raises RuleViolation INVALID."""
    require(actor, "talent.change_technology" if technology_id else "talent.add_technology")
    technology = Technology.objects.select_for_update().get(pk=technology_id) if technology_id else Technology()
    return _saved(technology, values)


@transaction.atomic
def save_demand(*, actor: User, demand_id: int | None = None, **values: Any) -> Demand:
    """Record a demand, or change the one of ``demand_id``. Raises RuleViolation INVALID, DEMAND_CLOSED."""
    require(actor, "talent.change_demand" if demand_id else "talent.add_demand")
    demand = _open_demand(demand_id) if demand_id else Demand()
    return _saved(demand, values)


@transaction.atomic
def close_demand(*, demand_id: int, actor: User) -> Demand:
    """Close a demand that is not followed up. Raises RuleViolation DEMAND_CLOSED, DEMAND_HAS_MANDATE."""
    require(actor, "talent.change_demand")
    demand = _open_demand(demand_id)
    if Mandate.objects.filter(demand=demand, state__in=OPEN_MANDATES).exists():
        raise RuleViolation("DEMAND_HAS_MANDATE", _("End its mandates first."))
    return _saved(demand, {"state": DemandState.CLOSED})


def _open_demand(demand_id: int) -> Demand:
    demand = Demand.objects.select_for_update(of=("self",)).get(pk=demand_id)
    if demand.state != DemandState.OPEN:
        raise RuleViolation("DEMAND_CLOSED", _("This demand is closed."))
    return demand


def _saved(record: Any, values: dict[str, Any]) -> Any:
    for name, value in values.items():
        setattr(record, name, value)
    refuse_invalid(record)
    record.save()
    return record


@transaction.atomic
def declare(
    *,
    person_id: int,
    organisation_id: int,
    source: str,
    actor: User,
    demand_id: int | None = None,
    note: str = "",
    valid_to: date | None = None,
) -> ConflictDeclaration:
    """Declare an interest in an organisation or in one of its demands, or that there is none.

    Mandates of the pair that wait or run are suspended in the same step. Raises RuleViolation INVALID,
    CONFLICT_STANDS for "none" while a declared conflict stands.
    """
    person = Person.objects.select_for_update(of=("self",)).get(pk=person_id)
    if not may_keep(actor, person):
        raise PermissionDenied
    MatchProfile.objects.select_for_update().filter(person=person).first()
    row = ConflictDeclaration(
        person=person, organisation_id=organisation_id, demand_id=demand_id, source=source, note=note,
        valid_to=valid_to, declared_by=actor,
    )  # fmt: skip
    refuse_invalid(row)
    if source == ConflictSource.NONE:
        stands = ConflictDeclaration.objects.live(timezone.localdate()).filter(
            person=person, organisation=organisation_id, demand=demand_id
        )
        if stands.exists():
            raise RuleViolation("CONFLICT_STANDS", _("A conflict stands here. The office clears it first."))
    else:
        mandates = Mandate.objects.filter(
            person=person, demand__organisation=organisation_id, state__in=OPEN_MANDATES
        ).select_related("person", "demand__organisation")
        for mandate in mandates if demand_id is None else mandates.filter(demand=demand_id):
            suspended = transitions.apply(mandate, "suspend", actor=None, reason=str(LATER_SUSPENDS))
            mandate_mails.tell(suspended, actor=actor)
    row.save()
    return row


@transaction.atomic
def clear_conflict(*, conflict_id: int, reason: str, actor: User) -> ConflictDeclaration:
    """Record that a conflict no longer stands. Raises RuleViolation REASON_MISSING, ALREADY_CLEARED."""
    require(actor, "talent.change_conflictdeclaration")
    if not reason.strip():
        raise RuleViolation("REASON_MISSING", _("Say why the conflict no longer stands."), field="reason")
    row = ConflictDeclaration.objects.select_for_update(of=("self",)).get(pk=conflict_id)
    if row.cleared_at or row.source == ConflictSource.NONE:
        raise RuleViolation("ALREADY_CLEARED", _("No conflict stands here."))
    row.cleared_at, row.cleared_by, row.cleared_reason = timezone.now(), actor, reason
    row.save(update_fields=["cleared_at", "cleared_by", "cleared_reason"])
    return row
