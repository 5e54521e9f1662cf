"""Load the shipped figures and lists of the office: thresholds, valuation standards, grounds of recognition."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models

FILE = Path(__file__).parent / "data" / "office_figures.json"
SINCE = date(2015, 1, 1)
GetModel = Callable[[str], type[models.Model]]


def load(get_model: GetModel) -> None:
    """Insert what is not there yet; never change a stored row. ``get_model`` may give a migration's models."""
    content: dict[str, Any] = json.loads(FILE.read_text(encoding="utf-8"))
    for row in content["thresholds"]:
        values = {"num": row["num"], "den": row["den"], "source": row["source"]}
        get_model("Threshold").objects.get_or_create(key=row["key"], fund=None, valid_from=SINCE, defaults=values)
    for row in content["catalogue"]:
        facts = {name: text for name, text in row.items() if name not in {"kind", "code"}}
        get_model("CatalogueItem").objects.get_or_create(kind=row["kind"], code=row["code"], defaults=facts)
