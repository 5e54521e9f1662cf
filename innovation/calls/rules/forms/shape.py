"""The shape of a form's definition: types, keys, limits, and how to walk through one.

Content of a form::

    {"sections": [{"key": "project", "title": {"en", "zh"}, "help": {"en", "zh"}, "visible_when": rule | null,
                   "fields": [field, …]}],
     "rules": [{"key": "own_share", "rule": rule, "message": {"en", "zh"}, "level": "error" | "warning"}],
     "legal_basis": "…"}                                    needed where a rule or formula judges by age

A field::

    {"key": "requested", "type": "money", "label": {"en", "zh"}, "help": {"en", "zh"}, "unit": "wan" | {"en", "zh"},
     "required_at": ["submitted"], "visible_at": null | [states], "editable_at": null | [states],
     "visible_when": rule | null, "limits": {…}, "options": [{"value", "label": {"en", "zh"}}],
     "columns": [fields of a table], "formula": "…", "source": "typed" | "profile:<name>" | "computed",
     "evidence_required": false, "personal_data": false, "identifying": false, "column": "requested_fen" | null}

``visible_at`` null is every state, ``editable_at`` null is the draft; a returned case opens only what was asked.
Rules and formulas read money in fen, percent as the number before the sign (70 is 70 %), dates as dates.

Stored answers, by type: text and long_text as text; number and percent as decimal text; money as whole fen; date as
``2026-05-31``; yes_no as true or false; choice as its value; multi as a list of values; table as a list of rows;
trl as a whole number; industry and division as their codes; organisation, person and ip_right as
``{"name": …, "id"?: …, "uscc"? or "number"?: …}``. What cannot be read is kept as ``{"typed": "…"}``, so that no word
is lost. Files stand beside the answers.
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

Content = Mapping[str, Any]
Section = Mapping[str, Any]
Field = Mapping[str, Any]
Answers = Mapping[str, Any]

NUMERIC = frozenset({"number", "money", "percent", "trl"})
REFERENCES = frozenset({"organisation", "person", "ip_right"})
WRITTEN = frozenset({"text", "long_text"})
CHOOSING = frozenset({"choice", "multi"})
CODED = frozenset({"industry", "division"})
TYPES = NUMERIC | REFERENCES | WRITTEN | CHOOSING | CODED | {"date", "yes_no", "table", "file"}
NOT_IN_TABLES = frozenset({"table", "file", "multi"})
# Which limits each type knows. Sizes of files in MiB; money in fen; dates as text.
LIMITS: dict[str, frozenset[str]] = {
    **dict.fromkeys(WRITTEN, frozenset({"min_length", "max_length"})),
    **dict.fromkeys(("number", "percent"), frozenset({"min", "max", "decimals"})),
    **dict.fromkeys(("money", "date", "trl"), frozenset({"min", "max"})),
    "multi": frozenset({"min_chosen", "max_chosen"}),
    "table": frozenset({"min_rows", "max_rows"}),
    "file": frozenset({"max_mb", "types", "max_files"}),
}
EVIDENCE_LIMITS = frozenset({"max_mb", "types", "max_files"})
DEFAULT_LIMITS: dict[str, dict[str, Any]] = {
    "text": {"max_length": 300},
    "long_text": {"max_length": 20_000},
    "percent": {"min": 0, "max": 100},
    "trl": {"min": 1, "max": 9},
    "table": {"max_rows": 200},
    "file": {"max_mb": 20, "max_files": 10},
}
SECTION_KEYS = frozenset({"key", "title", "help", "visible_when", "fields"})
FIELD_KEYS = frozenset(
    {
        "key", "type", "label", "help", "unit", "required_at", "visible_at", "editable_at", "visible_when", "limits",
        "options", "columns", "formula", "source", "evidence_required", "personal_data", "identifying", "column",
    }
)  # fmt: skip
FORM_KEYS = frozenset({"sections", "rules", "legal_basis"})
RULE_KEYS = frozenset({"key", "rule", "message", "level"})
LEVELS = ("error", "warning")
# Answers that reports read are columns of the case, not JSON: column → types that may fill it.
COLUMNS: dict[str, frozenset[str]] = {
    "title": frozenset({"text"}),
    **dict.fromkeys(("requested_fen", "own_fen"), frozenset({"money"})),
}
KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")
MOST_SECTIONS = 60
MOST_FIELDS = 400


def fields(content: Content) -> Iterator[tuple[Section, Field]]:
    """Every field with its section, in order."""
    return ((section, field) for section in content["sections"] for field in section["fields"])


def by_key(content: Content) -> dict[str, Field]:
    """Fields by their key."""
    return {field["key"]: field for _section, field in fields(content)}


def is_computed(field: Field) -> bool:
    """Whether the field is calculated and never typed."""
    return field.get("source", "typed") == "computed"


def limit(field: Field, name: str) -> Any:
    """A limit of the field, or its type's, or None."""
    own = (field.get("limits") or {}).get(name)
    if own is not None:
        return own
    kind = "file" if name in EVIDENCE_LIMITS else field["type"]
    return DEFAULT_LIMITS.get(kind, {}).get(name)


def fact_types(content: Content) -> dict[str, str]:
    """Field → type, as rules read them."""
    return {field["key"]: field["type"] for _section, field in fields(content)}
