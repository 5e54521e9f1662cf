import csv
import io
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from types import SimpleNamespace

import openpyxl
import pytest
from django.utils import translation
from hypothesis import given, settings
from hypothesis import strategies as st

from innovation.core.exports import (
    DANGEROUS_START,
    Column,
    Kind,
    Table,
    csv_lines,
    csv_response,
    disposition,
    escape,
    file_stamp,
    xlsx_file,
    xlsx_response,
)
from innovation.core.money import Unit

COLUMNS = [
    Column("Name", "name"),
    Column("Jobs", "jobs", Kind.INTEGER),
    Column("Cost", "cost", Kind.MONEY),
    Column("Rate", "rate", Kind.PERCENT),
    Column("Score", "score", Kind.NUMBER),
    Column("Day", "day", Kind.DATE),
    Column("Told", "told", Kind.DATETIME),
    Column("Open", "open", Kind.BOOLEAN),
]
ROW = {
    "name": "杭州\n某公司", "jobs": -7, "cost": -123_456_789, "rate": Fraction(353, 1000), "score": Decimal("-1.50"),
    "day": date(2026, 6, 30), "told": datetime(2026, 6, 30, 16, 0, 5, tzinfo=UTC), "open": True,
}  # fmt: skip
EMPTY = dict.fromkeys(ROW)


def table(rows=(ROW, EMPTY), **facts):
    return Table("Holdings", COLUMNS, list(rows), unit=Unit.WAN, **facts)


def read_csv(lines):
    text = "".join(lines)
    assert text.startswith("\ufeff")
    return list(csv.reader(io.StringIO(text[1:], newline="")))


def read_xlsx(file):
    return openpyxl.load_workbook(file)


def test_csv_holds_header_block_typed_cells_and_row_count():
    lines = read_csv(
        csv_lines(
            table(
                as_of=date(2026, 6, 30),
                known_at=datetime(2026, 7, 1, 0, 0, tzinfo=UTC),
                filters=[("Stage", "seed"), ("Fund", "=SUM(A1)")],
                notes=["Two rules are unverified"],
            )
        )
    )
    assert lines == [
        ["Title", "Holdings"],
        ["As of", "2026-06-30"],
        ["Known at", "2026-07-01 08:00:00+08:00"],
        ["Filter", "Stage: seed"],
        ["Filter", "Fund: =SUM(A1)"],
        ["Unit", "10,000 yuan"],
        ["Note", "Two rules are unverified"],
        [],
        ["Name", "Jobs", "Cost (10,000 yuan)", "Rate (%)", "Score", "Day", "Told", "Open"],
        ["杭州\n某公司", "-7", "-123.456789", "35.3", "-1.50", "2026-06-30", "2026-07-01T00:00:05+08:00", "yes"],
        ["", "", "", "", "", "", "", ""],
        ["Rows", "2"],
    ]


def test_xlsx_holds_the_same_with_true_numbers_and_dates():
    book = read_xlsx(xlsx_file(table(as_of=date(2026, 6, 30), filters=[("Stage", "seed")])))
    rows = list(book["Holdings"].values)
    assert [row[:2] for row in rows[:4]] == [
        ("Title", "Holdings"),
        ("As of", "2026-06-30"),
        ("Filter", "Stage: seed"),
        ("Unit", "10,000 yuan"),
    ]
    assert rows[5][2:4] == ("Cost (10,000 yuan)", "Rate")
    assert rows[6][:5] == ("杭州\n某公司", -7, -123.456789, 0.353, -1.5)
    assert [str(cell) for cell in rows[6][5:]] == ["2026-06-30 00:00:00", "2026-07-01 00:00:05", "yes"]
    assert rows[7] == (None,) * 8
    assert rows[8][:2] == ("Rows", 2)
    assert book["Holdings"]["D7"].number_format == "0.0%"


def test_labels_follow_the_reader_and_the_reader_of_the_next_line_does_not_matter():
    with translation.override("zh-hans"):
        lines = csv_lines(table())
        first = next(lines)
    with translation.override("en"):
        rest = "".join(lines)
    assert "Holdings" in first
    assert rest.endswith("2\r\n")
    with translation.override("zh-hans"):
        assert "".join(csv_lines(table())) == first + rest


def test_same_tables_give_the_same_bytes():
    assert xlsx_file(table(), table()).read() == xlsx_file(table(), table()).read()


def test_sheets_of_one_name_and_of_forbidden_signs_are_told_apart():
    name = "[Fund]: a/b? " + "长" * 40
    book = read_xlsx(xlsx_file(Table(name, COLUMNS, [ROW]), Table(name, COLUMNS, []), Table("'", COLUMNS, [])))
    assert len(set(book.sheetnames)) == 3
    assert all(len(sheet) <= 31 for sheet in book.sheetnames)


def test_money_beyond_a_spreadsheets_numbers_stays_exact_as_text():
    book = read_xlsx(xlsx_file(Table("T", COLUMNS, [EMPTY | {"cost": 9_007_199_254_740_993}])))
    assert book["T"]["C5"].value == "90071992547409.93"
    book = read_xlsx(xlsx_file(Table("T", COLUMNS, [EMPTY | {"cost": 90_071_992_547_409_900}])))
    assert book["T"]["C5"].value == 900_719_925_474_099


def test_rows_may_be_objects_and_values_functions():
    columns = [Column("A", "a.b"), Column("B", lambda row: row.a.b * 2, Kind.INTEGER)]
    lines = read_csv(csv_lines(Table("T", columns, iter([SimpleNamespace(a=SimpleNamespace(b=4))]))))
    assert lines[2:] == [["A", "B"], ["4", "8"], ["Rows", "1"]]


def test_a_long_list_is_written_in_pieces():
    pieces = list(csv_lines(Table("T", [Column("A", "a")], ({"a": number} for number in range(1_201)))))
    assert len(pieces) == 5
    assert pieces[-1] == "Rows,1201\r\n"


@pytest.mark.parametrize(
    "text",
    ["=1+1", "+1", "-1", "@SUM(1)", "\t=1", "\r=1", "\n=1", "\0=1", "＝1", " =1", "\u3000=1", "−1", "－1", "＠a"],
)
def test_text_that_could_become_a_formula_is_escaped(text):
    assert escape(text) == f"'{text}"


@pytest.mark.parametrize("text", ["", "a=1", "杭州", "1-2", "'x", "<b>"])
def test_other_text_is_left_alone(text):
    assert escape(text) == text


nasty = st.one_of(
    st.text(),
    st.builds("{}{}".format, st.sampled_from(list("=+-@\t\r\n＝＋－＠ '")), st.text(max_size=20)),
    st.sampled_from(['=HYPERLINK("http://x")', "http://example.org", "-2+3+cmd|' /C calc'!A0", "1e5", "-12", "007"]),
)
# XML holds no lone surrogates and no control characters besides tab, line feed and return.
printable = nasty.map(lambda text: "".join(sign for sign in text if sign >= " " or sign in "\t\n").replace("\x7f", ""))


@settings(max_examples=20, deadline=None)
@given(st.lists(st.tuples(nasty, st.integers(-(10**14), 10**14)), min_size=50, max_size=50))
def test_a_thousand_random_cells_never_become_formulas_in_csv(cells):
    columns = [Column("Text", lambda row: row[0]), Column("Fen", lambda row: row[1], Kind.MONEY)]
    lines = read_csv(csv_lines(Table("T", columns, cells)))[4:-1]
    for (text, fen), (shown, number) in zip(cells, lines, strict=True):
        assert not DANGEROUS_START.match(shown)
        assert shown.removeprefix("'") == text.removeprefix("'")
        assert Decimal(number) * 100 == fen


@settings(max_examples=20, deadline=None)
@given(
    st.lists(
        st.tuples(printable.filter(lambda text: "_x" not in text), st.integers(-(10**14), 10**14)),
        min_size=50,
        max_size=50,
    )
)
def test_a_thousand_random_cells_stay_text_and_numbers_in_a_workbook(cells):
    columns = [Column("Text", lambda row: row[0]), Column("Fen", lambda row: row[1], Kind.MONEY)]
    sheet = read_xlsx(xlsx_file(Table("T", columns, cells)))["T"]
    for place, (text, fen) in enumerate(cells, 5):
        cell, number = sheet.cell(place, 1), sheet.cell(place, 2)
        assert cell.data_type in {"s", "n"}
        assert cell.hyperlink is None
        assert (cell.value or "") == text
        assert bool(cell.quotePrefix) is bool(DANGEROUS_START.match(text))
        assert number.data_type == "n"
        assert round(Decimal(repr(number.value)) * 100) == fen


@pytest.mark.parametrize(
    ("name", "plain", "true"),
    [
        ("Holdings 2026-06-30", "Holdings-2026-06-30.csv", "Holdings%202026-06-30.csv"),
        ("持仓.csv", "export.csv", "%E6%8C%81%E4%BB%93.csv"),
        ('a"b\r\n/../c', "a-b-..-c.csv", "a-b-..-c.csv"),
        ("", "export.csv", "export.csv"),
    ],
)
def test_file_names_may_be_chinese_and_never_break_the_header(name, plain, true):
    assert disposition(name, "csv") == f"attachment; filename=\"{plain}\"; filename*=UTF-8''{true}"


def test_responses_are_downloads():
    response = csv_response(table(), "持仓")
    assert response.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert b"".join(response.streaming_content).decode("utf-8-sig").endswith("Rows,2\r\n")
    response = xlsx_response(table(), file_name="持仓")
    assert response.headers["Content-Disposition"].endswith("%E6%8C%81%E4%BB%93.xlsx")
    assert read_xlsx(io.BytesIO(b"".join(response.streaming_content))).sheetnames == ["Holdings"]


def test_a_file_is_named_after_its_day():
    assert file_stamp("持仓", date(2026, 6, 30)) == "持仓 2026-06-30"
