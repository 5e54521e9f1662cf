"""Runners of the talent cases about who works on what."""

from collections.abc import Iterator, Mapping, Sequence
from itertools import product
from typing import Any

from talent.choices.matching import Objective
from talent.rules.matching import projects, stable
from talent.rules.matching.assignment import assign
from talent.rules.matching.generalised import distribute
from talent.rules.matching.matcher import match
from talent.rules.matching.problem import Problem, pairs_of
from talent.rules.matching.projects import Lecturer, Project
from talent.rules.matching.teams import team_for
from tests.reference.registry import runner


@runner("assignment")
def run_assignment(inputs: Mapping[str, Any]) -> dict[str, Any]:
    answer = assign(inputs["cost"], maximise=inputs["sense"] == "max")
    matched = [column for column in answer.columns if column is not None]
    if len(set(matched)) != len(matched):
        raise AssertionError("A column was given twice")
    return {
        "status": "complete" if answer.complete else "partial",
        "optimum": answer.optimum,
        "matched": len(matched),
        "col_of_row": list(answer.columns),
        "unmatched_reasons": {str(row): reason for row, reason in answer.reasons.items()},
    }


@runner("generalised_assignment")
def run_generalised_assignment(inputs: Mapping[str, Any]) -> dict[str, Any]:
    profit, resource, capacity = inputs["profit"], inputs["resource"], inputs["capacity"]
    plan = distribute(profit, resource, capacity, maximise=inputs["sense"] == "max")
    if plan is None:
        return {"status": "infeasible", "optimum": None}
    used = [0] * len(capacity)
    for job, person in enumerate(plan.person_of_job):
        used[person] += resource[person][job]
    if any(points > most for points, most in zip(used, capacity, strict=True)) or not plan.goal.proved:
        raise AssertionError(f"No proven plan: {plan}")
    reached = sum(profit[person][job] for job, person in enumerate(plan.person_of_job))
    return {"status": "optimal", "optimum": reached}


@runner("matching")
def run_matching(inputs: Mapping[str, Any]) -> dict[str, Any]:
    problem = Problem(
        capacity=inputs["capacity"],
        load=inputs["load"],
        fit=inputs["fit"],
        skills={person: frozenset(held) for person, held in inputs["skills"].items()},
        needs={demand: frozenset(asked) for demand, asked in inputs["needs"].items()},
        forbidden=pairs_of(inputs["forbidden"]),
        undeclared=pairs_of(inputs["undeclared"]),
        priority=frozenset(inputs["priority"]),
        current=inputs["current"],
        change_penalty=inputs["change_penalty"],
    )
    objective = Objective(inputs["objective"])
    if objective in {Objective.TEAM_FEWEST, Objective.TEAM_LEAST_LOAD}:
        return _team(problem, objective)
    answer = match(problem, objective)
    return {
        "served": answer.served,
        "total_fit": answer.total_fit,
        "max_total_fit": answer.max_total_fit,
        "total_load": answer.total_load,
        "sorted_fits": answer.fits,
        "changes": answer.changes,
        "assignment": {each: [answer.lead[each]] if each in answer.lead else [] for each in problem.demands},
        "reasons": {demand: reason.value for demand, reason in answer.reasons.items()},
    }


def _team(problem: Problem, objective: Objective) -> dict[str, Any]:
    demand = problem.demands[0]
    team = team_for(problem, demand, objective)
    return {
        "served": int(bool(team.people)),
        "total_fit": None,
        "max_total_fit": None,
        "total_load": team.load,
        "sorted_fits": None,
        "changes": sum(person not in team.people for person in problem.current.values()),
        "assignment": {demand: list(team.people)},
        "reasons": {demand: team.reason.value} if team.reason else {},
    }


@runner("hospital_residents")
def run_hospital_residents(inputs: Mapping[str, Any]) -> dict[str, Any]:
    applicants, hosts, capacity = inputs["applicants"], inputs["hosts"], inputs["capacity"]
    best = stable.applicant_optimal(applicants, hosts, capacity)
    worst = stable.host_optimal(applicants, hosts, capacity)
    all_stable = sum(
        not stable.blocking_pairs(candidate, applicants, hosts, capacity)
        for candidate in _between(best, worst, stable.acceptable(applicants, hosts))
        if all(list(candidate.values()).count(host) <= room for host, room in capacity.items())
    )
    return {"stable_matchings": all_stable, "applicant_optimal": best, "host_optimal": worst}


@runner("student_project")
def run_student_project(inputs: Mapping[str, Any]) -> dict[str, Any]:
    students = inputs["students"]
    offered = {name: Project(row["capacity"], row["lecturer"]) for name, row in inputs["projects"].items()}
    lecturers = {
        name: Lecturer(row["capacity"], tuple(row["preferences"])) for name, row in inputs["lecturers"].items()
    }
    best = projects.student_optimal(students, offered, lecturers)
    worst = projects.lecturer_optimal(students, offered, lecturers)
    all_stable = sum(
        _has_room(candidate, offered, lecturers)
        and not projects.blocking_pairs(candidate, students, offered, lecturers)
        for candidate in _between(best, worst, students)
    )
    return {"stable_matchings": all_stable, "student_optimal": best, "lecturer_optimal": worst}


def _has_room(
    candidate: Mapping[str, str | None], offered: Mapping[str, Project], lecturers: Mapping[str, Lecturer]
) -> bool:
    placed = [project for project in candidate.values() if project is not None]
    return all(placed.count(name) <= project.capacity for name, project in offered.items()) and all(
        sum(offered[project].lecturer == name for project in placed) <= lecturer.capacity
        for name, lecturer in lecturers.items()
    )


def _between(
    best: Mapping[str, str | None], worst: Mapping[str, str | None], wishes: Mapping[str, Sequence[str]]
) -> Iterator[dict[str, str | None]]:
    """Every matching in which each has something between the best and the worst of all stable matchings."""
    spans = []
    for who, first in best.items():
        last = worst[who]
        if first is None or last is None:
            spans.append([None])
            continue
        listed = list(wishes[who])
        spans.append(listed[listed.index(first) : listed.index(last) + 1])
    for places in product(*spans):
        yield dict(zip(best, places, strict=True))
