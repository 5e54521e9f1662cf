"""What a matching is asked: people with room and skills, demands with needs, and which pairs may not be."""

import hashlib
import json
from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

RULE_VERSION = "matching-1"
"""Named in every run; a change of what is computed here gets a new name."""

Id = int | str
Pair = tuple[Id, Id]
"""A person and a demand."""


@dataclass(frozen=True, slots=True)
class Limit:
    """At most ``most`` for ``person`` over ``demands``: load points in one span of days, or how many demands."""

    person: Id
    demands: frozenset[Id]
    most: int
    counts: bool = False


@dataclass(frozen=True)
class Problem:
    """One question to the matcher. Ids are whole numbers or texts, of one type each.

    ``load`` is per person and demand in points, ``fit`` 0 to 100 (empty for teams). ``capacity`` is the most that one
    person may carry over all demands together; where ``limits`` name days of a person, these count instead.
    """

    capacity: Mapping[Id, int]
    load: Mapping[Id, Mapping[Id, int]]
    fit: Mapping[Id, Mapping[Id, int]]
    skills: Mapping[Id, frozenset[str]]
    needs: Mapping[Id, frozenset[str]]
    forbidden: frozenset[Pair] = frozenset()
    undeclared: frozenset[Pair] = frozenset()
    too_low: frozenset[Pair] = frozenset()
    absent: frozenset[Pair] = frozenset()
    priority: frozenset[Id] = frozenset()
    current: Mapping[Id, Id] = field(default_factory=dict)
    change_penalty: int = 0
    limits: tuple[Limit, ...] = ()

    @cached_property
    def people(self) -> list[Id]:
        return sorted(self.capacity)

    @cached_property
    def demands(self) -> list[Id]:
        return sorted(self.needs)

    @cached_property
    def pairs(self) -> list[Pair]:
        """Eligible pairs in order of demand, then person: the person alone holds the needs and may and can do it."""
        refused = self.forbidden | self.undeclared | self.too_low | self.absent
        return [
            (person, demand)
            for demand in self.demands
            for person in self.people
            if self.skills[person] >= self.needs[demand]
            and self.load[person][demand] <= self.capacity[person]
            and (person, demand) not in refused
        ]

    def as_data(self) -> dict[str, Any]:
        """The whole question as plain values in one order, whatever order the rows came in."""
        return {
            "rule_version": RULE_VERSION,
            "people": [[each, self.capacity[each], sorted(self.skills[each])] for each in self.people],
            "demands": [
                [each, sorted(self.needs[each]), each in self.priority, self.current.get(each)] for each in self.demands
            ],
            "pairs": [
                [person, demand, self.load[person][demand], self.fit.get(person, {}).get(demand)]
                for person in self.people
                for demand in self.demands
            ],
            "change_penalty": self.change_penalty,
            "limits": sorted(
                [str(each.person), sorted(map(str, each.demands)), each.most, each.counts] for each in self.limits
            ),
        } | {
            name: sorted([str(person), str(demand)] for person, demand in getattr(self, name))
            for name in ("forbidden", "undeclared", "too_low", "absent")
        }

    @cached_property
    def digest(self) -> str:
        """SHA-256 of the question; equal questions have equal digests."""
        text = json.dumps(self.as_data(), ensure_ascii=False, separators=(",", ":"))
        return hashlib.sha256(text.encode()).hexdigest()


def pairs_of(rows: Iterable[Iterable[Hashable]]) -> frozenset[Pair]:
    """Pairs as read from JSON."""
    return frozenset((person, demand) for person, demand in rows)  # type: ignore[misc]
