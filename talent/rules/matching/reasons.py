"""Why a demand has nobody, and the smallest change that would serve it."""

from collections.abc import Mapping
from dataclasses import dataclass

from talent.choices.matching import Remedy, Unserved
from talent.rules.matching.problem import Id, Problem


@dataclass(frozen=True, slots=True)
class Solution:
    """One way out: whom it concerns (nobody for a wider pool), the skills to learn, the points to add."""

    remedy: Remedy
    people: tuple[Id, ...] = ()
    skills: tuple[str, ...] = ()
    points: int = 0


def reason_of(problem: Problem, demand: Id) -> Unserved:
    """The first reason that holds for a demand that has nobody (domain text 4.7)."""
    needs = problem.needs[demand]
    if not needs <= frozenset().union(*problem.skills.values()):
        return Unserved.SKILL_MISSING
    skilled = [each for each in problem.people if problem.skills[each] >= needs]
    if not skilled:
        return Unserved.NOT_IN_ONE
    blocked = problem.forbidden | problem.undeclared
    left = [each for each in skilled if (each, demand) not in blocked]
    if not left:
        only_undeclared = problem.undeclared - problem.forbidden
        asked = any((each, demand) in only_undeclared for each in skilled)
        return Unserved.UNDECLARED if asked else Unserved.CONFLICT
    for reason, refused in ((Unserved.LEVEL, problem.too_low), (Unserved.DATES, problem.absent)):
        left = [each for each in left if (each, demand) not in refused]
        if not left:
            return reason
    too_much = all(problem.load[each][demand] > problem.capacity[each] for each in left)
    return Unserved.LOAD if too_much else Unserved.FULL


def solutions_of(problem: Problem, demand: Id, lead: Mapping[Id, Id], team: tuple[Id, ...] = ()) -> list[Solution]:
    """What would serve the demand besides the present plan, the best person first. ``lead`` is who serves what in it.

    ``team`` are people who cover the needs together, where a team was looked for.
    """
    reason = reason_of(problem, demand)
    needs = problem.needs[demand]
    if not problem.people:
        return [Solution(Remedy.WIDEN)]
    if reason in {Unserved.SKILL_MISSING, Unserved.NOT_IN_ONE}:
        pupil = min(
            _unblocked(problem, demand) or problem.people,
            key=lambda each: (len(needs - problem.skills[each]), -_fit(problem, each, demand), str(each)),
        )
        training = Solution(Remedy.TRAIN, (pupil,), tuple(sorted(needs - problem.skills[pupil])))
        return [Solution(Remedy.TEAM, team), training] if team else [training]
    skilled = [each for each in problem.people if problem.skills[each] >= needs]
    if reason == Unserved.UNDECLARED:
        skilled = [each for each in skilled if (each, demand) in problem.undeclared - problem.forbidden]
    elif reason != Unserved.CONFLICT:
        skilled = [each for each in skilled if each in _unblocked(problem, demand)]
    best = max(skilled, key=lambda each: (_fit(problem, each, demand), -problem.people.index(each)))
    if reason in {Unserved.LOAD, Unserved.FULL}:
        usable = [each for each in skilled if (each, demand) not in problem.too_low | problem.absent]
        return [_more_capacity(problem, demand, lead, usable)]
    simple = {
        Unserved.UNDECLARED: Remedy.DECLARE,
        Unserved.CONFLICT: Remedy.CLEAR,
        Unserved.LEVEL: Remedy.RAISE_LEVEL,
        Unserved.DATES: Remedy.MOVE_DATES,
    }
    return [Solution(simple[reason], (best,))]


def _more_capacity(problem: Problem, demand: Id, lead: Mapping[Id, Id], people: list[Id]) -> Solution:
    """The person who needs the fewest points more; at equal points the better fit."""

    def missing(each: Id) -> int:
        own = [limit for limit in problem.limits if limit.person == each and demand in limit.demands]
        limits = [(limit.demands, limit.most) for limit in own if not limit.counts]
        load = problem.load[each]
        return max(
            load[demand] + sum(load[other] for other in among if lead.get(other) == each) - most
            for among, most in limits or [(frozenset(problem.demands), problem.capacity[each])]
        )

    best = min(people, key=lambda each: (max(1, missing(each)), -_fit(problem, each, demand), str(each)))
    return Solution(Remedy.MORE_CAPACITY, (best,), points=max(1, missing(best)))


def _unblocked(problem: Problem, demand: Id) -> list[Id]:
    return [each for each in problem.people if (each, demand) not in problem.forbidden | problem.undeclared]


def _fit(problem: Problem, person: Id, demand: Id) -> int:
    return problem.fit.get(person, {}).get(demand, 0)
