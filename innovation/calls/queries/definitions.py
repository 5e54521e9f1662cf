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
from innovation.calls.rules.definitions import Fault, Kind, check
from innovation.calls.rules.differences import Difference, differences
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


def exported(definition: Definition) -> dict[str, Any]:
    """The fields of a definition's file."""
    return {
        "kind": str(kind_of(definition)),
        "family": definition.family,
        "version": definition.version,
        "title": {"zh": definition.title_zh, "en": definition.title_en},
        "source": definition.source,
        "source_status": definition.source_status,
        "content": definition.content,
    }


def faults_of(definition: Definition) -> tuple[Fault, ...]:
    """Everything that keeps the content from being published."""
    return check(kind_of(definition), definition.content)


def compared(definition: Definition, version: int | None = None) -> tuple[Definition | None, list[Difference]]:
    """What ``definition`` changed against ``version`` of its family, or the one before; None without another one."""
    others = type(definition).objects.filter(family=definition.family).exclude(pk=definition.pk).order_by("-version")
    older = others.filter(version__lt=definition.version) if version is None else others.filter(version=version)
    other = older.first()
    return other, list(differences(other.content, definition.content)) if other else []


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
