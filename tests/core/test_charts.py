"""Charts: exact in, the same drawing out, clean under the policy, readable without eyes."""

import json
import re
import xml.etree.ElementTree as ET
from dataclasses import replace
from datetime import date
from fractions import Fraction
from itertools import pairwise
from pathlib import Path

import altair
import pytest
from django.conf import settings
from django.core.cache import cache
from redis.exceptions import RedisError

from innovation.core import gallery
from innovation.core.charts import (
    BarChart,
    Cap,
    Change,
    Chart,
    Measure,
    Multiples,
    Series,
    StackChart,
    StepChart,
    from_plain,
    render,
    render_png,
    render_svg,
    tabular,
    to_plain,
)
from innovation.core.charts.style import BAD, INK, INK_2, INK_3, LINE, PAPER, SERIES, SIZES, shortened, text_width
from innovation.core.charts.vega import specification

EVIL = "</text><script>alert(1)</script> \"x\" {{datum}} 'y'"
DAYS = (date(2026, 1, 31), date(2026, 2, 28), date(2026, 3, 31))
LINE_OF_LOSS = Series("Loss", tuple(zip(DAYS, (Fraction(1, 10), None, Fraction(1, 3)), strict=True)))
STEPS = StepChart("Loss rate", (LINE_OF_LOSS,), (Cap("Cap", Fraction(2, 5), since=DAYS[1]),), (Change(DAYS[1], "New"),))
CHARTS = [
    STEPS,
    BarChart("Bars", (("Seed", Fraction(1, 2)), ("Angel", None)), cap=Cap("Cap", Fraction(2, 5))),
    StackChart("Stack", ("2025", "2026"), (("Seed", (10**8, 0)), ("Angel", (0, 3 * 10**8)))),
    Multiples("Many", (LINE_OF_LOSS, replace(LINE_OF_LOSS, label="Other")), Cap("Cap", Fraction(1, 5))),
]
EMPTY = [
    StepChart("Nothing", ()),
    StepChart("Nothing yet", (Series("Loss", ()),), (Cap("Cap", Fraction(1, 2)),)),
    BarChart("Nothing", ()),
    StackChart("Nothing", (), ()),
    Multiples("Nothing", (Series("Fund", ()),)),
]


def kind(chart: Chart) -> str:
    return type(chart).__name__


@pytest.mark.parametrize("chart", [*CHARTS, *gallery.CHARTS], ids=kind)
def test_the_plain_form_has_no_floats_and_gives_the_chart_back(chart: Chart):
    plain = to_plain(chart)

    def refuse(number: str) -> None:
        raise AssertionError(f"{number} is a float")

    assert json.loads(json.dumps(plain), parse_float=refuse) == plain
    assert to_plain(from_plain(plain)) == plain


def test_floats_are_refused():
    with pytest.raises(TypeError, match="float"):
        to_plain(BarChart("x", (("a", 0.1),)))


@pytest.mark.parametrize("size", sorted(SIZES))
@pytest.mark.parametrize("chart", [*CHARTS, *EMPTY], ids=kind)
def test_specifications_keep_to_the_grammar(chart: Chart, size: str):
    given = specification(chart, SIZES[size])
    read = altair.Chart.from_dict(given, validate=True).to_dict()
    completed = {"$schema", "config", "data", "datasets"}  # where the reader adds defaults and moves the rows
    assert {key: read[key] for key in given if key not in completed} == {
        key: given[key] for key in given if key not in completed
    }
    assert given.keys() - completed


@pytest.mark.parametrize("chart", [*CHARTS, *EMPTY], ids=kind)
def test_the_same_chart_is_the_same_bytes_and_clean_under_the_policy(chart: Chart):
    cache.clear()
    first = render_svg(chart, lang="en")
    cache.clear()
    assert render_svg(to_plain(chart), lang="en") == first
    root = ET.fromstring(first)  # noqa: S314 - our own drawing
    assert root.get("role") == "img"
    assert root.get("aria-label") == chart.title
    for element in root.iter():
        assert "style" not in element.attrib
        assert element.tag.split("}")[1] not in {"style", "script", "foreignObject"}
        assert not [name for name in element.attrib if name.startswith("on")]


@pytest.mark.parametrize("chart", [
    StepChart(EVIL, (Series(EVIL, LINE_OF_LOSS.points), Series("b", LINE_OF_LOSS.points)), (Cap(EVIL, Fraction(1, 2)),),
              (Change(DAYS[1], EVIL),)),
    BarChart(EVIL, ((EVIL, Fraction(1, 2)),), cap=Cap(EVIL, Fraction(2, 5))),
    StackChart(EVIL, (EVIL,), ((EVIL, (10**8,)),)),
    Multiples(EVIL, (Series(EVIL, LINE_OF_LOSS.points),), Cap(EVIL, Fraction(1, 5))),
], ids=kind)  # fmt: skip
def test_entered_text_stays_text_in_a_drawing(chart: Chart):
    svg = render_svg(chart, lang="en")
    assert "<script" not in svg
    root = ET.fromstring(svg)  # noqa: S314 - our own drawing
    assert root.get("aria-label") == EVIL
    said = [element.get("aria-label") or "" for element in root.iter()] + ["".join(root.itertext())]
    assert any("{{datum}}" in words for words in said)


def test_marks_say_their_values_and_gaps_are_left_out():
    said = re.findall(r'class="hit" role="graphics-symbol" aria-label="([^"]*)"', render_svg(STEPS, lang="en"))
    assert said == ["Loss, 2026-01-31: 10.0\u202f%", "Loss, 2026-03-31: 33.3\u202f%"]


def test_caps_and_changes_are_named_on_the_chart():
    text = "".join(ET.fromstring(render_svg(STEPS, lang="en")).itertext())  # noqa: S314 - our own drawing
    assert "Cap 40.0\u202f%" in text
    assert "New" in text


def test_the_name_of_a_cap_lies_over_every_line_on_a_halo_of_paper():
    svg = render_svg(STEPS, lang="en")
    halo, name = [match.start() for match in re.finditer(r"<text [^>]*>Cap 40", svg)]
    assert f'stroke="{PAPER}"' in svg[halo : svg.index(">", halo)]
    assert svg.rindex(f'stroke="{SERIES[0]}"') < halo < name


def test_a_number_that_the_line_of_the_cap_would_cross_stands_behind_it():
    chart = BarChart("Used", (("near", Fraction(96, 100)), ("far", Fraction(30, 100)), ("over", Fraction(11, 10))),
                     cap=Cap("Cap", Fraction(1)))  # fmt: skip
    assert [row["at"] for row in specification(chart, SIZES["wide"])["data"]["values"]] == [1.0, 0.3, 1.1]


def test_near_caps_are_named_above_the_upper_and_below_the_lower():
    caps = (Cap("Low", Fraction(40, 100)), Cap("High", Fraction(41, 100)))
    svg = render_svg(StepChart("Two", (LINE_OF_LOSS,), caps), lang="en")
    high, low = (
        float(re.search(rf"<text [^>]*translate\([-\d.]+,([-\d.]+)\)[^>]*>{name} 4", svg)[1])
        for name in ("High", "Low")
    )
    assert low - high > 20


def test_narrow_labels_keep_the_words_that_tell_lines_apart():
    points = LINE_OF_LOSS.points
    chart = StepChart("Two", (Series("As known now", points), Series("As known then", points)))
    text = " ".join(ET.fromstring(render_svg(chart, lang="en", size="narrow")).itertext())  # noqa: S314 - our own
    assert re.search(r"\bNow \d", text)
    assert re.search(r"\bThen \d", text)
    assert "…" not in text


def test_labels_at_the_end_of_near_lines_are_moved_apart():
    near = [Series(str(n), ((DAYS[0], Fraction(30 + n, 100)), (DAYS[2], Fraction(30 + n, 100)))) for n in range(4)]
    root = ET.fromstring(render_svg(StepChart("Near", tuple(near)), lang="en"))  # noqa: S314 - our own drawing
    places = []
    for element in root.iter("{http://www.w3.org/2000/svg}text"):
        if element.get("fill") in SERIES:
            places.append(float(re.search(r"translate\([-\d.]+,([-\d.]+)\)", element.get("transform"))[1]))
    places.sort()
    assert len(places) == 4
    assert min(above - below for below, above in pairwise(places)) > 12


def test_numbers_follow_the_language_of_the_reader_and_money_its_unit():
    money = BarChart("Money", (("Cost", 123_456_700_000),), Measure.MONEY, "yi")
    assert "12.3457" in render_svg(money, lang="zh-hans")
    assert tabular(money).rows == [["Cost", "12.3457"]]


TABLES = [
    (["Day", "Loss"], [["2026-03-31", "33.3\u202f%"], ["2026-02-28", "–"], ["2026-01-31", "10.0\u202f%"]]),
    (["Name", "Value"], [["Seed", "50.0\u202f%"], ["Angel", "–"]]),
    (["Name", "Seed (10,000 yuan)", "Angel (10,000 yuan)"], [["2025", "100.00", "0"], ["2026", "0", "300.00"]]),
]


@pytest.mark.parametrize(("chart", "expected"), zip(CHARTS, TABLES, strict=False), ids=["steps", "bars", "stack"])
def test_the_table_says_the_same_as_the_chart(chart: Chart, expected: tuple[list[str], list[list[str]]]):
    table = tabular(chart)
    assert (table.heads, table.rows) == expected


def test_a_drawing_is_kept_and_a_lost_cache_costs_only_time(monkeypatch: pytest.MonkeyPatch):
    cache.clear()
    first = render_svg(STEPS, lang="en")
    drawn = []
    monkeypatch.setattr(render, "_draw", lambda *facts: drawn.append(facts) or "<svg/>")
    assert render_svg(STEPS, lang="en") == first
    assert drawn == []
    assert render_svg(STEPS, lang="zh-hans") == "<svg/>"

    def lost(*facts: object, **options: object) -> None:
        raise RedisError("gone")

    monkeypatch.setattr(cache, "get", lost)
    monkeypatch.setattr(cache, "set", lost)
    assert render_svg(STEPS, lang="en") == "<svg/>"
    assert len(drawn) == 2


def test_a_workbook_gets_a_picture():
    assert render_png(CHARTS[1], lang="zh-hans").startswith(b"\x89PNG")


def test_every_colour_of_the_drawings_has_its_token():
    css = (Path(settings.BASE_DIR) / "innovation/core/static/core/components.css").read_text()
    tokens = (Path(settings.BASE_DIR) / "innovation/core/static/core/tokens.css").read_text()
    for colour in (INK, INK_2, INK_3, LINE, PAPER, BAD, *SERIES):
        assert f'.chart-drawing [fill="{colour}"]' in css
        assert f'.chart-drawing [stroke="{colour}"]' in css
        assert colour == PAPER or f"{colour};" in tokens


def test_long_names_are_cut_to_their_place():
    assert shortened("short", 100) == "short"
    assert text_width(shortened("很长的基金名称" * 10, 120)) <= 120
