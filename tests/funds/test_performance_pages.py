"""Pages, API and report about performance: who opens them, what they say, and that figures open their rows."""

import re
from datetime import UTC, date, datetime

import pytest
from django.urls import reverse
from django.utils import translation
from rest_framework.test import APIClient

from funds.actions.ledger import Draft
from funds.choices.figures import IndexKind
from funds.choices.ledger import EventKind
from funds.choices.records import FundClass, Stage
from funds.models import Fund, IndexSeries
from funds.reports import fund_performance as kind
from funds.reports.fund_returns import after
from innovation.accounts.choices import Role
from innovation.reports import content
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import FundFactory, InvestmentFactory
from tests.funds.scenes import book
from tests.funds.test_queries_performance import LEVELS, NOW, fund_a, index_of

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
TIMES = {"as_of": "2025-06-30", "known_at": "2026-01-01T08:00"}
SOON = datetime(2025, 7, 1, tzinfo=UTC)


def shown(client, name, *args, language="en", **query):
    return client.get(reverse(f"funds:{name}", args=args), TIMES | query, headers={"accept-language": language})


def rows_of(fund, side="net", cut="FUND"):
    return {"cut": cut, "key": fund.pk, "side": side}


@pytest.mark.parametrize("role", [*Role, None])
@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client, role):
    fund = fund_a()
    as_role(client, role)
    expected = 200 if role in READERS else 302 if role is None else 403
    assert {
        shown(client, "performance").status_code,
        shown(client, "fund_performance", fund.pk).status_code,
        shown(client, "rate_rows", **rows_of(fund)).status_code,
    } == {expected}


def test_the_portfolio_tells_rates_with_their_status_and_multiples(client):
    fund_a(name_en="Fund A")
    index_of(*LEVELS)
    as_role(client, Role.PROGRAMME_MANAGER)
    page = shown(client, "performance").text
    assert "1 fund: 7.0\u202f% a year after fees" in page
    for words in ("Fund A", "One rate", "1.23", "1.06", "1.18", "2021", "Venture class", "Angel"):
        assert words in page, words


def test_a_price_index_is_called_one_and_never_chosen_by_itself(client):
    fund_a()
    series = index_of(*LEVELS, code="PRICE")
    IndexSeries.objects.filter(pk=series.pk).update(kind=IndexKind.PRICE)
    as_role(client, Role.AUDITOR)
    assert "No market index is chosen" in shown(client, "performance").text
    chosen = shown(client, "performance", index="PRICE").text
    assert "is a price index" in chosen
    assert "KS-PME" in chosen


def test_a_fund_shows_every_part_and_each_figure_opens_its_rows(client):
    fund = fund_a()
    held = InvestmentFactory(fund=fund)
    book(fund, Draft(EventKind.INVEST, date(2025, 3, 3), 500, held.pk), at=SOON)
    index_of(*LEVELS)
    as_role(client, Role.PROGRAMME_MANAGER)
    page = shown(client, "fund_performance", fund.pk).text
    for heading in ("J-curve", "Realised and unrealised", "Concentration", "Pacing", "How the figures are made"):
        assert heading in page
    for link in set(re.findall(r'href="(/funds/[^"]*)"', page)):
        assert client.get(link.replace("&amp;", "&")).status_code == 200, link


def test_the_rows_of_a_rate_sum_to_zero_at_the_rate(client):
    fund = fund_a()
    as_role(client, Role.AUDITOR)
    page = shown(client, "rate_rows", **rows_of(fund), unit="yuan").text
    assert "7.0\u202f%" in page
    assert "Net asset value at the end" in page
    assert "Actual days / 365" in page
    assert "this is the only one" in page


@pytest.mark.parametrize(
    ("cut", "key", "side"),
    [
        ("TOTAL", "0", "net"), ("VINTAGE", "2021", "net"), ("VINTAGE", "2021", "gross"), ("CLASS", "VENTURE", "net"),
        ("STAGE", "angel", "gross"),
    ],
)  # fmt: skip
def test_cuts_open_their_rows(client, cut, key, side):
    fund_a()
    as_role(client, Role.AUDITOR)
    page = shown(client, "rate_rows", cut=cut, key=key, side=side)
    assert page.status_code == 200
    assert "One rate" in page.text


def test_a_holding_opens_its_rows(client):
    holding = fund_a().investments.get()
    as_role(client, Role.AUDITOR)
    page = shown(client, "rate_rows", cut="HOLDING", key=holding.pk, side="gross").text
    assert holding.company.name in page
    assert "Fair value at the end" in page


@pytest.mark.parametrize(
    "query",
    [
        {}, {"cut": "FUND", "key": "999999", "side": "net"}, {"cut": "FUND", "key": "x", "side": "net"},
        {"cut": "STAGE", "key": "angel", "side": "net"}, {"cut": "STAGE", "key": "seed", "side": "gross"},
        {"cut": "HOLDING", "key": "999999", "side": "gross"}, {"cut": "VINTAGE", "key": "1999", "side": "net"},
        {"cut": "INDUSTRY", "key": "C", "side": "gross"}, {"cut": "NOTHING", "key": "1", "side": "net"},
    ],
)  # fmt: skip
def test_rows_of_what_does_not_exist_are_not_found(client, query):
    fund_a()
    as_role(client, Role.AUDITOR)
    assert shown(client, "rate_rows", **query).status_code == 404


def test_grant_money_has_no_performance(client):
    grants = FundFactory(**grant())
    as_role(client, Role.AUDITOR)
    assert shown(client, "fund_performance", grants.pk).url.startswith(reverse("funds:awards", args=[grants.pk]))
    page = shown(client, "performance")
    assert [table.title for table in page.context["sections"]["grants"].tables] == ["Grant money"]
    assert grants.name_en not in [line.name for line in page.context["table"].rows]


def grant():
    facts = {"fund_class": FundClass.GRANT}
    return facts | ({"kind": "GRANT"} if any(field.name == "kind" for field in Fund._meta.fields) else {})


def test_several_roots_are_told_on_their_page_and_none_is_the_return(client):
    fund = FundFactory()
    book(
        fund,
        Draft(EventKind.CALL, date(2022, 1, 1), 100),
        Draft(EventKind.FEE, date(2022, 1, 2), 1),
        at=SOON,
    )
    holding = InvestmentFactory(fund=fund)
    book(
        fund,
        Draft(EventKind.INVEST, date(2022, 1, 3), 99, holding.pk),
        Draft(EventKind.DIVIDEND, date(2023, 1, 1), 230, holding.pk),
        Draft(EventKind.DISTRIBUTION, date(2023, 1, 1), 230),
        Draft(EventKind.CALL, date(2024, 1, 1), 132),
        Draft(EventKind.INVEST, date(2024, 1, 1), 132, holding.pk),
        Draft(EventKind.WRITE_OFF, date(2024, 1, 2), 0, holding.pk, 231),
        at=SOON,
    )
    as_role(client, Role.AUDITOR)
    page = shown(client, "rate_rows", **rows_of(fund)).text
    assert "Several rates solve it" in page
    assert "All rates that solve it: 10.0000\u202f%, 20.0000\u202f%" in page
    assert "no single rate" in shown(client, "fund_performance", fund.pk).text


def test_a_young_fund_tells_the_return_of_its_period(client):
    fund = FundFactory()
    holding = InvestmentFactory(fund=fund)
    book(
        fund,
        Draft(EventKind.CALL, date(2025, 4, 26), 100),
        Draft(EventKind.INVEST, date(2025, 4, 26), 100, holding.pk),
        Draft(EventKind.DIVIDEND, date(2025, 5, 6), 900, holding.pk),
        at=SOON,
    )
    as_role(client, Role.AUDITOR)
    page = shown(client, "fund_performance", fund.pk).text
    assert "return of the period 900.0\u202f%" in page
    assert "Under one year: return of the period" in page
    assert "is shown; r itself would be" in shown(client, "rate_rows", **rows_of(fund)).text


def test_a_fund_without_flows_says_so(client):
    fund = FundFactory()
    as_role(client, Role.AUDITOR)
    page = shown(client, "fund_performance", fund.pk).text
    assert "Nothing was paid in by this day, so there is no performance yet." in page


@pytest.mark.parametrize("name", ["performance", "fund_performance", "rate_rows"])
def test_queries_are_few_and_do_not_grow(client, name, django_assert_max_num_queries):
    fund = fund_a()
    index_of(*LEVELS)
    as_role(client, Role.PROGRAMME_MANAGER)
    args, query = ([fund.pk], {}) if name == "fund_performance" else ([], rows_of(fund) if name == "rate_rows" else {})
    counts = []
    for _ in range(2):
        shown(client, name, *args, **query)
        with django_assert_max_num_queries(19) as queries:
            shown(client, name, *args, **query)
        counts.append(len(queries))
        for number in range(3):
            fund_a()
            holding = InvestmentFactory(fund=fund, stage=Stage.SEED)
            book(fund, Draft(EventKind.INVEST, date(2025, 1, 2 + number), 10, holding.pk), at=SOON)
    assert counts[0] == counts[1]


def test_the_table_is_exported_with_its_exact_numbers(client):
    fund_a()
    index_of(*LEVELS)
    as_role(client, Role.PROGRAMME_MANAGER)
    file = shown(client, "performance", export="csv")
    lines = b"".join(file).decode("utf-8-sig")
    assert "Net IRR" in lines
    assert "One rate" in lines
    assert shown(client, "performance", export="xlsx").status_code == 200


@pytest.mark.parametrize("name", ["performance", "fund_performance", "rate_rows"])
def test_pages_are_chinese_for_chinese_readers(client, name):
    fund = fund_a()
    index_of(*LEVELS)
    as_role(client, Role.PROGRAMME_MANAGER)
    args, query = ([fund.pk], {}) if name == "fund_performance" else ([], rows_of(fund) if name == "rate_rows" else {})
    page = shown(client, name, *args, language="zh-hans", **query).text
    assert "内部收益率" in page
    assert "Net IRR" not in page


@pytest.mark.parametrize("wrong", [{"since": "2026-01-01"}, {"since": "x"}])
def test_a_wrong_day_of_the_bridge_is_named(client, wrong):
    fund = fund_a()
    as_role(client, Role.AUDITOR)
    page = shown(client, "fund_performance", fund.pk, **wrong)
    assert page.status_code == 200
    assert 'class="error-summary' in page.text


def api(role=Role.AUDITOR):
    client = APIClient()
    client.force_authenticate(UserFactory(role=role))
    return client


API_TIMES = {"as_of": "2025-06-30", "known_at": "2026-01-01T00:00:00Z"}


@pytest.mark.parametrize("role", Role)
def test_the_api_gives_rates_with_status_to_the_office(role):
    fund = fund_a()
    index_of(*LEVELS)
    answer = api(role).get(reverse("api:performance-list"), API_TIMES | {"index": "TR"})
    one = api(role).get(reverse("api:fund-performance", args=[fund.pk]), API_TIMES | {"index": "TR"})
    if role not in READERS:
        assert (answer.status_code, one.status_code) == (403, 404)
        return
    line = next(row for row in answer.json()["lines"] if row["cut"] == "FUND")
    assert line["net"]["status"] == "OK"
    assert line["net"]["rate"] == pytest.approx(0.070293121)
    assert line["multiples"]["dpi"]["num"] / line["multiples"]["dpi"]["den"] == pytest.approx(1 / 6)
    assert line["pme"]["ks_pme"] == pytest.approx(1.18142755)
    body = one.json()
    assert body["figures"]["net"] == line["net"]
    change = body["bridge"]["closing_fen"] - body["bridge"]["opening_fen"]
    assert sum(step["amount_fen"] for step in body["bridge"]["steps"]) == change
    assert sum(row["received_fen"] - row["paid_fen"] for row in body["net_rows"]) == 2_750


@pytest.mark.parametrize("query", [{"index": "NONE"}, {"sinse": "2025-01-01"}])
def test_the_api_refuses_what_it_does_not_know(query):
    fund_a()
    assert api().get(reverse("api:performance-list"), API_TIMES | query).status_code == 400


def test_the_api_refuses_a_bridge_that_begins_too_late_and_grants():
    fund, grants = fund_a(), FundFactory(**grant())
    late = api().get(reverse("api:fund-performance", args=[fund.pk]), API_TIMES | {"since": "2025-07-01"})
    assert late.status_code == 400
    assert api().get(reverse("api:fund-performance", args=[grants.pk]), API_TIMES).status_code == 404


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("one", [True, False])
def test_the_report_says_the_same_as_the_pages_and_is_the_same_each_time(language, one):
    fund = fund_a()
    index = index_of(*LEVELS)
    params = {"fund": fund if one else None, "index": index, "unit": "wan"}
    with translation.override(language):
        made = [kind.build(params, as_of=NOW.as_of, known_at=NOW.known_at, language=language) for _ in range(2)]
    first, second = (content.canonical_json(data) for data in made)
    assert first == second
    assert content.from_plain(content.plain(made[0])).title == str(made[0].title)
    headline = made[0].sections[0].figures[0]
    assert float(headline.value.value) == pytest.approx(0.070293121, abs=1e-8)


def test_the_report_has_a_quarterly_schedule_and_compares_with_a_total_return_index():
    series = index_of(*LEVELS, code="P")
    IndexSeries.objects.filter(pk=series.pk).update(kind=IndexKind.PRICE)
    assert kind.default_index() is None
    total = index_of(*LEVELS, code="T")
    assert kind.default_index() == total
    assert kind.KIND.default_schedule.every == "quarter"


def test_years_after_the_day():
    assert after(date(2024, 2, 29), 1) == date(2025, 2, 28)
    assert after(NOW.as_of, 2) == date(2027, 6, 30)
