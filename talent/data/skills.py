"""Load the vocabularies that are shipped: their structure, without texts of their sources."""

import json
from pathlib import Path
from typing import Any

from django.db import models

from innovation.organisations.rules import pinyin_key

FILE = Path(__file__).parent / "skills.json"


def load(skill: type[models.Model]) -> int:
    """Insert the shipped entries that are not there yet; return how many. Stored ones are never changed."""
    made = 0
    for vocabulary in json.loads(FILE.read_text(encoding="utf-8"))["vocabularies"]:
        common = {name: vocabulary[name] for name in ("vocabulary", "release", "is_verified")}
        for area in vocabulary["areas"]:
            parent, is_new = _entry(skill, common, area, None)
            made += is_new
            for entry in area["skills"]:
                made += _entry(skill, common, entry, parent)[1]
    return made


def _entry(skill: type[models.Model], common: dict[str, Any], row: dict[str, Any], parent: Any) -> tuple[Any, bool]:
    """An entry that has ``skills`` is an area."""
    named = {"name_zh": row["zh"], "name_en": row["en"], "pinyin": pinyin_key(row["zh"]), "parent": parent}
    found = {**common, **named, "is_area": "skills" in row}
    return skill.objects.get_or_create(uri=row["uri"], defaults=found)
