"""Report data: exact, and the same bytes for the same values."""

import json
from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from django.utils.translation import gettext_lazy, override
from hypothesis import given
from hypothesis import strategies as st

from innovation.core.charts import Series, StepChart
from innovation.reports.choices import ColumnKind
from innovation.reports.content import (
    Chart,
    Column,
    Count,
    Day,
    Figure,
    Gauge,
    Money,
    Number,
    Percent,
    ReportData,
    Row,
    Section,
    Source,
    Status,
    Table,
    Text,
    Times,
    Unknown,
    canonical_json,
    from_plain,
    plain,
)

STEPS = StepChart("Rate rose", (Series("rate", ((date(2026, 1, 31), Fraction(1, 3)), (date(2026, 2, 28), None))),))
VALUES = st.one_of(
    st.integers().map(Money),
    st.integers().map(Count),
    st.fractions().map(Percent),
    st.fractions().map(Times),
    st.fractions().map(Number),
    st.text().map(Text),
    st.dates().map(Day),
    st.text().map(Unknown),
)


def report(*values):
    columns = tuple(Column(f"c{index}", ColumnKind.MONEY) for index, _ in enumerate(values))
    table = Table("t", columns, (Row(values, link="/x/", unverified=True),), total=Row(values))
    return ReportData(
        title="Title",
        sections=(
            Section(
                "s",
                gauges=(Gauge("g", Fraction(3, 10), None, Status("fine", "ok"), headroom=(Figure("left", Money(1)),)),),
                figures=tuple(
                    Figure("f", value, link="/f/", unverified=True, status=Status("x", "bad")) for value in values
                ),
                charts=(Chart(STEPS, table),),
                tables=(table,),
                notes=("n",),
            ),
        ),
        sources=(Source("ledger", fingerprint="abc"),),
        scope=(("Fund", "A"),),
    )


@given(st.lists(VALUES, max_size=8))
def test_data_written_down_and_read_back_is_equal_and_gives_the_same_bytes(values):
    data = report(*values)
    written = canonical_json(data)
    again = from_plain(json.loads(written))
    assert again == data
    assert canonical_json(again) == written


def test_money_is_fen_and_a_share_is_an_exact_fraction():
    assert plain(Money(12345678901234567890)) == {"type": "money", "fen": 12345678901234567890}
    assert plain(Percent(Fraction(652, 2000))) == {"type": "percent", "value": "163/500"}
    assert plain(Day(date(2026, 1, 31))) == {"type": "day", "value": "2026-01-31"}


def test_the_order_of_keys_does_not_matter():
    assert canonical_json({"b": 1, "a": {"d": 2, "c": "甲"}}) == '{"a":{"c":"甲","d":2},"b":1}'.encode()


@pytest.mark.parametrize("value", [0.1, Decimal("0.1"), object()])
def test_what_is_not_exact_is_refused(value):
    with pytest.raises(TypeError, match="A report cannot hold"):
        canonical_json({"x": [value]})


def test_lazy_words_are_written_in_the_language_of_the_report():
    words = gettext_lazy("Yes")
    with override("zh-hans"):
        assert plain(Text(words))["value"] == "是"
    with override("en"):
        assert plain(Text(words))["value"] == "Yes"
