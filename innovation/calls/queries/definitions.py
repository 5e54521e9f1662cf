"""Definitions by kind, and a rubric as it counts today."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from innovation.calls.choices import DefinitionState, SourceStatus
from innovation.calls.models import (
    DeadlineDefinition,
    Definition,
    FormDefinition,
    MessageTemplate,
    ProcessDefinition,
    RubricDefinition,
    ScoreSheet,
)
from innovation.calls.rules.definitions import Kind
from innovation.calls.rules.rubric import choose

MODELS: dict[Kind, type[Definition]] = {
    Kind.FORM: FormDefinition,
    Kind.RUBRIC: RubricDefinition,
    Kind.PROCESS: ProcessDefinition,
    Kind.DEADLINES: DeadlineDefinition,
    Kind.SCORE_SHEET: ScoreSheet,
    Kind.MESSAGE: MessageTemplate,
}


def kind_of(definition: Definition | type[Definition]) -> Kind:
    """The kind of a record or of its model."""
    model = definition if isinstance(definition, type) else type(definition)
    return next(kind for kind, one in MODELS.items() if issubclass(model, one))


def rubric_content(definition: Definition) -> dict[str, Any]:
    """The rubric with its checks against the source: once a person confirmed it, nothing in it is unverified."""
    content = dict(definition.content)
    if definition.source_status == SourceStatus.UNVERIFIED or definition.confirmed_at is None:
        return content
    content["status"] = "verified"
    for name in ("windows", "gates"):
        content[name] = [{**row, "status": "verified"} for row in content.get(name, ())]
    return content


def versions_of(family: str) -> list[RubricDefinition]:
    """The published versions of a rubric's family, oldest first; retired ones still count for their windows."""
    rows = RubricDefinition.objects.filter(family=family).exclude(state=DefinitionState.DRAFT)
    return list(rows.order_by("version"))


def rubric_on(family: str, application_kind: str, on: date) -> tuple[RubricDefinition, Mapping[str, Any]] | None:
    """The version of ``family`` that counts for a kind of application on a day, with its content; None without one."""
    versions = versions_of(family)
    contents = {definition.content["id"]: definition for definition in versions}
    chosen = choose([rubric_content(definition) for definition in versions], family, application_kind, on)
    return None if chosen is None else (contents[chosen["id"]], chosen)
