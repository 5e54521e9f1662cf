"""What in a text tells who somebody is or how old: found in Chinese and English, with a proposal of what to write.

An aid for the officer who redacts, who reads every text himself: a list of words cannot know all that gives a person
away. Bands keep what a reviewer needs: whether a result is recent, and how long somebody has worked in an industry.
"""

import re
import unicodedata
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum

MARK = "▇▇▇"
RECENT_YEARS = 5
EXPERIENCE_BANDS = ((0, 2), (3, 5), (6, 9), (10, None))
"""Whole years of experience, top-coded: beyond ten nobody can be told from anybody."""


class Kind(StrEnum):
    """What a passage gives away."""

    YEAR = "year"
    AGE = "age"
    EXPERIENCE = "experience"
    SENIORITY = "seniority"
    SEX = "sex"
    ORIGIN = "origin"
    TITLE = "title"
    NUMBER = "number"
    CONTACT = "contact"
    NAME = "name"


@dataclass(frozen=True, slots=True)
class Finding:
    """``text[start:end]`` gives ``kind`` away."""

    kind: Kind
    start: int
    end: int
    text: str


_DIGITS = "零〇一二两三四五六七八九十百"
_COUNT = rf"(?:\d{{1,3}}|[{_DIGITS}]{{1,5}})"
_PLACE = r"(?![于在与和及并从到是的由为])[一-龥]"
"""A sign in the name of a school: none of the words that lead up to it."""
_WORD = r"(?<![A-Za-z])"
_END = r"(?![A-Za-z])"
_PATTERNS: tuple[tuple[Kind, str], ...] = (
    (Kind.CONTACT, r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+"),
    (Kind.CONTACT, r"https?://\S+|www\.\S+"),
    (Kind.CONTACT, r"(?<!\d)(?:\+?86[ -]?)?1[3-9]\d[ -]?\d{4}[ -]?\d{4}(?!\d)"),
    (Kind.NUMBER, r"(?<!\d)\d{4}-\d{4}-\d{4}-\d{3}[\dX](?!\d)"),
    (Kind.NUMBER, r"(?<!\d)\d{6}[ -]?\d{8}[ -]?\d{3}[\dX](?!\d)"),
    (Kind.NUMBER, r"(?<![A-Z])(?:ZL|CN|US|EP|WO|PCT/?[A-Z]{2})[ -]?\d[\d./]{5,}[A-Z]?\d?"),
    (Kind.NUMBER, r"(?<![A-Z0-9])(?:[A-Z]{1,6}[-./ ]?)?\d{7,}[A-Z]?(?!\d)|(?<![A-Z0-9])[A-Z]{1,6}[-./]?\d{5,}(?!\d)"),
    (Kind.AGE, rf"(?:年[满过近届逾]|现年|时年|年龄(?:为|:)?)\s*{_COUNT}(?:\s*周?岁)?"),
    (Kind.AGE, rf"{_COUNT}\s*(?:多|余|来)?\s*(?:周岁|岁)"),
    (Kind.AGE, rf"{_WORD}(?:aged?|age of)[ :]+\d{{1,3}}(?!\d)"),
    (Kind.AGE, r"(?<!\d)\d{1,3}[ -]years?[ -](?:of[ -]age|olds?)"),
    (Kind.AGE, rf"{_WORD}in (?:his|her|their) (?:early |mid-?|late )?"
               rf"(?:twenties|thirties|forties|fifties|sixties|seventies|\d0s){_END}"),
    (Kind.AGE, r"(?<!\d)[4-9]0\s*后|[五六七八九]零后|[四五六七八九〇零]十年代(?:生|出生)"),
    (Kind.AGE, r"花甲|古稀|耄耋|不惑之年|知天命|而立之年|出生|生于|生年"),
    (Kind.AGE, rf"{_WORD}(?:born|birth ?(?:date|year|day)|date of birth){_END}"),
    (Kind.EXPERIENCE, rf"(?<![\d≥–~-])(?:{_COUNT}\s*[-–~至到]\s*)?{_COUNT}\s*(?:多|余|来)?\s*年(?!内)"
                      r"(?:以上|及以上)?的?[^\s。,;、0-9]{0,8}?(?:经验|经历|从业|工龄|教龄|工作)(?:的?经[验历])?"),
    (Kind.EXPERIENCE, r"(?:从业|从事|工作|任职|深耕|钻研)[^\s。,;0-9]{0,12}?(?:近|逾|超过|达)?"
                      rf"{_COUNT}\s*(?:多|余|来)?年(?!内)"),
    (Kind.EXPERIENCE, r"(?<![\d≥–-])(?:\d{1,2}\s*[-–]\s*)?\d{1,2}\+?[ -](?:or more )?years?(?:['’]|[ -]of)?[ -]"
                      r"(?:[a-z]+ ){0,3}?(?:experience|practice|service|work)"),
    (Kind.EXPERIENCE, rf"{_WORD}(?:for|over) (?:more than |over |nearly |about )?\d{{1,2}} years{_END}"),
    (Kind.EXPERIENCE, rf"{_WORD}(?:\w+ )?decades? of{_END}"),
    (Kind.YEAR, r"(?:(?<![A-Z])(?:in|since|from) )?(?<!\d)(?<!\d[.,])(?:19|20)\d{2}(?!\d)(?:\s*年度?)?"),
    (Kind.YEAR, r"[一二][九〇零○][〇零○一二三四五六七八九]{2}年?"),
    (Kind.YEAR, r"(?<!\d)[5-9]\d年(?![代内])"),
    (Kind.YEAR, r"(?<!\d)\d{2}(?:届|级)(?!别)|(?<![A-Z\d])['’]\d{2}(?!\d)"),
    (Kind.SENIORITY, r"离退休|退休|返聘|离休|荣休|年事已高|年轻|年青|年老|年长|年迈"),
    (Kind.SENIORITY, r"青年|中年|老年(?![病医人])|资深|元老"),
    (Kind.SENIORITY, r"(?<![古衰养陈百敬])老(?![化鼠虎挝师板年])"),
    (Kind.SENIORITY, rf"{_WORD}(?:retired|emerit(?:us|a|i)|re-?hired|young(?:er)?|elderly|elder|veteran|ag(?:e)?ing|"
                     rf"long-serving){_END}"),
    (Kind.SEX, r"她|(?<!其)他(?![们人国方项])|先生|女士|(?<![子孙儿])[男女](?:性|士|博士|教授|工程师)?(?!患)"),
    (Kind.SEX, rf"{_WORD}(?:he|she|his|hers?|him|himself|herself|Mrs?|Ms|Miss|(?:fe)?male|wom[ae]n|m[ae]n){_END}\.?"),
    (Kind.ORIGIN, r"(?:籍贯|祖籍)[:为]?\s*[一-龥]{0,6}|母校|校友|本科就读|出身于|同乡"),
    (Kind.ORIGIN, rf"毕业(?:于(?:{_PLACE}){{2,8}}(?:大学|学院))?"),
    (Kind.ORIGIN, rf"(?:{_PLACE}){{2,6}}(?:大学|学院)"),
    (Kind.ORIGIN, rf"{_WORD}(?:graduat(?:e[ds]?|ion|ing)|alumn(?:us|a|i)|class of|alma mater){_END}"),
    (Kind.ORIGIN, r"(?-i:(?<![A-Za-z])(?:[A-Z][A-Za-z]+ (?:University|College|Institute of Technology)"
                  r"|University of [A-Z][A-Za-z]+(?: [A-Z][A-Za-z]+)?))"),
    (Kind.TITLE, r"院士|长江学者|杰青|优青|千人计划|万人计划|百人计划|青千|劳动模范|政府特殊津贴|[一二三]等奖"),
    (Kind.TITLE, rf"{_WORD}(?:academician|laureate|fellow of the|distinguished professor|prizes?|award(?:ed|s)?)"),
)  # fmt: skip
_COMPILED = tuple((kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _PATTERNS)
_BAND_PHRASE = re.compile(r"^(?:0\s*[-–~至到]\s*2|3\s*[-–~至到]\s*5|6\s*[-–~至到]\s*9|10\s*年及以上|10\+)")
_SHORTEST_NAME = 2


def find(text: str, names: Collection[str] = ()) -> list[Finding]:
    """Every passage of ``text`` that gives something away, in order and without overlaps.

    ``names`` are those that the office knows of the person and their employers. Full-width digits and letters count
    as plain ones; ``start`` and ``end`` are places in ``text`` as given.
    """
    plain, places = _normalised(text)
    hits = sorted(_hits(plain, names), key=lambda hit: (hit[1], -hit[2]))
    found: list[Finding] = []
    for kind, first, last in hits:
        start, end = places[first], places[last - 1] + 1
        if found and start < found[-1].end:
            continue
        found.append(Finding(kind, start, end, text[start:end]))
    return found


def _hits(plain: str, names: Collection[str]) -> Iterator[tuple[Kind, int, int]]:
    for name in sorted({name.strip() for name in names if len(name.strip()) >= _SHORTEST_NAME}):
        loosely = r"\s*".join(re.escape(part) for part in unicodedata.normalize("NFKC", name).split())
        edge = (_WORD, _END) if name.isascii() else ("", "")
        for hit in re.finditer(f"{edge[0]}{loosely}{edge[1]}", plain, re.IGNORECASE):
            yield Kind.NAME, hit.start(), hit.end()
    for kind, pattern in _COMPILED:
        for hit in pattern.finditer(plain):
            if hit.end() > hit.start() and not (kind is Kind.EXPERIENCE and _BAND_PHRASE.match(hit[0])):
                yield kind, hit.start(), hit.end()


def _normalised(text: str) -> tuple[str, list[int]]:
    """NFKC sign by sign, with the place in ``text`` that each sign came from."""
    signs: list[str] = []
    places: list[int] = []
    for place, sign in enumerate(text):
        for one in unicodedata.normalize("NFKC", sign):
            signs.append(one)
            places.append(place)
    return "".join(signs), places


def proposed(text: str, findings: Sequence[Finding], this_year: int) -> str:
    """``text`` with each finding replaced: years by whether they are recent, experience by its band, others by a mark.

    The words are of the language of the text, because they become part of it.
    """
    chinese = re.search(r"[一-龥]", text) is not None
    parts: list[str] = []
    place = 0
    for finding in findings:
        parts += [text[place : finding.start], _instead(finding, this_year, chinese=chinese)]
        place = finding.end
    return "".join([*parts, text[place:]])


def _instead(finding: Finding, this_year: int, *, chinese: bool) -> str:
    digits = re.search(r"\d+", unicodedata.normalize("NFKC", finding.text))
    if finding.kind is Kind.YEAR and digits and len(digits[0]) == len("2026"):
        if is_recent(int(digits[0]), this_year):
            return "近5年内" if chinese else "within 5 years"
        return "更早" if chinese else "earlier"
    if finding.kind is Kind.EXPERIENCE and digits:
        band = experience_band(int(digits[0]))
        if chinese:
            return f"{band}年经验".replace("≥10年", "10年及以上")
        return f"{band} years' experience".replace("≥10", "10+")
    return MARK


def is_recent(year: int, this_year: int) -> bool:
    """Whether a patent or paper of ``year`` belongs to the last five years."""
    return year > this_year - RECENT_YEARS


def experience_band(years: int) -> str:
    """The band of ``years`` of experience: 0–2, 3–5, 6–9 or ≥10. Raises ValueError below zero."""
    for low, high in EXPERIENCE_BANDS:
        if low <= years and (high is None or years <= high):
            return f"≥{low}" if high is None else f"{low}–{high}"
    raise ValueError(years)


def split(text: str, findings: Sequence[Finding]) -> list[tuple[str, Kind | None]]:
    """``text`` cut into passages, each with what it gives away (None: nothing), for showing it with marks."""
    parts: list[tuple[str, Kind | None]] = []
    place = 0
    for finding in findings:
        parts += [(text[place : finding.start], None), (finding.text, finding.kind)]
        place = finding.end
    return [part for part in [*parts, (text[place:], None)] if part[0]]
