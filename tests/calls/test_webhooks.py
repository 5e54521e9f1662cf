"""Webhooks from the step of a case to the receiver: signed, in order, tried again, given up, sent again by staff."""

import hmac
import json
from hashlib import sha256

import pytest
from django.test import Client
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.calls.actions import changing, milestones, payments
from innovation.calls.models import WebhookSubscription
from innovation.core import outbox
from innovation.core.models import OutboxMessage
from tests.calls.scenes import Office, first_milestone, reported
from tests.factories.accounts import as_role
from tests.receiver import receiver

__all__ = ["receiver"]

pytestmark = pytest.mark.django_db
PROJECT = ["publish_notice", "agreement_offered", "sign", "report_received", "report_checked", "payment_ordered",
           "payment_made", "change_asked", "change_answered"]  # fmt: skip


@pytest.fixture
def subscribed(receiver, settings):
    """A system of the city that hears of projects, and one of the public that does not; and who is not asked."""
    settings.WEBHOOK_ALLOW_PRIVATE = True
    public = receiver.url.replace("x=1", "public")
    WebhookSubscription.objects.create(url=receiver.url.replace("x=1", "off"), is_active=False, project_steps=True)
    WebhookSubscription.objects.create(url=receiver.url.replace("x=1", "other"), kind="talent", project_steps=True)
    WebhookSubscription.objects.create(url=public, kind="funding")
    return WebhookSubscription.objects.create(url=receiver.url, project_steps=True)


def live_a_project():
    office = Office()
    case = office.active()
    report = reported(case)
    check = milestones.check_report(report_id=report.pk, passed=True, actor=office.checker)
    order = payments.order_payment(check_id=check.pk, actor=office.finance)
    payments.confirm_payment(payment_id=order.pk, paid_on=timezone.localdate(), actor=office.finance)
    change = changing.ask_change(application_id=case.pk, text="换负责人", actor=case.created_by)
    changing.answer_change(change_id=change.pk, approved=False, reason="不同意", actor=office.officer)
    return case, first_milestone(case)


def got(receiver, path="/hook?x=1"):
    return [json.loads(body) for at, (_, body) in zip(receiver.paths, receiver.seen, strict=True) if at == path]


def due_now():
    OutboxMessage.objects.filter(state="waiting").update(next_at=timezone.now())


def test_each_step_arrives_once_signed_and_in_order(receiver, subscribed):
    case, milestone = live_a_project()
    outbox.relay()
    outbox.relay()
    told = got(receiver)
    assert [one["event"] for one in told] == PROJECT
    assert [one["event"] for one in got(receiver, "/hook?public")] == ["publish_notice", "sign"]
    assert set(receiver.paths) == {"/hook?x=1", "/hook?public"}
    assert len({one["id"] for one in told}) == len(told)
    assert {one["number"] for one in told} == {case.number}
    facts = {one["event"]: one.get("facts") for one in told}
    assert facts["report_checked"] == {"milestone": 1, "passed": True}
    assert facts["payment_ordered"] == {"milestone": 1, "amount_fen": milestone.amount_fen}
    for headers, body in receiver.seen:
        moment, mac = (part.partition("=")[2] for part in headers["X-Innovation-Signature"].split(","))
        assert mac == hmac.new(b"s3cret", f"{moment}.".encode() + body, sha256).hexdigest()
    assert len({headers["Idempotency-Key"] for headers, _ in receiver.seen}) == len(receiver.seen)


def test_what_is_not_taken_holds_the_later_ones_back_until_it_is(receiver, subscribed):
    live_a_project()
    receiver.status = 500
    assert outbox.relay()["failed"] == 2
    assert [one["event"] for one in got(receiver)] == ["publish_notice"]
    assert outbox.relay() == {"sent": 0, "failed": 0}
    receiver.status = 200
    due_now()
    outbox.relay()
    assert [one["event"] for one in got(receiver)] == ["publish_notice", *PROJECT]
    keys = [
        headers["Idempotency-Key"]
        for path, (headers, body) in zip(receiver.paths, receiver.seen, strict=True)
        if path == "/hook?x=1" and b"publish_notice" in body
    ]
    assert len(keys) == 2
    assert len(set(keys)) == 1


def test_staff_see_what_was_given_up_and_send_it_again(receiver, subscribed):
    live_a_project()
    receiver.status = 503
    for _attempt in range(outbox.MAX_ATTEMPTS):
        due_now()
        outbox.relay()
    receiver.status = 200
    due_now()
    outbox.relay()
    later = [one["event"] for one in got(receiver)][outbox.MAX_ATTEMPTS :]
    # The attempt that gave the first one up went on to the second at once.
    assert later == [PROJECT[1], *PROJECT[1:]]
    manager, base = Client(headers={"accept-language": "en"}), "/admin/calls/webhooksubscription/"
    as_role(manager, Role.PROGRAMME_MANAGER)
    assert "deliveries" in manager.get(f"{base}{subscribed.pk}/change/").content.decode()
    listed = manager.get(base).content.decode()
    assert subscribed.url.replace("&", "&amp;") in listed
    page = manager.get(f"{base}{subscribed.pk}/deliveries/").content.decode()
    assert "Given up" in page
    assert "The receiver answered 503" in page
    assert "publish_notice" in page
    taken = OutboxMessage.objects.filter(kind="webhook", state="sent", recipient=subscribed.url).latest("pk")
    manager.post(f"{base}{subscribed.pk}/deliveries/", {})
    manager.post(f"{base}{subscribed.pk}/deliveries/", {"message": str(taken.pk)})
    foreign = OutboxMessage.objects.filter(recipient__endswith="public", state="sent").first()
    manager.post(f"{base}{subscribed.pk}/deliveries/", {"message": str(foreign.pk)})
    assert set(OutboxMessage.objects.filter(kind="webhook", state="waiting").values_list("recipient", flat=True)) == {
        subscribed.url
    }
    outbox.relay()
    assert [one["event"] for one in got(receiver)][-2:] == ["publish_notice", "change_answered"]
    other = Client()
    as_role(other, Role.AUDITOR)
    assert other.get(f"{base}{subscribed.pk}/deliveries/").status_code == 200
    assert other.post(f"{base}{subscribed.pk}/deliveries/", {}).status_code == 403
    as_role(other, Role.APPLICANT)
    assert other.get(f"{base}{subscribed.pk}/deliveries/").status_code in {302, 403}
