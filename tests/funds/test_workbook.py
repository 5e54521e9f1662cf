"""The portfolio workbook: one file, a sheet a kind of record, numbers as numbers, no formula from a text."""

import io
import json
from datetime import UTC, date, datetime

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation
from openpyxl import load_workbook

from funds.models import Commitment
from funds.reports.workbook import CODE, KIND
from innovation.accounts.choices import Role
from innovation.core.errors import RuleViolation
from innovation.reports import registry
from innovation.reports.actions import request_run
from innovation.reports.actions.making import make_run
from innovation.reports.choices import Format
from innovation.reports.models import ReportFile
from tests.factories.accounts import UserFactory
from tests.factories.funds import CompanyFactory
from tests.funds import scenes

KNOWN = datetime(2024, 6, 30, 15, tzinfo=UTC)
SHEETS = [
    "Funds", "Investors and commitments", "Ledger", "Holdings", "Valuations", "Cash flows by day", "Figures",
    "Tolerance", "Look-through", "Notes",
]  # fmt: skip


def rows_of(book, name):
    """Rows below the head of a sheet, without the line of the count."""
    rows = [row for row in book[name].iter_rows(values_only=True) if any(cell is not None for cell in row)]
    start = next(at for at, row in enumerate(rows) if sum(cell is not None for cell in row) > 2)
    return rows[start], rows[start + 1 : -1]


@pytest.mark.django_db(transaction=True)
def test_a_run_keeps_the_whole_workbook_beside_the_other_files():
    fund = scenes.fund_mixed()
    investor = CompanyFactory(name_zh="=1+1 有限公司", name_en="=1+1 Ltd")
    Commitment.objects.create(
        fund=fund, investor=investor, source="SOCIAL", amount_fen=2000 * scenes.WAN, valid_from=date(2020, 1, 1),
        recorded_at=scenes.KNOWN,
    )  # fmt: skip
    officer = UserFactory(role=Role.FUND_OFFICER)
    run, _new = request_run(
        kind=CODE, parameters={"fund": fund.pk}, actor=officer, as_of=scenes.DAY, known_at=KNOWN, language="en"
    )
    assert make_run(run.pk).state == "done"
    files = {file.format: bytes(file.content) for file in ReportFile.objects.filter(run=run)}
    assert set(files) == set(Format)
    book = load_workbook(io.BytesIO(files[Format.XLSX]))
    assert book.sheetnames == SHEETS
    heads, (line,) = rows_of(book, "Investors and commitments")
    assert line[1] == "=1+1 Ltd"
    assert line[heads.index("Committed (10,000 yuan)")] == 2000
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)
    heads, flows = rows_of(book, "Cash flows by day")
    called, invested = (heads.index(f"{name} (10,000 yuan)") for name in ("Contributions of investors", "Investments"))
    assert (sum(row[called] for row in flows), sum(row[invested] for row in flows)) == (-2000, -2000)
    heads, figures = rows_of(book, "Figures")
    assert [row[heads.index("TVPI")] for row in figures] == [0.8]
    heads, holdings = rows_of(book, "Holdings")
    assert sorted(row[heads.index("Fair value (10,000 yuan)")] for row in holdings) == [400, 1200]
    assert "unverified" in str(rows_of(book, "Tolerance")[0]).lower()
    data = json.loads(files[Format.JSON])["data"]
    counts = {row["cells"][0]["value"]: row["cells"][1]["value"] for row in data["sections"][0]["tables"][0]["rows"]}
    assert counts["Ledger"] == len(rows_of(book, "Ledger")[1])
    assert data["sources"][0]["fingerprint"]


@pytest.mark.django_db
def test_the_same_question_gives_the_same_bytes_in_a_constant_number_of_statements():
    arguments = {"as_of": scenes.DAY, "known_at": KNOWN, "language": "zh-hans"}
    scenes.fund_mixed()
    with translation.override("zh-hans"):
        first = KIND.workbook({}, **arguments).read()
        assert KIND.workbook({}, **arguments).read() == first
        book = load_workbook(io.BytesIO(first))
        assert len(book.sheetnames) == len(SHEETS)
        assert "说明" in book.sheetnames
    counts = []
    for make in (None, scenes.fund_within, scenes.fund_exceeded):
        if make:
            make()
        with CaptureQueriesContext(connection) as context:
            KIND.build({}, **arguments)
            KIND.workbook({}, **arguments).close()
        counts.append(len(context))
    assert counts[1] == counts[2]


@pytest.mark.django_db
def test_a_group_and_a_fund_at_once_are_refused():
    fund = scenes.fund_within()
    with pytest.raises(RuleViolation) as refusal:
        registry.get(CODE).clean({"fund": fund.pk, "group": scenes.group_of(fund).pk})
    assert refusal.value.field == "fund"
