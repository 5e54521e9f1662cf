"""One section of an application: shown, saved by button or script, with its files. What is typed is never lost."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect, JsonResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext as _
from django.views.generic import View

from innovation.accounts.models import User
from innovation.calls.actions.drafts import Saved, Typed, asked_fields, save_answers
from innovation.calls.actions.files import add_file, remove_file
from innovation.calls.fault_words import fault_text
from innovation.calls.forms.controls import Scene, control, controls
from innovation.calls.forms.posted import posted_fields
from innovation.calls.queries import applying
from innovation.calls.queries.codes import code_names, suggestions
from innovation.calls.rules import forms
from innovation.calls.shown import ShownFile, in_language, value_text
from innovation.calls.views.applications import OwnApplication
from innovation.core.errors import RuleViolation
from innovation.core.views import Crumb, PageView

KEPT = "calls.kept"
MOST_BLANKS = 20


def shown_files(application: Any) -> dict[str, list[ShownFile]]:
    """The files of each field with the addresses that open them."""
    return {
        key: [
            ShownFile(file.file_name, file.size, reverse("calls:answer_file", args=[file.pk]), file.pk, file.sha256)
            for file in found
        ]
        for key, found in applying.files_by_field(application).items()
    }


class SectionBase(OwnApplication):
    """What the page of a section and its saving share."""

    @cached_property
    def section(self) -> Mapping[str, Any]:
        found = next((one for one in self.content["sections"] if one["key"] == self.kwargs["section"]), None)
        if found is None or not self.access.sees(found["key"]):
            raise Http404
        return found

    @property
    def content(self) -> Mapping[str, Any]:
        return self.application.form.content

    @cached_property
    def fields(self) -> dict[str, Mapping[str, Any]]:
        return {field["key"]: field for field in self.section["fields"]}

    def faults(self, answers: Mapping[str, Any], *, missing: bool) -> dict[str, list[str]]:
        """What is wrong in this section by field; with ``missing`` what is not there yet too."""
        files = applying.file_facts(applying.files_by_field(self.application))
        found = forms.missing_and_wrong(self.content, answers, files, self.application.state, for_event=None)
        told: dict[str, list[str]] = {}
        for fault in found:
            if fault.field in self.fields and (missing or not fault.is_missing):
                told.setdefault(fault.field, []).append(fault_text(self.fields[fault.field], fault))
        return told

    def open_now(self, answers: Mapping[str, Any]) -> frozenset[str]:
        if not self.access.writes or not applying.may_type(self.application):
            return frozenset()
        return forms.editable(self.content, answers, self.application.state, asked_fields(self.application))

    def scene(self, answers: Mapping[str, Any], **facts: Any) -> Scene:
        shown = forms.visible(self.content, answers, self.application.state)
        return Scene(
            **{
                "answers": answers, "computed": forms.computed_answers(self.content, answers),
                "revisions": applying.revisions_of(self.application), "files": shown_files(self.application),
                "faults": self.faults(answers, missing="check" in self.request.GET), "shown": shown,
                "open_now": self.open_now(answers), "names": code_names(self.content, answers),
                "goal": "submitted" if applying.is_open(self.application) else self.application.state,
                **facts,
            }
        )  # fmt: skip


class SectionPage(SectionBase, PageView):
    """One section with a Save button that always works; its script saves while one types."""

    template_name = "calls/applying/section.html"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.method == "POST" and not request.user.is_authenticated:
            # Signed out meanwhile: what was typed waits in the visit and stands in the form again after the login.
            request.session[KEPT] = {"path": request.path, "body": request.POST.urlencode()}
            messages.warning(request, _("You were signed out. Sign in again: what you typed is kept."))
            return redirect_to_login(request.path)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        kept = request.session.get(KEPT)
        if kept and kept["path"] == request.path:
            del request.session[KEPT]
            return self._show_again(kept["body"])
        return self.render_to_response(self.get_context_data())

    def _show_again(self, body: str) -> HttpResponseBase:
        typed = posted_fields(self.section["fields"], type(self.request.POST)(body))
        messages.info(self.request, _("This is what you typed before you were signed out. It is not saved yet."))
        bases = {key: each.base or 0 for key, each in typed.items()}
        return self.render_to_response(self.get_context_data(typed=typed, revisions=bases))

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        act, _colon, detail = request.POST.get("act", "save").partition(":")
        before = forms.visible(self.content, applying.answers_of(self.application), self.application.state)
        typed = self._typed(act, detail)
        try:
            saved = save_answers(application_id=self.application.pk, typed=typed, actor=request.user)
        except RuleViolation as refused:
            messages.error(request, str(refused))
            return self.render_to_response(self.get_context_data(typed=typed), status=HTTPStatus.CONFLICT)
        refused_files = self._files(act, detail)
        if saved.conflicts or refused_files:
            facts = {"conflicts": saved.conflicts, "typed": typed, "refused_files": refused_files}
            return self.render_to_response(self.get_context_data(**facts), status=HTTPStatus.UNPROCESSABLE_ENTITY)
        return HttpResponseRedirect(self._next(act, detail, saved, before))

    def _typed(self, act: str, detail: str) -> dict[str, Typed]:
        """What the form holds, with the row taken out or the suggestion put in that the button named."""
        typed = posted_fields(self.section["fields"], self.request.POST)
        key, _colon, value = detail.partition(":")
        if act == "take":
            typed.pop(key, None)
        elif act == "row-remove" and key in typed and value.isdigit():
            rows = [row for place, row in enumerate(typed[key].raw) if place != int(value)]
            typed[key] = Typed(rows, typed[key].base)
        elif act == "put" and key in typed:
            raw = value
            if self.fields[key]["type"] == "organisation":
                name, _slash, code = value.rpartition("/")
                raw = {"name": name, "uscc": code}
            typed[key] = Typed(raw, typed[key].base)
        return typed

    def _files(self, act: str, detail: str) -> dict[str, list[str]]:
        """Keep what was added and take out what was asked; the refusals by field."""
        refused: dict[str, list[str]] = {}
        if act == "file-remove" and detail.isdigit():
            file = self.application.files.filter(pk=int(detail), key__in=self.fields).first()
            if file is not None:
                remove_file(file_id=file.pk, actor=self.request.user)
        for key in self.fields:
            for upload in self.request.FILES.getlist(f"u-{key}"):
                try:
                    add_file(application_id=self.application.pk, key=key, upload=upload, actor=self.request.user)
                except RuleViolation as violation:
                    refused.setdefault(key, []).append(f"{upload.name}: {violation}")
        return refused

    def _next(self, act: str, detail: str, saved: Saved, before: frozenset[str]) -> str:
        answers = applying.answers_of(self.application)
        fresh = (forms.visible(self.content, answers, self.application.state) - before) & self.fields.keys()
        here = reverse("calls:section", args=[self.application.pk, self.section["key"]])
        if act == "next":
            if not fresh:
                return self._after()
            messages.info(self.request, _("Your answers opened further questions on this page."))
            return here
        key = detail.partition(":")[0]
        if act == "row-add" and key in self.fields:
            rows = self._typed("", "").get(key)
            stored = answers.get(key)
            blanks = len(rows.raw) - len(stored if isinstance(stored, list) else []) + 1 if rows else 1
            return f"{here}?blank={key}:{max(1, min(blanks, MOST_BLANKS))}#field-{key}"
        if saved.saved_at:
            at = timezone.localtime(saved.saved_at)
            messages.success(self.request, _("Saved %(time)s") % {"time": f"{at:%H:%M:%S}"})
        return f"{here}#field-{key}" if key in self.fields else here

    def _after(self) -> str:
        """The next section that this person sees, else the task list."""
        answers = applying.answers_of(self.application)
        rows = forms.progress(self.content, answers, {}, self.application.state)
        keys = [row.section for row in rows if self.access.sees(row.section)]
        place = keys.index(self.section["key"]) + 1 if self.section["key"] in keys else len(keys)
        if place < len(keys) and self.application.state == "draft":
            return reverse("calls:section", args=[self.application.pk, keys[place]])
        return self.application.get_absolute_url()

    def get_title(self) -> str:
        return in_language(self.section["title"])

    def breadcrumbs(self) -> Sequence[Crumb]:
        here = (self.name, self.application.get_absolute_url())
        return [(_("My applications"), reverse("calls:applications")), here, (self.get_title(), None)]

    def get_context_data(
        self, typed: Mapping[str, Typed] | None = None, conflicts: Sequence[Any] = (), **kwargs: Any
    ) -> dict[str, Any]:
        applying.read_once(self.application)
        answers = applying.answers_of(self.application)
        stored = dict(answers)
        for key, each in (typed or {}).items():
            answers[key] = forms.parse_value(self.fields[key], each.raw).value
        facts: dict[str, Any] = {"found": self._found(answers), "blanks": self._blanks()}
        if "revisions" in kwargs:
            facts["revisions"] = kwargs.pop("revisions")
        if conflicts:
            by = dict(self.application.answers.values_list("key", "saved_by__name"))
            facts["theirs"] = {
                one.key: (one.stored, one.revision, by.get(one.key) or _("another tab")) for one in conflicts
            }
        scene = self.scene(answers, **facts)
        for key, told in kwargs.pop("refused_files", {}).items():
            scene.faults[key] = [*scene.faults.get(key, ()), *told]
        made = controls(self.section, scene)
        return super().get_context_data(
            application=self.application, section=self.section, controls=made, access=self.access,
            help=in_language(self.section.get("help")),
            wrong=[(one.target, one.label, fault) for one in made if one.is_shown for fault in one.faults],
            save_url=reverse("calls:section_save", args=[self.application.pk, self.section["key"]]),
            is_open=(is_open := any(one.is_open for one in made)),
            bar_template="calls/applying/_save_state.html" if is_open else "",
            unsaved=bool(typed) and stored != answers, saved_at=self._saved_at(), **kwargs,
        )  # fmt: skip

    def _saved_at(self) -> Any:
        moments = [answer.saved_at for answer in self.application.answers.all() if answer.key in self.fields]
        return max(moments, default=None)

    def _blanks(self) -> dict[str, int]:
        key, _colon, number = self.request.GET.get("blank", "").partition(":")
        return {key: min(int(number), MOST_BLANKS)} if number.isdigit() else {}

    def _found(self, answers: Mapping[str, Any]) -> dict[str, list[tuple[str, str]]]:
        """What words may mean that stand where a code belongs, or a name without its code."""
        found = {}
        for key, field in self.fields.items():
            answer = answers.get(key)
            kind = field["type"]
            if kind in {"industry", "division"} and isinstance(answer, dict):
                rows = suggestions(kind, str(answer.get(forms.TYPED, "")), self.request.user)
                found[key] = [(value, label) for value, label, _code in rows]
            elif kind == "organisation" and isinstance(answer, dict) and not answer.get("uscc"):
                rows = suggestions(kind, str(answer.get("name", "")), self.request.user)
                found[key] = [(f"{name}/{code}", label) for name, label, code in rows if code]
        return found


class ScriptView(SectionBase, View):
    """What a script sends: whoever was signed out meanwhile is told so instead of being led away."""

    http_method_names = ["post"]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return JsonResponse({"login": reverse("account_login")}, status=HTTPStatus.UNAUTHORIZED)
        return super().dispatch(request, *args, **kwargs)


class SectionSave(ScriptView):
    """The changed fields with the revision that they were typed over, saved while one types."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        typed = posted_fields(self.section["fields"], request.POST)
        user: User = request.user
        try:
            saved = save_answers(application_id=self.application.pk, typed=typed, actor=user)
        except RuleViolation as refused:
            return JsonResponse({"code": refused.code, "message": str(refused)}, status=HTTPStatus.CONFLICT)
        answers = applying.answers_of(self.application)
        names = code_names(self.content, answers)
        faults = self.faults(answers, missing=False)
        computed = forms.computed_answers(self.content, answers)
        shown = forms.visible(self.content, answers, self.application.state)
        return JsonResponse(
            {
                "saved": _("Saved %(time)s") % {"time": f"{timezone.localtime(saved.saved_at):%H:%M:%S}"},
                "revisions": saved.revisions,
                "faults": {key: faults.get(key, []) for key in typed},
                "conflicts": {one.key: self._conflict(one, answers, typed) for one in saved.conflicts},
                "computed": {
                    key: value_text(field, computed.get(key), names) or "–"
                    for key, field in self.fields.items()
                    if forms.is_computed(field)
                },
                "shown": [key for key in self.fields if key in shown],
            }
        )

    def _conflict(self, one: Any, answers: Mapping[str, Any], typed: Mapping[str, Typed]) -> str:
        """The field drawn again with both texts, for the script to put in its place."""
        by = self.application.answers.filter(key=one.key).values_list("saved_by__name", flat=True).first()
        theirs = {one.key: (one.stored, one.revision, by or _("another tab"))}
        made = control(self.fields[one.key], self.scene({**answers, one.key: one.typed}, theirs=theirs))
        return render_to_string("calls/applying/_control.html", {"control": made}, self.request)


class FileAdd(ScriptView):
    """One file that the script sends with its progress; answers with the list of the field's files."""

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        key, upload = kwargs["key"], request.FILES.get("file")
        if key not in self.fields or upload is None:
            return JsonResponse({"message": _("No file came.")}, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        try:
            add_file(application_id=self.application.pk, key=key, upload=upload, actor=request.user)
        except RuleViolation as refused:
            told = {"code": refused.code, "message": f"{upload.name}: {refused}"}
            return JsonResponse(told, status=HTTPStatus.UNPROCESSABLE_ENTITY)
        made = control(self.fields[key], self.scene(applying.answers_of(self.application)))
        return JsonResponse({"html": render_to_string("calls/applying/_files.html", {"control": made}, request)})
