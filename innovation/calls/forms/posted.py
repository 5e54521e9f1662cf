"""From the names of a form's controls to what was typed into each field.

Names: ``f-KEY`` holds the text, ``f-KEY-ROW-COLUMN`` a cell of a table, ``…-name``, ``…-uscc``, ``…-number`` the parts
of a reference, ``u-KEY`` the files, ``r-KEY`` the revision that stood there when the page was made. A field is posted
when its ``r-KEY`` is: an empty box of choices sends nothing by itself.
"""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.http import QueryDict

from innovation.calls.actions.drafts import Typed
from innovation.calls.rules.forms.shape import REFERENCES

REFERENCE_PARTS = {"organisation": ("name", "uscc"), "person": ("name", "number"), "ip_right": ("name", "number")}
MOST_ROWS = 500


def posted_fields(fields: Iterable[Mapping[str, Any]], post: QueryDict) -> dict[str, Typed]:
    """What was typed into those of ``fields`` that the request holds, with the revision it was typed over."""
    found = {}
    for field in fields:
        base = post.get(f"r-{field['key']}")
        if base is not None and field["type"] != "file":
            found[field["key"]] = Typed(raw_of(field, post, f"f-{field['key']}"), int(base) if base.isdigit() else None)
    return found


def raw_of(field: Mapping[str, Any], post: QueryDict, name: str) -> Any:
    """What ``parse_value`` reads for one field or cell."""
    kind = field["type"]
    if kind == "multi":
        return post.getlist(name)
    if kind == "table":
        return rows_of(field, post, name)
    if kind in REFERENCES:
        return {part: post.get(f"{name}-{part}", "") for part in REFERENCE_PARTS[kind]}
    return post.get(name, "")


def rows_of(field: Mapping[str, Any], post: QueryDict, name: str) -> list[dict[str, Any]]:
    """The rows of a table in the order of their numbers, blank ones included."""
    pattern = re.compile(rf"{re.escape(name)}-(\d{{1,4}})-")
    places = sorted({int(match.group(1)) for key in post if (match := pattern.match(key))})[:MOST_ROWS]
    return [
        {column["key"]: raw_of(column, post, f"{name}-{place}-{column['key']}") for column in field["columns"]}
        for place in places
    ]
