"""Funds side by side: the same figures as on their own pages, in constant statements, for those who see funds."""

from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse

from funds.actions.terms import record_tier
from funds.queries.compare import candidates, compare
from funds.queries.performance import Cut, performance
from funds.queries.questions import Target
from funds.queries.sums import Moment
from funds.queries.tolerance import evaluate
from innovation.accounts.choices import Role
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import FundFactory
from tests.funds import scenes
from tests.funds.test_work import alert

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
AT = Moment(scenes.DAY, scenes.KNOWN)
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}


def page(client, *funds, **asked):
    query = {"fund": [fund.pk for fund in funds]} | scenes.TIMES | asked
    return client.get(reverse("funds:compare"), query, headers=ENGLISH)


def cells(response, label):
    (row,) = [row for row in response.context["table"].rows if str(row.label) == label]
    return [cell.text for cell in row.cells]


@pytest.mark.parametrize("role", Role)
def test_who_compares(client, role):
    as_role(client, role)
    assert page(client, FundFactory()).status_code == (200 if role in READERS else 403)


def test_each_figure_is_that_of_the_funds_own_page_and_opens_it(client):
    within, over, unlimited = scenes.fund_within(), scenes.fund_exceeded(), scenes.fund_without_limit()
    alert(over)
    as_role(client, Role.AUDITOR)
    shown = page(client, over, within, unlimited)
    names = [str(column.label) for column in shown.context["table"].columns][2:]
    order = sorted((within, over, unlimited), key=lambda fund: fund.code)
    assert names == [fund.name for fund in order]
    found = {each.fund.pk: each for each in shown.context["found"]}
    for fund in order:
        mine, own = found[fund.pk], evaluate(Target.of_fund(fund), AT.as_of, AT.known_at)
        assert mine.tolerance.main.rate.rate == own.main.rate.rate
        (line,) = [line for line in performance(AT, curve=False).of(Cut.FUND) if line.key == fund.pk]
        assert (mine.line.net, mine.line.multiples, mine.line.nav) == (line.net, line.multiples, line.nav)
    at = [fund.pk for fund in order].index(over.pk)
    assert cells(shown, "Loss rate")[at] == "50.0\u202f%"
    assert cells(shown, "Cap in effect")[at] == "40.0\u202f%"
    assert cells(shown, "Headroom in points")[at] == "−10.0 points"
    assert cells(shown, "Open alerts")[at] == "1"
    assert cells(shown, "Cap in effect")[[fund.pk for fund in order].index(unlimited.pk)] == ""
    for row in shown.context["table"].rows:
        for cell in row.cells:
            assert f'href="{cell.href}"'.replace("&", "&amp;") in shown.text or not cell.text
    for address in {cell.href for row in shown.context["table"].rows for cell in row.cells}:
        assert client.get(address).status_code == 200, address
    sheet = page(client, over, within, export="csv")
    assert "50.0" in b"".join(sheet.streaming_content).decode("utf-8-sig")


def test_a_group_stands_side_by_side_and_no_more_than_six(client):
    funds = [scenes.fund_within() for _number in range(2)]
    group = scenes.group_of(*funds)
    as_role(client, Role.PROGRAMME_MANAGER)
    shown = page(client, group=group.pk)
    assert {each.fund.pk for each in shown.context["found"]} == {fund.pk for fund in funds}
    many = [FundFactory() for _number in range(7)]
    shown = page(client, *many)
    assert len(shown.context["found"]) == 6
    assert "At most 6 funds stand side by side" in shown.text
    assert "No fund is chosen" in page(client).text
    assert "No fund is chosen" in page(client, fund="x").text
    assert candidates(UserFactory(role=Role.APPLICANT), AT, funds=[many[0].pk]).count() == 0


def test_lists_of_funds_hold_the_boxes(client):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    for name in ("funds:funds", "funds:performance"):
        text = client.get(reverse(name), headers=ENGLISH).text
        assert f'name="fund" value="{fund.pk}" form="compare"' in text, name
        assert 'id="compare"' in text, name


def test_it_costs_the_same_for_one_fund_and_three(client, django_assert_max_num_queries):
    funds = [scenes.fund_within(), scenes.fund_exceeded(), scenes.fund_mixed()]
    as_role(client, Role.AUDITOR)
    record_tier(
        fund_id=funds[2].pk, position=2, kind="PROFIT_SPLIT", manager=Fraction(1, 5), valid_from=date(2020, 1, 1),
        actor=UserFactory(role=Role.FUND_OFFICER),
    )  # fmt: skip
    page(client, *funds)
    counts = []
    # Three of them know the visitor, four load the returns, three the carry, four the tolerance, one the funds.
    for chosen in (funds[:1], funds):
        with django_assert_max_num_queries(15) as queries:
            assert page(client, *chosen).status_code == 200
        counts.append(len(queries))
    assert counts[0] == counts[1]
    assert [each.holdings for each in compare(candidates(UserFactory(role=Role.AUDITOR), AT, funds=[funds[1].pk]), AT)]
