"""Take names out of free text: what a blind reviewer reads holds none of the names that the office knows."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from innovation.calls.rules import forms

MARK = "▇▇▇"
SHORTEST = 2


def masked(value: Any, names: Iterable[str]) -> Any:
    """``value`` (text, or lists and objects of text) with each of ``names`` replaced by a mark, longest first.

    Case and the spaces inside a name do not count. Names shorter than two signs are left out: they would hit words.
    """
    known = sorted({name.strip() for name in names if len(name.strip()) >= SHORTEST}, key=lambda one: (-len(one), one))
    if not known:
        return value
    return _masked(value, re.compile("|".join(_loosely(name) for name in known), re.IGNORECASE))


def _loosely(name: str) -> str:
    return r"\s*".join(re.escape(part) for part in name.split())


def _masked(value: Any, pattern: re.Pattern[str]) -> Any:
    if isinstance(value, str):
        return pattern.sub(MARK, value)
    if isinstance(value, list):
        return [_masked(one, pattern) for one in value]
    if isinstance(value, dict):
        return {key: _masked(one, pattern) for key, one in value.items()}
    return value


def identifying_words(content: Mapping[str, Any], answers: Mapping[str, Any]) -> set[str]:
    """Every word that stands in a field or column which a blind reviewer does not get."""
    kept, _answers = forms.without_identity(content, answers)
    left = forms.by_key(kept)
    found: set[str] = set()
    for key, field in forms.by_key(content).items():
        answer = answers.get(key)
        if key not in left:
            found |= set(_words(answer))
        elif field["type"] == "table" and isinstance(answer, list):
            columns = {one["key"] for one in field["columns"]} - {one["key"] for one in left[key]["columns"]}
            found |= {word for row in answer for name in columns for word in _words(row.get(name))}
    return found


def _words(answer: Any) -> Iterator[str]:
    if isinstance(answer, str):
        yield answer
    elif isinstance(answer, Mapping):
        yield from (str(answer[name]) for name in ("name", "uscc", "number", "typed") if answer.get(name))
    elif isinstance(answer, list):
        for one in answer:
            yield from _words(one)
