"""Every job to exactly one person, within each person's capacity (generalised assignment)."""

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from talent.rules.matching.solver import Goal, Model, NoPlan, OutOfTime, table


@dataclass(frozen=True, slots=True)
class Plan:
    """``person_of_job`` per job; ``goal`` holds the proven bound. Amounts are whole numbers."""

    person_of_job: tuple[int, ...]
    optimum: int
    goal: Goal


def distribute(
    profit: Sequence[Sequence[int]],
    resource: Sequence[Sequence[int]],
    capacity: Sequence[int],
    *,
    maximise: bool = True,
    seconds_left: Callable[[], float] = lambda: math.inf,
) -> Plan | None:
    """The best plan; None when there is none (that is an answer, not an error). Matrices are person × job.

    Raises OutOfTime when the time ended before any plan was found.
    """
    people, jobs = len(capacity), len(profit[0]) if profit else 0
    width = people * jobs
    if not jobs:
        return Plan((), 0, Goal("profit", 0, 0))
    places = np.arange(width).reshape(people, jobs)
    once = [(places[:, job].tolist(), [1] * people) for job in range(jobs)]
    within = [(places[person].tolist(), list(resource[person])) for person in range(people)]
    low = np.array([1.0] * jobs + [-np.inf] * people)
    high = np.array([1.0] * jobs + [float(most) for most in capacity])
    model = Model(table([*once, *within], width), low, high, seconds_left)
    gain = np.array(profit, dtype=np.int64).reshape(width)
    try:
        goal = model.minimise("profit", -gain if maximise else gain)
    except NoPlan:
        return None
    if model.plan is None:
        raise OutOfTime
    chosen = model.plan.reshape(people, jobs)
    return Plan(tuple(int(person) for person in chosen.argmax(axis=0)), int(gain @ model.plan), goal)
