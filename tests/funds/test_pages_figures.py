"""Figures of the tolerance page: each opens rows that add up to it, in tables that filter, sort and export."""

import re

import pytest
from django.urls import reverse

from funds.actions.ledger import reversal_of
from funds.choices.ledger import EventKind
from funds.models import LedgerEvent
from funds.queries.events import FIGURES as EVENT_FIGURES
from funds.queries.tolerance import Target, evaluate
from innovation.accounts.choices import Role
from innovation.core.money import Unit, format_fen
from tests.factories.accounts import as_role
from tests.funds import scenes
from tests.funds.reading import page, text

pytestmark = pytest.mark.django_db
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


def test_companies_lost_wholly_open_exactly_those(client):
    fund = scenes.fund_within()
    scenes.invest(fund, 200, lost=200)
    as_role(client, Role.AUDITOR)
    figures = page(client, scope=f"fund-{fund.pk}").context["sections"]["headline"].figures
    (lost,) = [item.figure for item in figures if str(item.figure.label) == "Companies lost wholly"]
    response = client.get(lost.href.partition("#")[0])
    rows = response.context["table"].page.object_list
    assert [(row.cost, row.is_total_loss) for row in rows] == [(200 * scenes.WAN, True)]


def test_every_figure_of_a_cap_test_opens_rows_or_the_steps_that_make_it(client):
    fund = scenes.fund_within()
    group = scenes.group_of(fund)
    as_role(client, Role.AUDITOR)
    for scope in (f"fund-{fund.pk}", f"group-{group.pk}"):
        found = page(client, scope=scope, as_of="2026-06-30", known_at="").context
        figures = [item.figure for item in found["sections"]["headline"].figures]
        assert [str(each.label) for each in figures if each.value is not None and not each.href] == []
        steps = {str(row.cells[0].html): row.cells for row in found["sections"]["to_the_cap"].tables[0].rows}
        allowed = next(cells for label, cells in steps.items() if "5. " in label)
        result = found["result"]
        assert allowed[1].html == format_fen(
            int(result.answer.tolerance.effective_cap * result.answer.rate.denominator), Unit.WAN
        )
        assert any(label.startswith(("8. ", "10. ")) for label in steps)


def test_a_stage_across_a_group_has_its_rate_and_says_that_no_cap_speaks_of_it(client):
    group = scenes.group_of(scenes.fund_within())
    as_role(client, Role.AUDITOR)
    whole = page(client, scope=f"group-{group.pk}")
    assert [choice.value for choice in whole.context["stages"]] == ["seed"]
    stage = page(client, scope=f"group-{group.pk}", stage="seed")
    assert stage.context["result"].answer.rate.rate == whole.context["result"].answer.rate.rate
    assert "not of a stage across a group" in text(stage)
