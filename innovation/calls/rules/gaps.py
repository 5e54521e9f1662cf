"""The gap list (specification 4.3): what a firm lacks to the next level, under one version of a rubric. No promise."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from fractions import Fraction
from typing import Any

from innovation.calls.rules import logic
from innovation.calls.rules.exact import day, number
from innovation.calls.rules.rubric import Result, choose, run
from innovation.calls.rules.rubric.derived import CompoundGrowth, with_derived
from innovation.calls.rules.rubric.items import Scene, score_item

Rubric = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Lack:
    """One comparison of a failed gate: the fact, what is required, what is there, and how far apart (numbers only).

    ``actual`` is None for compound growth, whose root is no fraction, and for a claim that was not made.
    """

    gate: str
    fact: str
    op: str
    required: Any
    actual: Any
    distance: Fraction | None


@dataclass(frozen=True, slots=True)
class DataNeeded:
    """A gate or item that cannot be judged, and the facts that would tell."""

    part: str
    facts: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Step:
    """One item's next better band: from which value to which, and the points that this brings.

    ``actual`` and ``limit`` are in the unit of the fact. ``closes``: the marked steps together close the
    shortfall of the groups and of the total, as far as bands can.
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


def _leaves(rule: logic.Rule) -> Iterator[logic.Rule]:
    if "fact" in rule:
        yield rule
        return
    for part in [rule["not"]] if "not" in rule else rule.get("all") or rule.get("any") or ():
        yield from _leaves(part)


def _lacks(gate: str, rule: logic.Rule, scene: Scene) -> Iterator[Lack]:
    """The comparisons of a failed gate that are themselves not met."""
    for leaf in _leaves(rule):
        value = scene.facts.get(leaf["fact"])
        grown, plain, bound = False, value, leaf.get("value")
        if isinstance(value, CompoundGrowth):
            grown, plain, bound = True, value.ratio, value.limit(number(bound) or Fraction(0))
        told = {**scene.facts, leaf["fact"]: plain}
        if logic.evaluate({**leaf, "value": bound}, told, scene.claims) is not logic.Truth.NOT_MET:
            continue
        here, there = number(plain), number(bound)
        distance = abs(there - here) if here is not None and there is not None and not grown else None
        yield Lack(gate, leaf["fact"], leaf["op"], leaf.get("value"), None if grown else value, distance)


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
    """The nearest band above the one held that brings points to the item as a whole."""
    side = {"band_high": "min", "band_low": "max"}.get(item["type"])
    if side is None:
        return None
    better = [
        (points, band[side])
        for band in item["bands"]
        if side in band and (points := number(band["points"])) is not None
    ]
    reachable = [(points, bound) for points, bound in better if points > held]
    if not reachable:
        return None
    points, bound = min(reachable, key=lambda one: one[0])
    value = scene.facts.get(item["fact"])
    return Step(group, key, item["fact"], None if isinstance(value, CompoundGrowth) else value, bound, points - held)


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
