"""A reviewer's packet and score sheet as files for work away from the network."""

from collections.abc import Mapping, Sequence
from typing import IO, Any

from django.utils import timezone
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from innovation.calls.models import Review
from innovation.calls.queries.packets import BlindPacket, NamedPacket
from innovation.calls.receipts import part_of
from innovation.calls.rules.score_files import NOT_APPLICABLE
from innovation.calls.shown import in_language
from innovation.core import exports
from innovation.core.pdf import render_pdf


def packet_pdf(packet: BlindPacket) -> bytes:
    """The packet as PDF/UA; the same packet and language give the same bytes."""
    stamp = [
        [pgettext("application", "Number"), packet.number],
        [_("Call"), packet.call],
        [pgettext("technology", "Field"), packet.field],
    ]
    if isinstance(packet, NamedPacket):
        stamp.append([_("Applicant"), packet.applicant])
    data = {
        "lang": get_language() or "en",
        "title": packet.title,
        "as_of": packet.submitted_on.isoformat(),
        "data_hash": packet.sha256,
        "stamp": [*stamp, [_("Form"), packet.form]],
        "parts": [part_of(section) for section in packet.sections],
        "words": {
            "office": _("For review"), "as_of": _("Submitted"), "data_hash": _("Hash"), "unverified": _("unverified"),
            "no_rows": _("No rows"),
        },
    }  # fmt: skip
    return render_pdf("submission.typ", data)


def packets_xlsx(rows: Sequence[tuple[Review, BlindPacket]]) -> IO[bytes]:
    """One workbook of all packets: what was answered, and the score sheet to fill in."""
    now = timezone.now()
    answers = [
        (packet.number, section.title, field.label, text)
        for _review, packet in rows
        for section in packet.sections
        for field in section.fields
        for text in ([field.text] if not field.rows else [" | ".join(row) for row in field.rows])
    ]
    sheet = [line for review, packet in rows for line in _sheet_lines(review, packet)]
    return exports.xlsx_file(
        exports.Table(
            title=_("Applications to review"), rows=answers, known_at=now,
            columns=[_column(pgettext("application", "Number"), 0), _column(_("Section"), 1),
                     _column(pgettext("form", "Question"), 2), _column(pgettext("application", "Answer"), 3)],
        ),
        exports.Table(
            title=_("Score sheet"), rows=sheet, known_at=now,
            columns=[_column(_("Review"), 0), _column(_("Key"), 1), _column(pgettext("application", "Number"), 2),
                     _column(_("Criterion"), 3), _column(_("Weight"), 4), _column(_("Scale"), 5),
                     _column(pgettext("given", "Points"), 6), _column(_("Text"), 7)],
        ),
    )  # fmt: skip


def _sheet_lines(review: Review, packet: BlindPacket) -> list[tuple[Any, ...]]:
    sheet = review.application.call.score_sheet
    points, texts = review.draft.get("points", {}), review.draft.get("texts", {})
    return [
        (review.pk, row["key"], packet.number, in_language(row["text"]), row["weight"], f"0–{sheet.content['scale']}",
         _points(points, row["key"]), texts.get(row["key"], ""))
        for row in (sheet.content["criteria"] if sheet else ())
    ]  # fmt: skip


def _points(points: Mapping[str, Any], key: str) -> Any:
    """What stands in the draft; the sign for “not applicable” where that was chosen."""
    return NOT_APPLICABLE if key in points and points[key] is None else points.get(key, "")


def _column(label: str, place: int) -> exports.Column:
    return exports.Column(label, lambda row: row[place])
