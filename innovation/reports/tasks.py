"""What reports do in the background."""

from celery import shared_task
from django.utils import timezone

from innovation.reports import actions


@shared_task(name="innovation.reports.tasks.make_report", ignore_result=True)
def make_report(pk: int) -> None:
    """Make one run. Sent again after a crash it does nothing, unless the run is queued again."""
    actions.make_run(pk)


@shared_task(name="innovation.reports.tasks.make_due_reports", ignore_result=True)
def make_due_reports() -> list[int]:
    """Ask for every scheduled report that is due, and tell people of runs that ended while nobody could tell."""
    made = actions.make_due(timezone.now())
    actions.tell_waiting()
    return made
