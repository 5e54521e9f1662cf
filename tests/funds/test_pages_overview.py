"""The overview of all funds and groups, and what the start page shows of it."""

from fractions import Fraction

import pytest
from django.urls import reverse

from funds.choices.records import FundClass
from funds.models import SpecialTierApproval
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import FundFactory
from tests.funds import scenes
from tests.funds.reading import page, text

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}


def overview_lines(response) -> dict:
    overview = response.context["overview"]
    return {line.name: line for line in (*overview.funds, *overview.groups)}


@pytest.mark.parametrize("role", Role)
def test_the_start_page_leads_readers_here_and_shows_what_waits(client, role):
    fund = scenes.fund_within()
    binding = fund.policy_bindings.get()
    rule = binding.document.rules.get(code="CN-HZ-SC-FUND-VC")
    SpecialTierApproval.objects.create(
        binding=binding, rule=rule, evidence="x", valid_from=scenes.DAY, requested_by=UserFactory()
    )
    user = as_role(client, role)
    body = text(client.get(reverse("home"), headers={"accept-language": "en"}))
    assert ("How much of each loss cap is used" in body) == (role in READERS)
    assert ("Special cases to decide" in body) == user.has_perm("funds.decide_special_tier")


def test_the_change_of_a_group_is_that_of_its_funds_since_a_year_before(client):
    group = scenes.group_of(scenes.fund_within(), scenes.fund_exceeded())
    as_role(client, Role.AUDITOR)
    line = overview_lines(page(client))[group.name]
    # 600 of 2,000 lost since then: both write-offs are of February 2024.
    assert (line.before, line.change) == (0, Fraction(3, 10))
    assert "+30.0 points" in line.change_text


def test_a_missing_change_gives_its_true_reason(client):
    group = scenes.group_of(scenes.fund_within())
    FundFactory(fund_class=FundClass.GRANT, name_en="Grants")
    as_role(client, Role.AUDITOR)
    lines = overview_lines(page(client, as_of="2023-06-30"))
    assert lines[group.name].why_no_change == "Nothing was invested by 2022-06-30"
    assert lines["Grants"].why_no_change == "Grant money has no loss rate."
    lines = overview_lines(page(client, as_of="2022-06-30"))
    assert lines[group.name].why_no_change == "Nothing was invested by this day."


def test_groups_above_or_near_their_cap_are_counted_beside_the_funds(client):
    fund = scenes.fund_exceeded()
    scenes.group_of(fund)
    as_role(client, Role.AUDITOR)
    response = page(client)
    overview = response.context["overview"]
    assert overview.sentence == (
        "Funds with a cap: 1, above it: 1, near it: 0; groups of funds above their cap: 0, near it: 1"
    )
    above, near = overview.figures()[:2]
    assert (str(above.label), above.value.value, str(above.note)) == ("Funds above the cap", 1, "of 1 fund with a cap")
    assert near.note == "of 1 fund with a cap; yellow warning or higher; groups of funds besides: 1"
    assert "groups of funds besides: 1" in text(response)
