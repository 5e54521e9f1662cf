"""The codes of definitions in words, for the tables in which an officer sees what a definition says."""

import re
from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from innovation.calls.choices import ApplicationState, SourceStatus
from innovation.calls.rules import forms
from innovation.calls.rules.deadlines import Status
from innovation.calls.shown import in_language, money_text, unit_of
from innovation.core.money import Unit

FIELD_TYPES: dict[str, str | Promise] = {
    "text": _("short text"),
    "long_text": _("long text"),
    "number": pgettext_lazy("field", "number"),
    "money": pgettext_lazy("field", "amount of money"),
    "percent": pgettext_lazy("field", "percent"),
    "trl": _("readiness level"),
    "date": pgettext_lazy("field", "day"),
    "yes_no": _("yes or no"),
    "choice": _("one of several"),
    "multi": _("several of several"),
    "table": pgettext_lazy("field", "table"),
    "file": pgettext_lazy("field", "file"),
    "organisation": _("organisation"),
    "person": _("person"),
    "ip_right": _("intellectual property right"),
    "industry": _("industry"),
    "division": pgettext_lazy("field", "place"),
}
LIMITS: dict[str, Promise] = {
    "min": _("at least %(value)s"),
    "max": _("at most %(value)s"),
    "min_length": _("at least %(value)s characters"),
    "max_length": _("at most %(value)s characters"),
    "decimals": _("at most %(value)s decimals"),
    "min_chosen": _("at least %(value)s chosen"),
    "max_chosen": _("at most %(value)s chosen"),
    "min_rows": _("at least %(value)s rows"),
    "max_rows": _("at most %(value)s rows"),
    "max_mb": _("at most %(value)s MB"),
    "max_files": _("at most %(value)s files"),
    "types": _("kinds of file: %(value)s"),
}
ITEM_TYPES: dict[str, Promise] = {
    "band_high": _("by bands, more is better"),
    "band_low": _("by bands, less is better"),
    "choice": _("by a choice"),
    "step": _("points for each full step"),
    "multi_cap": _("points for each mark, with a cap"),
    "number": _("points that are typed in"),
    "max_of": _("the best of several"),
    "expert_range": _("an expert's points within a range"),
    "expert_in_band": _("an expert's points within a computed band"),
}
APPLICATION_KINDS: dict[str, Promise] = {"new": _("New application"), "recheck": _("Re-check of a title held")}
DUE: dict[Status, Promise] = {
    Status.OK: _("known"),
    Status.CALENDAR_MISSING: _("the calendar of that year is missing"),
    Status.EVENT_MISSING: _("the event has not happened yet"),
}
EVENTS: dict[str, Promise] = {
    "assigned": _("Reviewers were asked"),
    "asked": _("Questions were asked"),
    "notice_over": _("End of the public notice"),
}
FUNCTIONS: dict[str, Promise] = {
    "sum": pgettext_lazy("formula", "sum"),
    "count": pgettext_lazy("formula", "number of rows"),
    "min": pgettext_lazy("formula", "smallest"),
    "max": pgettext_lazy("formula", "largest"),
    "years_between": pgettext_lazy("formula", "whole years between"),
}
_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*(?:\.[A-Za-z_][A-Za-z0-9_]*)?")


def type_text(field: Mapping[str, Any]) -> str:
    """The type of a field with its unit."""
    known = str(FIELD_TYPES.get(field["type"], field["type"]))
    unit = "" if field["type"] == "percent" else unit_of(field)
    return gettext("%(type)s (%(unit)s)") % {"type": known, "unit": unit} if unit else known


def states_text(states: Iterable[str]) -> str:
    known = ApplicationState.values
    return ", ".join(str(ApplicationState(one).label) if one in known else one for one in states)


def limits_text(content: Mapping[str, Any], field: Mapping[str, Any]) -> str:
    """How a field is computed, or its limits."""
    if field.get("formula"):
        return _formula(content, field["formula"])
    return ", ".join(
        str(LIMITS[name]) % {"value": _limit(field, name, value)}
        for name, value in (field.get("limits") or {}).items()
        if name in LIMITS
    )


def _limit(field: Mapping[str, Any], name: str, value: Any) -> Any:
    if name == "types":
        return ", ".join(str(one).upper() for one in value)
    if field["type"] == "money" and name in {"min", "max"} and isinstance(value, int):
        return money_text(value, Unit(field.get("unit") or Unit.YUAN))
    return value


def _formula(content: Mapping[str, Any], formula: str) -> str:
    """The formula with the questions in place of their keys."""
    index = forms.by_key(content)

    def named(match: re.Match[str]) -> str:
        key, _dot, column = match[0].partition(".")
        if key in FUNCTIONS:
            return str(FUNCTIONS[key])
        field = index.get(key)
        if field is None:
            return match[0]
        label = in_language(field["label"])
        inside = next((one for one in field.get("columns", ()) if one["key"] == column), None)
        return f"“{label}: {in_language(inside['label'])}”" if inside else f"“{label}”"

    return _NAME.sub(named, formula)


def status_text(status: str | None) -> str:
    """Whether a part of a rubric was held against its source; empty where it says nothing."""
    known = (status or "").upper()
    return str(SourceStatus(known).label) if known in SourceStatus.values else status or ""


def kind_text(kind: str) -> str:
    return str(APPLICATION_KINDS.get(kind, kind))


def item_text(item_type: str) -> str:
    return str(ITEM_TYPES.get(item_type, item_type))


def event_text(event: str | None) -> str:
    """The event from which a deadline counts: a state that is reached, or one of its own."""
    if not event:
        return "–"
    return str(EVENTS[event]) if event in EVENTS else states_text([event])
