"""The shipped mappings of the ILPA templates; a stored revision is never changed."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.db import models
from django.utils import timezone

FILE = Path(__file__).parent / "ilpa_templates.json"


def load(get_model: Callable[[str], type[models.Model]]) -> int:
    """Insert and publish the revisions that are not there yet; return how many were new.

    ``get_model(name)`` gives a model of the funds app, so that a migration can pass its historical ones.
    """
    templates, lines = get_model("ExportTemplate"), get_model("ExportLine")
    new = 0
    for row in json.loads(FILE.read_text(encoding="utf-8"))["templates"]:
        fields: dict[str, Any] = {name: value for name, value in row.items() if name != "lines"}
        known = {"code": fields["code"], "revision": fields["revision"]}
        if templates.objects.filter(**known).exists():
            continue
        template = templates.objects.create(**fields)
        lines.objects.bulk_create([lines(template=template, **line) for line in row["lines"]])
        templates.objects.filter(pk=template.pk).update(published_at=timezone.now())
        new += 1
    return new
