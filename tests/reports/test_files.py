"""The files of a report: the same figures in each, the same bytes each time, nothing that a spreadsheet runs."""

import csv
import io
import json
import re
import zipfile
from datetime import UTC, date, datetime, timedelta
from fractions import Fraction
from hashlib import sha256

import openpyxl
import pytest
from django.utils import translation
from hypothesis import HealthCheck, given
from hypothesis import settings as limits
from hypothesis import strategies as st
from pypdf import PdfReader

from innovation.core.charts import Series, StepChart
from innovation.reports.choices import Format
from innovation.reports.content import (
    Chart,
    Column,
    Day,
    Figure,
    Money,
    ReportData,
    Row,
    Section,
    Table,
    Text,
    canonical_json,
    from_plain,
    plain,
)
from innovation.reports.rendering import RENDERERS, Rendering
from tests.factories.reports import HOSTILE, ask, build_sample, finished

KNOWN = datetime(2026, 3, 5, 1, tzinfo=UTC)


def rendering(language="en", data=None):
    with translation.override(language):
        built = data or build_sample({"fund": "A"}, as_of=date(2026, 3, 5), known_at=KNOWN, language=language)
        stored = plain(built)
    return Rendering(
        kind="sample", kind_version="1", parameters={"fund": "A"}, period="2026-02", as_of=date(2026, 3, 5),
        known_at=KNOWN, language=language, data=from_plain(stored), plain=stored,
        data_hash=sha256(canonical_json(stored)).hexdigest(), engine_version="1.0.0",
    )  # fmt: skip


def written(kind, language="en", data=None):
    with translation.override(language):
        return RENDERERS[kind](rendering(language, data))


def csv_rows(content):
    return list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))


@pytest.mark.parametrize("language", ["en", "zh-hans"])
@pytest.mark.parametrize("kind", Format)
def test_the_same_data_gives_the_same_bytes(kind, language):
    assert written(kind, language) == written(kind, language)


def test_the_json_holds_exact_values_and_the_hash_of_its_data():
    found = json.loads(written(Format.JSON))
    assert (found["as_of"], found["known_at"]) == ("2026-03-05", "2026-03-05T01:00:00+00:00")
    figures = found["data"]["sections"][0]["figures"]
    assert figures[0]["value"] == {"type": "money", "fen": 31_000_000_000}
    assert figures[1]["value"] == {"type": "percent", "value": "31/100"}
    assert found["data_hash"] == sha256(canonical_json(found["data"])).hexdigest()


def test_the_csv_has_a_head_plain_numbers_and_no_formula():
    rows = csv_rows(written(Format.CSV))
    head = {row[0]: row[1] for row in rows[:10] if len(row) > 1}
    assert head["As of"] == "2026-03-05"
    assert head["Known at"] == "2026-03-05 09:00:00 CST"
    assert head["Fund"] == "A"
    assert len(head["Data hash (SHA-256)"]) == 64
    lost = next(row for row in rows if row and row[0] == "Lost")
    assert lost[1:5] == ["31000", "10,000 yuan", "High", "Unverified"]
    holding = next(row for row in rows if row and row[0] == f"'{HOSTILE}")
    assert holding[1:] == ["-123.456789", "33.3333", "1.75", "1234", "2026-03-05", "Unverified"]
    assert next(row for row in rows if row and row[0] == "晨光科技")[1:] == [""] * 5


def test_the_workbook_has_numbers_as_numbers_one_sheet_a_table_and_the_chart():
    book = openpyxl.load_workbook(io.BytesIO(written(Format.XLSX)))
    assert book.sheetnames == ["Report", "Months", "Holdings  all of  them", "Nothing"]
    rows = [[cell.value for cell in row] for row in book["Holdings  all of  them"].iter_rows()]
    holding = next(row for row in rows if row[0] == HOSTILE)
    assert holding[1] == pytest.approx(-123.456789)
    assert holding[2] == pytest.approx(1 / 3)
    assert holding[3:] == [1.75, 1234, datetime(2026, 3, 5), "Unverified"]  # noqa: DTZ001 - as openpyxl reads it
    with zipfile.ZipFile(io.BytesIO(written(Format.XLSX))) as archive:
        assert [name for name in archive.namelist() if name.startswith("xl/media/")] == ["xl/media/image1.png"]
    stamp = {row[0].value: row[1].value for row in book["Report"].iter_rows(max_col=2) if row[0].value}
    assert stamp["As of"] == "2026-03-05"
    assert stamp["Cap: used"] == pytest.approx(0.31)
    assert stamp["IRR"] == "–"
    kinds = {cell.data_type for sheet in book for row in sheet.iter_rows() for cell in row}
    assert "f" not in kinds


def test_amounts_beyond_a_spreadsheets_digits_are_exact_text():
    facts = Table("T", (Column("C", "money"),), (Row((Money(123_456_789_012_345_678),)),))
    data = ReportData("T", (Section("S", tables=(facts,)),), unit="yuan")
    book = openpyxl.load_workbook(io.BytesIO(written(Format.XLSX, data=data)))
    assert "1,234,567,890,123,456.78" in [cell.value for row in book["T"].iter_rows() for cell in row]


def test_the_pdf_and_the_page_say_the_same_figures():
    text = "\n".join(page.extract_text() for page in PdfReader(io.BytesIO(written(Format.PDF))).pages)
    page = written(Format.HTML).decode()
    for words in ("Sample report", "31,000.00", "31.0", "1,234", "1.75×", "晨光科技", "2026-03-05", "Unverified"):
        assert words in text, words
        assert words in page, words
    assert "<script" not in page
    assert "=HYPERLINK(&quot;http://evil.example&quot;" in page


def pdf_text(data, **how):
    pages = PdfReader(io.BytesIO(written(Format.PDF, data=data))).pages
    return "\n".join(page.extract_text(**how) for page in pages)


def test_the_pdf_keeps_narrow_texts_apart_beside_many_amounts():
    heads = ("Cost", "Relieved", "Remaining", "Fair value", "Realised loss", "Unrealised loss", "Loss contribution")
    columns = (Column("Code"), Column("Company"), Column("Stage"), *(Column(head, "money") for head in heads))
    cells = (Text("ZJ-0001-X"), Text("Hengyue Brain-computer Interfaces"), Text("Angel"), *[Money(-123_456_789)] * 7)
    text = pdf_text(
        ReportData("T", (Section("S", tables=(Table("T", columns, (Row(cells),)),)),)), extraction_mode="layout"
    )
    assert re.search(r"ZJ-0001-X +Hengyue Brain\S* .*Angel( +−123\.46){7}", text)


def test_the_pdf_shows_the_latest_rows_of_a_line_and_where_the_others_are():
    days = [date(2020, 1, 1) + timedelta(days=number) for number in range(30)]
    line = StepChart("Loss rate", (Series("Rate", tuple((day, Fraction(1, 4)) for day in days)),))
    table = Table("Ends", (Column("Day", "day"),), tuple(Row((Day(day),)) for day in reversed(days)))
    text = pdf_text(ReportData("T", (Section("S", charts=(Chart(line, table),)),)))
    assert [str(day) in text for day in days] == [False] * 6 + [True] * 24
    assert "6 more rows are in the workbook and the CSV file." in text


def test_an_amount_in_the_pdf_has_its_unit_as_on_the_page():
    text = pdf_text(ReportData("T", (Section("S", figures=(Figure("Left", Money(-4_112_880_000)),)),)))
    assert " ".join(text.split()).count("−4,112.88 × 10,000 yuan") == 1


def test_a_file_takes_nothing_from_the_network_or_from_this_site():
    page = written(Format.HTML).decode()
    assert 'href="/' not in page
    assert "http://evil.example" in page  # as text
    assert "<link" not in page


def test_the_words_around_the_figures_are_in_the_language_of_the_report():
    english, chinese = csv_rows(written(Format.CSV)), csv_rows(written(Format.CSV, "zh-hans"))
    assert english[0][0] == "Title"
    assert chinese[0][0] == "标题"
    assert any(row[:1] == ["截止日"] for row in chinese)
    assert english[-1] != chinese[-1]


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=30)
STARTS = st.sampled_from(["=", "+", "-", "@", "\t", "\n", "\x00", " =", "＝", "＋", "－", "＠", ""])


@limits(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(STARTS, TEXTS), min_size=1, max_size=5))
def test_no_text_becomes_a_formula(pairs):
    texts = [start + text for start, text in pairs]
    table = Table("T", (Column("C"),), tuple(Row((Text(text),)) for text in texts))
    data = ReportData("R", (Section("S", tables=(table,)),))
    for row in csv_rows(written(Format.CSV, data=data)):
        for cell in row:
            assert not cell.lstrip(" ").startswith(("=", "+", "@", "＝", "＋", "－", "＠"))
            assert not cell.startswith(("\t", "\n", "\x00"))
    book = openpyxl.load_workbook(io.BytesIO(written(Format.XLSX, data=data)))
    assert all(cell.data_type != "f" for sheet in book for row in sheet.iter_rows() for cell in row)


@pytest.mark.django_db
def test_two_people_who_ask_the_same_of_other_days_of_work_get_the_same_bytes(sample):
    first = finished(ask(known_at=KNOWN, language="en"))
    kind = {file.format: file.sha256 for file in first.files.all()}
    for name, content in ((file.format, bytes(file.content)) for file in first.files.all()):
        assert sha256(content).hexdigest() == kind[name]
        with translation.override("en"):
            expected = RENDERERS[Format(name)](_again(first))
        assert content == expected


def _again(run):
    data = build_sample(run.parameters, as_of=run.as_of, known_at=run.known_at, language=run.language)
    stored = plain(data)
    return Rendering(
        kind=run.kind, kind_version=run.kind_version, parameters=run.parameters, period="", as_of=run.as_of,
        known_at=run.known_at, language=run.language, data=from_plain(stored), plain=stored, data_hash=run.data_hash,
        engine_version=run.engine_version,
    )  # fmt: skip
