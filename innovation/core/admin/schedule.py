"""The schedule of the tasks, in the same dress as the rest of the admin."""

from django.contrib import admin
from django_celery_beat import admin as beat
from django_celery_beat.models import ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule
from unfold.widgets import UnfoldAdminSelectWidget, UnfoldAdminTextInputWidget

from innovation.core.admin.base import Admin, TabularInline

for model in (ClockedSchedule, CrontabSchedule, IntervalSchedule, PeriodicTask, SolarSchedule):
    admin.site.unregister(model)


class TaskSelect(UnfoldAdminSelectWidget, beat.TaskSelectWidget):
    """Choose among the tasks that the product has."""


class PeriodicTaskForm(beat.PeriodicTaskForm):
    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self.fields["task"].widget = UnfoldAdminTextInputWidget()
        self.fields["regtask"].widget = TaskSelect()


@admin.register(PeriodicTask)
class PeriodicTaskAdmin(Admin, beat.PeriodicTaskAdmin):
    """When which task runs; running one now is an action of the list."""

    form = PeriodicTaskForm
    list_display = ["name", "enabled", "scheduler", "last_run_at", "total_run_count", "one_off"]
    list_filter = ["enabled", "one_off"]


class TasksInline(beat.PeriodicTaskInline, TabularInline):
    """The tasks that use a schedule."""


class _ScheduleAdmin(Admin):
    inlines = [TasksInline]


@admin.register(CrontabSchedule)
class CrontabScheduleAdmin(_ScheduleAdmin, beat.CrontabScheduleAdmin):
    search_fields = ["minute", "hour", "day_of_month", "month_of_year", "day_of_week"]


@admin.register(IntervalSchedule)
class IntervalScheduleAdmin(_ScheduleAdmin):
    search_fields = ["every", "period"]


@admin.register(ClockedSchedule)
class ClockedScheduleAdmin(_ScheduleAdmin):
    search_fields = ["clocked_time"]


@admin.register(SolarSchedule)
class SolarScheduleAdmin(_ScheduleAdmin):
    search_fields = ["event"]
