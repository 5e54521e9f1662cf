"""Lists: order, filters, pages and files show the same rows in a constant number of queries."""

import csv
import io
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

import openpyxl
import pytest
from django.contrib.auth.models import Group
from django.template.loader import render_to_string
from django.test import Client, RequestFactory
from django.utils import translation
from django_filters import CharFilter, FilterSet

from innovation.accounts.choices import Role
from innovation.core.exports import Kind
from innovation.core.tables import Table, TableColumn
from tests.factories.accounts import as_role

EVIL = "<script>alert(1)</script>\"'{{ 7|add:7 }}=1+1"
COLUMNS = [
    TableColumn("Name", "name", key="name", order_by=("name",), heading=True),
    TableColumn("Cost", "cost", Kind.MONEY, key="cost", order_by=("cost",), unknown="No price yet."),
    TableColumn("Share", "share", Kind.PERCENT, key="share", order_by=("share",)),
]
GROUP_COLUMNS = [TableColumn("Name", "name", key="name", order_by=("name",), heading=True)]


@dataclass
class Item:
    name: str
    cost: int | None
    share: Fraction | None = Fraction(1, 3)


class GroupFilter(FilterSet):
    name = CharFilter(lookup_expr="icontains", label="Name")

    class Meta:
        model = Group
        fields: list[str] = []


ITEMS = [Item("b", 300_000_000), Item("a", None), Item("c", 100_000_000)]


def table(query: str = "", rows: Any = ITEMS, columns: Any = COLUMNS, **options: Any) -> Table:
    return Table(RequestFactory().get(f"/list/?{query}"), columns, rows, "Things", page_sizes=(2, 10), **options)


def names(shown: Table) -> list[str]:
    return [str(row[0].html) for row in shown.body()]


def html(shown: Table) -> str:
    return render_to_string("components/table.html", {"table": shown, "request": shown.request})


@pytest.mark.parametrize(
    ("sort", "expected"),
    [("name", ["a", "b", "c"]), ("-name", ["c", "b", "a"]), ("cost", ["c", "b", "a"]), ("-cost", ["b", "c", "a"]),
     ("nonsense", ["b", "a", "c"]), ("--cost", ["b", "a", "c"])],
)  # fmt: skip
def test_rows_sort_by_any_column_with_unknown_last_and_nonsense_ignored(sort: str, expected: list[str]):
    assert names(table(f"sort={sort}&size=10")) == expected


def test_a_sorted_column_says_so_and_its_link_turns_the_order():
    heading = table("sort=cost&page=2").headings()[1]
    assert (heading.label, heading.direction, heading.url) == ("Cost (10,000 yuan)", "ascending", "?sort=-cost")
    assert 'aria-sort="ascending"' in html(table("sort=cost"))


@pytest.mark.parametrize(
    ("query", "shown"), [("", 2), ("page=2", 1), ("page=99", 1), ("page=x", 2), ("size=10", 3), ("size=5000", 2)]
)
def test_pages_and_sizes_outside_the_offer_fall_back(query: str, shown: int):
    assert len(table(query).body()) == shown


def test_money_follows_the_unit_of_the_reader_and_unknown_gives_its_reason():
    shown = table("unit=yi&sort=-cost&size=10")
    assert shown.headings()[1].label == "Cost (100 million yuan)"
    assert shown.body()[0][1].html == "0.0300"
    assert "No price yet." in str(shown.body()[2][1].html)
    assert shown.body()[0][2].html == "33.3\u202f%"


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", "Rows 1–2 of 3. The CSV and XLSX files hold all."),
        ("zh-hans", "第 1–2 行，共 3 行；CSV 和 XLSX 文件含全部行。"),
    ],
)
def test_paper_says_which_rows_it_bears_when_it_does_not_bear_all(language: str, words: str):
    with translation.override(language):
        assert f'<p class="print-only">{words}</p>' in html(table())
        assert "print-only" not in html(table("size=10"))


def test_totals_count_all_rows_not_only_the_page():
    shown = table(totals=lambda rows: {"cost": sum(row.cost or 0 for row in rows)})
    assert [str(cell.html) for cell in shown.foot()] == ["Total of 3 rows", "400.00", ""]


def test_an_empty_list_says_how_to_fill_it_and_offers_no_file():
    page = html(table(rows=[], empty_title="No funds", empty_text="Import one."))
    assert "No funds" in page
    assert "Import one." in page
    assert "export=csv" not in page


@pytest.mark.django_db
def test_the_file_holds_the_rows_of_the_screen_in_its_order():
    for name in ("zz one", "zz two", "zz three", "other"):
        Group.objects.create(name=name)
    query = "name=zz&sort=-name&size=10"
    options = {"rows": Group.objects.all(), "columns": GROUP_COLUMNS, "filterset_class": GroupFilter}
    screen = names(table(query, **options))
    assert screen == ["zz two", "zz three", "zz one"]
    text = b"".join(table(f"{query}&export=csv", **options).export()).decode("utf-8-sig")
    lines = list(csv.reader(io.StringIO(text)))
    head = lines.index(["Name"])
    assert [line[0] for line in lines[head + 1 : -1]] == screen
    assert ["Filter", "Name: zz"] in lines
    book = openpyxl.load_workbook(io.BytesIO(b"".join(table(f"{query}&export=xlsx", **options).export())))
    cells = [row[0].value for row in book.active.iter_rows()]
    assert cells[cells.index("Name") + 1 : -1] == screen


@pytest.mark.django_db
def test_a_filter_in_force_can_be_removed_and_keeps_the_rest():
    options = {"rows": Group.objects.all(), "columns": GROUP_COLUMNS, "filterset_class": GroupFilter}
    shown = table("name=zz&sort=-name&page=3&other=1", **options)
    (applied,) = shown.applied()
    assert (applied.label, applied.value, applied.without) == ("Name", "zz", "?sort=-name&other=1")
    assert ("other", "1") in shown.kept_parameters()
    assert "name" not in dict(shown.kept_parameters())


def test_two_tables_of_a_page_do_not_touch_each_other():
    assert names(table("left-sort=name", name="left")) == ["a", "b"]
    assert names(table("left-sort=name", name="right")) == ["b", "a"]
    assert "right-page=2" in table("left-sort=name", name="right").next_url


def test_what_people_entered_stays_text_in_every_part_of_the_table():
    shown = table(
        f"sort={EVIL}&x={EVIL}", rows=[Item(EVIL, 1)], columns=[*COLUMNS, TableColumn(EVIL, "name", key="x")],
        empty_title=EVIL,
    )  # fmt: skip
    page = html(shown)
    assert "<script>alert" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page


@pytest.mark.django_db
@pytest.mark.parametrize("rows", [1, 3])
def test_a_page_costs_the_same_queries_for_one_row_and_for_three(django_assert_num_queries, rows: int):
    Group.objects.all().delete()
    for number in range(rows):
        Group.objects.create(name=f"group {number}")
    with django_assert_num_queries(2):
        html(table("size=10", rows=Group.objects.all(), columns=GROUP_COLUMNS, filterset_class=GroupFilter))


@pytest.mark.django_db
def test_htmx_gets_the_table_alone_and_caches_know_the_difference(client: Client):
    as_role(client, Role.FUND_OFFICER)
    answer = client.get("/components/?holdings-export=csv")
    assert answer["Content-Type"].startswith("text/csv")
    whole = client.get("/components/?holdings-sort=cost")
    assert whole.content.decode().count("<table") > 3
