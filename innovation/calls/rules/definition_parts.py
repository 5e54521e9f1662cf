"""The parts of which a definition is made, so that each can be written by itself: where they stand, moved, replaced.

An address is written ``sections.0.fields.2``; the empty address is the definition as a whole. ``FOUND`` lists by kind
which lists of parts there are and of what shape their parts are (``forms.definition_parts`` draws a shape).
"""

import re
from collections.abc import Iterator, Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from innovation.calls.rules.definitions import Kind

Content = Mapping[str, Any]
Step = str | int
WHOLE = ""


@dataclass(frozen=True, slots=True)
class Branch:
    """A list of parts (``is_named``: a mapping by name) called ``name`` inside its owner."""

    name: str
    shape: str
    branches: "tuple[Branch, ...]" = ()
    is_named: bool = False
    types: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Part:
    """One part, or with ``is_list`` the list into which parts can be added; ``depth`` from 0.

    Parts by name have no order: each is the first and the last.
    """

    address: str
    shape: str
    depth: int
    value: Any
    is_list: bool = False
    is_first: bool = False
    is_last: bool = False


FOUND: dict[Kind, tuple[Branch, ...]] = {
    Kind.FORM: (
        Branch("sections", "section", (
            Branch("fields", "field", (Branch("columns", "column", types=frozenset({"table"})),)),
        )),
        Branch("rules", "check"),
    ),
    Kind.RUBRIC: (
        Branch("windows", "window"),
        Branch("facts", "fact", is_named=True),
        Branch("gates", "gate"),
        Branch("direct", "gate"),
        Branch("groups", "group", (Branch("items", "item"),)),
    ),
    Kind.PROCESS: (Branch("routes", "route"),),
    Kind.DEADLINES: (Branch("deadlines", "deadline"),),
    Kind.SCORE_SHEET: (Branch("criteria", "criterion"),),
    Kind.MESSAGE: (),
}  # fmt: skip
EMPTY: dict[Kind, dict[str, Any]] = {
    Kind.FORM: {"sections": [], "rules": []},
    Kind.RUBRIC: {
        "status": "local",
        "windows": [],
        "derived": {},
        "facts": {},
        "gates": [],
        "direct": [],
        "groups": [],
        "pass": None,
    },
    Kind.PROCESS: {},
    Kind.DEADLINES: {"deadlines": []},
    Kind.SCORE_SHEET: {"scale": 10, "criteria": []},
    Kind.MESSAGE: {},
}


def begun(kind: Kind, content: Any, family: str) -> dict[str, Any]:
    """``content`` with the lists that its kind has, as a copy."""
    head = {Kind.RUBRIC: {"id": family, "family": family}, Kind.PROCESS: {"key": family}}.get(kind, {})
    kept = deepcopy(dict(content)) if isinstance(content, Mapping) else {}
    return {**head, **deepcopy(EMPTY[kind]), **kept}


def steps_of(address: str) -> list[Step]:
    return [int(step) if step.isdecimal() else step for step in address.split(".") if step]


def parts_of(kind: Kind, content: Content) -> list[Part]:
    """Every part in order, each list followed by its parts."""
    return list(_walk(FOUND[kind], content, WHOLE, 0))


def _walk(branches: tuple[Branch, ...], owner: Content, above: str, depth: int) -> Iterator[Part]:
    for branch in branches:
        if branch.types and owner.get("type") not in branch.types:
            continue
        address = f"{above}.{branch.name}" if above else branch.name
        held = owner.get(branch.name) or ({} if branch.is_named else [])
        if not isinstance(held, Mapping if branch.is_named else list):
            continue
        yield Part(address, branch.shape, depth, None, is_list=True)
        rows = list(held.items()) if isinstance(held, Mapping) else list(enumerate(held))
        for place, (key, value) in enumerate(rows):
            here = f"{address}.{key}"
            at_first, at_last = branch.is_named or place == 0, branch.is_named or place == len(rows) - 1
            yield Part(here, branch.shape, depth + 1, value, is_first=at_first, is_last=at_last)
            if isinstance(value, Mapping):
                yield from _walk(branch.branches, value, here, depth + 2)


def part_at(kind: Kind, content: Content, address: str) -> Part | None:
    """The part, or the list, that stands at ``address``; None where nothing does."""
    if address == WHOLE:
        return Part(WHOLE, str(kind), 0, content)
    return next((part for part in parts_of(kind, content) if part.address == address), None)


def with_part(content: Content, address: str, value: Mapping[str, Any]) -> dict[str, Any]:
    """A copy in which ``value`` stands at ``address``."""
    if address == WHOLE:
        return dict(deepcopy(value))
    copy, (owner, last) = _opened(content, address)
    owner[last] = deepcopy(dict(value))
    return copy


def with_added(content: Content, address: str, value: Mapping[str, Any], name: str = "") -> tuple[dict[str, Any], str]:
    """A copy in which ``value`` is the last part of the list at ``address``, and where it stands now."""
    copy, (owner, last) = _opened(content, address)
    held = owner.setdefault(last, {} if name else []) if isinstance(owner, dict) else owner[last]
    if name:
        held[name] = deepcopy(dict(value))
        return copy, f"{address}.{name}"
    held.append(deepcopy(dict(value)))
    return copy, f"{address}.{len(held) - 1}"


def without_part(content: Content, address: str) -> dict[str, Any]:
    copy, (owner, last) = _opened(content, address)
    del owner[last]
    return copy


def moved(content: Content, address: str, by: int) -> dict[str, Any]:
    """A copy in which the part changed places with its neighbour (``by`` -1 or 1); at an end nothing moves."""
    copy, (owner, last) = _opened(content, address)
    if isinstance(owner, list) and isinstance(last, int) and 0 <= last + by < len(owner):
        owner[last], owner[last + by] = owner[last + by], owner[last]
    return copy


def _opened(content: Content, address: str) -> tuple[dict[str, Any], tuple[Any, Any]]:
    copy = deepcopy(dict(content))
    owner: Any = copy
    *way, last = steps_of(address)
    for step in way:
        owner = owner[step]
    return copy, (owner, last)


def json_path(address: str) -> str:
    """The address as faults name it: ``$.sections[0].fields[2]``."""
    return "$" + re.sub(r"\.(\d+)(?=\.|$)", r"[\1]", f".{address}" if address else "")
