"""What the clock does for people: one mail a day for those who want no more."""

from celery import shared_task

from innovation.accounts import notices


@shared_task(name=notices.DIGEST_TASK, ignore_result=True, soft_time_limit=300, time_limit=330)
def send_digests() -> int:
    """Daily; a second run finds nothing left."""
    return notices.send_digests()
