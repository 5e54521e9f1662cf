"""Rows ``talent/matching…``: 600 people for 200 demands of two skills, and the reverse, beside SciPy's milp alone.

Both sides count from the same question to a plan with the most demands served and the best total fit, each goal proved
or stopped at the limit. The peer gets the model as one writes it down: once per demand, load within capacity.
"""

import json
import logging
import resource
import time
from collections.abc import Callable
from random import Random
from typing import Any

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import csr_array, vstack

from benchmarks.measure import Row, against, in_child
from talent.rules.matching.matcher import match
from talent.rules.matching.snapshot import DemandRow, PersonRow, Snapshot

MANY, FEW, AT_LEAST = 600, 200, 12
LIMIT = 120.0
AT_MOST = 1.2
SIZES = {"talent/matching": (MANY, FEW), "talent/matching-scarce": (FEW, MANY)}
"""People and demands. Where people are scarce, whole plans fall well behind what shares of people could reach."""
WORDS = ("technology", "market", "government", "law")
SECTORS = ("biology", "chips", "energy", "materials", "software", "machines")
STAGES = ("concept", "laboratory", "pilot", "product")
REGIONS = ("330106", "330108", "330109", "330110", "330201", "310104")


def rows(only: str, *, scale: float, rounds: int) -> list[Row]:
    """The wanted rows."""
    return [_row(name, *_sized(sizes, scale)) for name, sizes in SIZES.items() if name.startswith(only)]


def _sized(sizes: tuple[int, int], scale: float) -> tuple[int, int]:
    people, demands = (max(AT_LEAST, int(size * scale)) for size in sizes)
    return people, demands


def _row(name: str, people: int, demands: int) -> Row:
    ours, alone, whole = (_apart(run, people, demands) for run in ("ours", "alone", "whole"))
    note = (
        f"{demands} demands, {people} people, {whole['pairs']} pairs; served {ours['served']}, fit {ours['fit']}, gap "
        f"{ours['gap']} ({alone['served']}, {alone['fit']}, {alone['gap']} alone); peak {ours['mib']:.0f} MiB "
        f"({alone['mib']:.0f}); all goals {whole['seconds']:.1f} s, gap {whole['gap']}, "
        f"{whole['steps']}; limit {LIMIT:.0f} s"
    )
    return against(name, ours["seconds"], "SciPy milp, served then fit", alone["seconds"], at_most=AT_MOST, note=note)


def _apart(run: str, people: int, demands: int) -> dict[str, Any]:
    """One run in a process of its own, for its memory."""
    return in_child(f"from benchmarks import talent_matching as own; own.child(own.{run}, {people}, {demands})")


def child(run: Callable[[Snapshot, Callable[[], float]], dict[str, Any]], people: int, demands: int) -> None:
    """Print what a run found, how long it took and its peak of memory."""
    logging.disable(logging.INFO)
    snapshot = city(people, demands)
    pairs = len(snapshot.problem.pairs)  # the question stands before either side begins
    start = time.perf_counter()
    found = run(snapshot, lambda: LIMIT - (time.perf_counter() - start))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    print(json.dumps(found | {"seconds": time.perf_counter() - start, "mib": peak, "pairs": pairs}))


def city(people: int, demands: int) -> Snapshot:
    """The same people and demands each time: two needed skills of four, three in a hundred pairs in conflict."""
    dice = Random(1)  # noqa: S311
    offers = tuple(
        PersonRow(
            id=number, skills=tuple(word for word in WORDS if dice.random() < 0.7), languages=(),
            sectors=tuple(dice.sample(SECTORS, dice.randint(1, 3))),
            stages=tuple(dice.sample(STAGES, dice.randint(1, 2))),
            level=dice.randint(1, 4), region=dice.choice(REGIONS), capacity=10,
            outcomes=tuple(dice.randint(0, 100) for _number in range(dice.randint(0, 4))),
        )
        for number in range(1, people + 1)
    )  # fmt: skip
    wanted = tuple(
        DemandRow(
            id=number, owner=number % 50, skills=tuple(dice.sample(WORDS, 2)), languages=(),
            sector=dice.choice(SECTORS), stage=dice.choice(STAGES), level=dice.randint(1, 2),
            region=dice.choice(REGIONS),
            load=dice.randint(1, 4), starts_on="2026-03-01", ends_on="2026-12-31",
        )
        for number in range(1, demands + 1)
    )  # fmt: skip
    pairs = ((person.id, demand.id) for person in offers for demand in wanted)
    conflicts = tuple((*pair, "equity") for pair in pairs if dice.random() < 0.03)
    return Snapshot("2026-01-01", offers, wanted, conflicts)


def ours(snapshot: Snapshot, left: Callable[[], float]) -> dict[str, Any]:
    """The product, to the best total."""
    answer = match(snapshot.problem, seconds_left=left, settle=False)
    return {"served": answer.served, "fit": answer.total_fit, "gap": answer.gap}


def whole(snapshot: Snapshot, left: Callable[[], float]) -> dict[str, Any]:
    """The product with every goal to the last tie."""
    answer = match(snapshot.problem, seconds_left=left)
    took: dict[str, float] = {}
    for goal in answer.goals:
        took[goal.name] = took.get(goal.name, 0.0) + goal.seconds
    steps = ", ".join(f"{name} {seconds:.1f} s" for name, seconds in took.items())
    return {"gap": answer.gap, "steps": steps}


def alone(snapshot: Snapshot, left: Callable[[], float]) -> dict[str, Any]:
    """``scipy.optimize.milp`` called directly, the number served held for the total."""
    problem = snapshot.problem
    load = np.array([problem.load[person][demand] for person, demand in problem.pairs])
    fit = np.array([problem.fit[person][demand] for person, demand in problem.pairs])
    every = np.arange(len(problem.pairs))
    demand_at = {demand: at for at, demand in enumerate(problem.demands)}
    person_at = {person: at for at, person in enumerate(problem.people)}
    of_demand = np.array([demand_at[demand] for _, demand in problem.pairs])
    of_person = np.array([person_at[person] for person, _ in problem.pairs])
    once = csr_array((np.ones(len(every)), (of_demand, every)), (len(demand_at), len(every)))
    within = csr_array((load, (of_person, every)), (len(person_at), len(every)))
    rows, high = vstack([once, within]), np.array([1.0] * len(demand_at) + [problem.capacity[p] for p in person_at])
    first = _milp(-np.ones(len(every)), [LinearConstraint(rows, -np.inf, high)], left())
    if first.x is None:
        return {"served": None, "fit": None, "gap": None}
    served = round(-first.fun)
    held = LinearConstraint(csr_array(np.ones((1, len(every)))), served, np.inf)
    second = _milp(-fit, [LinearConstraint(rows, -np.inf, high), held], left())
    if second.x is None:
        return {"served": served, "fit": None, "gap": None}
    reached = round(-second.fun)
    return {"served": served, "fit": reached, "gap": int(-second.mip_dual_bound + 1e-6) - reached}


def _milp(cost: Any, constraints: Any, seconds: float) -> Any:
    """The answer; without ``x`` when the limit came before any plan."""
    options = {"mip_rel_gap": 0, "time_limit": max(1.0, seconds)}
    return milp(cost, constraints=constraints, integrality=1, bounds=Bounds(0, 1), options=options)
