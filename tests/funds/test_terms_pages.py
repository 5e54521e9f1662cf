"""Pages of a fund's terms and life: read by the office, changed by fund officers, constant in queries."""

from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse
from rest_framework.test import APIClient

from funds.actions.ledger import Draft
from funds.choices.ledger import EventKind
from funds.choices.records import FundClass, FundState, InvestmentMode
from funds.models import Commitment, FeeTerm, FundLimit, FundTerm, SubFundInterest, WaterfallTier
from innovation.accounts.choices import Role
from innovation.core.transitions import steps_of
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.factories.organisations import OrganisationFactory
from tests.funds.scenes import KNOWN, WAN, book, invest

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}
WRITERS = {Role.FUND_OFFICER, Role.ADMINISTRATOR}
DAY = date(2024, 1, 1)


@pytest.fixture
def officer(client):
    user = UserFactory(role=Role.FUND_OFFICER)
    client.force_login(user)
    return user


def send(client, address, **facts):
    token = client.get(address).context["form"]["form_token"].value()
    return client.post(address, facts | {"form_token": token})


def filled(fund, officer):
    """A fund with one fact of each kind."""
    facts = {"fund": fund, "valid_from": DAY, "recorded_by": officer}
    Commitment.objects.create(investor=OrganisationFactory(), source="GOVERNMENT", amount_fen=100, **facts)
    Commitment.objects.create(investor=OrganisationFactory(), source="SOCIAL", amount_fen=200, **facts)
    FundTerm.objects.create(
        phase="INVESTMENT", approved_by="合伙人会议", approved_on=DAY, **facts | {"valid_to": date(2030, 1, 1)}
    )
    FeeTerm.objects.create(phase="INVESTMENT", rate_num=1, rate_den=50, basis="PAID_IN", **facts)
    WaterfallTier.objects.create(position=1, kind="FIRST_LOSS", first_loss_num=1, first_loss_den=5, **facts)
    FundLimit.objects.create(
        kind="MAX_ONE_PROJECT", share_num=1, share_den=5, basis="INVESTED_COST", source="合伙协议第8条", **facts
    )
    holding = InvestmentFactory(fund=fund, mode=InvestmentMode.SUB_FUND)
    SubFundInterest.objects.create(
        investment=holding, sub_fund=FundFactory(), share_num=1, share_den=3, valid_from=DAY, recorded_by=officer
    )


@pytest.mark.parametrize("role", Role)
def test_who_reads_and_who_changes_the_terms(role, client):
    fund = FundFactory()
    filled(fund, UserFactory(role=Role.FUND_OFFICER))
    client.force_login(UserFactory(role=role))
    page = client.get(reverse("funds:terms", args=[fund.pk]))
    assert page.status_code == (200 if role in READERS else 403)
    if role in READERS:
        assert ("Record a commitment" in page.text) == (role in WRITERS)
    addresses = [
        reverse("funds:fact_record", args=[fund.pk, "commitment"]),
        reverse("funds:fact_end", args=["fee", FeeTerm.objects.get().pk]),
        reverse("funds:fact_withdraw", args=["limit", FundLimit.objects.get().pk]),
        reverse("funds:move", args=[fund.pk, "exit"]),
    ]
    for address in addresses:
        assert client.get(address).status_code == (200 if role in WRITERS else 403)


def test_the_page_shows_what_holds_the_share_that_differs_and_what_is_not_kept(client, officer):
    fund = FundFactory(government_num=1, government_den=2, committed_fen=300)
    filled(fund, officer)
    invest(fund, 100)
    page = client.get(reverse("funds:terms", args=[fund.pk])).text
    assert "The commitments give the government 1/3 of the fund; stated with the fund is 1/2." in page
    assert "The committed capital differs" not in page
    assert "Not kept" in page
    assert "20.0" in page
    assert "33.3" in page
    early = client.get(reverse("funds:terms", args=[fund.pk]), {"as_of": "2023-06-30"}).text
    assert "Later" in early
    assert "The commitments give the government" not in early


def test_facts_are_recorded_ended_and_withdrawn_on_pages(client, officer):
    fund, investor = FundFactory(), OrganisationFactory(name_zh="之江市财政局")
    address = reverse("funds:fact_record", args=[fund.pk, "commitment"])
    facts = {
        "investor": "无此单位", "source": "GOVERNMENT", "amount_fen_amount": "500", "amount_fen_unit": "wan",
        "valid_from": "2024-01-01",
    }  # fmt: skip
    refused = send(client, address, **facts)
    assert "has no organisation of this code or name" in str(refused.context["form"].errors["investor"])
    answer = send(client, address, **facts | {"investor": "之江市财政局"})
    assert answer.status_code == 302, answer.context["form"].errors
    row = Commitment.objects.get()
    assert (row.investor, row.amount_fen) == (investor, 500 * WAN)
    end = reverse("funds:fact_end", args=["commitment", row.pk])
    assert "The end lies before the start." in send(client, end, last_day="2023-01-01").text
    assert send(client, end, last_day="2024-12-31").status_code == 302
    row = Commitment.objects.current().get()
    withdraw = reverse("funds:fact_withdraw", args=["commitment", row.pk])
    assert send(client, withdraw, reason="typed for the wrong fund").status_code == 302
    assert not Commitment.objects.current().exists()


@pytest.mark.parametrize(
    ("kind", "facts", "field"),
    [
        ("period", {"phase": "EXIT", "approved_by": "合伙人会议", "approved_on": "2999-01-01",
                    "valid_to": "2025-01-01"}, "approved_on"),
        ("fee", {"phase": "EXIT", "rate": "2", "basis": "PAID_IN"}, "rate"),
        ("tier", {"position": "1", "kind": "PROFIT_SPLIT"}, "manager"),
        ("limit", {"kind": "MAX_TICKET", "source": "x", "share": "20%"}, "amount_fen"),
    ],
)  # fmt: skip
def test_what_a_rule_refuses_stands_at_its_field(kind, facts, field, client, officer):
    fund = FundFactory(starts_on=date(2020, 1, 1))
    page = send(client, reverse("funds:fact_record", args=[fund.pk, kind]), valid_from="2024-01-01", **facts)
    assert page.status_code == 422
    assert list(page.context["form"].errors) == [field]


def test_a_share_in_a_sub_fund_is_recorded_on_its_page(client, officer):
    mother, sub = FundFactory(), FundFactory()
    holding = InvestmentFactory(fund=mother, mode=InvestmentMode.SUB_FUND)
    facts = {"investment": holding.pk, "sub_fund": sub.pk, "share": "1/3", "valid_from": "2024-01-01"}
    address = reverse("funds:fact_record", args=[mother.pk, "interest"])
    assert send(client, address, **facts).status_code == 302
    assert SubFundInterest.objects.get().share == Fraction(1, 3)
    back = InvestmentFactory(fund=sub, mode=InvestmentMode.SUB_FUND)
    address = reverse("funds:fact_record", args=[sub.pk, "interest"])
    page = send(client, address, **facts | {"investment": back.pk, "sub_fund": mother.pk})
    assert list(page.context["form"].errors) == ["sub_fund"]


def test_the_page_costs_the_same_for_one_fact_of_a_kind_and_three(client, officer, django_assert_max_num_queries):
    fund = FundFactory()
    filled(fund, officer)
    address, counts = reverse("funds:terms", args=[fund.pk]), []
    client.get(address)
    for more in (0, 2):
        for number in range(more):
            Commitment.objects.create(
                fund=fund, investor=OrganisationFactory(), source="PUBLIC", amount_fen=5 + number, valid_from=DAY
            )
        with django_assert_max_num_queries(26) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


# ── The life of a fund ───────────────────────────────────────────────────────────────────────────
def move(client, fund, event):
    return send(client, reverse("funds:move", args=[fund.pk, event]), reason="Partners' meeting 3")


def test_a_fund_lives_its_life_step_by_step(client, officer):
    fund = FundFactory(state=FundState.PREPARING)
    refused = move(client, fund, "start")
    assert "Record first who has committed how much." in refused.text
    Commitment.objects.create(
        fund=fund, investor=OrganisationFactory(), source="SOCIAL", amount_fen=10**9, valid_from=DAY
    )
    for event in ("start", "exit"):
        assert move(client, fund, event).status_code == 302
    assert "Record first the extension period" in move(client, fund, "extend").text
    FundTerm.objects.create(
        fund=fund, phase="EXTENSION", approved_by="x", approved_on=DAY, valid_from=DAY, valid_to=date(2999, 1, 1)
    )
    for event in ("extend", "end_extension", "liquidate"):
        assert move(client, fund, event).status_code == 302
    holding = invest(fund, 100)
    assert "Holdings still stand in the books" in move(client, fund, "close").text
    book(fund, Draft(EventKind.EXIT_FULL, date(2024, 6, 1), 50 * WAN, holding.pk, 100 * WAN), at=KNOWN)
    assert "The fund still holds money" in move(client, fund, "close").text
    book(fund, Draft(EventKind.DISTRIBUTION, date(2024, 6, 2), 50 * WAN), at=KNOWN)
    assert move(client, fund, "close").status_code == 302
    fund.refresh_from_db()
    assert fund.state == FundState.CLOSED
    taken = ["start", "exit", "extend", "end_extension", "liquidate", "close"]
    assert [step.event for step in steps_of(fund)] == taken
    assert client.get(reverse("funds:move", args=[fund.pk, "start"])).status_code == 404


def test_grant_money_begins_without_investors(client, officer):
    fund = FundFactory(state=FundState.PREPARING, fund_class=FundClass.GRANT)
    assert move(client, fund, "start").status_code == 302


@pytest.mark.parametrize("role", Role)
def test_who_moves_a_fund_by_the_api(role):
    fund, api = FundFactory(), APIClient()
    api.force_authenticate(UserFactory(role=role))
    answer = api.post(reverse("api:fund-move", args=[fund.pk]), {"event": "exit"})
    expected = 200 if role in WRITERS else 403 if role in READERS else 404
    assert answer.status_code == expected
    fund.refresh_from_db()
    assert fund.state == (FundState.EXITING if role in WRITERS else FundState.INVESTING)
    if role in WRITERS:
        assert api.post(reverse("api:fund-move", args=[fund.pk]), {"event": "close"}).status_code == 409
        assert api.patch(reverse("api:fund-detail", args=[fund.pk]), {"state": "CLOSED"}).status_code == 200
        fund.refresh_from_db()
        assert fund.state == FundState.EXITING


def test_the_admin_moves_a_fund_and_types_no_state(client, officer):
    fund = FundFactory()
    page = client.get(reverse("admin:funds_fund_change", args=[fund.pk])).text
    assert 'name="state"' not in page
    assert "Begin the exit period" in page
    act = reverse("admin:funds_fund_act", args=[fund.pk, "exit"])
    assert client.post(act, {"reason": "Partners' meeting 3"}).status_code == 302
    fund.refresh_from_db()
    assert fund.state == FundState.EXITING
