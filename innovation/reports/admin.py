"""The staff's office: runs to look at and to try again, schedules to edit."""

from itertools import product
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext, pgettext_lazy
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display

from innovation.core.admin import Admin, ReadOnlyAdmin, TabularInline
from innovation.reports import actions, registry
from innovation.reports.models import ReportRun, ReportSchedule, Subscription
from innovation.reports.schedule_forms import ScheduleForm, parameter_fields, schedule_form

RUN_LABELS = {"queued": "info", "running": "info", "done": "success", "failed": "danger"}


class KindFilter(admin.SimpleListFilter):
    title = _("report")
    parameter_name = "kind"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [(kind.code, kind.title) for kind in registry.kinds_for(request.user)]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        return queryset.filter(kind=self.value()) if self.value() else queryset


@admin.register(ReportRun)
class ReportRunAdmin(ReadOnlyAdmin):
    list_display = [
        "report", "period", "as_of", "known_at", "language", "shown_state", "progress", "asked_by", "created_at",
    ]  # fmt: skip
    list_filter = ["state", KindFilter, "language"]
    search_fields = ["period", "asked_by", "data_hash"]
    date_hierarchy = "created_at"
    list_select_related = ["schedule"]
    actions = ["try_again"]
    fieldsets = [
        (
            _("Question"),
            {"fields": ["report", "kind_version", "parameters", "period", "as_of", "known_at", "language"]},
        ),
        (_("Asked by"), {"fields": ["asked_by", "created_at", "schedule", "mail_to_asker"]}),
        (_("State"), {"fields": ["shown_state", "progress", "note", "attempts", "error", "started_at", "finished_at"]}),
        (_("Answer"), {"fields": ["downloads", "data_hash", "inputs_hash", "engine_version", "notified_at"]}),
    ]

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportRun]:
        return super().get_queryset(request).visible_to(request.user)

    @admin.display(description=_("report"), ordering="kind")
    def report(self, run: ReportRun) -> Any:
        return run.title

    @display(description=_("state"), ordering="state", label=RUN_LABELS)
    def shown_state(self, run: ReportRun) -> tuple[str, Any]:
        return run.state, run.get_state_display()

    @admin.display(description=_("files"))
    def downloads(self, run: ReportRun) -> SafeString | str:
        links = ((file.get_absolute_url(), file.get_format_display()) for file in run.files.defer("content"))
        return format_html_join(" · ", '<a href="{}">{}</a>', links) or "–"

    @admin.action(description=_("Try the failed ones again"))
    def try_again(self, request: HttpRequest, queryset: QuerySet[ReportRun]) -> None:
        self.run_action(
            request, queryset, lambda run: actions.retry(run=run, actor=request.user), _("%(count)s queued again.")
        )


class SubscriptionInline(TabularInline):
    model = Subscription


@admin.register(ReportSchedule)
class ReportScheduleAdmin(Admin):
    list_display = ["report", "every", "day", "day_rule", "at", "shown_languages", "active", "next_due", "latest"]
    list_filter = [KindFilter, "every", "active"]
    search_fields = ["kind"]
    readonly_fields = ["report", "question", "next_due", "is_default"]
    inlines = [SubscriptionInline]
    actions = ["run_now"]
    when = (
        pgettext_lazy("schedule", "When"),
        {"fields": ["every", ("day", "day_rule"), "at", "active", "next_due", "is_default"]},
    )
    choose_template = "admin/reports/choose_kind.html"

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        """Ask for the report first: its parameters are fields of the form."""
        if not self.has_add_permission(request):
            raise PermissionDenied
        if self.kind_of(request, None) is not None:
            return super().add_view(request, form_url, extra_context)
        context = self.admin_site.each_context(request) | {
            "title": _("Schedule which report?"),
            "kinds": registry.kinds_for(request.user),
            "opts": self.opts,
        }
        return TemplateResponse(request, self.choose_template, context)

    def kind_of(self, request: HttpRequest, schedule: ReportSchedule | None) -> registry.ReportKind | None:
        """The kind of the schedule, or the one that a new schedule is asked for; None when it is yet to be chosen."""
        code = schedule.kind if schedule else request.POST.get("kind") or request.GET.get("kind")
        return next((kind for kind in registry.kinds_for(request.user) if kind.code == code), None)

    def get_form(
        self, request: HttpRequest, obj: ReportSchedule | None = None, change: bool = False, **kwargs: Any
    ) -> Any:
        if self.has_add_permission(request) and (kind := self.kind_of(request, obj)) is not None:
            kwargs["form"] = schedule_form(kind)
            kwargs["fields"] = ScheduleForm._meta.fields
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request: HttpRequest, obj: ReportSchedule | None = None) -> Any:
        kind = self.kind_of(request, obj)
        writes = self.has_change_permission(request, obj) if obj else self.has_add_permission(request)
        if kind is None or not writes:
            return [(_("Report"), {"fields": ["report", "question", "languages"]}), self.when]
        return [(kind.title, {"fields": ["kind", *parameter_fields(kind), "languages"]}), self.when]

    @admin.display(description=_("parameters"))
    def question(self, schedule: ReportSchedule) -> str:
        labels = registry.parameter_labels(schedule.kind)
        asked = schedule.parameters.items()
        return ", ".join(f"{labels.get(name, name)}: {value}" for name, value in asked) or gettext("None chosen")

    def get_queryset(self, request: HttpRequest) -> QuerySet[ReportSchedule]:
        return super().get_queryset(request).visible_to(request.user).prefetch_related("runs")

    def has_delete_permission(self, request: HttpRequest, obj: ReportSchedule | None = None) -> bool:
        """A schedule is switched off, not deleted: its runs point to it."""
        return False

    def save_model(self, request: HttpRequest, obj: ReportSchedule, form: forms.ModelForm, change: bool) -> None:
        actions.save_schedule(schedule=obj)

    @admin.display(description=_("report"), ordering="kind")
    def report(self, schedule: ReportSchedule) -> Any:
        return schedule.title

    @admin.display(description=_("languages"))
    def shown_languages(self, schedule: ReportSchedule) -> str:
        names = dict(ReportSchedule._meta.get_field("languages").base_field.choices)
        return ", ".join(str(names[code]) for code in schedule.languages)

    @admin.display(description=_("latest report"))
    def latest(self, schedule: ReportSchedule) -> SafeString | str:
        runs = schedule.runs.all()
        return format_html('<a href="{}">{}</a>', runs[0].get_absolute_url(), runs[0].period) if runs else "–"

    @admin.action(description=_("Make these reports now, as of today"))
    def run_now(self, request: HttpRequest, queryset: QuerySet[ReportSchedule]) -> None:
        def ask(schedule: ReportSchedule) -> None:
            asked = registry.get(schedule.kind).questions(schedule.parameters, timezone.localdate())
            for parameters, language in product(asked, schedule.languages):
                run, _created = actions.request_run(
                    kind=schedule.kind, parameters=parameters, actor=request.user, language=language
                )
                messages.info(request, format_html('<a href="{}">{}</a>', run.get_absolute_url(), run))

        self.run_action(request, queryset, ask, _("%(count)s asked for."))
