"""One demand served by people who cover its needs together."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction

import numpy as np

from talent.choices.matching import Objective, Unserved
from talent.rules.matching.problem import Id, Problem
from talent.rules.matching.solver import Model, NoPlan, Vector, packed, table


@dataclass(frozen=True, slots=True)
class Share:
    """A rule on who makes up the team: between ``least`` and ``most`` of its people are ``members``."""

    members: frozenset[Id]
    least: Fraction = Fraction(0)
    most: Fraction = Fraction(1)


@dataclass(frozen=True, slots=True)
class Team:
    """The people in order of id, or none and why."""

    people: tuple[Id, ...]
    load: int
    reason: Unserved | None = None


def team_for(
    problem: Problem,
    demand: Id,
    objective: Objective = Objective.TEAM_FEWEST,
    *,
    shares: Sequence[Share] = (),
    least_size: int = 1,
    leaders: frozenset[Id] | None = None,
) -> Team:
    """The team of fewest people (or least load), then the other of the two, then the smallest ids.

    Each member carries the load of the demand within the own capacity. ``shares``, ``least_size`` and ``leaders`` (one
    of whom must be in it) are the rules of teams of commissioners.
    """
    refused = problem.forbidden | problem.undeclared | problem.too_low | problem.absent
    load = {each: problem.load[each][demand] for each in problem.people if demand in problem.load[each]}
    people = [each for each in load if (each, demand) not in refused and load[each] <= problem.capacity[each]]
    model = _model(problem, demand, people, shares, least_size, leaders=leaders) if people else None
    size = np.ones(len(people), dtype=np.int64)
    loads = np.array([load[each] for each in people], dtype=np.int64)
    goals = [("size", size), ("load", loads)]
    if objective == Objective.TEAM_LEAST_LOAD:
        goals.reverse()
    try:
        if model is None:
            raise NoPlan
        for name, cost in goals:
            model.minimise(name, cost)
    except NoPlan:
        return Team((), 0, team_reason(problem, demand))
    places = ((place, _only(place, len(people)), 2) for place in range(len(people)))
    for _, cost in packed(places):
        model.minimise("order", cost)
    chosen = [] if model.plan is None else np.flatnonzero(model.plan).tolist()
    return Team(tuple(people[place] for place in chosen), sum(int(loads[place]) for place in chosen))


def _only(place: int, width: int) -> Vector:
    cost = np.zeros(width, dtype=np.int64)
    cost[place] = -1
    return cost


def _model(
    problem: Problem,
    demand: Id,
    people: list[Id],
    shares: Sequence[Share],
    least_size: int,
    *,
    leaders: frozenset[Id] | None,
) -> Model:
    every = list(range(len(people)))
    entries: list[tuple[list[int], list[int]]] = [(every, [1] * len(people))]
    low = [float(least_size)]
    for skill in sorted(problem.needs[demand]):
        entries.append(([at for at in every if skill in problem.skills[people[at]]], []))
        low.append(1.0)
    if leaders is not None:
        entries.append(([at for at in every if people[at] in leaders], []))
        low.append(1.0)
    for share in shares:
        inside = [int(people[at] in share.members) for at in every]
        least, most = share.least, share.most
        entries.append((every, [least.denominator * each - least.numerator for each in inside]))
        entries.append((every, [most.numerator - most.denominator * each for each in inside]))
        low += [0.0, 0.0]
    whole = [(places, numbers or [1] * len(places)) for places, numbers in entries]
    return Model(table(whole, len(people)), np.array(low), np.full(len(low), np.inf))


def team_reason(problem: Problem, demand: Id) -> Unserved:
    """Why no team can be made; the first that holds."""
    needs = problem.needs[demand]
    if not needs <= frozenset().union(*problem.skills.values()):
        return Unserved.SKILL_MISSING
    blocked = problem.forbidden | problem.undeclared
    free = [each for each in problem.people if (each, demand) not in blocked]
    open_needs = needs - frozenset().union(*(problem.skills[each] for each in free))
    if open_needs:
        only_undeclared = problem.undeclared - problem.forbidden
        holders = [each for each in problem.people if problem.skills[each] & open_needs]
        return Unserved.UNDECLARED if any((each, demand) in only_undeclared for each in holders) else Unserved.CONFLICT
    if all((each, demand) in problem.too_low for each in free):
        return Unserved.LEVEL
    if all((each, demand) in problem.absent for each in free):
        return Unserved.DATES
    return Unserved.LOAD
