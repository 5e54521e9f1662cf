"""Score sheets that were filled in away from the network: the rows of a workbook, and what is wrong with each.

A row of a score sheet begins with the number of the review and the key of the criterion; whatever else stands in the
workbook is not read. Points are whole numbers, or the sign for “not applicable”; an empty cell is not answered yet.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from innovation.calls.rules.scoring import Criterion

NOT_APPLICABLE = "n/a"
"""Written by the product; people also write the words of ``NONE_WORDS``."""
NONE_WORDS = frozenset({"n/a", "na", "不适用"})
REVIEW, KEY, POINTS, TEXT = 0, 1, 6, 7
COLUMNS = 8
LONGEST_TEXT = 3_000


@dataclass(frozen=True, slots=True)
class ScoreRow:
    """One line as it stands in the file; ``place`` counts from 1 as the table program does."""

    sheet: str
    place: int
    review: int
    key: str
    points: str
    text: str


@dataclass(frozen=True, slots=True)
class RowFault:
    """Codes: ``unknown_review``, ``unknown_criterion``, ``twice``, ``not_whole``, ``out_of_scale``,
    ``must_be_scored``, ``too_long``.
    """

    place: int
    code: str
    facts: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Filled:
    """What a file says of one review: points (None: not applicable), texts, and the rows that are wrong."""

    points: Mapping[str, int | None]
    texts: Mapping[str, str]
    faults: tuple[RowFault, ...]


def rows_of(sheets: Iterable[tuple[str, Sequence[Sequence[Any]]]]) -> list[ScoreRow]:
    """The lines of score sheets among all lines of a workbook."""
    found = []
    for sheet, lines in sheets:
        for place, line in enumerate(lines, start=1):
            cells = [_plain(cell) for cell in line[:COLUMNS]]
            if len(cells) < COLUMNS or not cells[REVIEW].isdecimal() or not cells[KEY]:
                continue
            found.append(ScoreRow(sheet, place, int(cells[REVIEW]), cells[KEY], cells[POINTS], cells[TEXT]))
    return found


def filled(rows: Iterable[ScoreRow], criteria: Sequence[Criterion]) -> Filled:
    """The rows of one review against the criteria of its sheet; a wrong row counts as not answered."""
    known = {criterion.key: criterion for criterion in criteria}
    points: dict[str, int | None] = {}
    texts: dict[str, str] = {}
    faults: list[RowFault] = []
    seen: set[str] = set()
    for row in rows:
        code, facts = _fault(row, known.get(row.key), seen)
        seen.add(row.key)
        if code:
            faults.append(RowFault(row.place, code, {"criterion": row.key, **facts}))
            continue
        if row.points:
            points[row.key] = None if row.points.casefold() in NONE_WORDS else int(row.points)
        if row.text:
            texts[row.key] = row.text
    return Filled(points, texts, tuple(faults))


def _fault(row: ScoreRow, criterion: Criterion | None, seen: set[str]) -> tuple[str, dict[str, Any]]:
    """The first thing that is wrong with a row, with its facts; an empty code when nothing is."""
    if criterion is None:
        return "unknown_criterion", {}
    is_none, is_whole = row.points.casefold() in NONE_WORDS, row.points.isdecimal()
    wrong: tuple[tuple[str, bool, dict[str, Any]], ...] = (
        ("twice", row.key in seen, {}),
        ("too_long", len(row.text) > LONGEST_TEXT, {"most": LONGEST_TEXT}),
        ("must_be_scored", is_none and not criterion.optional, {}),
        ("not_whole", bool(row.points) and not is_none and not is_whole, {"value": row.points[:40]}),
        ("out_of_scale", is_whole and int(row.points) > criterion.scale,
         {"value": row.points[:40], "most": criterion.scale}),
    )  # fmt: skip
    return next(((code, facts) for code, holds, facts in wrong if holds), ("", {}))


def _plain(cell: Any) -> str:
    """Text of a cell; whole numbers without ``.0``."""
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell if cell is not None else "").strip()
