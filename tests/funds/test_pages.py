"""The manager's pages: who opens them, what they say in each state, and that figures equal the rows behind them."""

import re
from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from django.urls import reverse

from funds.actions.ledger import Draft, reversal_of
from funds.choices.ledger import EventKind
from funds.choices.records import FundClass
from funds.models import FundGroup, LedgerEvent, SpecialTierApproval
from funds.queries.events import FIGURES as EVENT_FIGURES
from funds.queries.tolerance import Target, evaluate
from innovation.accounts.choices import Role
from innovation.core import translations
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import FundFactory
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
        ("/funds/{fund}/", 13),
        ("/funds/{fund}/ledger/?figure=cost", 9),
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


FIGURES = [("cost", 1000), ("relieved", 100), ("lost", 100), ("paid_in", 1000)]


@pytest.mark.parametrize(("figure", "wan"), FIGURES)
def test_a_figure_opens_events_that_sum_to_it(client, figure, wan):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    response = client.get(reverse("funds:ledger", args=[fund.pk]), scenes.TIMES | {"figure": figure})
    column = EVENT_FIGURES[figure].column
    events = list(response.context["table"].ordered())
    assert sum(getattr(event, column) for event in events) == wan * scenes.WAN
    assert response.context["table"].totals(response.context["table"].filterset.qs)[column] == wan * scenes.WAN
    assert f"{wan:,}.00" in text(response)


def test_a_ledger_opened_from_a_stage_has_a_control_for_every_label_it_shows(client):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    page = client.get(reverse("funds:ledger", args=[fund.pk]), scenes.TIMES | {"figure": "cost", "stage": "seed"})
    bar = page.content.decode().split('class="table-filters"')[1].split("</form>")[0]
    named = set(re.findall(r'<label for="([^"]+)"', bar))
    controls = set(re.findall(r'<(?:input type="(?!hidden)|select|textarea)[^>]* id="([^"]+)"', bar))
    assert named == controls
    assert "id_stage" not in named
    assert 'type="hidden" name="stage" value="seed"' in bar


def test_reversals_stand_beside_what_they_take_back_and_sums_stay_plain(client):
    fund = scenes.fund_within()
    wrong = LedgerEvent.objects.get(kind=EventKind.WRITE_OFF)
    scenes.book(fund, reversal_of(wrong, reason="typed twice"), at=scenes.KNOWN)
    as_role(client, Role.AUDITOR)
    address = reverse("funds:ledger", args=[fund.pk])
    after = client.get(address, scenes.TIMES | {"figure": "lost"}, headers={"accept-language": "en"})
    assert [event.loss_fen for event in after.context["table"].ordered()] == [-100 * scenes.WAN, 100 * scenes.WAN]
    assert "Taken back" in text(after)
    assert f"Takes back no. {wrong.seq}" in text(after)
    known_before = scenes.TIMES | {"figure": "lost", "known_at": "2024-06-30T12:00"}
    (standing,) = client.get(address, known_before).context["table"].ordered()
    assert not standing.is_taken_back


def test_contributions_of_the_holdings_lead_to_the_loss_that_counts(client):
    fund = scenes.venture(government_num=2, government_den=5, name_en="Shared Fund")
    scenes.bind("CN-HZ-SHANGCHENG-2025", fund=fund)
    scenes.invest(fund, 1000, lost=200)
    scenes.invest(fund, 3000, value=2500)
    as_role(client, Role.PROGRAMME_MANAGER)
    response = page(client, scope=f"fund-{fund.pk}")
    lines = response.context["table"].ordered()
    view = evaluate(Target.of_fund(fund), scenes.DAY, response.context["result"].view.moment.known_at)
    assert sum(line.contribution for line in lines) == view.main.rate.fund_numerator == 700 * scenes.WAN
    assert view.main.rate.numerator_signed == 280 * scenes.WAN
    body = text(response)
    assert "700.00" in body
    assert "280.00" in body
    assert "2/5 (40.0\u202f%)" in body


def test_the_table_filters_sorts_and_exports_what_it_shows(client):
    fund = scenes.fund_within()
    as_role(client, Role.FINANCE)
    shown = page(client, **{"scope": f"fund-{fund.pk}", "holdings-only": "loss", "holdings-sort": "cost"})
    assert [line.contribution for line in shown.context["table"].ordered()] == [100 * scenes.WAN]
    query = {"scope": f"fund-{fund.pk}", "holdings-only": "loss", "holdings-export": "csv"}
    exported = b"".join(page(client, **query).streaming_content).decode("utf-8-sig")
    assert "As of" in exported
    assert "2024-06-30" in exported
    assert exported.count(fund.investments.first().code) == 1


def test_the_same_address_gives_the_same_figures_after_later_entries(client):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    before = page(client, scope=f"fund-{fund.pk}").context["result"].view.inputs_hash
    scenes.book(
        fund,
        Draft(EventKind.WRITE_OFF, scenes.DAY, 0, fund.investments.last().pk, 400 * scenes.WAN),
        at=scenes.KNOWN.replace(year=2025),
    )
    assert page(client, scope=f"fund-{fund.pk}").context["result"].view.inputs_hash == before
    later = page(client, scope=f"fund-{fund.pk}", known_at="2025-12-31T00:00")
    assert later.context["result"].view.inputs_hash != before
    assert "above the cap" in text(later)


def test_a_day_to_come_is_named_and_today_is_shown(client):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    body = text(page(client, scope=f"fund-{fund.pk}", as_of="2999-01-01"))
    assert "This day is still to come" in body


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


def overview_lines(response) -> dict:
    overview = response.context["overview"]
    return {line.name: line for line in (*overview.funds, *overview.groups)}


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


def test_companies_lost_wholly_open_exactly_those(client):
    fund = scenes.fund_within()
    scenes.invest(fund, 200, lost=200)
    as_role(client, Role.AUDITOR)
    figures = page(client, scope=f"fund-{fund.pk}").context["sections"]["headline"].figures
    (lost,) = [item.figure for item in figures if str(item.figure.label) == "Companies lost wholly"]
    response = client.get(lost.href.partition("#")[0])
    rows = response.context["table"].page.object_list
    assert [(row.cost, row.is_total_loss) for row in rows] == [(200 * scenes.WAN, True)]


@pytest.mark.parametrize("stage", ["nope", "Angel", "no such"])
def test_a_stage_that_does_not_exist_is_named_and_the_fund_is_shown(client, stage):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    response = page(client, scope=f"fund-{fund.pk}", stage=stage)
    body = text(response)
    assert "There is no s" in body
    assert f"<h1>{fund.name_en}</h1>" in body
    assert "stage=" not in response.context["permalink"]


@pytest.mark.parametrize("scoped", [True, False])
@pytest.mark.parametrize(
    ("times", "words"),
    [
        ({"known_at": "2999-01-01T00:00"}, "This moment is still to come"),
        ({"known_at": "2999-01-01T00:00:00+08:00"}, "This moment is still to come"),
        ({"as_of": "abc"}, "Write the day as 2026-06-30"),
    ],
)
def test_a_time_that_cannot_be_used_is_named_beside_the_open_panel(client, scoped, times, words):
    scope = {"scope": f"fund-{scenes.fund_within().pk}"} if scoped else {}
    as_role(client, Role.AUDITOR)
    body = text(page(client, **scope, **times))
    assert words in body
    assert f'href="#{next(iter(times))}"' in body
    assert '<details class="chips" open>' in body
    assert '<details class="chips">' in text(page(client, **scope))


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


def test_the_time_line_alone_names_a_moment_to_come(client):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    query = {"scope": f"fund-{fund.pk}", "known_at": "2999-01-01T00:00"}
    body = text(client.get(reverse("funds:timeline"), query, headers={"accept-language": "en"}))
    assert "This moment is still to come" in body
