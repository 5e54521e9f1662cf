"""Quarters of companies: who reports, corrections, files with dry run; a company's page."""

from datetime import date, timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.imports.companies import confirm_file, send_cap_table
from funds.models import CapRecord, CompanyFile, CompanyQuarter
from funds.queries.companies import cap_table_of, holdings_of
from funds.queries.sums import Moment
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.organisations.choices import MembershipRole
from tests.factories import deals
from tests.factories.accounts import UserFactory, as_role
from tests.factories.deals import WAN
from tests.factories.funds import InvestmentFactory
from tests.factories.organisations import MembershipFactory, OrganisationFactory
from tests.funds import scenes
from tests.funds.ocf_package import package, zipped
from tests.funds.reporting import HEAD, Q1, Q2, issue, now, report, sent
from tests.funds.test_deals_pages import money, post

pytestmark = pytest.mark.django_db
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
REPORTERS = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}


@pytest.fixture
def company():
    return InvestmentFactory(company=OrganisationFactory()).company


# ── Quarters ─────────────────────────────────────────────────────────────────────────────────────
@pytest.mark.parametrize("role", Role)
def test_who_reports_from_the_office(role, company):
    actor = UserFactory(role=role)
    if role in REPORTERS:
        assert report(company, actor, source="AUDITED").source == "AUDITED"
        return
    with pytest.raises(PermissionDenied):
        report(company, actor)
    assert not CompanyQuarter.objects.exists()


@pytest.mark.parametrize("role", MembershipRole)
def test_members_report_for_their_own_company_alone(role, company):
    member = MembershipFactory(organisation=company, role=role).user
    if role == MembershipRole.VIEWER:
        with pytest.raises(PermissionDenied):
            report(company, member)
        return
    assert report(company, member, source="AUDITED").source == "COMPANY"
    with pytest.raises(PermissionDenied):
        report(InvestmentFactory().company, member)


def test_a_company_that_no_fund_holds_does_not_report():
    membership = MembershipFactory()
    with pytest.raises(PermissionDenied):
        report(membership.organisation, membership.user)


def test_a_correction_needs_its_reason_and_both_stay_answerable(company):
    first = report(company)
    before = timezone.now()
    assert report(company) == first
    with pytest.raises(RuleViolation) as refused:
        report(company, headcount=51)
    assert refused.value.code == "REASON_MISSING"
    second = report(company, headcount=51, reason="one was forgotten")
    assert list(CompanyQuarter.objects.known(before)) == [first]
    assert list(CompanyQuarter.objects.known(timezone.now())) == [second]
    with pytest.raises(RuleViolation) as refused:
        report(company, end=date(2999, 12, 31))
    assert refused.value.code == "QUARTER_NOT_OVER"


@pytest.mark.parametrize(
    ("name", "facts"),
    [
        ("company_quarter_ends", {"quarter_end": date(2026, 3, 30)}),
        ("company_quarter_not_in_future", {"quarter_end": date(2999, 12, 31)}),
        ("company_quarter_not_negative", {"tax_fen": -1}),
        ("company_quarter_says_something", {"headcount": None}),
        ("company_quarter_rd_staff_within", {"rd_staff": 6}),
        ("company_quarter_once", {}),
    ],
)
def test_the_database_refuses(name, facts, company):
    report(company, end=Q2)
    row = {"company": company, "quarter_end": Q2, "headcount": 5, "source": "OFFICE"} | facts
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        CompanyQuarter.objects.create(**row)
    assert caught.value.__cause__.diag.constraint_name == name


def test_rows_are_never_changed(company):
    report(company)
    issue(company)
    for work in (
        lambda: CompanyQuarter.objects.update(headcount=1),
        lambda: CapRecord.objects.update(data={}),
        lambda: CapRecord.objects.all().delete(),
    ):
        with pytest.raises(IntegrityError), transaction.atomic():
            work()


# ── Files of quarters ────────────────────────────────────────────────────────────────────────────
def test_a_file_is_shown_then_written_and_not_twice(company):
    report(company, end=Q1)
    text = f'{HEAD}{company.uscc},2026Q1,万元,100,50,,\n{company.uscc},2026年第二季度,万元,"1,250.5",52,20,3\n'
    row = sent(text)
    assert (row.report["new"], row.report["same"], row.problems) == (1, 1, [])
    assert CompanyQuarter.objects.count() == 1
    confirm_file(file_id=row.pk, actor=deals.officer())
    stored = CompanyQuarter.objects.get(quarter_end=Q2)
    assert (stored.revenue_fen, stored.headcount, stored.rd_staff, stored.tax_fen) == (1_250_500_000, 52, 20, 3 * WAN)
    assert (stored.source, stored.origin) == ("MANAGER", row)
    for again, code in ((row, "ALREADY_WRITTEN"), (sent(text), "ALREADY_IMPORTED")):
        with pytest.raises(RuleViolation) as refused:
            confirm_file(file_id=again.pk, actor=deals.officer())
        assert refused.value.code == code


@pytest.mark.parametrize(
    ("line", "code"),
    [
        ("nobody,2026Q1,万元,1,1,,", "COMPANY"),
        ("{uscc},2026Q5,万元,1,1,,", "QUARTER"),
        ("{uscc},2026-03-30,万元,1,1,,", "QUARTER"),
        ("{uscc},2999Q1,万元,1,1,,", "QUARTER_NOT_OVER"),
        ("{uscc},2026Q1,,1,1,,", "MONEY_UNIT"),
        ("{uscc},2026Q1,万元,\"1,5\",1,,", "MONEY_FORMAT"),
        ("{uscc},2026Q1,万元,1,1.5,,", "COUNT"),
        ("{uscc},2026Q1,万元,1,1,,-1", "NEGATIVE"),
        ("{uscc},2026Q1,万元,,,,", "NOTHING"),
    ],
)  # fmt: skip
def test_wrong_cells_are_named_and_nothing_is_written(line, code, company):
    row = sent(HEAD + line.format(uscc=company.uscc) + "\n")
    assert [problem["code"] for problem in row.problems] == [code]
    with pytest.raises(RuleViolation) as refused:
        confirm_file(file_id=row.pk, actor=deals.officer())
    assert refused.value.code == "FILE_HAS_PROBLEMS"
    assert not CompanyQuarter.objects.exists()


def test_a_file_without_units_is_refused_and_corrections_need_a_reason(company):
    with pytest.raises(RuleViolation) as refused:
        sent("company,quarter,revenue\nx,2026Q1,1\n")
    assert refused.value.code == "COLUMNS_MISSING"
    report(company)
    text = f"{HEAD}{company.uscc},2026Q1,万元,101,50,,\n"
    assert [problem["code"] for problem in sent(text).problems] == ["REASON_MISSING"]
    confirm_file(file_id=sent(text, reason="audited").pk, actor=deals.officer())
    assert CompanyQuarter.objects.get(superseded_at=None).reason == "audited"


# ── Pages and API ────────────────────────────────────────────────────────────────────────────────
@pytest.mark.usefixtures("undrawn")
def test_who_opens_what(client, company):
    row = sent(f"{HEAD}{company.uscc},2026Q1,万元,1,1,,\n")
    issue(company)
    cap_row = CapRecord.objects.latest("pk")
    key = [company.pk]
    officers = {Role.FUND_OFFICER, Role.ADMINISTRATOR}
    pages = {
        "companies": ([], READERS), "company": (key, READERS), "company_file": ([row.pk], READERS),
        "quarters_send": ([], REPORTERS), "quarters_template": ([], READERS), "company_quarter": (key, REPORTERS),
        "company_cap_table": (key, officers), "cap_entry": ([*key, "grant"], officers),
        "cap_take_back": ([cap_row.pk], officers),
        "own_companies": ([], set(Role)), "own_quarter": (key, set()),
    }  # fmt: skip
    for role in (*Role, None):
        as_role(client, role)
        for name, (arguments, allowed) in pages.items():
            answer = client.get(reverse(f"funds:{name}", args=arguments))
            refused = 404 if name == "own_quarter" else 403
            assert answer.status_code == (302 if role is None else 200 if role in allowed else refused), (role, name)


def test_the_page_of_a_company_joins_its_funds_at_a_moment(client):
    holding = scenes.invest(scenes.venture(name_en="One"), 600, lost=100, value=300)
    other = InvestmentFactory(company=holding.company)
    report(holding.company)
    issue(holding.company)
    moment = Moment(scenes.DAY, scenes.KNOWN)
    rows = {row.investment.pk: row for row in holdings_of(holding.company, moment)}
    assert (rows[holding.pk].figure("cost"), rows[holding.pk].figure("remaining")) == (600 * WAN, 500 * WAN)
    lost = 500 * WAN - rows[holding.pk].figure("fair_value") + 100 * WAN
    assert rows[holding.pk].loss == lost
    assert (rows[other.pk].figures, rows[other.pk].state) == (None, "APPROVED")
    as_role(client, Role.AUDITOR)
    page = client.get(reverse("funds:company", args=[holding.company_id]), headers={"accept-language": "en"})
    for words in ("Series A", "Fund A", "100.0", "Holdings by fund", "Ledger lines", "Write-off"):
        assert words in page.text, words
    zh = client.get(reverse("funds:company", args=[holding.company_id]), headers={"accept-language": "zh-hans"})
    assert "股权结构表" in zh.text


def test_the_page_costs_the_same_for_one_holding_and_three(client, django_assert_max_num_queries):
    as_role(client, Role.AUDITOR)
    holding = scenes.invest(scenes.venture(), 600, value=300)
    address = reverse("funds:company", args=[holding.company_id])
    client.get(address)
    counts = []
    for more in (0, 2):
        for number in range(more):
            InvestmentFactory(company=holding.company)
            report(holding.company, end=(Q1, Q2)[number])
        with django_assert_max_num_queries(34) as queries:
            client.get(address)
        counts.append(len(queries))
    assert counts[0] == counts[1]


def test_a_member_reports_on_a_page_of_its_own(client, company):
    member = MembershipFactory(organisation=company, role=MembershipRole.EDITOR).user
    client.force_login(member)
    assert client.get(reverse("funds:company", args=[company.pk])).status_code == 403
    assert reverse("funds:own_quarter", args=[company.pk]) in client.get(reverse("funds:own_companies")).text
    fields = {"quarter_end": "2026-03-31", "headcount": "12", "rd_staff": "13", "patents": "", "reason": ""}
    fields |= money(revenue_fen="5", rd_spend_fen="", tax_fen="")
    wrong = post(client, "own_quarter", [company.pk], **fields)
    assert wrong.status_code == 422
    assert "R&amp;D staff are part of the headcount." in wrong.text
    assert post(client, "own_quarter", [company.pk], **fields | {"rd_staff": "3"}).status_code == 302
    row = CompanyQuarter.objects.get()
    assert (row.revenue_fen, row.rd_staff, row.tax_fen, row.source) == (5 * WAN, 3, None, "COMPANY")


def test_the_office_sends_files_and_issuances_by_forms(client, company):
    as_role(client, Role.FUND_OFFICER)
    text = f"{HEAD}{company.uscc},2026Q1,亿元,1,50,,\n"
    upload = SimpleUploadedFile("q.csv", text.encode())
    assert post(client, "quarters_send", [], file=upload, source="AUDITED", reason="").status_code == 302
    row = CompanyFile.objects.get()
    assert "100,000" in client.get(row.get_absolute_url()).text or "10,000" in client.get(row.get_absolute_url()).text
    assert post(client, "company_file", [row.pk]).status_code == 302
    assert CompanyQuarter.objects.get().revenue_fen == 10_000 * WAN
    example = client.get(reverse("funds:cap_table_example")).content
    row = send_cap_table(
        upload=SimpleUploadedFile("e.zip", example), company_id=company.pk, actor=UserFactory(role=Role.FUND_OFFICER)
    )
    assert (row.problems, row.report["unknown"]) == ([], [])
    assert post(client, "company_cap_table", [company.pk], file=zipped(package())).status_code == 302
    sent_package = CompanyFile.objects.latest("id")
    assert "X_SIDE_LETTER" in client.get(sent_package.get_absolute_url()).text
    assert post(client, "company_file", [sent_package.pk]).status_code == 302
    issuance = {
        "stakeholder": "New fund", "stock_class": "Series B", "quantity": "10", "price": "2.5",
        "on": str(deals.today()),
    }  # fmt: skip
    assert post(client, "cap_entry", [company.pk, "issuance"], **issuance).status_code == 302
    assert cap_table_of(company, now()).table.total == 1010


def test_the_api_shows_each_what_is_theirs_and_takes_reports(company):
    def client_of(user):
        client = APIClient()
        client.force_authenticate(user)
        return client

    report(company)
    report(InvestmentFactory().company)
    issue(company)
    member = MembershipFactory(organisation=company, role=MembershipRole.LEAD).user
    quarters = reverse("api:companyquarter-list")
    shown = {role: len(client_of(UserFactory(role=role)).get(quarters).json()["results"]) for role in Role}
    assert shown == {role: 2 if role in READERS else 0 for role in Role}
    assert len(client_of(member).get(quarters).json()["results"]) == 1
    body = {"company": company.pk, "quarter_end": "2026-06-30", "headcount": 7, "source": "COMPANY"}
    assert client_of(member).post(quarters, body).status_code == 201
    assert client_of(UserFactory(role=Role.APPLICANT)).post(quarters, body).status_code == 403
    officer = client_of(UserFactory(role=Role.FUND_OFFICER))
    assert len(officer.get(reverse("api:caprecord-list")).json()["results"]) == 4
    files = reverse("api:companyfile-list")
    made = officer.post(files, {"company": company.pk, "file": zipped(package())}, format="multipart")
    assert made.status_code == 201, made.json()
    confirmed = officer.post(reverse("api:companyfile-confirm", args=[made.json()["id"]]))
    assert confirmed.json()["written_at"]
    assert client_of(member).get(files).json()["results"] == []
    assert timezone.now() - CompanyFile.objects.get().written_at < timedelta(minutes=5)
