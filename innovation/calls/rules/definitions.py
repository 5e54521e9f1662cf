"""The six kinds of definitions, and one check for all of them: what is wrong, each with its JSON path and code.

Deadlines are a named list here: ``{"deadlines": [{"key": "check", "title": {"en", "zh"}, "rule": rule}]}`` with the
rules of :mod:`innovation.calls.rules.deadlines`.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Protocol

from innovation.calls.rules.deadlines import check_deadline
from innovation.calls.rules.forms import check_definition
from innovation.calls.rules.message_texts import check_message
from innovation.calls.rules.rubric import check_rubric
from innovation.calls.rules.sheets import check_score_sheet
from innovation.calls.rules.workflow import check_process

MOST_DEADLINES = 40
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


class Kind(StrEnum):
    """What can be defined."""

    FORM = "form"
    RUBRIC = "rubric"
    PROCESS = "process"
    DEADLINES = "deadlines"
    SCORE_SHEET = "score_sheet"
    MESSAGE = "message"


@dataclass(frozen=True, slots=True)
class Fault:
    """Where (``$.sections[0].key``), a code of the kind's own check, and the values that it is about.

    Codes of all kinds beside their own: ``not_readable`` (a part has another shape than it must have).
    """

    path: str
    code: str
    facts: Mapping[str, Any]


class _Found(Protocol):
    @property
    def path(self) -> str: ...
    @property
    def code(self) -> str: ...
    @property
    def facts(self) -> Mapping[str, Any]: ...


def check(kind: Kind | str, content: object) -> tuple[Fault, ...]:
    """Everything that is wrong with ``content``, empty when it may be published. Raises ValueError for other kinds."""
    checker = _CHECKS[Kind(kind)]
    try:
        return tuple(Fault(one.path, one.code, one.facts) for one in checker(content))
    except (TypeError, AttributeError, KeyError, ValueError):
        # JSON of any shape may arrive here; what a check cannot even walk through cannot be published.
        return (Fault("$", "not_readable", {}),)


def check_deadlines(content: object) -> tuple[Fault, ...]:
    """Everything that is wrong with a named list of deadlines."""
    rows = content.get("deadlines") if isinstance(content, Mapping) else None
    if not isinstance(content, Mapping) or not isinstance(rows, list) or not 0 < len(rows) <= MOST_DEADLINES:
        return (Fault("$", "no_deadlines", {"most": MOST_DEADLINES}),)
    return tuple(_deadline_faults(content, rows))


def _deadline_faults(content: Mapping[str, Any], rows: list[Any]) -> Iterator[Fault]:
    for key in content.keys() - {"deadlines"}:
        yield Fault(f"$.{key}", "unknown_key", {"key": str(key)})
    seen: set[str] = set()
    for place, row in enumerate(rows):
        path = f"$.deadlines[{place}]"
        if not isinstance(row, Mapping) or row.keys() != {"key", "title", "rule"}:
            yield Fault(path, "not_a_deadline", {})
            continue
        if not _KEY.fullmatch(str(row["key"])):
            yield Fault(f"{path}.key", "wrong_key", {"key": str(row["key"])})
        if str(row["key"]) in seen:
            yield Fault(f"{path}.key", "duplicate_key", {"key": str(row["key"])})
        seen.add(str(row["key"]))
        if not isinstance(row["title"], Mapping) or not (row["title"].get("en") and row["title"].get("zh")):
            yield Fault(f"{path}.title", "no_text", {})
        for wrong in check_deadline(row["rule"]):
            yield Fault(f"{path}.rule{wrong.path.removeprefix('$')}", f"deadline_{wrong.code}", wrong.facts)


def _check_rubric(content: object) -> Iterable[_Found]:
    basis = content.get("legal_basis", "") if isinstance(content, Mapping) else ""
    return check_rubric(content, str(basis))


_CHECKS: dict[Kind, Callable[[object], Iterable[_Found]]] = {
    Kind.FORM: check_definition,
    Kind.RUBRIC: _check_rubric,
    Kind.PROCESS: check_process,
    Kind.DEADLINES: check_deadlines,
    Kind.SCORE_SHEET: check_score_sheet,
    Kind.MESSAGE: check_message,
}
