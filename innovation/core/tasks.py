"""What the floor does by the clock."""

from datetime import timedelta

from celery import shared_task
from django.utils import timezone

from innovation.core import jobs, outbox
from innovation.core.models import IdempotencyKey, OneTimeSubmit


@shared_task(ignore_result=True)
def resend_lost_jobs() -> dict[str, int]:
    """Send again the jobs whose message or worker got lost."""
    return jobs.resend_lost()


@shared_task(ignore_result=True, soft_time_limit=60, time_limit=90)
def relay_outbox() -> dict[str, int]:
    """Send the mails and webhooks that are due."""
    return outbox.relay()


@shared_task(ignore_result=True)
def forget_old_requests() -> dict[str, int]:
    """Delete idempotency keys after a week and used form tokens after three days; nobody repeats a request so late."""
    now = timezone.now()
    keys, __ = IdempotencyKey.objects.filter(created_at__lt=now - timedelta(days=7)).delete()
    tokens, __ = OneTimeSubmit.objects.filter(created_at__lt=now - timedelta(days=3)).delete()
    return {"keys": keys, "tokens": tokens}
