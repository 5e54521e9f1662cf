"""What a run was given, as plain rows, and the question to the matcher that follows from them."""

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from fractions import Fraction
from functools import cached_property
from typing import Any

from talent.choices.matching import FitPart
from talent.rules.matching.fit import Offer, Wanted, parts_of, total_of
from talent.rules.matching.problem import Limit, Pair, Problem

Span = tuple[str, str, int]
"""First day, last day (ISO 8601, both included), points."""


@dataclass(frozen=True)
class PersonRow:
    """A person as the matcher knows them. ``outcomes`` in per cent; ``newly`` certified within the last year."""

    id: int
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    sectors: tuple[str, ...]
    stages: tuple[str, ...]
    level: int
    region: str
    capacity: int
    outcomes: tuple[int, ...] = ()
    periods: tuple[Span, ...] = ()
    busy: tuple[Span, ...] = ()
    available_until: str | None = None
    newly: bool = False

    @property
    def offer(self) -> Offer:
        return Offer(
            frozenset(self.skills), frozenset(self.sectors), frozenset(self.stages), self.level, self.region,
            tuple(Fraction(each, 100) for each in self.outcomes),
        )  # fmt: skip

    def most_on(self, day: str) -> int:
        """Capacity on a day, leave counted."""
        return min([self.capacity, *(points for first, last, points in self.periods if first <= day <= last)])

    def free_on(self, day: str) -> int:
        """Capacity on a day less what other mandates take."""
        return self.most_on(day) - sum(load for first, last, load in self.busy if first <= day <= last)


@dataclass(frozen=True)
class DemandRow:
    """A demand as the matcher knows it; ``current`` is who runs it now, where that is planned anew."""

    id: int
    owner: int
    skills: tuple[str, ...]
    languages: tuple[str, ...]
    sector: str
    stage: str
    level: int
    region: str
    load: int
    starts_on: str
    ends_on: str
    priority: bool = False
    small: bool = False
    current: int | None = None

    @property
    def wanted(self) -> Wanted:
        return Wanted(frozenset(self.skills), self.sector, self.stage, self.level, self.region)

    @property
    def needs(self) -> frozenset[str]:
        return _with_languages(self.skills, self.languages)


def _with_languages(skills: Iterable[str], languages: Iterable[str]) -> frozenset[str]:
    return frozenset([*skills, *(f"language:{each}" for each in languages)])


@dataclass(frozen=True)
class Snapshot:
    """All that a run was given. ``conflicts`` are person, demand, source; silence is listed in ``undeclared``."""

    day: str
    people: tuple[PersonRow, ...]
    demands: tuple[DemandRow, ...]
    conflicts: tuple[tuple[int, int, str], ...] = ()
    undeclared: tuple[tuple[int, int], ...] = ()
    change_penalty: int = 0
    per_institute: int | None = None

    def as_data(self) -> dict[str, Any]:
        """Plain values in one order, whatever order the rows came in."""
        rows = asdict(self)
        for name in ("people", "demands"):
            rows[name] = sorted(rows[name], key=lambda row: row["id"])
        rows["conflicts"], rows["undeclared"] = sorted(self.conflicts), sorted(self.undeclared)
        return json.loads(json.dumps(rows))

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> "Snapshot":
        """The snapshot that a run has kept."""
        rows = dict(data)
        return cls(
            **rows
            | {
                "people": tuple(PersonRow(**_tuples(row)) for row in rows["people"]),
                "demands": tuple(DemandRow(**_tuples(row)) for row in rows["demands"]),
                "conflicts": tuple((person, demand, source) for person, demand, source in rows["conflicts"]),
                "undeclared": tuple((person, demand) for person, demand in rows["undeclared"]),
            }
        )

    @cached_property
    def person(self) -> dict[int, PersonRow]:
        return {row.id: row for row in self.people}

    @cached_property
    def demand(self) -> dict[int, DemandRow]:
        return {row.id: row for row in self.demands}

    def parts(self, person: int, demand: int) -> dict[FitPart, Fraction]:
        """The points of a pair."""
        return parts_of(self.person[person].offer, self.demand[demand].wanted)

    @cached_property
    def problem(self) -> Problem:
        """The question to the matcher."""
        pairs = [(person, demand) for person in self.people for demand in self.demands]
        wanted = {demand.id: demand.wanted for demand in self.demands}
        fit: dict[Any, dict[Any, int]] = {}
        for person in self.people:
            offer = person.offer
            fit[person.id] = {key: total_of(parts_of(offer, each).values()) for key, each in wanted.items()}
        return Problem(
            capacity={row.id: row.capacity for row in self.people},
            load={row.id: {demand.id: demand.load for demand in self.demands} for row in self.people},
            fit=fit,
            skills={row.id: _with_languages(row.skills, row.languages) for row in self.people},
            needs={row.id: row.needs for row in self.demands},
            forbidden=frozenset((person, demand) for person, demand, _source in self.conflicts),
            undeclared=frozenset(self.undeclared),
            too_low=frozenset((person.id, demand.id) for person, demand in pairs if person.level < demand.level),
            absent=frozenset((person.id, demand.id) for person, demand in pairs if _absent(person, demand)),
            priority=frozenset(row.id for row in self.demands if row.priority),
            current={row.id: row.current for row in self.demands if row.current is not None},
            change_penalty=self.change_penalty,
            limits=(*self._by_day(), *self._by_owner()),
        )

    def _by_day(self) -> list[Limit]:
        """What each person can still carry on the days on which demands run together."""
        found = []
        for person in self.people:
            days = {row.starts_on for row in self.demands}
            days |= {first for first, _last, _points in (*person.periods, *person.busy)}
            rooms: dict[frozenset[Any], int] = {}
            for day in sorted(days):
                running = frozenset(row.id for row in self.demands if row.starts_on <= day <= row.ends_on)
                if running:
                    rooms[running] = min(rooms.get(running, person.capacity), max(0, person.free_on(day)))
            found += [
                Limit(person.id, running, most)
                for running, most in rooms.items()
                if not any(running < other and most >= less for other, less in rooms.items())
            ]
        return found

    def _by_owner(self) -> list[Limit]:
        if self.per_institute is None:
            return []
        owners: dict[int, set[Any]] = {}
        for row in self.demands:
            owners.setdefault(row.owner, set()).add(row.id)
        return [
            Limit(person.id, frozenset(owned), self.per_institute, counts=True)
            for person in self.people
            for owned in owners.values()
            if len(owned) > self.per_institute
        ]

    def conflict_of(self, pair: Pair) -> str | None:
        """Where the conflict of a pair comes from, None without one."""
        return next((source for person, demand, source in self.conflicts if (person, demand) == pair), None)


def _tuples(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: tuple(tuple(each) if isinstance(each, list) else each for each in value)
        if isinstance(value, list)
        else value
        for name, value in row.items()
    }


def _absent(person: PersonRow, demand: DemandRow) -> bool:
    """Whether the person is away on a day of the demand, or has not said to be available until then."""
    if person.available_until is not None and person.available_until < demand.starts_on:
        return True
    return any(not points and first <= demand.ends_on and last >= demand.starts_on
               for first, last, points in person.periods)  # fmt: skip


def digest_of(data: Mapping[str, Any], *more: str) -> str:
    """SHA-256 of a snapshot and of what else decides the answer."""
    text = json.dumps([data, *more], ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()
