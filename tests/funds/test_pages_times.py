"""The two times and the stage of an address: the same answer for ever, and words for what cannot be used."""

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


def test_a_day_to_come_is_named_and_today_is_shown(client):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    body = text(page(client, scope=f"fund-{fund.pk}", as_of="2999-01-01"))
    assert "This day is still to come" in body


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


def test_the_time_line_alone_names_a_moment_to_come(client):
    fund = scenes.fund_within()
    as_role(client, Role.AUDITOR)
    query = {"scope": f"fund-{fund.pk}", "known_at": "2999-01-01T00:00"}
    body = text(client.get(reverse("funds:timeline"), query, headers={"accept-language": "en"}))
    assert "This moment is still to come" in body
