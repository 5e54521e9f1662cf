"""What the floor does by the clock."""

from celery import shared_task

from innovation.core import jobs


@shared_task(ignore_result=True)
def resend_lost_jobs() -> dict[str, int]:
    """Send again the jobs whose message or worker got lost."""
    return jobs.resend_lost()
