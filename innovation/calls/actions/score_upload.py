"""Score sheets filled in offline: a dry run that says what each row would do, then the same for real."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import IO, Any

from django.db import transaction
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from python_calamine import CalamineError, CalamineWorkbook

from innovation.accounts.models import User
from innovation.calls.actions.reviewing import Written, save_draft, submit_review
from innovation.calls.choices import ReviewState
from innovation.calls.models import Review
from innovation.calls.rules.score_files import Filled, RowFault, ScoreRow, filled, rows_of
from innovation.calls.rules.sheets import criteria_of
from innovation.core import uploads
from innovation.core.errors import RuleViolation
from innovation.core.uploads import FileKind

MOST_ROWS = 5_000
FAULT_WORDS: dict[str, Promise] = {
    "unknown_review": gettext_lazy("This is no open review of yours."),
    "unknown_criterion": gettext_lazy("The score sheet has no criterion “%(criterion)s”."),
    "twice": gettext_lazy("“%(criterion)s” stands in the file twice."),
    "not_whole": gettext_lazy("“%(value)s” is no whole number of points."),
    "out_of_scale": gettext_lazy("%(value)s points are more than %(most)s."),
    "must_be_scored": gettext_lazy("“%(criterion)s” has to be scored."),
    "too_long": gettext_lazy("The text is longer than %(most)s characters."),
}


@dataclass(frozen=True)
class SheetLine:
    """What the file holds for one review. ``refusal`` says why the sheet would not, or did not, go in."""

    review_id: int
    number: str
    scored: int
    criteria: int
    faults: list[tuple[int, str]] = field(default_factory=list)
    handed_in: bool = False
    refusal: str = ""

    @property
    def is_good(self) -> bool:
        return not self.faults and not self.refusal


class _Undo(Exception):
    """Ends the dry run."""


def read_workbook(upload: Any) -> list[ScoreRow]:
    """The score rows of an uploaded workbook. Raises what is wrong with the file, ``FILE_DAMAGED``,
    ``NO_SCORE_ROWS``, ``TOO_MANY``.
    """
    accepted = uploads.accept(upload, kinds={FileKind.XLSX})
    rows = rows_of(_sheets(accepted.content))
    if not rows:
        raise RuleViolation(
            "NO_SCORE_ROWS", _("No score sheet stands in this file. Take the one that you downloaded here."),
            field="file",
        )  # fmt: skip
    if len(rows) > MOST_ROWS:
        raise RuleViolation("TOO_MANY", _("More than 5,000 rows. Hand them in in parts."), field="file")
    return rows


def _sheets(content: IO[bytes]) -> list[tuple[str, Sequence[Sequence[Any]]]]:
    try:
        book = CalamineWorkbook.from_filelike(content)
        return [(name, book.get_sheet_by_name(name).to_python(skip_empty_area=False)) for name in book.sheet_names]
    except CalamineError as error:
        raise RuleViolation(
            "FILE_DAMAGED", _("The workbook is damaged. Open it, save it again and send that."), field="file"
        ) from error


def rehearse(*, rows: Iterable[ScoreRow], hand_in: bool, actor: User) -> list[SheetLine]:
    """What ``take_in`` would do, done and undone, so that the same rules speak; nothing is kept, no mail leaves."""
    lines: list[SheetLine] = []
    try:
        with transaction.atomic():
            lines = take_in(rows=rows, hand_in=hand_in, actor=actor)
            raise _Undo
    except _Undo:
        return lines


def take_in(*, rows: Iterable[ScoreRow], hand_in: bool, actor: User) -> list[SheetLine]:
    """Keep each sheet without a wrong row as the draft of its review; with ``hand_in`` hand complete ones in.

    A sheet with a wrong row changes nothing. Comments and texts that are not in the file stay as they are.
    """
    by_review: dict[int, list[ScoreRow]] = {}
    for row in rows:
        by_review.setdefault(row.review, []).append(row)
    mine = Review.objects.of(actor).filter(pk__in=by_review, state=ReviewState.OPEN)
    known = {one.pk: one for one in mine.select_related("application__call__score_sheet")}
    return [_sheet(known.get(pk), pk, found, actor, hand_in=hand_in) for pk, found in by_review.items()]


def _sheet(review: Review | None, pk: int, rows: list[ScoreRow], actor: User, *, hand_in: bool) -> SheetLine:
    sheet = review.application.call.score_sheet if review is not None else None
    if review is None or sheet is None:
        faults = [RowFault(row.place, "unknown_review", {}) for row in rows]
        return SheetLine(pk, "–", 0, 0, _words(faults))
    read = filled(rows, criteria_of(sheet.content))
    number, criteria = review.application.number or "", len(sheet.content["criteria"])
    if read.faults:
        return SheetLine(pk, number, len(read.points), criteria, _words(read.faults))
    try:
        with transaction.atomic():
            written = _written(review.draft, read)
            save_draft(review_id=pk, written=written, actor=actor)
            handed = hand_in and len(written.points) == criteria
            if handed:
                submit_review(review_id=pk, written=written, actor=actor)
    except RuleViolation as violation:
        return SheetLine(pk, number, len(read.points), criteria, refusal=str(violation))
    return SheetLine(pk, number, len(read.points), criteria, handed_in=handed)


def _written(draft: Mapping[str, Any], read: Filled) -> Written:
    return Written(
        {**draft.get("points", {}), **read.points}, {**draft.get("texts", {}), **read.texts},
        draft.get("comment", ""), draft.get("divergence_text", ""),
    )  # fmt: skip


def _words(faults: Iterable[RowFault]) -> list[tuple[int, str]]:
    return [(fault.place, str(FAULT_WORDS[fault.code]) % fault.facts) for fault in faults]
