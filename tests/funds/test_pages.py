"""The manager's pages: who opens them, what they say in each state, and that figures equal the rows behind them."""

import pytest
from django.urls import reverse

from funds.models import FundGroup
from innovation.accounts.choices import Role
from tests.factories.accounts import as_role
from tests.funds import scenes

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}


def page(client, **query):
    return client.get(reverse("funds:tolerance"), scenes.TIMES | query, headers={"accept-language": "en"})


def text(response) -> str:
    return response.content.decode()


@pytest.mark.parametrize("role", [*Role, None])
def test_who_opens_what(client, role):
    fund = scenes.fund_within()
    holding = fund.investments.first()
    group = scenes.group_of(fund)
    document = fund.policy_bindings.get().document
    addresses = [
        reverse("funds:funds"),
        reverse("funds:tolerance"),
        reverse("funds:tolerance") + f"?scope=fund-{fund.pk}",
        reverse("funds:tolerance") + f"?scope=group-{group.pk}",
        reverse("funds:tolerance") + f"?scope=project-{holding.pk}",
        reverse("funds:fund", args=[fund.pk]),
        reverse("funds:ledger", args=[fund.pk]),
        reverse("funds:holding", args=[holding.pk]),
        reverse("funds:policies"),
        reverse("funds:policy", args=[document.pk]),
    ]
    as_role(client, role)
    expected = 200 if role in READERS else 302 if role is None else 403
    assert {address: client.get(address).status_code for address in addresses} == dict.fromkeys(addresses, expected)


@pytest.mark.parametrize(
    ("scene", "words"),
    [
        (scenes.fund_within, "loss rate 10.0\u202f%, cap 40.0\u202f%, 30.0 points left"),
        (scenes.fund_exceeded, "loss rate 50.0\u202f%, 10.0 points above the cap of 40.0\u202f%"),
        (scenes.fund_of_unknown_cap, "loss rate 5.0\u202f%; its policy sets a cap whose value is not known"),
        (scenes.fund_without_limit, "loss rate 70.0\u202f%; its policy sets no cap"),
        (scenes.venture, "nothing was invested by this day"),
    ],
)
def test_each_state_is_told_in_words(client, scene, words):
    fund = scene()
    as_role(client, Role.PROGRAMME_MANAGER)
    body = text(page(client, scope=f"fund-{fund.pk}"))
    assert f'result-sentence">{words}' in body
    assert f"<h1>{fund.name_en}</h1>" in body


def test_what_does_not_exist_is_not_found(client):
    as_role(client, Role.AUDITOR)
    for scope in ("fund-999", "group-999", "project-999", "fund-", "city-1"):
        assert page(client, scope=scope).status_code == 404, scope
    assert FundGroup.objects.count() == 0
