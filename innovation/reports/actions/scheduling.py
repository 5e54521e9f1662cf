"""Reports that are made by themselves: each owed period once, also after an outage."""

from datetime import datetime
from itertools import product

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core.errors import RuleViolation
from innovation.reports import registry, rules
from innovation.reports.actions.asking import make_for_period
from innovation.reports.models import ReportSchedule, Subscription
from innovation.reports.queries import working_days


@transaction.atomic
def save_schedule(*, schedule: ReportSchedule, now: datetime | None = None) -> ReportSchedule:
    """Check and save a new or edited schedule, and set when it is due next.

    A new, newly active or newly paced schedule looks ahead from ``now``; it does not make up for the past. A changed
    day or time moves the report that is owed next. Raises ValidationError.
    """
    now = now or timezone.now()
    schedule.clean_fields(exclude=["next_first", "next_due", "parameters_hash"])
    stored = ReportSchedule.objects.select_for_update().filter(pk=schedule.pk).first() if schedule.pk else None
    is_working_day = working_days()
    if stored is None or stored.every != schedule.every or (schedule.active and not stored.active):
        period = rules.first_to_make(
            schedule.every, lambda period: schedule.due_of(period, is_working_day), timezone.localtime(now)
        )
    else:
        period = rules.period_of(schedule.every, stored.next_first)
    schedule.next_first = period.first
    schedule.next_due = schedule.due_of(period, is_working_day)
    schedule.full_clean()
    schedule.save()
    return schedule


def make_due(now: datetime) -> list[int]:
    """Ask for the reports that are due at ``now``; returns the numbers of the new runs.

    Each schedule is claimed by a row lock that other beats skip, and moves on in the transaction that makes its runs.
    """
    made: list[int] = []
    _follow_calendar(now)
    seen: list[int] = []
    while True:
        with transaction.atomic():
            schedule = (
                ReportSchedule.objects.due(now)
                .filter(kind__in=[kind.code for kind in registry.all_kinds()])
                .exclude(pk__in=seen)
                .select_for_update(skip_locked=True)
                .order_by("next_due", "pk")
                .first()
            )
            if schedule is None:
                return made
            seen.append(schedule.pk)
            made += _make_owed(schedule, now)


def _make_owed(schedule: ReportSchedule, now: datetime) -> list[int]:
    is_working_day = working_days()

    def due_of(period: rules.Period) -> datetime:
        return schedule.due_of(period, is_working_day)

    period = rules.period_of(schedule.every, schedule.next_first)
    made = []
    kind = registry.get(schedule.kind)
    for owed in rules.owed(period, due_of, now):
        asked = product(kind.questions(schedule.parameters, owed.last), schedule.languages)
        for parameters, language in asked:
            run, created = make_for_period(
                kind=schedule.kind,
                parameters=parameters,
                period=owed,
                known_at=due_of(owed),
                language=language,
                schedule=schedule,
            )
            made += [run.pk] if created else []
        period = rules.next_period(owed)
    schedule.next_first = period.first
    schedule.next_due = due_of(period)
    schedule.save(update_fields=["next_first", "next_due"])
    return made


def _follow_calendar(now: datetime) -> None:
    """Move due days that a newly published holiday calendar moves."""
    is_working_day = working_days()
    waiting = ReportSchedule.objects.filter(active=True).select_for_update(skip_locked=True)
    with transaction.atomic():
        for schedule in waiting:
            due = schedule.due_of(rules.period_of(schedule.every, schedule.next_first), is_working_day)
            if due != schedule.next_due:
                schedule.next_due = due
                schedule.save(update_fields=["next_due"])


@transaction.atomic
def ensure_default_schedules() -> None:
    """Give every kind its default schedule, once; one that staff changed or switched off stays as it is."""
    for kind in registry.all_kinds():
        wanted = kind.default_schedule
        if wanted is None or ReportSchedule.objects.filter(kind=kind.code, is_default=True).exists():
            continue
        schedule = ReportSchedule(
            kind=kind.code, parameters=dict(wanted.parameters), every=wanted.every, day=wanted.day,
            day_rule=wanted.day_rule, at=wanted.at, languages=list(wanted.languages), is_default=True,
        )  # fmt: skip
        save_schedule(schedule=schedule)


@transaction.atomic
def subscribe(*, schedule: ReportSchedule, user: User) -> Subscription:
    """Tell ``user`` of the schedule's reports from now on. Raises RuleViolation NOT_PERMITTED."""
    if not ReportSchedule.objects.visible_to(user).filter(pk=schedule.pk).exists():
        raise RuleViolation(
            "NOT_PERMITTED", _("Your roles do not include this report."), facts={"schedule": schedule.pk}
        )
    subscription, _created = Subscription.objects.get_or_create(schedule=schedule, user=user)
    return subscription


def unsubscribe(*, schedule: ReportSchedule, user: User) -> None:
    """Tell ``user`` no more."""
    Subscription.objects.filter(schedule=schedule, user=user).delete()
