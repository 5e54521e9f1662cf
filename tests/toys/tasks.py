import time

from celery import shared_task
from django.db import transaction
from django.db.models import F

from innovation.core import jobs
from innovation.core.errors import RuleViolation
from tests.toys.models import Errand


@shared_task(ignore_result=True)
def run_errand(pk):
    jobs.run(Errand, pk, do)


def do(job):
    """What each kind of errand does; ``slow`` gives a test the time to kill the worker."""
    match job.kind:
        case "rule":
            raise RuleViolation("NO", "The rule says no.")
        case "bug":
            raise ZeroDivisionError("a secret value\nsecond line")
        case "shaky":
            raise ConnectionError("nobody there")
        case "shaky once" if job.attempts == 1:
            raise ConnectionError("nobody there")
        case "slow" if job.attempts == 1:
            jobs.report_progress(job, 30, "asleep")
            time.sleep(120)
    with transaction.atomic():
        Errand.objects.filter(pk=job.pk).update(done=F("done") + 1)
        jobs.finish(job)
