"""Names as keys: pinyin for sorting and search, words of a query, similarity. Pure functions."""

import re
import unicodedata

from pypinyin import lazy_pinyin

_CHINESE = "\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003ffff"
_RUN = re.compile(f"[{_CHINESE}]+|[a-z0-9]+")
LONGEST_TOKEN = 60


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
