"""Rules of blind assessments: the detector, bands, the rubric, linked suppression, files without hidden facts."""

import io
import json
import struct
import zlib
from fractions import Fraction
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter

from innovation.core.errors import RuleViolation
from innovation.core.uploads import FileKind
from talent.data.rubrics import FILE
from talent.rules import blinding, rubric, sealing, stripping
from talent.rules.adverse_impact import fisher_two_sided
from talent.rules.suppression import shared_pattern, suppress

NAMES = {"王建国", "Wang Jianguo", "Jianguo"}
RUBRIC = rubric.rubric_of(json.loads(FILE.read_text(encoding="utf-8"))[0]["content"])


def kinds(text):
    return {str(one.kind): one.text for one in blinding.find(text, NAMES)}


@pytest.mark.parametrize(
    ("text", "kind", "passage"),
    [
        ("1968年生", "year", "1968年"),
        ("于２０１９年获奖", "year", "２０１９年"), ("二〇一八年立项", "year", "二〇一八年"),
        ("98级同学", "year", "98级"), ("founded in 2015", "year", "in 2015"), ("class of '98", "year", "'98"),
        ("现年57岁", "age", "现年57岁"), ("五十二周岁", "age", "五十二周岁"), ("80后团队", "age", "80后"),
        ("aged 61", "age", "aged 61"), ("a 42-year-old founder", "age", "42-year-old"),
        ("in her fifties", "age", "in her fifties"),
        ("有30年经验", "experience", "30年经验"), ("从业近三十年", "experience", "从业近三十年"),
        ("30 years of experience", "experience", "30 years of experience"),
        ("一位老专家", "seniority", "老"), ("年轻团队", "seniority", "年轻"), ("退休专家", "seniority", "退休"),
        ("emeritus", "seniority", "emeritus"), ("她提出", "sex", "她"), ("Mr. Lee", "sex", "Mr."),
        ("毕业于清华大学", "origin", "毕业于清华大学"), ("Peking University", "origin", "Peking University"),
        ("籍贯山东", "origin", "籍贯山东"), ("两院院士", "title", "院士"), ("awarded twice", "title", "awarded"),
        ("专利ZL201910123456.7", "number", "ZL201910123456.7"),
        ("0000-0002-1825-0097", "number", "0000-0002-1825-0097"),
        ("11010519491231002X", "number", "11010519491231002X"), ("13812345678", "contact", "13812345678"),
        ("a.b@c.cn", "contact", "a.b@c.cn"), ("王 建国团队", "name", None), ("by JIANGUO", "name", "JIANGUO"),
    ],
)  # fmt: skip
def test_the_detector_sees_what_gives_somebody_away(text, kind, passage):
    found = kinds(text)
    if passage is None:
        assert kind not in found or found[kind]
    else:
        assert found.get(kind) == passage, found


@pytest.mark.parametrize(
    "text",
    [
        "材料老化模型与控制算法结合,缺陷检出率提高到96%。", "其他成员覆盖市场;老年病诊断设备;虎年",
        "Li-ion pack with 12 % better density; 6–9 years' experience; within 5 years",
        "10年及以上经验;近5年内工作;3–5年经验",
        "营收在1000万至5000万元之间,团队三年磨合",
    ],
)  # fmt: skip
def test_the_detector_leaves_plain_words_and_bands_alone(text):
    assert kinds(text) == {}


def test_a_proposal_keeps_the_band_and_is_itself_blind():
    text = "王建国2019年与2024年获专利,有30年从业经验,现年57岁。"
    proposal = blinding.proposed(text, blinding.find(text, NAMES), 2026)
    assert proposal == "▇▇▇更早与近5年内获专利,有10年及以上经验,▇▇▇。"
    assert blinding.find(proposal, NAMES) == []
    parts = blinding.split(text, blinding.find(text, NAMES))
    assert "".join(part for part, _kind in parts) == text


@given(st.text(alphabet="王建国19年岁0２③ a老他\n", max_size=60))
def test_findings_are_in_order_without_overlap_and_name_places_of_the_text(text):
    findings = blinding.find(text, NAMES)
    assert all(text[one.start : one.end] == one.text for one in findings)
    assert all(left.end <= right.start for left, right in pairwise(findings))


def test_experience_is_top_coded_and_results_are_recent_or_earlier():
    assert [blinding.experience_band(years) for years in (0, 2, 3, 5, 6, 9, 10, 41)] == [
        "0–2", "0–2", "3–5", "3–5", "6–9", "6–9", "≥10", "≥10",
    ]  # fmt: skip
    assert blinding.is_recent(2022, 2026)
    assert not blinding.is_recent(2021, 2026)


def marks(*row):
    return dict(zip(RUBRIC.keys, row, strict=True))


def test_the_rubric_scores_exactly_and_breadth_counts_with_depth_only():
    assert rubric.score(RUBRIC, marks(4, 2, 3, 2, 4)) == Fraction(7375, 100)
    assert rubric.score(RUBRIC, marks(4, 1, 3, 2, 4)) == Fraction(4875, 100)
    assert rubric.mean_score(RUBRIC, [marks(4, 2, 3, 2, 4), marks(4, 1, 3, 2, 4)]) == Fraction(245, 4)
    assert round(rubric.effective_domains([0.5, 0.3, 0.2]), 2) == 2.80
    assert rubric.far_apart(RUBRIC, [marks(4, 2, 3, 2, 4), marks(2, 1, 3, 2, 4)]) == ["breadth"]
    assert rubric.severity({1: Fraction(50), 2: Fraction(60)}, {2: Fraction(70)}) == -10
    for wrong, code in (({"breadth": 4}, "MARKS_INCOMPLETE"), (marks(5, 0, 0, 0, 0), "MARK_OUT_OF_SCALE")):
        with pytest.raises(RuleViolation) as refused:
            rubric.score(RUBRIC, wrong)
        assert refused.value.code == code


@given(st.lists(st.integers(0, 30), min_size=1, max_size=6), st.sampled_from([5, 10]))
def test_what_is_hidden_cannot_be_worked_out_from_the_total(counts, k):
    row = {f"band {place}": count for place, count in enumerate(counts)}
    published = suppress(row, k)
    hidden = [count for key, count in row.items() if published.cells[key] is None]
    assert all(count is None or count == 0 or count >= k for count in published.cells.values())
    if hidden and published.total is not None and any(published.cells.values()):
        assert len(hidden) > 1
        assert sum(hidden) >= k


def test_linked_tables_share_one_pattern_and_keep_published_sums_safe():
    n = {"<35": 60, "35-44": 80, "45-54": 50, "55+": 20, "not_stated": 9}
    selected = {"<35": 30, "35-44": 40, "45-54": 18, "55+": 3, "not_stated": 6}
    sides = [("<35", "35-44"), ("45-54", "55+")]
    # 55+ is small among the selected; the sum of its side is published, so its neighbour goes too.
    assert shared_pattern([n, selected], [tuple(n), *sides], 5) == {"55+", "45-54"}
    assert shared_pattern([n, selected], [tuple(n)], 5) == {"55+", "not_stated"}


def test_fisher_is_exact_and_symmetric():
    assert fisher_two_sided(24, 70, 70, 140) == fisher_two_sided(70, 140, 24, 70)
    assert fisher_two_sided(3, 3, 0, 3) == Fraction(1, 10)


def test_the_vault_opens_with_its_own_key_only_and_bands_are_fixed():
    sealed = sealing.seal(1975, sealing.key_of("one"))
    assert b"1975" not in sealed
    assert sealing.unseal(sealed, sealing.key_of("one")) == 1975
    assert sealing.unseal(sealed, sealing.key_of("two")) is None
    assert [sealing.band_of(year, 2026) for year in (1992, 1991, 1982, 1981, 1972, 1971, None)] == [
        "<35", "35-44", "35-44", "45-54", "45-54", "55+", "not_stated",
    ]  # fmt: skip


def png(*chunks):
    def chunk(name, data):
        return struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))

    body = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)) + b"".join(chunk(*one) for one in chunks)
    return b"\x89PNG\r\n\x1a\n" + body + chunk(b"IDAT", zlib.compress(b"\0\0")) + chunk(b"IEND", b"")


def test_files_lose_what_their_program_wrote_into_them():
    picture = stripping.strip(png((b"tEXt", b"Author\0Wang Jianguo"), (b"eXIf", b"camera 1968")), FileKind.PNG)
    assert b"Wang" not in picture
    assert b"1968" not in picture
    assert b"IDAT" in picture
    exif = b"\xff\xe1" + struct.pack(">H", 2 + 10) + b"Exif Wang!"
    photo = b"\xff\xd8" + exif + b"\xff\xda\x00\x04ab\x12\xff\x00\x34\xff\xd9trailing Wang"
    assert stripping.strip(photo, FileKind.JPEG) == b"\xff\xd8\xff\xda\x00\x04ab\x12\xff\x00\x34\xff\xd9"
    writer = PdfWriter()
    writer.add_blank_page(100, 100)
    writer.add_metadata({"/Author": "Wang Jianguo", "/CreationDate": "D:19680101"})
    writer.add_attachment("cv.txt", b"Wang Jianguo")
    source = io.BytesIO()
    writer.write(source)
    clean = stripping.strip(source.getvalue(), FileKind.PDF)
    assert b"Wang" not in clean
    assert b"1968" not in clean
    assert len(PdfReader(io.BytesIO(clean)).pages) == 1
    assert not PdfReader(io.BytesIO(clean)).attachments
    for broken, kind in ((b"%PDF-1.7 nothing", FileKind.PDF), (b"\xff\xd8zz", FileKind.JPEG), (b"a,b", FileKind.CSV)):
        with pytest.raises(RuleViolation):
            stripping.strip(broken, kind)
