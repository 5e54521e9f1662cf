"""The shipped definitions of the support ratio, as versioned rows."""

import json
from collections.abc import Callable
from pathlib import Path

from django.db import models

FILE = Path(__file__).parent / "ratio_definitions.json"


def load(get_model: Callable[[str], type[models.Model]]) -> int:
    """Insert the versions that are not there yet; return how many were new. A stored version is never changed.

    ``get_model(name)`` gives a model of the talent app, so that a migration can pass its historical ones.
    """
    definitions = get_model("RatioDefinition").objects
    known = set(definitions.values_list("code", "version"))
    rows = json.loads(FILE.read_text(encoding="utf-8"))["definitions"]
    new = [row for row in rows if (row["code"], row["version"]) not in known]
    definitions.bulk_create(definitions.model(**row) for row in new)
    return len(new)
