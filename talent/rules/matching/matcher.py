"""Demands and people matched with capacity, skills and conflicts: a list of goals, each fixed before the next.

``max_total``: priority demands served, demands served, total fit less the penalty of moved mandates, the worst fits
raised, fewest moves, then demands in order of id, smallest person first. ``leximin`` raises the worst fits before the
total. Equal questions have equal answers, whatever the order of their rows.
"""

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np

from talent.choices.matching import Objective, Unserved
from talent.rules.matching.prices import MOST_POINTS, Block
from talent.rules.matching.problem import Id, Pair, Problem
from talent.rules.matching.reasons import reason_of
from talent.rules.matching.solver import LARGE, Goal, Model, NoPlan, OutOfTime, Vector, packed, table

SERVED, TOTAL, WORST, MOVES, ORDER, PRIORITY = "served", "total_fit", "worst_first", "moves", "order", "priority"
Clock = Callable[[], float]


def forever() -> float:
    """No time limit."""
    return math.inf


@dataclass(frozen=True)
class Answer:
    """Who serves what. ``max_total_fit`` is the best total at the same priority and served counts, without penalty.

    It is None where it was not asked for, or the time had ended. ``goals`` are the steps with their proven bounds.
    """

    problem: Problem
    lead: Mapping[Id, Id]
    max_total_fit: int | None
    goals: tuple[Goal, ...]
    stopped: bool

    @cached_property
    def served(self) -> int:
        return len(self.lead)

    @cached_property
    def fits(self) -> list[int]:
        return sorted(self.problem.fit[person][demand] for demand, person in self.lead.items())

    @cached_property
    def total_fit(self) -> int:
        return sum(self.fits)

    @cached_property
    def total_load(self) -> int:
        return sum(self.problem.load[person][demand] for demand, person in self.lead.items())

    @cached_property
    def used(self) -> dict[Id, int]:
        """Load points given to each person."""
        points = dict.fromkeys(self.problem.people, 0)
        for demand, person in self.lead.items():
            points[person] += self.problem.load[person][demand]
        return points

    @cached_property
    def changes(self) -> int:
        """Running mandates that moved to another person or were dropped."""
        return sum(self.lead.get(demand) != person for demand, person in self.problem.current.items())

    @cached_property
    def reasons(self) -> dict[Id, Unserved]:
        return {demand: reason_of(self.problem, demand) for demand in self.problem.demands if demand not in self.lead}

    @property
    def gap(self) -> int:
        """How much the first goal without proof may be from its best; 0 when all are proved."""
        return next((goal.value - goal.bound for goal in self.goals if not goal.proved), 0)


class _Matching:
    """The model of one problem, and its costs."""

    def __init__(self, problem: Problem, seconds_left: Clock, large: int) -> None:
        self.problem, self.pairs = problem, problem.pairs
        self.seconds_left, self.large = seconds_left, large
        self.of_demand: dict[Id, list[int]] = {}
        self.of_person: dict[Id, list[int]] = {}
        for place, (person, demand) in enumerate(self.pairs):
            self.of_demand.setdefault(demand, []).append(place)
            self.of_person.setdefault(person, []).append(place)
        self.dated = {limit.person for limit in problem.limits if not limit.counts}
        self.fit = np.array([problem.fit[person][demand] for person, demand in self.pairs], dtype=np.int64)
        self.kept = np.array([problem.current.get(demand) == person for person, demand in self.pairs], dtype=np.int64)

    def load(self, place: int) -> int:
        person, demand = self.pairs[place]
        return self.problem.load[person][demand]

    def model(self, *, all_served: bool) -> Model:
        entries, low, high = [], [], []
        blocks: dict[int, Block] = {}
        widest: dict[Id, int] = {}
        for places in self.of_demand.values():
            entries.append((places, [1] * len(places)))
            low.append(1.0 if all_served else 0.0)
            high.append(1.0)
        for places, numbers, most in self._bounds():
            if sum(numbers) > most:
                person = self.pairs[places[0]][0]
                if most <= MOST_POINTS and len(places) > len(blocks[widest[person]].places if person in widest else ()):
                    blocks.pop(widest.get(person, -1), None)
                    widest[person] = len(entries)
                    blocks[len(entries)] = Block(places, numbers, most)
                entries.append((places, numbers))
                low.append(-np.inf)
                high.append(float(most))
        rows = table(entries, len(self.pairs))
        return Model(rows, np.array(low), np.array(high), self.seconds_left, self.large, blocks)

    def _bounds(self) -> Iterator[tuple[list[int], list[int], int]]:
        for person, places in self.of_person.items():
            if person not in self.dated:
                yield places, [self.load(place) for place in places], self.problem.capacity[person]
        for limit in self.problem.limits:
            places = [at for at in self.of_person.get(limit.person, []) if self.pairs[at][1] in limit.demands]
            yield places, [1 if limit.counts else self.load(at) for at in places], limit.most

    def served(self, only: frozenset[Id] | None = None) -> Vector:
        """Minus one for each demand served."""
        return np.array([-int(only is None or demand in only) for _, demand in self.pairs], dtype=np.int64)

    def total(self, penalty: int) -> Vector:
        return -(self.fit + penalty * self.kept)

    def room_for_all(self) -> bool:
        """A quick look whether all demands that have somebody could be served; False is certain."""
        if self.dated:
            return True
        least = sum(min(self.load(place) for place in places) for places in self.of_demand.values())
        return least <= sum(self.problem.capacity[person] for person in self.of_person)

    def start(self, then: Vector | None) -> tuple[Model, bool]:
        """The model with the first two goals reached, and ``then``; and whether all that have somebody are served.

        What the model without wholeness could serve is tried first, together with the next goal: when a plan reaches
        it, nothing has to be weighed up.
        """
        ways = [self.model(all_served=True)] if self.room_for_all() else []
        goals = [(SERVED, self.served())]
        if self.problem.priority:
            goals.insert(0, (PRIORITY, self.served(self.problem.priority)))
        name, cost = (SERVED, np.zeros_like(self.fit)) if then is None else (TOTAL, then)
        for model in [*ways, self.model(all_served=False)]:
            try:
                reached = [Goal(goal, self._hoped(model, own), 0) for goal, own in goals]
                model.minimise(name, cost)
            except NoPlan:
                continue
            proved = [replace(goal, bound=goal.value) for goal in reached]
            model.goals = [*proved, *(goal for goal in model.goals if goal.name == TOTAL)]
            return model, model in ways
        model = self.model(all_served=False)
        for goal, own in goals:
            model.minimise(goal, own)
        if then is not None:
            model.minimise(TOTAL, then)
        return model, False

    @staticmethod
    def _hoped(model: Model, cost: Vector) -> int:
        """Hold the best that could be; whether it can is found out with the next goal."""
        bound = model.at_least(cost)
        model.hold(cost, -np.inf, bound)
        return bound


def match(
    problem: Problem,
    objective: Objective = Objective.MAX_TOTAL,
    *,
    seconds_left: Clock = forever,
    large: int = LARGE,
    settle: bool = True,
) -> Answer:
    """Match the problem. ``settle=False`` leaves out what only chooses among equally good plans, and ``max_total_fit``.

    Raises OutOfTime when the time ended before any plan was found.
    """
    matching = _Matching(problem, seconds_left, large)
    if not matching.pairs:
        return Answer(problem, {}, 0, (), stopped=False)
    by_total = objective == Objective.MAX_TOTAL
    total = matching.total(problem.change_penalty)
    model, all_served = matching.start(total if by_total else None)
    if by_total:
        if settle:
            _raise_worst(matching, model)
    else:
        _raise_floor(matching, model)
        _raise_worst(matching, model)
        model.minimise(TOTAL, total)
    if settle:
        model.minimise(MOVES, -matching.kept)
        _settle(matching, model, all_served=all_served)
    answer = Answer(problem, _lead(matching, model), None, tuple(model.goals), model.stopped)
    if not settle:
        return answer
    pure = by_total and not (problem.change_penalty and problem.current)
    most = answer.total_fit if pure else _best_total(problem, seconds_left, large)
    return replace(answer, max_total_fit=most)


def _lead(matching: _Matching, model: Model) -> dict[Id, Id]:
    if model.plan is None:
        raise AssertionError("Goals were reached without a plan")
    chosen = [matching.pairs[place] for place in np.flatnonzero(model.plan)]
    return {demand: person for person, demand in chosen}


def _best_total(problem: Problem, seconds_left: Clock, large: int) -> int | None:
    """None when the time does not reach for it."""
    plain = replace(problem, change_penalty=0)
    try:
        return match(plain, seconds_left=seconds_left, large=large, settle=False).total_fit
    except OutOfTime:
        return None


def _raise_floor(matching: _Matching, model: Model) -> None:
    """Find the highest fit that the worst pair can have while as many are served, by halving; drop what lies below."""
    if model.plan is None:
        return
    values = np.unique(matching.fit[model.live])
    floor = int(np.searchsorted(values, min(matching.fit[np.flatnonzero(model.plan)], default=0)))
    below, above = floor, len(values)
    while above - below > 1:
        middle = (below + above) // 2
        trial = replace(model, live=model.live & (matching.fit >= values[middle]), plan=None, goals=[])
        try:
            trial.minimise(WORST, np.zeros_like(matching.fit))
        except NoPlan:
            above = middle
        except OutOfTime:
            model.stopped = True
            break
        else:
            below, model.plan = middle, trial.plan
    model.drop(matching.fit < values[below])


def _raise_worst(matching: _Matching, model: Model) -> None:
    """Fewest pairs of the lowest fit, then of the next: with the number served fixed this is leximin of the fits."""

    for value in np.unique(matching.fit):
        here = matching.fit == value
        if model.plan is not None and not (here & (model.plan > 0)).any():
            model.drop(here)
        elif (here & model.live).any():
            model.minimise(WORST, here.astype(np.int64))


def _settle(matching: _Matching, model: Model, *, all_served: bool) -> None:
    """Among equally good plans: demands in order of id, the smallest person first, served before unserved."""

    def ranks() -> Iterator[tuple[Id, Vector, int]]:
        for demand in matching.problem.demands:
            places = [place for place in matching.of_demand.get(demand, ()) if model.live[place]]
            if places and not (all_served and len(places) == 1):
                cost = np.zeros(len(matching.pairs), dtype=np.int64)
                cost[places] = np.arange(len(places)) - len(places)
                yield demand, cost, len(places) + (not all_served)

    for demands, cost in packed(ranks()):
        model.minimise(ORDER, cost)
        if model.plan is not None:
            settled = np.zeros(len(matching.pairs), dtype=bool)
            for demand in demands:
                settled[matching.of_demand[demand]] = True
            model.drop(settled & (model.plan == 0))


def without(problem: Problem, pair: Pair) -> Problem:
    """The same question with one more pair forbidden."""
    return replace(problem, forbidden=problem.forbidden | {pair})
