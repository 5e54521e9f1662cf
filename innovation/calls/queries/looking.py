"""A form as it would look: every field by state, and drawn for a state and a role."""

from collections.abc import Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.calls.choices import ApplicationState
from innovation.calls.models import Definition
from innovation.calls.models.application_states import STATE_NAMES
from innovation.calls.queries.trying import Row, Sheet
from innovation.calls.rules import forms
from innovation.calls.shown import in_language as words

USUAL = ("draft", "returned", "submitted", "in_review", "approved", "active")
NAMED = ("required_at", "visible_at", "editable_at")
ROLES: dict[str, Promise] = {
    "writer": gettext_lazy("Who leads or writes"),
    "viewer": gettext_lazy("Who reads on the applicant's side"),
    "partner": gettext_lazy("A partner, in the sections given to it"),
    "office": gettext_lazy("The office"),
    "reviewer": gettext_lazy("A reviewer"),
    "blind": gettext_lazy("A reviewer who may not know the applicant"),
}
WRITING = ("writer", "partner")


def states_of(content: Mapping[str, Any]) -> list[str]:
    """The states that a form looks different in: the usual ones and those that it names itself."""
    named = {state for _section, field in forms.fields(content) for key in NAMED for state in field.get(key) or ()}
    known = [str(state) for state in ApplicationState]
    return [*USUAL, *sorted(named - set(USUAL), key=lambda one: known.index(one) if one in known else len(known))]


def required_in(field: Mapping[str, Any], state: str) -> bool:
    """What may still be typed is asked for by the state that sending leads to."""
    goal = "submitted" if state in {"draft", "returned"} else state
    return goal in (field.get("required_at") or ())


def matrix(definition: Definition) -> Sheet:
    """Field by state: shown, required, open; conditions are named apart, as they depend on answers."""
    content = definition.content
    states = states_of(content)
    rows: list[Row] = []
    for section, field in forms.fields(content):
        depends = bool(field.get("visible_when") or section.get("visible_when"))
        cells = [_cell(field, state, depends=depends) for state in states]
        hidden = _("hidden") if _identifies(field) else _("shown")
        rows.append((words(field["label"]), *cells, hidden))
    heads = (_("question"), *(_state(state) for state in states), _("blind reviewer"))
    return Sheet(_("By state: what is shown, required, open"), heads, rows)


def drawn(
    definition: Definition, answers: Mapping[str, Any], state: str, role: str
) -> list[tuple[str, Mapping[str, Any], frozenset[str], frozenset[str]]]:
    """Title, definition, shown and open keys of each section as ``role`` sees it in ``state``."""
    content, seen = definition.content, answers
    if role == "blind":
        content, seen = forms.without_identity(content, answers)
    shown = forms.visible(content, seen, state)
    asked = frozenset(section["key"] for section in content["sections"])
    open_now = forms.editable(content, seen, state, asked) if role in WRITING else frozenset()
    return [(words(one["title"]), one, shown, open_now) for one in content["sections"]]


def _cell(field: Mapping[str, Any], state: str, *, depends: bool) -> str:
    if field.get("visible_at") and state not in field["visible_at"]:
        return "–"
    parts = [_("shown under a condition") if depends else _("shown")]
    if forms.is_computed(field):
        return ", ".join([*parts, _("calculated")])
    if required_in(field, state):
        parts.append(_("required"))
    if state == "returned":
        parts.append(_("open when asked for"))
    elif state in (field.get("editable_at") or ("draft",)):
        parts.append(_("open"))
    return ", ".join(parts)


def _identifies(field: Mapping[str, Any]) -> bool:
    return bool(field.get("identifying")) or field["type"] in {"person", "organisation"}


def _state(state: str) -> str:
    return str(STATE_NAMES[ApplicationState(state)].staff) if state in ApplicationState.values else state
