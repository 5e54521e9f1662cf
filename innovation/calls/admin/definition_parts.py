"""A definition written part by part: every part as a form in words, so that nobody has to write JSON."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.http import urlencode
from django.utils.translation import gettext

from innovation.calls.actions import definitions as acts
from innovation.calls.definition_words import fault_words
from innovation.calls.forms.definition_parts import PartForm
from innovation.calls.models import Definition
from innovation.calls.models.application_states import EVENT_NAMES
from innovation.calls.part_words import ADD, PART_NAMES, WHOLE
from innovation.calls.queries.definitions import faults_of, kind_of
from innovation.calls.rules import definition_parts as parts
from innovation.calls.rules.definition_files import content_hash
from innovation.calls.rules.definitions import Kind
from innovation.calls.rules.rule_text import rule_to_text
from innovation.calls.shown import in_language
from innovation.calls.trying_words import FIELD_TYPES, ITEM_TYPES, event_text, kind_text, states_text
from innovation.core.errors import RuleViolation

MOVES = {"up": -1, "down": 1}


@dataclass(frozen=True)
class Line:
    """A part in the list: its words and kind, its faults; of a list its name and where to add to it."""

    part: parts.Part
    words: str
    detail: str
    faults: Sequence[str]
    add: str = ""


class PartPages:
    """Mixin of the admin of definitions; ``_record`` and ``_address`` are the admin's."""

    admin_site: Any
    opts: Any

    def part_urls(self) -> list[URLPattern]:
        name, view = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        return [
            path("<int:pk>/parts/", view(self.parts_view), name=f"{name}_parts"),
            path("<int:pk>/parts/edit/", view(self.part_view), name=f"{name}_part"),
        ]

    def _draft(self, request: HttpRequest, pk: int) -> Any:
        record = self._record(request, pk)  # type: ignore[attr-defined]
        if not self.has_change_permission(request, record):  # type: ignore[attr-defined]
            raise PermissionDenied
        return record

    def parts_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """All parts in order, each with what is wrong with it; moved and taken out here."""
        record = self._draft(request, pk)
        if request.method == "POST":
            try:
                _refuse_other(record, request.POST.get("seen", ""))
                _save(request, record, _changed(record, request.POST))
            except RuleViolation as refused:
                messages.error(request, str(refused))
            return redirect(self._address("parts", record.pk))  # type: ignore[attr-defined]
        return TemplateResponse(request, "calls/definition_parts.html", self._shared(record, "parts") | {
            "title": gettext("Write part by part"), "lines": lines_of(record), "whole": WHOLE.get(str(kind_of(record))),
            "general": _faults_at(record, None), "edit": self._address("part", record.pk),  # type: ignore[attr-defined]
        })  # fmt: skip

    def part_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """One part as a form; with ``add`` a new one at the end of a list."""
        record = self._draft(request, pk)
        kind = kind_of(record)
        content = parts.begun(kind, record.content, record.family)
        adds, address = "add" in request.GET, request.GET.get("add", request.GET.get("at", ""))
        found = parts.part_at(kind, content, address)
        if found is None or found.is_list != adds:
            raise Http404
        held = found.value if isinstance(found.value, Mapping) else {}
        form = PartForm(request.POST or None, shape=found.shape, part=held, is_new=adds)
        if request.method == "POST" and form.is_valid():
            try:
                _refuse_other(record, request.POST.get("seen", ""))
                made, stands = _written(kind, content, found, form)
                _save(request, record, made)
                return redirect(self._after(record, stands if adds else ""))
            except RuleViolation as refused:
                form.add_error(None, str(refused))
        return TemplateResponse(request, "calls/definition_part.html", self._shared(record, "parts") | {
            "title": _title(found), "form": form, "names": _names(content), "faults": _faults_at(record, address),
        })  # fmt: skip

    def _after(self, record: Definition, fresh: str) -> str:
        """The list; a new part that has further inputs is opened at once."""
        address = self._address("part" if fresh else "parts", record.pk)  # type: ignore[attr-defined]
        return f"{address}?{urlencode({'at': fresh})}" if fresh else str(address)

    def _shared(self, record: Definition, back: str) -> dict[str, Any]:
        return {
            "definition": record, "seen": content_hash(str(kind_of(record)), record.content),
            "back": self._address(back, record.pk), "change": self._address("change", record.pk),  # type: ignore[attr-defined]
            "try": self._address("try", record.pk),  # type: ignore[attr-defined]
        }  # fmt: skip


def _refuse_other(record: Definition, seen: str) -> None:
    if seen != content_hash(str(kind_of(record)), record.content):
        raise RuleViolation("CHANGED_MEANWHILE", gettext("Somebody changed this draft meanwhile. Look at it again."))


def _save(request: HttpRequest, record: Definition, content: Mapping[str, Any]) -> None:
    acts.save_draft(definition=record, actor=request.user, fields={"content": dict(content)})
    messages.success(request, gettext("The draft is saved."))


def _changed(record: Definition, posted: Mapping[str, str]) -> Mapping[str, Any]:
    kind = kind_of(record)
    content = parts.begun(kind, record.content, record.family)
    part, act = parts.part_at(kind, content, posted.get("at", "")), posted.get("act", "")
    if part is None or part.is_list or part.address == parts.WHOLE:
        raise RuleViolation("NO_PART", gettext("This part is not there any more."))
    if act in MOVES:
        return parts.moved(content, part.address, MOVES[act])
    return parts.without_part(content, part.address) if act == "remove" else content


def _written(kind: Kind, content: Mapping[str, Any], found: parts.Part, form: PartForm) -> tuple[dict[str, Any], str]:
    if found.is_list:
        if form.name and parts.part_at(kind, content, f"{found.address}.{form.name}"):
            raise RuleViolation("TWICE", gettext("This key stands twice."))
        return parts.with_added(content, found.address, form.value(), form.name)
    return parts.with_part(content, found.address, form.value()), found.address


def lines_of(record: Definition) -> list[Line]:
    """Every part of a draft in words; a fault stands with the innermost part that it is about."""
    kind = kind_of(record)
    found = parts.parts_of(kind, parts.begun(kind, record.content, record.family))
    told = _by_part(record, [part.address for part in found if not part.is_list])
    lines = []
    for part in found:
        name = str(parts.steps_of(part.address)[-1])
        if part.is_list:
            lines.append(Line(part, str(PART_NAMES[name]), "", (), str(ADD[name])))
        else:
            lines.append(Line(part, _words(part, name), _detail(part), told.get(part.address, ())))
    return lines


def _by_part(record: Definition, addresses: Sequence[str]) -> dict[str, list[str]]:
    paths = sorted(((parts.json_path(one), one) for one in addresses), key=lambda one: -len(one[0]))
    found: dict[str, list[str]] = {}
    for fault in faults_of(record):
        here = next((address for path, address in paths if _inside(fault.path, path)), parts.WHOLE)
        found.setdefault(here, []).append(fault_words(fault.code, fault.facts))
    return found


def _inside(fault: str, path: str) -> bool:
    return fault == path or fault.startswith((f"{path}.", f"{path}["))


def _faults_at(record: Definition, address: str | None) -> list[str]:
    """Faults of one part and what is in it; with None those of no part."""
    if address is None:
        kind = kind_of(record)
        all_parts = parts.parts_of(kind, parts.begun(kind, record.content, record.family))
        return _by_part(record, [part.address for part in all_parts if not part.is_list]).get(parts.WHOLE, [])
    return [
        fault_words(one.code, one.facts) for one in faults_of(record) if _inside(one.path, parts.json_path(address))
    ]


def _words(part: parts.Part, name: str) -> str:
    value = part.value if isinstance(part.value, Mapping) else {}
    if part.shape == "window":
        return kind_text(str(value.get("application_kind", "")))
    if part.shape == "route":
        return f"{states_text([str(value.get('from'))])} → {states_text([str(value.get('to'))])}"
    words = next((value[key] for key in ("label", "title", "text", "message") if value.get(key)), value)
    return in_language(words) or str(value.get("key") or value.get("id") or name)


def _detail(part: parts.Part) -> str:
    """What else tells parts apart: type, key, rule."""
    value = part.value if isinstance(part.value, Mapping) else {}
    kind, rule = str(value.get("type", "")), value.get("rule")
    types = ITEM_TYPES if part.shape == "item" else FIELD_TYPES
    kind = {"boolean": "yes_no", "money_list": "money"}.get(kind, kind)
    told = [str(types.get(kind, "")), str(value.get("key") or value.get("id") or "")]
    if isinstance(rule, Mapping) and "kind" not in rule:
        told.append(rule_to_text(rule))
    if part.shape == "deadline" and isinstance(rule, Mapping):
        told = [event_text(rule.get("event"))]
    if part.shape == "route":
        told = [str(EVENT_NAMES.get(str(value.get("event")), ""))]
    if part.shape == "window":
        told = [f"{value.get('from', '')} – {value.get('to') or ''}"]
    return " · ".join(one for one in told if one)


def _title(part: parts.Part) -> str:
    name = str(parts.steps_of(part.address)[-1]) if part.address else ""
    if part.is_list:
        return str(ADD[name])
    return _words(part, name) if name else str(WHOLE.get(part.shape, part.shape))


def _names(content: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The names that rules and formulas may use, with what they stand for."""
    found = []
    for section in content.get("sections") or []:
        for field in section.get("fields") or [] if isinstance(section, Mapping) else []:
            label = in_language(field.get("label"))
            found.append((str(field.get("key")), label))
            found += [(f"{field.get('key')}.{one.get('key')}", f"{label}: {in_language(one.get('label'))}")
                      for one in field.get("columns") or []]  # fmt: skip
    found += [(name, in_language(fact)) for name, fact in (content.get("facts") or {}).items()]
    return found + [(name, "") for name in content.get("derived") or {}]
