"""What a definition answers to sample values, in one plain shape that can be kept, compared and shown."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone

from innovation.calls.models import Definition, DefinitionCase
from innovation.calls.queries.definitions import kind_of, rubric_content
from innovation.calls.rules import forms, workflow
from innovation.calls.rules.deadlines import deadline
from innovation.calls.rules.definitions import Kind, check
from innovation.calls.rules.gaps import gap_list
from innovation.calls.rules.message_texts import fill
from innovation.calls.rules.rubric_facts import claims_of
from innovation.calls.rules.scoring import shown
from innovation.core.errors import RuleViolation
from innovation.core.models.calendar import calendar

Asked = Mapping[str, str]
Outcome = dict[str, Any]
LASTING = [{"application_kind": kind, "from": "1900-01-01", "to": None} for kind in ("new", "recheck")]
CHOICES = ("state", "event", "role", "application_kind", "day", "language")
"""The plain choices that a kept case may name."""


@dataclass(frozen=True)
class Trial:
    """A kept case run against one version; ``differences`` holds key, expected, got of what is not as expected."""

    case: DefinitionCase
    got: Outcome
    differences: list[tuple[str, Any, Any]] = field(default_factory=list)
    error: str = ""

    @property
    def passed(self) -> bool:
        return not self.differences and not self.error


def outcome(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Outcome:
    """What the definition answers, in plain values. Raises what cannot be read in ``sample``."""
    return _OUTCOMES[kind_of(definition)](definition, asked, sample)


def run_cases(definition: Definition) -> list[Trial]:
    """Every kept case of the family against this version; empty when the version itself has faults."""
    if check(kind_of(definition), definition.content):
        return []
    rows = DefinitionCase.objects.filter(kind=str(kind_of(definition)), family=definition.family)
    return [_run(definition, case) for case in rows]


def _run(definition: Definition, case: DefinitionCase) -> Trial:
    try:
        got = outcome(definition, case.asked, case.sample)
    except (ValueError, TypeError, AttributeError, KeyError, RuleViolation) as error:
        return Trial(case, {}, error=f"{type(error).__name__}: {error}"[:200])
    keys = dict.fromkeys([*case.expected, *got])
    wrong = [(key, case.expected.get(key), got.get(key)) for key in keys if case.expected.get(key) != got.get(key)]
    return Trial(case, got, wrong)


def _form(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Outcome:
    state = asked.get("state") or "draft"
    event = {"draft": "submit", "returned": "resubmit"}.get(state)
    found = forms.missing_and_wrong(definition.content, sample, {}, state, for_event=event)
    return {
        "faults": sorted({f"{one.field}: {one.code}" for one in found}),
        "computed": {key: str(value) for key, value in forms.computed_answers(definition.content, sample).items()},
        "shown": sorted(forms.visible(definition.content, sample, state)),
    }


def _rubric(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Outcome:
    rubric = {**rubric_content(definition), "windows": LASTING}
    kind = asked.get("application_kind") or "new"
    today = timezone.localdate()
    gaps = gap_list([rubric], rubric["family"], today, sample, application_kind=kind, claims=claims_of(rubric))
    result = gaps.result
    return {
        "passed": result.passed,
        "total": None if result.total is None else str(shown(result.total, 4)),
        "failed_gates": list(result.failed_gates), "unknown_gates": list(result.unknown_gates),
    }  # fmt: skip


def _process(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Outcome:
    decision = workflow.decide(
        definition.content, asked.get("state") or "draft", asked.get("event") or "submit",
        asked.get("role") or "applicant_lead", sample,
    )  # fmt: skip
    return {"allowed": decision.allowed, "to": decision.to, "reasons": list(decision.reasons)}


def _deadlines(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Outcome:
    start, days = date.fromisoformat(asked["day"]), calendar()
    found = {}
    for one in definition.content["deadlines"]:
        due = deadline(one["rule"], days, events={str(one["rule"].get("event")): start}, after=start)
        found[one["key"]] = str(due.due) if due.due else str(due.status)
    return found


def _message(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Outcome:
    filled = fill(definition.content, sample, asked.get("language") or "zh")
    return {"subject": filled.subject, "text": filled.text, "missing": list(filled.missing)}


def _sheet(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Outcome:
    return {"criteria": [one["key"] for one in definition.content["criteria"]], "scale": definition.content["scale"]}


_OUTCOMES = {Kind.FORM: _form, Kind.RUBRIC: _rubric, Kind.PROCESS: _process, Kind.DEADLINES: _deadlines,
             Kind.SCORE_SHEET: _sheet, Kind.MESSAGE: _message}  # fmt: skip
