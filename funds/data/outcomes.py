"""The shipped outcome data: sourced rows for the simulation, and the settings that go with them."""

import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models

FILE = Path(__file__).parent / "outcome_parameters.json"
Row = dict[str, Any]


@cache
def shipped() -> Row:
    """The file's content: rows, sensitivity grid, draws, and how long a run speaks (days)."""
    content: Row = json.loads(FILE.read_text(encoding="utf-8"))
    return content


def load(get_model: Callable[[str], type[models.Model]]) -> int:
    """Insert the tables that are not there yet; return how many rows were new. A stored row is never changed.

    ``get_model(name)`` gives a model of the funds app, so that a migration can pass its historical ones.
    """
    parameters = get_model("OutcomeParameter")
    known = set(parameters.objects.values_list("table", flat=True))
    new = [parameters(**_fields(row)) for row in shipped()["rows"] if row["table"] not in known]
    parameters.objects.bulk_create(new)
    return len(new)


def _fields(row: Row) -> Row:
    value = row["value"]
    plain = {name: content for name, content in row.items() if name != "value"}
    return plain | {"value_num": value["num"], "value_den": value["den"]}
