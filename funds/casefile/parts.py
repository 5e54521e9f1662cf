"""What a dossier is made of: sections of facts, paragraphs and tables, all plain texts."""

from collections.abc import Sequence
from dataclasses import dataclass

from django.utils.functional import Promise

Words = str | Promise


@dataclass(frozen=True)
class Grid:
    """A table of plain texts; ``numeric`` are the columns set to the right, ``hashes`` those that hold whole hashes."""

    heads: Sequence[Words]
    rows: Sequence[Sequence[Words]]
    title: Words = ""
    numeric: frozenset[int] = frozenset()
    empty: Words = ""
    hashes: frozenset[int] = frozenset()


@dataclass(frozen=True)
class Part:
    """One section of the dossier; ``code`` names it for links and buttons."""

    code: str
    title: Words
    facts: Sequence[tuple[Words, Words]] = ()
    paragraphs: Sequence[Words] = ()
    grids: Sequence[Grid] = ()
    empty: Words = ""
    warning: Words = ""
