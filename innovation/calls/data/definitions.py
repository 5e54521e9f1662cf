"""Load the shipped definitions: forms, rubrics, processes, deadlines, score sheets and mail texts, published.

A file of ``definitions/`` has the shape in which definitions are exported (``rules.definition_files``). The rubrics of
qualifications come from ``rubrics_cn.json``, one version per row, with the names of their facts; processes come from
``rules.workflow.SHIPPED``.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

from django.db import models

from innovation.calls.rules.rubric.check import facts_of
from innovation.calls.rules.workflow import SHIPPED

HERE = Path(__file__).parent
SINCE = datetime(2026, 1, 1, tzinfo=UTC)
MODELS = {
    "form": "FormDefinition",
    "rubric": "RubricDefinition",
    "process": "ProcessDefinition",
    "deadlines": "DeadlineDefinition",
    "score_sheet": "ScoreSheet",
    "message": "MessageTemplate",
}
GetModel = Callable[[str], type[models.Model]]
Row = dict[str, Any]


def load(get_model: GetModel) -> int:
    """Insert the definitions that are not there yet, published; return how many. A stored one is never changed.

    ``get_model(name)`` gives a model of the app, so that a migration can pass its historical ones.
    """
    rows: dict[str, list[Row]] = defaultdict(list)
    for row in shipped():
        rows[row.pop("kind")].append(row)
    made = 0
    for kind, of_kind in rows.items():
        model = get_model(MODELS[kind])
        known = set(model.objects.values_list("family", "version"))
        fresh = [row for row in of_kind if (row["family"], row["version"]) not in known]
        model.objects.bulk_create(
            model(state="PUBLISHED", published_at=SINCE, created_at=SINCE, **row) for row in fresh
        )
        made += len(fresh)
    return made


def shipped() -> Iterator[Row]:
    """Every shipped definition as the fields of its record, with its ``kind``."""
    for file in sorted((HERE / "definitions").glob("*.json")):
        content = json.loads(file.read_text(encoding="utf-8"))
        named = {"kind": content["kind"], "family": content["family"]}
        told = {"source": content["source"], "source_status": content["source_status"]}
        yield _row(named, content["title"], content["content"], told)
    for key, content in SHIPPED.items():
        yield _row({"kind": "process", "family": key}, content["title"], content)
    yield from _qualifications()


@cache
def ready_made() -> dict[str, Row]:
    """Kinds of calls by key: which definitions and settings a new call begins with."""
    content = json.loads((HERE / "ready_made.json").read_text(encoding="utf-8"))
    return {row["key"]: row for row in content["ready_made"]}


def _row(named: Row, title: Row, content: Row, told: Row | None = None) -> Row:
    titles = {"title_zh": title["zh"], "title_en": title["en"]}
    usual = {"version": 1, "source": "", "source_status": "LOCAL"}
    return {**usual, **named, **titles, "content": content, **(told or {})}


def _qualifications() -> Iterator[Row]:
    """The rubrics of qualifications, each with the facts that it reads; a later row of a family is its next version."""
    source = json.loads((HERE / "rubrics_cn.json").read_text(encoding="utf-8"))
    english = json.loads((HERE / "rubric_facts.json").read_text(encoding="utf-8"))["facts"]
    versions: dict[str, int] = defaultdict(int)
    for rubric in source["rubrics"]:
        versions[rubric["family"]] += 1
        facts = {name: source["facts"][name] | english[name] for name in facts_of(rubric) if name in source["facts"]}
        named = {"kind": "rubric", "family": rubric["family"], "version": versions[rubric["family"]]}
        told = {"source": rubric["source"], "source_status": rubric["status"].upper()}
        if named["version"] > 1:
            told["reason"] = rubric["note"]
        yield _row(named, rubric, rubric | {"facts": facts}, told)
