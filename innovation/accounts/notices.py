"""Notices by mail as each person chose: at once, in one mail a day, or not at all.

``send`` is called in the transaction of the work that the notice tells of; what is to leave at once goes to the outbox,
the rest waits as a ``DigestEntry`` for ``send_digests``, which the clock calls once a day.
"""

from datetime import time

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django_celery_beat.models import PeriodicTask

from innovation.accounts.choices import MailChoice
from innovation.accounts.models import DigestEntry, User
from innovation.accounts.notifications import choice_of
from innovation.core import outbox
from innovation.core.models import OutboxMessage

DIGEST_TASK = "innovation.accounts.tasks.send_digests"
RULE = "─" * 20


def send(*, to: User, kind: str, subject: object, text: object, key: str) -> bool:
    """Tell ``to`` by mail, once per ``key`` whichever way; the words are in the active language.

    Returns whether something was written now: False when the person chose no mails of this kind, or was told before.
    Raises ``MAIL_ADDRESS``.
    """
    choice = choice_of(to, kind)[1]
    if choice == MailChoice.OFF:
        return False
    if choice == MailChoice.AT_ONCE:
        if DigestEntry.objects.filter(key=key).exists():
            return False
        return outbox.send_mail(to=to.email, subject=str(subject), text=str(text), key=key)
    if OutboxMessage.objects.filter(kind=OutboxMessage.Kind.MAIL, key=key).exists():
        return False
    words = {"subject": " ".join(str(subject).split())[:300], "text": str(text)}
    _entry, written = DigestEntry.objects.get_or_create(key=key, defaults={"user": to, "kind": kind, **words})
    return written


def send_digests() -> int:
    """One mail for each person who has notices waiting; returns how many mails. Two at once send each notice once.

    The rows are locked, put into the outbox and marked in one transaction: either all of it happened or nothing.
    """
    waiting = DigestEntry.objects.waiting().filter(user__is_active=True)
    people = User.objects.filter(pk__in=waiting.values("user")).order_by("pk")
    return sum(_send_digest(person) for person in people)


@transaction.atomic
def _send_digest(person: User) -> bool:
    rows = DigestEntry.objects.waiting().filter(user=person).order_by("pk")
    entries = list(rows.select_for_update(skip_locked=True))
    if not entries:
        return False
    with translation.override(person.language or settings.LANGUAGE_CODE):
        count = len(entries)
        subject = ngettext("Your daily digest: %(count)s notice", "Your daily digest: %(count)s notices", count)
        parts = [f"{entry.subject}\n\n{entry.text.strip()}" for entry in entries]
        close = _("You chose one mail a day for these notices. Change it here: %(address)s")
        parts.append(close % {"address": f"{settings.SITE_URL}/account/notices/"})
        text = f"\n\n{RULE}\n\n".join(parts)
        outbox.send_mail(
            to=person.email, subject=subject % {"count": count}, text=text, key=f"digest-{person.pk}-{entries[-1].pk}"
        )
    DigestEntry.objects.filter(pk__in=[entry.pk for entry in entries]).update(sent_at=timezone.now())
    return True


def digest_hour() -> time | None:
    """When the daily mails leave, as the schedule in the admin says; None where that is no fixed time."""
    task = PeriodicTask.objects.filter(task=DIGEST_TASK, enabled=True).select_related("crontab").first()
    cron = task.crontab if task else None
    if cron is None or not (cron.hour.isdecimal() and cron.minute.isdecimal()):
        return None
    return time(int(cron.hour), int(cron.minute))
