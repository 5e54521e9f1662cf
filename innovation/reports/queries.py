"""What pages, admin and API ask about reports."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils import timezone

from innovation.accounts.models import User
from innovation.core.jobs import JobState
from innovation.core.models.calendar import calendar
from innovation.reports import registry
from innovation.reports.choices import Format
from innovation.reports.content import ReportData, from_plain
from innovation.reports.models import ReportFile, ReportRun, ReportSchedule, Subscription
from innovation.reports.registry import ReportKind

FAILED_STAYS = timedelta(days=30)
"""A failed run is shown on the start page this long."""


SATURDAY = 5


def working_days() -> Callable[[date], bool]:
    """Which days are worked: by the State Council's calendar, and Monday to Friday in a year it does not hold yet.

    A report must have a due day before next year's holidays are published; when they are, the day moves.
    """
    known = calendar()

    def is_working_day(day: date) -> bool:
        works = known.is_working_day(day)
        return day.weekday() < SATURDAY if works is None else works

    return is_working_day


@dataclass(frozen=True)
class KindOverview:
    """One kind with its schedules and its latest finished run, as the page of kinds shows it."""

    kind: ReportKind
    latest: ReportRun | None
    schedules: list[ReportSchedule]


def kinds_overview(user: User) -> list[KindOverview]:
    """The kinds that ``user`` may ask; ``is_mine`` on a schedule says whether they are subscribed. Three queries."""
    kinds = registry.kinds_for(user)
    done = ReportRun.objects.visible_to(user).filter(state=JobState.DONE)
    newest = done.order_by().values("kind").annotate(pk=Max("pk")).values_list("pk", flat=True)
    latest = {run.kind: run for run in ReportRun.objects.filter(pk__in=list(newest))}
    mine = Subscription.objects.filter(schedule=OuterRef("pk"), user=user)
    schedules: dict[str, list[ReportSchedule]] = {}
    for schedule in ReportSchedule.objects.visible_to(user).filter(active=True).annotate(is_mine=Exists(mine)):
        schedules.setdefault(schedule.kind, []).append(schedule)
    return [KindOverview(kind, latest.get(kind.code), schedules.get(kind.code, [])) for kind in kinds]


def failed_lately(user: User) -> QuerySet[ReportRun]:
    """Failed runs that ``user`` may see, newest first; for the start page of staff."""
    return ReportRun.objects.visible_to(user).failed().filter(finished_at__gte=timezone.now() - FAILED_STAYS)


def data_of(run: ReportRun) -> ReportData | None:
    """What the finished ``run`` says, from its stored JSON; None while there is none."""
    stored = ReportFile.objects.filter(run=run, format=Format.JSON).values_list("content", flat=True).first()
    return from_plain(json.loads(bytes(stored))["data"]) if stored is not None else None


def same_data(run: ReportRun) -> QuerySet[ReportRun]:
    """Other runs of the same kind that say exactly the same."""
    found = ReportRun.objects.filter(kind=run.kind, data_hash=run.data_hash).exclude(Q(pk=run.pk) | Q(data_hash=""))
    return found.order_by("-pk")


def question(run: ReportRun) -> dict[str, Any]:
    """The parameters of ``run`` as form data, to ask the same again."""
    return {**run.parameters, "as_of": run.as_of.isoformat(), "language": run.language}
