"""Points of one item of a rubric (specification 4.2): known, or the least and most that they can still be."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from fractions import Fraction
from math import floor
from typing import Any

from innovation.calls.rules.exact import number
from innovation.calls.rules.logic import Truth
from innovation.calls.rules.rubric.derived import judge, measured

Item = Mapping[str, Any]
ZERO = Fraction(0)


@dataclass(frozen=True, slots=True)
class Scene:
    """What an item is scored from: facts (with the derived ones), claims, and the points that experts gave."""

    facts: Mapping[str, Any]
    claims: frozenset[str]
    expert_points: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Points:
    """``points`` is None when not known; then they lie between ``low`` and ``high``. ``refused``: an expert's point
    lay outside its band and was not taken.
    """

    points: Fraction | None
    low: Fraction
    high: Fraction
    refused: bool = False

    @classmethod
    def known(cls, points: Fraction, *, refused: bool = False) -> "Points":
        return cls(points, points, points, refused)


def score_item(item: Item, scene: Scene) -> Points:
    """The points of an item of any type. Raises KeyError for a type that the check of a rubric refuses."""
    return _SCORERS[item["type"]](item, scene)


def _between(values: list[Fraction]) -> Points:
    return Points(None, min(values), max(values))


def _exact(value: object) -> Fraction:
    exact = number(value)
    if exact is None:
        raise ValueError(f"{value!r} is no number of a rubric")
    return exact


def _banded(item: Item, scene: Scene, side: str) -> Points:
    """The first band whose limit the fact keeps; a value on the limit is in the better band."""
    value = scene.facts.get(item["fact"])
    for band in item["bands"]:
        if side not in band:
            return Points.known(_exact(band["points"])) if _is_measure(value) else _spread_of(item)
        pair = measured(value, band[side])
        if pair is None:
            return _spread_of(item)
        if (pair[0] >= pair[1]) if side == "min" else (pair[0] <= pair[1]):
            return Points.known(_exact(band["points"]))
    return Points.known(ZERO)


def _is_measure(value: object) -> bool:
    return measured(value, 0) is not None


def _spread_of(item: Item) -> Points:
    return _between([_exact(band["points"]) for band in item["bands"]])


def _band_high(item: Item, scene: Scene) -> Points:
    return _banded(item, scene, "min")


def _band_low(item: Item, scene: Scene) -> Points:
    return _banded(item, scene, "max")


def _choice(item: Item, scene: Scene) -> Points:
    value = scene.facts.get(item["fact"])
    key = {True: "true", False: "false"}.get(value, value) if isinstance(value, bool) else value
    options = {name: _exact(points) for name, points in item["options"].items()}
    return Points.known(options[key]) if isinstance(key, str) and key in options else _between([*options.values()])


def _step(item: Item, scene: Scene) -> Points:
    most, value = _exact(item["max"]), number(scene.facts.get(item["fact"]))
    if value is None:
        return Points(None, ZERO, most)
    return Points.known(min(most, max(ZERO, floor(value / _exact(item["per"])) * _exact(item["points"]))))


def _multi_cap(item: Item, scene: Scene) -> Points:
    most, marks = _exact(item["max"]), scene.facts.get(item["fact"])
    if not isinstance(marks, list | tuple | set | frozenset):
        return Points(None, ZERO, most)
    return Points.known(min(most, _exact(item["each"]) * len(set(marks) & set(item["options"]))))


def _number(item: Item, scene: Scene) -> Points:
    most, value = _exact(item["max"]), number(scene.facts.get(item["fact"]))
    return Points(None, ZERO, most) if value is None else Points.known(min(most, max(ZERO, value)))


def _max_of(item: Item, scene: Scene) -> Points:
    """The best part. Known also when what is not known could not be better."""
    parts = [score_item(part, scene) for part in item["of"]]
    low, high = max(part.low for part in parts), max(part.high for part in parts)
    return Points.known(low) if low == high else Points(None, low, high)


def _expert_range(item: Item, scene: Scene) -> Points:
    return _expert(item, scene, _exact(item["lo"]), _exact(item["hi"]))


def _expert_in_band(item: Item, scene: Scene) -> Points:
    for place, band in enumerate(item["bands"]):
        holds = _band_holds(item, band, scene)
        if holds is Truth.NOT_KNOWN:
            left = item["bands"][place:]
            return Points(None, min(_exact(one["lo"]) for one in left), max(_exact(one["hi"]) for one in left))
        if holds is Truth.MET:
            return _expert(item, scene, _exact(band["lo"]), _exact(band["hi"]))
    return Points.known(ZERO)


def _band_holds(item: Item, band: Mapping[str, Any], scene: Scene) -> Truth:
    if "when" in band:
        return judge(band["when"], scene.facts, scene.claims)
    if "fact" in item and not _is_measure(scene.facts.get(item["fact"])):
        return Truth.NOT_KNOWN
    if "min" not in band:
        return Truth.MET
    pair = measured(scene.facts.get(item["fact"]), band["min"])
    if pair is None:
        return Truth.NOT_KNOWN
    return Truth.of(pair[0] > pair[1] if band.get("exclusive") else pair[0] >= pair[1])


def _expert(item: Item, scene: Scene, low: Fraction, high: Fraction) -> Points:
    """An expert's point inside its band; outside it is refused, never clipped. A band of one point needs no expert."""
    given = number(scene.expert_points.get(item["id"]))
    outside = given is not None and not low <= given <= high
    if low == high == 0:
        return Points.known(ZERO, refused=outside)
    return Points(None, low, high, outside) if given is None or outside else Points.known(given)


_SCORERS: dict[str, Callable[[Item, Scene], Points]] = {
    "band_high": _band_high,
    "band_low": _band_low,
    "choice": _choice,
    "step": _step,
    "multi_cap": _multi_cap,
    "number": _number,
    "max_of": _max_of,
    "expert_range": _expert_range,
    "expert_in_band": _expert_in_band,
}
TYPES = frozenset(_SCORERS)
