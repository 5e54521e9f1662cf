"""Asking for a report. The same question twice leads to the same run, however close together it is asked."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _

from innovation.accounts.models import User
from innovation.core import history, jobs
from innovation.core.errors import RuleViolation
from innovation.reports import registry
from innovation.reports.models import ReportRun, ReportSchedule
from innovation.reports.models.schedules import parameters_hash
from innovation.reports.rules import Period


@transaction.atomic
def request_run(
    *,
    kind: str,
    parameters: Mapping[str, Any],
    actor: User,
    as_of: date | None = None,
    known_at: datetime | None = None,
    language: str | None = None,
    mail_to_asker: bool = False,
) -> tuple[ReportRun, bool]:
    """Ask for a report now. Returns the run and whether it is new; a question asked before leads to its run.

    ``parameters`` is form data or JSON; ``as_of`` defaults to today, ``known_at`` to this moment, ``language`` to the
    active one. Raises RuleViolation REPORT_KIND_UNKNOWN, NOT_PERMITTED, REPORT_PARAMETERS, REPORT_LANGUAGE,
    KNOWN_AT_IN_FUTURE, AS_OF_AFTER_KNOWN_AT.
    """
    found = registry.get(kind)
    if found not in registry.kinds_for(actor):
        raise RuleViolation("NOT_PERMITTED", _("Your roles do not include this report."), facts={"kind": kind})
    cleaned = registry.canonical_parameters(found.clean(parameters, user=actor))
    now = timezone.now()
    known_at = known_at or now
    as_of = as_of or timezone.localdate(known_at)
    _check_times(as_of, known_at, now)
    return _once(
        kind=found,
        parameters=cleaned,
        as_of=as_of,
        known_at=known_at,
        language=_checked_language(language),
        actor=actor,
        mail_to_asker=mail_to_asker,
    )


@transaction.atomic
def make_for_period(
    *,
    kind: str,
    parameters: Mapping[str, Any],
    period: Period,
    known_at: datetime,
    language: str,
    schedule: ReportSchedule | None = None,
    actor: User | None = None,
) -> tuple[ReportRun, bool]:
    """The run of ``period``, true as of its last day: made once per kind, parameters, period and language.

    ``parameters`` are canonical already. ``known_at`` is the moment the report was due, so that one made late, after
    an outage, says the same as one made in time. Errors as ``request_run``.
    """
    _check_times(period.last, known_at, timezone.now())
    return _once(
        kind=registry.get(kind),
        parameters=dict(parameters),
        as_of=period.last,
        known_at=known_at,
        language=_checked_language(language),
        period=period.code,
        schedule=schedule,
        actor=actor,
    )


@transaction.atomic
def retry(*, run: ReportRun, actor: User) -> ReportRun:
    """Give a failed run three new attempts. Raises RuleViolation NOT_PERMITTED, JOB_NOT_FAILED."""
    if not ReportRun.objects.visible_to(actor).filter(pk=run.pk).exists():
        raise RuleViolation("NOT_PERMITTED", _("Your roles do not include this report."), facts={"run": run.pk})
    locked = ReportRun.objects.select_for_update().get(pk=run.pk)
    jobs.retry(locked)
    ReportRun.objects.filter(pk=run.pk).update(notified_at=None)
    locked.refresh_from_db()
    return locked


def _once(
    *,
    kind: registry.ReportKind,
    parameters: dict[str, Any],
    as_of: date,
    known_at: datetime,
    language: str,
    actor: User | None,
    period: str = "",
    schedule: ReportSchedule | None = None,
    mail_to_asker: bool = False,
) -> tuple[ReportRun, bool]:
    """Find or make the row. Two at once: the unique constraint lets one through, the other gets that one's row."""
    question: dict[str, Any] = {"kind": kind.code, "parameters_hash": parameters_hash(parameters), "language": language}
    question |= {"period": period} if period else {
        "period": "", "kind_version": kind.version, "as_of": as_of, "known_at": known_at,
    }  # fmt: skip
    with translation.override(language):
        by_itself = str(_("schedule"))
    run, created = ReportRun.objects.get_or_create(
        **question,
        defaults={
            "kind_version": kind.version,
            "parameters": parameters,
            "as_of": as_of,
            "known_at": known_at,
            "schedule": schedule,
            "created_by": actor,
            "asked_by": history.label_of(actor) or by_itself,
            "mail_to_asker": mail_to_asker,
        },
    )
    if created:
        jobs.enqueue(run)
    return run, created


def _check_times(as_of: date, known_at: datetime, now: datetime) -> None:
    if known_at > now:
        raise RuleViolation(
            "KNOWN_AT_IN_FUTURE",
            _("“Known at” lies in the future. What will be known then cannot be said now."),
            field="known_at",
            facts={"known_at": known_at.isoformat()},
        )
    if as_of > timezone.localdate(known_at):
        raise RuleViolation(
            "AS_OF_AFTER_KNOWN_AT",
            _("“As of” is after the day of “known at”. Choose an earlier day, or a later moment of knowledge."),
            field="as_of",
            facts={"as_of": as_of.isoformat(), "known_at": known_at.isoformat()},
        )


def _checked_language(language: str | None) -> str:
    chosen = (language or translation.get_language() or settings.LANGUAGE_CODE).lower()
    if chosen not in dict(settings.LANGUAGES):
        raise RuleViolation(
            "REPORT_LANGUAGE",
            _("Reports are made in English or Chinese."),
            field="language",
            facts={"language": chosen},
        )
    return chosen
