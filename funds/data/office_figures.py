"""Load the shipped figures and lists of the office: thresholds, valuation standards, grounds of recognition."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models

FILE = Path(__file__).parent / "office_figures.json"
EVALUATION = FILE.with_name("evaluation_and_filing.json")
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


def load_evaluation(get_model: GetModel) -> None:
    """The scheme of performance evaluation with its indicators, and the fields of the national register."""
    content: dict[str, Any] = json.loads(EVALUATION.read_text(encoding="utf-8"))
    for row in content["schemes"]:
        facts = {name: value for name, value in row.items() if name not in {"code", "version", "indicators"}}
        scheme, made = get_model("EvaluationScheme").objects.get_or_create(
            code=row["code"], version=row["version"], defaults=facts
        )
        if made:
            indicator = get_model("EvaluationIndicator")
            indicator.objects.bulk_create([indicator(scheme=scheme, **one) for one in row["indicators"]])
    for row in content["register"]:
        facts = {name: value for name, value in row.items() if name != "code"}
        get_model("FilingField").objects.get_or_create(code=row["code"], defaults=facts)
