"""Many hands on one application: one draft, one submission; the moment of arrival decides, not the wait."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connections, transaction
from django.utils import timezone

from benchmarks.calls_last_minute import prepared, rush, what_is_lost
from innovation.calls.actions.drafts import Typed, save_answers, start_draft
from innovation.calls.actions.submitting import submit
from innovation.calls.models import Application, Submission
from innovation.core import transitions
from innovation.core.models import OutboxMessage
from innovation.organisations.choices import MembershipRole
from tests.concurrency.test_funds import at_once
from tests.factories.calls import ApplicationFactory, CallFactory
from tests.factories.organisations import MembershipFactory
from tests.refusals import refused_by_rule

pytestmark = pytest.mark.django_db(transaction=True)
CLICKS = 50
WHOLE = {"title": Typed("激光雷达芯片"), "summary": Typed("做出样机"), "requested": Typed("120"), "own": Typed("300")}


def whole_draft(**facts):
    draft = ApplicationFactory(call=CallFactory(**facts))
    save_answers(application_id=draft.pk, typed=WHOLE, actor=draft.created_by)
    return draft


def test_fifty_clicks_make_one_draft_and_one_submission():
    membership = MembershipFactory(role=MembershipRole.LEAD)
    call, user = CallFactory(), membership.user
    begin = {"call_id": call.pk, "actor": user, "organisation_id": membership.organisation_id}
    assert at_once(lambda _number: start_draft(**begin), CLICKS) == [None] * CLICKS
    draft = Application.objects.get()
    save_answers(application_id=draft.pk, typed=WHOLE, actor=user)
    receipts = set()

    def click(_number):
        receipts.add(submit(application_id=draft.pk, actor=user, declared=True).pk)

    assert at_once(click, CLICKS) == [None] * CLICKS
    assert receipts == {Submission.objects.get().pk}
    assert [step.event for step in transitions.steps_of(draft)] == ["submit"]
    assert OutboxMessage.objects.filter(key__startswith=f"application-{draft.pk}-step-").count() == 1


def test_whoever_sends_in_the_last_minute_over_http_finds_every_word_and_one_receipt(live_server):
    people, call = prepared(4)
    rush(live_server.url, people, call, 0)
    assert what_is_lost(people) == []


def test_of_many_who_type_over_the_same_text_one_is_stored_and_nobody_is_told_otherwise():
    draft = ApplicationFactory()
    conflicts = []

    def write(number):
        typed = {"title": Typed(f"标题{number}", base=0)}
        conflicts.extend(save_answers(application_id=draft.pk, typed=typed, actor=draft.created_by).conflicts)

    at_once(write, 6)
    stored = draft.answers.get(key="title")
    assert stored.revision == 1
    assert {one.stored for one in conflicts} == {stored.value}
    assert len({one.typed for one in conflicts} | {stored.value}) == 6


@pytest.mark.parametrize(("early", "sent"), [(1, True), (-1, False)])
def test_who_waits_for_a_lock_over_the_end_is_judged_by_the_moment_of_arrival(early, sent):
    draft = whole_draft(
        opens_at=timezone.now() - timedelta(days=1), closes_at=timezone.now() + timedelta(milliseconds=400)
    )
    arrived_at = draft.call.closes_at - timedelta(milliseconds=early)
    held, facts = threading.Event(), {"application_id": draft.pk, "actor": draft.created_by, "declared": True}

    def hold():
        with transaction.atomic():
            Application.objects.select_for_update().get(pk=draft.pk)
            held.set()
            while timezone.now() <= draft.call.closes_at:
                threading.Event().wait(0.02)
        connections.close_all()

    with ThreadPoolExecutor(1) as hands:
        waiting = hands.submit(hold)
        held.wait(10)
        if sent:
            assert submit(arrived_at=arrived_at, **facts).submitted_at == arrived_at
        else:
            refused_by_rule("WINDOW_CLOSED", submit, arrived_at=arrived_at, **facts)
        waiting.result()
    assert timezone.now() > draft.call.closes_at
