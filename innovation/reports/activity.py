"""Report kind "programme activity": how many organisations and people there are, and how much is being recorded.

Read from the history that the database writes of every change, so it can be asked for any day and any moment of
knowledge since that history began. Nothing is said of the time before: such a figure is unknown, with the reason.
"""

from datetime import date, datetime, time, timedelta
from typing import Any

from django import forms
from django.apps import apps
from django.contrib.auth.models import Group
from django.db.models import Count as CountOf
from django.db.models import Min, Model, OuterRef, Subquery
from django.db.models.functions import TruncMonth
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from innovation.accounts.choices import STAFF_ROLES, Role
from innovation.accounts.models import RoleGrant, User
from innovation.core.charts import BarChart, Measure
from innovation.core.history import event_model_of
from innovation.organisations.models import Organisation
from innovation.reports.choices import ColumnKind, Every
from innovation.reports.content import (
    Chart,
    Column,
    Count,
    Figure,
    ReportData,
    Row,
    Section,
    Table,
    Text,
    Unknown,
    Value,
)
from innovation.reports.registry import DefaultSchedule, ParametersForm, ReportKind

MONTHS = 12


class ActivityParameters(ParametersForm):
    months = forms.TypedChoiceField(
        label=gettext_lazy("Months shown"),
        choices=[(number, number) for number in (3, 6, 12, 24)],
        coerce=int,
        empty_value=MONTHS,
        initial=MONTHS,
        required=False,
        help_text=gettext_lazy("How many months up to the day of the report."),
    )


def build(params: dict[str, Any], *, as_of: date, known_at: datetime, language: str) -> ReportData:
    """Counts at the end of ``as_of``, but not after ``known_at``, and the changes of the months before."""
    moment = min(_end_of(as_of), known_at)
    months = _months(as_of, params["months"])
    changes = _changes(months, moment)
    total = sum(sum(row.values()) for row in changes.values())
    return ReportData(
        title=_("Programme activity"),
        summary=_("%(changes)s changes were recorded in %(months)s months.")
        % {"changes": f"{total:,}", "months": len(months)},
        scope=((_("Months shown"), str(params["months"])),),
        sections=(
            Section(
                _("Who takes part"),
                figures=(
                    Figure(_("Organisations"), _alive(Organisation, moment)),
                    Figure(_("People with an account"), _alive(User, moment)),
                ),
                tables=(_roles(moment),),
            ),
            Section(
                _("What was recorded"),
                charts=(_chart(months, changes),),
                tables=(_table(months, changes),),
                notes=(_("Every added, changed or deleted row counts once."),),
            ),
        ),
        notes=(_("The figures come from the history of changes, which is never altered."),),
    )


def _end_of(day: date) -> datetime:
    """The last microsecond of ``day`` in the zone of the installation."""
    following = datetime.combine(day + timedelta(days=1), time(), tzinfo=timezone.get_default_timezone())
    return following - timedelta(microseconds=1)


def _alive(model: type[Model], moment: datetime) -> Value:
    """How many records of ``model`` there were at ``moment``: those whose last event was no deletion."""
    if not _has_begun(moment):
        return Unknown(_("The history begins later."))
    return Count(_last_events(event_model_of(model), moment).exclude(pgh_label="delete").count())


def _has_begun(moment: datetime) -> bool:
    """Whether changes of organisations or people were recorded at ``moment`` already."""
    firsts = (event_model_of(model).objects.aggregate(at=Min("pgh_created_at"))["at"] for model in (Organisation, User))
    return any(first is not None and first <= moment for first in firsts)


def _last_events(events: type[Model], moment: datetime) -> Any:
    """The newest event of each record at ``moment``."""
    until = events.objects.filter(pgh_created_at__lte=moment)
    newest = until.filter(pgh_obj_id=OuterRef("pgh_obj_id")).order_by("-pgh_id").values("pgh_id")[:1]
    return until.filter(pgh_id=Subquery(newest))


def _roles(moment: datetime) -> Table:
    """Staff by role. The applicants are the people without one and are not listed."""
    events = event_model_of(RoleGrant)
    grants = _last_events(events, moment).exclude(pgh_label="delete")
    counted = dict(grants.values_list("group_id").annotate(people=CountOf("user_id", distinct=True)))
    groups = dict(Group.objects.filter(name__in=Role.values).values_list("name", "pk"))
    unknown = None if _has_begun(moment) else Unknown(_("The history begins later."))
    rows = [Row((Text(role.label), unknown or Count(counted.get(groups.get(role.value), 0)))) for role in Role]
    return Table(
        _("People by role"),
        (Column(_("Role")), Column(_("People"), ColumnKind.COUNT)),
        tuple(rows),
        note=_("One person may hold several roles."),
    )


def _months(as_of: date, number: int) -> list[date]:
    """First days of the ``number`` months up to that of ``as_of``, oldest first."""
    last = as_of.year * 12 + as_of.month - 1
    return [date(month // 12, month % 12 + 1, 1) for month in range(last - number + 1, last + 1)]


def _changes(months: list[date], moment: datetime) -> dict[str, dict[date, int]]:
    """Number of events by kind of record and month; kinds without any are left out."""
    begin = datetime.combine(months[0], time(), tzinfo=timezone.get_default_timezone())
    found: dict[str, dict[date, int]] = {}
    for model in sorted(apps.get_models(), key=lambda model: model._meta.label):
        events = event_model_of(model)
        if events is None or (model._meta.proxy and model is not RoleGrant):
            continue
        by_month = (
            events.objects.filter(pgh_created_at__gte=begin, pgh_created_at__lte=moment)
            .annotate(month=TruncMonth("pgh_created_at", tzinfo=timezone.get_default_timezone()))
            .values_list("month")
            .annotate(number=CountOf("pgh_id"))
        )
        counted = {month.date(): number for month, number in by_month}
        if counted:
            found[capfirst(str(model._meta.verbose_name_plural))] = counted
    return found


def _chart(months: list[date], changes: dict[str, dict[date, int]]) -> Chart:
    totals = [(f"{month:%Y-%m}", sum(row.get(month, 0) for row in changes.values())) for month in months]
    title = _("Changes recorded each month")
    return Chart(
        BarChart(title, tuple(totals), Measure.NUMBER),
        Table(
            title,
            (Column(_("Month")), Column(_("Changes"), ColumnKind.COUNT)),
            tuple(Row((Text(month), Count(number))) for month, number in totals),
        ),
    )


def _table(months: list[date], changes: dict[str, dict[date, int]]) -> Table:
    rows = sorted(changes.items(), key=lambda item: (-sum(item[1].values()), item[0]))
    return Table(
        _("Changes by kind of record and month"),
        (Column(_("Kind of record")), *(Column(f"{month:%Y-%m}", ColumnKind.COUNT) for month in months)),
        tuple(Row((Text(name), *(Count(row.get(month, 0)) for month in months))) for name, row in rows),
        empty=_("Nothing was recorded in these months."),
    )


KIND = ReportKind(
    code="activity",
    title=gettext_lazy("Programme activity"),
    description=gettext_lazy("How many organisations and people take part, and how much was recorded each month."),
    parameters=ActivityParameters,
    build=build,
    roles=STAFF_ROLES,
    default_schedule=DefaultSchedule(every=Every.MONTH, day=3, parameters={"months": MONTHS}),
)
