"""A round of stable matching on plain values: who gets which places, why somebody gets none, and the proof.

Assistants and laboratories are hospitals/residents, founders and the technologies of institutes are student-project
allocation; people propose, so that each gets the best that any stable matching gives them.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from talent.choices.rounds import RoundKind, Unplaced
from talent.rules.matching import projects, stable
from talent.rules.matching.projects import Lecturer, Project

RULE_VERSION = "2026-1"
Pair = tuple[int, int]
"""A person and the offer of places."""


@dataclass(frozen=True)
class Host:
    """A side with places: how many in all, and the people whom it ranks, the most wanted first."""

    id: int
    places: int
    people: tuple[int, ...]


@dataclass(frozen=True)
class Offer:
    """Places that people rank, and whose they are."""

    id: int
    host: int
    places: int


@dataclass(frozen=True)
class RoundInput:
    """All that a run of a round is given. ``barred``: pairs that a conflict of interest, or silence, rules out.

    ``absent`` ranked, but take part no more.
    """

    kind: str
    people: Mapping[int, tuple[int, ...]]
    hosts: tuple[Host, ...]
    offers: tuple[Offer, ...]
    barred: frozenset[Pair] = frozenset()
    absent: frozenset[int] = frozenset()

    def as_data(self) -> dict[str, Any]:
        """Plain values in one order, whatever order the rows came in."""
        return {
            "kind": str(self.kind),
            "people": [{"id": who, "choices": list(self.people[who])} for who in sorted(self.people)],
            "hosts": [
                {"id": each.id, "places": each.places, "people": list(each.people)}
                for each in sorted(self.hosts, key=lambda each: each.id)
            ],
            "offers": [
                {"id": each.id, "host": each.host, "places": each.places}
                for each in sorted(self.offers, key=lambda each: each.id)
            ],
            "barred": [list(pair) for pair in sorted(self.barred)],
            "absent": sorted(self.absent),
        }

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "RoundInput":
        """What a run has kept."""
        return cls(
            kind=data["kind"],
            people={row["id"]: tuple(row["choices"]) for row in data["people"]},
            hosts=tuple(Host(row["id"], row["places"], tuple(row["people"])) for row in data["hosts"]),
            offers=tuple(Offer(row["id"], row["host"], row["places"]) for row in data["offers"]),
            barred=frozenset((person, offer) for person, offer in data["barred"]),
            absent=frozenset(data["absent"]),
        )

    @cached_property
    def host_of(self) -> dict[int, int]:
        return {each.id: each.host for each in self.offers}

    @cached_property
    def rank_at(self) -> dict[int, dict[int, int]]:
        """By side with places: the rank of each person, 1 the most wanted."""
        return {each.id: {who: place for place, who in enumerate(each.people, 1)} for each in self.hosts}

    @cached_property
    def wishes(self) -> dict[int, tuple[int, ...]]:
        """The lists of those who take part, without what is ruled out."""
        return {
            who: () if who in self.absent else tuple(each for each in listed if (who, each) not in self.barred)
            for who, listed in sorted(self.people.items())
        }


@dataclass(frozen=True)
class RoundAnswer:
    """Places by person, None with the reason in ``reasons``; ``only``: no other stable matching exists."""

    places: Mapping[int, int | None]
    reasons: Mapping[int, Unplaced]
    only: bool


def solve(given: RoundInput) -> RoundAnswer:
    """The stable matching that people like best; the same for the same input, whatever the order of its rows."""
    best, worst = _laboratories(given) if given.kind == RoundKind.LABORATORIES else _technologies(given)
    reasons = {who: _why_not(given, who) for who, offer in best.items() if offer is None}
    return RoundAnswer(best, reasons, best == worst)


def _laboratories(given: RoundInput) -> tuple[dict[int, int | None], dict[int, int | None]]:
    """A laboratory offers its places once: the offer stands for it."""
    offer_of = {host: offer for offer, host in given.host_of.items()}
    hosts = {offer_of[each.id]: each.people for each in given.hosts if each.id in offer_of}
    room = {offer_of[each.id]: each.places for each in given.hosts if each.id in offer_of}
    return (
        stable.applicant_optimal(given.wishes, hosts, room),
        stable.host_optimal(given.wishes, hosts, room),
    )


def _technologies(given: RoundInput) -> tuple[dict[int, int | None], dict[int, int | None]]:
    students, technologies, institutes = _as_projects(given)
    found = (
        projects.student_optimal(students, technologies, institutes),
        projects.lecturer_optimal(students, technologies, institutes),
    )
    best, worst = ({int(who): int(where) if where else None for who, where in each.items()} for each in found)
    return best, worst


def _as_projects(given: RoundInput) -> tuple[dict[str, list[str]], dict[str, Project], dict[str, Lecturer]]:
    return (
        {str(who): [str(each) for each in wishes] for who, wishes in given.wishes.items()},
        {str(each.id): Project(each.places, str(each.host)) for each in given.offers},
        {str(each.id): Lecturer(each.places, tuple(str(who) for who in each.people)) for each in given.hosts},
    )


def _why_not(given: RoundInput, who: int) -> Unplaced:
    if who in given.absent:
        return Unplaced.NOT_ELIGIBLE
    if not given.wishes[who]:
        return Unplaced.BARRED
    mutual = [each for each in given.wishes[who] if who in given.rank_at[given.host_of[each]]]
    return Unplaced.TAKEN if mutual else Unplaced.NOT_MUTUAL


def blocking(given: RoundInput, places: Mapping[int, int | None]) -> list[Pair]:
    """Pairs of person and places that would both rather have each other; none in a stable matching.

    A place that was given by hand outside of both rankings counts as the worst for either side.
    """
    rank = {
        who: {offer: place for place, offer in enumerate(wishes)} for who, wishes in given.wishes.items()
    }  # fmt: skip
    held: dict[int, list[int]] = {each.id: [] for each in given.offers}
    for who, offer in places.items():
        if offer is not None:
            held[offer].append(who)
    return [
        (who, offer)
        for who, wishes in given.wishes.items()
        for offer in wishes
        if rank[who][offer] < rank[who].get(places.get(who) or 0, len(wishes)) and _welcome(given, held, who, offer)
    ]


def _welcome(given: RoundInput, held: Mapping[int, list[int]], who: int, offer: int) -> bool:
    """Whether the side with places would take ``who`` on ``offer``, if need be instead of somebody else."""
    host = given.host_of[offer]
    ranks = given.rank_at[host]
    if who not in ranks:
        return False
    whole = next(each.places for each in given.hosts if each.id == host)
    room = next(each.places for each in given.offers if each.id == offer)
    there = [each for other, people in held.items() if given.host_of[other] == host for each in people]

    def rather(than: list[int]) -> bool:
        return any(ranks[who] < ranks.get(each, len(ranks) + 1) for each in than)

    if len(held[offer]) >= room:
        return rather(held[offer])
    return len(there) < whole or who in there or rather(there)


def free_places(given: RoundInput, places: Mapping[int, int | None]) -> dict[int, int]:
    """By side with places, how many stay free."""
    taken = [given.host_of[offer] for offer in places.values() if offer is not None]
    return {each.id: each.places - taken.count(each.id) for each in given.hosts}
