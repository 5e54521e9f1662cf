"""Every gate of a rubric with its result, what it requires and what is there: the list that a check of a case shows."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from innovation.calls.rules import logic
from innovation.calls.rules.logic import Truth
from innovation.calls.rules.rubric import Result
from innovation.calls.rules.rubric.derived import CompoundGrowth, with_derived

Rubric = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One comparison inside a gate. ``actual`` is None where it is not known (or is a growth, whose root is shown
    nowhere); numbers are in the unit of the fact, shares as fractions.
    """

    fact: str
    op: str
    required: Any
    actual: Any


@dataclass(frozen=True, slots=True)
class Gate:
    """``outcome`` counts waivers; ``is_unverified`` where version or gate has no confirmed source."""

    key: str
    text_zh: str
    text_en: str
    outcome: Truth
    comparisons: tuple[Comparison, ...]
    is_veto: bool
    is_unverified: bool


def gates(rubric: Rubric, result: Result, facts: Mapping[str, Any], application_kind: str) -> tuple[Gate, ...]:
    """The gates of ``rubric`` that apply to ``application_kind``, in its order, as ``result`` (``rubric.run``) judged
    them over ``facts``.
    """
    known = with_derived(rubric, facts)
    failed, unknown = set(result.failed_gates), set(result.unknown_gates)
    found = []
    for gate in rubric["gates"]:
        kinds = gate.get("application_kinds")
        if kinds and application_kind not in kinds:
            continue
        key = gate["id"]
        outcome = Truth.NOT_MET if key in failed else Truth.NOT_KNOWN if key in unknown else Truth.MET
        unverified = "unverified" in {gate.get("status"), rubric["status"]}
        found.append(
            Gate(
                key, gate["zh"], gate.get("en") or "", outcome, tuple(_compared(gate["rule"], known)),
                bool(gate.get("veto")), unverified,
            )
        )  # fmt: skip
    return tuple(found)


def plain(value: Any) -> Any:
    """A fact as JSON keeps it: exact numbers as text ``3/100``, lists member by member."""
    if isinstance(value, Fraction):
        return str(value)
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | str) else str(value)


def _compared(rule: logic.Rule, facts: Mapping[str, Any]) -> Iterator[Comparison]:
    if "fact" in rule:
        actual = facts.get(rule["fact"])
        required = facts.get(rule["other"]) if "other" in rule else rule.get("value")
        yield Comparison(
            rule["fact"], rule["op"], plain(required), None if isinstance(actual, CompoundGrowth) else plain(actual)
        )
        return
    for part in [rule["not"]] if "not" in rule else rule.get("all") or rule.get("any") or ():
        yield from _compared(part, facts)
