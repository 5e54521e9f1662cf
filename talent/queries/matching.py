"""What the matcher is given: who is in the pool, what is open, which conflicts stand, who is busy when."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import date, timedelta

from django.db.models import Q, QuerySet

from talent.choices.matching import (
    LOADED_MANDATES,
    OPEN_MANDATES,
    ConflictSource,
    DemandState,
    MandateRole,
    MandateState,
    OutcomeOccasion,
)
from talent.choices.people import RoleKind
from talent.choices.privacy import Purpose
from talent.models import (
    Affiliation,
    ConflictDeclaration,
    Consent,
    Demand,
    Mandate,
    MandateOutcome,
    MatchProfile,
    RoleProfile,
)
from talent.rules.matching.snapshot import DemandRow, PersonRow, Snapshot, Span

NEWLY = timedelta(days=365)
EMPLOYED_WITHIN = timedelta(days=3 * 365)
INDEPENDENT = frozenset({RoleKind.TECH_MANAGER, RoleKind.COMMISSIONER})
"""Kinds whose work for a former employer is a conflict of interest."""


def pool(role_kind: str) -> QuerySet[MatchProfile]:
    """Profiles of people in force as ``role_kind`` who consented to matching and are open to proposals."""
    registered = RoleProfile.objects.active().filter(kind=role_kind).values("person_id")
    agreed = Consent.objects.of(Purpose.MATCHING).live().values("person_id")
    return (
        MatchProfile.objects.filter(is_open=True, person__erased_at=None, person__merged_into=None)
        .filter(person__in=registered)
        .filter(person__in=agreed)
        .order_by("person_id")
    )


def open_demands(role_kind: str, day: date, *, replan: bool = False) -> QuerySet[Demand]:
    """Demands that nobody leads; with ``replan`` also those whose lead runs and may be planned anew."""
    leads = Mandate.objects.filter(
        role=MandateRole.LEAD, state__in=[*OPEN_MANDATES, MandateState.SUSPENDED]
    ).values_list("demand_id", "state")
    taken = [demand for demand, state in leads if not (replan and state == MandateState.ACTIVE)]
    rows = Demand.objects.filter(role_kind=role_kind, state=DemandState.OPEN, ends_on__gte=day)
    return rows.exclude(pk__in=taken).select_related("division").order_by("pk")


def snapshot_of(
    role_kind: str, day: date, *, replan: bool = False, change_penalty: int = 0, per_institute: int | None = None
) -> Snapshot:
    """All that a run at ``day`` is given. A constant number of queries."""
    profiles = list(pool(role_kind).select_related("person__home").prefetch_related("periods"))
    demands = list(open_demands(role_kind, day, replan=replan))
    people = [profile.person_id for profile in profiles]
    current, busy = _mandates(people, {demand.pk for demand in demands}, replan=replan)
    outcomes, newly = outcomes_of(people), _newly(people, role_kind, day)
    conflicts, declared = conflicts_of(people, demands, day)
    if role_kind in INDEPENDENT:
        conflicts |= _former_employers(people, demands, day)
    stands = {(person, demand) for person, demand, _source in conflicts}
    return Snapshot(
        day=day.isoformat(),
        people=tuple(_person_row(each, outcomes, busy, newly) for each in profiles),
        demands=tuple(_demand_row(each, current) for each in demands),
        conflicts=tuple(sorted(conflicts)),
        undeclared=tuple(
            (person, demand.pk)
            for person in people
            for demand in demands
            if (person, demand.pk) not in declared and (person, demand.pk) not in stands
        ),
        change_penalty=change_penalty if replan else 0,
        per_institute=per_institute,
    )


def _person_row(
    profile: MatchProfile, outcomes: dict[int, list[int]], busy: dict[int, list[Span]], newly: set[int]
) -> PersonRow:
    person = profile.person
    until = person.available_until
    return PersonRow(
        id=person.pk,
        skills=tuple(sorted(profile.skills)),
        languages=tuple(sorted(profile.languages)),
        sectors=tuple(sorted(profile.sectors)),
        stages=tuple(sorted(profile.stages)),
        level=profile.level,
        region=person.home.code if person.home else "",
        capacity=profile.capacity_points,
        outcomes=tuple(outcomes.get(person.pk, ())),
        periods=tuple(
            (each.valid_from.isoformat(), each.valid_to.isoformat(), each.points) for each in profile.periods.all()
        ),
        busy=tuple(sorted(busy.get(person.pk, ()))),
        available_until=until.isoformat() if until else None,
        newly=person.pk in newly,
    )


def _demand_row(demand: Demand, current: dict[int, int]) -> DemandRow:
    return DemandRow(
        id=demand.pk,
        owner=demand.organisation_id,
        skills=tuple(sorted(demand.skills)),
        languages=tuple(sorted(demand.languages)),
        sector=demand.sector,
        stage=demand.stage,
        level=demand.level,
        region=demand.division.code if demand.division else "",
        load=demand.load,
        starts_on=demand.starts_on.isoformat(),
        ends_on=demand.ends_on.isoformat(),
        priority=demand.is_priority,
        small=demand.of_small_firm,
        current=current.get(demand.pk),
    )


def _mandates(people: list[int], demands: set[int], *, replan: bool) -> tuple[dict[int, int], dict[int, list[Span]]]:
    """Who runs which of the demands that are planned anew, and the loads that stay."""
    current: dict[int, int] = {}
    busy: dict[int, list[Span]] = defaultdict(list)
    rows = Mandate.objects.filter(state__in=OPEN_MANDATES, person__in=people)
    for person, demand, role, load, first, last in rows.values_list(
        "person_id", "demand_id", "role", "load", "starts_on", "ends_on"
    ):
        if replan and demand in demands and role == MandateRole.LEAD:
            current[demand] = person
        else:
            busy[person].append((first.isoformat(), last.isoformat(), load))
    return current, busy


def outcomes_of(people: Iterable[int]) -> dict[int, list[int]]:
    """Per cent achieved of each mandate's last outcome, by person."""
    latest: dict[int, tuple[int, int]] = {}
    rows = MandateOutcome.objects.filter(mandate__person__in=people).order_by("mandate_id", "recorded_at")
    for person, mandate, occasion, achieved in rows.values_list(
        "mandate__person_id", "mandate_id", "occasion", "achieved"
    ):
        if mandate not in latest or occasion == OutcomeOccasion.YEAR:
            latest[mandate] = (person, achieved)
    found: dict[int, list[int]] = defaultdict(list)
    for person, achieved in latest.values():
        found[person].append(achieved)
    return found


def _newly(people: list[int], role_kind: str, day: date) -> set[int]:
    rows = RoleProfile.objects.active().filter(kind=role_kind, person__in=people, valid_from__gte=day - NEWLY)
    return set(rows.values_list("person_id", flat=True))


def conflicts_of(
    people: Iterable[int], demands: Iterable[Demand], day: date
) -> tuple[set[tuple[int, int, str]], set[tuple[int, int]]]:
    """Live declared conflicts of pairs with their source, and the pairs about which the person has spoken."""
    by_owner: dict[int, list[int]] = defaultdict(list)
    for demand in demands:
        by_owner[demand.organisation_id].append(demand.pk)
    rows = ConflictDeclaration.objects.filter(person__in=people, organisation__in=by_owner)
    conflicts, declared = set(), set()
    for row in rows.order_by("pk"):
        for demand in by_owner[row.organisation_id]:
            if row.demand_id not in {None, demand}:
                continue
            declared.add((row.person_id, demand))
            if row.source != ConflictSource.NONE and not row.cleared_at and (not row.valid_to or row.valid_to >= day):
                conflicts.add((row.person_id, demand, str(row.source)))
    return conflicts, declared


def _former_employers(people: list[int], demands: list[Demand], day: date) -> set[tuple[int, int, str]]:
    """Pairs of people and demands of those who employ them, or did within three years."""
    by_owner: dict[int, list[int]] = defaultdict(list)
    for demand in demands:
        by_owner[demand.organisation_id].append(demand.pk)
    rows = Affiliation.objects.filter(
        Q(valid_to=None) | Q(valid_to__gte=day - EMPLOYED_WITHIN), person__in=people, organisation__in=by_owner
    )
    return {
        (person, demand, str(ConflictSource.EMPLOYMENT))
        for person, organisation in rows.values_list("person_id", "organisation_id")
        for demand in by_owner[organisation]
    }


def above_capacity(day: date) -> list[tuple[int, int, int]]:
    """People whose mandates take more than their capacity on ``day`` or later: person, points taken, capacity."""
    spans: dict[int, list[tuple[date, date, int]]] = defaultdict(list)
    rows = Mandate.objects.filter(state__in=LOADED_MANDATES, ends_on__gte=day)
    for person, first, last, load in rows.values_list("person_id", "starts_on", "ends_on", "load"):
        spans[person].append((first, last, load))
    found = []
    for profile in MatchProfile.objects.filter(person__in=spans).prefetch_related("periods"):
        own, periods = spans[profile.person_id], list(profile.periods.all())
        days = {max(day, first) for first, _last, _load in own} | {max(day, each.valid_from) for each in periods}
        for when in sorted(days):
            taken = sum(load for first, last, load in own if first <= when <= last)
            lower = [each.points for each in periods if each.valid_from <= when <= each.valid_to]
            if taken > min([profile.capacity_points, *lower]):
                found.append((profile.person_id, taken, min([profile.capacity_points, *lower])))
                break
    return found
