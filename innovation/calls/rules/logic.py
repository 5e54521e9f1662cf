"""Rules in three values: met, not met, not known (Kleene's strong logic; programme specification 4.1).

A rule is data, never code:

- ``{"fact": "revenue", "op": ">=", "value": 10000000}``; ops are ``>= > <= < == !=``;
- ``{"fact": "ends_on", "op": ">", "other": "starts_on"}`` compares two facts;
- ``{"all": [rule, …]}``, ``{"any": [rule, …]}``, ``{"not": rule}``.

Numbers are compared exactly (no rounding before comparing), dates as dates, text by equality. A fact that holds
several choices is ``==`` a value when the value is among them. What cannot be compared is not known.
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from operator import eq, ge, gt, le, lt, ne
from typing import Any

from innovation.calls.rules.exact import day, number

Rule = Mapping[str, Any]
Facts = Mapping[str, Any]

OPERATORS: dict[str, Callable[[Any, Any], bool]] = {">=": ge, ">": gt, "<=": le, "<": lt, "==": eq, "!=": ne}
EQUALITIES = frozenset({"==", "!="})
DEEPEST = 20
MOST_PARTS = 300
_GROUPS = ("all", "any", "not")


class Truth(StrEnum):
    """The result of a rule."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"

    @classmethod
    def of(cls, answer: bool | None) -> "Truth":
        """From true, false or None (not known)."""
        return cls.NOT_KNOWN if answer is None else cls.MET if answer else cls.NOT_MET

    @property
    def value_or_none(self) -> bool | None:
        """True, false, or None when not known."""
        return {Truth.MET: True, Truth.NOT_MET: False}.get(self)


class RuleShapeError(ValueError):
    """A rule is malformed. ``faults`` says where; the editor refuses such a rule before it is stored."""

    def __init__(self, faults: "tuple[RuleFault, ...]") -> None:
        super().__init__("; ".join(f"{fault.path}: {fault.code}" for fault in faults))
        self.faults = faults


@dataclass(frozen=True, slots=True)
class RuleFault:
    """What is wrong with a rule: JSON path inside it (``$.all[0].fact``), code, and the words that it is about.

    Codes: ``not_a_rule``, ``unknown_key``, ``unknown_fact``, ``unknown_operator``, ``no_value``, ``wrong_value``,
    ``no_order`` (text, choices and yes/no have none), ``empty_group``, ``too_deep``, ``too_large``.
    """

    path: str
    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Explained:
    """One part of a rule with its result. ``kind`` is all, any, not or compare; the rest belongs to compare.

    ``actual`` is the fact's value (None when it is not there), ``wanted`` what it is compared with.
    """

    kind: str
    result: Truth
    parts: "tuple[Explained, ...]" = ()
    fact: str | None = None
    op: str | None = None
    actual: Any = None
    wanted: Any = None


def evaluate(rule: Rule, facts: Facts, claims: frozenset[str] = frozenset()) -> Truth:
    """The result of ``rule`` on ``facts``.

    A fact that is missing or null makes its comparison not known. A fact in ``claims`` that is missing counts as not
    made: its comparison is not met; a claim given as null is not known. Raises RuleShapeError for a malformed rule.
    """
    return explain(rule, facts, claims).result


def explain(rule: Rule, facts: Facts, claims: frozenset[str] = frozenset()) -> Explained:
    """The whole tree of ``rule`` with the result of every part, for display. Errors as in :func:`evaluate`."""
    faults = _shape_faults(rule)
    if faults:
        raise RuleShapeError(faults)
    return _explain(rule, facts, claims)


def conjunction(results: Iterable[Truth]) -> Truth:
    """All of them: not met if one is not met, else not known if one is not known, else met (also for none)."""
    found = set(results)
    return next((truth for truth in (Truth.NOT_MET, Truth.NOT_KNOWN) if truth in found), Truth.MET)


def disjunction(results: Iterable[Truth]) -> Truth:
    """Any of them: met if one is met, else not known if one is not known, else not met (also for none)."""
    found = set(results)
    return next((truth for truth in (Truth.MET, Truth.NOT_KNOWN) if truth in found), Truth.NOT_MET)


def negation(result: Truth) -> Truth:
    """The opposite; not known stays not known."""
    return {Truth.MET: Truth.NOT_MET, Truth.NOT_MET: Truth.MET}.get(result, Truth.NOT_KNOWN)


def facts_of(rule: Rule) -> tuple[str, ...]:
    """The facts that ``rule`` reads, each once, in order of appearance. Raises RuleShapeError."""
    faults = _shape_faults(rule)
    if faults:
        raise RuleShapeError(faults)
    return tuple(dict.fromkeys(name for _path, name in _named(rule, "$")))


def check_rule(rule: object, known_facts: Mapping[str, str] | Iterable[str] | None = None) -> tuple[RuleFault, ...]:
    """Everything that is wrong with ``rule``, for the editor; empty when it may be stored.

    ``known_facts`` names the facts there are: a mapping of name → type (``number``, ``money``, ``percent``, ``trl``,
    ``date``, ``yes_no`` or ``boolean``, ``choice``, ``multi``, anything else is text) also checks the values; a
    plain collection of names checks the names; None checks the shape alone.
    """
    faults = _shape_faults(rule)
    if faults or known_facts is None or not isinstance(rule, Mapping):
        return faults
    types = known_facts if isinstance(known_facts, Mapping) else dict.fromkeys(known_facts)
    unknown = tuple(
        RuleFault(path, "unknown_fact", {"fact": name}) for path, name in _named(rule, "$") if name not in types
    )
    return unknown or tuple(_type_faults(rule, types, "$"))


def _explain(rule: Rule, facts: Facts, claims: frozenset[str]) -> Explained:
    if "not" in rule:
        part = _explain(rule["not"], facts, claims)
        return Explained("not", negation(part.result), (part,))
    for kind, join in (("all", conjunction), ("any", disjunction)):
        if kind in rule:
            parts = tuple(_explain(part, facts, claims) for part in rule[kind])
            return Explained(kind, join(part.result for part in parts), parts)
    fact, op = rule["fact"], rule["op"]
    wanted = facts.get(rule["other"]) if "other" in rule else rule["value"]
    actual = facts.get(fact)
    not_made = fact in claims and fact not in facts
    result = Truth.NOT_MET if not_made else Truth.of(_compare(actual, op, wanted))
    return Explained("compare", result, fact=fact, op=op, actual=actual, wanted=wanted)


def _compare(actual: Any, op: str, wanted: Any) -> bool | None:
    """Whether the comparison holds; None when a side is missing or the two have no common measure."""
    if actual is None or wanted is None:
        return None
    if isinstance(actual, list | tuple | set | frozenset) and isinstance(wanted, str) and op in EQUALITIES:
        return (wanted in actual) is (op == "==")
    pair = _pair(actual, wanted)
    if pair is None or (op not in EQUALITIES and isinstance(pair[0], bool | str)):
        return None
    return OPERATORS[op](*pair)


def _pair(actual: Any, wanted: Any) -> tuple[Any, Any] | None:
    """Both sides in one measure: yes/no, numbers, dates or text. Text beside text stays text, as codes do."""
    if isinstance(actual, bool) or isinstance(wanted, bool):
        return (actual, wanted) if isinstance(actual, bool) and isinstance(wanted, bool) else None
    days = day(actual), day(wanted)
    if None not in days:
        return days
    if isinstance(actual, str) and isinstance(wanted, str):
        return actual, wanted
    numbers = number(actual), number(wanted)
    return None if None in numbers else numbers


def _shape_faults(rule: object) -> tuple[RuleFault, ...]:
    """Faults of form alone. Stops at the first part that is too deep, so hostile nesting costs nothing."""
    faults: list[RuleFault] = []
    waiting: list[tuple[object, str, int]] = [(rule, "$", 1)]
    seen = 0
    while waiting:
        part, path, depth = waiting.pop()
        seen += 1
        if seen > MOST_PARTS:
            return (*faults, RuleFault("$", "too_large", {"most": MOST_PARTS}))
        if depth > DEEPEST:
            return (*faults, RuleFault(path, "too_deep", {"deepest": DEEPEST}))
        if not isinstance(part, Mapping):
            faults.append(RuleFault(path, "not_a_rule", {}))
            continue
        group = next((key for key in _GROUPS if key in part), None)
        if group is None:
            faults += _comparison_faults(part, path)
            continue
        faults += [RuleFault(f"{path}.{key}", "unknown_key", {"key": key}) for key in part if key != group]
        inside = [part["not"]] if group == "not" else part[group]
        if not isinstance(inside, list | tuple) or not inside:
            faults.append(RuleFault(f"{path}.{group}", "empty_group", {"group": group}))
            continue
        paths = [f"{path}.not"] if group == "not" else [f"{path}.{group}[{place}]" for place in range(len(inside))]
        waiting += reversed([(one, where, depth + 1) for one, where in zip(inside, paths, strict=True)])
    return tuple(faults)


def _comparison_faults(part: Rule, path: str) -> Iterator[RuleFault]:
    if "fact" not in part or "op" not in part:
        yield RuleFault(path, "not_a_rule", {})
        return
    allowed = {"fact", "op", "value", "other"}
    yield from (RuleFault(f"{path}.{key}", "unknown_key", {"key": str(key)}) for key in part if key not in allowed)
    if not isinstance(part["fact"], str) or not part["fact"]:
        yield RuleFault(f"{path}.fact", "not_a_rule", {})
    if not isinstance(part["op"], str) or part["op"] not in OPERATORS:
        yield RuleFault(f"{path}.op", "unknown_operator", {"op": str(part["op"])})
    if ("value" in part) == ("other" in part):
        yield RuleFault(path, "no_value", {})
    elif "other" in part and (not isinstance(part["other"], str) or not part["other"]):
        yield RuleFault(f"{path}.other", "not_a_rule", {})
    elif "value" in part and not _is_plain(part["value"]):
        yield RuleFault(f"{path}.value", "wrong_value", {"value": str(part["value"])})


def _is_plain(value: Any) -> bool:
    return isinstance(value, bool | str) or number(value) is not None or day(value) is not None


def _named(rule: Rule, path: str) -> Iterator[tuple[str, str]]:
    """(path, fact) of every fact that a well-formed rule reads."""
    if "fact" in rule:
        yield f"{path}.fact", rule["fact"]
        if "other" in rule:
            yield f"{path}.other", rule["other"]
        return
    for inner, where in _inside(rule, path):
        yield from _named(inner, where)


def _inside(rule: Rule, path: str) -> Iterator[tuple[Rule, str]]:
    if "not" in rule:
        yield rule["not"], f"{path}.not"
        return
    group = "all" if "all" in rule else "any"
    yield from ((part, f"{path}.{group}[{place}]") for place, part in enumerate(rule[group]))


_MEASURES = {
    **dict.fromkeys(("number", "money", "percent", "trl"), "number"),
    **dict.fromkeys(("yes_no", "boolean"), "yes_no"),
    "date": "date",
}


def _type_faults(rule: Rule, types: Mapping[str, str | None], path: str) -> Iterator[RuleFault]:
    if "fact" not in rule:
        for inner, where in _inside(rule, path):
            yield from _type_faults(inner, types, where)
        return
    kind = types[rule["fact"]]
    if kind is None:
        return
    measure = _MEASURES.get(kind, "text")
    if measure in {"text", "yes_no"} and rule["op"] not in EQUALITIES:
        yield RuleFault(f"{path}.op", "no_order", {"fact": rule["fact"], "op": rule["op"]})
    if "other" in rule:
        other = types[rule["other"]]
        if other is not None and _MEASURES.get(other, "text") != measure:
            yield RuleFault(f"{path}.other", "wrong_value", {"value": rule["other"]})
    elif not _fits(rule["value"], measure):
        yield RuleFault(f"{path}.value", "wrong_value", {"value": str(rule["value"])})


def _fits(value: Any, measure: str) -> bool:
    if measure == "number":
        return number(value) is not None
    if measure == "date":
        return day(value) is not None
    return isinstance(value, bool) if measure == "yes_no" else isinstance(value, str)
