"""Mails about reports: once a run, to those who may read it, in their language."""

from datetime import UTC, datetime

import pytest

from innovation.core.models import OutboxMessage
from innovation.reports import actions
from innovation.reports.models import ReportRun
from tests.factories.accounts import UserFactory
from tests.factories.reports import ask, failed, finished, schedule

JUNE = datetime(2026, 6, 15, tzinfo=UTC)
JULY_1 = datetime(2026, 7, 1, tzinfo=UTC)

pytestmark = pytest.mark.django_db


def mails():
    return {message.recipient: message for message in OutboxMessage.objects.order_by("pk")}


def scheduled(languages, *people):
    stored = schedule(JUNE, languages=languages)
    for user in people:
        actions.subscribe(schedule=stored, user=user)
    actions.make_due(JULY_1)
    return {run.language: run for run in ReportRun.objects.filter(schedule=stored)}


def test_subscribers_are_told_once_with_the_address_of_the_report(sample, settings):
    user = UserFactory(role="finance", language="en")
    run = finished(scheduled(["en"], user)["en"])
    assert actions.tell(run.pk) == 1
    assert actions.tell(run.pk) == 0
    message = mails()[user.email]
    assert message.subject == "Report ready: Sample 2026-06"
    assert f"{settings.SITE_URL}/reports/runs/{run.pk}/" in message.payload["text"]
    assert OutboxMessage.objects.count() == 1


def test_each_subscriber_gets_the_report_of_their_language_only(sample):
    english, chinese = UserFactory(role="finance", language="en"), UserFactory(role="finance", language="zh-hans")
    silent = UserFactory(role="finance", language="")
    runs = scheduled(["zh-hans", "en"], english, chinese, silent)
    told = {}
    for language, run in runs.items():
        actions.tell(finished(run).pk)
        told[language] = set(mails()) - {address for others in told.values() for address in others}
    assert told == {"zh-hans": {chinese.email}, "en": {english.email, silent.email}}
    assert mails()[chinese.email].subject != mails()[english.email].subject


def test_a_failure_is_told_with_its_reason(sample):
    user = UserFactory(role="finance", language="en")
    run = failed(scheduled(["en"], user)["en"], "The ledger is closed.")
    actions.tell_waiting()
    assert mails()[user.email].subject == "Report failed: Sample 2026-06"
    assert "The ledger is closed." in mails()[user.email].payload["text"]
    again = actions.retry(run=run, actor=user)
    actions.tell(finished(again).pk)
    assert OutboxMessage.objects.filter(recipient=user.email).count() == 2


@pytest.mark.parametrize("change", [{"is_active": False}, {"roles": []}])
def test_who_may_no_longer_read_the_report_is_not_told(sample, change):
    user = UserFactory(role="finance", language="en")
    runs = scheduled(["en"], user)
    if "is_active" in change:
        type(user).objects.filter(pk=user.pk).update(is_active=False)
    else:
        user.groups.clear()
    assert actions.tell(finished(runs["en"]).pk) == 0
    assert not OutboxMessage.objects.exists()


def test_who_asked_is_told_when_they_wished_so(sample):
    user = UserFactory(role="finance", language="en")
    wished, silent = ask(user, mail_to_asker=True), ask(user, parameters={"fund": "B"})
    actions.tell(finished(wished).pk)
    actions.tell(finished(silent).pk)
    assert OutboxMessage.objects.filter(recipient=user.email).count() == 1


def test_an_open_run_is_told_to_nobody(sample):
    assert actions.tell(ask(mail_to_asker=True).pk) == 0


def test_only_who_may_read_the_kind_can_subscribe(sample):
    stored = schedule(JUNE)
    with pytest.raises(Exception, match="roles"):
        actions.subscribe(schedule=stored, user=UserFactory(role="applicant"))
    assert not stored.subscriptions.exists()
