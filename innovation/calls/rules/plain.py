"""Definitions as a program outside reads them: every word in both languages, nothing of the office's own.

Left out are columns, marks for blind reading and where an answer comes from; limits are those that count, with the
defaults of the type.
"""

from collections.abc import Mapping
from typing import Any

from innovation.calls.rules.forms.shape import DEFAULT_LIMITS, EVIDENCE_LIMITS, LIMITS, is_computed, limit

Content = Mapping[str, Any]


def form_shape(content: Content) -> dict[str, Any]:
    """A form: ``sections`` with their ``fields``, and the ``checks`` over several fields."""
    return {
        "sections": [
            {
                "key": section["key"],
                "title": both(section["title"]),
                "help": both(section.get("help")),
                "shown_when": section.get("visible_when"),
                "fields": [field_shape(field) for field in section["fields"]],
            }
            for section in content["sections"]
        ],
        "checks": [
            {
                "key": row["key"],
                "message": both(row["message"]),
                "level": row.get("level", "error"),
                "rule": row["rule"],
            }
            for row in content.get("rules", ())
        ],
    }


def field_shape(field: Content) -> dict[str, Any]:
    """One field; ``is_required`` says whether an application cannot be sent without it (where it is shown)."""
    return {
        "key": field["key"],
        "type": field["type"],
        "label": both(field["label"]),
        "help": both(field.get("help")),
        "unit": field.get("unit") or "",
        "is_required": "submitted" in (field.get("required_at") or ()),
        "is_computed": is_computed(field),
        "shown_when": field.get("visible_when"),
        "shown_in": field.get("visible_at"),
        "takes_files": field["type"] == "file" or bool(field.get("evidence_required")),
        "limits": _limits(field),
        "options": [{"value": one["value"], "label": both(one["label"])} for one in field.get("options") or ()],
        "columns": [field_shape(one) for one in field.get("columns") or ()],
    }


def _limits(field: Content) -> dict[str, Any]:
    names = (
        set(LIMITS.get(field["type"], ())) | set(field.get("limits") or ()) | set(DEFAULT_LIMITS.get(field["type"], ()))
    )
    if field.get("evidence_required"):
        names |= EVIDENCE_LIMITS
    return {name: value for name in sorted(names) if (value := limit(field, name)) is not None}


def rubric_shape(content: Content) -> dict[str, Any]:
    """A rubric: ``conditions`` to be met, ways that pass at once, ``groups`` of points, and what ``passes``."""
    return {
        "conditions": [_row(row, content) for row in content["gates"]],
        "direct": [_row(row, content) for row in content.get("direct", ())],
        "groups": [
            {
                "id": group.get("id", ""),
                "text": both(group),
                "max": group.get("max"),
                "items": [
                    {"id": item.get("id", ""), "text": both(item), **_without(item, "id", "zh", "en")}
                    for item in group["items"]
                ],
            }
            for group in content["groups"]
        ],
        "passes": content.get("pass"),
    }


def _row(row: Content, content: Content) -> dict[str, Any]:
    return {
        "id": row.get("id", ""),
        "text": both(row),
        "rule": row["rule"],
        "is_veto": bool(row.get("veto")),
        "is_verified": "unverified" not in {row.get("status"), content.get("status")},
    }


def sheet_shape(content: Content) -> dict[str, Any]:
    """A score sheet: its scale and criteria with their weights."""
    return {
        "scale": content["scale"],
        "criteria": [
            {"key": row["key"], "text": both(row["text"]), "help": both(row.get("help")), "weight": row["weight"]}
            for row in content["criteria"]
        ],
    }


def both(words: Mapping[str, Any] | str | None) -> dict[str, str]:
    """Words in both languages; empty texts where there are none."""
    if isinstance(words, Mapping):
        return {"zh": str(words.get("zh") or ""), "en": str(words.get("en") or "")}
    return {"zh": words or "", "en": words or ""}


def _without(row: Content, *names: str) -> dict[str, Any]:
    return {name: value for name, value in row.items() if name not in names}
