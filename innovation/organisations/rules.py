"""Names as keys: pinyin for sorting and search, words of a query, similarity; periods that overlap. Pure functions."""

import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from pypinyin import lazy_pinyin

_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_CHINESE}]+|[a-z0-9]+")
LONGEST_TOKEN = 60
ORGANISATION_CODE_LENGTH = 9


@dataclass(frozen=True)
class Period:
    """The days from ``first`` to ``last``, both included, of the record ``key``; None is open."""

    key: int
    first: date | None
    last: date | None


def pinyin_key(name: str) -> str:
    """Pinyin syllables and Latin words of ``name``, small, separated by spaces: 杭州AI院 is ``hang zhou ai yuan``."""
    plain = unicodedata.normalize("NFKC", name).lower()
    syllables = lazy_pinyin(plain)
    return " ".join(word for syllable in syllables for word in re.findall(r"[a-z0-9]+", syllable))


def tokens(text: str) -> set[str]:
    """What the database stores of a name: each Chinese character, each pair of neighbours, each Latin word."""
    found: set[str] = set()
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower()):
        if run.isascii():
            found.add(run[:LONGEST_TOKEN])
        else:
            found.update(run)
            found.update(run[place : place + 2] for place in range(len(run) - 1))
    return found


def search_query(text: str) -> str | None:
    """The ``tsquery`` for typed ``text``: all parts must occur, Latin words also as beginnings. None if it has none.

    A Chinese run asks for its pairs, a single character for itself; Latin words match words, codes and pinyin, whole
    or by initials, from any syllable on.
    """
    parts: list[str] = []
    for run in _RUN.findall(unicodedata.normalize("NFKC", text).lower())[:20]:
        if run.isascii():
            parts.append(f"'{run[:LONGEST_TOKEN]}':*")
        elif len(run) == 1:
            parts.append(f"'{run}'")
        else:
            parts += [f"'{run[place : place + 2]}'" for place in range(min(len(run), 40) - 1)]
    return " & ".join(dict.fromkeys(parts)) or None


def similarity(one: str, other: str) -> float:
    """Share of common characters and pairs of two names, 0 to 1 (Jaccard index of :func:`tokens`)."""
    first, second = tokens(one), tokens(other)
    return len(first & second) / len(first | second) if first or second else 0.0


def organisation_code_of(uscc: str | None, local_code: str | None) -> str:
    """The organisation code (GB 11714) inside a credit code, or a local code that has its form; else empty."""
    if uscc:
        return uscc[8:17]
    local = (local_code or "").replace("-", "")
    return local if len(local) == ORGANISATION_CODE_LENGTH else ""


def joined_periods(periods: Iterable[Period]) -> list[list[Period]]:
    """Group periods that overlap, directly or through others. Both ends belong to a period; None is open."""
    groups: list[list[Period]] = []
    last: date = date.min
    for period in sorted(periods, key=lambda period: period.first or date.min):
        if groups and (period.first or date.min) <= last:
            groups[-1].append(period)
        else:
            groups.append([period])
            last = date.min
        last = max(last, period.last or date.max)
    return groups


def span(group: Iterable[Period]) -> tuple[date | None, date | None]:
    """First and last day of all periods together; None where one of them is open."""
    periods = list(group)
    firsts, lasts = [period.first for period in periods], [period.last for period in periods]
    first = None if None in firsts else min(day for day in firsts if day)
    last = None if None in lasts else max(day for day in lasts if day)
    return first, last
