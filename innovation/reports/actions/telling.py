"""Telling people by mail that a report is ready or has failed: each person once a run."""

from collections.abc import Iterable
from urllib.parse import urljoin

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.utils import timezone, translation

from innovation.accounts.models import User
from innovation.core import outbox
from innovation.core.jobs import JobState
from innovation.reports import registry
from innovation.reports.models import ReportRun

ENDED = (JobState.DONE, JobState.FAILED)


@transaction.atomic
def tell(pk: int) -> int:
    """Write the mails about run ``pk`` into the outbox, once. Returns how many people are told."""
    run = (
        ReportRun.objects.select_for_update(skip_locked=True, of=("self",))
        .select_related("schedule", "created_by")
        .filter(pk=pk, state__in=ENDED, notified_at=None)
        .first()
    )
    if run is None:
        return 0
    people = {user.pk: user for user in _people(run)}
    for user in people.values():
        _mail(run, user)
    ReportRun.objects.filter(pk=pk).update(notified_at=timezone.now())
    return len(people)


def tell_waiting() -> int:
    """Tell of every run that ended while nobody could: its worker died, or the sweep gave it up."""
    waiting = ReportRun.objects.filter(notified_at=None, state__in=ENDED).order_by("pk").values_list("pk", flat=True)
    return sum(tell(pk) for pk in waiting)


def _people(run: ReportRun) -> Iterable[User]:
    """Subscribers whose roles still include the report, in the language of theirs; and who asked to be told."""
    if run.schedule:
        for user in User.objects.filter(report_subscriptions__schedule=run.schedule, is_active=True):
            mine = user.language if user.language in run.schedule.languages else run.schedule.languages[0]
            if run.language == mine and run.kind in {kind.code for kind in registry.kinds_for(user)}:
                yield user
    if run.mail_to_asker and run.created_by and run.created_by.is_active:
        yield run.created_by


def _mail(run: ReportRun, user: User) -> None:
    with translation.override(user.language or run.language):
        context = {"run": run, "url": urljoin(settings.SITE_URL, run.get_absolute_url())}
        context["failed"] = run.state == JobState.FAILED
        outbox.send_mail(
            to=user.email,
            subject=" ".join(render_to_string("reports/emails/subject.txt", context).split()),
            text=render_to_string("reports/emails/body.txt", context),
            key=f"report-run-{run.pk}-{run.state}-{run.finished_at:%Y%m%d%H%M%S}-{user.pk}",
        )
