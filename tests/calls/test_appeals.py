"""Appeals: within their days, answered by somebody who had no part in the refusal, with the case taken back or not."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.calls.actions import appealing, screening
from innovation.calls.choices import AppealState, ApplicationState
from innovation.calls.models import Appeal, Application
from innovation.calls.queries.appeals import appeal_until, refusal_of
from innovation.core.forms import new_token
from innovation.core.models import OutboxMessage
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory
from tests.refusals import refused, rule_refuses

pytestmark = pytest.mark.django_db


@pytest.fixture
def refused_case():
    """A case that an officer refused at the check, in a process that can take it back."""
    case = ApplicationFactory(state=ApplicationState.SUBMITTED)
    officer = UserFactory(role=Role.FUND_OFFICER)
    screening.check_fail(application_id=case.pk, reasons={}, text="不在支持领域内", actor=officer)
    return Application.objects.get(pk=case.pk), officer


def examine(appeal, actor, *, upheld, reason="重新核对", **more):
    return appealing.examine_appeal(appeal_id=appeal.pk, upheld=upheld, reason=reason, actor=actor, **more)


def test_from_refusal_to_a_case_that_is_taken_back_by_pages(client, refused_case):
    case, _officer = refused_case
    lead = case.created_by
    until = appeal_until(case, refusal_of(case))
    client.force_login(lead)
    page = client.get(case.get_absolute_url()).content.decode()
    assert "不在支持领域内" in page
    assert f"{until:%Y-%m-%d}" in page
    assert '<svg role="img"' in page
    address = reverse("calls:act", args=["appeal", case.pk])
    for _ in range(2):
        client.post(address, {"text": "属于新材料领域，见第三部分", "form_token": new_token()})
    appeal = Appeal.objects.get()
    assert appeal.against == ApplicationState.INELIGIBLE
    assert f"{appeal.due_on:%Y-%m-%d}" in client.get(case.get_absolute_url()).content.decode()

    manager = UserFactory(role=Role.PROGRAMME_MANAGER)
    client.force_login(manager)
    assert str(case) in client.get(reverse("calls:appeals")).content.decode()
    assert "新材料领域" in client.get(reverse("calls:case", args=[case.pk]) + "?tab=appeals").content.decode()
    mails = OutboxMessage.objects.filter(recipient=lead.email).count()
    answer = {"upheld": "yes", "reason": "确属新材料", "form_token": new_token()}
    assert client.post(reverse("calls:act", args=["examine_appeal", appeal.pk]), answer).status_code == 302
    case.refresh_from_db()
    appeal.refresh_from_db()
    assert (case.state, appeal.state, appeal.examined_by) == (ApplicationState.SUBMITTED, AppealState.UPHELD, manager)
    assert OutboxMessage.objects.filter(recipient=lead.email).count() == mails + 1
    client.force_login(lead)
    assert "确属新材料" in client.get(case.get_absolute_url()).content.decode()


def test_who_may_appeal_and_who_may_answer(refused_case):
    case, officer = refused_case
    manager = UserFactory(role=Role.PROGRAMME_MANAGER)
    with rule_refuses("NOT_PERMITTED"):
        appealing.appeal(application_id=case.pk, text="x", actor=manager)
    with rule_refuses("REASON_MISSING"):
        appealing.appeal(application_id=case.pk, text=" ", actor=case.created_by)
    appeal = appealing.appeal(application_id=case.pk, text="理由", actor=case.created_by)
    with rule_refuses("APPEALED_ALREADY"):
        appealing.appeal(application_id=case.pk, text="另一理由", actor=case.created_by)
    with rule_refuses("NOT_PERMITTED"):
        examine(appeal, officer, upheld=False)
    both = UserFactory(roles=[Role.FUND_OFFICER, Role.PROGRAMME_MANAGER])
    Application.objects.filter(pk=case.pk).update(officer=both)
    with rule_refuses("FOUR_EYES"):
        examine(appeal, both, upheld=False)
    with rule_refuses("REASON_MISSING"):
        examine(appeal, manager, upheld=False, reason=" ")
    examine(appeal, manager, upheld=False)
    case.refresh_from_db()
    assert case.state == ApplicationState.INELIGIBLE
    with rule_refuses("NOT_OPEN"):
        examine(appeal, manager, upheld=True)
    with rule_refuses("NOT_REFUSED"):
        other = ApplicationFactory(state=ApplicationState.SUBMITTED)
        appealing.appeal(application_id=other.pk, text="x", actor=other.created_by)


def test_an_appeal_that_is_late_is_refused(refused_case, monkeypatch):
    case, _officer = refused_case
    after = appeal_until(case, refusal_of(case)) + timedelta(days=1)
    monkeypatch.setattr(timezone, "localdate", lambda *value: after)
    monkeypatch.setattr(appealing, "appeal_until", lambda case, step: after - timedelta(days=1))
    with rule_refuses("APPEAL_LATE"):
        appealing.appeal(application_id=case.pk, text="x", actor=case.created_by)


def test_a_process_without_a_way_back_needs_a_remedy():
    case = ApplicationFactory(state=ApplicationState.SUBMITTED, call__process__key="patent_membership")
    officer = UserFactory(role=Role.PATENT_OFFICER)
    screening.check_fail(application_id=case.pk, reasons={}, text="缺权属证明", actor=officer)
    appeal = appealing.appeal(application_id=case.pk, text="证明在附件二", actor=case.created_by)
    manager = UserFactory(role=Role.PROGRAMME_MANAGER)
    with rule_refuses("REMEDY_MISSING"):
        examine(appeal, manager, upheld=True)
    done = examine(appeal, manager, upheld=True, remedy="可在 10 个工作日内重新申报")
    case.refresh_from_db()
    assert (done.state, case.state) == (AppealState.UPHELD, ApplicationState.INELIGIBLE)
    assert OutboxMessage.objects.filter(key__startswith=f"case-appeal-{appeal.pk}").count() == 1


def test_the_api_and_what_the_database_refuses(client, refused_case):
    case, _officer = refused_case
    client.force_login(case.created_by)
    asked = json.dumps({"application": case.pk, "text": "理由"})
    made = client.post("/api/v1/application-appeals/", asked, content_type="application/json")
    assert made.status_code == 201, made.content
    own = f"/api/v1/application-appeals/{made.json()['id']}/"
    assert list(client.get(f"{own}acts/").json()["acts"]) == ["withdraw_appeal"]
    client.force_login(UserFactory(role=Role.APPLICANT))
    assert client.get(own).status_code == 404
    rows = Appeal.objects.filter(pk=made.json()["id"])
    refused("case_appeal_answer_has_reason", lambda: rows.update(state=AppealState.UPHELD))
    refused("case_appeal_against_refusal", lambda: rows.update(against=ApplicationState.ACTIVE))
    refused("case_appeal_has_grounds", lambda: rows.update(text=""))
    answer = {"state": AppealState.DISMISSED, "reason": "x", "examined_at": timezone.now()}
    refused("case_appeal_answered_by_another", lambda: rows.update(examined_by=case.created_by, **answer))
