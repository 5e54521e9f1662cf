"""The PDF: same data, same bytes; text is text; tagged; both languages."""

import io
from typing import Any

import pytest
from pypdf import PdfReader

from innovation.core import gallery
from innovation.core.charts import render_svg
from innovation.core.pdf import render_pdf

EVIL = '#panic("x") *b* $x$ @y <z> \\ [c] #image("/etc/passwd")'
WORDS = {
    "office": "Innovation programme", "as_of": "As of", "data_hash": "Data", "unverified": "Unverified",
    "no_rows": "No rows.", "notes": "Notes", "sources": "Sources",
}  # fmt: skip


def report(**changes: Any) -> dict[str, Any]:
    table = {
        "title": "Holdings",
        "heads": [{"text": "Company", "numeric": False}, {"text": "Cost", "numeric": True}],
        "rows": [[f"青云启明{number}有限公司", f"{number}.00"] for number in range(120)],
        "total": ["Total", "7,140.00"],
    }
    gauge = {"label": "Whole fund", "text": "24.3 % used, cap 40 %", "status": "Within the cap", "tone": "ok",
             "used_at": 528, "cap_at": 870, "warning_at": 696, "facts": [["Headroom", "15.7 points"]]}  # fmt: skip
    chart = {"title": "Loss rate", "svg": render_svg(gallery.CHARTS[0], lang="zh-hans"), "summary": "It rose."}
    section = {
        "title": "启明种子基金", "gauges": [gauge], "charts": [chart], "tables": [table], "notes": ["A note."],
        "figures": [{"label": "Lost", "value": "21.0 %", "note": "of 29.4 million", "unverified": True}],
    }  # fmt: skip
    return {
        "lang": "zh-hans", "title": "组合与容亏", "summary": "Loss reached 31 %.", "as_of": "2026-06-30",
        "data_hash": "ab" * 32, "stamp": [["As of", "2026-06-30"], ["Asked by", "李伟"]], "sections": [section],
        "notes": ["Recovery counts as a gain."], "sources": [{"label": "上城区办法", "unverified": True}],
        "words": WORDS,
    } | changes  # fmt: skip


def pages(pdf: bytes) -> list[str]:
    return [page.extract_text() for page in PdfReader(io.BytesIO(pdf)).pages]


def test_the_same_data_gives_the_same_bytes_and_other_data_others():
    assert render_pdf("report.typ", report()) == render_pdf("report.typ", report())
    assert render_pdf("report.typ", report()) != render_pdf("report.typ", report(title="其他"))


def test_it_is_a_tagged_accessible_document_without_a_date():
    reader = PdfReader(io.BytesIO(render_pdf("report.typ", report())))
    root = reader.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "zh-CN"
    assert reader.metadata.title == "组合与容亏"
    assert reader.metadata.creation_date is None
    assert b"pdfuaid" in root["/Metadata"].get_data()


def test_all_of_the_report_is_in_its_text_and_heads_repeat():
    text = pages(render_pdf("report.typ", report()))
    whole = "\n".join(text)
    for words in (
        "组合与容亏",
        "2026-06-30",
        "李伟",
        "Whole fund",
        "21.0 %",
        "7,140.00",
        "A note.",
        "Recovery",
        "上城区办法",
    ):
        assert words in whole
    assert len(text) > 2
    assert sum("Company" in page for page in text) == sum("青云启明" in page or "7,140.00" in page for page in text)
    assert f"1 / {len(text)}" in text[0]
    assert "As of 2026-06-30" in text[1]


@pytest.mark.parametrize("place", ["title", "summary"])
def test_data_is_never_read_as_markup(place: str):
    assert EVIL.replace(" ", "") in "".join(pages(render_pdf("report.typ", report(**{place: EVIL})))).replace(
        " ", ""
    ).replace("\n", "")


def test_a_letter_that_no_font_has_does_not_stop_the_report():
    assert "李伟" in "\n".join(pages(render_pdf("report.typ", report(summary="🦄 \U0001fae8"))))


def test_an_empty_report_and_empty_tables_are_set():
    bare = report(sections=[{"title": "Empty", "tables": [{"heads": [{"text": "A", "numeric": False}], "rows": []}]}])
    assert "No rows." in "\n".join(pages(render_pdf("report.typ", bare | {"lang": "en", "notes": [], "sources": []})))
