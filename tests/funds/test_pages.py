"""The manager's pages: who opens them, what they say in each state, and that figures equal the rows behind them."""

from datetime import date

import pytest
from django.db import connection
from django.urls import reverse

from funds.actions.ledger import Draft
from funds.choices.ledger import EventKind
from funds.choices.records import FundClass
from funds.models import FundGroup
from innovation.accounts.choices import Role
from innovation.core import translations
from tests.factories.accounts import as_role, in_turn
from tests.factories.funds import FundFactory
from tests.funds import scenes
from tests.funds.reading import page, text

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}


@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client):
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
    for role in in_turn(client):
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


@pytest.mark.parametrize(
    ("path", "most"),
    [
        ("/funds/tolerance/", 12),
        ("/funds/tolerance/?scope=fund-{fund}", 12),
        ("/funds/tolerance/?scope=group-{group}", 12),
        ("/funds/tolerance/?scope=project-{holding}", 12),
        ("/funds/tolerance/timeline/?scope=fund-{fund}", 12),
        ("/funds/tolerance/timeline/?scope=group-{group}", 13),
        ("/funds/", 6),
        ("/funds/{fund}/", 18),
        ("/funds/{fund}/ledger/?figure=cost", 10),
        ("/funds/holdings/{holding}/", 16),
        ("/funds/policies/", 7),
    ],
)
def test_queries_are_few_and_do_not_grow(client, django_assert_max_num_queries, path, most):
    fund = scenes.fund_within()
    group = scenes.group_of(fund)
    address = path.format(fund=fund.pk, group=group.pk, holding=fund.investments.first().pk)
    as_role(client, Role.PROGRAMME_MANAGER)
    with django_assert_max_num_queries(most) as before:
        assert client.get(address).status_code == 200
    scenes.invest(fund, 300, lost=20, value=100)
    scenes.invest(fund, 200, value=500, stage="angel")
    for other in (scenes.fund_exceeded(), scenes.fund_mixed()):
        group.members.create(fund=other, valid_from="2020-01-01")
    with django_assert_max_num_queries(len(before.captured_queries)):
        assert client.get(address).status_code == 200


def test_rules_that_contradict_each_other_are_explained(client):
    fund = FundFactory(name_en="Torn Fund")
    bound = scenes.bind("CN-SC-2025-44", fund=fund)
    rule = bound.document.rules.get(code="CN-SC-FUND")
    rule.pk, rule.code = None, "CN-SC-FUND-AGAIN"
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        rule.save()
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    scenes.invest(fund, 1000, lost=100)
    as_role(client, Role.PROGRAMME_MANAGER)
    body = text(page(client, scope=f"fund-{fund.pk}"))
    assert "its policy gives no single answer" in body
    assert "Nothing is tested until staff settle which rule applies" in body


def test_grant_money_has_a_ledger_and_no_loss_rate(client):
    fund = FundFactory(fund_class=FundClass.GRANT, name_en="Grants")
    scenes.book(fund, Draft(EventKind.CALL, date(2024, 6, 1), 5 * scenes.WAN))
    as_role(client, Role.PROGRAMME_MANAGER)
    body = text(page(client, scope=f"fund-{fund.pk}"))
    assert "grant money, which has no loss rate" in body
    assert 'class="gauge"' not in body


@pytest.mark.parametrize(("language", "words"), [("en", "Loss that counts"), ("zh-hans", "计入的亏损额")])
def test_both_languages(client, language, words):
    translations.compile_all()
    fund = scenes.fund_within()
    as_role(client, Role.PROGRAMME_MANAGER)
    query = scenes.TIMES | {"scope": f"fund-{fund.pk}"}
    response = client.get(reverse("funds:tolerance"), query, headers={"accept-language": language})
    assert words in text(response)


def test_a_project_answer_never_passes_bare(client):
    fund = scenes.fund_mixed()
    holding = fund.investments.get(stage="seed")
    as_role(client, Role.AUDITOR)
    body = text(
        client.get(reverse("funds:holding", args=[holding.pk]), scenes.TIMES, headers={"accept-language": "en"})
    )
    assert "tolerable up to 100.0\u202f% if duty is proven" in body
    assert "A number alone never exempts" in body


def test_a_grant_fund_says_what_it_is_and_opens_its_ledger(client):
    fund = FundFactory(fund_class=FundClass.GRANT, name_en="Grants")
    as_role(client, Role.PROGRAMME_MANAGER)
    body = text(page(client, scope=f"fund-{fund.pk}"))
    assert "A grant fund has no holdings" in body
    assert "Record an investment" not in body
    assert f"{reverse('funds:ledger', args=[fund.pk])}?as_of=2024-06-30" in body


@pytest.mark.parametrize(
    ("theta", "words"),
    [
        ({}, "Used for the test (default of the product)"),
        ({"netting": "REALISED_GAINS"}, "Used for the test"),
        (
            {
                "basis": "REALISED", "netting": "NONE", "denominator": "INVESTED_COST", "money_view": "FUND_TOTAL",
                "fees": False, "income": False, "look_through": False,
            },
            "Used for the test (stated by the policy)",
        ),
    ],
)  # fmt: skip
def test_the_marked_reading_says_who_chose_it(client, theta, words):
    fund = scenes.fund_within()
    rule = fund.policy_bindings.get().document.rules.get(code="CN-HZ-SC-FUND-VC")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL session_replication_role = replica")
        type(rule).objects.filter(pk=rule.pk).update(theta=theta)
        cursor.execute("SET LOCAL session_replication_role = DEFAULT")
    as_role(client, Role.AUDITOR)
    result = page(client, scope=f"fund-{fund.pk}").context["result"]
    marks = [row.cells[-1].value for row in result.readings().tables[0].rows]
    assert [mark for mark in marks if mark] == [words]


def test_document_and_clause_have_each_their_own_status(client):
    fund = scenes.fund_within()
    document = fund.policy_bindings.get().document
    rule = document.rules.get(code="CN-HZ-SC-FUND-VC")
    as_role(client, Role.AUDITOR)
    body = text(page(client, scope=f"fund-{fund.pk}"))
    table = page(client, scope=f"fund-{fund.pk}").context["result"].rules().tables[0]
    heads = [str(column.label) for column in table.columns]
    cells = dict(zip(heads, table.rows[0].cells, strict=True))
    assert len(set(heads)) == len(heads)
    assert not any(row.unverified for row in table.rows)
    assert cells["Document status"].value == document.get_status_display()
    assert cells["Clause status"].value == rule.get_status_display()
    assert "Clause status" in body
