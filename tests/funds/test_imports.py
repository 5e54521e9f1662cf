"""The import door: what a file becomes, what is refused beside its cell, and that all or nothing is written."""

import csv
import io
from datetime import date

import pytest
import xlsxwriter
from django.core.exceptions import PermissionDenied
from django.core.files.uploadedfile import SimpleUploadedFile

from funds.actions.events import close_period
from funds.choices.files import Layout
from funds.choices.ledger import EventKind
from funds.choices.records import FundState
from funds.imports.steps import confirm_import, map_columns, upload_portfolio, work_on
from funds.models import ColumnMapping, Fund, Investment, LedgerEvent, PortfolioImport, Valuation
from funds.queries.ledger import broken_links
from funds.rules.file_columns import guess_columns
from funds.rules.portfolio_file import Mapping
from innovation.accounts.choices import Role
from innovation.core import jobs
from innovation.core.errors import RuleViolation
from innovation.organisations.models import Organisation
from tests.factories.accounts import UserFactory
from tests.factories.funds import FundFactory

pytestmark = pytest.mark.django_db
HEADER = ["fund_code", "project_code", "company", "uscc", "stage", "kind", "date", "amount", "cost_relieved", "凭证"]
GOOD = [
    ["F1", "", "", "", "", "CALL", "2024-01-02", "5000", "", ""],
    ["F1", "P1", "甲公司", "", "seed", "INVEST", "2024-02-01", "500", "", "Agreement 1"],
    ["F1", "P2", "乙公司", "91330102MA2TE5T010", "天使", "投资", "2024/2/3", "1,200.5", "", ""],
    ["F1", "P1", "", "", "", "VALUATION", "2024-06-30", "700", "", ""],
    ["F1", "P1", "", "", "", "EXIT_PARTIAL", "2024-07-01", "90", "100", ""],
    ["F1", "P2", "", "", "", "核销", "2024-08-01", "", "1200.5", ""],
]


def csv_file(rows, header=HEADER, name="portfolio.csv", encoding="utf-8"):
    text = io.StringIO()
    csv.writer(text).writerows([header, *rows])
    return SimpleUploadedFile(name, text.getvalue().encode(encoding))


def xlsx_file(rows, header=HEADER, formula=None):
    data = io.BytesIO()
    with xlsxwriter.Workbook(data) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate([header, *rows]):
            sheet.write_row(number, 0, row)
        if formula:
            sheet.write_formula(*formula)
    return SimpleUploadedFile("portfolio.xlsx", data.getvalue())


def mapping_of(header=HEADER, layout=Layout.LEDGER, unit="wan", **options):
    return Mapping(layout=layout, unit=unit, columns=guess_columns(layout, header), **options)


@pytest.fixture
def fund():
    return FundFactory(code="F1", starts_on=date(2024, 1, 1), ends_on=date(2034, 1, 1))


def run(row):
    """What the worker does with the queued job."""
    jobs.run(PortfolioImport, row.pk, work_on)
    row.refresh_from_db()
    return row


def check(upload, officer, mapping=None):
    row = upload_portfolio(upload=upload, actor=officer)
    return run(map_columns(import_id=row.pk, mapping=mapping or mapping_of(row.header), actor=officer))


def write(row, officer):
    return run(confirm_import(import_id=row.pk, actor=officer))


@pytest.mark.parametrize(
    "make",
    [
        csv_file,
        xlsx_file,
        lambda rows: csv_file(rows, encoding="gb18030"),
        lambda rows: csv_file(rows, encoding="utf-8-sig"),
    ],
)
def test_a_file_is_shown_first_and_then_written_whole(make, officer, fund):
    row = check(make(GOOD), officer)
    assert (row.state, row.error_count, row.report["rows"]) == ("done", 0, 6)
    assert row.report["new_investments"] == row.report["new_companies"] == 2
    assert {entry["kind"]: entry["amount_fen"] for entry in row.totals}["INVEST"] == 1_700_500_000
    assert not LedgerEvent.objects.exists()
    row = write(row, officer)
    assert row.written_at
    assert row.receipt["ledgers"] == [{"fund": "F1", "fund_id": fund.pk, "from": 1, "to": 5}]
    events = {(e.investment and e.investment.code, e.kind): e for e in LedgerEvent.objects.select_related("investment")}
    assert events[None, "CALL"].amount_fen == 5_000_000_000
    assert events["P1", "INVEST"].document == "Agreement 1"
    assert events["P2", "WRITE_OFF"].cost_relieved_fen == 1_200_500_000
    assert Valuation.objects.get().fair_value_fen == 700_000_000
    assert Organisation.objects.get(uscc="91330102MA2TE5T010").name_zh == "乙公司"
    assert Investment.objects.get(code="P2").stage == "angel"
    assert broken_links() == []


@pytest.mark.parametrize(
    ("place", "value", "code"),
    [
        ((1, 7), "-5", "AMOUNT_NEGATIVE"),
        ((1, 7), "abc", "NOT_A_NUMBER"),
        ((1, 7), "0.0000001", "MONEY_FRACTION_OF_FEN"),
        ((1, 6), "2024-13-01", "DATE_FORMAT"),
        ((1, 6), "2999-01-01", "VALUE_DATE_IN_FUTURE"),
        ((1, 6), "2023-12-31", "OUTSIDE_FUND_LIFE"),
        ((1, 5), "GIFT", "KIND_UNKNOWN"),
        ((1, 5), "REVERSAL", "KIND_UNKNOWN"),
        ((1, 4), "late", "STAGE_UNKNOWN"),
        ((2, 3), "91330102MA2TE5T011", "USCC_INVALID"),
        ((1, 2), "", "COMPANY_MISSING"),
        ((1, 0), "F9", "FUND_UNKNOWN"),
        ((1, 2), "=HYPERLINK(1)", "FORMULA_CELL"),
        ((4, 8), "500.01", "EXIT_ABOVE_REMAINING_COST"),
        ((4, 6), "2024-01-31", "EXIT_ABOVE_REMAINING_COST"),
        ((5, 8), "1300", "WRITE_OFF_ABOVE_REMAINING_COST"),
        ((5, 8), "", "COST_RELIEVED_REQUIRED"),
    ],
)
def test_a_wrong_cell_is_named_and_the_file_cannot_be_written(place, value, code, officer, fund):
    rows = [list(row) for row in GOOD]
    rows[place[0]][place[1]] = value
    row = check(csv_file(rows), officer)
    found = [(error["row"], error["code"]) for error in row.report["errors"]]
    assert (place[0] + 2, code) in found, found
    with pytest.raises(RuleViolation) as caught:
        confirm_import(import_id=row.pk, actor=officer)
    assert caught.value.code == "IMPORT_NOT_READY"
    assert not LedgerEvent.objects.exists()
    assert not Organisation.objects.filter(name_zh="甲公司").exists()


def test_a_row_with_an_error_is_left_out_of_the_sums_and_its_cell_stands_as_it_was_sent(officer, fund):
    """The sums say "rows without errors"; a column that the file lacks is called by its name, with an empty cell."""
    header = [name for name in HEADER if name != "cost_relieved"]
    rows = [
        ["F1", "P1", "甲公司", "", "seed", "INVEST", "2024-02-01", "500", ""],
        ["F9", "P9", "丙公司", "", "seed", "INVEST", "2024-02-01", "700", ""],
        ["F1", "P1", "", "", "", "WRITE_OFF", "2024-08-01", "100", ""],
    ]
    row = check(csv_file(rows, header), officer)
    found = {error["code"]: (error["row"], error["column"], error["value"]) for error in row.report["errors"]}
    assert found["FUND_UNKNOWN"] == (3, "fund_code", "F9")
    assert found["WRITE_OFF_WITH_PROCEEDS"] == (4, "amount", "100")
    assert found["COST_RELIEVED_REQUIRED"] == (4, "Cost relieved (not in the file)", "")
    assert [(entry["kind"], entry["count"], entry["amount_fen"]) for entry in row.totals] == [
        ("INVEST", 1, 500_000_000)
    ]


def test_a_file_without_unit_is_refused(officer, fund):
    row = upload_portfolio(upload=csv_file(GOOD), actor=officer)
    with pytest.raises(RuleViolation) as caught:
        map_columns(import_id=row.pk, mapping=mapping_of(unit=""), actor=officer)
    assert caught.value.code == "MONEY_UNIT"


@pytest.mark.parametrize(
    ("code", "change"),
    [
        ("MAPPING_MISSING", {"kind": None}),
        ("MAPPING_MISSING", {"company": None, "investment": None, "uscc": None}),
        ("MAPPING_FUND", {"fund": None}),
        ("MAPPING_COLUMN", {"amount": "Betrag"}),
    ],
)
def test_a_mapping_that_does_not_fit_is_refused(code, change, officer, fund):
    row = upload_portfolio(upload=csv_file(GOOD), actor=officer)
    columns = {k: v for k, v in (guess_columns(Layout.LEDGER, HEADER) | change).items() if v}
    with pytest.raises(RuleViolation) as caught:
        map_columns(import_id=row.pk, mapping=Mapping(layout="LEDGER", unit="wan", columns=columns), actor=officer)
    assert caught.value.code == code


def test_the_same_file_twice_makes_no_second_row(officer, fund):
    write(check(csv_file(GOOD), officer), officer)
    again = upload_portfolio(upload=csv_file(GOOD), actor=officer)
    with pytest.raises(RuleViolation) as caught:
        map_columns(import_id=again.pk, mapping=mapping_of(), actor=officer)
    assert caught.value.code == "ALREADY_IMPORTED"
    assert LedgerEvent.objects.count() == 5


def test_rows_that_look_booked_already_are_counted(officer, fund):
    write(check(csv_file(GOOD), officer), officer)
    more = [["F1", "P1", "", "", "", "INVEST", "2024-02-01", "500", "", "again"]]
    assert check(csv_file(more), officer).report["repeated"] == 1


def test_books_that_changed_since_the_check_stop_the_writing(officer, fund):
    write(check(csv_file(GOOD), officer), officer)
    exits = [["F1", "P1", "", "", "", "EXIT_PARTIAL", "2024-09-01", "1", "300", ""]]
    first = check(csv_file(exits), officer)
    second = check(csv_file([*exits, GOOD[0]]), officer)
    assert write(first, officer).written_at
    failed = write(second, officer)
    assert (failed.state, failed.written_at) == ("failed", None)
    assert "more cost than remained" in failed.error
    assert LedgerEvent.objects.count() == 6


def test_closed_periods_and_closed_funds_take_no_rows(officer, fund):
    close_period(fund_id=fund.pk, through=date(2024, 2, 2), actor=UserFactory(role=Role.FINANCE))
    codes = {error["code"] for error in check(csv_file(GOOD), officer).report["errors"]}
    assert codes == {"PERIOD_CLOSED"}
    Fund.objects.update(state=FundState.CLOSED)
    assert "FUND_CLOSED" in {error["code"] for error in check(csv_file(GOOD), officer).report["errors"]}


def test_a_formula_in_a_workbook_is_named_by_its_cell(officer):
    with pytest.raises(RuleViolation) as caught:
        upload_portfolio(upload=xlsx_file(GOOD, formula=("H3", "=1+1")), actor=officer)
    assert (caught.value.code, caught.value.facts["cell"]) == ("FORMULA_CELL", "H3")
    assert not PortfolioImport.objects.exists()


def test_a_value_of_the_file_supersedes_the_one_that_stood(officer, fund):
    write(check(csv_file(GOOD), officer), officer)
    newer = [["F1", "P1", "", "", "", "估值", "2024-06-30", "650", "", ""]]
    write(check(csv_file(newer), officer), officer)
    assert Valuation.objects.get(superseded_at=None).fair_value_fen == 650_000_000
    assert Valuation.objects.count() == 2


def test_a_mapping_is_kept_for_the_next_file(officer, fund):
    row = upload_portfolio(upload=csv_file(GOOD), actor=officer)
    map_columns(import_id=row.pk, mapping=mapping_of(), actor=officer, save_as="Bank A")
    saved = ColumnMapping.objects.get(name="Bank A")
    assert Mapping.from_data(saved.content) == mapping_of()


@pytest.mark.parametrize("role", Role)
def test_who_may_import(role, fund):
    user = UserFactory(role=role)
    if role in {Role.FUND_OFFICER, Role.FINANCE, Role.ADMINISTRATOR}:
        assert upload_portfolio(upload=csv_file(GOOD), actor=user).created_by == user
        return
    with pytest.raises(PermissionDenied):
        upload_portfolio(upload=csv_file(GOOD), actor=user)


HOLDINGS = ["name", "state", "first_funding_at", "funding_total_usd", "status", "closed_at"]


def test_a_list_of_holdings_becomes_a_fund_per_group_with_its_total_losses(officer):
    rows = [
        ["Alpha", "CA", "2/14/2005", "100", "acquired", ""],
        ["Beta", "CA", "04-01-2009", "300", "closed", "12-02-2011"],
        ["Gamma", "NY", "04-01-2009", "50", "closed", "01-01-2009"],
    ]
    columns = guess_columns(Layout.HOLDINGS, HOLDINGS) | {"fund": "state"}
    mapping = Mapping(
        layout=Layout.HOLDINGS, unit="yuan", columns=columns, date_order="MDY", fund_prefix="US-", create_funds=True,
        loss_value="closed", loss_not_before_investment=True,
    )  # fmt: skip
    row = write(check(csv_file(rows, HOLDINGS), officer, mapping), officer)
    assert row.receipt["new_funds"] == ["US-CA", "US-NY"]
    assert Fund.objects.get(code="US-CA").starts_on == date(2005, 2, 14)
    lost = LedgerEvent.objects.filter(kind=EventKind.WRITE_OFF).order_by("cost_relieved_fen")
    assert [(e.cost_relieved_fen, e.value_date) for e in lost] == [(5000, date(2009, 4, 1)), (30000, date(2011, 12, 2))]


def test_funds_made_for_a_file_count_what_it_calls_as_committed_and_its_companies_stay_in_the_office(officer):
    mapping = mapping_of(create_funds=True)
    write(check(csv_file(GOOD), officer, mapping), officer)
    assert Fund.objects.get().committed_fen == 5_000_000_000
    company = Organisation.objects.get(name_zh="甲公司")
    assert company in Organisation.objects.visible_to(officer)
    assert company not in Organisation.objects.visible_to(UserFactory(role=Role.APPLICANT))


def test_a_file_of_headings_only_is_refused_and_equal_headings_are_told_apart(officer):
    with pytest.raises(RuleViolation) as caught:
        upload_portfolio(upload=csv_file([]), actor=officer)
    assert caught.value.code == "FILE_NO_ROWS"
    twice = upload_portfolio(upload=csv_file([["1", "2"]], ["amount", "amount"]), actor=officer)
    assert twice.header == ["amount", "amount (2)"]
