"""The matcher against exhaustive search on small questions, and laws that hold for any."""

from fractions import Fraction
from itertools import product
from random import Random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.sparse import csr_array

from talent.choices.matching import FitPart, Objective, Remedy, Unserved
from talent.rules.matching import projects, solver, stable
from talent.rules.matching.assignment import assign
from talent.rules.matching.fairness import gini, share
from talent.rules.matching.fit import Offer, Wanted, parts_of, shrunk_mean, total_of
from talent.rules.matching.matcher import match
from talent.rules.matching.prices import Block, Paid, sharpened
from talent.rules.matching.problem import Problem
from talent.rules.matching.projects import Lecturer, Project
from talent.rules.matching.reasons import solutions_of
from talent.rules.matching.snapshot import DemandRow, PersonRow, Snapshot
from talent.rules.matching.solver import OutOfTime
from talent.rules.matching.teams import Share, team_for

few = settings(max_examples=30, deadline=None)
SKILLS = ("law", "market")


@given(
    st.integers(1, 4).flatmap(
        lambda width: st.lists(
            st.lists(st.none() | st.integers(0, 3), min_size=width, max_size=width), min_size=1, max_size=4
        )
    ),
    st.booleans(),
)
@few
def test_an_assignment_is_the_best_and_the_first_of_the_best(costs, maximise):
    width = len(costs[0])
    sign = -1 if maximise else 1

    def plans():
        for columns in product([*range(width), None], repeat=len(costs)):
            taken = [column for column in columns if column is not None]
            if len(set(taken)) == len(taken) and all(
                column is None or costs[row][column] is not None for row, column in enumerate(columns)
            ):
                total = sum(costs[row][column] for row, column in enumerate(columns) if column is not None)
                order = tuple(width if column is None else column for column in columns)
                yield len(costs) - len(taken), sign * total, order

    missing, total, order = min(plans())
    found = assign(costs, maximise=maximise)
    assert (len(found.reasons), sign * found.optimum) == (missing, total)
    assert tuple(width if column is None else column for column in found.columns) == order


def test_an_assignment_takes_fractions_and_refuses_what_is_not_exact():
    assert assign([[Fraction(1, 3), Fraction(1, 2)]]).optimum == Fraction(1, 3)
    with pytest.raises(ValueError, match="exact"):
        assign([[10**17, 0]])
    with pytest.raises(ValueError, match="unequal"):
        assign([[1], [1, 2]])


@st.composite
def problems(draw):
    people, demands = (
        [f"m{n}" for n in range(draw(st.integers(1, 3)))],
        [f"p{n}" for n in range(draw(st.integers(1, 4)))],
    )
    number, pairs = draw(st.randoms(use_true_random=False)), [(m, p) for m in people for p in demands]

    def some(rows, share):
        return frozenset(row for row in rows if number.random() < share)

    return Problem(
        capacity={m: number.randint(1, 4) for m in people},
        load={m: {p: number.randint(1, 2) for p in demands} for m in people},
        fit={m: {p: number.choice([10, 50, 60, 90]) for p in demands} for m in people},
        skills={m: some(SKILLS, 0.8) for m in people},
        needs={p: some(SKILLS, 0.4) for p in demands},
        forbidden=some(pairs, 0.1),
        undeclared=some(pairs, 0.1),
        priority=some(demands, 0.3),
        current={p: number.choice(people) for p in some(demands, 0.3)},
        change_penalty=number.choice([0, 10, 30]),
    )


def _best(problem, objective):
    """The rank of the best plan by trying all."""

    def rank(plan):
        lead = {demand: person for demand, person in zip(problem.demands, plan, strict=True) if person is not None}
        fits = sorted(problem.fit[person][demand] for demand, person in lead.items())
        moved = sum(lead.get(demand) != person for demand, person in problem.current.items())
        total = problem.change_penalty * moved - sum(fits)
        worst = [-fit for fit in fits]
        goals = [total, worst] if objective == Objective.MAX_TOTAL else [worst, total]
        order = [len(problem.people) if person is None else problem.people.index(person) for person in plan]
        return [-len(lead.keys() & problem.priority), -len(lead), *goals, moved, order]

    def possible(plan):
        used = dict.fromkeys(problem.people, 0)
        for demand, person in zip(problem.demands, plan, strict=True):
            if person is not None:
                used[person] += problem.load[person][demand]
        return all(points <= problem.capacity[person] for person, points in used.items())

    eligible = set(problem.pairs)
    choices = [
        [*(person for person in problem.people if (person, demand) in eligible), None] for demand in problem.demands
    ]
    return min(rank(plan) for plan in product(*choices) if possible(plan)), rank


@given(problems(), st.sampled_from([Objective.MAX_TOTAL, Objective.LEXIMIN]), st.sampled_from([1, 10_000]))
@few
def test_a_matching_is_the_best_by_every_goal_in_turn(problem, objective, large):
    best, rank = _best(problem, objective)
    found = match(problem, objective, large=large)
    assert rank([found.lead.get(demand) for demand in problem.demands]) == best
    assert found.gap == 0
    assert not found.stopped
    assert found.max_total_fit >= found.total_fit
    assert found.reasons.keys() == set(problem.demands) - found.lead.keys()


def _tight(seed):
    """Fourteen demands of 1 to 4 points for four people of five to seven points: whole plans fall behind the shares."""
    dice = Random(seed)  # noqa: S311 - the same questions each time
    people, demands = range(4), range(14)
    return Problem(
        capacity={m: dice.randint(5, 7) for m in people},
        load={m: {p: dice.randint(1, 4) for p in demands} for m in people},
        fit={m: {p: dice.randint(0, 100) for p in demands} for m in people},
        skills=dict.fromkeys(people, frozenset()),
        needs=dict.fromkeys(demands, frozenset()),
    )


def test_closer_prices_lose_no_plan(monkeypatch):
    bounds = []

    def watched(*given_, **more):
        found = sharpened(*given_, **more)
        bounds.append(found.bound)
        return found

    monkeypatch.setattr(solver, "sharpened", watched)
    monkeypatch.setattr(solver, "SEVERAL", 1)
    for problem, objective in product(map(_tight, range(3)), (Objective.MAX_TOTAL, Objective.LEXIMIN)):
        plain, priced = match(problem, objective), match(problem, objective, large=1)
        assert plain.lead == priced.lead
        assert plain.max_total_fit == priced.max_total_fit
        assert not priced.gap
    assert bounds


def test_prices_are_bounds_of_whole_plans():
    """Two demands of two points and one of three for somebody with four: shares reach 20 + 5, whole plans 20."""
    loads, most = (2, 2, 3), 4
    cost = np.array([-10.0, -10.0, -14.0])
    paid = Paid(csr_array(np.eye(3)), np.full(3, -np.inf), np.ones(3), np.zeros(3))
    block, live = Block((0, 1, 2), loads, most), np.ones(3, dtype=bool)
    found = sharpened(paid, [block], cost, live, target=-20, seconds_left=lambda: 1.0)
    assert found.bound == -20
    assert list(found.forced) == [-20, -20, -14]


@given(problems(), st.randoms(use_true_random=False))
@few
def test_the_order_of_rows_changes_nothing(problem, number: Random):
    def turned(rows):
        keys = list(rows)
        number.shuffle(keys)
        return {key: rows[key] for key in keys}

    other = Problem(
        capacity=turned(problem.capacity),
        load=turned({m: turned(row) for m, row in problem.load.items()}),
        fit=turned({m: turned(row) for m, row in problem.fit.items()}),
        skills=turned(problem.skills),
        needs=turned(problem.needs),
        forbidden=problem.forbidden,
        undeclared=problem.undeclared,
        priority=problem.priority,
        current=turned(problem.current),
        change_penalty=problem.change_penalty,
    )
    assert other.digest == problem.digest
    assert match(other).lead == match(problem).lead


def test_without_time_there_is_no_answer_rather_than_a_bad_one():
    with pytest.raises(OutOfTime):
        match(_one(), seconds_left=lambda: 0)


def _one(**changes):
    given_ = {
        "capacity": {1: 4, 2: 4},
        "load": {1: {7: 2}, 2: {7: 2}},
        "fit": {1: {7: 50}, 2: {7: 80}},
        "skills": {1: frozenset({"law"}), 2: frozenset({"law"})},
        "needs": {7: frozenset({"law"})},
    }
    return Problem(**given_ | changes)


BOTH = frozenset({(1, 7), (2, 7)})


@pytest.mark.parametrize(
    ("changes", "reason", "remedy", "people"),
    [
        ({"needs": {7: frozenset({"gov"})}}, Unserved.SKILL_MISSING, Remedy.TRAIN, (2,)),
        ({"forbidden": BOTH}, Unserved.CONFLICT, Remedy.CLEAR, (2,)),
        ({"forbidden": BOTH, "undeclared": BOTH}, Unserved.CONFLICT, Remedy.CLEAR, (2,)),
        ({"forbidden": frozenset({(2, 7)}), "undeclared": BOTH}, Unserved.UNDECLARED, Remedy.DECLARE, (1,)),
        ({"too_low": BOTH}, Unserved.LEVEL, Remedy.RAISE_LEVEL, (2,)),
        ({"absent": BOTH}, Unserved.DATES, Remedy.MOVE_DATES, (2,)),
        ({"capacity": {1: 1, 2: 1}}, Unserved.LOAD, Remedy.MORE_CAPACITY, (2,)),
    ],
)
def test_the_first_reason_and_its_remedy_are_named(changes, reason, remedy, people):
    problem = _one(**changes)
    answer = match(problem)
    assert answer.reasons == {7: reason}
    way = solutions_of(problem, 7, answer.lead)[0]
    assert (way.remedy, way.people) == (remedy, people)
    assert way.points == (1 if remedy == Remedy.MORE_CAPACITY else 0)


def test_a_team_is_offered_where_nobody_holds_all_and_keeps_its_shares():
    skills = {1: {"law"}, 2: {"market"}, 3: {"law"}, 4: {"market"}}
    problem = Problem(
        capacity=dict.fromkeys(skills, 4),
        load={person: {7: 1} for person in skills},
        fit={},
        skills={person: frozenset(held) for person, held in skills.items()},
        needs={7: frozenset({"law", "market"})},
    )
    assert match(problem).reasons == {7: Unserved.NOT_IN_ONE}
    assert team_for(problem, 7).people == (1, 2)
    local = Share(frozenset({3, 4}), least=Fraction(1, 2))
    assert team_for(problem, 7, shares=[local]).people == (1, 4)
    assert team_for(problem, 7, shares=[local], leaders=frozenset({3}), least_size=3).people == (1, 3, 4)
    assert team_for(problem, 7, leaders=frozenset()).reason == Unserved.LOAD
    ways = solutions_of(problem, 7, {}, team=(1, 2))
    assert [way.remedy for way in ways] == [Remedy.TEAM, Remedy.TRAIN]


LISTS = st.permutations(range(4)).flatmap(lambda order: st.integers(0, 4).map(lambda size: order[:size]))


@given(st.lists(LISTS, min_size=1, max_size=5), st.lists(st.permutations(range(5)), min_size=4, max_size=4),
       st.lists(st.integers(0, 2), min_size=4, max_size=4))  # fmt: skip
@few
def test_stable_matchings_have_no_blocking_pair_and_leave_the_same_people(wishes, orders, rooms):
    applicants = dict(enumerate(wishes))
    hosts = {host: [who for who in order if who in applicants] for host, order in enumerate(orders)}
    capacity = dict(enumerate(rooms))
    best = stable.applicant_optimal(applicants, hosts, capacity)
    worst = stable.host_optimal(applicants, hosts, capacity)
    for found in (best, worst):
        assert not stable.blocking_pairs(found, applicants, hosts, capacity)
        assert all(list(found.values()).count(host) <= room for host, room in capacity.items())
    assert {who for who, host in best.items() if host is None} == {who for who, host in worst.items() if host is None}
    for who, host in best.items():
        assert host is None or wishes[who].index(host) <= wishes[who].index(worst[who])
    turned = dict(reversed(applicants.items()))
    assert stable.applicant_optimal(turned, hosts, capacity) == best


@given(
    st.lists(st.permutations(range(4)).flatmap(lambda order: st.integers(0, 4).map(lambda size: order[:size])),
             min_size=1, max_size=5),
    st.lists(st.integers(0, 2), min_size=4, max_size=4),
    st.lists(st.tuples(st.integers(0, 3), st.permutations(range(5))), min_size=2, max_size=2),
)  # fmt: skip
@few
def test_allocations_of_founders_to_technologies_are_stable(wishes, rooms, institutes):
    students = {f"s{who}": [f"p{each}" for each in listed] for who, listed in enumerate(wishes)}
    offered = {f"p{each}": Project(room, f"l{each % 2}") for each, room in enumerate(rooms)}
    lecturers = {
        f"l{each}": Lecturer(room, tuple(f"s{who}" for who in order if who < len(wishes)))
        for each, (room, order) in enumerate(institutes)
    }
    best = projects.student_optimal(students, offered, lecturers)
    worst = projects.lecturer_optimal(students, offered, lecturers)
    for found in (best, worst):
        assert not projects.blocking_pairs(found, students, offered, lecturers)
        placed = [each for each in found.values() if each]
        assert all(placed.count(name) <= project.capacity for name, project in offered.items())
        assert all(
            sum(offered[each].lecturer == name for each in placed) <= lecturer.capacity
            for name, lecturer in lecturers.items()
        )
    assert {who for who, each in best.items() if each is None} == {who for who, each in worst.items() if each is None}
    for who, each in best.items():
        assert each is None or students[who].index(each) <= students[who].index(worst[who])


def test_fit_is_made_of_visible_parts():
    offer = Offer(frozenset({"law"}), frozenset({"biology"}), frozenset({"pilot"}), 3, "330106", (Fraction(9, 10),) * 2)
    wanted = Wanted(frozenset({"law", "market"}), "biology", "concept", 4, "330108")
    parts = parts_of(offer, wanted)
    assert shrunk_mean([Fraction(9, 10)] * 2) == Fraction(24, 35)
    assert parts == {
        FitPart.SKILLS: Fraction(35, 2),
        FitPart.SECTOR: 20,
        FitPart.STAGE: 0,
        FitPart.LEVEL: Fraction(15, 2),
        FitPart.REGION: 5,
        FitPart.OUTCOME: Fraction(48, 7),
    }
    assert total_of(parts.values()) == 57
    assert total_of(parts_of(offer, Wanted(frozenset(), "", "", 1, "")).values()) == 97


def test_fairness_figures_are_exact():
    assert gini([4, 4, 2, 1]) == Fraction(1, 4)
    assert gini([0, 0]) == gini([3, 3, 3]) == 0
    assert share(1, 3) == Fraction(1, 3)
    assert share(0, 0) is None


def _person(pk, **changes):
    return PersonRow(**{"id": pk, "skills": (), "languages": (), "sectors": (), "stages": (), "level": 2,
                        "region": "330106", "capacity": 4} | changes)  # fmt: skip


def _demand(pk, first, last, **changes):
    return DemandRow(**{"id": pk, "owner": 5, "skills": (), "languages": (), "sector": "", "stage": "", "level": 1,
                        "region": "330106", "load": 4, "starts_on": first, "ends_on": last} | changes)  # fmt: skip


def test_capacity_counts_day_by_day():
    spring, autumn = ("2026-03-01", "2026-05-31"), ("2026-09-01", "2026-11-30")
    demands = (_demand(1, *spring), _demand(2, *autumn), _demand(3, "2026-10-01", "2026-10-31"))
    free = Snapshot("2026-01-01", (_person(9),), demands)
    assert set(match(free.problem).lead) == {1, 2}
    busy = Snapshot("2026-01-01", (_person(9, busy=(("2026-05-31", "2026-06-30", 1),)),), demands)
    assert set(match(busy.problem).lead) == {2}
    away = Snapshot("2026-01-01", (_person(9, periods=(("2026-11-30", "2026-12-31", 0),)),), demands[:2])
    found = match(away.problem)
    assert (set(found.lead), found.reasons) == ({1}, {2: Unserved.DATES})
    gone = Snapshot("2026-01-01", (_person(9, available_until="2026-04-01"),), demands[:2])
    assert set(match(gone.problem).lead) == {1}
    quota = Snapshot("2026-01-01", (_person(9),), demands[:2], per_institute=1)
    assert len(match(quota.problem).lead) == 1
    way = solutions_of(free.problem, 3, match(free.problem).lead)[0]
    assert (way.remedy, way.points) == (Remedy.MORE_CAPACITY, 4)


def test_a_snapshot_reads_back_as_it_was_whatever_the_order_of_its_rows():
    one = Snapshot("2026-01-01", (_person(9), _person(8, outcomes=(90,))), (_demand(1, "2026-03-01", "2026-05-31"),),
                   conflicts=((9, 1, "equity"),), undeclared=((8, 1),))  # fmt: skip
    other = Snapshot("2026-01-01", one.people[::-1], one.demands, one.conflicts, one.undeclared)
    assert one.as_data() == other.as_data()
    again = Snapshot.from_data(one.as_data())
    assert again.as_data() == one.as_data()
    assert again.conflict_of((9, 1)) == "equity"
    assert match(again.problem).reasons == {1: Unserved.UNDECLARED}
