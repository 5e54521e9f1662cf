"""The quarterly fund report: one fund, one quarter, the same figures in every file, made for every active fund."""

import io
import json
from datetime import UTC, date, datetime, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone, translation
from openpyxl import load_workbook

from funds.actions.notices import issue_notice
from funds.choices.ledger import EventKind
from funds.choices.records import FundClass, FundState
from funds.models import Commitment
from funds.queries.period_sums import period_sums, quarter_start, usual_periods
from funds.queries.quarterly import fund_quarter
from funds.queries.sums import Moment
from funds.reports.quarterly import CODE, KIND
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.reports import actions
from innovation.reports.actions import request_run
from innovation.reports.choices import Every, Format
from innovation.reports.models import ReportFile, ReportRun, ReportSchedule
from tests.factories.accounts import UserFactory, as_role
from tests.factories.funds import CompanyFactory, FundFactory
from tests.factories.reports import finished
from tests.funds import scenes

pytestmark = pytest.mark.django_db
KNOWN = datetime(2024, 6, 30, 15, tzinfo=UTC)


def files_of(fund, language="en"):
    run, _new = request_run(
        kind=CODE, parameters={"fund": fund.pk, "preparer": "Wang Min"}, actor=UserFactory(role=Role.FUND_OFFICER),
        as_of=scenes.DAY, known_at=KNOWN, language=language,
    )  # fmt: skip
    with translation.override(language):
        finished(run)
    return {file.format: bytes(file.content) for file in ReportFile.objects.filter(run=run)}


def table(data, title):
    return next(t for section in data["sections"] for t in section["tables"] if t["title"] == title)


def test_the_report_says_what_the_books_say_in_every_file():
    fund = scenes.fund_mixed()
    files = files_of(fund)
    data = json.loads(files[Format.JSON])["data"]
    assert data["title"].startswith("Quarterly report 2024-Q2")
    portfolio = table(data, "Portfolio")
    assert [cell["fen"] for cell in portfolio["total"]["cells"][2:7]] == [
        2000 * scenes.WAN, 100 * scenes.WAN, 1900 * scenes.WAN, 1600 * scenes.WAN, 0,
    ]  # fmt: skip
    money = {
        row["cells"][0]["value"]: [cell["fen"] for cell in row["cells"][1:]]
        for row in table(data, "Money by period")["rows"]
    }
    assert money["Called"] == [0, 0, 2000 * scenes.WAN]
    assert money["Invested"] == [0, 0, 2000 * scenes.WAN]
    titles = [section["title"] for section in data["sections"]]
    assert {"Fund and terms", "Performance", "Loss tolerance", "Alerts", "Exemption cases", "Landing"} <= set(titles)
    assert ["Prepared by", "Wang Min"] in data["scope"]
    assert any(source["unverified"] is not None and source["fingerprint"] for source in data["sources"])
    book = load_workbook(io.BytesIO(files[Format.XLSX]), read_only=True)
    assert {"Portfolio", "Money by period"} <= set(book.sheetnames)
    assert files[Format.PDF].startswith(b"%PDF")
    assert "基金季度报告" not in files[Format.HTML].decode()


def test_grant_money_has_neither_return_nor_loss_rate_and_speaks_chinese():
    fund = FundFactory(fund_class=FundClass.GRANT)
    data = json.loads(files_of(fund, "zh-hans")[Format.JSON])["data"]
    assert [section["title"] for section in data["sections"]] == [
        "基金与条款", "基金资金", "资助", "本季度分录", "费用", "预警", "免责案件",
    ]  # fmt: skip


def test_recalled_money_is_called_again_and_leaves_the_rest_uncalled():
    fund = FundFactory(committed_fen=100 * scenes.WAN)
    Commitment.objects.create(
        fund=fund, investor=CompanyFactory(), source="SOCIAL", amount_fen=100 * scenes.WAN, valid_from=date(2020, 1, 1)
    )
    officer = UserFactory(role=Role.FUND_OFFICER)
    today = timezone.localdate()
    facts = {"fund_id": fund.pk, "notice_on": today, "due_on": today, "purpose": "x", "actor": officer}
    issue_notice(word="distribution", amount_fen=30 * scenes.WAN, recallable_fen=20 * scenes.WAN, **facts)
    issue_notice(word="call", amount_fen=15 * scenes.WAN, recallable_fen=5 * scenes.WAN, **facts)
    found = fund_quarter(fund, Moment(today, datetime.now(UTC)))
    assert (found.recallable, found.recalled) == (20 * scenes.WAN, 5 * scenes.WAN)


def test_sums_by_period_take_a_reversal_back():
    fund = scenes.fund_within()
    found = period_sums(fund.pk, Moment(scenes.DAY, KNOWN), usual_periods(scenes.DAY))
    assert quarter_start(date(2024, 12, 31)) == date(2024, 10, 1)
    assert (found["qtd"].relieved, found["ytd"].relieved, found["itd"].relieved) == (
        0, 100 * scenes.WAN, 100 * scenes.WAN,
    )  # fmt: skip
    assert found["ytd"].realised == -100 * scenes.WAN
    assert found["itd"].of(EventKind.CALL) == found["itd"].invested == 1000 * scenes.WAN


@pytest.mark.parametrize("make", [scenes.fund_within, scenes.fund_mixed])
def test_the_number_of_statements_does_not_grow(make, django_assert_max_num_queries):
    fund = make()
    for _again in range(3):
        scenes.invest(fund, 100, value=90)
    with django_assert_max_num_queries(60):
        KIND.build({"fund": fund}, as_of=scenes.DAY, known_at=KNOWN, language="en")


def test_every_active_fund_gets_its_report_once_a_quarter():
    ReportSchedule.objects.exclude(kind=CODE).delete()
    schedule = ReportSchedule.objects.get(kind=CODE)
    assert (schedule.every, schedule.parameters) == (Every.QUARTER, {})
    funds = [FundFactory(state=state) for state in (FundState.INVESTING, FundState.EXITING, FundState.EXTENDED)]
    FundFactory(state=FundState.CLOSED)
    FundFactory(state=FundState.PREPARING)
    due = datetime(2026, 7, 22, tzinfo=UTC)
    ReportSchedule.objects.update(next_first=date(2026, 4, 1), next_due=due)
    made = actions.make_due(due + timedelta(hours=1))
    assert len(made) == len(funds) * 2
    assert {run.parameters["fund"] for run in ReportRun.objects.all()} == {fund.pk for fund in funds}
    ReportSchedule.objects.update(next_first=date(2026, 4, 1), next_due=due)
    assert actions.make_due(due + timedelta(hours=2)) == []


def test_a_person_names_the_fund_and_a_schedule_may_leave_it_open(client):
    with pytest.raises(RuleViolation) as refusal:
        KIND.clean({})
    assert refusal.value.field == "fund"
    assert KIND.clean({}, scheduled=True)["fund"] is None
    as_role(client, Role.ADMINISTRATOR)
    schedule = ReportSchedule.objects.get(kind=CODE)
    page = client.get(reverse("admin:reports_reportschedule_change", args=[schedule.pk]))
    assert "Every active fund" in page.content.decode()


@pytest.mark.parametrize("role", Role)
def test_who_opens_it_from_the_fund(role, client):
    as_role(client, role)
    fund = FundFactory()
    page = client.get(reverse("funds:fund", args=[fund.pk]))
    readers = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
    assert (page.status_code == 200) == (role in readers)
    if role in readers:
        asked = reverse("reports:ask", args=[CODE])
        assert f"{asked}?fund={fund.pk}" in page.content.decode()
        assert client.get(asked).status_code == 200
