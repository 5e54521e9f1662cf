"""The pages, the API and the office of matching: one way through each door, and who is kept out."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from innovation.accounts.choices import Role
from innovation.core import jobs
from talent.actions import matching
from talent.choices.matching import MandateState
from talent.models import ConflictDeclaration, Demand, Mandate, MatchProfile, MatchRun
from tests.factories.accounts import UserFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.talent_matching import (
    DemandFactory,
    MandateFactory,
    MatchProfileFactory,
    TechnologyFactory,
    declared_none,
)

pytestmark = pytest.mark.django_db
TODAY = timezone.localdate()


@pytest.fixture
def officer():
    return UserFactory(role=Role.TALENT_OFFICER)


def page(client, user, name, *args):
    client.force_login(user)
    return client.get(reverse(f"talent:{name}", args=args))


def post(client, user, name, *args, **data):
    """Fill in the form of a page and send it."""
    client.force_login(user)
    address = reverse(f"talent:{name}", args=args)
    shown = client.get(address)
    assert shown.status_code == 200, (name, shown.status_code)
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', shown.text))
    return client.post(address, hidden | data)


def solved(officer):
    run = matching.ask_matching(role_kind="tech_manager", actor=officer)
    jobs.run(MatchRun, run.pk, matching.match_people)
    run.refresh_from_db()
    return run


def test_the_way_through_the_pages(client, officer):
    owner = OrganisationFactory()
    profile = MatchProfileFactory(person__with_account=True)
    user = profile.person.user
    technology = TechnologyFactory()
    facts = {
        "code": "D-1", "name_zh": "需求", "kind": "technology", "role_kind": "tech_manager",
        "organisation": owner.uscc or owner.name_zh, "technology": technology.pk, "skills": ["law"], "level": 2,
        "load": 2, "starts_on": TODAY, "ends_on": TODAY + timedelta(days=90),
    }  # fmt: skip
    assert post(client, officer, "demand_new", **facts).status_code == 302
    demand = Demand.objects.get()
    assert post(client, officer, "demand_edit", demand.pk, **facts | {"load": 3}).status_code == 302
    assert post(client, officer, "demand_edit", demand.pk, **facts | {"load": 9}).status_code == 422
    shown = page(client, officer, "demand", demand.pk).text
    assert "Nobody serves it" in shown
    assert owner.name in page(client, user, "offer").text
    post(client, user, "offer_interest", organisation=facts["organisation"], source="none")
    post(client, user, "offer_edit", is_open="on", skills=["law", "market"], capacity_points=6)
    post(client, user, "offer_period", valid_from=TODAY + timedelta(days=400),
         valid_to=TODAY + timedelta(days=401), points=0)  # fmt: skip
    period = MatchProfile.objects.get().periods.get()
    post(client, user, "offer_period_remove", period.pk)
    assert not MatchProfile.objects.get().periods.exists()
    asked = post(client, officer, "match_ask", role_kind="tech_manager", day=TODAY, objective="leximin",
                 change_penalty=0, seconds=30)  # fmt: skip
    run = MatchRun.objects.get()
    assert asked.url == run.get_absolute_url()
    assert "progress" in client.get(asked.url).text
    jobs.run(MatchRun, run.pk, matching.match_people)
    assert page(client, officer, "match_progress", run.pk)["HX-Refresh"] == "true"
    text = client.get(asked.url).text
    assert "D-1" in text
    assert "Gini of load" in text
    proposal = run.proposals.get()
    assert "Skills covered" in page(client, officer, "match_proposal", proposal.pk).text
    assert post(client, officer, "match_confirm", proposal.pk, engagement="intermediary").status_code == 302
    mandate = Mandate.objects.get()
    assert "Skills covered" in page(client, user, "mandate", mandate.pk).text
    post(client, user, "mandate_object", mandate.pk, text="My sector is missing.")
    post(client, officer, "mandate_answer", mandate.pk, text="It counts from today.")
    assert "It counts from today." in page(client, user, "mandate", mandate.pk).text
    assert page(client, officer, "mandate_step", mandate.pk, "accept").status_code == 404
    post(client, user, "mandate_step", mandate.pk, "accept")
    post(client, officer, "mandate_step", mandate.pk, "agree")
    post(client, officer, "mandate_step", mandate.pk, "end", reason="Sold")
    post(client, officer, "mandate_outcome", mandate.pk, occasion="end", achieved=80, text="Sold.")
    assert "80 %" in page(client, officer, "mandate", mandate.pk).text
    post(client, officer, "demand_close", demand.pk)
    assert Demand.objects.get().state == "closed"


def test_an_officer_overrides_and_proposes_by_hand(client, officer):
    one, other = MatchProfileFactory(), MatchProfileFactory()
    demand = DemandFactory()
    for profile in (one, other):
        declared_none(profile, demand)
    proposal = solved(officer).proposals.get()
    post(client, officer, "match_set_aside", proposal.pk, reason="Knows the firm", instead=proposal.next_best_id)
    lead = Mandate.objects.get()
    assert lead.by_hand
    assert "overridden by hand" in page(client, officer, "match_proposal", proposal.pk).text
    post(client, officer, "demand_propose", demand.pk, person=proposal.person_id, role="member",
         engagement="managing", reason="Covers the law")  # fmt: skip
    assert Mandate.objects.count() == 2


ALL = {"demands", "mandates", "match_runs", "demand", "match_run", "match_proposal", "mandate"}
LISTS = ("demands", "mandates", "match_runs")


@pytest.mark.parametrize(
    ("role", "allowed"),
    [
        (
            Role.TALENT_OFFICER,
            {"demands", "mandates", "match_runs", "demand", "match_run", "match_proposal", "mandate"},
        ),
        (Role.AUDITOR, {"demands", "mandates", "match_runs", "demand", "match_run", "match_proposal", "mandate"}),
        (Role.PROGRAMME_MANAGER, {"demands", "mandates", "demand", "mandate"}),
        (Role.FUND_OFFICER, {"mandates"}),
        (Role.APPLICANT, {"mandates"}),
    ],
)
@pytest.mark.usefixtures("undrawn")
def test_who_sees_which_page(client, officer, role, allowed):
    profile, demand = MatchProfileFactory(), DemandFactory()
    declared_none(profile, demand)
    run = solved(officer)
    proposal = run.proposals.get()
    mandate = matching.confirm(proposal_id=proposal.pk, actor=officer)
    user = UserFactory(role=role)
    records = {"demand": demand, "match_run": run, "match_proposal": proposal, "mandate": mandate}
    seen = {name for name in LISTS if page(client, user, name).status_code == 200}
    seen |= {name for name, row in records.items() if page(client, user, name, row.pk).status_code == 200}
    assert seen == allowed
    writes = [("match_ask",), ("demand_new",), ("match_confirm", proposal.pk), ("demand_close", demand.pk),
              ("mandate_outcome", mandate.pk), ("demand_propose", demand.pk), ("technology_new",)]  # fmt: skip
    may = {page(client, user, *write).status_code == 200 for write in writes}
    assert may == {role == Role.TALENT_OFFICER}


def test_lists_take_the_same_queries_for_one_row_and_three(client, officer):
    def count(name):
        page(client, officer, name)
        with CaptureQueriesContext(connection) as queries:
            assert page(client, officer, name).status_code == 200
        return len(queries)

    MandateFactory()
    first = {name: count(name) for name in LISTS}
    MandateFactory.create_batch(2)
    assert {name: count(name) for name in LISTS} == first


def test_the_api_takes_the_same_ways(client, officer, settings):
    profile = MatchProfileFactory(person__with_account=True)
    demand = DemandFactory()
    user = profile.person.user

    def call(who, name, data=None, pk=None, act=None):
        client.force_login(who)
        address = reverse(f"api:{name}-{act or ('detail' if pk else 'list')}", args=[pk] if pk else [])
        if data is None:
            return client.get(address)
        return client.post(address, data, content_type="application/json")

    assert call(user, "talentdemand").json()["results"] == []
    told = {"person": profile.person_id, "organisation": demand.organisation_id, "source": "none"}
    assert call(user, "conflictdeclaration", told).status_code == 201
    assert call(UserFactory(role=Role.APPLICANT), "conflictdeclaration", told).status_code == 403
    asked = call(officer, "matchrun", {"role_kind": "tech_manager"})
    assert asked.status_code == 201
    jobs.run(MatchRun, asked.json()["id"], matching.match_people)
    assert call(officer, "matchrun", pk=asked.json()["id"]).json()["served"] == 1
    assert call(user, "matchrun").json()["results"] == []
    proposal = call(officer, "matchproposal").json()["results"][0]
    assert call(user, "matchproposal", {}, proposal["id"], "confirm").status_code in {403, 404}
    mandate = call(officer, "matchproposal", {"engagement": "managing"}, proposal["id"], "confirm").json()
    assert call(user, "mandate", {"event": "accept"}, mandate["id"], "step").json()["state"] == MandateState.BY_PERSON
    refused = call(user, "mandate", {"event": "agree"}, mandate["id"], "step")
    assert refused.json()["code"] == "NOT_PERMITTED"
    assert call(officer, "mandate", {"event": "agree"}, mandate["id"], "step").json()["state"] == MandateState.ACTIVE
    assert call(officer, "mandate", {"event": "deliver"}, mandate["id"], "step").status_code == 200
    outcome = {"mandate": mandate["id"], "occasion": "end", "achieved": 90, "text": "Sold"}
    assert call(user, "mandateoutcome", outcome).status_code == 403
    assert call(officer, "mandateoutcome", outcome).status_code == 201
    own = {"person": profile.person_id, "capacity_points": 4}
    assert call(user, "matchprofile", own).json()["capacity_points"] == 4


def test_the_office_acts_by_the_same_rules(client, officer):
    profile, demand = MatchProfileFactory(), DemandFactory()
    client.force_login(officer)

    def act(record, name, **data):
        model = type(record)._meta.model_name
        return client.post(reverse(f"admin:talent_{model}_act", args=[record.pk, name]), data)

    add = reverse("admin:talent_conflictdeclaration_add")
    told = {"person": profile.person_id, "organisation": demand.organisation_id, "source": "none", "note": ""}
    assert client.post(add, told).status_code == 302
    run = solved(officer)
    act(run.proposals.get(), "confirm", engagement="managing")
    mandate = Mandate.objects.get()
    act(mandate, "agree")
    assert client.post(add, told | {"source": "equity"}).status_code == 302
    mandate.refresh_from_db()
    assert mandate.state == MandateState.SUSPENDED
    act(ConflictDeclaration.objects.get(source="equity"), "clear", reason="Sold")
    act(mandate, "resume", reason="Cleared")
    act(mandate, "deliver")
    mandate.refresh_from_db()
    assert mandate.state == MandateState.DELIVERED
    for row in (profile, demand, run, run.proposals.get(), mandate, TechnologyFactory()):
        name = row._meta.model_name
        assert client.get(reverse(f"admin:talent_{name}_changelist")).status_code == 200
        assert client.get(reverse(f"admin:talent_{name}_change", args=[row.pk])).status_code == 200
    for name in ("mandate", "matchrun", "demand", "matchprofile"):
        assert client.get(reverse(f"admin:talent_{name}_add")).status_code == 200


def test_pages_are_whole_in_chinese(client, officer):
    profile, demand = MatchProfileFactory(), DemandFactory(technology=TechnologyFactory())
    declared_none(profile, demand)
    run = solved(officer)
    client.force_login(officer)
    client.cookies["django_language"] = "zh-hans"
    for address in (run.get_absolute_url(), run.proposals.get().get_absolute_url(), demand.get_absolute_url()):
        text = client.get(address).text
        body = re.sub(r"<[^>]+>", " ", text[text.index("<main") :])
        assert not re.findall(r"\b(?:the|of|and|Fit|Demand|Owner|Skills)\b", body), address
    with override("zh-hans"):
        assert str(MandateState.PROPOSED.label) != "Proposed"
