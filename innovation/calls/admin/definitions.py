"""Admin of the six kinds of definitions: written as JSON with its faults beside it, tried, published, compared."""

import json
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldAdminTextareaWidget, UnfoldAdminTextInputWidget

from innovation.calls.actions import definitions as acts
from innovation.calls.admin.definition_pages import DefinitionPages, choices_of
from innovation.calls.admin.definition_parts import PartPages
from innovation.calls.choices import DefinitionState, SourceStatus
from innovation.calls.definition_words import fault_words
from innovation.calls.models import (
    DeadlineDefinition,
    Definition,
    FormDefinition,
    MessageTemplate,
    ProcessDefinition,
    RubricDefinition,
    ScoreSheet,
)
from innovation.calls.queries import trying
from innovation.calls.queries.definitions import compared, exported, faults_of, kind_of
from innovation.calls.rules.definition_files import write_file
from innovation.core.admin import ActForm, ActionForm, ActsAdmin
from innovation.core.errors import RuleViolation

FIRST = ("key", "id", "family", "type", "title", "label", "text", "fact", "op", "value", "other", "from", "event", "to",
         "zh", "en", "help", "unit", "required_at")  # fmt: skip
LAST = frozenset({"options", "columns", "fields", "items", "gates", "direct", "groups", "rules", "pass", "facts"})
FIELDS = ["family", "title_zh", "title_en", "reason", "source", "source_status", "content"]


class ContentField(forms.JSONField):
    """The content as indented JSON; what cannot be read says in which line."""

    widget = UnfoldAdminTextareaWidget({"rows": 40, "spellcheck": "false", "class": "font-mono"})

    def __init__(self, **options: Any) -> None:
        options.pop("encoder", None)
        options.pop("decoder", None)
        super().__init__(**options)

    def prepare_value(self, value: Any) -> Any:
        return value if isinstance(value, str) else json.dumps(_in_order(value), ensure_ascii=False, indent=2)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value)
        except forms.ValidationError as error:
            raise forms.ValidationError(_json_error(str(value))) from error


def _in_order(value: Any) -> Any:
    """The database keeps no order of keys: names first, long lists last, as a person would write it."""
    if isinstance(value, dict):
        places = {key: place for place, key in enumerate(FIRST)}
        keys = sorted(value, key=lambda key: (key in LAST, places.get(key, len(FIRST))))
        return {key: _in_order(value[key]) for key in keys}
    return [_in_order(one) for one in value] if isinstance(value, list) else value


def _json_error(text: str) -> str:
    try:
        json.loads(text)
    except ValueError as error:
        line = getattr(error, "lineno", 0)
        return gettext("This is not JSON: look at line %(line)s.") % {"line": line}
    return gettext("This is not JSON.")


class DefinitionForm(ActionForm):
    """A draft; wrong content is kept, published is only what has no fault."""

    content = ContentField(label=_("content"), required=False)

    class Meta:
        fields = FIELDS

    def act(self) -> Definition:
        fields = {name: self.cleaned_data[name] for name in acts.WRITTEN} | {
            "content": self.cleaned_data["content"] or {}
        }
        if self.instance.pk:
            return acts.save_draft(definition=self.instance, actor=self.actor, fields=fields)
        family = self.cleaned_data["family"]
        return acts.create_draft(kind=kind_of(self._meta.model), family=family, actor=self.actor, fields=fields)


class _Act(ActForm):
    """Base of acts; the model is that of the admin."""

    class Meta:
        model = FormDefinition
        fields: list[str] = []


class PublishForm(_Act):
    title = _("Publish for good")
    permission = "calls.publish_definition"

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.state == DefinitionState.DRAFT

    def act(self) -> Definition:
        return acts.publish(definition=self.instance, actor=self.actor)


class NewVersionForm(_Act):
    title = _("New version from this one")
    permission = "calls.add_formdefinition"
    reason = forms.CharField(label=_("reason"), max_length=300, widget=UnfoldAdminTextInputWidget)

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.state != DefinitionState.DRAFT

    def act(self) -> Definition:
        return acts.new_version(definition=self.instance, reason=self.cleaned_data["reason"], actor=self.actor)


class RetireForm(_Act):
    title = _("No longer offer")
    permission = "calls.publish_definition"

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.state == DefinitionState.PUBLISHED

    def act(self) -> Definition:
        return acts.retire(definition=self.instance, actor=self.actor)


class ConfirmForm(_Act):
    title = _("Confirm against the source")
    permission = "calls.confirm_rule"
    source = forms.CharField(
        label=_("source"), max_length=300, widget=UnfoldAdminTextInputWidget,
        help_text=_("Document, number and date that you held the rule against."),
    )  # fmt: skip

    @classmethod
    def fits(cls, record: Any) -> bool:
        return record.source_status != SourceStatus.VERIFIED

    def act(self) -> Definition:
        return acts.confirm_rule(definition=self.instance, source=self.cleaned_data["source"], actor=self.actor)


class ImportForm(forms.Form):
    file = forms.FileField(label=_("file"), widget=UnfoldAdminFileFieldWidget)


class DefinitionAdmin(PartPages, DefinitionPages, ActsAdmin):
    """Drafts are written here; what is published is read, tried and taken further as a new version."""

    form = DefinitionForm
    list_display = ["family", "version", "title_zh", "title_en", "state", "source_status", "published_at"]
    list_display_links = ["family", "title_zh"]
    list_filter = ["state", "source_status"]
    search_fields = ["family", "title_zh", "title_en", "source"]
    ordering = ["family", "-version"]
    fields = [*FIELDS, "version", "state", "created_by", "published_at", "published_by", "confirmed_at", "confirmed_by"]
    readonly_fields = fields[len(FIELDS) :]
    acts = {
        "publish": PublishForm,
        "version": NewVersionForm,
        "confirm": ConfirmForm,
        "retire": RetireForm,
    }
    change_form_before_template = "calls/admin/definition_tools.html"
    list_before_template = "calls/admin/definition_list.html"

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        if self.has_change_permission(request, obj):
            kwargs["form"] = type("Form", (DefinitionForm,), {"actor": request.user})
        return super().get_form(request, obj, change, **kwargs)

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        shown = [*super().get_readonly_fields(request, obj), "content_text"]
        return [*shown, "family"] if obj else shown

    def get_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        names = super().get_fields(request, obj)
        if self.has_change_permission(request, obj):
            return names
        return ["content_text" if name == "content" else name for name in names]

    @admin.display(description=_("content"))
    def content_text(self, definition: Definition) -> str:
        """What is published, to be read: its words as they are, no wider than the page."""
        text = json.dumps(_in_order(definition.content), ensure_ascii=False, indent=2)
        return format_html('<pre class="font-mono max-w-full overflow-x-auto whitespace-pre-wrap">{}</pre>', text)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_change_permission(request, obj) and (obj is None or obj.state == DefinitionState.DRAFT)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return super().has_delete_permission(request, obj) and obj is not None and obj.state == DefinitionState.DRAFT

    def save_form(self, request: HttpRequest, form: Any, change: bool) -> Any:
        return form.instance

    def save_model(self, request: HttpRequest, obj: Any, form: Any, change: bool) -> None:
        """The action has saved it."""

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """The action has saved all."""

    def delete_model(self, request: HttpRequest, obj: Any) -> None:
        acts.delete_draft(definition=obj, actor=request.user)

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}"
        view = self.admin_site.admin_view
        return [
            *self.page_urls(),
            *self.part_urls(),
            path("import/", view(self.import_view), name=f"{name}_import"),
            path("<int:pk>/try/", view(self.try_view), name=f"{name}_try"),
            path("<int:pk>/differences/", view(self.difference_view), name=f"{name}_differences"),
            path("<int:pk>/file/", view(self.file_view), name=f"{name}_file"),
            *super().get_urls(),
        ]

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> Any:
        record = self.get_object(request, object_id) if object_id else None
        found = trying.faults(record, faults_of(record)) if record and record.state == DefinitionState.DRAFT else []
        tools = {"faults": found, "definition": record, "pages": self._pages(request, record) if record else []}
        return super().changeform_view(request, object_id, form_url, (extra_context or {}) | tools)

    def _pages(self, request: HttpRequest, record: Definition) -> list[tuple[str, Any]]:
        writes = {"parts": _("Write part by part")} if self.has_change_permission(request, record) else {}
        names = {**writes, "try": _("Preview and test run"), **({} if faults_of(record) else self.page_names(record)),
                 "differences": _("What changed"), "file": _("Export as a file")}  # fmt: skip
        return [(self._address(name, record.pk), label) for name, label in names.items()]

    def _address(self, name: str, *args: Any) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_{name}", args=args)

    def _record(self, request: HttpRequest, pk: int) -> Any:
        record = self.get_object(request, str(pk))
        if record is None:
            raise Http404
        if not self.has_view_permission(request, record):
            raise PermissionDenied
        return record

    def _page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        shared = self.admin_site.each_context(request) | {"opts": self.opts}
        return TemplateResponse(request, template, shared | context)

    def try_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Everything as it would be seen, and what it answers to sample values; nothing is kept."""
        record = self._record(request, pk)
        faults = trying.faults(record, faults_of(record))
        asked = request.POST if request.method == "POST" else {}
        typed, error, answers = asked.get("sample", ""), "", []
        if request.method == "POST" and not faults:
            try:
                sample = json.loads(typed or "{}")
                answers = trying.answer(record, asked, sample)
            except (ValueError, TypeError, AttributeError, KeyError):
                error = gettext('These sample values cannot be read. Write them as JSON, for example {"revenue": 100}.')
        return self._page(
            request, "calls/admin/try.html", title=gettext("Preview and test run"), definition=record, faults=faults,
            sheets=[] if faults else trying.preview(record), answers=answers, error=error, typed=typed, asked=asked,
            kind=str(kind_of(record)), choices=[(*one, asked.get(one[0], "")) for one in choices_of(kind_of(record))],
        )  # fmt: skip

    def difference_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """What this version changed against the one before, or another that is asked for (``with``)."""
        record = self._record(request, pk)
        others = self.model.objects.filter(family=record.family).exclude(pk=record.pk).order_by("-version")
        asked = request.GET.get("with", "")
        other, rows = compared(record, int(asked) if asked.isascii() and asked.isdigit() else None)
        return self._page(
            request, "calls/admin/differences.html", title=gettext("What changed"), definition=record, other=other,
            rows=rows, versions=others,
        )  # fmt: skip

    def file_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """The definition as a file that another installation can read."""
        record = self._record(request, pk)
        response = HttpResponse(write_file(exported(record)), "application/json; charset=utf-8")
        name = f"{kind_of(record)}-{record.family}-{record.version}.json"
        response["Content-Disposition"] = f'attachment; filename="{name}"'
        return response

    def import_view(self, request: HttpRequest) -> HttpResponse:
        """A draft from an exported file."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        form, faults = ImportForm(request.POST or None, request.FILES or None), []
        if request.method == "POST" and form.is_valid():
            try:
                made = acts.import_definition(data=form.cleaned_data["file"].read(), actor=request.user)
                messages.success(request, gettext("Imported as a draft: %(definition)s") % {"definition": made})
                return redirect(f"admin:calls_{made._meta.model_name}_change", made.pk)
            except RuleViolation as violation:
                form.add_error(None, str(violation))
                faults = [
                    (row["path"], fault_words(row["code"], row), row["code"])
                    for row in violation.facts.get("faults", ())
                ]
        return self._page(request, "calls/admin/import.html", title=gettext("Import a file"), form=form, faults=faults)


for model in (FormDefinition, RubricDefinition, ProcessDefinition, DeadlineDefinition, ScoreSheet, MessageTemplate):
    admin.site.register(model, DefinitionAdmin)
