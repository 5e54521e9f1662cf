"""Messages leave with their transaction, once, whatever dies meanwhile."""

import hmac
import json
import subprocess
import sys
from datetime import timedelta
from hashlib import sha256

import pytest
from django.core import mail
from django.db import IntegrityError, connection, transaction
from django.utils import timezone

from innovation.core import outbox
from innovation.core.errors import RuleViolation
from innovation.core.models import OutboxMessage
from tests.concurrency.conftest import ROOT, until
from tests.concurrency.test_jobs import in_threads
from tests.receiver import receiver

__all__ = ["receiver"]

pytestmark = pytest.mark.django_db(transaction=True)


def write(key="k1", **more):
    return outbox.send_mail(**{"to": "a@example.org", "subject": "Hello", "text": "Text", "key": key} | more)


def test_a_rolled_back_transaction_sends_nothing():
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        write()
        raise ZeroDivisionError
    assert outbox.relay() == {"sent": 0, "failed": 0}
    assert mail.outbox == []


def test_a_key_is_sent_once_also_by_four_relays_at_a_time():
    assert [write(), write(), write("k2")] == [True, False, True]
    in_threads(4, outbox.relay)
    assert sorted(message.subject for message in mail.outbox) == ["Hello", "Hello"]
    assert OutboxMessage.objects.filter(state="sent", attempts=1).count() == 2


def test_the_same_key_written_by_two_transactions_at_a_time_is_one_message():
    results = in_threads(4, write)
    assert sorted(results) == [False, False, False, True]
    assert OutboxMessage.objects.count() == 1


def test_messages_of_a_broker_outage_are_delivered_once_when_it_is_back(start_worker, dead_broker):
    for number in range(20):
        write(f"k{number}")
    dead_broker()
    outbox.kick()
    outbox.kick()
    start_worker()
    until(lambda: not OutboxMessage.objects.waiting().exists())
    assert OutboxMessage.objects.filter(state="sent", attempts=1).count() == 20


RELAY_THAT_HANGS = """
import django, sys, time
django.setup()
from innovation.core import outbox
def hang(message):
    print("claimed", flush=True)
    time.sleep(60)
outbox._SENDERS["mail"] = hang
outbox.relay()
"""


def test_a_relay_killed_between_claim_and_send_leaves_the_message_due(worker_environ):
    write()
    command = [sys.executable, "-c", RELAY_THAT_HANGS]
    with subprocess.Popen(command, cwd=ROOT, env=worker_environ, stdout=subprocess.PIPE, text=True) as hanging:
        assert hanging.stdout.readline() == "claimed\n"
        assert outbox.relay() == {"sent": 0, "failed": 0}
        hanging.kill()
    until(lambda: outbox.relay()["sent"] == 1)
    assert len(mail.outbox) == 1


def test_a_message_that_cannot_be_sent_waits_longer_each_time_and_is_given_up_at_last(monkeypatch):
    write()
    monkeypatch.setitem(outbox._SENDERS, "mail", lambda message: 1 / 0)
    pauses = []
    for __ in range(outbox.MAX_ATTEMPTS):
        OutboxMessage.objects.update(next_at=timezone.now())
        assert outbox.relay()["failed"] == 1
        message = OutboxMessage.objects.get()
        pauses.append((message.next_at - timezone.now()).total_seconds())
    assert pauses[0] < 20 < pauses[2] < pauses[4] < timedelta(hours=3).total_seconds()
    assert (message.state, message.error) == ("dead", "ZeroDivisionError: division by zero")
    monkeypatch.undo()
    outbox.retry(message)
    assert outbox.relay()["sent"] == 1
    with pytest.raises(RuleViolation, match="given up"):
        outbox.retry(message)


def test_both_copies_of_a_mail_sent_twice_carry_one_message_id_and_no_forged_header():
    write(subject="Hello\r\nBcc: evil@example.org")
    outbox.relay()
    OutboxMessage.objects.update(state="waiting", sent_at=None)
    outbox.relay()
    assert [message.subject for message in mail.outbox] == ["Hello Bcc: evil@example.org"] * 2
    assert len({message.extra_headers["Message-ID"] for message in mail.outbox}) == 1


@pytest.mark.parametrize("address", ["nobody", "", "a@b.cn\r\nBcc: c@d.cn"])
def test_what_is_no_address_is_refused(address):
    with pytest.raises(RuleViolation, match="not an e-mail"):
        write(to=address)


@pytest.mark.parametrize(
    ("assignment", "constraint"),
    [("state = 'lost'", "core_outbox_state_known"), ("state = 'sent'", "core_outbox_sent_has_time")],
)
def test_the_database_refuses_impossible_messages(assignment, constraint):
    write()
    with pytest.raises(IntegrityError, match=constraint), connection.cursor() as cursor:
        cursor.execute(f"UPDATE core_outboxmessage SET {assignment}")


# ── Webhooks ─────────────────────────────────────────────────────────────────────────────────────
def test_a_webhook_is_signed_and_its_answer_recorded(receiver, settings):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    outbox.send_webhook(url=receiver.url, payload={"name": "基金"}, key="w1")
    assert outbox.relay()["sent"] == 1
    ((headers, body),) = receiver.seen
    assert json.loads(body) == {"name": "基金"}
    moment, mac = (part.partition("=")[2] for part in headers["X-Innovation-Signature"].split(","))
    assert mac == hmac.new(b"s3cret", f"{moment}.".encode() + body, sha256).hexdigest()


@pytest.mark.parametrize("status", [301, 302, 400, 500])
def test_any_other_answer_is_a_failure_and_a_redirect_is_not_followed(receiver, settings, status):
    settings.WEBHOOK_ALLOW_PRIVATE = True
    receiver.status = status
    outbox.send_webhook(url=receiver.url, payload={}, key="w1")
    assert outbox.relay()["failed"] == 1
    assert len(receiver.seen) == 1
    assert str(status) in OutboxMessage.objects.get().error
