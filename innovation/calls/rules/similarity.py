"""Texts that are nearly the same, in Chinese and English, with the passages that they share.

A text is read as signs: each Chinese character, each word of letters, each number; width, case and punctuation do not
count. Runs of ``length`` signs are its shingles. Likeness is the share of common shingles among all of both texts
(Jaccard), exact; containment is their share of the shorter text, which finds a text copied into a longer one.
"""

import re
import unicodedata
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from fractions import Fraction

LENGTH = 5
THRESHOLD = Fraction(1, 2)
MOST_PASSAGES = 20
_SIGN = re.compile(r"[㐀-鿿豈-﫿]|[^\W_㐀-鿿豈-﫿]+")

Shingle = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch that both texts share, as it stands in each; ``signs`` is its length in characters and words."""

    left: str
    right: str
    signs: int


@dataclass(frozen=True, slots=True)
class Likeness:
    """Two texts (keys in order) over the threshold; ``jaccard`` and ``containment`` lie between 0 and 1."""

    left: str
    right: str
    jaccard: Fraction
    containment: Fraction
    passages: tuple[Passage, ...]


@dataclass(frozen=True, slots=True)
class _Sign:
    text: str
    start: int
    end: int


def near_duplicates(
    texts: Mapping[str, str], threshold: Fraction = THRESHOLD, *, length: int = LENGTH, containment: bool = True
) -> tuple[Likeness, ...]:
    """Every pair of ``texts`` whose likeness reaches ``threshold``, the most alike first.

    With ``containment`` the larger of both measures counts. Texts shorter than ``length`` signs are never alike.
    Only pairs that share a shingle are looked at. Raises ValueError for a threshold outside 0 to 1 or a length below 1.
    """
    if not 0 < threshold <= 1 or length < 1:
        raise ValueError("The threshold lies above 0 and up to 1, the length at 1 or above")
    signs = {key: _signs(text) for key, text in sorted(texts.items())}
    shingles = {key: _shingles(found, length) for key, found in signs.items()}
    found = []
    for (left, right), common in _common(shingles).items():
        jaccard = Fraction(common, len(shingles[left]) + len(shingles[right]) - common)
        contained = Fraction(common, min(len(shingles[left]), len(shingles[right])))
        if (max(jaccard, contained) if containment else jaccard) >= threshold:
            passages = _passages((texts[left], signs[left]), (texts[right], signs[right]), length)
            found.append(Likeness(left, right, jaccard, contained, passages))
    return tuple(sorted(found, key=lambda one: (-one.jaccard, -one.containment, one.left, one.right)))


def likeness(left: str, right: str, *, length: int = LENGTH) -> Fraction:
    """Jaccard likeness of two texts, 0 when either is shorter than a shingle."""
    one, other = (_shingles(_signs(text), length) for text in (left, right))
    return Fraction(len(one & other), len(one | other)) if one and other else Fraction(0)


def _signs(text: str) -> list[_Sign]:
    """The signs of a text, folded, with their place in the original."""
    return [
        _Sign(unicodedata.normalize("NFKC", match.group()).casefold(), match.start(), match.end())
        for match in _SIGN.finditer(text)
    ]


def _shingles(signs: Sequence[_Sign], length: int) -> frozenset[Shingle]:
    words = [sign.text for sign in signs]
    return frozenset(tuple(words[place : place + length]) for place in range(len(words) - length + 1))


def _common(shingles: Mapping[str, frozenset[Shingle]]) -> dict[tuple[str, str], int]:
    """How many shingles each pair shares; pairs that share none are not in it."""
    holders: dict[Shingle, list[str]] = defaultdict(list)
    for key, found in shingles.items():
        for shingle in found:
            holders[shingle].append(key)
    counts: dict[tuple[str, str], int] = defaultdict(int)
    for keys in holders.values():
        for place, left in enumerate(keys):
            for right in keys[place + 1 :]:
                counts[left, right] += 1
    return counts


def _passages(
    left: tuple[str, Sequence[_Sign]], right: tuple[str, Sequence[_Sign]], length: int
) -> tuple[Passage, ...]:
    """The shared stretches of at least ``length`` signs, longest first."""
    (text, signs), (other_text, other_signs) = left, right
    matcher = SequenceMatcher(None, [one.text for one in signs], [one.text for one in other_signs], autojunk=False)
    blocks = [block for block in matcher.get_matching_blocks() if block.size >= length]
    return tuple(
        Passage(
            text[signs[block.a].start : signs[block.a + block.size - 1].end],
            other_text[other_signs[block.b].start : other_signs[block.b + block.size - 1].end],
            block.size,
        )
        for block in sorted(blocks, key=lambda one: (-one.size, one.a))[:MOST_PASSAGES]
    )
