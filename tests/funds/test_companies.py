"""Quarters and cap tables of companies: who reports, corrections, files with dry run, the round trip of packages."""

import io
import json
import zipfile
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction

import pytest
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import IntegrityError, transaction
from django.urls import reverse
from django.utils import timezone
from rest_framework.test import APIClient

from funds.actions.cap_entries import record_entry
from funds.actions.companies import record_quarter
from funds.choices.companies import CapEntryKind
from funds.imports.companies import confirm_file, send_cap_table, send_quarters
from funds.models import CapRecord, CompanyFile, CompanyQuarter
from funds.queries.companies import cap_table_of, holdings_of
from funds.queries.sums import Moment
from funds.rules.cap_securities import Entry
from funds.rules.ocf import read_package, write_package
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
from tests.funds.test_deals_pages import money, post

pytestmark = pytest.mark.django_db
Q1, Q2 = date(2026, 3, 31), date(2026, 6, 30)
READERS = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
REPORTERS = {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}


@pytest.fixture
def company():
    return InvestmentFactory(company=OrganisationFactory()).company


def report(company, actor=None, end=Q1, **figures):
    given = {"revenue_fen": 100 * WAN, "headcount": 50} | figures
    return record_quarter(company_id=company.pk, quarter_end=end, actor=actor or deals.officer(), **given)


def now():
    return Moment(timezone.localdate(), timezone.now())


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


def test_a_cap_record_is_named_as_its_object(company):
    data = {"id": "a", "object_type": "STAKEHOLDER"}
    for facts in ({"ocf_id": "b", "kind": "STAKEHOLDER"}, {"ocf_id": "a", "kind": "VALUATION"}):
        with pytest.raises(IntegrityError) as caught, transaction.atomic():
            CapRecord.objects.create(company=company, data=data, **facts)
        assert caught.value.__cause__.diag.constraint_name == "cap_record_named_as_its_object"


# ── Files of quarters ────────────────────────────────────────────────────────────────────────────
HEAD = "统一社会信用代码,季度,单位,收入,从业人数,研发人员,税收\n"


def sent(text, reason="", **facts):
    upload = SimpleUploadedFile("q.csv", text.encode())
    return send_quarters(upload=upload, source="MANAGER", reason=reason, actor=deals.officer(), **facts)


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


# ── Cap tables ───────────────────────────────────────────────────────────────────────────────────
def issue(company, actor=None, **facts):
    """Shares issued; returns their security."""
    given = {
        "stakeholder": "Fund A", "stock_class": "Series A", "is_preferred": True, "quantity": Decimal(100),
        "price": Decimal("1.5"),
    } | facts  # fmt: skip
    entry = Entry(CapEntryKind.ISSUANCE, date(2025, 1, 1), **given)
    return record_entry(company_id=company.pk, entry=entry, actor=actor or deals.officer())[-1].data["security_id"]


def test_entries_by_hand_are_for_officers_up_to_today_and_pass_the_formats_own_check(company):
    security = issue(company)
    assert CapRecord.objects.filter(company=company).count() == 4
    issue(company, quantity=Decimal(300), stakeholder="Founder")
    named = cap_table_of(company, now())
    lines = [(named.holders[line.stakeholder], line.quantity, line.share) for line in named.table.lines]
    assert lines == [("Founder", 300, Fraction(3, 4)), ("Fund A", 100, Fraction(1, 4))]
    objects = list(CapRecord.objects.values_list("data", flat=True))
    files = write_package(objects, as_of=Q1, generated_at="2026-03-31T00:00:00Z", version="1.2.0")
    assert read_package(files).problems == []
    later = Entry(CapEntryKind.TRANSFER, date(2999, 1, 1), security_id=security, stakeholder="X")
    with pytest.raises(RuleViolation) as refused:
        record_entry(company_id=company.pk, entry=later, actor=deals.officer())
    assert refused.value.code == "FUTURE_DAY"
    for role in set(Role) - {Role.FUND_OFFICER, Role.ADMINISTRATOR}:
        with pytest.raises(PermissionDenied):
            issue(company, UserFactory(role=role))
    assert CapRecord.objects.filter(recorded_by__isnull=False).count() == CapRecord.objects.count() == 6


def test_one_transfer_by_page_admin_and_api(company, client):
    first, second, third = (issue(company, stakeholder=name) for name in ("One", "Two", "Three"))
    officer = as_role(client, Role.ADMINISTRATOR)
    page = ("cap_entry", [company.pk, "transfer"])
    form = client.get(reverse("funds:cap_entry", args=page[1]), headers={"accept-language": "zh-hans"}).text
    assert "One · Series A · 100 股" in form, form[form.find("security_id") :][:600]
    fields = {"security_id": first, "stakeholder": "New", "is_institution": "on", "on": "2025-02-01", "number": ""}
    refused = post(client, *page, **fields, quantity="101", price="")
    assert [error.code for error in refused.context["form"].errors.as_data()["quantity"]] == ["MORE_THAN_HELD"]
    assert post(client, *page, **fields, quantity="40", price="2").status_code == 302
    fields |= {"company": company.pk, "object_type": "TX_STOCK_TRANSFER", "security_id": second, "quantity": "40"}
    add = reverse("admin:funds_caprecord_add")
    assert client.get(add).status_code == 200
    assert client.post(add, fields).status_code == 302
    api, address = APIClient(), reverse("api:caprecord-entries")
    api.force_authenticate(officer)
    body = {
        "company": company.pk, "object_type": "TX_STOCK_TRANSFER", "date": "2025-02-01", "security_id": third,
        "stakeholder": "New", "quantity": "140",
    }  # fmt: skip
    assert api.post(address, body, format="json").json()["errors"][0]["field"] == "quantity"
    answer = api.post(address, body | {"quantity": "40"}, format="json")
    assert (answer.status_code, answer.json()[-1]["kind"]) == (201, "TX_STOCK_TRANSFER")
    named = cap_table_of(company, now())
    held = {named.holders[line.stakeholder]: (line.quantity, line.share) for line in named.table.lines}
    assert held == {"New": (120, Fraction(2, 5))} | dict.fromkeys(("One", "Two", "Three"), (60, Fraction(1, 5)))
    text = client.get(reverse("funds:company", args=[company.pk]), headers={"accept-language": "en"}).text
    for words in ("Transfer of shares", "What is left over, issued anew", "Exercise of a grant"):
        assert (words in text) == (words != "Exercise of a grant"), words


def test_a_package_is_shown_written_and_comes_out_as_it_went_in(company, client):
    officer = deals.officer()
    row = send_cap_table(upload=zipped(package()), company_id=company.pk, actor=officer)
    assert row.problems == []
    assert row.report["unknown"] == ["STAKEHOLDER.x_house_account", "X_SIDE_LETTER"]
    assert not CapRecord.objects.exists()
    confirm_file(file_id=row.pk, actor=officer)
    client.force_login(officer)
    answer = client.get(reverse("funds:company_ocf", args=[company.pk]), {"as_of": "2026-06-30"})
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        out = {name: json.loads(archive.read(name)) for name in archive.namelist()}
    assert read_package(out).problems == []
    assert read_package(out).objects == read_package(package()).objects


def test_a_second_package_supersedes_what_changed_and_is_gone(company):
    officer = deals.officer()
    confirm_file(
        file_id=send_cap_table(upload=zipped(package()), company_id=company.pk, actor=officer).pk, actor=officer
    )
    before = Moment(timezone.localdate(), timezone.now())
    changed = package()
    transactions = changed["Transactions.ocf.json"]["items"]
    transactions[0]["quantity"] = "700"
    changed["Valuations.ocf.json"]["items"] = []
    row = send_cap_table(upload=zipped(changed), company_id=company.pk, actor=officer)
    assert [row.report[name] for name in ("new", "changed", "gone")] == [0, 1, 1]
    confirm_file(file_id=row.pk, actor=officer)
    assert cap_table_of(company, before).table.total == 1000
    assert cap_table_of(company, now()).table.total == 1100


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"no archive", "PACKAGE_DAMAGED"),
        (zipped({}, raw={"a.json": "{"}).read(), "JSON_DAMAGED"),
        (zipped({}, raw={"a.json": '{"quantity": 1.5}'}).read(), "JSON_FLOAT"),
    ],
)
def test_a_damaged_package_is_refused(content, code, company):
    with pytest.raises(RuleViolation) as refused:
        send_cap_table(upload=SimpleUploadedFile("x.zip", content), company_id=company.pk, actor=deals.officer())
    assert refused.value.code == code
    assert not CompanyFile.objects.exists()


# ── Pages and API ────────────────────────────────────────────────────────────────────────────────
def test_who_opens_what(client, company):
    row = sent(f"{HEAD}{company.uscc},2026Q1,万元,1,1,,\n")
    key = [company.pk]
    officers = {Role.FUND_OFFICER, Role.ADMINISTRATOR}
    pages = {
        "companies": ([], READERS), "company": (key, READERS), "company_file": ([row.pk], READERS),
        "quarters_send": ([], REPORTERS), "quarters_template": ([], READERS), "company_quarter": (key, REPORTERS),
        "company_cap_table": (key, officers), "cap_entry": ([*key, "grant"], officers),
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
