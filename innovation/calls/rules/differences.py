"""What two versions of a definition differ in, place by place; lists of things with keys are held by their keys."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

_MISSING = object()


@dataclass(frozen=True, slots=True)
class Difference:
    """``before`` or ``after`` is None where the place is not there; ``kind``: added, removed, changed."""

    path: str
    kind: str
    before: Any = None
    after: Any = None


def differences(before: Any, after: Any, path: str = "$") -> Iterator[Difference]:
    """Every place that differs, in the order of the newer version, then what was removed."""
    if isinstance(before, Mapping) and isinstance(after, Mapping):
        yield from _members(before, after, path, "")
    elif isinstance(before, list) and isinstance(after, list) and (named := _named(before, after)) is not None:
        yield from _members(*named, path, ":")
    elif before != after:
        yield Difference(path, "changed", before, after)


def _members(before: Mapping[str, Any], after: Mapping[str, Any], path: str, mark: str) -> Iterator[Difference]:
    for key, value in after.items():
        old = before.get(key, _MISSING)
        place = f"{path}.{mark}{key}"
        if old is _MISSING:
            yield Difference(place, "added", None, value)
        else:
            yield from differences(old, value, place)
    yield from (Difference(f"{path}.{mark}{key}", "removed", old) for key, old in before.items() if key not in after)


def _named(before: list[Any], after: list[Any]) -> tuple[dict[str, Any], dict[str, Any]] | None:
    """Both lists by the keys of their members; None where a member has none or one stands twice."""
    found = []
    for rows in (before, after):
        keys = [
            row.get("key") or row.get("id") or row.get("value") if isinstance(row, Mapping) else None for row in rows
        ]
        if None in keys or len(set(map(str, keys))) != len(keys):
            return None
        found.append(dict(zip(map(str, keys), rows, strict=True)))
    return found[0], found[1]
