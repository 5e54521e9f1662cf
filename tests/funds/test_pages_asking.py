"""What the pages of the funds part are asked: the chooser, filters, and questions that cannot be answered."""

import pytest
from django.urls import reverse

from funds.queries.tolerance import Target
from innovation.accounts.choices import Role
from tests.factories.accounts import as_role
from tests.funds import scenes
from tests.funds.test_pages import page, text

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("scoped", "wrong"),
    [(False, {"known_at": "2999-01-01T00:00"}), (False, {"as_of": "abc"}), (True, {"as_of": "x"}),
     (True, {"stage": "nope"})],
)  # fmt: skip
def test_no_file_is_made_for_a_question_that_cannot_be_asked(client, scoped, wrong):
    fund = scenes.fund_within()
    asked = {"scope": f"fund-{fund.pk}", "holdings-export": "csv"} if scoped else {"funds-export": "csv"}
    as_role(client, Role.AUDITOR)
    assert "attachment" in page(client, **asked).headers["Content-Disposition"]
    refused = page(client, **asked, **wrong)
    assert refused.status_code == 422
    assert "Content-Disposition" not in refused.headers
    assert "There is a problem" in text(refused)


def test_one_project_is_chosen_beside_its_fund(client):
    fund = scenes.fund_mixed()
    holding = fund.investments.get(stage="seed")
    as_role(client, Role.AUDITOR)
    whole = page(client, scope=f"fund-{fund.pk}")
    assert {int(choice.value) for choice in whole.context["projects"]} == set(
        fund.investments.values_list("pk", flat=True)
    )
    assert not any(choice.chosen for choice in whole.context["projects"])
    assert f'<option value="{holding.pk}">{holding.code} {holding.company.name}</option>' in text(whole)
    one = page(client, scope=f"fund-{fund.pk}", project=holding.pk, stage="angel")
    assert one.context["result"].view.target == Target.of_project(holding)
    assert [choice.value for choice in one.context["projects"] if choice.chosen] == [str(holding.pk)]
    assert f'<option value="fund-{fund.pk}" selected>' in text(one)
    again = client.get(one.context["permalink"])
    assert again.context["result"].view.inputs_hash == one.context["result"].view.inputs_hash
    stage = page(client, scope=f"fund-{fund.pk}", stage="seed")
    assert [choice.value for choice in stage.context["projects"]] == [str(holding.pk)]


def test_a_project_of_another_fund_is_left_behind_when_the_fund_changes(client):
    fund, other = scenes.fund_within(), scenes.fund_exceeded()
    as_role(client, Role.AUDITOR)
    response = page(client, scope=f"fund-{other.pk}", project=fund.investments.first().pk)
    assert response.context["result"].view.target == Target.of_fund(other)
    assert "project=" not in response.context["permalink"]
    wrong = page(client, scope=f"fund-{other.pk}", project="x")
    assert wrong.context["result"].view.target == Target.of_fund(other)
    assert 'href="#project"' in text(wrong)
    assert page(client, scope=f"group-{scenes.group_of(fund).pk}").context["projects"] == []


@pytest.mark.parametrize("wrong", [{"as_of": "abc"}, {"known_at": "2999-01-01T00:00"}])
@pytest.mark.parametrize("export", ["export", "events-export"])
def test_ledger_and_holding_make_no_file_while_a_time_is_wrong(client, wrong, export):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    address = reverse("funds:ledger", args=[fund.pk])
    if export != "export":
        address = reverse("funds:holding", args=[fund.investments.first().pk])
    assert "attachment" in client.get(address, scenes.TIMES | {export: "csv"}).headers["Content-Disposition"]
    assert "export=csv" in text(client.get(address, scenes.TIMES))
    refused = client.get(address, scenes.TIMES | wrong | {export: "csv"}, headers={"accept-language": "en"})
    assert refused.status_code == 422
    assert "Content-Disposition" not in refused.headers
    assert "There is a problem" in text(refused)


@pytest.mark.parametrize(("stage", "words"), [("seed", "Seed"), ("own-stage", "own-stage")])
def test_the_ledger_names_the_stage_it_is_narrowed_to(client, stage, words):
    fund = scenes.venture()
    scenes.invest(fund, 100, stage=stage)
    as_role(client, Role.AUDITOR)
    response = client.get(reverse("funds:ledger", args=[fund.pk]), {"stage": stage}, headers={"accept-language": "en"})
    assert response.context["table"].count == 1
    assert f"Stage: <strong>{words}</strong>" in text(response)


def test_the_ledger_makes_no_file_of_a_filter_that_it_cannot_read(client):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    address = reverse("funds:ledger", args=[fund.pk])
    for wrong in ({"since": "yesterday"}, {"investment": "x"}):
        refused = client.get(address, scenes.TIMES | wrong | {"export": "xlsx"}, headers={"accept-language": "en"})
        assert refused.status_code == 422
        assert "No files: a filter is wrong. Correct it first." in text(refused)
        assert "errorlist" in text(refused)
