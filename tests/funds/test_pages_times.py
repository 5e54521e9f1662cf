"""The two times and the stage of an address: the same answer for ever, and words for what cannot be used."""

from urllib.parse import urlencode

import pytest
from django.urls import reverse

from funds.actions.ledger import Draft
from funds.choices.ledger import EventKind
from innovation.accounts.choices import Role
from tests.factories.accounts import as_role
from tests.funds import scenes
from tests.funds.reading import page, text

pytestmark = pytest.mark.django_db


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


WRONG = [
    ({"known_at": "2999-01-01T00:00"}, "This moment is still to come"),
    ({"known_at": "tomorrow"}, "There is no such moment. Write it as 2026-07-05T09:30."),
    ({"as_of": "2026-02-30"}, "There is no such day. Write it as 2026-06-30."),
    ({"as_of": "2999-01-01", "known_at": "x"}, "This day is still to come"),
]


@pytest.mark.parametrize(("times", "words"), WRONG)
def test_a_time_that_cannot_be_used_is_named_at_its_field_and_no_figure_is_shown(client, times, words):
    scope = {"scope": f"fund-{scenes.fund_within().pk}"}
    as_role(client, Role.AUDITOR)
    assert '<details class="chips">' in text(page(client, **scope))
    for asked in (scope, {}):
        response = page(client, **asked, **times)
        body = text(response)
        assert response.status_code == 422
        assert not {"result", "overview"} & response.context.keys()
        assert words in body
        assert '<details class="chips" open>' in body
        for name, wrong in times.items():
            assert f'href="#{name}"' in body
            field = f'<input type="text" id="{name}" name="{name}" value="{wrong}" aria-invalid="true"'
            assert f'{field} aria-describedby="{name}_error">' in body
        rest = {name: value for name, value in (scenes.TIMES | asked).items() if name not in times}
        assert response.context["without_url"] == f"/funds/tolerance/?{urlencode(rest)}"


def addresses(fund):
    """Every page that takes the two times, with what else its address needs."""
    holding, company = fund.investments.first(), fund.investments.first().company
    one, scope = [fund.pk], {"scope": f"fund-{fund.pk}"}
    return {
        "tolerance": ([], scope), "timeline": ([], scope), "performance": ([], {}), "fund_performance": (one, {}),
        "rate_rows": ([], {"cut": "FUND", "key": fund.pk, "side": "net"}), "progress": ([], {}), "fund": (one, {}),
        "compare": ([], {"fund": fund.pk}), "ledger": (one, {}), "terms": (one, {}), "landed_list": ([], {}),
        "holding": ([holding.pk], {}), "company": ([company.pk], {}), "company_ocf": ([company.pk], {}),
        "stress": ([], scope), "whatif": ([], scope), "sensitivity": ([], scope), "stress_ask": ([], scope),
    }  # fmt: skip


def test_every_page_at_two_times_refuses_a_time_that_cannot_be_used(client):
    fund = scenes.fund_within()
    as_role(client, Role.FUND_OFFICER)
    for name, (args, asked) in addresses(fund).items():
        response = client.get(reverse(f"funds:{name}", args=args), asked | {"as_of": "2026-02-30", "export": "csv"})
        assert response.status_code == 422, name
        assert 'id="as_of_error"' in text(response), name
        assert next(used.name for used in response.templates) == "funds/wrong_times.html", name


def test_links_carry_a_time_only_when_it_was_chosen(client):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    links = lambda **asked: [  # noqa: E731 - one expression
        line.link for line in client.get(reverse("funds:tolerance"), asked).context["overview"].funds
    ]
    assert links() == [f"/funds/tolerance/?scope=fund-{fund.pk}"]
    assert links(as_of="2024-06-30") == [f"/funds/tolerance/?scope=fund-{fund.pk}&as_of=2024-06-30"]
    assert "known_at=2024-06-30" in links(known_at="2024-06-30T23:00")[0]
    headroom = page(client, scope=f"fund-{fund.pk}", known_at="").context["sections"]["headline"].figures[4].figure
    assert "known_at" not in headroom.href


@pytest.mark.parametrize("stage", ["nope", "Angel", "no such"])
def test_a_stage_that_does_not_exist_is_named_and_the_fund_is_shown(client, stage):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    response = page(client, scope=f"fund-{fund.pk}", stage=stage)
    body = text(response)
    assert "There is no s" in body
    assert f"<h1>{fund.name_en}</h1>" in body
    assert "stage=" not in response.context["permalink"]
