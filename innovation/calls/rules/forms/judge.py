"""What is missing and what is wrong in a case's answers: one judgement warns on saving and refuses on submitting."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any

from innovation.calls.rules import logic, workflow
from innovation.calls.rules.exact import is_empty
from innovation.calls.rules.forms.shape import Answers, Content, Field, by_key, fields, is_computed, limit
from innovation.calls.rules.forms.states import DRAFT, RETURNED, facts, visible
from innovation.calls.rules.forms.values import check_value
from innovation.calls.rules.formula import names_of

MEBIBYTE = 2**20
_MISSING = frozenset({"missing", "file_missing", "evidence_missing", "rule_not_known"})


class Level(StrEnum):
    """A warning is shown and lets pass; an error refuses the event."""

    WARNING = "warning"
    ERROR = "error"


class Status(StrEnum):
    """How far a section of the task list is."""

    NOT_STARTED = "not_started"
    IN_PROGRESS = "in_progress"
    COMPLETE = "complete"
    HAS_ERRORS = "has_errors"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file that belongs to a field: its name and its size in bytes."""

    name: str
    size: int


Files = Mapping[str, Sequence[FileFacts]]


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is missing or wrong.

    ``section`` and ``field`` are keys (both empty where a rule names no field), ``row`` (from 0) and ``column`` a cell
    of a table, ``code`` one of ValueFault's or ``missing``, ``file_missing``, ``evidence_missing``,
    ``file_too_large``, ``file_type``, ``too_many_files``, ``rule_not_met``, ``rule_not_known``. ``facts`` feed the
    message; those of a rule hold its ``rule`` key and ``message`` in both languages.
    """

    section: str
    field: str
    code: str
    level: Level
    facts: Mapping[str, Any]
    row: int | None = None
    column: str | None = None

    @property
    def is_missing(self) -> bool:
        """Whether something is not there yet, rather than wrong."""
        return self.code in _MISSING


@dataclass(frozen=True, slots=True)
class Progress:
    """A section of the task list: fields shown, of them answered, and its faults."""

    section: str
    status: Status
    shown: int
    answered: int
    faults: tuple[Fault, ...]


def missing_and_wrong(
    content: Content, answers: Answers, files: Files, state: str, *, for_event: str | None
) -> tuple[Fault, ...]:
    """Everything that stands between the answers and the next step, in the order of the form, then its rules.

    ``for_event`` None (saving) judges by the step that follows from ``state`` and gives warnings alone; an event
    judges by the state that it leads to and gives errors, which refuse it. Only shown fields count. A rule of level
    warning never refuses. A rule of level error refuses when it is not met, and when it is not known although
    something of what it reads was answered: what cannot be judged has not passed.
    """
    goals = _goals(state, for_event)
    refuses = Level.ERROR if for_event is not None else Level.WARNING
    shown = visible(content, answers, state)
    found: list[Fault] = []
    for section, field in fields(content):
        if field["key"] in shown and not is_computed(field):
            required = bool(goals & set(field.get("required_at") or ()))
            given = _Given(answers.get(field["key"]), files.get(field["key"], ()), required)
            found += _field_faults(section["key"], field, given, refuses)
    return (*found, *_rule_faults(content, facts(content, answers, state), shown, refuses))


def progress(content: Content, answers: Answers, files: Files, state: str = DRAFT) -> tuple[Progress, ...]:
    """Every section that is shown in ``state`` with how far it is.

    Complete: nothing is missing or wrong, and something is answered or nothing has to be. Faults of rules count in
    the sections of the fields that they read.
    """
    shown = visible(content, answers, state)
    faults = missing_and_wrong(content, answers, files, state, for_event=None)
    rows = []
    for section in content["sections"]:
        typed = [field for field in section["fields"] if field["key"] in shown and not is_computed(field)]
        if not any(field["key"] in shown for field in section["fields"]):
            continue
        own = tuple(fault for fault in faults if fault.section == section["key"])
        answered = sum(not is_empty(answers.get(field["key"])) or bool(files.get(field["key"])) for field in typed)
        rows.append(Progress(section["key"], _status(own, answered, len(typed)), len(typed), answered, own))
    return tuple(rows)


def _status(faults: tuple[Fault, ...], answered: int, typed: int) -> Status:
    if any(not fault.is_missing for fault in faults):
        return Status.HAS_ERRORS
    if faults:
        return Status.IN_PROGRESS if answered else Status.NOT_STARTED
    return Status.COMPLETE if answered or not typed else Status.NOT_STARTED


def _goals(state: str, event: str | None) -> frozenset[str]:
    """The states whose requirements count: where the event leads, or where the case would go next."""
    if event is None:
        return frozenset({"submitted"}) if state in {DRAFT, RETURNED} else frozenset({state})
    leads_to = {row.to for row in (*workflow.TABLE, *workflow.MORE) if row.event == event and row.state == state}
    return frozenset(leads_to or {state})


@dataclass(frozen=True, slots=True)
class _Given:
    """What a field was given, and whether it has to be."""

    answer: Any
    files: Sequence[FileFacts]
    required: bool


def _field_faults(section: str, field: Field, given: _Given, level: Level) -> Iterator[Fault]:
    key, answer, files, required = field["key"], given.answer, given.files, given.required
    if field["type"] == "file":
        if required and not files:
            yield Fault(section, key, "file_missing", level, {})
    elif is_empty(answer):
        if required:
            yield Fault(section, key, "missing", level, {})
    else:
        for one in check_value(field, answer):
            yield Fault(section, key, one.code, level, one.facts, one.row, one.column)
    if field.get("evidence_required") and field["type"] != "file" and not files and not is_empty(answer):
        yield Fault(section, key, "evidence_missing", level, {})
    yield from _file_faults(section, field, files, level)


def _file_faults(section: str, field: Field, files: Sequence[FileFacts], level: Level) -> Iterator[Fault]:
    most, megabytes, types = (limit(field, name) for name in ("max_files", "max_mb", "types"))
    if most is not None and len(files) > most:
        yield Fault(section, field["key"], "too_many_files", level, {"most": most, "files": len(files)})
    for file in files:
        if megabytes is not None and file.size > megabytes * MEBIBYTE:
            yield Fault(section, field["key"], "file_too_large", level, {"name": file.name, "most_mb": megabytes})
        ending = PurePosixPath(file.name).suffix.removeprefix(".").casefold()
        if types and ending not in types:
            yield Fault(section, field["key"], "file_type", level, {"name": file.name, "types": list(types)})


def _rule_faults(content: Content, known: Mapping[str, Any], shown: frozenset[str], refuses: Level) -> Iterator[Fault]:
    """A rule is judged when any field that it reads is shown; it stands with the first of these."""
    index = by_key(content)
    sections = {field["key"]: section["key"] for section, field in fields(content)}
    for rule in content.get("rules", ()):
        reads = [name for name in logic.facts_of(rule["rule"]) if name in shown and name in index]
        result = logic.evaluate(rule["rule"], known)
        binds = rule.get("level", "error") == "error"
        if not reads or result is logic.Truth.MET:
            continue
        unknown = result is logic.Truth.NOT_KNOWN
        if unknown and not (binds and any(_is_begun(index, known, name) for name in reads)):
            continue
        code = "rule_not_known" if unknown else "rule_not_met"
        told = {"rule": rule["key"], "message": rule["message"]}
        yield Fault(sections[reads[0]], reads[0], code, refuses if binds else Level.WARNING, told)


def _is_begun(index: Mapping[str, Field], known: Mapping[str, Any], name: str) -> bool:
    """Whether the field, or anything that it is computed from, is answered."""
    return any(not is_empty(known.get(key)) for key in _inputs(index, name))


def _inputs(index: Mapping[str, Field], name: str) -> set[str]:
    found: set[str] = set()
    waiting = [name]
    while waiting:
        key = waiting.pop()
        if key in found or key not in index:
            continue
        found.add(key)
        if is_computed(index[key]):
            waiting += [path.partition(".")[0] for path in names_of(index[key]["formula"])]
    return found
