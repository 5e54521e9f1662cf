"""Messages to many: a preview that sends nothing, one confirmation, each line once; the daily digest."""

import json
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from innovation.accounts import notices
from innovation.accounts.choices import MailChoice, Role
from innovation.accounts.models import DigestEntry, NotificationChoice
from innovation.calls.actions import messages
from innovation.calls.choices import ApplicationState, LeftOut, LineState
from innovation.calls.models import MessageBatch, MessageLine, MessageRun, MessageTemplate
from innovation.core.forms import new_token
from innovation.core.models import OutboxMessage
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory, CallFactory
from tests.refusals import refused, rule_refuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def cases():
    """Leads of four cases: mail at once, mail off, one mail a day, at once but with a case that goes on."""
    call = CallFactory(contact="0737-123456")
    made = [ApplicationFactory(call=call, state=ApplicationState.SUBMITTED) for _ in range(4)]
    for case, choice in ((made[1], MailChoice.OFF), (made[2], MailChoice.DIGEST)):
        NotificationChoice.objects.create(user=case.created_by, kind="calls_status", in_product=True, mail=choice)
    return made


def signed_in_officer(client):
    officer = UserFactory(role=Role.FUND_OFFICER, email="officer@city.example.net")
    client.force_login(officer)
    return officer


def mails_to(case):
    return OutboxMessage.objects.filter(recipient=case.created_by.email)


def text(family="application_received"):
    return MessageTemplate.objects.newest(family)


def test_from_the_work_list_to_mails_that_leave_once(client, cases):
    officer = signed_in_officer(client)
    desk = client.get(reverse("calls:desk") + f"?call={cases[0].call_id}").content.decode()
    assert reverse("calls:message_new") in desk
    asked = {"everything": "1", "filters": f"call={cases[0].call_id}"}
    form = client.post(reverse("calls:message_new"), asked).content.decode()
    hidden = re.findall(r'name="case" value="(\d+)"', form)
    assert sorted(map(int, hidden)) == [case.pk for case in cases]
    sent = {"form_token": new_token(), "template": text().pk, "audience": "leads", "note": "", "case": hidden}
    page = client.post(reverse("calls:message_new"), sent, follow=True).content.decode()
    batch = MessageBatch.objects.get()
    assert str(LeftOut.MAIL_OFF.label) in page
    assert cases[0].title in page
    assert not OutboxMessage.objects.exists()

    cases[3].state = ApplicationState.ELIGIBLE
    cases[3].save(update_fields=["state"])
    for _ in range(2):
        assert client.post(batch.get_absolute_url(), {"form_token": new_token()}).status_code == 302
    run = MessageRun.objects.get()
    messages.send_lines(run)
    messages.send_lines(run)
    states = [(line.state, line.left_out) for line in batch.lines.all()]
    assert states == [
        (LineState.SENT, ""), (LineState.LEFT_OUT, LeftOut.MAIL_OFF), (LineState.IN_DIGEST, ""),
        (LineState.LEFT_OUT, LeftOut.CHANGED),
    ]  # fmt: skip
    mail = mails_to(cases[0]).get()
    assert mail.subject == batch.lines.first().subject
    assert cases[0].number in mail.payload["text"]
    assert not mails_to(cases[2]).exists()
    assert str(LineState.SENT.label) in client.get(batch.get_absolute_url()).content.decode()
    assert str(officer) in client.get(reverse("calls:case", args=[cases[0].pk]) + "?tab=messages").content.decode()
    client.force_login(cases[0].created_by)
    assert mail.subject in client.get(cases[0].get_absolute_url()).content.decode()
    assert client.get(batch.get_absolute_url()).status_code == 403

    assert notices.send_digests() == 1
    assert notices.send_digests() == 0
    digest = mails_to(cases[2]).get()
    assert DigestEntry.objects.get().text.strip() in digest.payload["text"]
    again = messages.prepare(template_id=text().pk, application_ids=[cases[0].pk], actor=officer)
    assert again.lines.get().left_out == LeftOut.SAME_TODAY
    with rule_refuses("NOBODY_LEFT"):
        messages.confirm(batch_id=again.pk, actor=officer)


def test_a_text_with_holes_stays_here(cases):
    officer = UserFactory(role=Role.FUND_OFFICER, email="officer@city.example.net")
    batch = messages.prepare(template_id=text("deadline_near").pk, application_ids=[cases[0].pk], actor=officer)
    line = batch.lines.get()
    assert (line.left_out, line.missing) == (LeftOut.NO_VALUE, ["due"])
    cases[0].created_by.is_active = False
    cases[0].created_by.save()
    batch = messages.prepare(template_id=text().pk, application_ids=[cases[0].pk], actor=officer)
    assert batch.lines.get().left_out == LeftOut.NOBODY
    messages.discard(batch_id=batch.pk, actor=officer)
    with rule_refuses("THROWN_AWAY"):
        messages.confirm(batch_id=batch.pk, actor=officer)
    with rule_refuses("NO_MAIL_TEXT"):
        messages.prepare(template_id=text("review_asked").pk, application_ids=[cases[0].pk], actor=officer)
    with rule_refuses("NOT_PERMITTED"):
        messages.prepare(template_id=text().pk, application_ids=[cases[0].pk], actor=cases[1].created_by)


def test_the_api_previews_and_sends_once(client, cases):
    signed_in_officer(client)
    asked = {"template": text().pk, "applications": [cases[0].pk, cases[1].pk]}
    made = client.post("/api/v1/application-messages/", json.dumps(asked), content_type="application/json")
    assert made.status_code == 201, made.content
    own = f"/api/v1/application-messages/{made.json()['id']}/"
    assert [line["state"] for line in made.json()["lines"]] == [LineState.READY, LineState.LEFT_OUT]
    for _ in range(2):
        assert client.post(f"{own}confirm/").json()["confirmed_at"]
    assert MessageRun.objects.count() == 1
    assert client.post(f"{own}discard/").status_code in {400, 409, 422}
    client.force_login(cases[0].created_by)
    assert client.get(own).status_code in {403, 404}
    assert client.post(f"{own}confirm/").status_code in {403, 404}


def test_the_database_refuses_the_same_words_twice_a_day(cases):
    officer = UserFactory(role=Role.FUND_OFFICER, email="officer@city.example.net")
    first, second = (
        messages.prepare(template_id=text().pk, application_ids=[cases[0].pk], actor=officer).lines.get()
        for _ in range(2)
    )
    now = {"state": LineState.SENT, "written_at": timezone.now(), "written_on": timezone.localdate()}
    rows = MessageLine.objects.filter(pk=second.pk)
    MessageLine.objects.filter(pk=first.pk).update(**now)
    refused("message_line_same_words_once_a_day", lambda: rows.update(**now))
    refused("message_line_left_out_says_why", lambda: rows.update(state=LineState.LEFT_OUT))
    refused("message_line_sent_when", lambda: rows.update(written_at=timezone.now()))
    batches = MessageBatch.objects.filter(pk=first.batch_id)
    refused("message_batch_confirmed_by_somebody", lambda: batches.update(confirmed_at=timezone.now()))
