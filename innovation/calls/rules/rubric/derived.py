"""Facts that follow from other facts, exact (specification 4.2); used where the fact itself is missing or null."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from innovation.calls.rules import logic
from innovation.calls.rules.exact import number

Numbers = list[Fraction]


@dataclass(frozen=True, slots=True)
class CompoundGrowth:
    """last/first over ``periods``: its root is seldom a fraction, so a limit is raised to the power instead."""

    ratio: Fraction
    periods: int

    def limit(self, rate: Fraction) -> Fraction:
        """What the ratio must be held against for a yearly ``rate``: (1 + rate)^periods."""
        return max(1 + rate, Fraction(0)) ** self.periods


def with_derived(rubric: Mapping[str, Any], facts: Mapping[str, Any]) -> dict[str, Any]:
    """``facts`` with the rubric's derived ones where they are missing and can be computed."""
    found = dict(facts)
    for name, rule in rubric.get("derived", {}).items():
        if found.get(name) is None:
            value = _FUNCTIONS[rule["fn"]]([_numbers(facts.get(argument)) for argument in rule["args"]])
            if value is not None:
                found[name] = value
    return found


def measured(value: object, limit: object) -> tuple[Fraction, Fraction] | None:
    """A fact and a limit as two numbers to compare, None when the fact is not known."""
    bound = number(limit)
    if bound is None:
        return None
    if isinstance(value, CompoundGrowth):
        return value.ratio, value.limit(bound)
    exact = number(value)
    return None if exact is None else (exact, bound)


def judge(rule: logic.Rule, facts: Mapping[str, Any], claims: frozenset[str]) -> logic.Truth:
    """The result of a rule that may read compound growth."""
    return logic.evaluate(_powered(rule, facts), _plain(facts), claims)


def _powered(rule: logic.Rule, facts: Mapping[str, Any]) -> logic.Rule:
    """The rule with each limit on a compound growth raised to its number of periods."""
    if "fact" in rule:
        growth = facts.get(rule["fact"])
        rate = number(rule.get("value"))
        return rule if not isinstance(growth, CompoundGrowth) or rate is None else {**rule, "value": growth.limit(rate)}
    if "not" in rule:
        return {"not": _powered(rule["not"], facts)}
    return {group: [_powered(part, facts) for part in rule[group]] for group in ("all", "any") if group in rule}


def _plain(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value.ratio if isinstance(value, CompoundGrowth) else value for name, value in facts.items()}


def _numbers(value: Any) -> Numbers | None:
    """One number or a list of them; None when any is missing."""
    values = value if isinstance(value, Sequence) and not isinstance(value, str) else [value]
    exact = [number(one) for one in values]
    return None if not exact or None in exact else [one for one in exact if one is not None]


def _ratio(arguments: list[Numbers | None]) -> Fraction | None:
    top, bottom = arguments
    return None if not top or not bottom or bottom[0] == 0 else top[0] / bottom[0]


def _min_ratio(arguments: list[Numbers | None]) -> Fraction | None:
    top, bottom = arguments
    if not top or not bottom or len(top) != len(bottom) or 0 in bottom:
        return None
    return min(one / other for one, other in zip(top, bottom, strict=True))


def _sum(arguments: list[Numbers | None]) -> Fraction | None:
    return sum(arguments[0], Fraction(0)) if arguments[0] else None


def _min(arguments: list[Numbers | None]) -> Fraction | None:
    return min(arguments[0]) if arguments[0] else None


def _mean(arguments: list[Numbers | None]) -> Fraction | None:
    return sum(arguments[0], Fraction(0)) / len(arguments[0]) if arguments[0] else None


def _cagr(arguments: list[Numbers | None]) -> CompoundGrowth | None:
    years = arguments[0]
    if not years or len(years) < 2 or years[0] <= 0:  # noqa: PLR2004  growth needs two years
        return None
    return CompoundGrowth(years[-1] / years[0], len(years) - 1)


def _growth_3y(arguments: list[Numbers | None]) -> Fraction | None:
    """Mean of two yearly growths; 0 for a negative year or a middle year that is not positive (trap 7)."""
    years = arguments[0]
    if not years or len(years) != 3:  # noqa: PLR2004  three years by definition
        return None
    first, middle, last = years
    if middle <= 0 or min(years) < 0:
        return Fraction(0)
    return last / middle - 1 if first == 0 else (middle / first + last / middle) / 2 - 1


_FUNCTIONS: dict[str, Callable[[list[Numbers | None]], Fraction | CompoundGrowth | None]] = {
    "ratio": _ratio,
    "min_ratio": _min_ratio,
    "sum": _sum,
    "min": _min,
    "mean": _mean,
    "cagr": _cagr,
    "growth_3y": _growth_3y,
}
FUNCTIONS: dict[str, int] = {name: 2 if name in {"ratio", "min_ratio"} else 1 for name in _FUNCTIONS}
