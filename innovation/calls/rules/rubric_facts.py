"""What a rubric needs to know, read from the answers of a form.

A rubric that is kept as a definition describes its facts beside its rules::

    "facts": {"revenue": {"zh", "en", "type": "money" | "money_list" | "number" | "boolean" | "choice" | "multi",
                          "unit", "claim": false, "options": [{"value", "zh", "en"}],
                          "from": {"table": "years", "column": "revenue", "last": 2}}}

A fact without ``from`` is the field of the same key. Money is fen in answers and yuan in facts; a percent is the number
before its sign in answers and a share in facts.
"""

from collections.abc import Mapping
from fractions import Fraction
from typing import Any

from innovation.calls.rules.exact import is_empty, number
from innovation.calls.rules.forms import TYPED, by_key, computed_answers

FEN_IN_YUAN = 100
Facts = dict[str, Any]


def claims_of(rubric: Mapping[str, Any]) -> frozenset[str]:
    """The facts whose absence means that they were not claimed."""
    return frozenset(key for key, fact in rubric.get("facts", {}).items() if fact.get("claim"))


def facts_from_answers(rubric: Mapping[str, Any], form: Mapping[str, Any], answers: Mapping[str, Any]) -> Facts:
    """Facts of ``rubric`` that the answers tell; what they do not tell is left out."""
    index = by_key(form)
    known = {**answers, **computed_answers(form, answers)}
    found = {key: _told(key, fact, index, known) for key, fact in rubric.get("facts", {}).items()}
    return {key: value for key, value in found.items() if value is not None}


def _told(key: str, fact: Mapping[str, Any], index: Mapping[str, Any], answers: Mapping[str, Any]) -> Any:
    source = fact.get("from")
    if source is None:
        field = index.get(key)
        return _value(field["type"], answers.get(key)) if field else None
    table = index.get(source["table"])
    rows = answers.get(source["table"])
    columns = {column["key"]: column for column in table["columns"]} if table else {}
    if source["column"] not in columns or not isinstance(rows, list):
        return None
    kind = columns[source["column"]]["type"]
    values = [_value(kind, row.get(source["column"])) for row in rows[-source.get("last", 1) :]]
    if fact.get("type") != "money_list":
        return values[-1] if values else None
    return values if len(values) == source.get("last", 1) and None not in values else None


def _value(kind: str, answer: Any) -> Any:
    if is_empty(answer) or (isinstance(answer, Mapping) and TYPED in answer):
        return None
    if kind in {"money", "percent"}:
        exact = number(answer)
        return None if exact is None else Fraction(exact, FEN_IN_YUAN)
    if kind in {"number", "trl"}:
        return number(answer)
    return answer
