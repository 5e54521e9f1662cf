"""From group to fund to company and back: each level answers for the same two times, each figure opens its funds."""

import re

import pytest
from django.urls import reverse

from innovation.accounts.choices import Role
from tests.factories.accounts import as_role
from tests.funds import scenes

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
AS_OF = f"as_of={scenes.TIMES['as_of']}"


def links(text, start):
    """The addresses on a page that begin so, as a browser reads them."""
    return [found.replace("&amp;", "&") for found in re.findall(r'href="([^"]+)"', text) if found.startswith(start)]


def test_the_two_times_go_down_from_group_to_company_and_back(client):
    fund = scenes.fund_exceeded()
    group = scenes.group_of(fund, scenes.fund_within())
    as_role(client, Role.PROGRAMME_MANAGER)
    tolerance, holding = reverse("funds:tolerance"), fund.investments.first()
    steps = (
        (tolerance, {}, f"{tolerance}?scope=group-{group.pk}"),
        (tolerance, {"scope": f"group-{group.pk}"}, f"{tolerance}?scope=fund-{fund.pk}"),
        (tolerance, {"scope": f"fund-{fund.pk}"}, reverse("funds:holding", args=[holding.pk])),
        (reverse("funds:holding", args=[holding.pk]), {}, reverse("funds:company", args=[holding.company_id])),
        # and back
        (reverse("funds:holding", args=[holding.pk]), {}, reverse("funds:fund", args=[fund.pk])),
        (tolerance, {"scope": f"fund-{fund.pk}"}, f"{tolerance}?as_of"),
    )
    for address, query, onward in steps:
        text = client.get(address, query | scenes.TIMES, headers=ENGLISH).text
        found = links(text, onward)
        assert any(AS_OF in link and "known_at=" in link for link in found), (address, query, onward, found)
        assert client.get(next(link for link in found if AS_OF in link)).status_code == 200


def test_each_figure_of_the_overview_opens_the_funds_that_it_counts(client):
    over, within, unknown = scenes.fund_exceeded(), scenes.fund_within(), scenes.fund_of_unknown_cap()
    as_role(client, Role.AUDITOR)
    page = client.get(reverse("funds:tolerance"), scenes.TIMES, headers=ENGLISH)
    addresses = {link for link in links(page.text, reverse("funds:tolerance")) if "funds-only" in link}
    assert len(addresses) == 4
    listed = {}
    for address in addresses:
        assert AS_OF in address
        shown = client.get(address).context["tables"]["funds"].ordered()
        listed[re.search(r"funds-only=(\w+)", address)[1]] = {line.name for line in shown}
    assert listed["above"] == {over.name}
    assert unknown.name in listed["untested"]
    assert within.name not in listed["above"] | listed["untested"]
