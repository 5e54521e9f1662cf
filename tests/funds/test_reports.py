"""The report kind: the same figures on the page, in the PDF, the workbook, the CSV and the JSON file."""

import csv
import io
import json
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction

import pytest
from django.urls import reverse
from django.utils import translation
from openpyxl import load_workbook
from pypdf import PdfReader

from funds.queries.sums import Moment
from funds.queries.tolerance import Target, evaluate
from funds.reports import history
from funds.reports.history import history_chart
from funds.reports.tolerance import CODE
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.reports import registry
from innovation.reports.actions import request_run
from innovation.reports.choices import Every, Format
from innovation.reports.models import ReportFile, ReportSchedule
from tests.factories.accounts import UserFactory, as_role
from tests.factories.reports import finished
from tests.funds import scenes

pytestmark = pytest.mark.django_db
KNOWN = datetime(2024, 6, 30, 15, tzinfo=UTC)


def files_of(parameters: dict, language: str = "en") -> dict[str, bytes]:
    run, _new = request_run(
        kind=CODE,
        parameters=parameters,
        actor=UserFactory(role=Role.PROGRAMME_MANAGER),
        as_of=scenes.DAY,
        known_at=KNOWN,
        language=language,
    )
    with translation.override(language):
        finished(run)
    return {file.format: bytes(file.content) for file in ReportFile.objects.filter(run=run)}


def pdf_text(content: bytes) -> str:
    text = "".join(page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    return text.replace("\u202f", " ").replace("\u00a0", " ")


def page_of(client, fund) -> str:
    as_role(client, Role.PROGRAMME_MANAGER)
    query = {"scope": f"fund-{fund.pk}", "as_of": "2024-06-30", "known_at": KNOWN.isoformat()}
    return client.get(reverse("funds:tolerance"), query, headers={"accept-language": "en"}).content.decode()


def test_page_and_every_file_say_the_same(client):
    fund = scenes.fund_mixed()
    view = evaluate(Target.of_fund(fund), scenes.DAY, KNOWN)
    assert view.main.rate.rate == Fraction(1, 5)
    figures = ["20.0\u202f%", "42.5\u202f%", "400.00", "2,000.00", "450.00"]
    files = files_of({"fund": fund.pk})
    sheets = load_workbook(io.BytesIO(files[Format.XLSX]), read_only=True)
    cells = [cell for sheet in sheets for row in sheet.iter_rows(values_only=True) for cell in row]
    rows = list(csv.reader(io.StringIO(files[Format.CSV].decode("utf-8-sig"))))
    stored = json.dumps(json.loads(files[Format.JSON]), ensure_ascii=False)
    page, pdf = page_of(client, fund), pdf_text(files[Format.PDF])
    for figure in figures:
        assert figure in page, figure
        assert figure.replace("\u202f", " ") in pdf, figure
    assert {0.2, 0.425} <= {cell for cell in cells if isinstance(cell, float)}
    assert {400, 2000, 450} <= {cell for cell in cells if isinstance(cell, int | float)}
    assert "1/5" in stored
    assert "17/40" in stored
    assert view.inputs_hash in stored
    numbers = {Decimal(cell) for row in rows for cell in row if cell.replace(".", "", 1).isdigit()}
    assert {Decimal(400), Decimal(2000), Decimal(450)} <= numbers


def test_holdings_of_the_report_sum_to_its_loss():
    fund = scenes.fund_mixed()
    stored = json.loads(files_of({"fund": fund.pk})[Format.JSON])
    text = json.dumps(stored)
    assert '"fen": 400000000' in text
    data = stored.get("data", stored)
    (holdings,) = [part for part in data["sections"] if part["title"] == "Holdings"]
    table = holdings["tables"][0]
    contributions = [row["cells"][-1]["fen"] for row in table["rows"]]
    assert sum(contributions) == table["total"]["cells"][-1]["fen"] == 400 * scenes.WAN


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_all_funds_in_both_languages(language):
    scenes.fund_within()
    scenes.fund_exceeded()
    scenes.fund_of_unknown_cap()
    stored = json.loads(files_of({}, language)[Format.JSON])
    data = stored.get("data", stored)
    assert len(data["sections"][0]["tables"][0]["rows"]) == 3
    expected = {"en": "Funds with a cap: 2, above it: 1, near it: 0", "zh-hans": "2"}[language]
    assert expected in data["summary"]


def test_a_group_and_a_fund_at_once_are_refused():
    fund = scenes.fund_within()
    group = scenes.group_of(fund)
    with pytest.raises(RuleViolation) as refusal:
        registry.get(CODE).clean({"fund": fund.pk, "group": group.pk})
    assert refusal.value.field == "fund"


def test_it_is_made_every_month_by_default():
    schedule = ReportSchedule.objects.get(kind=CODE)
    assert schedule.every == Every.MONTH


@pytest.mark.parametrize("role", Role)
def test_who_may_ask(role):
    allowed = CODE in {kind.code for kind in registry.kinds_for(UserFactory(role=role))}
    readers = {Role.FUND_OFFICER, Role.PROGRAMME_MANAGER, Role.FINANCE, Role.AUDITOR, Role.ADMINISTRATOR}
    assert allowed == (role in readers)


def test_the_time_line_says_nothing_of_a_cap_where_there_is_none_and_names_a_cut(monkeypatch):
    moment = Moment(scenes.DAY, KNOWN)
    free, capped = scenes.fund_without_limit(), scenes.fund_within()
    assert "cap in effect" not in history_chart(Target.of_fund(free), [free], moment).summary
    whole = history_chart(Target.of_fund(capped), [capped], moment).summary
    assert "At no month end was the rate above the cap in effect" in whole
    assert "begin earlier" not in whole
    monkeypatch.setattr(history, "MOST_MONTHS", 3)
    cut = history_chart(Target.of_fund(capped), [capped], moment).summary
    assert "The chart begins on 2024-04-30; the books begin earlier." in cut


def test_the_workbook_tells_the_status_of_document_and_clause_apart():
    fund = scenes.fund_within()
    sheets = load_workbook(io.BytesIO(files_of({"fund": fund.pk})[Format.XLSX])).worksheets
    rows = [[cell.value for cell in row] for sheet in sheets for row in sheet.iter_rows()]
    (head,) = [row for row in rows if "Clause status" in row]
    assert "Document status" in head
    assert "Source" not in head
    assert any("Used for the test (default of the product)" in row for row in rows)
