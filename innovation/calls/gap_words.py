"""Results of a rubric in words: gates with what is there and what is asked, and what is missing to pass."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.calls.choices import GateOutcome
from innovation.calls.rules.exact import decimal_text, number
from innovation.calls.rules.gaps import GapList, Lack, Step
from innovation.calls.shown import in_language as words
from innovation.calls.shown import money_text
from innovation.core.components import Status, Tone
from innovation.core.money import Unit

MET = Status(gettext_lazy("Met"), Tone.OK)
NOT_MET = Status(gettext_lazy("Not met"), Tone.BAD)
NOT_KNOWN = Status(gettext_lazy("Not known"), Tone.IDLE)
BY_OUTCOME = {GateOutcome.MET: MET, GateOutcome.NOT_MET: NOT_MET, GateOutcome.NOT_KNOWN: NOT_KNOWN}
OFFICE = Status(gettext_lazy("Judged by the office"), Tone.INFO)
OPERATORS: dict[str, str | Promise] = {
    ">=": gettext_lazy("at least %(value)s"),
    ">": gettext_lazy("over %(value)s"),
    "<=": gettext_lazy("at most %(value)s"),
    "<": gettext_lazy("below %(value)s"),
    "==": gettext_lazy("%(value)s"),
    "!=": gettext_lazy("other than %(value)s"),
}
DERIVED: dict[str, str | Promise] = {
    "ratio": "%(what)s",
    "min_ratio": gettext_lazy("%(what)s, lowest year"),
    "min": gettext_lazy("%(what)s, lowest year"),
    "sum": gettext_lazy("%(what)s, all years together"),
    "mean": gettext_lazy("%(what)s, mean of the years"),
    "cagr": gettext_lazy("%(what)s, mean yearly growth"),
    "growth_3y": gettext_lazy("%(what)s, mean yearly growth"),
}
"""How a figure is made from others, in words."""
SHARES = frozenset({"ratio", "min_ratio", "cagr", "growth_3y"})
"""Figures that are read as percent."""
DISTANCES: dict[str, str | Promise] = {
    **dict.fromkeys((">=", ">"), gettext_lazy("%(distance)s short")),
    **dict.fromkeys(("<=", "<"), gettext_lazy("%(distance)s too much")),
}
SEVERAL = 2
EXACT = re.compile(r"-?\d+/\d+")
"""A share as a check keeps it."""
PERCENT = 100
FEN = 100


@dataclass(frozen=True)
class GateLine:
    """One condition with its result; ``lacks`` say what is there and what is asked, each of them alone enough to be
    mended where it ``has_ways``.
    """

    text: str
    status: Status
    unverified: bool
    veto: bool
    waiver: bool
    lacks: tuple[str, ...] = ()
    has_ways: bool = False


@dataclass(frozen=True)
class StepLine:
    """A next better band: what, from which value to which, how many points; ``closes`` marks the shortest way."""

    item: str
    now: str
    to: str
    points: str
    closes: bool


def gate_lines(rubric: Mapping[str, Any], gaps: GapList, application_kind: str | None = "new") -> list[GateLine]:
    """Every gate that counts for the kind of application."""
    result, lines = gaps.result, []
    for gate in rubric["gates"]:
        if gate.get("application_kinds") and application_kind not in gate["application_kinds"]:
            continue
        status = NOT_MET if gate["id"] in result.failed_gates else MET
        if gate["id"] in result.unknown_gates:
            status = OFFICE if gate.get("manual") else NOT_KNOWN
        lacks, has_ways = _lacks(rubric, [lack for lack in gaps.lacks if lack.gate == gate["id"]])
        unverified = "unverified" in {rubric.get("status"), gate.get("status")}
        has_veto, has_waiver = bool(gate.get("veto")), bool(gate.get("waiver"))
        lines.append(GateLine(words(gate), status, unverified, has_veto, has_waiver, lacks, has_ways))
    return lines


def _lacks(rubric: Mapping[str, Any], lacks: Sequence[Lack]) -> tuple[tuple[str, ...], bool]:
    """One line a comparison; where there are several ways, one line a way, and True."""
    ways: dict[int, list[str]] = {}
    for lack in lacks:
        ways.setdefault(lack.way, []).append(_lack_text(rubric, lack))
    if len(ways) < SEVERAL:
        return tuple(line for way in ways.values() for line in way), False
    return tuple(" + ".join(way) for way in ways.values()), True


def _lack_text(rubric: Mapping[str, Any], lack: Lack) -> str:
    text = comparison_text(rubric, lack.fact, lack.op, lack.required, lack.actual)
    if not lack.distance or lack.op not in DISTANCES:
        return text
    distance = str(DISTANCES[lack.op]) % {"distance": fact_text(rubric, lack.fact, lack.distance)}
    return _("%(what)s (%(distance)s)") % {"what": text, "distance": distance}


def step_lines(rubric: Mapping[str, Any], gaps: GapList) -> list[StepLine]:
    """The next better bands, those of most points first."""
    names = {item["id"]: words(item) for group in rubric["groups"] for item in group["items"]}
    return [
        StepLine(
            names[step.item],
            fact_text(rubric, step.fact, step.actual),
            _step_to(rubric, step),
            decimal_text(step.points),
            step.closes,
        )
        for step in gaps.steps
    ]


def _step_to(rubric: Mapping[str, Any], step: Step) -> str:
    text = fact_text(rubric, step.fact, step.limit)
    return _("one more of: %(marks)s") % {"marks": text} if isinstance(step.limit, tuple) else text


def needed_names(rubric: Mapping[str, Any], gaps: GapList) -> list[str]:
    """The facts that would tell what is not known, each once."""
    names: list[str] = []
    for need in gaps.needed:
        for name in need.facts:
            rule = rubric.get("derived", {}).get(name)
            names += [fact_name(rubric, one) for one in (rule["args"] if rule else [name])]
    return list(dict.fromkeys(names))


def expert_items(rubric: Mapping[str, Any], gaps: GapList) -> list[str]:
    """Items whose points an expert gives."""
    return [
        words(item)
        for group in rubric["groups"]
        for item in group["items"]
        if item["type"].startswith("expert") and gaps.result.items.get(item["id"]) is None
    ]


def fact_name(rubric: Mapping[str, Any], name: str) -> str:
    """The fact in the reader's language."""
    rule = rubric.get("derived", {}).get(name)
    if rule is None:
        return words(rubric.get("facts", {}).get(name)) or name
    pattern = DERIVED.get(rule["fn"])
    names = [fact_name(rubric, one) for one in rule["args"]]
    return str(pattern) % {"what": " / ".join(names)} if pattern else ", ".join(names)


def fact_text(rubric: Mapping[str, Any], name: str, value: Any) -> str:
    """A value of a fact with its unit: shares as percent, money in 10,000 yuan."""
    fact = _described(rubric, name)
    if value is None:
        return "–"
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    options = {one["value"]: words(one) for one in fact.get("options", ())}
    if isinstance(value, list | tuple | set | frozenset):
        return ", ".join(options.get(str(one), str(one)) for one in value) or _("none")
    exact = Fraction(value) if isinstance(value, str) and EXACT.fullmatch(value) else number(value)
    if exact is None:
        return options.get(str(value), str(value))
    if fact.get("type") in {"money", "money_list"}:
        return money_text(int(exact * FEN), Unit.WAN)
    is_share = fact.get("unit") == "ratio" or (not fact and abs(exact) <= 1 and exact.denominator != 1)
    return f"{decimal_text(exact * PERCENT, 2)} %" if is_share else decimal_text(exact, 2)


def _described(rubric: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """What the rubric says of a fact; a sum, mean or lowest year has the unit of what it is made from."""
    facts, rule = rubric.get("facts", {}), rubric.get("derived", {}).get(name)
    if name in facts or rule is None:
        return facts.get(name, {})
    return {"unit": "ratio"} if rule["fn"] in SHARES else _described(rubric, rule["args"][0])


def comparison_text(rubric: Mapping[str, Any], fact: str, op: str, required: Any, actual: Any) -> str:
    """What is there and what is asked for: "Share of own money: 40 %, asked for: at least 50 %"."""
    asked = str(OPERATORS[op]) % {"value": fact_text(rubric, fact, required)}
    facts = {"fact": fact_name(rubric, fact), "now": fact_text(rubric, fact, actual), "asked": asked}
    return _("%(fact)s: %(now)s, asked for: %(asked)s") % facts


def points_text(value: Fraction | None) -> str:
    """Points for display."""
    return "–" if value is None else decimal_text(value, 2)
