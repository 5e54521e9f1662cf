"""Names of the codes that answers hold, and what may be chosen while typing."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from innovation.calls.rules import forms
from innovation.organisations.models import Division, Industry, Organisation

MOST = 8
Names = dict[tuple[str, str], str]
"""Kind (industry, division) and code → name."""


def code_names(content: Mapping[str, Any], answers: Mapping[str, Any]) -> Names:
    """Names of every industry and place that the answers name, by kind and code; at most two queries."""
    return names_of_codes([(content, answers)])


def names_of_codes(filled: Iterable[tuple[Mapping[str, Any], Mapping[str, Any]]]) -> Names:
    """The same over several forms with their answers; at most two queries."""
    wanted: dict[str, set[str]] = {"industry": set(), "division": set()}
    for content, answers in filled:
        for kind, value in _coded(content, answers):
            if isinstance(value, str):
                wanted[kind].add(value)
    found: Names = {}
    if wanted["industry"]:
        rows = Industry.objects.filter(code__in=wanted["industry"])
        found |= {("industry", row.code): row.name for row in rows}
    if wanted["division"]:
        places = {_full(code): code for code in wanted["division"]}
        found |= {("division", places[row.code]): row.full_name for row in Division.objects.filter(code__in=places)}
    return found


def _full(code: str) -> str:
    """Places are kept with six digits: 33 is 330000."""
    return code.ljust(6, "0")


def _coded(content: Mapping[str, Any], answers: Mapping[str, Any]) -> Iterator[tuple[str, Any]]:
    for _section, field in forms.fields(content):
        answer = answers.get(field["key"])
        if field["type"] in {"industry", "division"}:
            yield field["type"], answer
        elif field["type"] == "table" and isinstance(answer, list):
            for column in field["columns"]:
                if column["type"] in {"industry", "division"}:
                    yield from ((column["type"], row.get(column["key"])) for row in answer)


def suggestions(kind: str, text: str, user: Any) -> list[tuple[str, str, str]]:
    """What ``text`` may mean: value to store, label, and code of an organisation; the best first, at most eight.

    ``kind`` is ``industry``, ``division`` or ``organisation``; of the latter only those that ``user`` may see.
    """
    words = text.strip()
    if len(words) < (1 if not words.isascii() else 2):
        return []
    if kind == "industry":
        return [(row.code, f"{row.code} {row.name}", "") for row in Industry.objects.search(words)[:MOST]]
    if kind == "division":
        places = Division.objects.places().search(words)[:MOST]
        return [(row.code, f"{row.code} {row.full_name}", "") for row in places]
    rows = Organisation.objects.visible_to(user).search(words)[:MOST]
    return [(row.name, f"{row.name} ({row.code})", row.uscc or "") for row in rows]
