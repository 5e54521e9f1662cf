"""The shipped texts of consents, one version per purpose and language."""

import json
from pathlib import Path
from typing import Any

FILE = Path(__file__).with_suffix(".json")


def load(model: Any) -> int:
    """Insert the first versions that are missing; return how many. ``model`` may be a migration's historical one."""
    known = set(model.objects.filter(version=1).values_list("purpose", flat=True))
    rows = json.loads(FILE.read_text(encoding="utf-8"))["texts"]
    fresh = [model(version=1, **row) for row in rows if row["purpose"] not in known]
    model.objects.bulk_create(fresh)
    return len(fresh)
