"""The gap list (specification 4.3): what a firm lacks to the next level, under one version of a rubric. No promise."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction
from math import floor
from typing import Any

from innovation.calls.rules import logic
from innovation.calls.rules.exact import day, number
from innovation.calls.rules.rubric import Result, choose, run
from innovation.calls.rules.rubric.derived import CompoundGrowth, with_derived
from innovation.calls.rules.rubric.items import Scene, score_item

Rubric = Mapping[str, Any]
MOST_WAYS = 40


@dataclass(frozen=True, slots=True)
class Lack:
    """One comparison of a failed gate: the fact, what is required, what is there, and how far apart (numbers only).

    ``actual`` is None for compound growth, whose root is no fraction, and for a claim that was not made. Lacks of one
    ``way`` have to be mended together; a gate with several ways is met by any one of them.
    """

    gate: str
    fact: str
    op: str
    required: Any
    actual: Any
    distance: Fraction | None
    way: int = 0


@dataclass(frozen=True, slots=True)
class DataNeeded:
    """A gate or item that cannot be judged, and the facts that would tell."""

    part: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One item's next better band, option, full step or mark: from which value to which, and what points this brings.

    ``actual`` and ``limit`` are in the unit of the fact; of marks the limit is a tuple of those that are left.
    ``closes``: the marked steps together close the shortfall of the groups and of the total, as far as they can.
    """

    group: str
    item: str
    fact: str
    actual: Any
    limit: Any
    points: Fraction
    closes: bool = False


@dataclass(frozen=True, slots=True)
class GapList:
    """Under version ``rubric`` (``verified`` or not) on ``on``; all empty with status ``no_rule``."""

    result: Result
    on: date
    lacks: tuple[Lack, ...] = ()
    needed: tuple[DataNeeded, ...] = ()
    steps: tuple[Step, ...] = ()


def next_window(rubrics: Iterable[Rubric], family: str, application_kind: str, today: date) -> date | None:
    """``today`` when a version is open for the family, else the day when the next one opens, None when none will."""
    versions = list(rubrics)
    if choose(versions, family, application_kind, today) is not None:
        return today
    days = [
        opens
        for rubric in versions
        if rubric["family"] == family
        for window in rubric["windows"]
        if window["application_kind"] == application_kind and (opens := day(window["from"])) is not None
    ]
    return min((opens for opens in days if opens > today), default=None)


def gap_list(
    rubrics: Iterable[Rubric],
    family: str,
    on: date,
    facts: Mapping[str, Any],
    expert_points: Mapping[str, Any] | None = None,
    *,
    application_kind: str = "new",
    claims: frozenset[str] = frozenset(),
) -> GapList:
    """What stands between ``facts`` and ``family`` on ``on`` (see :func:`next_window`).

    Steps are sorted by the points that the next band brings, most first. Facts as for :func:`rubric.run`.
    """
    rubric = choose(rubrics, family, application_kind, on)
    result = run(rubric, facts, expert_points, application_kind=application_kind, on=on, claims=claims)
    if rubric is None:
        return GapList(result, on)
    scene = Scene(with_derived(rubric, facts), claims, expert_points or {})
    gates = {gate["id"]: gate for gate in rubric["gates"]}
    lacks = [lack for key in result.failed_gates for lack in _lacks(key, gates[key]["rule"], scene)]
    needed = [DataNeeded(key, _unknown(gates[key]["rule"], scene)) for key in result.unknown_gates]
    needed += [
        DataNeeded(item["id"], _unknown_of(item, scene))
        for group in rubric["groups"]
        for item in group["items"]
        if result.items[item["id"]] is None
    ]
    steps = sorted(_steps(rubric, scene), key=lambda step: (-step.points, step.group, step.item, step.fact))
    return GapList(result, on, tuple(lacks), tuple(needed), _closing(steps, result))


def _ways(rule: logic.Rule) -> list[list[logic.Rule]]:
    """The sets of comparisons each of which would meet ``rule``; of very many only the first."""
    if "any" in rule:
        return [way for part in rule["any"] for way in _ways(part)][:MOST_WAYS]
    if "all" in rule:
        found: list[list[logic.Rule]] = [[]]
        for part in rule["all"]:
            found = [[*way, *more] for way in found for more in _ways(part)][:MOST_WAYS]
        return found
    return _ways(rule["not"]) if "not" in rule else [[rule]]


def _lacks(gate: str, rule: logic.Rule, scene: Scene) -> Iterator[Lack]:
    """What each way to meet a failed gate lacks; ways that another kind of firm would go only where no other is left,
    and none that asks for all of a shorter one and more.
    """
    ways = [[lack for leaf in way if (lack := _lack(gate, leaf, scene))] for way in _ways(rule)]
    open_ways = [way for way in ways if not any(_is_given(lack) for lack in way)] or ways
    facts = [frozenset((lack.fact, lack.required) for lack in way) for way in open_ways]
    number_of = 0
    for place, way in enumerate(open_ways):
        others = [one for at, one in enumerate(facts) if at != place]
        if facts[place] in facts[:place] or any(one < facts[place] for one in others):
            continue
        yield from (replace(lack, way=number_of) for lack in way)
        number_of += 1


def _is_given(lack: Lack) -> bool:
    """Whether no effort changes it: what a firm is, such as its sector."""
    return lack.op == "==" and isinstance(lack.required, str)


def _lack(gate: str, leaf: logic.Rule, scene: Scene) -> Lack | None:
    """The comparison when it is not met."""
    value = scene.facts.get(leaf["fact"])
    grown, plain, bound = False, value, leaf.get("value")
    if isinstance(value, CompoundGrowth):
        grown, plain, bound = True, value.ratio, value.limit(number(bound) or Fraction(0))
    told = {**scene.facts, leaf["fact"]: plain}
    if logic.evaluate({**leaf, "value": bound}, told, scene.claims) is not logic.Truth.NOT_MET:
        return None
    here, there = number(plain), number(bound)
    distance = abs(there - here) if here is not None and there is not None and not grown else None
    return Lack(gate, leaf["fact"], leaf["op"], leaf.get("value"), None if grown else value, distance)


def _unknown(rule: logic.Rule, scene: Scene) -> tuple[str, ...]:
    return tuple(
        name
        for name in logic.facts_of(rule)
        if scene.facts.get(name) is None and (name in scene.facts or name not in scene.claims)
    )


def _unknown_of(item: Mapping[str, Any], scene: Scene) -> tuple[str, ...]:
    names = [one["fact"] for one in (item, *item.get("of", ())) if "fact" in one]
    names += [name for band in item.get("bands", ()) if "when" in band for name in logic.facts_of(band["when"])]
    return tuple(name for name in dict.fromkeys(names) if scene.facts.get(name) is None)


def _steps(rubric: Rubric, scene: Scene) -> Iterator[Step]:
    for group in rubric["groups"]:
        for item in group["items"]:
            held = score_item(item, scene)
            for part in item.get("of", (item,)):
                step = _step(group["id"], item["id"], part, scene, held.low)
                if step is not None and held.points is not None:
                    yield step


def _step(group: str, key: str, item: Mapping[str, Any], scene: Scene, held: Fraction) -> Step | None:
    """The nearest thing that brings points to the item as a whole: a band, an option, a full step, one more mark."""
    better = _BETTER.get(item["type"])
    reachable = [one for one in better(item, scene) if one[0] > held] if better else []
    if not reachable:
        return None
    points, bound = min(reachable, key=lambda one: one[0])
    value = scene.facts.get(item["fact"])
    return Step(group, key, item["fact"], None if isinstance(value, CompoundGrowth) else value, bound, points - held)


def _points(value: Any) -> Fraction:
    return number(value) or Fraction(0)


def _bands(item: Mapping[str, Any], side: str) -> list[tuple[Fraction, Any]]:
    return [(_points(band["points"]), band[side]) for band in item["bands"] if side in band]


def _options(item: Mapping[str, Any], _scene: Scene) -> list[tuple[Fraction, Any]]:
    spoken = {"true": True, "false": False}
    return [(_points(points), spoken.get(name, name)) for name, points in item["options"].items()]


def _full_step(item: Mapping[str, Any], scene: Scene) -> list[tuple[Fraction, Any]]:
    value, per = number(scene.facts.get(item["fact"])), _points(item["per"])
    if value is None or not per:
        return []
    steps = max(0, floor(value / per)) + 1
    return [(min(_points(item["max"]), steps * _points(item["points"])), steps * per)]


def _one_more(item: Mapping[str, Any], scene: Scene) -> list[tuple[Fraction, Any]]:
    marks = scene.facts.get(item["fact"])
    held = set(marks) & set(item["options"]) if isinstance(marks, list | tuple | set | frozenset) else set()
    left = tuple(one for one in item["options"] if one not in held)
    return [(min(_points(item["max"]), (len(held) + 1) * _points(item["each"])), left)] if left else []


_BETTER: dict[str, Callable[[Mapping[str, Any], Scene], list[tuple[Fraction, Any]]]] = {
    "band_high": lambda item, _scene: _bands(item, "min"),
    "band_low": lambda item, _scene: _bands(item, "max"),
    "choice": _options,
    "step": _full_step,
    "multi_cap": _one_more,
}
"""By type of item: points that could be had, and the value from which they are had."""


def _closing(steps: list[Step], result: Result) -> tuple[Step, ...]:
    """Mark the steps of most points, one an item: first those that lift a group to its minimum, then the total."""
    left = result.shortfall_total or Fraction(0)
    short = dict(result.shortfall_groups)
    taken: dict[str, int] = {}
    for only_short in (True, False):
        for place, step in enumerate(steps):
            needed = short.get(step.group, Fraction(0)) if only_short else left
            if needed > 0 and step.item not in taken:
                taken[step.item] = place
                left -= step.points
                short[step.group] = short.get(step.group, Fraction(0)) - step.points
    marked = set(taken.values())
    return tuple(
        Step(step.group, step.item, step.fact, step.actual, step.limit, step.points, place in marked)
        for place, step in enumerate(steps)
    )
