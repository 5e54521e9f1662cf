"""The three documents of a form version: data schema (JSON Schema 2020-12), display schema and rule schema."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from innovation.calls.rules.forms.shape import CHOOSING, REFERENCES, WRITTEN, Content, Field, fields, is_computed, limit

DIALECT = "https://json-schema.org/draft/2020-12/schema"
_DECIMAL = r"^-?[0-9]+(\.[0-9]+)?$"
_DISPLAYED = ("key", "type", "label", "help", "unit", "options", "source", "personal_data", "identifying")
_RULED = ("required_at", "visible_at", "editable_at", "visible_when", "formula", "evidence_required", "column")


@dataclass(frozen=True, slots=True)
class Schemas:
    """``data``: what answers are; ``display``: how they are asked; ``rules``: when and by which rules they count."""

    data: Mapping[str, Any]
    display: Mapping[str, Any]
    rules: Mapping[str, Any]


def schemas(content: Content) -> Schemas:
    """The three documents of a sound definition. The data schema refuses keys that the form does not have."""
    properties = {field["key"]: _property(field) for _section, field in fields(content) if field["type"] != "file"}
    data = {"$schema": DIALECT, "type": "object", "additionalProperties": False, "properties": properties}
    display = {
        "sections": [
            {
                "key": section["key"], "title": section["title"], "help": section.get("help"),
                "fields": [_shown(field) for field in section["fields"]],
            }
            for section in content["sections"]
        ]
    }  # fmt: skip
    ruled = {
        field["key"]: {name: field[name] for name in _RULED if field.get(name)} for _section, field in fields(content)
    }
    rules = {
        "sections": {one["key"]: one["visible_when"] for one in content["sections"] if one.get("visible_when")},
        "fields": {key: found for key, found in ruled.items() if found},
        "rules": list(content.get("rules", ())),
        "legal_basis": content.get("legal_basis", ""),
    }
    return Schemas(data, display, rules)


def _shown(field: Field) -> dict[str, Any]:
    shown = {name: field[name] for name in _DISPLAYED if field.get(name)}
    if field["type"] == "table":
        shown["columns"] = [_shown(column) for column in field["columns"]]
    return shown


def _property(field: Field) -> dict[str, Any]:
    """The schema of one answer; null is an empty one, ``{"typed": …}`` what could not be read."""
    unreadable = {"type": "object", "required": ["typed"], "properties": {"typed": {"type": "string"}}}
    choices = [_form(field), {"type": "null"}]
    return {"anyOf": choices if is_computed(field) else [*choices, unreadable]}


def _form(field: Field) -> dict[str, Any]:
    kind = field["type"]
    if kind in WRITTEN:
        return _with(field, {"type": "string"}, min_length="minLength", max_length="maxLength")
    if kind in {"money", "trl"}:
        return _with(field, {"type": "integer"}, min="minimum", max="maximum")
    if kind in CHOOSING:
        return _choosing(field)
    if kind == "table":
        row = {
            "type": "object",
            "additionalProperties": False,
            "properties": {column["key"]: _property(column) for column in field["columns"]},
        }
        return _with(field, {"type": "array", "items": row}, min_rows="minItems", max_rows="maxItems")
    return _PLAIN_FORMS[kind]


def _choosing(field: Field) -> dict[str, Any]:
    values = {"enum": [option["value"] for option in field["options"]]}
    listed = {"type": "array", "items": values, "uniqueItems": True}
    return values if field["type"] == "choice" else _with(field, listed, min_chosen="minItems", max_chosen="maxItems")


_PLAIN_FORMS: dict[str, dict[str, Any]] = {
    **{
        kind: {"type": "object", "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}
        for kind in sorted(REFERENCES)
    },
    "number": {"type": "string", "pattern": _DECIMAL},
    "percent": {"type": "string", "pattern": _DECIMAL},
    "date": {"type": "string", "format": "date"},
    "yes_no": {"type": "boolean"},
    "industry": {"type": "string", "pattern": "^[A-T]([0-9]{2,4})?$"},
    "division": {"type": "string", "pattern": "^[0-9]{2}([0-9]{2}){0,2}$"},
}


def _with(field: Field, form: dict[str, Any], **names: str) -> dict[str, Any]:
    bounds = {word: limit(field, name) for name, word in names.items()}
    return form | {word: bound for word, bound in bounds.items() if bound is not None}
