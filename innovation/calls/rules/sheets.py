"""Score sheets as data: the criteria that reviewers score.

Content::

    {"scale": 10, "criteria": [{"key": "novelty", "text": {"en", "zh"}, "help": {"en", "zh"} | null, "weight": 2,
                                "not_applicable": false}]}
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from innovation.calls.rules.exact import number
from innovation.calls.rules.scoring import Criterion

Content = Mapping[str, Any]
SCALES = range(2, 101)
MOST_CRITERIA = 30
_KEYS = frozenset({"scale", "criteria"})
_CRITERION = frozenset({"key", "text", "help", "weight", "not_applicable"})
_KEY = re.compile(r"[a-z][a-z0-9_]{0,39}")


@dataclass(frozen=True, slots=True)
class SheetDefinitionFault:
    """Codes: ``not_a_sheet``, ``unknown_key``, ``wrong_scale``, ``wrong_key``, ``duplicate_key``, ``no_text``,
    ``wrong_weight``, ``not_yes_no``.
    """

    path: str
    code: str
    facts: Mapping[str, Any]


def check_score_sheet(content: object) -> tuple[SheetDefinitionFault, ...]:
    """Everything that is wrong with the content of a score sheet, empty when it may be published."""
    rows = content.get("criteria") if isinstance(content, Mapping) else None
    if not isinstance(content, Mapping) or not isinstance(rows, list) or not 0 < len(rows) <= MOST_CRITERIA:
        return (SheetDefinitionFault("$", "not_a_sheet", {"most": MOST_CRITERIA}),)
    return tuple(_faults(content, rows))


def criteria_of(content: Content) -> tuple[Criterion, ...]:
    """The criteria of a sound sheet, as scores are computed with them."""
    return tuple(
        Criterion(row["key"], number(row["weight"]) or 1, content["scale"], bool(row.get("not_applicable")))
        for row in content["criteria"]
    )


def _faults(content: Content, rows: list[Any]) -> Iterator[SheetDefinitionFault]:
    for key in content.keys() - _KEYS:
        yield SheetDefinitionFault(f"$.{key}", "unknown_key", {"key": str(key)})
    scale = content.get("scale")
    if type(scale) is not int or scale not in SCALES:
        yield SheetDefinitionFault("$.scale", "wrong_scale", {"least": SCALES[0], "most": SCALES[-1]})
    seen: set[str] = set()
    for place, row in enumerate(rows):
        path = f"$.criteria[{place}]"
        if not isinstance(row, Mapping):
            yield SheetDefinitionFault(path, "not_a_sheet", {"most": MOST_CRITERIA})
            continue
        yield from _row_faults(path, row)
        key = str(row.get("key"))
        if key in seen:
            yield SheetDefinitionFault(f"{path}.key", "duplicate_key", {"key": key})
        seen.add(key)


def _row_faults(path: str, row: Content) -> Iterator[SheetDefinitionFault]:
    for key in row.keys() - _CRITERION:
        yield SheetDefinitionFault(f"{path}.{key}", "unknown_key", {"key": str(key)})
    if not _KEY.fullmatch(str(row.get("key"))):
        yield SheetDefinitionFault(f"{path}.key", "wrong_key", {"key": str(row.get("key"))})
    text = row.get("text")
    if not isinstance(text, Mapping) or not (text.get("en") and text.get("zh")):
        yield SheetDefinitionFault(f"{path}.text", "no_text", {})
    weight = number(row.get("weight"))
    if weight is None or weight <= 0:
        yield SheetDefinitionFault(f"{path}.weight", "wrong_weight", {})
    if not isinstance(row.get("not_applicable", False), bool):
        yield SheetDefinitionFault(f"{path}.not_applicable", "not_yes_no", {})
