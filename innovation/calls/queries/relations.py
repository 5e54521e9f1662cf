"""How people stand to the parties of cases: declared, computed, or not known (specification 5.8, 7)."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from django.utils import timezone

from innovation.accounts.models import User
from innovation.calls.choices import Relation, RelationKind
from innovation.calls.models import Application, ApplicationMember, Partner, ReviewerProfile, ReviewerRelation
from innovation.organisations.models import Membership, Organisation

DECLARATION_HOLDS = timedelta(days=366)
PUBLIC_MAIL = frozenset(
    {"126.com", "139.com", "163.com", "189.cn", "aliyun.com", "foxmail.com", "gmail.com", "hotmail.com", "icloud.com",
     "outlook.com", "qq.com", "sina.com", "sohu.com", "yahoo.com", "yeah.net"}
)  # fmt: skip
"""Providers whose addresses say nothing about an employer."""
NOT_DECLARED = "not_declared"
UNKNOWN_PARTNER = "unknown_partner"
OFFICE_DOUBTS = "recorded_unknown"
PERSON = "on_the_case"


@dataclass(frozen=True)
class Standing:
    """One person and one case. ``reasons`` are kinds of relation, or why nothing is known."""

    relation: Relation
    reasons: tuple[str, ...] = ()


@dataclass
class _Parties:
    """Everybody behind one case. ``strange``: a partner that is no known organisation."""

    organisations: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)
    people: set[int] = field(default_factory=set)
    domains: set[str] = field(default_factory=set)
    strange: bool = False


@dataclass
class _Person:
    organisations: set[int] = field(default_factory=set)
    groups: set[int] = field(default_factory=set)
    applied_for: set[int] = field(default_factory=set)
    domain: str = ""
    declared: bool = False
    told: dict[int, tuple[Relation, str]] = field(default_factory=dict)


def standings(
    cases: Sequence[Application], people: Sequence[User], *, today: date | None = None
) -> dict[tuple[int, int], Standing]:
    """(case, person) → how they stand, in a constant number of queries.

    Conflict: employment, the same group, an application written together, the same mail domain (public providers
    apart), or a declared one. Not known: no declaration within a year, a partner that is no known organisation, or a
    relation recorded as unknown. What is not known blocks as a conflict does.
    """
    day = today or timezone.localdate()
    parties = _parties(cases)
    persons = _persons(people, day)
    return {(case, person): _standing(parties[case], persons[person], person) for case in parties for person in persons}


def barred(cases: Sequence[Application], people: Sequence[User]) -> set[tuple[int, int]]:
    """(case, person) of those whom the office may not let act on a case: by a relation of person, organisation or
    group, or a declared one. The office's own mail domain tells nothing about its staff.
    """
    parties, persons = _parties(cases), _persons(people, timezone.localdate())
    for one in parties.values():
        one.domains.clear()
    return {
        (case, pk)
        for case, one in parties.items()
        for pk, person in persons.items()
        if _standing(one, person, pk).relation is Relation.CONFLICT
    }


def is_related(actor: User | None, case: Application) -> bool:
    """Whether ``actor`` is ``barred`` from acting on ``case``."""
    return actor is not None and bool(barred([case], [actor]))


def _standing(parties: _Parties, person: _Person, pk: int) -> Standing:
    told = [person.told[one] for one in sorted(parties.organisations) if one in person.told]
    conflicts = [kind for relation, kind in told if relation is Relation.CONFLICT]
    if pk in parties.people:
        conflicts.append(PERSON)
    if person.organisations & parties.organisations:
        conflicts.append(RelationKind.EMPLOYMENT)
    if person.groups & parties.groups:
        conflicts.append(RelationKind.GROUP)
    if person.applied_for & parties.organisations:
        conflicts.append(RelationKind.CO_APPLICANT)
    if person.domain and person.domain in parties.domains:
        conflicts.append(RelationKind.MAIL_DOMAIN)
    if conflicts:
        return Standing(Relation.CONFLICT, tuple(dict.fromkeys(str(one) for one in conflicts)))
    unknown = [OFFICE_DOUBTS] if any(relation is Relation.UNKNOWN for relation, _kind in told) else []
    unknown += [UNKNOWN_PARTNER] if parties.strange else []
    unknown += [] if person.declared else [NOT_DECLARED]
    return Standing(Relation.UNKNOWN, tuple(unknown)) if unknown else Standing(Relation.NONE)


def _parties(cases: Sequence[Application]) -> dict[int, _Parties]:
    found = {case.pk: _Parties() for case in cases}
    for case in cases:
        if case.organisation_id is not None:
            found[case.pk].organisations.add(case.organisation_id)
        found[case.pk].people.add(case.created_by_id)
    members = ApplicationMember.objects.filter(application__in=found).values_list("application", "user", "user__email")
    for case_id, user, email in members:
        found[case_id].people.add(user)
        found[case_id].domains |= _domain(email)
    for case_id, organisation, user, email in Partner.objects.filter(application__in=found).values_list(
        "application", "organisation", "user", "email"
    ):
        one = found[case_id]
        one.people |= {user} - {None}
        one.domains |= _domain(email)
        if organisation is None:
            one.strange = True
        else:
            one.organisations.add(organisation)
    groups = _groups({pk for one in found.values() for pk in one.organisations})
    for one in found.values():
        one.groups = {group for pk in one.organisations for group in groups[pk]}
    return found


def _persons(people: Sequence[User], day: date) -> dict[int, _Person]:
    found = {person.pk: _Person(domain=next(iter(_domain(person.email)), "")) for person in people}
    for user, organisation in Membership.objects.filter(user__in=found).values_list("user", "organisation"):
        found[user].organisations.add(organisation)
    groups = _groups({pk for one in found.values() for pk in one.organisations})
    for one in found.values():
        one.groups = {group for pk in one.organisations for group in groups[pk]}
    written = ApplicationMember.objects.filter(user__in=found, application__organisation__isnull=False)
    for user, organisation in written.values_list("user", "application__organisation"):
        found[user].applied_for.add(organisation)
    declared = ReviewerProfile.objects.filter(user__in=found, declared_on__gte=day - DECLARATION_HOLDS)
    for user in declared.values_list("user", flat=True):
        found[user].declared = True
    _add_told(found, day)
    return found


def _add_told(found: dict[int, _Person], day: date) -> None:
    """What was declared or recorded and holds on ``day``; the newest word on an organisation counts."""
    rows = ReviewerRelation.objects.filter(user__in=found).order_by("pk")
    for row in rows.exclude(until__lt=day):
        found[row.user_id].told[row.organisation_id] = (Relation(row.relation), row.kind)


def _groups(organisations: Iterable[int]) -> dict[int, set[int]]:
    """Each organisation's controlling group, and itself as the head of one."""
    found: dict[int, set[int]] = defaultdict(set)
    for pk in organisations:
        found[pk].add(pk)
    rows: Any = Organisation.objects.filter(pk__in=found, controlling_group__isnull=False)
    for pk, group in rows.values_list("pk", "controlling_group"):
        found[pk].add(group)
    return found


def _domain(email: str) -> set[str]:
    domain = email.rpartition("@")[2].lower()
    return set() if domain in PUBLIC_MAIL or not domain else {domain}
