"""Rounds of stable matching: who may rank, who has, and what a run is given."""

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, Prefetch, QuerySet

from innovation.accounts.models import User
from innovation.organisations.choices import MembershipRole
from innovation.organisations.models import Organisation
from talent.choices.matching import ConflictSource
from talent.models import (
    ConflictDeclaration,
    MatchRound,
    MatchRun,
    Person,
    RankedChoice,
    Ranking,
    RoundHost,
    RoundOffer,
)
from talent.queries.matching import pool
from talent.rules.matching.rounds import Host, Offer, RoundInput

SPEAKS = (MembershipRole.LEAD, MembershipRole.EDITOR)
"""Who ranks for a laboratory or an institute: the leads and editors of its organisation."""


def eligible(round_: MatchRound) -> QuerySet[Person]:
    """People who may rank in the round: profile in force, consent to matching, open to proposals."""
    return Person.objects.filter(pk__in=pool(round_.role_kind).values("person_id")).order_by("pinyin", "pk")


def offers_of(round_: MatchRound) -> QuerySet[RoundOffer]:
    """The places of a round with their names."""
    rows = RoundOffer.objects.filter(host__round=round_).order_by("host__organisation__pinyin", "pk")
    return rows.select_related("technology", "host__laboratory", "host__organisation")


def candidates(host: RoundHost) -> QuerySet[Person]:
    """People whom a side with places may rank: who handed in a ranking that names its places."""
    chosen = RankedChoice.objects.filter(offer__host=host, ranking__in=Ranking.objects.submitted())
    return Person.objects.filter(pk__in=chosen.values("ranking__person")).order_by("pinyin", "pk")


def hosts_of(user: User, round_: MatchRound) -> QuerySet[RoundHost]:
    """The sides with places for which ``user`` ranks."""
    mine = Organisation.objects.of_member(user, *SPEAKS)
    return round_.hosts.filter(organisation__in=mine).select_related("organisation", "laboratory", "ranking")


def speakers(organisation: Organisation) -> list[User]:
    """The active accounts that rank for an organisation."""
    rows = organisation.memberships.filter(role__in=SPEAKS, user__is_active=True).select_related("user")
    return [row.user for row in rows.order_by("pk")]


def interests_of(
    people: Collection[int], organisations: Collection[int], day: date
) -> tuple[set[tuple[int, int]], set[tuple[int, int]]]:
    """Pairs of person and organisation with a live conflict, and those about which the person has spoken."""
    rows = ConflictDeclaration.objects.filter(person__in=people, organisation__in=organisations, demand=None)
    conflicts, declared = set(), set()
    for row in rows:
        pair = (row.person_id, row.organisation_id)
        declared.add(pair)
        if row.source != ConflictSource.NONE and not row.cleared_at and (not row.valid_to or row.valid_to >= day):
            conflicts.add(pair)
    return conflicts, declared


def input_of(round_: MatchRound, day: date) -> RoundInput:
    """What a run of the round is given now; eight queries."""
    offers = list(RoundOffer.objects.filter(host__round=round_).select_related("host"))
    owner = {each.pk: each.host.organisation_id for each in offers}
    of_people: dict[int, list[int]] = {}
    of_hosts: dict[int, list[int]] = defaultdict(list)
    rankings = Ranking.objects.filter(round=round_).submitted().order_by("pk")
    for ranking in rankings.prefetch_related(Prefetch("choices", RankedChoice.objects.order_by("position"))):
        if ranking.person_id is not None:
            of_people[ranking.person_id] = [row.offer_id for row in ranking.choices.all() if row.offer_id]
        elif ranking.host_id is not None:
            of_hosts[ranking.host_id] = [row.person_id for row in ranking.choices.all() if row.person_id]
    present = set(eligible(round_).filter(pk__in=of_people).values_list("pk", flat=True))
    conflicts, declared = interests_of(of_people, set(owner.values()), day)
    return RoundInput(
        kind=round_.kind,
        people={who: tuple(listed) for who, listed in of_people.items()},
        hosts=tuple(Host(each.pk, each.places, tuple(of_hosts[each.pk])) for each in round_.hosts.all()),
        offers=tuple(Offer(each.pk, each.host_id, each.places) for each in offers),
        barred=frozenset(
            (who, offer)
            for who, listed in of_people.items()
            for offer in listed
            if (who, owner[offer]) in conflicts or (who, owner[offer]) not in declared
        ),
        absent=frozenset(of_people.keys() - present),
    )


def last_run(round_: MatchRound) -> MatchRun | None:
    """The newest run of the round, finished or not."""
    return MatchRun.objects.filter(round=round_).order_by("-pk").first()


@dataclass(frozen=True)
class PersonLine:
    """One person who may rank, or did: the ranking (None: nothing yet) and how many places stand on it."""

    person: Person
    ranking: Ranking | None
    chosen: int


def people_lines(round_: MatchRound) -> list[PersonLine]:
    """Everybody who may rank in the round, and who ranked and may no more; three queries."""
    rows = Ranking.objects.filter(round=round_, person__isnull=False).annotate(chosen=Count("choices"))
    ranked = {row.person_id: row for row in rows.select_related("person__user")}
    people = {person.pk: person for person in eligible(round_).select_related("user")}
    people |= {pk: row.person for pk, row in ranked.items() if pk not in people and row.person}
    return [
        PersonLine(person, ranked.get(pk), ranked[pk].chosen if pk in ranked else 0) for pk, person in people.items()
    ]


@dataclass(frozen=True)
class HostLine:
    """One side with places: its ranking (None: nothing yet), how many chose it and how many it ranked."""

    host: RoundHost
    ranking: Ranking | None
    candidates: int
    ranked: int


def host_lines(round_: MatchRound) -> list[HostLine]:
    """The sides of a round with their places, who chose them and whom they ranked; four queries."""
    chosen = RankedChoice.objects.filter(offer__host__round=round_, ranking__in=Ranking.objects.submitted())
    waiting = dict(
        chosen.values("offer__host").annotate(count=Count("ranking__person", distinct=True))
        .values_list("offer__host", "count").order_by()
    )  # fmt: skip
    rows = Ranking.objects.filter(round=round_, host__isnull=False).annotate(ranked=Count("choices"))
    rankings = {row.host_id: row for row in rows}
    hosts = round_.hosts.select_related("organisation", "laboratory").prefetch_related("offers__technology")
    return [
        HostLine(host, rankings.get(host.pk), waiting.get(host.pk, 0),
                 rankings[host.pk].ranked if host.pk in rankings else 0)
        for host in hosts.order_by("organisation__pinyin", "pk")
    ]  # fmt: skip
