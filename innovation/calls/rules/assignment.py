"""Reviewers for cases: all seats filled if possible, then even load, then expertise; conflicts never (5.5, R12).

Three exact steps over one integer programme: most seats filled; among these the evenest load (the sum of squared loads
is least, so loads differ by at most one wherever the limits and conflicts let them); among these the best match of
topics. Cases and reviewers are ordered by their keys first, so the same question always has the same answer.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

import numpy as np
import scipy

if TYPE_CHECKING:
    from scipy.optimize import LinearConstraint
    from scipy.sparse import csr_array


class Relation(StrEnum):
    """Declared or computed relation of a reviewer to the parties of a case. Only ``none`` lets them meet."""

    NONE = "none"
    CONFLICT = "conflict"
    UNKNOWN = "unknown"


class AssignmentError(RuntimeError):
    """The solver ended without an answer; nothing was assigned."""


@dataclass(frozen=True, slots=True)
class Reviewer:
    """``limit``: most cases in all; ``load``: cases held already; ``topics``: fields of expertise."""

    key: str
    limit: int
    load: int = 0
    topics: frozenset[str] = frozenset()

    @property
    def free(self) -> int:
        """Seats that the reviewer can still take."""
        return max(0, self.limit - self.load)


@dataclass(frozen=True, slots=True)
class Seats:
    """A case that needs ``needed`` more reviewers of its ``topics``."""

    case: str
    needed: int
    topics: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Choice:
    """One seat filled: the topics shared, the load before and after all choices, and how many others were possible."""

    case: str
    reviewer: str
    shared: tuple[str, ...]
    load_before: int
    load_after: int
    candidates: int


@dataclass(frozen=True, slots=True)
class Shortage:
    """Seats of a case that stay empty, and why: reviewers barred by conflict, by an unknown relation, by too little
    expertise, and those who were possible but are full.
    """

    case: str
    missing: int
    conflict: tuple[str, ...]
    unknown: tuple[str, ...]
    no_match: tuple[str, ...]
    full: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Proposal:
    """Staff confirm it; nothing is assigned by computing."""

    choices: tuple[Choice, ...]
    shortages: tuple[Shortage, ...]
    loads: Mapping[str, int]


Relations = Mapping[tuple[str, str], Relation]
Pairs = list[tuple[int, int]]


def propose(
    cases: Sequence[Seats], reviewers: Sequence[Reviewer], relations: Relations, *, least_match: int = 0
) -> Proposal:
    """Reviewers for the open seats of ``cases``.

    ``relations`` is (case, reviewer) → relation; a pair that is not in it is unknown and blocks. ``least_match`` is
    the number of topics that must be shared. Nobody gets a case twice or goes over the limit. Raises ValueError for
    two cases or reviewers of one key, AssignmentError when the solver fails.
    """
    wanted = sorted((case for case in cases if case.needed > 0), key=lambda one: one.case)
    staff = sorted(reviewers, key=lambda one: one.key)
    if len({case.case for case in cases}) < len(cases) or len({one.key for one in staff}) < len(staff):
        raise ValueError("A case or reviewer stands twice")
    pairs = [
        (at, who)
        for at, case in enumerate(wanted)
        for who, one in enumerate(staff)
        if one.free
        and relations.get((case.case, one.key), Relation.UNKNOWN) is Relation.NONE
        and len(case.topics & one.topics) >= least_match
    ]
    taken = _solve(wanted, staff, pairs) if pairs else []
    loads = {one.key: one.load for one in staff}
    for _at, who in taken:
        loads[staff[who].key] += 1
    candidates = [sum(at == place for at, _who in pairs) for place in range(len(wanted))]
    choices = tuple(
        Choice(
            wanted[at].case, staff[who].key, tuple(sorted(wanted[at].topics & staff[who].topics)), staff[who].load,
            loads[staff[who].key], candidates[at],
        )
        for at, who in taken
    )  # fmt: skip
    filled = [sum(at == place for at, _who in taken) for place in range(len(wanted))]
    chosen = set(taken)
    shortages = []
    for at, case in enumerate(wanted):
        if filled[at] < case.needed:
            others = [one for who, one in enumerate(staff) if (at, who) not in chosen]
            shortages.append(_shortage(case, case.needed - filled[at], others, relations, least_match))
    return Proposal(choices, tuple(shortages), loads)


def _shortage(
    case: Seats, missing: int, others: Sequence[Reviewer], relations: Relations, least_match: int
) -> Shortage:
    related = {one.key: relations.get((case.case, one.key), Relation.UNKNOWN) for one in others}
    free = [one for one in others if related[one.key] is Relation.NONE]
    strange = [one for one in free if len(case.topics & one.topics) < least_match]
    return Shortage(
        case.case,
        missing,
        tuple(key for key, relation in related.items() if relation is Relation.CONFLICT),
        tuple(key for key, relation in related.items() if relation is Relation.UNKNOWN),
        tuple(one.key for one in strange),
        tuple(one.key for one in free if one not in strange),
    )


def _solve(wanted: Sequence[Seats], staff: Sequence[Reviewer], pairs: Pairs) -> Pairs:
    """Pairs chosen. Unknowns: one 0/1 per pair, and one per further seat of each reviewer, each dearer."""
    steps = [(who, one.load + turn) for who, one in enumerate(staff) for turn in range(min(one.free, len(wanted)))]
    width = len(pairs) + len(steps)
    seats = _rows(len(wanted), width, [(at, place, 1) for place, (at, _who) in enumerate(pairs)])
    balance = _rows(
        len(staff),
        width,
        [(who, place, 1) for place, (_at, who) in enumerate(pairs)]
        + [(who, len(pairs) + place, -1) for place, (who, _load) in enumerate(steps)],
    )
    needed = np.array([case.needed for case in wanted], dtype=float)
    constraints = [scipy.optimize.LinearConstraint(seats, 0, needed), scipy.optimize.LinearConstraint(balance, 0, 0)]
    filled, uneven, match = np.zeros(width), np.zeros(width), np.zeros(width)
    filled[: len(pairs)] = 1
    # (load + 1)² − load²: what one more case adds to the sum of squares.
    uneven[len(pairs) :] = [2 * load + 1 for _who, load in steps]
    match[: len(pairs)] = [len(wanted[at].topics & staff[who].topics) for at, who in pairs]
    _found, most = _best(-filled, constraints, width)
    constraints.append(scipy.optimize.LinearConstraint(scipy.sparse.csr_array(filled.reshape(1, -1)), -most, -most))
    _found, least = _best(uneven, constraints, width)
    constraints.append(scipy.optimize.LinearConstraint(scipy.sparse.csr_array(uneven.reshape(1, -1)), least, least))
    found, _total = _best(-match, constraints, width)
    return [pair for place, pair in enumerate(pairs) if found[place]]


def _best(cost: np.ndarray, constraints: list["LinearConstraint"], width: int) -> tuple[list[int], int]:
    """The least of ``cost`` over whole numbers 0 and 1: the solution and its cost, which is a whole number too."""
    answer = scipy.optimize.milp(
        cost,
        constraints=constraints,
        bounds=scipy.optimize.Bounds(0, 1),
        integrality=np.ones(width),
        options={"mip_rel_gap": 0},
    )
    if answer.x is None or not answer.success:
        raise AssignmentError(answer.message)
    chosen = [round(value) for value in answer.x]
    return chosen, round(float(np.dot(cost, chosen)))


def _rows(height: int, width: int, cells: list[tuple[int, int, int]]) -> "csr_array":
    down, across, values = zip(*cells, strict=True)
    return scipy.sparse.csr_array((values, (down, across)), shape=(height, width), dtype=float)
