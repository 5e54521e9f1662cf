"""The waterfall through its doors: terms page and API, distribution notices, performance, the government's share."""

from datetime import date
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions.ledger import Draft
from funds.actions.notices import issue_notice, pay_line
from funds.actions.terms import record_commitment, record_term, record_tier
from funds.choices.ledger import EventKind
from funds.queries.bridge import Step
from funds.queries.fund_performance import fund_performance
from funds.queries.holdings import books_of
from funds.queries.money_terms import MoneyTerms
from funds.queries.performance import performance
from funds.queries.questions import Target
from funds.queries.sums import Moment
from funds.queries.tolerance import evaluate
from funds.reports.performance import performance_section
from funds.rules.loss import government_part
from innovation.core.errors import RuleViolation
from tests.factories.funds import FundFactory
from tests.factories.organisations import OrganisationFactory
from tests.funds.scenes import WAN, book

pytestmark = pytest.mark.django_db
ENGLISH = {"accept-language": "en"}
START, DAY = date(2022, 1, 1), date(2024, 1, 1)


@pytest.fixture
def fund(officer):
    """10,000 paid in two years ago, 40 % of it by the government; cash of 14,000 after a gain of 4,000. 万元."""
    fund = FundFactory(manager=OrganisationFactory(), committed_fen=10_000 * WAN, starts_on=START,
                       government_num=2, government_den=5)  # fmt: skip
    common = {"fund_id": fund.pk, "valid_from": START, "actor": officer}
    for source, share in (("GOVERNMENT", 4_000), ("SOCIAL", 6_000)):
        record_commitment(investor_id=OrganisationFactory().pk, source=source, amount_fen=share * WAN, **common)
    record_tier(position=2, kind="PREFERRED_RETURN", hurdle=Fraction(8, 100), **common)
    record_tier(position=3, kind="CATCH_UP", manager=Fraction(1), **common)
    record_tier(position=4, kind="PROFIT_SPLIT", manager=Fraction(1, 5), concession=Fraction(1, 2),
                concession_to="OTHERS", **common)  # fmt: skip
    book(fund, Draft(EventKind.CALL, START, 10_000 * WAN), Draft(EventKind.INTEREST, DAY, 4_000 * WAN))
    return fund


# Two years at 8 %: 1,600; catch-up 400; of 2,000 left 400 to the manager; of the government's 640 half is given up.
GOVERNMENT, OTHERS, CARRY = 4_000 + 640 + 320, 6_000 + 960 + 960 + 320, 800


def test_the_terms_page_and_the_api_tell_who_gets_what(fund, officer, client):
    client.force_login(officer)
    page = client.get(reverse("funds:terms", args=[fund.pk]), {"as_of": "2024-01-01", "unit": "wan"})
    steps, parties = page.context["sold_tables"]
    assert [(row.amount // WAN, row.manager // WAN) for row in steps.rows] == [
        (10_000, 0), (1_600, 0), (400, 400), (2_000, 400)
    ]  # fmt: skip
    assert [row.total // WAN for row in parties.rows] == [GOVERNMENT, OTHERS, CARRY]
    assert "8.0\u202f% a year on capital not yet returned (simple, Actual days / 365)." in page.text
    api = APIClient()
    api.force_authenticate(officer)
    told = api.get(f"/api/v1/funds/{fund.pk}/waterfall/", {"as_of": "2024-01-01"}).json()
    assert (told["accrued_carry_fen"], told["net_nav_fen"]) == (CARRY * WAN, 13_200 * WAN)
    assert [row["total_fen"] // WAN for row in told["parties"]] == [GOVERNMENT, OTHERS, CARRY]
    assert api.get(f"/api/v1/funds/{FundFactory().pk}/waterfall/").status_code == 404


def test_a_gain_is_the_government_s_by_the_waterfall_in_sql_and_in_memory_alike(fund):
    moment = Moment(DAY, timezone.now())
    own = books_of([fund], moment)[fund.pk].fund
    assert government_part(Fraction(-4_000 * WAN), own) == -960 * WAN
    assert government_part(Fraction(-1_000 * WAN), own) == -400 * WAN
    assert government_part(Fraction(1_000 * WAN), own) == 400 * WAN
    row = MoneyTerms([fund.pk]).at(fund.pk, moment)
    assert {facts["kind"] for facts in row["gain_tiers"]} == {"PREFERRED_RETURN", "CATCH_UP", "PROFIT_SPLIT"}


@pytest.mark.parametrize(("bearer", "expected"), [("OTHERS", 0), ("MANAGER", 400), ("GOVERNMENT", 1_000)])
def test_who_bears_the_first_loss_decides_the_government_s_part_of_a_loss(fund, officer, bearer, expected):
    record_tier(fund_id=fund.pk, position=1, kind="FIRST_LOSS", amount_fen=2_000 * WAN, bearer=bearer,
                valid_from=START, actor=officer)  # fmt: skip
    own = books_of([fund], Moment(DAY, timezone.now()))[fund.pk].fund
    # The manager has no money of its own in the fund, so nothing stands for a first loss of its.
    assert government_part(Fraction(1_000 * WAN), own) == expected * WAN


def test_a_fund_has_one_way_out_at_a_time(fund, officer):
    terms = {"fund_id": fund.pk, "kind": "BUYOUT", "hurdle": Fraction(4, 100), "concession": Fraction(1),
             "concession_to": "OTHERS", "valid_from": START, "actor": officer}  # fmt: skip
    record_tier(position=6, **terms)
    with pytest.raises(RuleViolation) as refused:
        record_tier(position=7, **terms)
    assert refused.value.code == "BUYOUT_TWICE"
    with pytest.raises(RuleViolation):
        record_tier(position=6, **terms | {"concession": None, "concession_to": ""})


def test_a_distribution_follows_the_steps_and_pays_the_manager_its_carry(fund, officer, client):
    client.force_login(officer)
    address = reverse("funds:notice_new", args=[fund.pk, "distribution"])
    token = client.get(address).context["form"]["form_token"].value()
    page = client.post(
        address,
        {"amount_fen_amount": "14000", "amount_fen_unit": "wan", "notice_on": "2024-01-01", "due_on": "2024-01-01",
         "purpose": "退出分配", "form_token": token},
    )  # fmt: skip
    assert [line[0] for line in page.context["steps"]] == [
        "Return of capital", "Preferred return", "Catch-up of the manager", "Profit split"
    ]  # fmt: skip
    notice = issue_notice(word="distribution", fund_id=fund.pk, amount_fen=14_000 * WAN, notice_on=DAY, due_on=DAY,
                          purpose="退出分配", actor=officer)  # fmt: skip
    lines = {line.source: line for line in notice.lines.all()}
    assert {source: line.amount_fen // WAN for source, line in lines.items()} == {
        "GOVERNMENT": GOVERNMENT, "SOCIAL": OTHERS, "CARRY": CARRY
    }  # fmt: skip
    assert lines["CARRY"].investor_id == fund.manager_id
    before = performance(Moment(DAY, timezone.now()), funds=[fund], curve=False).total
    assert (before.accrued_carry, before.nav) == (CARRY * WAN, 13_200 * WAN)
    last = performance(Moment(DAY, timezone.now())).quarters[-1]
    assert (last.accrued_carry, last.net_nav) == (CARRY * WAN, before.nav)
    shown = {str(one.label): one.value for one in section_of(fund).figures}
    assert (shown["Net asset value"].fen, shown["Accrued carry"].fen) == (before.nav, before.accrued_carry)
    assert shown["TVPI"].value == before.multiples.tvpi
    found = fund_performance(fund, Moment(DAY, timezone.now()))
    assert (found.quarters[-1].nav, found.quarters[-1].net_nav) == (14_000 * WAN, before.nav)
    assert [one.accrued_carry for one in found.quarters[:-1]] == [0] * (len(found.quarters) - 1)
    assert moves(found) == {Step.OWN_INCOME: 4_000, Step.CARRY_ACCRUED: -CARRY}
    for line in lines.values():
        pay_line(word="distribution", line_id=line.pk, value_date=DAY, actor=officer)
    after = performance(Moment(DAY, timezone.now()), funds=[fund], curve=False).total
    assert (after.accrued_carry, after.nav, after.distributions) == (0, 0, 13_200 * WAN)
    assert after.net.rate == pytest.approx(before.net.rate, abs=1e-12)
    last = performance(Moment(DAY, timezone.now())).quarters[-1]
    assert (last.carry_paid, last.to_investors) == (CARRY * WAN, after.distributions)
    found = fund_performance(fund, Moment(DAY, timezone.now()))
    assert (found.quarters[-1].net_cash, found.quarters[-1].carry_paid) == (3_200 * WAN, CARRY * WAN)
    assert moves(found) == {Step.OWN_INCOME: 4_000, Step.DISTRIBUTIONS: -13_200, Step.CARRY_PAID: -CARRY}
    page = client.get(reverse("funds:fund_performance", args=[fund.pk]), {"as_of": "2024-01-01"}, headers=ENGLISH).text
    assert "Net values are after fees and after the carry that was paid and accrued by the waterfall." in page
    assert "Net asset value before carry on 2023-12-31" in page


def section_of(fund):
    """The figures of the fund's own page."""
    return performance_section(evaluate(Target.of_fund(fund), DAY, timezone.now()))


def moves(found):
    """The steps of the bridge that move anything, in 万元; they sum to the change."""
    assert sum(amount for _step, amount in found.bridge.steps) == found.bridge.change
    return {step: amount // WAN for step, amount in found.bridge.steps if amount}


def test_carry_needs_a_manager_to_be_paid_to(fund, officer):
    type(fund).objects.filter(pk=fund.pk).update(manager=None)
    with pytest.raises(RuleViolation) as refused:
        issue_notice(word="distribution", fund_id=fund.pk, amount_fen=14_000 * WAN, notice_on=DAY, due_on=DAY,
                     purpose="退出分配", actor=officer)  # fmt: skip
    assert refused.value.code == "NO_MANAGER"


def test_what_may_be_called_again_is_not_yet_called_and_the_fund_s_own_periods_bound_the_projection(fund, officer):
    moment = Moment(timezone.localdate(), timezone.now())
    assert fund_performance(fund, moment).uncalled == 0
    issue_notice(word="distribution", fund_id=fund.pk, amount_fen=2_000 * WAN, recallable_fen=500 * WAN, notice_on=DAY,
                 due_on=DAY, purpose="临时分配", actor=officer)  # fmt: skip
    for phase, since, until in (
        ("INVESTMENT", START, date(2027, 12, 31)),
        ("EXIT", date(2028, 1, 1), DAY.replace(2031)),
    ):
        record_term(fund_id=fund.pk, phase=phase, approved_by="合伙人会议", approved_on=START, valid_from=since,
                    valid_to=until, actor=officer)  # fmt: skip
    moment = Moment(timezone.localdate(), timezone.now())
    found = fund_performance(fund, moment)
    assert found.uncalled == 500 * WAN
    years = {year.year: year for year in found.projection.years}
    assert max(years) == 10
    assert years[6].call > 0
    assert [years[n].call for n in (7, 8, 9, 10)] == [0, 0, 0, 0]
