"""Load the shipped credential schemes into rows. Facts with their sources; what is not known stays null."""

import json
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

from django.db import models

FILE = Path(__file__).parent / "credential_schemes.json"
Row = dict[str, Any]
GetModel = Callable[[str], type[models.Model]]


def load(get_model: GetModel, content: Row | None = None) -> int:
    """Insert schemes and versions that are not there yet; return how many versions were new. Stored ones never change.

    ``get_model(name)`` gives a model of the talent app, so that a migration can pass its historical ones.
    """
    content = content or json.loads(FILE.read_text(encoding="utf-8"))
    schemes, versions = get_model("Scheme"), get_model("SchemeVersion")
    new = 0
    for row in content["schemes"]:
        scheme, _made = schemes._default_manager.get_or_create(code=row["code"], defaults=_scheme(row))
        for version in row["versions"]:
            _found, made = versions._default_manager.get_or_create(
                scheme=scheme, authority=version["authority"] or "", version=version["version"],
                defaults=_version(version),
            )  # fmt: skip
            new += made
    return new


def _scheme(row: Row) -> Row:
    return {
        "name_zh": row["name_zh"], "name_en": row["name_en"], "issuer": row["issuer"], "kind": row["kind"],
        "levels": row["levels"], "recognised_by": row["recognised_by"],
        "refused_by": row.get("not_recognised_by_example", []), "recognition_scope": row["recognition_scope"],
    }  # fmt: skip


def _version(row: Row) -> Row:
    return {
        "valid_from": _day(row["valid_from"]), "valid_to": _day(row["valid_to"]),
        "date_precision": row["date_precision"], "status": row["status"], "source": row["source"],
        "open_points": row["open_points"], "rules": row["rules"],
    }  # fmt: skip


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
