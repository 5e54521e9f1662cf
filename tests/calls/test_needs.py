"""Needs of challenge calls from post to end by pages, what stands against each step, and bids held to the rules."""

import json

import pytest
from django.urls import reverse
from django.utils import timezone

from innovation.accounts.choices import Role
from innovation.accounts.demo import email_of
from innovation.calls.actions import needs
from innovation.calls.actions.submitting import submit
from innovation.calls.choices import ApplicationState, GateOutcome, NeedState
from innovation.calls.demo.needs import make_needs
from innovation.calls.models import Answer, Need, Partner
from innovation.calls.queries.bids import bid_lines, limits_reached, rule_words
from innovation.core.forms import new_token
from innovation.organisations.choices import MembershipRole
from tests.calls.scenes import Office
from tests.factories.accounts import UserFactory
from tests.factories.calls import ApplicationFactory, CallFactory
from tests.factories.organisations import MembershipFactory
from tests.factories.reviews import SubmissionFactory, form_with, submitted_case
from tests.refusals import refused, rule_refuses

pytestmark = pytest.mark.django_db
RULES = {
    "min_bids": 3, "funded": 1, "members_max": 5, "own_share_min": 50, "own_share_company": 70, "bids_per_body": 3,
    "trl": {"start_min": 3, "start_max": 6, "end_min": 7, "end_max": 9, "rise_min": 3},
}  # fmt: skip


@pytest.fixture
def cast():
    member = MembershipFactory(user=UserFactory(role=Role.APPLICANT), role=MembershipRole.LEAD)
    return member, UserFactory(role=Role.FUND_OFFICER), UserFactory(role=Role.PROGRAMME_MANAGER)


def test_a_need_from_post_to_end_by_pages(client, cast):
    member, officer, manager = cast
    owner = member.user
    call = CallFactory(process__key="challenge", rules=RULES)
    bids = [ApplicationFactory(call=call, state=ApplicationState.RANKED) for _ in range(2)]

    def act(name, who, **data):
        client.force_login(who)
        response = client.post(reverse("calls:act", args=[name, need.pk]), {"form_token": new_token(), **data})
        assert response.status_code == 302, response.content.decode()[-2000:]
        need.refresh_from_db()

    client.force_login(owner)
    text = {"title": "无余量精铸", "summary": "余量大", "targets": "公差 ±0.08\n合格率 92 %"}
    posted = {"organisation": member.organisation_id, "form_token": new_token(), **text}
    for _ in range(2):
        client.post(reverse("calls:need_new"), posted)
    need = Need.objects.get()
    client.logout()
    assert client.get(need.get_absolute_url()).status_code == 404
    act("need_check", officer, note="需求真实")
    with rule_refuses("OWNER_AGREES_FIRST"):
        needs.publish_need(need_id=need.pk, actor=manager)
    act("need_agree", owner)
    with rule_refuses("FOUR_EYES"):
        needs.publish_need(need_id=need.pk, actor=officer)
    act("need_publish", manager)
    act("need_bids", manager, call=call.pk)
    client.logout()
    page = client.get(need.get_absolute_url()).content.decode()
    assert "合格率 92 %" in page
    assert str(rule_words(call)[1]) in page.replace("&#x27;", "'")
    assert "2 of at least 3" in page
    with rule_refuses("TOO_FEW_BIDS"):
        needs.award_need(need_id=need.pk, application_id=bids[0].pk, actor=manager)
    winner = ApplicationFactory(call=call, state=ApplicationState.APPROVED)
    act("need_award", manager, application=winner.pk)
    act("need_accept", owner, note="三批合格率 93 %")
    act("need_close", manager, reason="已结算")
    assert need.state == NeedState.CLOSED
    client.logout()
    listed = client.get("/api/v1/challenge-needs/").json()["results"]
    assert [(row["title"], row["state"]) for row in listed] == [("无余量精铸", "closed")]
    assert client.post("/api/v1/challenge-needs/", "{}", content_type="application/json").status_code in {401, 403}


def test_who_may_what_and_what_the_database_refuses(client, cast):
    member, officer, _manager = cast
    facts = {"title": "甲", "summary": "乙", "targets": "丙"}
    with rule_refuses("NOT_PERMITTED"):
        needs.post_need(organisation_id=member.organisation_id, actor=officer, **facts)
    client.force_login(member.user)
    body = json.dumps({"organisation": member.organisation_id, **facts})
    made = client.post("/api/v1/challenge-needs/", body, content_type="application/json")
    assert made.status_code == 201, made.content
    need = Need.objects.get(pk=made.json()["id"])
    assert client.get(reverse("calls:act", args=["need_check", need.pk])).status_code == 403
    with rule_refuses("NOT_PERMITTED"):
        needs.check_need(need_id=need.pk, note="x", actor=member.user)
    with rule_refuses("REASON_MISSING"):
        needs.refuse_need(need_id=need.pk, reason=" ", actor=officer)
    rows = Need.objects.filter(pk=need.pk)
    refused("need_published_when_checked_and_agreed", lambda: rows.update(state=NeedState.PUBLISHED))
    refused("need_four_eyes", lambda: rows.update(published_by=officer, checked_by=officer))
    refused("need_top_positive", lambda: rows.update(top_fen=0))
    agreed = {"checked_by": officer, "agreed_at": timezone.now(), "published_by": member.user}
    refused("need_bids_with_call", lambda: rows.update(state=NeedState.BIDDING, **agreed))
    refused("need_awarded_bid", lambda: rows.update(state=NeedState.AWARDED, **agreed))


def test_a_bid_is_held_to_the_rules_in_words():
    fields = [
        {"key": key, "type": kind, "label": {"en": key, "zh": key}}
        for key, kind in (("company_leads", "yes_no"), ("partner_count", "number"), ("unfinished", "number"),
                          ("trl_start", "number"), ("trl_end", "number"))
    ]  # fmt: skip
    content = {"sections": [{"key": "all", "title": {"en": "All", "zh": "全部"}, "fields": fields}], "rules": []}
    answers = {"company_leads": True, "partner_count": "5", "unfinished": "1", "trl_start": "4", "trl_end": "6"}
    case = submitted_case(
        ApplicationState.SUBMITTED, answers=answers, call__rules=RULES, call__form=form_with(content),
        own_fen=70, requested_fen=30,
    )  # fmt: skip
    lines = {line.rule: (line.actual, line.outcome) for line in bid_lines(case)}
    assert lines["Own money at least 70 %"] == ("70.00 %", GateOutcome.MET)
    assert lines["Lead and partners at most 5"] == ("6", GateOutcome.NOT_MET)
    assert lines["Leader has fewer than 3 unfinished projects"] == ("1", GateOutcome.MET)
    assert lines["Readiness at the start: level 3–6"] == ("4", GateOutcome.MET)
    assert lines["Readiness at the end: level 7–9"] == ("6", GateOutcome.NOT_MET)
    assert lines["Readiness rises by at least 3 levels"] == ("2", GateOutcome.NOT_MET)
    assert bid_lines(submitted_case(ApplicationState.SUBMITTED)) == []
    # The organisation leads and takes part in other bids of the programme, one leader leads two of the year's bids.
    led = {"leader": {"name": "沈立"}, "unfinished": "1", "company_leads": True, "rd_expense": "0"}
    facts = {
        "call": case.call,
        "organisation": case.organisation,
        "submitted_at": timezone.now(),
        "is_exclusive": False,
    }
    for leader in ("沈立", "沈立", "别人"):
        submitted_case(ApplicationState.IN_REVIEW, answers={**led, "leader": {"name": leader}}, **facts)
    elsewhere = ApplicationFactory(call=case.call, state=ApplicationState.IN_REVIEW, submitted_at=timezone.now())
    Partner.objects.create(
        application=elsewhere, organisation=case.organisation, name="x", email="x@x.example", state="ACCEPTED"
    )
    late = Office().active(due_in=-1, organisation=case.organisation)
    SubmissionFactory(application=late, answers=led)
    assert {line.rule: line.actual for line in limits_reached(case, led)} == {
        "At most 3 bids of one organisation": "5",
        "Projects of the leader that were overdue this year: fewer than 1": "1",
        "At most 2 bids of one leader in a year": "3",
    }
    draft = ApplicationFactory(**facts | {"submitted_at": None})
    Answer.objects.create(application=draft, key="rd_expense", value="0", saved_by=draft.created_by)
    with rule_refuses("BID_LIMITS"):
        submit(application_id=draft.pk, actor=draft.created_by, declared=True)


def test_the_demonstration_shows_needs_on_their_way():
    for role in (Role.FUND_OFFICER, Role.PROGRAMME_MANAGER):
        UserFactory(role=role, email=email_of(role))
    owner = UserFactory(role=Role.APPLICANT, email=email_of(Role.APPLICANT))
    MembershipFactory(user=owner, role=MembershipRole.LEAD)
    CallFactory(process__key="challenge", rules=RULES)
    make_needs()
    make_needs()
    assert list(Need.objects.order_by("pk").values_list("state", flat=True)) == ["collected", "checked", "bidding"]
