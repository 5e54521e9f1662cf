"""The rubric engine (specification 4.2): version by window, gates, vetoes, waivers, direct paths, points, result."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from typing import Any

from innovation.calls.rules.exact import day, number
from innovation.calls.rules.logic import Truth, conjunction, disjunction
from innovation.calls.rules.rubric.derived import judge, with_derived
from innovation.calls.rules.rubric.items import Points, Scene, score_item

Rubric = Mapping[str, Any]


class Status(StrEnum):
    OK = "ok"
    NO_RULE = "no_rule"


class Route(StrEnum):
    """How a rubric was passed."""

    SCORE = "score"
    DIRECT = "direct"
    GATES = "gates"


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of a rubric on facts.

    ``rubric`` is the id of the version used. ``items`` holds points, None where not known; ``groups`` and ``total``
    count the least that unknown items can bring, ``groups_max`` and ``total_max`` the most. ``passed`` and ``vetoed``
    are None when not known. ``verified`` is false where version, window or a gate has no confirmed source: every
    screen and export says so. Totals are None for rubrics that have gates alone.
    """

    status: Status
    rubric: str | None = None
    items: Mapping[str, Fraction | None] = field(default_factory=dict)
    groups: Mapping[str, Fraction] = field(default_factory=dict)
    groups_max: Mapping[str, Fraction] = field(default_factory=dict)
    total: Fraction | None = None
    total_max: Fraction | None = None
    direct: tuple[str, ...] = ()
    failed_gates: tuple[str, ...] = ()
    unknown_gates: tuple[str, ...] = ()
    vetoed: bool | None = None
    refused_points: tuple[str, ...] = ()
    route: Route | None = None
    passed: bool | None = None
    shortfall_total: Fraction | None = None
    shortfall_groups: Mapping[str, Fraction] = field(default_factory=dict)
    verified: bool = False


@dataclass(frozen=True, slots=True)
class _Scored:
    """Points of all groups: the sums at both ends, and what the pass rule makes of them."""

    items: Mapping[str, Points]
    low: Mapping[str, Fraction]
    high: Mapping[str, Fraction]
    result: Truth


def choose(rubrics: Iterable[Rubric], family: str, application_kind: str, on: date) -> Rubric | None:
    """The version of ``family`` whose window for ``application_kind`` holds ``on`` (both ends included), or None.

    Where windows overlap, the one that began last.
    """
    found = [
        (day(window["from"]) or date.min, rubric)
        for rubric in rubrics
        if rubric["family"] == family
        for window in rubric["windows"]
        if window["application_kind"] == application_kind and _holds(window, on)
    ]
    return max(found, key=lambda one: one[0])[1] if found else None


def run(
    rubric: Rubric | None,
    facts: Mapping[str, Any],
    expert_points: Mapping[str, Any] | None = None,
    *,
    application_kind: str | None = None,
    on: date | None = None,
    claims: frozenset[str] = frozenset(),
) -> Result:
    """The outcome of ``rubric`` (None gives ``no_rule``).

    ``facts``: money in yuan as the rubric's limits are, shares as fractions (0.03), lists oldest year first.
    ``expert_points`` holds points by item. ``claims`` are the facts whose absence means not claimed.
    ``application_kind`` and ``on`` tell which gates apply and whether the window is verified.
    """
    if rubric is None:
        return Result(Status.NO_RULE)
    scene = Scene(with_derived(rubric, facts), claims, expert_points or {})
    gates = {gate["id"]: (gate, _gate(gate, scene)) for gate in rubric["gates"] if _applies(gate, application_kind)}
    directs = {path["id"]: judge(path["rule"], scene.facts, claims) for path in rubric["direct"]}
    scored = _score(rubric, scene)
    passed = conjunction(
        [truth for _gate_row, truth in gates.values()]
        + ([disjunction([scored.result, *directs.values()])] if rubric["groups"] else [])
    )
    total, total_max = (
        (sum(end.values(), Fraction(0)) if rubric["groups"] else None) for end in (scored.low, scored.high)
    )
    return Result(
        Status.OK,
        rubric["id"],
        items={key: points.points for key, points in scored.items.items()},
        groups=scored.low,
        groups_max=scored.high,
        total=total,
        total_max=total_max,
        direct=tuple(key for key, truth in directs.items() if truth is Truth.MET),
        failed_gates=tuple(key for key, (_row, truth) in gates.items() if truth is Truth.NOT_MET),
        unknown_gates=tuple(key for key, (_row, truth) in gates.items() if truth is Truth.NOT_KNOWN),
        vetoed=_vetoed([truth for gate, truth in gates.values() if gate.get("veto")]),
        refused_points=tuple(key for key, points in scored.items.items() if points.refused),
        route=_route(rubric, scored) if passed is Truth.MET else None,
        passed=passed.value_or_none,
        shortfall_total=_missing_total(rubric, total),
        shortfall_groups=_missing_groups(rubric, scored.low),
        verified=_is_verified(rubric, application_kind, on),
    )


def _holds(window: Mapping[str, Any], on: date) -> bool:
    opens, ends = day(window.get("from")), day(window.get("to"))
    return (opens is None or opens <= on) and (ends is None or on <= ends)


def _applies(gate: Mapping[str, Any], application_kind: str | None) -> bool:
    kinds = gate.get("application_kinds")
    return not kinds or application_kind is None or application_kind in kinds


def _gate(gate: Mapping[str, Any], scene: Scene) -> Truth:
    """A waiver replaces one gate; a veto cannot be waived."""
    results = [judge(gate["rule"], scene.facts, scene.claims)]
    if gate.get("waiver") and not gate.get("veto"):
        results.append(judge(gate["waiver"], scene.facts, scene.claims))
    return disjunction(results)


def _vetoed(results: list[Truth]) -> bool | None:
    if Truth.NOT_MET in results:
        return True
    return None if Truth.NOT_KNOWN in results else False


def _score(rubric: Rubric, scene: Scene) -> _Scored:
    items: dict[str, Points] = {}
    low: dict[str, Fraction] = {}
    high: dict[str, Fraction] = {}
    for group in rubric["groups"]:
        found = {item["id"]: score_item(item, scene) for item in group["items"]}
        items |= found
        cap = number(group.get("cap"))
        for ends, sum_up in ((low, [one.low for one in found.values()]), (high, [one.high for one in found.values()])):
            points = sum(sum_up, Fraction(0))
            ends[group["id"]] = points if cap is None else min(points, cap)
    if not rubric["groups"]:
        return _Scored(items, low, high, Truth.NOT_MET)
    result = Truth.MET if _reaches(rubric, low) else Truth.NOT_KNOWN if _reaches(rubric, high) else Truth.NOT_MET
    return _Scored(items, low, high, result)


def _reaches(rubric: Rubric, groups: Mapping[str, Fraction]) -> bool:
    return _missing_total(rubric, sum(groups.values(), Fraction(0))) == 0 and not _missing_groups(rubric, groups)


def _missing_total(rubric: Rubric, total: Fraction | None) -> Fraction | None:
    """Points to the total that passes; one more where the total must be over the limit."""
    if total is None or rubric.get("pass") is None:
        return None
    least = number(rubric["pass"]["total_min"]) or Fraction(0)
    exclusive = bool(rubric["pass"].get("exclusive"))
    if total > least or (total == least and not exclusive):
        return Fraction(0)
    return least + exclusive - total


def _missing_groups(rubric: Rubric, groups: Mapping[str, Fraction]) -> dict[str, Fraction]:
    minima = {
        key: number(least) or Fraction(0) for key, least in (rubric.get("pass") or {}).get("group_min", {}).items()
    }
    return {key: least - groups[key] for key, least in minima.items() if groups[key] < least}


def _route(rubric: Rubric, scored: _Scored) -> Route:
    if not rubric["groups"]:
        return Route.GATES
    return Route.SCORE if scored.result is Truth.MET else Route.DIRECT


def _is_verified(rubric: Rubric, application_kind: str | None, on: date | None) -> bool:
    windows = [
        window.get("status")
        for window in rubric["windows"]
        if (application_kind is None or window["application_kind"] == application_kind)
        and (on is None or _holds(window, on))
    ]
    gates = [gate.get("status", "verified") for gate in rubric["gates"] if _applies(gate, application_kind)]
    return all(status == "verified" for status in (rubric["status"], *windows, *gates))
