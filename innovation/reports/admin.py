"""The staff's office: runs to look at and to try again, schedules to edit."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _
from unfold.decorators import display
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminSelectWidget, UnfoldAdminTextareaWidget

from innovation.core.admin import Admin, ReadOnlyAdmin, TabularInline
from innovation.reports import actions, registry
from innovation.reports.models import ReportRun, ReportSchedule, Subscription
from innovation.reports.models.schedules import every_language

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


class ScheduleForm(forms.ModelForm):
    kind = forms.ChoiceField(label=_("Report"), widget=UnfoldAdminSelectWidget)
    parameters = forms.JSONField(
        label=_("Parameters"), required=False, initial=dict, widget=UnfoldAdminTextareaWidget({"rows": 3})
    )
    languages = forms.MultipleChoiceField(
        label=_("Languages"), initial=every_language, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = ReportSchedule
        fields = ["kind", "parameters", "every", "day", "day_rule", "at", "languages", "active"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["kind"].choices = [(kind.code, kind.title) for kind in registry.all_kinds()]
        self.fields["languages"].choices = ReportSchedule._meta.get_field("languages").base_field.choices

    def _post_clean(self) -> None:
        """Also check the constraints over columns that no one types, so that a clash is an error of the form."""
        super()._post_clean()
        if not self.errors:
            try:
                self.instance.validate_constraints()
            except ValidationError as error:
                self._update_errors(error)


class SubscriptionInline(TabularInline):
    model = Subscription


@admin.register(ReportSchedule)
class ReportScheduleAdmin(Admin):
    form = ScheduleForm
    list_display = ["report", "every", "day", "day_rule", "at", "shown_languages", "active", "next_due", "latest"]
    list_filter = [KindFilter, "every", "active"]
    search_fields = ["kind"]
    readonly_fields = ["next_due", "is_default"]
    inlines = [SubscriptionInline]
    actions = ["run_now"]
    fieldsets = [
        (_("Report"), {"fields": ["kind", "parameters", "languages"]}),
        (_("When"), {"fields": ["every", ("day", "day_rule"), "at", "active", "next_due", "is_default"]}),
    ]

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
            for language in schedule.languages:
                run, _created = actions.request_run(
                    kind=schedule.kind, parameters=schedule.parameters, actor=request.user, language=language
                )
                messages.info(request, format_html('<a href="{}">{}</a>', run.get_absolute_url(), run))

        self.run_action(request, queryset, ask, _("%(count)s asked for."))
