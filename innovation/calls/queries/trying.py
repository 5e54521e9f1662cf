"""Trying a definition before it is published: what it shows, and what it answers to sample values. Nothing is kept."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from innovation.calls import trying_words as told
from innovation.calls.choices import ApplicationState
from innovation.calls.definition_words import fault_words
from innovation.calls.fault_words import fault_text
from innovation.calls.gap_words import gate_lines, points_text
from innovation.calls.message_words import PLACEHOLDER_WORDS
from innovation.calls.models import Definition
from innovation.calls.models.application_states import EVENT_NAMES, REFUSALS
from innovation.calls.process_map import ROLE_NAMES
from innovation.calls.queries.definitions import kind_of, rubric_content
from innovation.calls.queries.public import rule_words, weights
from innovation.calls.rules import forms, workflow
from innovation.calls.rules.deadlines import deadline
from innovation.calls.rules.definitions import Kind
from innovation.calls.rules.gaps import gap_list
from innovation.calls.rules.message_texts import PLACEHOLDERS, fill
from innovation.calls.rules.rubric_facts import claims_of
from innovation.calls.shown import in_language as words
from innovation.calls.shown import value_text
from innovation.core.models.calendar import calendar

Row = tuple[str, ...]
Asked = Mapping[str, str]
LASTING = [{"application_kind": kind, "from": "1900-01-01", "to": None} for kind in ("new", "recheck")]


@dataclass(frozen=True)
class Sheet:
    """A table: what it shows, its heads and rows."""

    title: str
    heads: Row = ()
    rows: list[Row] = field(default_factory=list)


def preview(definition: Definition) -> list[Sheet]:
    """What applicants, reviewers or readers would see of it, as tables."""
    return list(_PREVIEWS[kind_of(definition)](definition))


def answer(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> list[Sheet]:
    """What the definition answers: ``sample`` are answers, facts or the context; ``asked`` the plain choices."""
    return list(_ANSWERS[kind_of(definition)](definition, asked, sample))


def _form(definition: Definition) -> Iterator[Sheet]:
    heads = (_("question"), _("type"), _("required"), _("shown in"), _("limits, formula"))
    for section in definition.content["sections"]:
        rows = [
            (
                words(one["label"]) + (f" – {words(one['help'])}" if one.get("help") else ""),
                told.type_text(one),
                told.states_text(one.get("required_at") or ()),
                told.states_text(one.get("visible_at") or ()) or _("every state"),
                told.limits_text(definition.content, one),
            )
            for one in section["fields"]
        ]
        yield Sheet(words(section["title"]), heads, rows)


def _rubric(definition: Definition) -> Iterator[Sheet]:
    rubric = rubric_content(definition)
    yield Sheet(
        _("Windows"), (_("kind"), _("from"), _("to"), _("status")),
        [(told.kind_text(one["application_kind"]), one["from"], one.get("to") or "–",
          told.status_text(one.get("status")))
         for one in rubric["windows"]],
    )  # fmt: skip
    yield Sheet(
        _("Conditions"), (_("condition"), _("status")),
        [(words(one), told.status_text(one.get("status"))) for one in rubric["gates"]],
    )  # fmt: skip
    for group in rubric["groups"]:
        rows = [(words(item), told.item_text(item["type"])) for item in group["items"]]
        yield Sheet(words(group), (_("item"), _("type")), rows)


def _process(definition: Definition) -> Iterator[Sheet]:
    rows = [
        (
            str(ApplicationState(row.state).label), str(EVENT_NAMES[row.event]), str(ApplicationState(row.to).label),
            str(ROLE_NAMES.get(row.role, row.role)), " ".join(str(REFUSALS[guard.code]) for guard in row.guards),
        )
        for row in workflow.transitions(definition.content)
    ]  # fmt: skip
    yield Sheet(
        words(definition.content["title"]), (_("state"), _("event"), _("leads to"), _("role"), _("refused when")), rows
    )


def _deadlines(definition: Definition) -> Iterator[Sheet]:
    rows = [
        (words(one["title"]), told.event_text(one["rule"].get("event")), rule_words(one["rule"]))
        for one in definition.content["deadlines"]
    ]
    yield Sheet(_("Deadlines"), (_("deadline"), _("counts from"), _("rule")), rows)


def _sheet(definition: Definition) -> Iterator[Sheet]:
    rows = [(text, help_text, f"{weight} %") for text, help_text, weight in weights(definition.content)]
    yield Sheet(
        _("Criteria, scored from 0 to %(scale)s") % definition.content, (_("criterion"), _("help"), _("weight")), rows
    )


def _message(definition: Definition) -> Iterator[Sheet]:
    for language, code in (("zh", "zh-hans"), ("en", "en")):
        with override(code):
            samples = {name: f"[{PLACEHOLDER_WORDS.get(name, name)}]" for name in PLACEHOLDERS}
        filled = fill(definition.content, samples, language)
        yield Sheet({"zh": "中文", "en": "English"}[language], (filled.subject,), [(filled.text,)])


def _try_form(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Iterator[Sheet]:
    state = asked.get("state") or "draft"
    event = {"draft": "submit", "returned": "resubmit"}.get(state)
    index = forms.by_key(definition.content)
    found = forms.missing_and_wrong(definition.content, sample, {}, state, for_event=event)
    levels = {forms.Level.ERROR: _("refused"), forms.Level.WARNING: _("warning")}
    rows = [
        (words(index[one.field]["label"]) if one.field in index else "–",
         fault_text(index.get(one.field) or {"type": ""}, one), levels[one.level])
        for one in found
    ]  # fmt: skip
    yield Sheet(_("What would be refused or warned of"), (_("question"), _("what is wrong"), _("level")), rows)
    computed = forms.computed_answers(definition.content, sample)
    yield Sheet(
        _("Computed"),
        (_("question"), _("value")),
        [(words(index[key]["label"]), value_text(index[key], value, {})) for key, value in computed.items()],
    )


def _try_rubric(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Iterator[Sheet]:
    rubric = {**rubric_content(definition), "windows": LASTING}
    kind = asked.get("application_kind") or "new"
    gaps = gap_list(
        [rubric], rubric["family"], timezone.localdate(), sample, application_kind=kind, claims=claims_of(rubric)
    )
    result = gaps.result
    passed = {True: _("passed"), False: _("not passed"), None: _("not known")}[result.passed]
    yield Sheet(
        _("Result"),
        (_("result"), _("points"), _("missing")),
        [(passed, points_text(result.total), points_text(result.shortfall_total))],
    )
    rows = [(line.text, str(line.status.label), "; ".join(line.lacks)) for line in gate_lines(rubric, gaps, kind)]
    yield Sheet(_("Conditions"), (_("condition"), _("result"), _("missing")), rows)


def _try_process(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Iterator[Sheet]:
    decision = workflow.decide(
        definition.content, asked.get("state") or "draft", asked.get("event") or "submit",
        asked.get("role") or "applicant_lead", sample,
    )  # fmt: skip
    reasons = " ".join(str(REFUSALS[code]) for code in decision.reasons)
    outcome = _("allowed") if decision.allowed else _("refused")
    leads_to = told.states_text([decision.to]) if decision.to else "–"
    yield Sheet(_("Decision"), (_("result"), _("leads to"), _("reasons")), [(outcome, leads_to, reasons)])


def _try_deadlines(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Iterator[Sheet]:
    try:
        start = date.fromisoformat(asked.get("day") or "")
    except ValueError:
        start = timezone.localdate()
    rows: list[Row] = []
    days = calendar()
    for one in definition.content["deadlines"]:
        due = deadline(one["rule"], days, events={str(one["rule"].get("event")): start}, after=start)
        rows.append((words(one["title"]), str(due.due or _("not yet known")), str(told.DUE[due.status])))
    yield Sheet(_("Due, counted from %(day)s") % {"day": start}, (_("deadline"), _("due"), _("status")), rows)


def _nothing(definition: Definition, asked: Asked, sample: Mapping[str, Any]) -> Iterator[Sheet]:
    filled = (
        fill(definition.content, sample, asked.get("language") or "zh") if kind_of(definition) == Kind.MESSAGE else None
    )
    if filled:
        yield Sheet(_("With your values"), (filled.subject,), [(filled.text,)])


def faults(definition: Definition, found: Any) -> list[Row]:
    """Each fault as path, words, code."""
    return [(one.path, fault_words(one.code, one.facts), one.code) for one in found]


_PREVIEWS = {Kind.FORM: _form, Kind.RUBRIC: _rubric, Kind.PROCESS: _process, Kind.DEADLINES: _deadlines,
             Kind.SCORE_SHEET: _sheet, Kind.MESSAGE: _message}  # fmt: skip
_ANSWERS = {Kind.FORM: _try_form, Kind.RUBRIC: _try_rubric, Kind.PROCESS: _try_process, Kind.DEADLINES: _try_deadlines,
            Kind.SCORE_SHEET: _nothing, Kind.MESSAGE: _nothing}  # fmt: skip
