"""Base classes of every admin.

They make the common things the default: lists with their related records in one query, autocomplete for every
foreign key, states read-only (they move by actions alone), a history tab from the database's own events, and the
filtered list as CSV or XLSX.
"""

from collections.abc import Callable, Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin import display
from django.contrib.admin.utils import label_for_field, lookup_field
from django.core.exceptions import FieldDoesNotExist, PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseRedirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.html import strip_tags
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from unfold.admin import ModelAdmin
from unfold.admin import StackedInline as UnfoldStackedInline
from unfold.admin import TabularInline as UnfoldTabularInline

from innovation.core import exports, history
from innovation.core.errors import RuleViolation
from innovation.core.money import Unit, format_fen, yuan_label

STATE_FIELDS = ("state", "status")

_KINDS: dict[type[models.Field], exports.Kind] = {
    models.DateTimeField: exports.Kind.DATETIME,
    models.DateField: exports.Kind.DATE,
    models.BooleanField: exports.Kind.BOOLEAN,
    models.IntegerField: exports.Kind.INTEGER,
    models.DecimalField: exports.Kind.NUMBER,
}


class _Defaults:
    """What lists, forms and inlines share. ``state_fields`` are shown and never edited by hand."""

    state_fields: Sequence[str] = STATE_FIELDS
    raw_id_fields: Sequence[str]
    autocomplete_fields: Sequence[str]
    radio_fields: dict[str, int]
    model: type[models.Model]
    admin_site: Any

    def get_autocomplete_fields(self, request: HttpRequest) -> Sequence[str]:
        """Every relation whose target's admin can be searched; others must be named in ``raw_id_fields``."""
        named = [*self.autocomplete_fields]
        taken = {*named, *self.raw_id_fields, *self.radio_fields}
        return [*named, *(f.name for f in relations(self.model) if f.name not in taken and self.can_search(f))]

    def can_search(self, field: models.Field) -> bool:
        target = self.admin_site._registry.get(field.remote_field.model)
        return bool(target and target.search_fields)

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Sequence[str]:
        readonly = [*super().get_readonly_fields(request, obj)]  # type: ignore[misc]
        names = {field.name for field in self.model._meta.fields}
        return [*readonly, *(name for name in self.state_fields if name in names and name not in readonly)]


def relations(model: type[models.Model]) -> list[models.Field]:
    """The foreign keys and plain many-to-many fields that a form of ``model`` would show."""
    many = [field for field in model._meta.many_to_many if field.remote_field.through._meta.auto_created]
    return [field for field in [*model._meta.fields, *many] if field.is_relation and field.editable]


def in_yuan(field: models.Field) -> Callable[[models.Model], str]:
    """A read-only field that shows the fen of ``field`` as yuan, exact."""

    @display(description=yuan_label(field.verbose_name))
    def shown(record: models.Model) -> str:
        fen = getattr(record, field.attname)
        return "–" if fen is None else format_fen(fen, Unit.YUAN)

    shown.__name__ = field.name
    return shown


class Admin(_Defaults, ModelAdmin):
    """Base of every admin of a record that staff may edit."""

    list_per_page = 50
    list_filter_submit = True
    list_fullwidth = True
    show_full_result_count = False
    compressed_fields = True
    warn_unsaved_form = True
    object_history_template = "admin/record_history.html"
    list_before_template = "admin/export_links.html"
    export_limit_xlsx = 100_000
    """Longer lists come as CSV, which streams."""

    def get_fieldsets(self, request: HttpRequest, obj: models.Model | None = None) -> Any:
        """As Django's, but who may only look reads amounts in yuan and not in the fen that are stored."""
        fieldsets = super().get_fieldsets(request, obj)
        if obj is None or self.has_change_permission(request, obj):
            return fieldsets
        return [
            (title, {**options, "fields": [self._shown_field(name) for name in options["fields"]]})
            for title, options in fieldsets
        ]

    def _shown_field(self, name: Any) -> Any:
        if not isinstance(name, str) or not name.endswith("_fen"):
            return name
        return in_yuan(self.model._meta.get_field(name))

    def get_list_select_related(self, request: HttpRequest) -> Sequence[str] | bool:
        named = super().get_list_select_related(request)
        if named:
            return named
        foreign = {field.name for field in self.model._meta.fields if field.is_relation}
        return [name for name in self.get_list_display(request) if name in foreign] or False

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_export"
        return [path("export/", self.admin_site.admin_view(self.export_view), name=name), *super().get_urls()]

    # ── Export of the filtered list ──────────────────────────────────────────────────────────────
    def export_view(self, request: HttpRequest) -> HttpResponseBase:
        """The list as filtered, searched and ordered on the screen, as CSV or XLSX (``as=xlsx``)."""
        if not self.has_view_or_change_permission(request):
            raise PermissionDenied
        query = request.GET.copy()
        kind = (query.pop("as", None) or ["csv"])[-1]
        request.GET = query
        changelist = self.get_changelist_instance(request)
        rows = changelist.queryset
        title = capfirst(str(self.opts.verbose_name_plural))
        table = exports.Table(
            title=title,
            columns=self.get_export_columns(request),
            rows=rows.iterator(chunk_size=2000),
            known_at=timezone.now(),
            filters=[(name, ", ".join(query.getlist(name))) for name in sorted(query)],
        )
        if kind != "xlsx":
            return exports.csv_response(table, exports.file_stamp(title))
        if rows.count() > self.export_limit_xlsx:
            messages.error(request, _("This list is too long for a workbook. Filter it, or take CSV."))
            back = reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist")
            return HttpResponseRedirect(f"{back}?{query.urlencode()}")
        return exports.xlsx_response(table, file_name=exports.file_stamp(title))

    def get_export_columns(self, request: HttpRequest) -> list[exports.Column]:
        """The columns of the list; override to export more than the list shows."""
        return [self._export_column(name) for name in self.get_list_display(request) if name != "action_checkbox"]

    def _export_column(self, name: Any) -> exports.Column:
        label = capfirst(strip_tags(str(label_for_field(name, self.model, self))))
        try:
            field = self.model._meta.get_field(name) if isinstance(name, str) else None
        except FieldDoesNotExist:
            field = None
        kind = next((_KINDS[base] for base in type(field).__mro__ if base in _KINDS), exports.Kind.TEXT)
        if field is not None and field.choices:
            kind = exports.Kind.TEXT

        def value(row: models.Model) -> Any:
            found, __, raw = lookup_field(name, row, self)
            if found is not None and found.choices:
                return getattr(row, f"get_{found.name}_display")()
            if kind is exports.Kind.TEXT:
                return "" if raw is None else strip_tags(str(raw))
            return raw

        return exports.Column(label, value, kind)

    # ── History tab ──────────────────────────────────────────────────────────────────────────────
    def history_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Who changed what and when, from the events that the database wrote."""
        obj = self.get_object(request, object_id)
        if obj is None:
            return self._get_obj_does_not_exist_redirect(request, self.opts, object_id)
        if not self.has_view_or_change_permission(request, obj):
            raise PermissionDenied
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "title": _("History: %(record)s") % {"record": obj},
            "entries": history.history_of(obj),
            "is_tracked": history.event_model_of(type(obj)) is not None,
            "object": obj,
            "opts": self.opts,
            **(extra_context or {}),
        }
        return TemplateResponse(request, self.object_history_template, context)

    def run_action(self, request: HttpRequest, records: models.QuerySet[Any], action: Any, done: str) -> None:
        """Call ``action(record)`` for each; say how many succeeded (``done`` holds ``%(count)s``) and what did not."""
        count = 0
        for record in records:
            try:
                action(record)
                count += 1
            except RuleViolation as violation:
                messages.error(request, f"{record}: {violation}")
        if count:
            messages.success(request, done % {"count": count})


class ReadOnlyAdmin(Admin):
    """Base of admins of records that are only looked at: ledgers, logs, steps."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class TabularInline(_Defaults, UnfoldTabularInline):
    """Inline table with the same defaults."""

    extra = 0
    show_change_link = True


class ReadInline(TabularInline):
    """Rows that are read here and written by their own doors; ``show_change_link`` where they have a page."""

    show_change_link = False

    def get_readonly_fields(self, request: HttpRequest, obj: models.Model | None = None) -> Sequence[str]:
        # Also those that only an action writes, which no form may name.
        return list(self.fields or super().get_readonly_fields(request, obj))

    def has_add_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: models.Model | None = None) -> bool:
        return False


class StackedInline(_Defaults, UnfoldStackedInline):
    """Inline form with the same defaults."""

    extra = 0
    show_change_link = True
