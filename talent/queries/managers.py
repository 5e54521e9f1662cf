"""Technology managers in force whose credentials do not cover the level that is used for matching."""

from dataclasses import dataclass
from datetime import date

from talent.choices.matching import MatchLevel
from talent.choices.people import RoleKind
from talent.models import Credential, MatchProfile, RoleProfile
from talent.queries.credentials import levels_of

LEAST = 1
"""A credential in force without a level of its own counts as the lowest one."""


@dataclass(frozen=True)
class Uncovered:
    """One manager: the level that matching uses, and the highest that a credential in force covers (0: none)."""

    person_id: int
    level: int
    held: int


def held_levels(people: list[int], day: date) -> dict[int, int]:
    """By person, the highest level that a credential in force on ``day`` covers; who holds none is left out."""
    live = Credential.objects.live().filter(person__in=people, granted_on__lte=day).exclude(expires_on__lt=day)
    held = dict.fromkeys(live.values_list("person_id", flat=True), LEAST)
    return held | {person: found.rank for person, found in levels_of(people, on=day).items()}


def uncovered(day: date) -> tuple[int, list[Uncovered]]:
    """How many technology managers are in force on ``day``, and those whose credentials fall short; four statements.

    What held on the day of a grant keeps holding: the credential in force counts, not what today's rules would say.
    """
    rows = RoleProfile.objects.active().filter(kind=RoleKind.TECH_MANAGER, person__erased_at=None)
    people = list(rows.order_by("person_id").values_list("person_id", flat=True))
    levels = dict(MatchProfile.objects.filter(person__in=people).values_list("person_id", "level"))
    held = held_levels(people, day)
    found = [Uncovered(person, levels.get(person, int(MatchLevel.CANDIDATE)), held.get(person, 0)) for person in people]
    return len(people), [each for each in found if each.held < each.level]
