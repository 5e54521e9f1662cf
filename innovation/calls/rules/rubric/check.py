"""The check of a rubric's definition, for the editor: everything that is wrong with it, each with its JSON path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from innovation.calls.rules import logic
from innovation.calls.rules.ages import tells_age
from innovation.calls.rules.exact import day, number
from innovation.calls.rules.rubric.derived import FUNCTIONS
from innovation.calls.rules.rubric.items import TYPES

APPLICATION_KINDS = ("new", "recheck")
STATUSES = ("verified", "unverified", "local")
# What an item of each type must hold beside id and type.
_NEEDED: dict[str, tuple[str, ...]] = {
    "band_high": ("fact", "bands"), "band_low": ("fact", "bands"), "choice": ("fact", "options"),
    "step": ("fact", "per", "points", "max"), "multi_cap": ("fact", "each", "max", "options"),
    "number": ("fact", "max"), "max_of": ("of",), "expert_range": ("lo", "hi"), "expert_in_band": ("bands",),
}  # fmt: skip
_NUMBERS = ("per", "points", "max", "each", "lo", "hi", "min", "cap")


@dataclass(frozen=True, slots=True)
class RubricFault:
    """Codes: ``not_a_rubric``, ``wrong_status``, ``no_window``, ``wrong_window``, ``wrong_derived``, ``duplicate_id``,
    ``unknown_type``, ``missing_part``, ``wrong_number``, ``no_last_band``, ``wrong_order``, ``empty_range``,
    ``no_pass_rule``, ``unknown_group``, ``scores_age``, and ``rule_<code>`` (see RuleFault).
    """

    path: str
    code: str
    facts: Mapping[str, Any]


def check_rubric(rubric: object, legal_basis: str = "") -> tuple[RubricFault, ...]:
    """Everything that is wrong with a rubric, empty when it may be published.

    A rubric that judges by age is refused unless ``legal_basis`` names what allows it (invariant 12).
    """
    if not isinstance(rubric, Mapping) or any(
        key not in rubric for key in ("id", "family", "windows", "gates", "groups")
    ):
        return (RubricFault("$", "not_a_rubric", {}),)
    try:
        faults = [*_head(rubric), *_conditions(rubric), *_groups(rubric)]
        if not faults and not legal_basis.strip():
            faults = [RubricFault("$", "scores_age", {"fact": name}) for name in facts_of(rubric) if tells_age(name)]
    except (AttributeError, KeyError, TypeError):
        # A part is of another kind altogether (a number where a list stands): nothing finer can be told of it.
        return (RubricFault("$", "not_a_rubric", {}),)
    return tuple(faults)


def facts_of(rubric: Mapping[str, Any]) -> tuple[str, ...]:
    """Every fact that a sound rubric may read, derived ones and what they come from included, each once."""
    names: list[str] = []
    for row in (*rubric["gates"], *rubric.get("direct", ())):
        names += [name for key in ("rule", "waiver") if row.get(key) for name in logic.facts_of(row[key])]
    for _path, item in _items(rubric):
        names += [item["fact"]] if "fact" in item else []
        for band in item.get("bands", ()):
            names += logic.facts_of(band["when"]) if "when" in band else ()
    names += [argument for name in names for argument in rubric.get("derived", {}).get(name, {}).get("args", ())]
    return tuple(dict.fromkeys(names))


def _fault(path: str, code: str, **facts: Any) -> RubricFault:
    return RubricFault(path, code, facts)


def _head(rubric: Mapping[str, Any]) -> Iterator[RubricFault]:
    if rubric.get("status") not in STATUSES:
        yield _fault("$.status", "wrong_status", allowed=list(STATUSES))
    if not rubric["windows"]:
        yield _fault("$.windows", "no_window")
    for place, window in enumerate(rubric["windows"]):
        path = f"$.windows[{place}]"
        opens, ends = day(window.get("from")), day(window.get("to"))
        unreadable = window.get("to") is not None and ends is None
        if (
            window.get("application_kind") not in APPLICATION_KINDS
            or opens is None
            or unreadable
            or (ends is not None and ends < opens)
        ):
            yield _fault(path, "wrong_window", allowed=list(APPLICATION_KINDS))
    for name, rule in rubric.get("derived", {}).items():
        if not isinstance(rule, Mapping) or len(rule.get("args", ())) != FUNCTIONS.get(rule.get("fn", ""), 0):
            yield _fault(f"$.derived.{name}", "wrong_derived", allowed=sorted(FUNCTIONS))


def _conditions(rubric: Mapping[str, Any]) -> Iterator[RubricFault]:
    for kind in ("gates", "direct"):
        seen = set()
        for place, row in enumerate(rubric.get(kind, ())):
            path = f"$.{kind}[{place}]"
            if row.get("id") in seen or not row.get("id"):
                yield _fault(f"{path}.id", "duplicate_id", id=str(row.get("id")))
            seen.add(row.get("id"))
            for key in ("rule", "waiver"):
                if key == "rule" or row.get(key) is not None:
                    yield from _rule(f"{path}.{key}", row.get(key))


def _rule(path: str, rule: Any) -> Iterator[RubricFault]:
    for wrong in logic.check_rule(rule):
        yield _fault(path + wrong.path.removeprefix("$"), f"rule_{wrong.code}", **wrong.facts)


def _items(rubric: Mapping[str, Any]) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every item with its path, parts of a ``max_of`` included."""
    for at, group in enumerate(rubric["groups"]):
        for place, item in enumerate(group["items"]):
            path = f"$.groups[{at}].items[{place}]"
            yield path, item
            yield from ((f"{path}.of[{part}]", one) for part, one in enumerate(item.get("of", ())))


def _groups(rubric: Mapping[str, Any]) -> Iterator[RubricFault]:
    ids = [group.get("id") for group in rubric["groups"]]
    rule = rubric.get("pass")
    if rubric["groups"] and (not isinstance(rule, Mapping) or number(rule.get("total_min")) is None):
        yield _fault("$.pass", "no_pass_rule")
    for name in (rule or {}).get("group_min", {}):
        if name not in ids:
            yield _fault(f"$.pass.group_min.{name}", "unknown_group", group=name)
    seen: set[str] = set()
    for path, item in _items(rubric):
        if item.get("id") in seen and ".of[" not in path:
            yield _fault(f"{path}.id", "duplicate_id", id=str(item.get("id")))
        seen |= {item.get("id", "")} if ".of[" not in path else set()
        yield from _item(path, item)


def _item(path: str, item: Mapping[str, Any]) -> Iterator[RubricFault]:
    kind = item.get("type")
    if kind not in TYPES:
        yield _fault(f"{path}.type", "unknown_type", allowed=sorted(TYPES))
        return
    for name in _NEEDED[kind]:
        if not item.get(name) and item.get(name) != 0:
            yield _fault(f"{path}.{name}", "missing_part", part=name)
    for name in _NUMBERS:
        if name in item and (number(item[name]) is None or (name == "per" and number(item[name]) == 0)):
            yield _fault(f"{path}.{name}", "wrong_number")
    if "lo" in item and "hi" in item and (number(item["lo"]) or 0) > (number(item["hi"]) or 0):
        yield _fault(f"{path}.hi", "empty_range")
    yield from _bands(path, item)


def _bands(path: str, item: Mapping[str, Any]) -> Iterator[RubricFault]:
    """Limits fall (or rise) from band to band, and the last band takes the rest."""
    bands = item.get("bands") or []
    side = "max" if item["type"] == "band_low" else "min"
    limits = [number(band[side]) for band in bands if side in band]
    ordered = sorted((one for one in limits if one is not None), reverse=side == "min")
    if None in limits or limits != ordered:
        yield _fault(f"{path}.bands", "wrong_order")
    if bands and (side in bands[-1] or "when" in bands[-1]):
        yield _fault(f"{path}.bands", "no_last_band")
    for place, band in enumerate(bands):
        needed = ("lo", "hi") if item["type"] == "expert_in_band" else ("points",)
        if any(number(band.get(name)) is None for name in needed):
            yield _fault(f"{path}.bands[{place}]", "wrong_number")
        if "when" in band:
            yield from _rule(f"{path}.bands[{place}].when", band["when"])
