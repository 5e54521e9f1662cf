"""Mail and webhooks that leave exactly when the work behind them is committed.

``send_mail`` and ``send_webhook`` write a row in the caller's transaction. The relay (a Celery task, started at commit
and every thirty seconds) locks one due row at a time, skipping rows that another relay holds, sends, and marks it in
the same transaction: when the relay dies, the lock dies with it and the row is still due. A death between sending and
marking sends twice; both copies carry the same Message-ID or Idempotency-Key, by which the receiver can tell.
"""

import hashlib
import random
import time
from collections.abc import Sequence
from datetime import timedelta
from email.utils import parseaddr
from typing import Any
from urllib.parse import urlsplit

import structlog
from celery import current_app
from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import connection, transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _
from kombu.exceptions import OperationalError as BrokerError

from innovation.core import history, webhooks
from innovation.core.errors import RuleViolation
from innovation.core.inserting import insert_unless_taken
from innovation.core.models import OutboxMessage

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 8
FIRST_PAUSE = timedelta(seconds=15)
LONGEST_PAUSE = timedelta(hours=2)
RELAY_TASK = "innovation.core.tasks.relay_outbox"


def send_mail(
    *, to: str | Sequence[str], subject: str, text: str, html: str = "", key: str, secret: bool = False
) -> bool:
    """Write a mail in the caller's transaction. ``key`` names it: a second mail under the same key is not written.

    The words of a ``secret`` mail (a code, a link that opens an account) are wiped as soon as it is sent.
    Returns whether it was written. Raises ``MAIL_ADDRESS`` for something that is no address.
    """
    addresses = [to] if isinstance(to, str) else list(to)
    for address in addresses:
        if "@" not in parseaddr(address)[1] or any(sign in address for sign in "\r\n"):
            raise RuleViolation("MAIL_ADDRESS", _("This is not an e-mail address."), field="to")
    payload = {"to": addresses, "subject": " ".join(str(subject).split()), "text": str(text), "html": str(html)}
    payload |= {"secret": True} if secret else {}
    return _write(OutboxMessage.Kind.MAIL, key, ", ".join(addresses), payload["subject"], payload)


def send_webhook(*, url: str, payload: dict[str, Any], key: str) -> bool:
    """Write a signed POST of ``payload`` as JSON to ``url`` in the caller's transaction; the same rules as for mail.

    Raises ``WEBHOOK_ADDRESS`` or ``WEBHOOK_NOT_CONFIGURED`` (no ``WEBHOOK_SECRET`` to sign with).
    """
    webhooks.check_url(url)
    if not settings.WEBHOOK_SECRET:
        raise RuleViolation("WEBHOOK_NOT_CONFIGURED", _("Set WEBHOOK_SECRET before sending webhooks."))
    return _write(OutboxMessage.Kind.WEBHOOK, key, url, urlsplit(url).hostname or "", {"url": url, "body": payload})


def _write(kind: str, key: str, recipient: str, subject: str, payload: dict[str, Any]) -> bool:
    message = OutboxMessage(
        kind=kind, key=key, recipient=recipient[:500], subject=subject[:300], payload=payload,
        request_id=history.current_request_id()[:64],
    )  # fmt: skip
    if not insert_unless_taken(message):
        return False
    if not any(function is kick for __, function, *__ in connection.run_on_commit):
        transaction.on_commit(kick)
    return True


def kick() -> None:
    """Wake the relay. When the broker is away nothing is lost: the clock wakes it later."""
    try:
        current_app.send_task(RELAY_TASK, retry=False)
    except (BrokerError, OSError) as error:
        log.warning("relay not woken", error=str(error))


def relay(*, seconds: float = 20) -> dict[str, int]:
    """Send what is due, for at most ``seconds``. Returns how many were ``sent`` and ``failed``."""
    counts = {"sent": 0, "failed": 0}
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        with transaction.atomic():
            message = OutboxMessage.objects.due(timezone.now()).select_for_update(skip_locked=True).first()
            if message is None:
                break
            counts["sent" if _attempt(message) else "failed"] += 1
    return counts


def retry(message: OutboxMessage) -> None:
    """Give a dead message a fresh start. Raises ``MESSAGE_NOT_DEAD``."""
    changed = OutboxMessage.objects.filter(pk=message.pk, state=OutboxMessage.State.DEAD).update(
        state=OutboxMessage.State.WAITING, attempts=0, next_at=timezone.now(), error=""
    )
    if not changed:
        raise RuleViolation("MESSAGE_NOT_DEAD", _("Only a message that was given up can be sent again."))
    transaction.on_commit(kick)


def send_again(message: OutboxMessage) -> None:
    """Send a webhook once more that was taken or given up, under its old key. Raises ``MESSAGE_WAITS``."""
    again = OutboxMessage.objects.filter(pk=message.pk, kind=OutboxMessage.Kind.WEBHOOK).exclude(
        state=OutboxMessage.State.WAITING
    )
    if not again.update(state=OutboxMessage.State.WAITING, attempts=0, next_at=timezone.now(), error="", sent_at=None):
        raise RuleViolation("MESSAGE_WAITS", _("This message waits to be sent already."))
    transaction.on_commit(kick)


def _attempt(message: OutboxMessage) -> bool:
    message.attempts += 1
    try:
        _SENDERS[message.kind](message)
    except Exception as error:  # whatever a mail server or receiver does, the row must remember it
        message.error = f"{type(error).__name__}: {error}"[:1000]
        if message.attempts >= MAX_ATTEMPTS:
            message.state = OutboxMessage.State.DEAD
            log.error("message given up", message=message.pk, kind=message.kind, error=message.error)
        else:
            pause = min(FIRST_PAUSE * 2 ** (message.attempts - 1), LONGEST_PAUSE)
            message.next_at = timezone.now() + pause * random.uniform(0.8, 1.2)  # noqa: S311 - jitter
        message.save(update_fields=["attempts", "state", "next_at", "error"])
        return False
    message.state, message.error, message.sent_at = OutboxMessage.State.SENT, "", timezone.now()
    if message.payload.get("secret"):
        message.payload |= {"text": "", "html": ""}
    message.save(update_fields=["attempts", "state", "error", "sent_at", "payload"])
    return True


def _send_mail(message: OutboxMessage) -> None:
    content = message.payload
    name = hashlib.sha256(f"{settings.SECRET_KEY}{message.key}".encode()).hexdigest()[:32]
    domain = urlsplit(settings.SITE_URL).hostname or "localhost"
    mail = EmailMultiAlternatives(
        content["subject"], content["text"], None, content["to"], headers={"Message-ID": f"<{name}@{domain}>"}
    )
    if content["html"]:
        mail.attach_alternative(content["html"], "text/html")
    mail.send()


def _send_webhook(message: OutboxMessage) -> None:
    webhooks.post(message.payload["url"], message.payload["body"], key=message.key)


_SENDERS = {OutboxMessage.Kind.MAIL: _send_mail, OutboxMessage.Kind.WEBHOOK: _send_webhook}
