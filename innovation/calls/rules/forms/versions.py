"""Two versions of a case side by side, field by field; each is read with the definition it was given for."""

from dataclasses import dataclass
from enum import StrEnum

from innovation.calls.rules.exact import Json, is_empty
from innovation.calls.rules.forms.shape import Answers, Content, Field, fields, is_computed
from innovation.calls.rules.forms.states import computed_answers


class Kind(StrEnum):
    """What happened to a field between the versions; the last three are changes of the form itself."""

    ANSWERED = "answered"
    CHANGED = "changed"
    EMPTIED = "emptied"
    FIELD_ADDED = "field_added"
    FIELD_REMOVED = "field_removed"
    FIELD_RETYPED = "field_retyped"


@dataclass(frozen=True, slots=True)
class CellChange:
    """A cell of a table: row from 0 and column; None where the row or column is not in that version."""

    row: int
    column: str
    old: Json
    new: Json


@dataclass(frozen=True, slots=True)
class Change:
    """A field that differs. ``section`` is its place in the newer form, or in the older where it was removed."""

    section: str
    field: str
    kind: Kind
    old: Json
    new: Json
    cells: tuple[CellChange, ...] = ()


def compare(
    old_content: Content, old_answers: Answers, new_content: Content, new_answers: Answers
) -> tuple[Change, ...]:
    """Every field that differs, in the order of the newer form, then what it lost. Computed fields count too."""
    before = {field["key"]: (section["key"], field) for section, field in fields(old_content)}
    after = {field["key"]: (section["key"], field) for section, field in fields(new_content)}
    old_values = {**old_answers, **computed_answers(old_content, old_answers)}
    new_values = {**new_answers, **computed_answers(new_content, new_answers)}
    changes: list[Change] = []
    for key, (section, field) in after.items():
        old, new = old_values.get(key), new_values.get(key)
        if key not in before:
            changes.append(Change(section, key, Kind.FIELD_ADDED, None, new))
        elif before[key][1]["type"] != field["type"]:
            changes.append(Change(section, key, Kind.FIELD_RETYPED, old, new))
        elif (kind := _kind(old, new)) is not None:
            changes.append(Change(section, key, kind, old, new, _cells(field, before[key][1], old, new)))
    for key, (section, _field) in before.items():
        if key not in after:
            changes.append(Change(section, key, Kind.FIELD_REMOVED, old_values.get(key), None))
    return tuple(changes)


def _kind(old: Json, new: Json) -> Kind | None:
    if is_empty(old) and is_empty(new):
        return None
    if is_empty(old):
        return Kind.ANSWERED
    if is_empty(new):
        return Kind.EMPTIED
    return None if old == new else Kind.CHANGED


def _cells(field: Field, old_field: Field, old: Json, new: Json) -> tuple[CellChange, ...]:
    if field["type"] != "table" or is_computed(field):
        return ()
    old_rows = old if isinstance(old, list) else []
    new_rows = new if isinstance(new, list) else []
    names = dict.fromkeys(column["key"] for column in (*field["columns"], *old_field["columns"]))
    found = []
    for place in range(max(len(old_rows), len(new_rows))):
        was = old_rows[place] if place < len(old_rows) else {}
        now = new_rows[place] if place < len(new_rows) else {}
        found += [
            CellChange(place, name, was.get(name), now.get(name))
            for name in names
            if _kind(was.get(name), now.get(name)) is not None
        ]
    return tuple(found)
