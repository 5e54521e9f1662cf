"""Work that takes longer than a page may wait: one row a job, seen by staff, surviving dead workers and brokers.

The row is the truth; the Celery message only says "look at row N". A lost message is sent again by
``core.tasks.resend_lost_jobs``, a doubled one finds the row already claimed. ``attempts`` is the fencing token: a
worker that was thought dead and comes back can no longer write to the row of its successor.

Use in a task::

    @shared_task
    def make_report(pk: int) -> None:
        jobs.run(ReportRun, pk, build)

where ``build(job)`` calls ``report_progress(job, 40, _("Drawing charts"))`` now and then.
"""

import contextlib
import random
import threading
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any, ClassVar, TypeVar

import structlog
from celery import current_app
from celery.exceptions import SoftTimeLimitExceeded
from django.apps import apps
from django.conf import settings
from django.db import Error, InterfaceError, OperationalError, connection, models, transaction
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError as BrokerError

from innovation.core import history
from innovation.core.errors import RuleViolation

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 3
HEARTBEAT = timedelta(seconds=10)
LOST_AFTER = timedelta(seconds=45)
RESEND_AFTER = timedelta(minutes=10)
"""How long a queued row waits before its message counts as lost, when sending it had seemed to work."""


class JobState(models.TextChoices):
    QUEUED = "queued", _("Waiting")
    RUNNING = "running", _("Running")
    DONE = "done", _("Done")
    FAILED = "failed", _("Failed")


class JobLost(Exception):
    """This worker no longer holds the job: it was given to another one. Undo and stop."""


class Job(models.Model):
    """Base of the tables whose rows are jobs. Subclasses name their Celery task in ``task_name``."""

    task_name: ClassVar[str]
    retry_on: ClassVar[tuple[type[Exception], ...]] = (
        OperationalError, InterfaceError, ConnectionError, TimeoutError,
    )  # fmt: skip
    """Only these errors are tried again; any other is final and shown."""

    state = models.CharField(_("state"), max_length=10, choices=JobState, default=JobState.QUEUED, editable=False)
    progress = models.PositiveSmallIntegerField(_("progress (%)"), default=0, editable=False)
    note = models.CharField(_("what it is doing"), max_length=200, blank=True, editable=False)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0, editable=False)
    error = models.TextField(_("error"), blank=True, editable=False)
    created_at = models.DateTimeField(_("asked for"), default=timezone.now, editable=False)
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.SET_NULL, null=True, blank=True, editable=False, related_name="+",
        verbose_name=_("asked for by"),
    )  # fmt: skip
    sent_at = models.DateTimeField(_("handed to the queue"), null=True, editable=False)
    not_before = models.DateTimeField(_("not before"), null=True, editable=False)
    started_at = models.DateTimeField(_("started"), null=True, editable=False)
    heartbeat_at = models.DateTimeField(_("last sign of life"), null=True, editable=False)
    finished_at = models.DateTimeField(_("finished"), null=True, editable=False)

    class Meta:
        abstract = True
        indexes = [
            models.Index(
                fields=["state", "sent_at"], condition=Q(state__in=["queued", "running"]),
                name="%(app_label)s_%(class)s_open",
            )
        ]  # fmt: skip
        constraints = [
            models.CheckConstraint(
                condition=Q(state__in=JobState.values), name="%(app_label)s_%(class)s_state_known",
                violation_error_message=_("This is not a state of a job."),
            ),
            models.CheckConstraint(
                condition=Q(progress__lte=100), name="%(app_label)s_%(class)s_progress_in_percent",
                violation_error_message=_("Progress is between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(attempts__lte=MAX_ATTEMPTS), name="%(app_label)s_%(class)s_attempts_capped",
                violation_error_message=_("A job is tried three times at most."),
            ),
        ]  # fmt: skip

    @property
    def is_open(self) -> bool:
        return self.state in {JobState.QUEUED, JobState.RUNNING}


AnyJob = TypeVar("AnyJob", bound=Job)


def enqueue(job: Job) -> None:
    """Send the job's task when the present transaction commits. A dead broker does no harm: the sweep sends later."""
    model, pk = type(job), job.pk
    transaction.on_commit(lambda: send(model, pk))


def send(model: type[Job], pk: int, *, delay: float = 0) -> bool:
    """Hand the message to the broker; False, and a line in the log, when it cannot be reached."""
    try:
        current_app.send_task(model.task_name, args=[pk], countdown=delay or None, retry=False)
    except (BrokerError, OSError) as error:
        log.warning("job not sent", task=model.task_name, job=pk, error=str(error))
        return False
    model.objects.filter(pk=pk).update(sent_at=timezone.now())
    return True


def claim(model: type[AnyJob], pk: int) -> AnyJob | None:
    """Take the queued job for this worker, or None when it is taken, done, gone or not yet due."""
    now = timezone.now()
    claimed = (
        model.objects.filter(Q(not_before=None) | Q(not_before__lte=now), pk=pk, state=JobState.QUEUED)
        .filter(attempts__lt=MAX_ATTEMPTS)
        .update(
            state=JobState.RUNNING, attempts=F("attempts") + 1, progress=0, note="", error="",
            started_at=now, heartbeat_at=now, finished_at=None,
        )
    )  # fmt: skip
    return model.objects.select_related("created_by").get(pk=pk) if claimed else None


def _held(job: Job) -> "models.QuerySet[Any]":
    return type(job).objects.filter(pk=job.pk, state=JobState.RUNNING, attempts=job.attempts)


def report_progress(job: Job, percent: int, note: Any = "") -> None:
    """Show ``percent`` (0..100) and ``note`` at once, even while the work's own transaction is open.

    Raises ``JobLost`` when another worker holds the job by now.
    """
    job.progress, job.note = max(0, min(100, int(percent))), str(note)[:200]
    with _own_connection() as cursor:
        _beat(cursor, job, "progress = %s, note = %s,", [job.progress, job.note])


def finish(job: Job, **fields: Any) -> None:
    """Mark the job done, with ``fields`` of its own. Called inside the work's transaction, both stand or fall together.

    Raises ``JobLost`` when another worker holds the job by now.
    """
    now = timezone.now()
    done = {"state": JobState.DONE, "progress": 100, "finished_at": now, "heartbeat_at": now, "error": "", **fields}
    if not _held(job).update(**done):
        raise JobLost(job.pk)
    for name, value in done.items():
        setattr(job, name, value)


def fail(job: Job, error: BaseException | str, *, may_retry: bool = False) -> None:
    """End this attempt with an error in words; queue it again, a little later, if ``may_retry`` and attempts remain."""
    text = str(error) or type(error).__name__
    if may_retry and job.attempts < MAX_ATTEMPTS:
        delay = random.uniform(0.5, 1.5) * 4**job.attempts  # noqa: S311 - jitter, not a secret
        due = timezone.now() + timedelta(seconds=delay)
        if _held(job).update(state=JobState.QUEUED, error=text, not_before=due, sent_at=None):
            send(type(job), job.pk, delay=delay + 0.1)
        return
    _held(job).update(state=JobState.FAILED, error=text, finished_at=timezone.now())


def retry(job: Job) -> None:
    """Give a failed job three new attempts. Raises ``JOB_NOT_FAILED``."""
    changed = (
        type(job)
        .objects.filter(pk=job.pk, state=JobState.FAILED)
        .update(state=JobState.QUEUED, attempts=0, progress=0, note="", not_before=None, sent_at=None, finished_at=None)
    )
    if not changed:
        raise RuleViolation("JOB_NOT_FAILED", _("Only a failed job can be tried again."))
    enqueue(job)


def run(model: type[AnyJob], pk: int, work: Callable[[AnyJob], None]) -> AnyJob | None:
    """Claim the job, do ``work(job)`` in the name of who asked for it, and record how it ended.

    ``work`` may call ``finish`` itself, inside its transaction; else the job is finished after it. An error in
    ``retry_on`` is tried again, any other is final. Returns the job, or None when there was nothing to claim.
    """
    job = claim(model, pk)
    if job is None:
        return None
    with history.acting_as(job.created_by, model.task_name), _heartbeat(job):
        try:
            work(job)
            if job.state == JobState.RUNNING:
                finish(job)
        except JobLost:
            log.warning("job was given to another worker", task=model.task_name, job=pk)
        except SoftTimeLimitExceeded:
            fail(job, _("It took too long and was stopped."))
        except RuleViolation as violation:
            fail(job, violation)
        except Exception as error:
            log.exception("job failed", task=model.task_name, job=pk, attempt=job.attempts)
            fail(job, in_words(error), may_retry=isinstance(error, model.retry_on))
    return job


def in_words(error: BaseException) -> str:
    """An unexpected error as staff see it: its kind and first line, without values that may be private."""
    if isinstance(error, Error):
        return str(_("The database refused or was not reachable (%(kind)s).")) % {"kind": type(error).__name__}
    lines = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {lines[0][:300]}"


def resend_lost(now: datetime | None = None) -> dict[str, int]:
    """Send queued jobs whose message never left or got lost; queue again or fail those whose worker died.

    Returns how many were ``sent``, ``requeued`` and ``failed``.
    """
    now = now or timezone.now()
    counts = {"sent": 0, "requeued": 0, "failed": 0}
    for model in apps.get_models():
        if not issubclass(model, Job):
            continue
        dead = model.objects.filter(state=JobState.RUNNING, heartbeat_at__lt=now - LOST_AFTER)
        counts["failed"] += dead.filter(attempts__gte=MAX_ATTEMPTS).update(
            state=JobState.FAILED, finished_at=now, error=str(_("The worker stopped during each of three attempts."))
        )
        counts["requeued"] += dead.filter(attempts__lt=MAX_ATTEMPTS).update(
            state=JobState.QUEUED, sent_at=None, error=str(_("The worker stopped; tried again."))
        )
        unsent = model.objects.filter(
            Q(sent_at=None) | Q(sent_at__lt=now - RESEND_AFTER),
            Q(not_before=None) | Q(not_before__lte=now),
            state=JobState.QUEUED,
        )
        for pk in unsent.values_list("pk", flat=True):
            if not send(model, pk):
                return counts
            counts["sent"] += 1
    return counts


@contextlib.contextmanager
def _own_connection() -> Iterator[Any]:
    """A cursor on a connection of its own that commits at once and waits for no lock."""
    own = connection.copy()
    own.settings_dict["OPTIONS"] = {k: v for k, v in own.settings_dict.get("OPTIONS", {}).items() if k != "pool"}
    try:
        with own.cursor() as cursor:
            cursor.execute("SET lock_timeout = '2s'")
            yield cursor
    finally:
        own.close()


def _beat(cursor: Any, job: Job, also: str = "", values: list[Any] | None = None) -> None:
    table = type(job)._meta.db_table
    cursor.execute(
        f'UPDATE "{table}" SET {also} heartbeat_at = now() '  # noqa: S608 - names of our own, values are parameters
        "WHERE id = %s AND state = %s AND attempts = %s",
        [*(values or []), job.pk, JobState.RUNNING, job.attempts],
    )
    if not cursor.rowcount:
        cursor.execute(f'SELECT 1 FROM "{table}" WHERE id = %s', [job.pk])  # noqa: S608
        if cursor.fetchone():
            raise JobLost(job.pk)


@contextlib.contextmanager
def _heartbeat(job: Job) -> Iterator[None]:
    """Say every ten seconds that the worker lives, from a thread, so that one long statement does not look dead."""
    stop = threading.Event()

    def beat() -> None:
        while not stop.wait(HEARTBEAT.total_seconds()):
            with contextlib.suppress(Error, JobLost), _own_connection() as cursor:
                _beat(cursor, job)

    thread = threading.Thread(target=beat, name=f"heartbeat-{job.pk}", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stop.set()
        thread.join(5)
