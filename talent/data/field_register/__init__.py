"""The field register: every column of the talent part, why it is kept, on what basis, how long, and who reads it.

One JSON file a subject, merged here. A record gives what holds for all of its columns and names each column, with what
differs::

    {"SkillClaim": {
        "person": "person", "on_erasure": "delete",
        "purpose": "registry", "basis": "consent", "retention": "profile", "visibility": "office",
        "fields": {"id": {}, "person": {}, "level": {"visibility": "directory"}, "words": {"wipe": "blank"}}
    }}

``person`` is the path from the record to its person (``pk`` for the person's own, empty for records about nobody).
``on_erasure`` says what becomes of the rows of an erased person: ``delete``, or ``keep`` for the numbers, and then
``wipe`` by column: ``keep``, ``blank`` (emptied), ``dash`` (where a rule wants words) or ``renew`` (a new number).
``codes`` is true for a column of text that holds codes, hashes or numbers and never words about the person.
``guards`` names triggers that refuse such a change and are lifted for it. The erasure, the copy that a person takes
along and the proofs read this; ``manage.py field_register`` lists what is missing.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any

from talent.choices.privacy import FieldBasis, FieldPurpose, OnErasure, Retention, Visibility, Wipe

FOLDER = Path(__file__).parent
_SHARED = ("purpose", "basis", "retention", "visibility", "wipe")


@dataclass(frozen=True)
class FieldEntry:
    """What is said of one column."""

    name: str
    purpose: FieldPurpose
    basis: FieldBasis
    retention: Retention
    visibility: Visibility
    wipe: Wipe
    codes: bool


@dataclass(frozen=True)
class RecordEntry:
    """What is said of one table; ``person`` is an ORM path, empty where it is about nobody."""

    model: str
    person: str
    on_erasure: OnErasure
    guards: tuple[str, ...]
    fields: Mapping[str, FieldEntry]


@cache
def register() -> Mapping[str, RecordEntry]:
    """The entries of all records by the name of their model. Raises ValueError for a code that is not known."""
    found: dict[str, RecordEntry] = {}
    for path in sorted(FOLDER.glob("*.json")):
        for model, said in json.loads(path.read_text(encoding="utf-8")).items():
            if model in found:
                raise ValueError(f"{path.name}: {model} stands in two files of the field register")
            found[model] = _record(path.name, model, said)
    return MappingProxyType(found)


def _record(where: str, model: str, said: dict[str, Any]) -> RecordEntry:
    try:
        fields = {name: _field(name, {**said, **own}) for name, own in said["fields"].items()}
        return RecordEntry(
            model=model,
            person=said["person"],
            on_erasure=OnErasure(said.get("on_erasure", OnErasure.KEEP)),
            guards=tuple(said.get("guards", ())),
            fields=MappingProxyType(fields),
        )
    except (KeyError, ValueError) as error:
        raise ValueError(f"{where}: {model}: {error}") from error


def _field(name: str, said: dict[str, Any]) -> FieldEntry:
    said = {"wipe": Wipe.KEEP} | dict(said)
    missing = [key for key in _SHARED if key not in said]
    if missing:
        raise ValueError(f"{name} says nothing of {', '.join(missing)}")
    return FieldEntry(
        name,
        FieldPurpose(said["purpose"]),
        FieldBasis(said["basis"]),
        Retention(said["retention"]),
        Visibility(said["visibility"]),
        Wipe(said["wipe"]),
        bool(said.get("codes", False)),
    )
