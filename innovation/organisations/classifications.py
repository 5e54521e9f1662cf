"""Bring the shipped or a newer code list into the database: one pass, only what changed is written."""

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from django.db import models, transaction

DATA = Path(__file__).parent / "data"
# Levels from the top: a row's parent must stand before the row.
LEVELS = ("section", "division", "group", "class", "province", "city", "county")


@dataclass(frozen=True)
class Loaded:
    """How many rows a load added, changed, left alone and marked as no longer current."""

    added: int
    changed: int
    unchanged: int
    retired: int


def read_industries(file: Path | None = None) -> list[dict[str, object]]:
    """Rows of GB/T 4754 from ``file`` (shape of data/industries.csv), sections first.

    A row without an English name of its own gets that of the nearest row above, followed by its Chinese name: what
    it belongs to is said in English, and what exactly it is stays unmistakable.
    """
    found, above = [], {"": ""}
    for row in _rows(file or DATA / "industries.csv"):
        near = above[row["code"]] = row["name_en"] or above.get(row["parent"], "")
        found.append(
            {"code": row["code"], "name_zh": row["name_zh"],
             "name_en": near if row["name_en"] or not near else f"{near}: {row['name_zh']}", "level": row["level"],
             "parent_id": row["parent"] or None, "pinyin": row["pinyin"], "is_current": True}
        )  # fmt: skip
    return found


def read_divisions(file: Path | None = None) -> list[dict[str, object]]:
    """Rows of GB/T 2260 from ``file`` (shape of data/divisions.csv), provinces first."""
    return [
        {"code": row["code"], "name_zh": row["name_zh"], "name_en": row["name_en"], "level": row["level"],
         "parent_id": row["parent"] or None, "full_name_zh": row["full_name_zh"], "pinyin": row["pinyin"],
         "placeholder": row["placeholder"] == "1", "is_current": True}
        for row in _rows(file or DATA / "divisions.csv")
    ]  # fmt: skip


def read_role_kinds() -> list[dict[str, object]]:
    """The kinds of role that the product ships."""
    return [{**row, "position": 10 * place} for place, row in enumerate(_rows(DATA / "role_kinds.csv"), 1)]


@transaction.atomic
def load(model: type[models.Model], rows: Iterable[dict[str, object]]) -> Loaded:
    """Make the code list ``model`` equal to ``rows``; codes that are gone stay and are marked as not current.

    A second load of the same rows writes nothing.
    """
    wanted = {str(row["code"]): row for row in rows}
    fields = list(next(iter(wanted.values())))
    held = {row["code"]: row for row in model._default_manager.values(*fields)}
    new = [model(**row) for code, row in wanted.items() if code not in held]
    changed = [model(**row) for code, row in wanted.items() if code in held and held[code] != row]
    gone = [code for code, row in held.items() if code not in wanted and row["is_current"]]
    model._default_manager.bulk_create(new, batch_size=1000)
    if changed:
        model._default_manager.bulk_update(changed, [name for name in fields if name != "code"], batch_size=500)
    model._default_manager.filter(pk__in=gone).update(is_current=False)
    return Loaded(len(new), len(changed), len(wanted) - len(new) - len(changed), len(gone))


def _rows(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as source:
        rows = list(csv.DictReader(source))
    return sorted(rows, key=lambda row: LEVELS.index(row["level"])) if "level" in rows[0] else rows
