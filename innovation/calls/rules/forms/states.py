"""A form at a moment of its case: what is computed, what is shown, what may be typed."""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from innovation.calls.rules import logic
from innovation.calls.rules.exact import Json
from innovation.calls.rules.forms.shape import Answers, Content, Field, by_key, fields, is_computed
from innovation.calls.rules.forms.values import TYPED, computed_value
from innovation.calls.rules.formula import calculate, names_of

DRAFT = "draft"
RETURNED = "returned"


@dataclass(frozen=True, slots=True)
class _Scene:
    """What is shown, and the facts that follow from it."""

    shown: frozenset[str]
    facts: Mapping[str, Any]


def computed(content: Content, answers: Answers) -> dict[str, Fraction | None]:
    """Every computed field with its exact value, None when not known (a missing input, a division by zero).

    Money is in fen. Computed fields may read each other in any order. Raises FormulaError for a formula that
    :func:`check_definition` would refuse.
    """
    index = by_key(content)
    formulas = {key: field["formula"] for key, field in index.items() if is_computed(field)}
    values: dict[str, Any] = {key: answer for key, answer in answers.items() if key not in formulas}
    found: dict[str, Fraction | None] = {}
    waiting = dict(formulas)
    while waiting:
        ready = [key for key, formula in waiting.items() if not _reads(formula) & (waiting.keys() - {key})]
        # What waits for itself in a ring is never known.
        for key in ready or list(waiting):
            ring = not ready or key in _reads(waiting[key])
            found[key] = values[key] = None if ring else calculate(waiting[key], values)
            del waiting[key]
    return {key: found[key] for key in formulas}


def computed_answers(content: Content, answers: Answers) -> dict[str, Json]:
    """Computed fields in their stored form: whole fen (half up), decimal text, or None."""
    index = by_key(content)
    return {key: computed_value(index[key], exact) for key, exact in computed(content, answers).items()}


def visible(content: Content, answers: Answers, state: str) -> frozenset[str]:
    """Keys of the fields that the case shows in ``state``: the state fits, and the conditions of field and section
    are met. A condition that is not known hides; an answer that is hidden counts for nothing.
    """
    return _scene(content, answers, state).shown


def facts(content: Content, answers: Answers, state: str) -> Mapping[str, Any]:
    """What rules may read: shown answers and computed values. Unreadable text is not known."""
    return _scene(content, answers, state).facts


def editable(content: Content, answers: Answers, state: str, asked: frozenset[str] = frozenset()) -> frozenset[str]:
    """Keys of the fields that may be typed in ``state``.

    Shown, not computed, and open in this state (``editable_at``, by default the draft). A returned case opens only
    what was asked: ``asked`` holds keys of fields or of whole sections.
    """
    shown = visible(content, answers, state)
    if state == RETURNED:
        open_now = {
            field["key"] for section, field in fields(content) if field["key"] in asked or section["key"] in asked
        }
    else:
        open_now = {
            field["key"] for _section, field in fields(content) if state in (field.get("editable_at") or (DRAFT,))
        }
    return frozenset(field["key"] for _section, field in fields(content) if not is_computed(field)) & shown & open_now


def is_later(field: Mapping[str, Any]) -> bool:
    """Whether the field is written only after the submission."""
    opens = field.get("editable_at") or ()
    return bool(opens) and not {DRAFT, RETURNED} & set(opens)


def opens_in(content: Content, state: str) -> bool:
    """Whether any field may be written in ``state`` by the form's own word."""
    return any(state in (field.get("editable_at") or ()) for _section, field in fields(content))


def columns(content: Content, answers: Answers) -> dict[str, Json]:
    """The answers that reports read as columns (``requested_fen``, ``title``, …), None where empty or unreadable."""
    worked_out = computed_answers(content, answers)
    found = {}
    for _section, field in fields(content):
        if field.get("column"):
            answer = worked_out.get(field["key"]) if is_computed(field) else answers.get(field["key"])
            found[field["column"]] = None if _is_unreadable(answer) else answer
    return found


def without_identity(content: Content, answers: Answers) -> tuple[dict[str, Any], dict[str, Json]]:
    """Definition and answers for a blind reader: fields (and columns of tables) that identify are not in them.

    Persons and organisations identify by their type; every field may be marked ``identifying``.
    """
    kept_sections = []
    kept_answers: dict[str, Json] = {}
    for section in content["sections"]:
        kept = []
        for field in section["fields"]:
            if _identifies(field):
                continue
            answer = answers.get(field["key"])
            if field["type"] == "table":
                kept_columns = [column for column in field["columns"] if not _identifies(column)]
                if not kept_columns:
                    continue
                names = [column["key"] for column in kept_columns]
                field = {**field, "columns": kept_columns}  # noqa: PLW2901  the same field, narrower
                if isinstance(answer, list):
                    answer = [{name: row[name] for name in names if name in row} for row in answer]
                else:
                    answer = None
            kept.append(field)
            if field["key"] in answers:
                kept_answers[field["key"]] = answer
        if kept:
            kept_sections.append({**section, "fields": kept})
    return {**content, "sections": kept_sections}, kept_answers


def _identifies(field: Field) -> bool:
    return bool(field.get("identifying")) or field["type"] in {"person", "organisation"}


def _scene(content: Content, answers: Answers, state: str) -> _Scene:
    """Show and hide until nothing changes: a condition reads only what is itself shown."""
    index = by_key(content)
    allowed = {
        field["key"]: [rule for rule in (section.get("visible_when"), field.get("visible_when")) if rule]
        for section, field in fields(content)
        if not field.get("visible_at") or state in field["visible_at"]
    }
    shown = frozenset(allowed)
    known = _facts_of(content, answers, shown, index)
    for _turn in range(len(allowed) + 1):
        now = frozenset(
            key
            for key, rules in allowed.items()
            if all(logic.evaluate(rule, known) is logic.Truth.MET for rule in rules)
        )
        if now == shown:
            break
        shown, known = now, _facts_of(content, answers, now, index)
    else:
        # Conditions that chase each other settle on what all turns agree about; the editor refuses such a ring.
        shown = frozenset(key for key, rules in allowed.items() if not rules)
        known = _facts_of(content, answers, shown, index)
    return _Scene(shown, known)


def _facts_of(content: Content, answers: Answers, shown: frozenset[str], index: Mapping[str, Field]) -> dict[str, Any]:
    seen = {key: answers.get(key) for key in shown if key in index and not _is_unreadable(answers.get(key))}
    worked_out = computed(content, seen)
    return seen | {key: value for key, value in worked_out.items() if key in shown}


def _is_unreadable(answer: Any) -> bool:
    return isinstance(answer, Mapping) and TYPED in answer


def _reads(formula: str) -> set[str]:
    return {name.partition(".")[0] for name in names_of(formula)}
