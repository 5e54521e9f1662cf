"""The API of the funds part: the same rules, the same visibility, constant queries."""

from datetime import date

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from funds.models import FundPolicyBinding, LedgerEvent, PolicyDocument, Valuation
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory, InvestmentFactory

pytestmark = pytest.mark.django_db
LISTS = ["fund", "fundgroup", "investment", "ledger", "valuation", "policy", "policybinding"]
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}
WRITERS = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}


def client_of(role):
    client = APIClient()
    client.force_authenticate(UserFactory(role=role))
    return client


def event_of(holding, **facts):
    return {
        "fund": holding.fund_id, "investment": holding.pk, "kind": "INVEST", "value_date": "2024-03-01",
        "amount_fen": 100,
    } | facts  # fmt: skip


def record(holding, client=None, **facts):
    return (client or client_of(Role.FUND_OFFICER)).post(reverse("api:ledger-list"), event_of(holding, **facts))


def stock(count):
    client = client_of(Role.FUND_OFFICER)
    document = PolicyDocument.objects.get(code="CN-ZZ-2024-47")
    for _ in range(count):
        holding = InvestmentFactory()
        assert record(holding, client).status_code == 201
        Valuation.objects.create(investment=holding, valid_at=date(2024, 6, 30), fair_value_fen=7, method="NET_ASSETS")
        binding = {"document": document.pk, "fund": holding.fund_id, "valid_from": "2024-01-01"}
        assert client.post(reverse("api:policybinding-list"), binding).status_code == 201


def test_each_list_shows_the_office_everything_and_others_nothing():
    stock(1)
    for role in Role:
        client = client_of(role)
        for name in LISTS:
            page = client.get(reverse(f"api:{name}-list"))
            assert page.status_code == 200
            shown = 0 if name == "fundgroup" else 24 if name == "policy" else 1
            assert len(page.json()["results"]) == (shown if role in READERS else 0), (role, name)


@pytest.mark.parametrize("name", LISTS)
def test_lists_are_closed_to_strangers(name):
    assert APIClient().get(reverse(f"api:{name}-list")).status_code == 401


@pytest.mark.parametrize("name", LISTS)
def test_lists_cost_the_same_for_one_row_and_three(name, django_assert_num_queries):
    queries = 4 if name == "policy" else 2
    for rows in (1, 2):
        stock(rows)
        client = client_of(Role.AUDITOR)
        with django_assert_num_queries(queries):
            client.get(reverse(f"api:{name}-list"))


@pytest.mark.parametrize("role", Role)
def test_who_may_record(role):
    answer = record(InvestmentFactory(), client_of(role))
    assert answer.status_code == (201 if role in WRITERS else 403)
    assert LedgerEvent.objects.count() == (role in WRITERS)


def test_a_refusal_is_a_problem_with_code_field_and_reason():
    answer = record(InvestmentFactory(), value_date="2999-01-01")
    assert answer.headers["Content-Type"] == "application/problem+json"
    body = answer.json()
    assert (answer.status_code, body["code"]) == (422, "VALUE_DATE_IN_FUTURE")
    assert not LedgerEvent.objects.exists()


def test_a_repeated_key_records_once():
    client, holding = client_of(Role.FUND_OFFICER), InvestmentFactory()
    answers = [
        client.post(reverse("api:ledger-list"), event_of(holding), headers={"Idempotency-Key": "k-1"}).json()
        for _ in range(2)
    ]
    assert answers[0] == answers[1]
    assert LedgerEvent.objects.count() == 1


def test_an_event_is_reversed_with_its_reason():
    client, holding = client_of(Role.FUND_OFFICER), InvestmentFactory()
    event = record(holding, client).json()
    address = reverse("api:ledger-reverse", args=[event["id"]])
    assert client.post(address, {"reason": ""}).status_code == 400
    answer = client.post(address, {"reason": "typed twice"})
    assert (answer.status_code, answer.json()["reverses"], answer.json()["amount_fen"]) == (201, event["id"], -100)
    assert client.post(address, {"reason": "again"}).json()["code"] == "ALREADY_REVERSED"


def test_rows_of_the_books_cannot_be_put_or_deleted():
    client, holding = client_of(Role.ADMINISTRATOR), InvestmentFactory()
    address = reverse("api:ledger-detail", args=[record(holding, client).json()["id"]])
    assert {client.put(address, {}).status_code, client.delete(address).status_code} == {405}


def test_an_overlapping_binding_is_refused_in_words():
    client, fund = client_of(Role.FUND_OFFICER), FundFactory()
    document = PolicyDocument.objects.get(code="CN-ZZ-2024-47")
    binding = {"document": document.pk, "fund": fund.pk, "valid_from": "2024-01-01"}
    assert client.post(reverse("api:policybinding-list"), binding).status_code == 201
    assert client.post(reverse("api:policybinding-list"), binding).json()["code"] == "BINDING_OVERLAP"
    assert FundPolicyBinding.objects.get().valid_from == date(2024, 1, 1)


def test_policies_come_with_their_rules_and_flags():
    address = reverse("api:policy-list")
    (policy,) = client_of(Role.AUDITOR).get(address, {"code": "CN-HZ-SHANGCHENG-2025"}).json()["results"]
    rule = next(rule for rule in policy["rules"] if rule["code"] == "CN-HZ-SC-FUND-VC")
    assert (rule["cap_num"], rule["cap_den"], rule["special_num"], rule["status"]) == (2, 5, 3, "unverified")


def test_the_chain_is_verified_on_demand():
    holding = InvestmentFactory()
    record(holding)
    address = reverse("api:fund-verify-ledger", args=[holding.fund_id])
    assert client_of(Role.AUDITOR).get(address).json() == {"broken": []}
    assert client_of(Role.APPLICANT).get(address).status_code == 404
