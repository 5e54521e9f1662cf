"""Proposals, decisions and agreements in the API: the same rules, the same visibility, constant queries."""

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from rest_framework.test import APIClient

from funds.actions.agreements import Promise
from funds.models import Deal, Decision, LedgerEvent, Tranche
from innovation.accounts.choices import Role
from tests.factories import deals
from tests.factories.accounts import UserFactory
from tests.factories.deals import PDF, WAN
from tests.factories.funds import CompanyFactory, FundFactory

pytestmark = pytest.mark.django_db
LISTS = ["paper", "deal", "diligenceitem", "committee", "decision", "agreement", "tranche", "monitoringnote"]
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}


def client_of(role, user=None):
    client = APIClient()
    client.force_authenticate(user or UserFactory(role=role))
    return client


def stock(count):
    for _ in range(count):
        deal = deals.approved_deal()
        deals.signed(deal)
        deals.paper(deal.lead)
        note = {"investment": deal.investment_id, "kind": "VISIT", "rating": "WATCH", "text": "seen"}
        answer = client_of(None, deal.lead).post(reverse("api:monitoringnote-list"), note)
        assert answer.status_code == 201


def test_each_list_shows_the_office_everything_and_others_nothing():
    stock(1)
    for role in Role:
        client = client_of(role)
        for name in LISTS:
            page = client.get(reverse(f"api:{name}-list"))
            shown = 8 if name == "diligenceitem" else 1
            assert len(page.json()["results"]) == (shown if role in READERS else 0), (role, name)


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_closed_to_strangers(name):
    assert APIClient().get(reverse(f"api:{name}-list")).status_code == 401


def test_lists_cost_the_same_for_one_row_and_three(django_assert_num_queries):
    for rows in (1, 2):
        stock(rows)
        for name in LISTS:
            client = client_of(Role.AUDITOR)
            with django_assert_num_queries({"decision": 4, "committee": 3}.get(name, 2)):
                client.get(reverse(f"api:{name}-list"))


def test_a_proposal_goes_all_the_way():
    officer = client_of(Role.FUND_OFFICER)
    fund, company, committee = FundFactory(), CompanyFactory(), deals.committee()
    made = officer.post(
        reverse("api:deal-list"),
        {"fund": fund.pk, "company": company.pk, "stage": "angel", "instrument": "COMMON", "amount_fen": 500 * WAN,
         "summary": "Sound", "risks": "Few"},
    )  # fmt: skip
    assert made.status_code == 201, made.json()
    pk = made.json()["id"]
    assert officer.post(reverse("api:deal-begin", args=[pk])).json()["state"] == "DILIGENCE"
    refused = officer.post(reverse("api:deal-propose", args=[pk]))
    assert (refused.status_code, refused.json()["code"]) == (422, "DILIGENCE_OPEN")
    for item in Deal.objects.get(pk=pk).items.all():
        answer = officer.patch(reverse("api:diligenceitem-detail", args=[item.pk]), {"state": "CLEAR"})
        assert answer.status_code == 200
    paper = officer.post(
        reverse("api:paper-list"), {"file": SimpleUploadedFile("a.pdf", PDF), "kind": "PROPOSAL"}, format="multipart"
    ).json()
    assert officer.post(reverse("api:deal-papers", args=[pk]), {"paper": paper["id"]}).status_code == 200
    assert officer.post(reverse("api:deal-propose", args=[pk])).json()["state"] == "PROPOSED"
    assert officer.get(reverse("api:deal-warnings", args=[pk])).json() == {"warnings": []}
    decision = {
        "deal": pk, "number": "IC 1", "met_on": str(deals.today()), "committee": committee.pk, "outcome": "APPROVED",
        "reason": "Good", "papers": [paper["id"]],
        "ballots": [{"member": f"M{n}", "choice": "FOR"} for n in range(1, 6)],
    }  # fmt: skip
    assert officer.post(reverse("api:decision-list"), decision, format="json").json()["code"] == "FOUR_EYES"
    sealed = client_of(Role.PROGRAMME_MANAGER).post(reverse("api:decision-list"), decision, format="json")
    assert sealed.status_code == 201, sealed.json()
    assert len(sealed.json()["sha256"]) == 64
    holding = sealed.json()["investment"]
    agreement = officer.post(
        reverse("api:agreement-list"),
        {"investment": holding, "decision": sealed.json()["id"], "number": "A", "signed_on": str(deals.today()),
         "instrument": "COMMON", "amount_fen": 500 * WAN, "share_num": 1, "share_den": 8,
         "promises": [{"amount_fen": 500 * WAN, "condition": "Prototype"}]},
        format="json",
    )  # fmt: skip
    assert agreement.status_code == 201, agreement.json()
    tranche = Tranche.objects.get()
    met = officer.post(reverse("api:tranche-meet", args=[tranche.pk]), {"met_on": str(deals.today()), "note": "Report"})
    assert (met.status_code, met.json()["state"], met.json()["is_paid"]) == (200, "READY", False)
    pay = {"value_date": str(deals.today()), "document": "slip"}
    assert client_of(Role.FINANCE).post(reverse("api:tranche-pay", args=[tranche.pk]), pay).status_code == 201
    assert LedgerEvent.objects.get().amount_fen == 500 * WAN
    assert officer.get(reverse("api:tranche-detail", args=[tranche.pk])).json()["is_paid"]


@pytest.mark.parametrize("role", Role)
def test_who_may_open_and_decide(role):
    client, waiting, committee = client_of(role), deals.proposed_deal(), deals.committee()
    facts = deals.deal_facts()
    facts |= {"fund": facts["fund"].pk, "company": facts["company"].pk}
    opened = client.post(reverse("api:deal-list"), facts).status_code
    assert opened == (201 if role in {Role.FUND_OFFICER, Role.ADMINISTRATOR} else 403)
    decision = {
        "deal": waiting.pk, "number": "N", "met_on": str(deals.today()), "committee": committee.pk,
        "outcome": "REJECTED", "reason": "No",
        "ballots": [{"member": f"M{n}", "choice": "AGAINST"} for n in range(1, 6)],
    }  # fmt: skip
    decided = client.post(reverse("api:decision-list"), decision, format="json").status_code
    allowed = role in {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
    assert decided == (201 if allowed else 403)
    assert Decision.objects.exists() is allowed


def test_a_tranche_is_given_up_and_a_proposal_withdrawn_with_reason():
    deal = deals.approved_deal()
    agreement = deals.signed(deal, Promise(100 * WAN, "Later"))
    client = client_of(Role.FUND_OFFICER)
    address = reverse("api:tranche-give-up", args=[agreement.tranches.get().pk])
    assert client.post(address, {}).status_code == 400
    assert client.post(address, {"reason": "missed"}).json()["state"] == "CANCELLED"
    waiting = deals.proposed_deal()
    answer = client.post(reverse("api:deal-withdraw", args=[waiting.pk]), {"reason": "other investor"})
    assert answer.json()["state"] == "WITHDRAWN"


def test_sealed_and_signed_rows_cannot_be_put_or_deleted():
    stock(1)
    client = client_of(Role.ADMINISTRATOR)
    for name in ("decision", "agreement", "monitoringnote", "paper", "tranche"):
        pk = client.get(reverse(f"api:{name}-list")).json()["results"][0]["id"]
        address = reverse(f"api:{name}-detail", args=[pk])
        assert {client.put(address, {}).status_code, client.delete(address).status_code} == {405}
