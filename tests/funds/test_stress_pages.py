"""Pages and report of stress: who may open them, what they say, that an answer writes nothing and asks little."""

import json
import re
from datetime import date
from fractions import Fraction

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from funds.choices.figures import StressKind
from funds.demo import make_funds
from funds.demo.stress import make_stress
from funds.models import LedgerEvent, Scenario, StressRun
from funds.reports import stress_register
from innovation.accounts.choices import Role
from innovation.accounts.demo import make_people
from innovation.core import translations
from innovation.core.forms import new_token
from innovation.organisations.demo import make_organisations
from innovation.reports.content import canonical_json, from_plain, plain
from tests.factories.accounts import as_role, in_turn
from tests.factories.funds import InvestmentFactory
from tests.funds import scenes
from tests.funds.portfolio_a import DAY, KNOWN, WAN
from tests.funds.stressing import GROSS, bound_a, chosen, finished, read_as

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.FINANCE, Role.PROGRAMME_MANAGER, Role.AUDITOR, Role.ADMINISTRATOR}
ASKERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.ADMINISTRATOR}
TIMES = "as_of=2024-06-30&known_at=2024-06-30T20:00:00%2B08:00"


@pytest.fixture
def fund():
    fund, _ = bound_a()
    read_as(fund, **GROSS)
    return fund


def address(name, fund, more=""):
    return f"{reverse(f'funds:{name}')}?scope=fund-{fund.pk}&{TIMES}{more}"


def holding(fund, code):
    return fund.investments.get(code=code).pk


def text_of(response):
    return re.sub(r"[ \n\t]+", " ", response.content.decode())


# ── Who ──────────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("undrawn")
def test_who_may_open_which_page(client, fund):
    run, saved = finished(fund), saved_scenario(client, fund)
    for role in in_turn(client):
        read = [
            reverse("funds:stress"), address("stress", fund), address("whatif", fund), address("sensitivity", fund),
            reverse("funds:scenarios"), run.get_absolute_url(), saved.get_absolute_url(),
            reverse("funds:stress_progress", args=[run.pk]),
        ]  # fmt: skip
        act = [address("stress_ask", fund), reverse("funds:scenario_archive", args=[saved.pk])]
        for page in read:
            assert client.get(page).status_code == (200 if role in READERS else 302 if role is None else 403), page
        for page in act:
            assert client.get(page).status_code == (200 if role in ASKERS else 302 if role is None else 403), page
        saving = client.post(address("scenario_save", fund), {"name": "x"}).status_code
        assert saving == (422 if role in ASKERS else 302 if role is None else 403)


def saved_scenario(client, fund):
    as_role(client, Role.FUND_OFFICER)
    supposed = {"changes": [{"holding": holding(fund, "P4"), "kind": "WRITE_OFF", "share": [1, 1], "impaired": False}]}
    form = {"name": "P4 fails", "note": "", "changes": json.dumps(supposed), "form_token": new_token()}
    assert client.post(address("scenario_save", fund), form).status_code == 302
    return Scenario.objects.get(name="P4 fails")


# ── Reverse stress ───────────────────────────────────────────────────────────────────────────────
def test_the_stress_page_tells_the_worked_example(client, fund):
    as_role(client, Role.PROGRAMME_MANAGER)
    page = text_of(client.get(address("stress", fund)))
    assert "67.1\u202f%" in page
    assert "983.33" in page
    assert "The cap breaks here" in page
    assert "No finished run answers this question" in page


def test_a_finished_run_is_shown_with_interval_and_day_and_raises_the_level(client, fund):
    run = finished(fund)
    as_role(client, Role.AUDITOR)
    now = f"{reverse('funds:stress')}?scope=fund-{fund.pk}&as_of=2024-06-30"
    page = text_of(client.get(now))
    assert "run of 2024-06-30" in page
    assert run.get_absolute_url() in page
    tolerance = text_of(client.get(f"{reverse('funds:tolerance')}?scope=fund-{fund.pk}&as_of=2024-06-30"))
    assert "Simulation as of 2024-06-30; it counts in the warning level" in tolerance
    assert run.get_absolute_url() in tolerance
    # As known on that day, nobody had drawn it yet.
    assert run.get_absolute_url() not in text_of(client.get(address("stress", fund)))


def test_without_a_cap_the_page_says_so(client):
    fund = scenes.venture()
    scenes.invest(fund, 100)
    as_role(client, Role.FUND_OFFICER)
    for name in ("stress", "whatif", "sensitivity", "stress_ask"):
        assert "No cap is tested for this scope" in text_of(client.get(address(name, fund))), name


def test_unknown_scopes_are_not_found(client, fund):
    as_role(client, Role.FUND_OFFICER)
    for scope in ("fund-999999", "group-999999", f"project-{holding(fund, 'P4')}", "nonsense"):
        assert client.get(f"{reverse('funds:whatif')}?scope={scope}").status_code == 404


def test_the_sensitivity_grows_with_the_failure_rate(client, fund):
    as_role(client, Role.AUDITOR)
    whole = client.get(address("sensitivity", fund))
    part = client.get(address("sensitivity", fund), headers={"HX-Request": "true"})
    assert "<html" in whole.content.decode()
    assert "<html" not in part.content.decode()
    for response in (whole, part):
        assert "ρ = 0.15" in text_of(response)
        assert "example-rate" in text_of(response)


# ── What-if ──────────────────────────────────────────────────────────────────────────────────────
def test_what_if_answers_on_the_page_and_writes_nothing(client, fund):
    as_role(client, Role.FINANCE)
    events = LedgerEvent.objects.count()
    with CaptureQueriesContext(connection) as queries:
        response = client.get(address("whatif", fund, f"&off-{holding(fund, 'P4')}=on"))
    page = text_of(response)
    # 1,650 + 1,500 of 5,600
    assert "The loss rate goes from 29.5\u202f% to 56.3\u202f% under a cap of 40.0\u202f%: Cap exceeded." in page
    assert "100.0\u202f% of the remaining cost is written off" in page
    assert len(queries) <= 12
    assert not [q["sql"] for q in queries if re.match(r"\s*(INSERT|UPDATE|DELETE)", q["sql"])]
    assert (LedgerEvent.objects.count(), Scenario.objects.count()) == (events, 0)
    assert "Save this scenario" not in page


def test_a_sent_form_leads_to_an_address_that_holds_the_supposition(client, fund):
    as_role(client, Role.FUND_OFFICER)
    form = {
        "scope": f"fund-{fund.pk}", "as_of": "2024-06-30", "known_at": "2024-06-30T20:00:00+08:00", "document": "",
        f"down-{holding(fund, 'P3')}": "50", f"down-{holding(fund, 'P2')}": "",
        "amount_amount": "", "amount_unit": "wan", "stage": "seed", "others": "", "basis": "", "cap": "60",
    }  # fmt: skip
    sent = client.post(reverse("funds:whatif"), form)
    assert sent.status_code == 302
    assert f"down-{holding(fund, 'P3')}=50" in sent.url
    assert "cap=60" in sent.url
    for left_out in ("amount", "basis", "stage", "others", f"down-{holding(fund, 'P2')}", "csrf"):
        assert left_out not in sent.url
    page = text_of(client.get(sent.url))
    assert "fair value falls by 50.0\u202f%" in page
    assert "Another cap: 60.0\u202f%" in page
    assert "Save this scenario" in page


def test_a_supposition_too_long_for_an_address_is_answered_where_it_was_sent(client, fund):
    as_role(client, Role.FUND_OFFICER)
    form = {"scope": f"fund-{fund.pk}", "as_of": "2024-06-30", "known_at": "2024-06-30T20:00:00+08:00"}
    form |= {f"down-{number}": "10" for number in range(10**9, 10**9 + 300)}
    answered = client.post(reverse("funds:whatif"), form)
    assert answered.status_code == 422
    assert "A holding of the scenario is not in this portfolio on this day." in text_of(answered)


def test_new_money_and_another_reading(client, fund):
    as_role(client, Role.FUND_OFFICER)
    more = "&amount_amount=2,400&amount_unit=wan&stage=seed&lost=50&called=on&netting=ALL_GAINS&others=10"
    page = text_of(client.get(address("whatif", fund, more)))
    assert "New money: 2,400" in page
    assert "Another reading: Gains set off is “All gains set off”" in page
    assert "All holdings: fair value falls by 10.0\u202f%" in page


@pytest.mark.parametrize(
    ("more", "said"),
    [
        ("&down-{P3}=much", "“much” is no percentage"),
        ("&down-{P3}=130", "more than 0 % and at most 100 %"),
        ("&cap=130", "less than or equal to 100"),
        ("&amount_amount=x&amount_unit=wan", "amount"),
        ("&denominator=EXITED_COST", "Exited cost is the measure of realised losses only."),
        ("&down-99999999=10", "not in this portfolio"),
    ],
)
def test_what_cannot_be_supposed_is_named(client, fund, more, said):
    as_role(client, Role.FUND_OFFICER)
    response = client.get(address("whatif", fund, more.format(P3=holding(fund, "P3"))))
    assert response.status_code == 422
    assert said in text_of(response)


def test_a_fund_of_500_holdings_takes_at_most_twelve_statements_and_no_write(client, fund):
    rows = InvestmentFactory.build_batch(500, fund=fund, company=fund.investments.first().company, stage="seed")
    fund.investments.bulk_create(rows)
    day = date(2023, 4, 1)
    scenes.book(fund, *(scenes.Draft(scenes.EventKind.INVEST, day, 10 * WAN + row.pk, row.pk) for row in rows))
    as_role(client, Role.PROGRAMME_MANAGER)
    page = address("whatif", fund, f"&off-{rows[7].pk}=on&others=20&amount_amount=500&amount_unit=wan&stage=seed")
    with CaptureQueriesContext(connection) as queries:
        response = client.get(page)
    assert "The loss rate goes from" in text_of(response)
    assert len(queries) <= 12
    assert not [q["sql"] for q in queries if re.match(r"\s*(INSERT|UPDATE|DELETE)", q["sql"])]
    assert "more holdings with a smaller effect" in text_of(response)
    found = text_of(client.get(page + f"&find={rows[499].code}"))
    assert rows[499].code in found


# ── Scenarios ────────────────────────────────────────────────────────────────────────────────────
def test_a_scenario_is_listed_compared_recomputed_and_archived(client, fund):
    saved = saved_scenario(client, fund)
    assert "P4 fails" in text_of(client.get(reverse("funds:scenarios")))
    assert "56.3\u202f%" in text_of(client.get(address("stress", fund)))
    page = text_of(client.get(saved.get_absolute_url()))
    assert "100.0\u202f% of the remaining cost is written off" in page
    assert "Ask it of today" in page
    assert client.get(f"{saved.get_absolute_url()}?today=1").status_code == 200
    archive = reverse("funds:scenario_archive", args=[saved.pk])
    assert client.post(archive, {"form_token": new_token()}).status_code == 302
    assert "P4 fails" not in text_of(client.get(reverse("funds:scenarios")))
    assert "This scenario is archived." in text_of(client.get(saved.get_absolute_url()))


def test_a_damaged_or_empty_supposition_is_not_saved(client, fund):
    as_role(client, Role.FUND_OFFICER)
    for changes in ("nonsense", "[]", "{}", '{"cap": [1, 0]}'):
        form = {"name": "x", "changes": changes, "form_token": new_token()}
        assert client.post(address("scenario_save", fund), form).status_code == 422, changes
    assert not Scenario.objects.exists()


# ── Runs ─────────────────────────────────────────────────────────────────────────────────────────
def test_a_run_is_asked_for_once_and_waits(client, fund):
    as_role(client, Role.PROGRAMME_MANAGER)
    form = {
        "kind": "BY_FUND_END", "table": "example-rate", "rho": "15", "draws": "2000", "years": "", "seed": "7",
        "form_token": new_token(),
    }  # fmt: skip
    page = address("stress_ask", fund)
    first, second = client.post(page, form), client.post(page, form)
    assert first.status_code == second.status_code == 302
    assert first.url == second.url
    run = StressRun.objects.get()
    assert (run.seed, run.draws, run.known_at) == (7, 2_000, KNOWN)
    waiting = text_of(client.get(run.get_absolute_url()))
    assert reverse("funds:stress_progress", args=[run.pk]) in waiting
    assert 'http-equiv="refresh"' in waiting


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"draws": "10"}, "1000"),
        ({"table": "us-2004-2013"}, "no data for this kind of run"),
        ({"rho": "120"}, "100"),
        ({"kind": "X"}, "X"),
    ],
)
def test_wrong_choices_are_named(client, fund, change, said):
    as_role(client, Role.FUND_OFFICER)
    form = {"kind": "BY_FUND_END", "table": "example-rate", "rho": "15", "draws": "2000", "form_token": new_token()}
    response = client.post(address("stress_ask", fund), form | change)
    assert response.status_code == 422
    assert said in text_of(response)
    assert not StressRun.objects.exists()


def test_a_finished_run_shows_result_seed_and_sources(client, fund):
    runs = [finished(fund), finished(fund, choices=chosen(StressKind.OUTCOMES, "us-2004-2013"))]
    as_role(client, Role.AUDITOR)
    for run in runs:
        page = text_of(client.get(run.get_absolute_url()))
        assert run.result["digest"] in page
        assert str(run.seed) in page
        assert "Unverified" in page
        assert "http-equiv" not in page
    assert "Correlation Ventures" in page


def test_the_list_of_runs_costs_the_same_for_one_and_three(client, fund, django_assert_max_num_queries):
    finished(fund)
    as_role(client, Role.AUDITOR)
    with django_assert_max_num_queries(9) as before:
        client.get(reverse("funds:stress"))
    finished(fund, seed=1)
    finished(fund, seed=2)
    with django_assert_max_num_queries(len(before)):
        assert len(re.findall(r"/funds/stress/runs/\d+/", text_of(client.get(reverse("funds:stress"))))) >= 3


@pytest.mark.parametrize("name", ["stress", "whatif"])
def test_pages_of_a_fund_take_at_most_twelve_statements(client, fund, django_assert_max_num_queries, name):
    finished(fund)
    saved_scenario(client, fund)
    as_role(client, Role.AUDITOR)
    with django_assert_max_num_queries(12):
        assert client.get(address(name, fund)).status_code == 200


# ── Both languages, report, demonstration ────────────────────────────────────────────────────────
def test_every_page_speaks_chinese(client, fund):
    run, saved = finished(fund), saved_scenario(client, fund)
    translations.compile_all()
    pages = {
        address("stress", fund): "反向压力测试", address("whatif", fund, "&others=30"): "假设内容",
        address("sensitivity", fund): "失败率", run.get_absolute_url(): "随机种子",
        saved.get_absolute_url(): "以上均未记入账簿", address("stress_ask", fund): "结果数据",
    }  # fmt: skip
    for page, word in pages.items():
        with translation.override("en"):
            assert word in text_of(client.get(page, headers={"Accept-Language": "zh-hans"})), page


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_the_register_tells_all_funds_and_one(fund, language):
    finished(fund)
    translations.compile_all()
    with translation.override(language):
        whole = stress_register.build({}, as_of=DAY, known_at=KNOWN, language=language)
        one = stress_register.build({"fund": fund}, as_of=DAY, known_at=KNOWN, language=language)
    for data in (whole, one):
        assert from_plain(plain(data)) == from_plain(plain(from_plain(plain(data))))
        assert canonical_json(data)
    line = whole.sections[0].tables[0].rows[0]
    assert line.cells[2].value == Fraction(1_650, 5_600)
    assert line.cells[4].value == Fraction(718, 1_070)
    assert [len(section.tables) for section in one.sections] == [1, 1, 1]


def test_the_demonstration_has_runs_scenarios_and_its_own_record(client):
    make_people()
    make_organisations()
    make_funds()
    make_stress()
    assert StressRun.objects.filter(state="done").count() == 3
    assert Scenario.objects.count() == 2
    make_stress()
    assert StressRun.objects.count() == 3
    as_role(client, Role.PROGRAMME_MANAGER)
    for run in StressRun.objects.all():
        assert client.get(run.get_absolute_url()).status_code == 200
