"""Titles with a term: issued level by level, suspended, in force again, revoked; the register, the verification."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.calls.actions import deciding, entitling, screening
from innovation.calls.models import Entitlement
from innovation.calls.tasks import end_what_is_over
from innovation.core import transitions
from innovation.core.days import months_later
from innovation.core.forms import new_token
from innovation.core.models import OutboxMessage
from tests.calls.scenes import Office
from tests.factories.accounts import UserFactory, as_role
from tests.factories.calls import ApplicationFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.reviews import submitted_case
from tests.refusals import refused, refused_by_rule

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate
SME = {"call__process__key": "sme_certification", "call__kind": "sme_certificate"}


def titled(**facts):
    case = ApplicationFactory(state="entitled", **SME, **facts)
    return entitling.entitle(case, actor=None)


def test_three_levels_check_with_other_eyes_then_the_certificate_is_issued_with_its_term():
    office, third = Office(), UserFactory(role=Role.FUND_OFFICER)
    case = submitted_case(**SME)
    people = (office.officer, office.checker, third)
    for person, level in zip(people, ("check_county", "check_city", "check_province"), strict=True):
        screening.check_level(application_id=case.pk, level=level, actor=person)
    office.noticed(case)
    refused_by_rule("FOUR_EYES", entitling.issue, application_id=case.pk, actor=office.officer)
    title = entitling.issue(application_id=case.pk, actor=UserFactory(role=Role.FUND_OFFICER))
    assert title.valid_from == TODAY()
    assert title.valid_to == months_later(TODAY(), 36) - timedelta(days=1)
    case.refresh_from_db()
    assert case.due_on == title.valid_to
    assert title.number in case.result["title"]["label"]
    assert case.result["title"]["url"] == title.get_absolute_url()


def test_a_title_is_suspended_with_a_reason_put_in_force_again_revoked_by_two_and_expires_while_suspended():
    office, title = Office(), titled()
    act = {"entitlement_id": title.pk, "actor": office.officer}
    refused_by_rule("REASON_MISSING", entitling.suspend, **act, reason=" ")
    refused_by_rule(
        "NOT_PERMITTED", entitling.suspend, entitlement_id=title.pk, actor=UserFactory(role=Role.AUDITOR), reason="x"
    )
    MembershipFactory(user=office.checker, organisation=title.organisation)
    refused_by_rule("RELATED_PARTY", entitling.suspend, entitlement_id=title.pk, actor=office.checker, reason="x")
    done = entitling.suspend(**act, reason="复核材料未交")
    assert (done.state, done.suspended_on, done.valid_to) == ("SUSPENDED", TODAY(), title.valid_to)
    refused_by_rule("NO_SUCH_TRANSITION", entitling.suspend, **act, reason="x")
    refused("entitlement_suspended_since", lambda: Entitlement.objects.filter(pk=title.pk).update(suspended_on=None))
    refused("entitlement_suspended_since", lambda: Entitlement.objects.filter(pk=title.pk).update(state="VALID"))
    again = entitling.reinstate(**act, reason="材料已补交")
    assert (again.state, again.suspended_on) == ("VALID", None)
    assert OutboxMessage.objects.filter(key__startswith="case-title-step-").count() == 2
    entitling.suspend(**act, reason="举报核查")
    proposal = office.proposed(title.application, "revoke")
    deciding.decide(proposal_id=proposal.pk, actor=office.chair)
    title.refresh_from_db()
    assert (title.state, title.suspended_on, title.ended_on) == ("REVOKED", None, TODAY())
    assert title.end_reason == "评审结论明确"
    assert [step.event for step in transitions.steps_of(title)] == ["suspend", "reinstate", "suspend", "revoke"]
    other = titled()
    entitling.suspend(entitlement_id=other.pk, actor=office.officer, reason="x")
    Entitlement.objects.filter(pk=other.pk).update(valid_from=TODAY() - timedelta(9), valid_to=TODAY() - timedelta(1))
    assert end_what_is_over()["expired"] == 1
    other.refresh_from_db()
    assert (other.state, other.suspended_on, other.application.state) == ("EXPIRED", None, "expired")


def test_register_own_page_verification_admin_and_api_show_the_same_title(client):
    officer, title = UserFactory(role=Role.FUND_OFFICER), titled()
    colleague, anybody = MembershipFactory(organisation=title.organisation).user, Client()
    assert anybody.get("/calls/certificates/", {"number": f" {title.number.lower()} "}).url == title.get_absolute_url()
    assert (
        "No certificate has the number X-1" in anybody.get("/calls/certificates/", {"number": "x-1"}).content.decode()
    )
    page = anybody.get(title.get_absolute_url()).content.decode()
    assert title.holder in page
    assert "suspend_title" not in page
    assert anybody.get(f"{title.get_absolute_url()}pdf/").content.startswith(b"%PDF")
    client.force_login(officer)
    assert f"/calls/acts/suspend_title/{title.pk}/" in client.get(title.get_absolute_url()).content.decode()
    form = {"form_token": new_token(), "reason": "复核材料未交"}
    assert client.post(f"/calls/acts/suspend_title/{title.pk}/", form).status_code == 302
    case = client.get(f"/calls/desk/{title.application_id}/?tab=agreement").content.decode()
    assert "复核材料未交" in case
    assert f"/calls/acts/reinstate_title/{title.pk}/" in case
    assert "Suspended since" in anybody.get(title.get_absolute_url()).content.decode()
    assert "复核材料未交" not in anybody.get(title.get_absolute_url()).content.decode()
    counts = []
    for more in (0, 2):
        for _number in range(more):
            titled(call=title.application.call)
        with CaptureQueriesContext(connection) as seen:
            register = client.get("/calls/titles/", {"state": "SUSPENDED" if not more else "", "ends": ""})
        counts.append(len(seen))
    assert title.number in register.content.decode()
    assert register.context["table"].count == 3
    assert counts[0] == counts[1] < 12
    ended = client.get("/calls/titles/", {"ends": "30"})
    assert ended.context["table"].count == 0
    assert client.get(f"/admin/calls/entitlement/{title.pk}/change/").status_code == 200
    api = client.post(
        f"/api/v1/entitlements/{title.pk}/acts/reinstate_title/", {"reason": "已补交"}, "application/json"
    )
    assert api.json()["state"] == "VALID"
    for person in (title.application.created_by, colleague):
        client.force_login(person)
        assert [row["number"] for row in client.get("/api/v1/entitlements/").json()["results"]] == [title.number]
        assert client.get("/calls/titles/mine/").content.decode().count(title.holder) == 1
        assert client.post(f"/calls/acts/suspend_title/{title.pk}/", form).status_code == 403
        assert client.get("/calls/titles/").status_code == 403
    as_role(client, Role.APPLICANT)
    assert client.get("/api/v1/entitlements/").json()["results"] == []
    assert client.get(f"/calls/acts/suspend_title/{title.pk}/").status_code == 404
