"""Pages beside the editor of a definition: the form as drawn, the process as a picture, cases kept with it."""

import json
from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from innovation.calls.actions import definition_cases as cases
from innovation.calls.choices import ApplicationState
from innovation.calls.forms.controls import Scene, controls
from innovation.calls.models import Definition, DefinitionCase
from innovation.calls.models.application_states import EVENT_NAMES
from innovation.calls.process_map import ROLE_NAMES, process_map
from innovation.calls.queries import looking, outcomes
from innovation.calls.queries.codes import code_names
from innovation.calls.queries.definitions import kind_of
from innovation.calls.queries.stored import run_stored, runs_on_stored
from innovation.calls.rules import forms
from innovation.calls.rules.definitions import Kind, check
from innovation.calls.trying_words import APPLICATION_KINDS
from innovation.core.errors import RuleViolation

ANSWERS: dict[str, Promise] = {
    "faults": _("what is wrong"), "computed": _("computed"), "shown": _("shown fields"), "passed": _("passed"),
    "total": _("points"), "failed_gates": _("conditions not met"), "unknown_gates": _("conditions not known"),
    "allowed": _("allowed"), "to": _("leads to"), "reasons": _("reasons"), "subject": _("subject"),
    "text": _("text"), "missing": _("missing"), "criteria": _("criteria"), "scale": _("scale"),
}  # fmt: skip
"""What a definition answers, by the keys of ``queries.outcomes``."""


def case_lines(record: Definition) -> list[dict[str, Any]]:
    """Each kept case with whether this version still answers as expected, and what differs."""
    return [
        {
            "case": trial.case, "passed": trial.passed, "error": trial.error,
            "differences": [
                (ANSWERS.get(key, key), _plain(expected), _plain(got)) for key, expected, got in trial.differences
            ],
        }
        for trial in outcomes.run_cases(record)
    ]  # fmt: skip


def _plain(value: Any) -> str:
    return "–" if value is None else json.dumps(value, ensure_ascii=False) if not isinstance(value, str) else value


class DefinitionPages:
    """Mixin of the admin of definitions; ``_record``, ``_page`` and ``_address`` are the admin's."""

    admin_site: Any
    opts: Any

    def page_urls(self) -> list[URLPattern]:
        name, view = f"{self.opts.app_label}_{self.opts.model_name}", self.admin_site.admin_view
        return [
            path("<int:pk>/drawn/", view(self.drawn_view), name=f"{name}_drawn"),
            path("<int:pk>/map/", view(self.map_view), name=f"{name}_map"),
            path("<int:pk>/cases/", view(self.cases_view), name=f"{name}_cases"),
            path("<int:pk>/stored/", view(self.stored_view), name=f"{name}_stored"),
        ]

    def page_names(self, record: Definition) -> dict[str, Any]:
        """The pages that make sense for this kind."""
        kind, found = kind_of(record), {"cases": _("Kept test cases")}
        if runs_on_stored(record):
            found["stored"] = _("Try on stored applications")
        if kind == Kind.FORM:
            return {"drawn": _("The form by state and role"), **found}
        return {"map": _("Picture of the process"), **found} if kind == Kind.PROCESS else found

    def drawn_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The form as somebody sees it in a state: choose both, and a kept case for its answers."""
        record = self._record(request, pk)  # type: ignore[attr-defined]
        if kind_of(record) != Kind.FORM or check(Kind.FORM, record.content):
            raise Http404
        asked = request.GET
        states, roles = looking.states_of(record.content), looking.ROLES
        state = asked.get("state") if asked.get("state") in states else states[0]
        role = asked.get("role") if asked.get("role") in roles else next(iter(roles))
        kept = DefinitionCase.objects.filter(kind=Kind.FORM, family=record.family)
        chosen = kept.filter(pk=asked["case"]).first() if asked.get("case", "").isdigit() else None
        context = {
            "title": gettext("The form by state and role"), "definition": record, "matrix": looking.matrix(record),
            "states": [(one, ApplicationState(one).label) for one in states if one in ApplicationState.values],
            "roles": roles.items(), "cases": kept, "state": state, "role": role, "chosen": chosen,
            "sections": _drawn(record, chosen.sample if chosen else {}, state, role),
            "back": self._address("try", record.pk),  # type: ignore[attr-defined]
        }  # fmt: skip
        return TemplateResponse(request, "calls/form_drawn.html", context)

    def map_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The process as a picture with its table, in the words of the office or of applicants."""
        record = self._record(request, pk)  # type: ignore[attr-defined]
        if kind_of(record) != Kind.PROCESS or check(Kind.PROCESS, record.content):
            raise Http404
        public = request.GET.get("words") == "public"
        context = {
            "title": gettext("Picture of the process"), "definition": record, "public": public,
            "process_map": process_map(record.content, public=public),
            "back": self._address("try", record.pk),  # type: ignore[attr-defined]
        }  # fmt: skip
        return TemplateResponse(request, "calls/process_map.html", context)

    def stored_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Which stored applications this version would judge otherwise."""
        record = self._record(request, pk)  # type: ignore[attr-defined]
        if not runs_on_stored(record):
            raise Http404
        return self._page(  # type: ignore[attr-defined]
            request, "calls/admin/stored.html", title=gettext("Try on stored applications"), definition=record,
            run=run_stored(record, request.user),
        )  # fmt: skip

    def cases_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Kept cases, each run against this version; keep one more, take its answer as expected, drop one."""
        record = self._record(request, pk)  # type: ignore[attr-defined]
        typed: Mapping[str, Any] = request.POST
        error = ""
        if request.method == "POST":
            try:
                self._act_on_cases(request, record)
                return redirect(self._address("cases", record.pk))  # type: ignore[attr-defined]
            except RuleViolation as violation:
                error = str(violation)
            except ValueError:
                error = gettext("This is not JSON.")
        lines = case_lines(record)
        return self._page(  # type: ignore[attr-defined]
            request, "calls/admin/cases.html", title=gettext("Kept test cases"), definition=record, lines=lines,
            passed=sum(line["passed"] for line in lines), error=error, typed=typed, kind=str(kind_of(record)),
            faulty=bool(check(kind_of(record), record.content)), choices=choices_of(kind_of(record)),
        )  # fmt: skip

    def _act_on_cases(self, request: HttpRequest, record: Definition) -> None:
        act, given = request.POST.get("act", ""), request.POST
        if act == "keep":
            expected = json.loads(given["expected"]) if given.get("expected", "").strip() else None
            sample = json.loads(given.get("sample") or "{}")
            if not isinstance(sample, dict) or not isinstance(expected, dict | None):
                raise ValueError
            cases.keep_case(
                definition=record, title=given.get("title", ""), asked=given, sample=sample, expected=expected,
                actor=request.user,
            )  # fmt: skip
            messages.success(request, gettext("The case is kept."))
        elif act == "expect":
            cases.expect_now(case_id=int(given["case"]), definition=record, actor=request.user)
            messages.success(request, gettext("What this version answers is expected from now on."))
        elif act == "drop":
            cases.drop_case(case_id=int(given["case"]), actor=request.user)
            messages.success(request, gettext("The case is thrown away."))


def choices_of(kind: Kind) -> list[tuple[str, Any, list[tuple[str, Any]]]]:
    """Name, label and options of the plain choices of a kind; without options it is a day."""
    known: dict[str, tuple[Any, list[tuple[str, Any]]]] = {
        "state": (_("state"), list(ApplicationState.choices)),
        "event": (_("event"), list(EVENT_NAMES.items())),
        "role": (_("role"), list(ROLE_NAMES.items())),
        "application_kind": (_("kind"), list(APPLICATION_KINDS.items())),
        "day": (_("Day of the event"), []),
        "language": (_("language"), [("zh", "中文"), ("en", "English")]),
    }
    return [(name, *known[name]) for name in CHOICES_OF[kind]]


CHOICES_OF = {
    Kind.FORM: ("state",), Kind.RUBRIC: ("application_kind",), Kind.PROCESS: ("state", "event", "role"),
    Kind.DEADLINES: ("day",), Kind.SCORE_SHEET: (), Kind.MESSAGE: ("language",),
}  # fmt: skip


def _drawn(record: Definition, answers: Mapping[str, Any], state: str, role: str) -> list[tuple[str, list[Any]]]:
    computed = forms.computed_answers(record.content, answers)
    names = code_names(record.content, answers)
    goal = "submitted" if state in {"draft", "returned"} else state
    return [
        (title, [one for one in controls(section, Scene(
            answers=answers, computed=computed, revisions={}, files={}, faults={}, shown=shown, open_now=open_now,
            names=names, goal=goal,
        )) if one.is_shown])
        for title, section, shown, open_now in looking.drawn(record, answers, state, role)
    ]  # fmt: skip
